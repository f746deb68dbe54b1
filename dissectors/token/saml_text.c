#include "dissectors/token/saml_text.h"

#include "dissectors/token/base64url.h"
#include "dissectors/token/saml_odd.h"

enum { ENCODED_LEN = 2 * SAML_TEXT_LEN }; static bool begins(struct bytes text, const char *with)
{
	return bytes_equal(bytes_head(text, strlen(with)), bytes_text(with));
}

/* ---- encodings ---- */

static struct bytes skip_space(struct bytes text)
{
	size_t n = 0;

	while (n < text.len && bytes_is_space(text.data[n]))
		n++;
	return bytes_tail(text, n);
}

/* Past white space and a byte order mark, both of which many receivers take off. */
static struct bytes beginning(struct bytes text)
{
	text = skip_space(text);
	return begins(text, "\xEF\xBB\xBF") ? skip_space(bytes_tail(text, 3)) : text;
}

/* A byte order mark, or '<' as two bytes. */
static bool is_utf16(struct bytes text)
{
	struct reader r = reader_of(text);
	uint16_t first = read_be16(&r);

	return first == 0xFEFF || first == 0xFFFE || first == 0x003C || first == 0x3C00;
}

static bool is_xml(struct bytes secret)
{
	return begins(beginning(secret), "<") || is_utf16(secret);
}

/* The alphabets of base64 and base64url, padding at the end, and white space anywhere. */
static bool is_base64(struct bytes in)
{
	size_t n = 0, n_pads = 0;

	for (size_t i = 0; i < in.len; i++) {
		uint8_t c = in.data[i];

		if (bytes_is_space(c))
			continue;
		if (c == '=')
			n_pads++;
		else if (n_pads || base64url_value(c) < 0)
			return false;
		else
			n++;
	}
	return n % 4 != 1 && n_pads <= 2;
}

size_t saml_text_room(struct bytes secret)
{
	size_t room = is_xml(secret) ? 0 : base64url_room(secret.len);

	return room < SAML_TEXT_LEN ? room : SAML_TEXT_LEN;
}

static struct bytes decode(struct bytes secret, uint8_t *room, size_t room_len, uint32_t *odd)
{
	struct bytes in = bytes_head(secret, ENCODED_LEN);
	uint32_t spelling = 0;
	size_t len = base64url_decode(in, room, room_len, &spelling);

	if (!is_base64(in))
		*odd |= saml_odd_bit(SAML_ODD_BAD_BASE64);
	if (in.len < secret.len || spelling & BASE64URL_CUT)
		*odd |= saml_odd_bit(SAML_ODD_TOO_LONG);
	return bytes_of(room, len);
}

/* ---- prolog ----
 *
 *   <?xml version="1.0" encoding="..."?>  <!-- ... -->  <?name ... ?>  <!DOCTYPE name [ declarations ]>  <root
 */

/* Past the next `mark`; empty where there is none. */
static struct bytes past(struct bytes text, const char *mark)
{
	const uint8_t *at = text.len ? memmem(text.data, text.len, mark, strlen(mark)) : NULL;

	return bytes_tail(text, at ? (size_t)(at - text.data) + strlen(mark) : text.len);
}

/* Does the declaration that `text` begins with name an encoding that ASCII may stand for something else in? UTF-16 where the
 * bytes are not is what .NET's StringWriter leaves. */
static bool declares_other(struct bytes text)
{
	static const char *const fine[] = { "utf-8", "utf8", "us-ascii", "ascii", "utf-16" };
	struct bytes rest = past(text, "?>"), declaration = bytes_head(text, text.len - rest.len);
	struct bytes value = skip_space(past(declaration, "encoding"));
	size_t n = 0;

	if (!begins(value, "="))
		return false;
	value = bytes_tail(skip_space(bytes_tail(value, 1)), 1);
	while (n < value.len && value.data[n] != '"' && value.data[n] != '\'')
		n++;
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		if (bytes_equal_fold(bytes_head(value, n), bytes_text(fine[i])))
			return false;
	return true;
}

