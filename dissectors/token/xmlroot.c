#include "dissectors/token/xmlroot.h"

#include "dissectors/token/base64url.h"

enum { END = -1 };

struct source {
	struct bytes left;
	bool is_base64;
	uint32_t bits;
	unsigned n_bits;
};

/* The next byte of the XML, or END. What is no base64 is skipped. */
static int next(struct source *source)
{
	while (source->left.len > 0) {
		uint8_t c = source->left.data[0];
		int six = base64url_value(c);

		source->left = bytes_tail(source->left, 1);
		if (!source->is_base64)
			return c;
		if (six < 0)
			continue;
		source->bits = source->bits << 6 | (uint32_t)six;
		source->n_bits += 6;
		if (source->n_bits >= 8) {
			source->n_bits -= 8;
			return source->bits >> source->n_bits & 0xFF;
		}
	}
	return END;
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Behind "<?": to "?>". */
static void skip_instruction(struct source *source)
{
	for (int c = next(source), last = 0; c != END && !(last == '?' && c == '>'); c = next(source))
		last = c;
}

/* Behind "<!--": to "-->". */
static void skip_comment(struct source *source)
{
	int dashes = 0;

	for (int c = next(source); c != END && !(dashes >= 2 && c == '>'); c = next(source))
		dashes = c == '-' ? dashes + 1 : 0;
}

/* Behind "<!": a comment, or a document type, whose declarations stand within brackets. */
static void skip_markup(struct source *source)
{
	int c = next(source), brackets = 0;

	if (c == '-') {
		(void)next(source);
		skip_comment(source);
		return;
	}
	for (; c != END && !(brackets == 0 && c == '>'); c = next(source))
		brackets += (c == '[') - (c == ']' && brackets > 0);
}

/* From the first byte of the name on. */
static size_t read_name(struct source *source, int c, uint8_t name[XMLROOT_NAME_LEN])
{
	size_t n = 0;

	for (; c != END && !is_blank(c) && c != '>' && c != '/'; c = next(source)) {
		if (c == ':') {
			n = 0;
			continue;
		}
		if (n == XMLROOT_NAME_LEN)
			return 0;
		name[n++] = (uint8_t)c;
	}
	return c == END ? 0 : n;
}

size_t xmlroot_name(struct bytes text, uint8_t name[XMLROOT_NAME_LEN])
{
	struct source source = { .left = text };
	int c = next(&source);

	while (is_blank(c))
		c = next(&source);
	if (c != '<' && c != 0xEF) {
		source = (struct source){ .left = text, .is_base64 = true };
		c = next(&source);
	}
	if (c == 0xEF)
		c = next(&source) == 0xBB && next(&source) == 0xBF ? next(&source) : END;
	for (;;) {
		while (is_blank(c))
			c = next(&source);
		if (c != '<')
			return 0;
		c = next(&source);
		if (c == '?')
			skip_instruction(&source);
		else if (c == '!')
			skip_markup(&source);
		else
			return read_name(&source, c, name);
		c = next(&source);
	}
}
