#include "dissectors/token/elements.h"

struct tag {
	struct bytes name;         /* without prefix */
	const uint8_t *from, *end; /* '<', and behind '>' */
	bool closes, is_empty;
};

static const struct {
	const char *name;
	enum elements_kind kind;
} kinds[] = {
	{ "Assertion", ELEMENTS_ASSERTION },
	{ "EncryptedAssertion", ELEMENTS_ASSERTION },
	{ "SessionToken", ELEMENTS_SESSION_TOKEN },
	{ "BinarySecurityToken", ELEMENTS_SECURITY_TOKEN },
};

bool elements_names_saml(struct bytes text)
{
	static const char name[] = "urn:oasis:names:tc:SAML:";

	return text.len > 0 && memmem(text.data, text.len, name, sizeof name - 1);
}

static enum elements_kind kind_of(struct bytes name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (name.len > 0 && name.data[0] == (uint8_t)kinds[i].name[0] && bytes_is(name, kinds[i].name))
			return kinds[i].kind;
	return ELEMENTS_NONE;
}

/* Behind the next `mark` from `at` on, or the end. */
static const uint8_t *behind(const uint8_t *at, const uint8_t *end, const char *mark)
{
	const uint8_t *found = at < end ? memmem(at, (size_t)(end - at), mark, strlen(mark)) : NULL;

	return found ? found + strlen(mark) : end;
}

/* Behind the markup at `at`, which is '<', if it is none of an element; else NULL. */
static const uint8_t *behind_other(const uint8_t *at, const uint8_t *end)
{
	struct bytes text = bytes_of(at, (size_t)(end - at));

	if (bytes_is(bytes_head(text, 4), "<!--"))
		return behind(at + 4, end, "-->");
	if (bytes_is(bytes_head(text, 9), "<![CDATA["))
		return behind(at + 9, end, "]]>");
	return text.len > 1 && text.data[1] == '?' ? behind(at + 2, end, "?>") : NULL;
}

static bool ends_name(uint8_t c)
{
	return c == '>' || c == '/' || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '<';
}

/* Behind the '>' of a tag, which may stand in quotes before; NULL: it does not end. */
static const uint8_t *behind_tag(const uint8_t *at, const uint8_t *end)
{
	uint8_t quote = 0;

	for (; at < end; at++) {
		if (quote)
			quote = *at == quote ? 0 : quote;
		else if (*at == '"' || *at == '\'')
			quote = *at;
		else if (*at == '>')
			return at + 1;
	}
	return NULL;
}

/* The next tag of an element of ours at or behind `at`. False: there is none. */
static bool next_tag(const uint8_t *at, const uint8_t *end, struct tag *tag)
{
	while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
		const uint8_t *name, *past = behind_other(at, end);

		if (past) {
			at = past;
			continue;
		}
		tag->from = at++;
		tag->closes = at < end && *at == '/';
		name = at += tag->closes;
		for (; at < end && !ends_name(*at); at++)
			if (*at == ':')
				name = at + 1;
		tag->name = bytes_of(name, (size_t)(at - name));
		if (kind_of(tag->name) == ELEMENTS_NONE)
			continue;
		tag->end = behind_tag(at, end);
		if (!tag->end)
			return false;
		tag->is_empty = tag->end[-2] == '/';
		return true;
	}
	return false;
}

static enum elements_kind cut(const struct tag *open, const struct tag *close, struct element *element)
{
	enum elements_kind kind = kind_of(open->name);
	const uint8_t *from = kind == ELEMENTS_ASSERTION ? open->from : open->end;
	const uint8_t *to = kind == ELEMENTS_ASSERTION ? close->end : close->from;

	element->name = open->name;
	element->text = bytes_trim_space(bytes_of(from, (size_t)(to - from)));
	return kind;
}

enum elements_kind elements_next(struct bytes *rest, struct element *element)
{
	const uint8_t *end = rest->data + rest->len;
	struct tag tag = { .end = rest->data }, open = tag;
	size_t depth = 0;

	while (next_tag(tag.end, end, &tag)) {
		if (tag.is_empty || (depth > 0 && !bytes_equal(tag.name, open.name)) || (depth == 0 && tag.closes))
			continue;
		if (depth == 0)
			open = tag;
		depth = tag.closes ? depth - 1 : depth + 1;
		if (depth > 0)
			continue;
		*rest = bytes_of(tag.end, (size_t)(end - tag.end));
		return cut(&open, &tag, element);
	}
	*rest = bytes_of(end, 0);
	return ELEMENTS_NONE;
}
