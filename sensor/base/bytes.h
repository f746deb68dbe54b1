/* bytes: a borrowed view, and the checked reader through which alone wire bytes are read.
 *
 * A view owns nothing and lives as long as what it points into. After an overrun every read yields 0 or an
 * empty view and `over` stays set, so a parser reads a whole structure and checks once at its end. */
#ifndef STORMGLASS_BASE_BYTES_H
#define STORMGLASS_BASE_BYTES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *data;
	size_t len;
};

struct reader {
	const uint8_t *at;
	const uint8_t *end;
	bool over;
};

static inline struct bytes bytes_of(const void *data, size_t len)
{
	return (struct bytes){ (const uint8_t *)data, len };
}

/* A view of a C string, without its NUL. */
static inline struct bytes bytes_text(const char *text)
{
	return bytes_of(text, strlen(text));
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool bytes_is(struct bytes a, const char *text)
{
	return bytes_equal(a, bytes_text(text));
}

static inline uint8_t bytes_lower(uint8_t c)
{
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* Equal but for ASCII case. */
static inline bool bytes_equal_fold(struct bytes a, struct bytes b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (a.data[i] != b.data[i] && bytes_lower(a.data[i]) != bytes_lower(b.data[i]))
			return false;
	return true;
}

/* The first `len` bytes, or all of them where there are fewer. */
static inline struct bytes bytes_head(struct bytes a, size_t len)
{
	return bytes_of(a.data, len < a.len ? len : a.len);
}

/* What follows the first `len` bytes; empty where there are fewer. */
static inline struct bytes bytes_tail(struct bytes a, size_t len)
{
	return len < a.len ? bytes_of(a.data + len, a.len - len) : bytes_of(a.data + a.len, 0);
}

/* Blanks of header fields (OWS of RFC 9110 5.6.3); white space of XML and JSON. */
static inline bool bytes_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static inline bool bytes_is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Without what stands of that around it. */
static inline struct bytes bytes_trim_blanks(struct bytes b)
{
	while (b.len && bytes_is_blank(b.data[0]))
		b = bytes_of(b.data + 1, b.len - 1);
	while (b.len && bytes_is_blank(b.data[b.len - 1]))
		b.len--;
	return b;
}

static inline struct bytes bytes_trim_space(struct bytes b)
{
	while (b.len && bytes_is_space(b.data[0]))
		b = bytes_of(b.data + 1, b.len - 1);
	while (b.len && bytes_is_space(b.data[b.len - 1]))
		b.len--;
	return b;
}

/* The first eight bytes as a number, the first lowest, zeros behind the end. Of shorter views some bytes are read twice,
 * to the same place. */
static inline uint64_t bytes_word(struct bytes b)
{
	uint64_t word = 0;
	uint32_t first, last;

	if (b.len >= 8) {
		memcpy(&word, b.data, 8);
		return le64toh(word);
	}
	if (b.len >= 4) {
		memcpy(&first, b.data, 4);
		memcpy(&last, b.data + b.len - 4, 4);
		return le32toh(first) | (uint64_t)le32toh(last) << (8 * (b.len - 4));
	}
	if (b.len > 0) {
		word = b.data[0] | (uint64_t)b.data[b.len / 2] << (b.len / 2 * 8);
		word |= (uint64_t)b.data[b.len - 1] << (b.len * 8 - 8);
	}
	return word;
}

/* The same, quicker, of a view within memory that is read up to `end`. */
static inline uint64_t bytes_word_within(struct bytes b, const uint8_t *end)
{
	uint64_t word;

	if (b.len >= 8 || end - b.data < 8)
		return bytes_word(b);
	memcpy(&word, b.data, 8);
	return le64toh(word) & ((UINT64_C(1) << (b.len * 8)) - 1);
}

static inline struct reader reader_of(struct bytes b)
{
	return (struct reader){ b.data, b.data + b.len, false };
}

static inline size_t reader_left(const struct reader *r)
{
	return (size_t)(r->end - r->at);
}

/* The next `len` bytes; an empty view and `over` where there are fewer. */
static inline struct bytes read_bytes(struct reader *r, size_t len)
{
	if (r->over || reader_left(r) < len) {
		r->over = true;
		return bytes_of(r->at, 0);
	}
	const uint8_t *at = r->at;

	r->at += len;
	return bytes_of(at, len);
}

static inline void read_skip(struct reader *r, size_t len)
{
	(void)read_bytes(r, len);
}

/* All that is left; never overruns. */
static inline struct bytes read_rest(struct reader *r)
{
	return read_bytes(r, r->over ? 0 : reader_left(r));
}

static inline uint8_t read_u8(struct reader *r)
{
	struct bytes b = read_bytes(r, 1);

	return b.len ? b.data[0] : 0;
}

static inline uint16_t read_be16(struct reader *r)
{
	struct bytes b = read_bytes(r, 2);

	return (uint16_t)(b.len ? (unsigned)b.data[0] << 8 | b.data[1] : 0);
}

static inline uint32_t read_be32(struct reader *r)
{
	struct bytes b = read_bytes(r, 4);

	return b.len ? (uint32_t)b.data[0] << 24 | (uint32_t)b.data[1] << 16 | (uint32_t)b.data[2] << 8 | b.data[3] : 0;
}

static inline uint64_t read_be64(struct reader *r)
{
	uint64_t high = read_be32(r);

	return high << 32 | read_be32(r);
}

static inline uint16_t read_le16(struct reader *r)
{
	struct bytes b = read_bytes(r, 2);

	return (uint16_t)(b.len ? (unsigned)b.data[1] << 8 | b.data[0] : 0);
}

static inline uint32_t read_le32(struct reader *r)
{
	struct bytes b = read_bytes(r, 4);

	return b.len ? (uint32_t)b.data[3] << 24 | (uint32_t)b.data[2] << 16 | (uint32_t)b.data[1] << 8 | b.data[0] : 0;
}

#endif
