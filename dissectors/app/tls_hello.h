/* tls_hello: ClientHello and ServerHello of SSL 3.0 to TLS 1.3 (RFC 8446 4.1, RFC 5246 7.4.1, RFC 5246 E.2 for the SSLv2 form).
 * Pure; views borrow from the message. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_HELLO_H
#define STORMGLASS_DISSECTORS_APP_TLS_HELLO_H

#include "sensor/base/bytes.h"

enum { TLS_ALPNS = 16 };

struct tls_client_hello {
	uint16_t record_version;      /* the caller's to set: of the record that carried it */
	uint16_t legacy_version;
	uint16_t version;             /* the highest offered, GREASE (RFC 8701) left out */
	uint8_t random[32];           /* of the SSLv2 form: the challenge, right-aligned behind zeros */
	struct bytes session_id;
	struct bytes suites;          /* u16s; of the SSLv2 form empty: see v2_suites */
	struct bytes v2_suites;       /* u24s */
	struct bytes compressions;
	struct bytes extensions;      /* all of them, without their length */
	struct bytes sni;             /* host_name; empty: none */
	struct bytes alpns[TLS_ALPNS];
	size_t n_alpns;
	struct bytes ticket;          /* session_ticket (RFC 5077), where it is not empty */
	bool has_ticket;              /* the extension is there */
	bool extended_master, encrypt_then_mac, early_data, psk, v2;
	uint16_t max_fragment;        /* max_fragment_length or record_size_limit; 0: none. For people only */
};

struct tls_server_hello {
	uint16_t legacy_version;
	uint16_t version;             /* negotiated */
	uint8_t random[32];
	struct bytes session_id;
	uint16_t suite;
	uint8_t compression;
	struct bytes extensions;
	struct bytes alpn;            /* empty: none here (TLS 1.3 says it in EncryptedExtensions) */
	bool retry;                   /* HelloRetryRequest */
	bool extended_master, encrypt_then_mac, ticket, early_data;
	uint16_t psk;                 /* selected identity + 1; 0: none */
};

/* `body` is the handshake message without its 4-byte header. False: it breaks its syntax; lengths that overrun, trailing bytes
 * and doubled extensions do. */
bool tls_client_hello_parse(struct tls_client_hello *hello, struct bytes body);
bool tls_server_hello_parse(struct tls_server_hello *hello, struct bytes body);

/* A ClientHello in SSLv2's form, without the two bytes of record length. */
bool tls_client_hello_parse_v2(struct tls_client_hello *hello, struct bytes body);

/* ALPN and early data as EncryptedExtensions (RFC 8446 4.3.1) says them. */
bool tls_encrypted_extensions_parse(struct bytes body, struct bytes *alpn, bool *early_data);

/* An extension off the front of `r`, over the extensions of either hello. False: that was all, or what is left is none
 * (r->over). */
struct tls_extension {
	uint16_t type;
	struct bytes body;
};

enum { /* IANA's TLS ExtensionType values */
	TLS_EXT_SERVER_NAME = 0,
	TLS_EXT_MAX_FRAGMENT = 1,
	TLS_EXT_GROUPS = 10,
	TLS_EXT_POINT_FORMATS = 11,
	TLS_EXT_SIGNATURES = 13,
	TLS_EXT_ALPN = 16,
	TLS_EXT_ENCRYPT_THEN_MAC = 22,
	TLS_EXT_EXTENDED_MASTER = 23,
	TLS_EXT_RECORD_SIZE = 28,
	TLS_EXT_TICKET = 35,
	TLS_EXT_PSK = 41,
	TLS_EXT_EARLY_DATA = 42,
	TLS_EXT_VERSIONS = 43,
};

bool tls_extension_next(struct reader *r, struct tls_extension *extension);

/* One of the values that clients strew in so that servers keep ignoring what they do not know (RFC 8701): 0x0a0a to 0xfafa. */
bool tls_is_grease(uint16_t value);

#endif
