/* tls_record: the record layer of SSL 3.0 to TLS 1.3 (RFC 8446 5.1, RFC 5246 6.2):  type u8 | version u16 | length u16 | fragment. Pure. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_RECORD_H
#define STORMGLASS_DISSECTORS_APP_TLS_RECORD_H

#include "sensor/secrets/protection.h"

enum tls_content {
	TLS_CHANGE_CIPHER_SPEC = 20,
	TLS_ALERT = 21,
	TLS_HANDSHAKE = 22,
	TLS_APPLICATION_DATA = 23,
	TLS_HEARTBEAT = 24,
};

enum { TLS_RECORD_HEADER = 5, TLS_FRAGMENT_CAP = RECORD_PLAIN_CAP + RECORD_EXPANSION_CAP };

enum tls_fit { TLS_NO, TLS_PARTIAL, TLS_FITS };

/* The record that `data` starts with. PARTIAL: it could be one, and *len says how many bytes it takes, as far as is known.
 * FITS: all of it is there. */
enum tls_fit tls_record_parse(struct bytes data, struct protected_record *record, size_t *len);

/* Where in `data`, after bytes were lost, may a record start? `in_clear`: any; else one that is protected, and only a tag can
 * prove it. Its offset; data.len: nowhere. */
size_t tls_record_find(struct bytes data, bool in_clear);

/* The ClientHello of SSLv2's form that `data` starts with (RFC 5246 E.2): its body behind the length. *len is the whole
 * length. */
enum tls_fit tls_record_parse_v2(struct bytes data, struct bytes *body, size_t *len);

#endif
