#include "dissectors/token/jsontext.h"

#include "sensor/base/plain.h"

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

static inline const uint8_t *skip_blanks(const uint8_t *at, const uint8_t *end)
{
	while (at < end && *at <= ' ' && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
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

/* The first byte that is not plain text of a string, or the end. */
static inline const uint8_t *skip_plain(const uint8_t *at, const uint8_t *end)
{
	for (; end - at >= PLAIN_BLOCK; at += PLAIN_BLOCK) {
		unsigned mask = plain_mask(at);

		if (mask)
			return at + __builtin_ctz(mask);
	}
	while (at < end && plain_is(*at))
		at++;
	return at;
}

static inline bool end_string(struct jsontext *text, const uint8_t *start, const uint8_t *quote)
{
	text->raw = bytes_of(start, (size_t)(quote - start));
	text->at = quote + 1;
	return true;
}

/* Reads on at `at`, which is not plain and no quote. */
__attribute__((noinline)) static bool read_odd_string(struct jsontext *text, const uint8_t *start, const uint8_t *at)
{
	for (; at < text->end && *at != '"'; at = skip_plain(at, text->end)) {
		size_t len = 1;

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
	return at < text->end && end_string(text, start, at);
}

/* Reads a string whose opening quote is at `quote`. */
static inline bool read_string(struct jsontext *text, const uint8_t *quote)
{
	const uint8_t *at = skip_plain(quote + 1, text->end);

	text->escaped = false;
	if (at < text->end && *at == '"')
		return end_string(text, quote + 1, at);
	return read_odd_string(text, quote + 1, at);
}

static const uint8_t *skip_digits(const uint8_t *at, const uint8_t *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

/* number = [ "-" ] ( "0" / digit1-9 *DIGIT ) [ "." 1*DIGIT ] [ ("e" / "E") [ "+" / "-" ] 1*DIGIT ] */
static bool read_number(struct jsontext *text, const uint8_t *start)
{
	const uint8_t *at = start, *end = text->end, *digits;

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
	text->raw = bytes_of(start, (size_t)(at - start));
	text->at = at;
	return true;
}

static enum jsontext_event read_word(
    struct jsontext *text, const uint8_t *at, const char *word, enum jsontext_event event)
{
	size_t len = strlen(word);

	if ((size_t)(text->end - at) < len || memcmp(at, word, len) != 0)
		return fail(text);
	text->raw = bytes_of(at, len);
	text->at = at + len;
	text->state = STATE_NEXT;
	return event;
}

static enum jsontext_event open_bracket(struct jsontext *text, const uint8_t *at, bool object)
{
	uint64_t bit = UINT64_C(1) << text->depth % 64, *word = &text->objects[text->depth / 64];

	if (text->depth == JSONTEXT_DEPTH)
		return fail(text);
	if (text->depth % 64 == 0)
		*word = 0;
	*word = object ? *word | bit : *word & ~bit;
	text->depth++;
	text->state = object ? STATE_FIRST_NAME : STATE_FIRST_ITEM;
	text->raw = bytes_of(at, 1);
	text->at = at + 1;
	return object ? JSONTEXT_OBJECT : JSONTEXT_ARRAY;
}

static enum jsontext_event close_bracket(struct jsontext *text, const uint8_t *at)
{
	bool object = is_object(text);

	if (*at != (object ? '}' : ']'))
		return fail(text);
	text->depth--;
	text->state = STATE_NEXT;
	text->raw = bytes_of(at, 1);
	text->at = at + 1;
	return object ? JSONTEXT_OBJECT_END : JSONTEXT_ARRAY_END;
}

/* A value that starts at `at`, before the end. */
static inline enum jsontext_event read_value(struct jsontext *text, const uint8_t *at)
{
	if (*at == '"') {
		if (!read_string(text, at))
			return fail(text);
		text->state = STATE_NEXT;
		return JSONTEXT_STRING;
	}
	switch (*at) {
	case '{':
		return open_bracket(text, at, true);
	case '[':
		return open_bracket(text, at, false);
	case 't':
		return read_word(text, at, "true", JSONTEXT_TRUE);
	case 'f':
		return read_word(text, at, "false", JSONTEXT_FALSE);
	case 'n':
		return read_word(text, at, "null", JSONTEXT_NULL);
	default:
		if (!read_number(text, at))
			return fail(text);
		text->state = STATE_NEXT;
		return JSONTEXT_NUMBER;
	}
}

/* A name and its colon; `at` is before the end. */
static inline enum jsontext_event read_name(struct jsontext *text, const uint8_t *at)
{
	if (*at != '"' || !read_string(text, at))
		return fail(text);
	at = skip_blanks(text->at, text->end);
	if (at == text->end || *at != ':')
		return fail(text);
	text->at = at + 1;
	text->state = STATE_VALUE;
	return JSONTEXT_NAME;
}

/* What may follow an opening bracket. Apart from the members of objects, which are most of what there is. */
__attribute__((noinline)) static enum jsontext_event read_first(struct jsontext *text, const uint8_t *at)
{
	bool name = text->state == STATE_FIRST_NAME;

	if (*at == (name ? '}' : ']'))
		return close_bracket(text, at);
	return name ? read_name(text, at) : read_value(text, at);
}

__attribute__((noinline)) static enum jsontext_event read_item(struct jsontext *text, const uint8_t *at)
{
	return read_value(text, at);
}

/* After a value within an array or object. */
static inline enum jsontext_event read_next(struct jsontext *text, const uint8_t *at)
{
	if (*at != ',')
		return close_bracket(text, at);
	at = skip_blanks(at + 1, text->end);
	if (at == text->end)
		return fail(text);
	return is_object(text) ? read_name(text, at) : read_item(text, at);
}

enum jsontext_event jsontext_next(struct jsontext *text)
{
	const uint8_t *at = skip_blanks(text->at, text->end);

	if (text->state == STATE_ERROR)
		return JSONTEXT_ERROR;
	if (text->state == STATE_NEXT && text->depth == 0)
		return JSONTEXT_END;
	if (at == text->end)
		return fail(text);
	if (text->state == STATE_VALUE)
		return read_value(text, at);
	return text->state == STATE_NEXT ? read_next(text, at) : read_first(text, at);
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
