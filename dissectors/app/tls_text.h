/* tls_text: a text that is made twice: once to learn its length, then into memory of just that length. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_TEXT_H
#define STORMGLASS_DISSECTORS_APP_TLS_TEXT_H

#include "sensor/base/bytes.h"

struct tls_text {
	uint8_t *at; /* NULL: only counts */
	size_t len;
};

static inline void tls_text_add(struct tls_text *text, struct bytes part)
{
	if (text->at && part.len)
		memcpy(text->at + text->len, part.data, part.len);
	text->len += part.len;
}

static inline void tls_text_char(struct tls_text *text, char c)
{
	if (text->at)
		text->at[text->len] = (uint8_t)c;
	text->len++;
}

static inline void tls_text_number(struct tls_text *text, unsigned number)
{
	char digits[10];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	tls_text_add(text, bytes_of(digits + at, sizeof digits - at));
}

enum { TLS_TEXT_LOWER = 'a', TLS_TEXT_UPPER = 'A' };

/* Two hexadecimal digits a byte; `separator` between them, 0: none. */
static inline void tls_text_hex(struct tls_text *text, struct bytes b, char first_letter, char separator)
{
	for (size_t i = 0; i < b.len; i++) {
		unsigned high = b.data[i] >> 4, low = b.data[i] & 15u;

		if (i > 0 && separator)
			tls_text_char(text, separator);
		tls_text_char(text, (char)(high < 10 ? '0' + high : (unsigned)first_letter + high - 10));
		tls_text_char(text, (char)(low < 10 ? '0' + low : (unsigned)first_letter + low - 10));
	}
}

#endif