/* Past a document type, whose declarations have quotes, comments and instructions that may hold any of its marks. */
static struct bytes past_doctype(struct bytes text)
{
	bool inside = false;

	while (text.len) {
		uint8_t c = text.data[0];

		if (c == '"' || c == '\'') {
			text = past(bytes_tail(text, 1), c == '"' ? "\"" : "'");
			continue;
		}
		if (begins(text, "<!--") || begins(text, "<?")) {
			text = begins(text, "<?") ? past(text, "?>") : past(bytes_tail(text, 4), "-->");
			continue;
		}
		text = bytes_tail(text, 1);
		if (c == '>' && !inside)
			break;
		inside = c == '[' || (inside && c != ']');
	}
	return text;
}

static struct bytes past_prolog(struct bytes text, uint32_t *odd)
{
	if (begins(text, "<?xml") && declares_other(text))
		*odd |= saml_odd_bit(SAML_ODD_ENCODING);
	for (;;) {
		text = skip_space(text);
		if (begins(text, "<?")) {
			text = past(text, "?>");
		} else if (begins(text, "<!--")) {
			text = past(bytes_tail(text, 4), "-->");
		} else if (begins(text, "<!DOCTYPE")) {
			*odd |= saml_odd_bit(SAML_ODD_DOCTYPE);
			text = past_doctype(text);
		} else {
			return text;
		}
	}
}

/* A parser that finds no '<' and a name takes the text for another encoding, and says so where nobody asked. */
static bool begins_root(struct bytes text)
{
	struct reader r = reader_of(text);

	return read_u8(&r) == '<' && read_u8(&r) > ' ';
}

/* ---- what would take long ---- */

/* How much of `xml` is before a tag that has too many attributes (*wide), or that does not end. A '<' ends any tag, for it may
 * not stand in one, and begins one wherever it stands: within comments too, where it costs no more than counting. */
static size_t tags_len(struct bytes xml, bool *wide)
{
	size_t tag = 0, n = 0;
	uint8_t quote = '>'; /* '>': outside of tags */

	for (size_t i = 0; i < xml.len && !*wide; i++) {
		uint8_t c = xml.data[i];

		if (c == '<') {
			tag = i;
			n = 0;
			quote = i + 1 < xml.len && (xml.data[i + 1] == '!' || xml.data[i + 1] == '?') ? '>' : 0;
		} else if (quote) {
			quote = c == quote && c != '>' ? 0 : quote;
		} else if (c == '"' || c == '\'' || c == '>') {
			quote = c;
		} else if (c == '=') {
			*wide = ++n > SAML_TEXT_ATTRIBUTES;
		}
	}
	return quote == '>' ? xml.len : tag;
}

struct saml_text saml_text_of(struct bytes secret, uint8_t *room, size_t room_len)
{
	struct saml_text text = { .odd = 0 };
	struct bytes all = is_xml(secret) ? secret : decode(secret, room, room_len, &text.odd);
	bool wide = false;

	if (all.len > SAML_TEXT_LEN)
		text.odd |= saml_odd_bit(SAML_ODD_TOO_LONG);
	all = bytes_head(all, SAML_TEXT_LEN);
	text.xml = bytes_of(all.data, 0);
	if (is_utf16(all)) {
		text.odd |= saml_odd_bit(SAML_ODD_ENCODING);
		return text;
	}
	text.xml = past_prolog(beginning(all), &text.odd);
	text.xml = bytes_head(text.xml, tags_len(text.xml, &wide));
	if (wide)
		text.odd |= saml_odd_bit(SAML_ODD_TOO_LONG);
	text.cut = text.odd & saml_odd_bit(SAML_ODD_TOO_LONG);
	if (!begins_root(text.xml)) {
		text.odd |= text.cut ? 0 : saml_odd_bit(SAML_ODD_BAD_XML);
		text.xml.len = 0;
	}
	return text;
}
