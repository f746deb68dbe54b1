#include "dissectors/token/jsontext.h"

#include <endian.h>

enum state {
	STATE_VALUE,       /* a value must follow */
	STATE_FIRST_ITEM,  /* after '[': a value or ']' */
	STATE_FIRST_NAME,  /* after '{': a name or '}' */
	STATE_NEXT,        /* after a value: ',' or the closing bracket, or the end */
	STATE_ERROR,
};

void jsontext_init(struct jsontext *text, struct bytes b)
{
	text->at = b.data;
	text->end = b.data + b.len;
	text->raw = bytes_of(b.data, 0);
	text->escaped = false;
	text->state = STATE_VALUE;
	text->depth = 0;
	text->faults = 0;
}

static const uint8_t *skip_blanks(const uint8_t *at, const uint8_t *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

struct bytes jsontext_rest(const struct jsontext *text)
{
	const uint8_t *at = skip_blanks(text->at, text->end);

	return bytes_of(at, (size_t)(text->end - at));
}

static enum jsontext_event fail(struct jsontext *text)
{
	text->state = STATE_ERROR;
	return JSONTEXT_ERROR;
}

static bool is_object(const struct jsontext *text)
{
	unsigned level = text->depth - 1u;

	return text->objects[level / 64] >> level % 64 & 1;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = bytes_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits of \uXXXX, or -1. */
static int32_t hex4(const uint8_t *at, const uint8_t *end)
{
	int32_t unit = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(at[i]);

		if (digit < 0)
			return -1;
		unit = unit << 4 | digit;
	}
	return unit;
}

/* The character at `at`, past "\u"; *len is 4 or, for a pair "XXXX\uXXXX", 10. -1: no hex digits; -2: half a pair. */
static int32_t escaped_char(const uint8_t *at, const uint8_t *end, size_t *len)
{
	int32_t high = hex4(at, end), low;

	*len = 4;
	if (high < 0xD800 || high > 0xDFFF)
		return high;
	if (high > 0xDBFF || end - at < 10 || at[4] != '\\' || at[5] != 'u')
		return -2;
	low = hex4(at + 6, end);
	if (low < 0xDC00 || low > 0xDFFF)
		return -2;
	*len = 10;
	return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* Length of the escape at the backslash `at`; 0 if it is none. */
static size_t escape_len(struct jsontext *text, const uint8_t *at)
{
	size_t len;
	int32_t c;

	if (text->end - at < 2)
		return 0;
	if (at[1] != 'u')
		return at[1] && strchr("\"\\/bfnrt", at[1]) ? 2 : 0;
	c = escaped_char(at + 2, text->end, &len);
	if (c == -1)
		return 0;
	if (c == 0)
		text->faults |= JSONTEXT_NUL;
	if (c == -2)
		text->faults |= JSONTEXT_SURROGATE;
	return 2 + len;
}

/* Length of the UTF-8 sequence (Unicode table 3-7) at `at`, whose first byte is >= 0x80; 0 if it is none. */
static size_t utf8_len(const uint8_t *at, const uint8_t *end)
{
	uint8_t c = at[0], low = 0x80, high = 0xBF;
	size_t len = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;

	if (c < 0xC2 || c > 0xF4 || (size_t)(end - at) < len)
		return 0;
	if (c == 0xE0)
		low = 0xA0;
	if (c == 0xED)
		high = 0x9F;
	if (c == 0xF0)
		low = 0x90;
	if (c == 0xF4)
		high = 0x8F;
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (at[i] < 0x80 || at[i] > 0xBF)
			return 0;
	return len;
}

/* The first byte that is not plain text of a string: a quote, a backslash, a control character or not ASCII.
 * Eight bytes at a step: a byte of `x` is below n where x - n borrows from its high bit. A hit's borrow only spoils
 * the bytes above it, so the lowest mark is right. */
static const uint8_t *skip_plain(const uint8_t *at, const uint8_t *end)
{
	const uint64_t ones = 0x0101010101010101u, high = ones << 7;

	for (; end - at >= 8; at += 8) {
		uint64_t x;

		memcpy(&x, at, 8);
		x = le64toh(x);
		uint64_t quote = x ^ ones * '"', backslash = x ^ ones * '\\';
		uint64_t marks = ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);

		marks = (marks | ((x - ones * ' ') & ~x) | x) & high;
		if (marks)
			return at + __builtin_ctzll(marks) / 8;
	}
	while (at < end && *at != '"' && *at != '\\' && *at >= ' ' && *at < 0x80)
		at++;
	return at;
}

/* Reads a string whose opening quote is at text->at. */
static bool read_string(struct jsontext *text)
{
	const uint8_t *start = text->at + 1, *at = start;

	text->escaped = false;
	for (;;) {
		size_t len = 1;

		at = skip_plain(at, text->end);
		if (at == text->end)
			return false;
		if (*at == '"')
			break;
		if (*at == '\\') {
			text->escaped = true;
			len = escape_len(text, at);
			if (len == 0)
				return false;
		} else if (*at < ' ') {
			text->faults |= JSONTEXT_CONTROL;
		} else {
			len = utf8_len(at, text->end);
			if (len == 0) {
				text->faults |= JSONTEXT_UTF8;
				len = 1;
			}
		}
		at += len;
	}
	text->raw = bytes_of(start, (size_t)(at - start));
	text->at = at + 1;
	return true;
}

static const uint8_t *skip_digits(const uint8_t *at, const uint8_t *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

/* number = [ "-" ] ( "0" / digit1-9 *DIGIT ) [ "." 1*DIGIT ] [ ("e" / "E") [ "+" / "-" ] 1*DIGIT ] */
static bool read_number(struct jsontext *text)
{
	const uint8_t *at = text->at, *end = text->end, *digits;

	if (*at == '-')
		at++;
	digits = at;
	at = skip_digits(at, end);
	if (at == digits || (*digits == '0' && at - digits > 1))
		return false;
	if (at < end && *at == '.') {
		digits = ++at;
		at = skip_digits(at, end);
		if (at == digits)
			return false;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		digits = at;
		at = skip_digits(at, end);
		if (at == digits)
			return false;
	}
	text->raw = bytes_of(text->at, (size_t)(at - text->at));
	text->at = at;
	return true;
}

static enum jsontext_event read_word(struct jsontext *text, const char *word, enum jsontext_event event)
{
	size_t len = strlen(word);

	if ((size_t)(text->end - text->at) < len || memcmp(text->at, word, len) != 0)
		return fail(text);
	text->raw = bytes_of(text->at, len);
	text->at += len;
	text->state = STATE_NEXT;
	return event;
}

static enum jsontext_event open_bracket(struct jsontext *text, bool object)
{
	uint64_t bit = UINT64_C(1) << text->depth % 64, *word = &text->objects[text->depth / 64];

	if (text->depth == JSONTEXT_DEPTH)
		return fail(text);
	*word = object ? *word | bit : *word & ~bit;
	text->depth++;
	text->state = object ? STATE_FIRST_NAME : STATE_FIRST_ITEM;
	text->raw = bytes_of(text->at++, 1);
	return object ? JSONTEXT_OBJECT : JSONTEXT_ARRAY;
}

static enum jsontext_event close_bracket(struct jsontext *text)
{
	bool object = is_object(text);

	if (*text->at != (object ? '}' : ']'))
		return fail(text);
	text->depth--;
	text->state = STATE_NEXT;
	text->raw = bytes_of(text->at++, 1);
	return object ? JSONTEXT_OBJECT_END : JSONTEXT_ARRAY_END;
}

/* A value that starts at text->at < text->end. */
static enum jsontext_event read_value(struct jsontext *text)
{
	switch (*text->at) {
	case '"':
		if (!read_string(text))
			return fail(text);
		text->state = STATE_NEXT;
		return JSONTEXT_STRING;
	case '{':
		return open_bracket(text, true);
	case '[':
		return open_bracket(text, false);
	case 't':
		return read_word(text, "true", JSONTEXT_TRUE);
	case 'f':
		return read_word(text, "false", JSONTEXT_FALSE);
	case 'n':
		return read_word(text, "null", JSONTEXT_NULL);
	default:
		if (!read_number(text))
			return fail(text);
		text->state = STATE_NEXT;
		return JSONTEXT_NUMBER;
	}
}

/* A name and its colon; text->at < text->end. */
static enum jsontext_event read_name(struct jsontext *text)
{
	if (*text->at != '"' || !read_string(text))
		return fail(text);
	text->at = skip_blanks(text->at, text->end);
	if (text->at == text->end || *text->at != ':')
		return fail(text);
	text->at++;
	text->state = STATE_VALUE;
	return JSONTEXT_NAME;
}

/* After a value within an array or object. */
static enum jsontext_event read_next(struct jsontext *text)
{
	if (*text->at != ',')
		return close_bracket(text);
	text->at = skip_blanks(text->at + 1, text->end);
	if (text->at == text->end)
		return fail(text);
	return is_object(text) ? read_name(text) : read_value(text);
}

enum jsontext_event jsontext_next(struct jsontext *text)
{
	if (text->state == STATE_ERROR)
		return JSONTEXT_ERROR;
	if (text->state == STATE_NEXT && text->depth == 0)
		return JSONTEXT_END;
	text->at = skip_blanks(text->at, text->end);
	if (text->at == text->end)
		return fail(text);
	switch (text->state) {
	case STATE_NEXT:
		return read_next(text);
	case STATE_FIRST_NAME:
		return *text->at == '}' ? close_bracket(text) : read_name(text);
	case STATE_FIRST_ITEM:
		return *text->at == ']' ? close_bracket(text) : read_value(text);
	default:
		return read_value(text);
	}
}

static size_t utf8_put(int32_t c, uint8_t out[4])
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xC0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xE0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
		out[2] = (uint8_t)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (uint8_t)(0xF0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
	out[3] = (uint8_t)(0x80 | (c & 0x3F));
	return 4;
}

size_t jsontext_unescape_one(struct reader *r, uint8_t out[4])
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	uint8_t c = read_u8(r);
	const char *special;
	size_t len;
	int32_t unit;

	if (c != '\\' || reader_left(r) == 0) {
		out[0] = c;
		return 1;
	}
	c = read_u8(r);
	if (c != 'u') {
		special = c ? strchr(from, c) : NULL;
		out[0] = special ? (uint8_t)to[special - from] : c;
		return 1;
	}
	unit = escaped_char(r->at, r->end, &len);
	read_skip(r, len);
	return utf8_put(unit < 0 ? 0xFFFD : unit, out);
}

size_t jsontext_unescape(struct bytes raw, uint8_t *out, size_t cap)
{
	struct reader r = reader_of(raw);
	size_t n = 0;

	while (reader_left(&r) > 0) {
		uint8_t character[4];
		size_t len = jsontext_unescape_one(&r, character);

		if (len > cap - n)
			break;
		memcpy(out + n, character, len);
		n += len;
	}
	return n;
}

bool jsontext_equal(struct bytes a, struct bytes b)
{
	struct reader ra = reader_of(a), rb = reader_of(b);
	uint8_t ca[4], cb[4];
	size_t na = 0, nb = 0, ia = 0, ib = 0;

	/* An escape yields several bytes that the other side may hold as they are: compared byte by byte. */
	for (;;) {
		bool more_a = ia < na || reader_left(&ra) > 0, more_b = ib < nb || reader_left(&rb) > 0;

		if (!more_a || !more_b)
			return more_a == more_b;
		if (ia == na) {
			na = jsontext_unescape_one(&ra, ca);
			ia = 0;
		}
		if (ib == nb) {
			nb = jsontext_unescape_one(&rb, cb);
			ib = 0;
		}
		if (ca[ia++] != cb[ib++])
			return false;
	}
}
