/* TLS record (RFC 8446 5.1):   type u8 (22: handshake) | version u16 (3.x) | length u16 | ...
 * Handshake (RFC 8446 4):      type u8 | length u24 | ...; before encryption begins
 * SSLproxy:                    "SSLproxy: [host]:port,[host]:port,[host]:port,s" and more after commas, CR LF */
#include "dissectors/app/preamble.h"

enum { RECORD_HEADER = 5, RECORD_HANDSHAKE = 22, RECORD_MAX = 16384 + 2048, LINE_MAX = 512 };

/* Handshake messages that are sent in the clear. */
static bool is_clear_handshake(uint8_t type)
{
	static const uint8_t types[] = { 1, 2, 11, 12, 13, 14, 16, 22 };

	return memchr(types, type, sizeof types) != NULL;
}

static struct preamble tls_record(struct bytes data)
{
	struct reader r = reader_of(data);
	uint8_t type = read_u8(&r), major = read_u8(&r), minor = read_u8(&r);
	uint16_t len = read_be16(&r);
	uint8_t message = read_u8(&r);

	if (type != RECORD_HANDSHAKE || (data.len > 1 && major != 3) || (data.len > 2 && minor > 4))
		return (struct preamble){ 0 };
	if (r.over)
		return (struct preamble){ .undecided = true };
	if (len < 4 || len > RECORD_MAX || !is_clear_handshake(message))
		return (struct preamble){ 0 };
	return (struct preamble){ .len = RECORD_HEADER + (size_t)len };
}

static struct preamble sslproxy_line(struct bytes data)
{
	static const char start[] = "SSLproxy: [";
	size_t len = sizeof start - 1 < data.len ? sizeof start - 1 : data.len;

	if (!data.len || memcmp(data.data, start, len) != 0)
		return (struct preamble){ 0 };
	const uint8_t *end = memchr(data.data, '\n', data.len < LINE_MAX ? data.len : LINE_MAX);

	if (end)
		return (struct preamble){ .len = (size_t)(end - data.data) + 1 };
	return (struct preamble){ .undecided = data.len < LINE_MAX };
}

struct preamble preamble_of(struct bytes data)
{
	struct preamble preamble = tls_record(data);

	return preamble.len || preamble.undecided ? preamble : sslproxy_line(data);
}
