/* hex: bytes written down as hexadecimal digits, with blanks for the eye. */
#ifndef STORMGLASS_TESTS_SUPPORT_HEX_H
#define STORMGLASS_TESTS_SUPPORT_HEX_H

#include <stddef.h>
#include <stdint.h>

/* In memory of exactly their length, so that a sanitizer sees a read past the end. The caller frees. */
uint8_t *hex_bytes(const char *hex, size_t *len);

#endif
