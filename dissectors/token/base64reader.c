#include "dissectors/token/base64reader.h"

#include "dissectors/token/base64url.h"

bool base64reader_init(struct base64reader *r, struct bytes text)
{
	*r = (struct base64reader){ .text = text.data, .over = true };
	while (text.len > 0 && text.data[text.len - 1] == '=')
		text.len--;
	if (text.len % 4 == 1)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (base64url_value(text.data[i]) < 0)
			return false;
	r->end = text.len / 4 * 3 + text.len % 4 * 3 / 4;
	r->over = false;
	return true;
}

size_t base64reader_left(const struct base64reader *r)
{
	return r->over ? 0 : r->end - r->at;
}

/* Byte k of a group of three has its bits in characters k and k + 1 of four:
 *
 *   byte 0     byte 1     byte 2
 *   000000 11  1111 2222  22 333333 */
uint8_t base64reader_u8(struct base64reader *r)
{
	if (base64reader_left(r) == 0) {
		r->over = true;
		return 0;
	}
	size_t k = r->at % 3;
	const uint8_t *at = r->text + r->at / 3 * 4 + k;
	unsigned first = (unsigned)base64url_value(at[0]), second = (unsigned)base64url_value(at[1]);

	r->at++;
	return (uint8_t)(first << (2 + 2 * k) | second >> (4 - 2 * k));
}

void base64reader_skip(struct base64reader *r, size_t len)
{
	(void)base64reader_part(r, len);
}

uint64_t base64reader_varint(struct base64reader *r)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t c = base64reader_u8(r);

		if (shift == 63 && c > 1)
			break;
		value |= (uint64_t)(c & 0x7F) << shift;
		if (!(c & 0x80))
			return value;
	}
	r->over = true;
	return 0;
}

void base64reader_copy(struct base64reader *r, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = base64reader_u8(r);
}

struct base64reader base64reader_part(struct base64reader *r, uint64_t len)
{
	struct base64reader part = *r;

	if (base64reader_left(r) < len)
		part.over = r->over = true;
	if (r->over)
		return part;
	r->at += (size_t)len;
	part.end = r->at;
	return part;
}
