/* tls_certificate: what a certificate says of itself, through OpenSSL's X.509, in the texts that Suricata's tls events have. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_CERTIFICATE_H
#define STORMGLASS_DISSECTORS_APP_TLS_CERTIFICATE_H

#include "sensor/base/arena.h"
#include "sensor/base/bytes.h"

struct tls_certificate {
	struct bytes der;              /* as sent */
	struct bytes subject, issuer;  /* "C=DE, O=x, CN=y", in the order of the certificate */
	struct bytes serial;           /* "0A:1B:.." */
	struct bytes fingerprint;      /* SHA-1, "aa:bb:.." */
	struct bytes not_before, not_after; /* "2024-01-31T12:00:00" */
	struct bytes x5t_s256;         /* base64url of SHA-256, no padding: RFC 8705 3.1 */
};

/* The leaf of a Certificate message's body (RFC 5246 7.4.2; `tls13`: RFC 8446 4.4.2, with context and extensions): its DER,
 * borrowed. Empty: the sender has none. False: it breaks its syntax. */
bool tls_certificate_leaf(struct bytes body, bool tls13, struct bytes *der);

/* Texts in `arena`. What OpenSSL cannot parse, or is over 64 KiB, has only fingerprint and thumbprint; the others are empty then.
 * Names are written as Suricata 7 has them from x509-parser: types without a short name as OID(1.2.3), values that are no strings
 * in hex. False: the arena refuses. */
bool tls_certificate_read(struct tls_certificate *certificate, struct bytes der, struct arena *arena);

#endif
