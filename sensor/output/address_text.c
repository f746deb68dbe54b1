#include "sensor/output/address_text.h"

#include "sensor/output/digits.h"

static char *address_text_byte(char *at, uint8_t byte)
{
	static const char hex[] = "0123456789abcdef";

	*at++ = hex[byte >> 4];
	*at++ = hex[byte & 15];
	return at;
}

size_t address_text(char *out, const struct address *address, uint8_t ip_version)
{
	char *at = out;

	if (ip_version == 4) {
		for (size_t i = 12; i < 16; i++) {
			if (i > 12)
				*at++ = '.';
			at = digits_uint(at, address->b[i]);
		}
		return (size_t)(at - out);
	}
	for (size_t i = 0; i < 16; i++) {
		if (i > 0 && i % 2 == 0)
			*at++ = ':';
		at = address_text_byte(at, address->b[i]);
	}
	return (size_t)(at - out);
}

void address_text_mac(char *out, const uint8_t mac[6])
{
	for (size_t i = 0; i < 6; i++) {
		if (i > 0)
			*out++ = ':';
		out = address_text_byte(out, mac[i]);
	}
}
