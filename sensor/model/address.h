/* address: an IP address of either version. */
#ifndef STORMGLASS_MODEL_ADDRESS_H
#define STORMGLASS_MODEL_ADDRESS_H

#include <stdint.h>

/* An IP address in 16 bytes; IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2). Which it is says the ip_version beside it. */
struct address {
	uint8_t b[16];
};

#endif
