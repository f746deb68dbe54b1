#include "sensor/model/tls.h"

/* Keywords are Suricata's where it has one; EVE names are its tls object's. */
static const struct field tls_fields[TLS_FIELDS] = {
	[TLS_SUBJECT] = { "tls.cert_subject", FIELD_EVE("subject"), FIELD_TEXT, 0, "subject of the server's certificate" },
	[TLS_ISSUERDN] = { "tls.cert_issuer", FIELD_EVE("issuerdn"), FIELD_TEXT, 0, "issuer of the server's certificate" },
	[TLS_SERIAL] = { "tls.cert_serial", FIELD_EVE("serial"), FIELD_TEXT, 0, "serial number of the server's certificate: 0A:1B" },
	[TLS_FINGERPRINT] = { "tls.cert_fingerprint", FIELD_EVE("fingerprint"), FIELD_TEXT, 0, "SHA-1 of the server's certificate: 0a:1b" },
	[TLS_SNI] = { "tls.sni", FIELD_EVE("sni"), FIELD_TEXT, FIELD_METADATA, "host name that the client asks for, RFC 6066 3" },
	[TLS_VERSION] = { "tls.version", FIELD_EVE("version"), FIELD_TEXT, 0, "negotiated version: SSLv3, TLSv1, TLS 1.1, TLS 1.2, TLS 1.3" },
	[TLS_CIPHER] = { "tls.cipher", FIELD_EVE("cipher"), FIELD_TEXT, 0, "negotiated suite, by IANA's name" },
	[TLS_NOTBEFORE] = { "tls.cert_notbefore", FIELD_EVE("notbefore"), FIELD_TEXT, 0, "begin of the server's certificate, UTC: 2026-01-31T12:00:00" },
	[TLS_NOTAFTER] = { "tls.cert_notafter", FIELD_EVE("notafter"), FIELD_TEXT, 0, "end of the server's certificate, the same" },
	[TLS_SESSION_RESUMED] = { "tls.session_resumed", FIELD_EVE("session_resumed"), FIELD_BOOL, 0, "goes on with the keys of an earlier session: there is no certificate" },
	[TLS_JA3_HASH] = { "ja3.hash", FIELD_EVE_IN("ja3", "hash"), FIELD_TEXT, FIELD_NESTED, "MD5 of ja3.string" },
	[TLS_JA3_STRING] = { "ja3.string", FIELD_EVE_IN("ja3", "string"), FIELD_TEXT, FIELD_NESTED, "what the client offers, in its order: version, suites, extensions, groups, point formats" },
	[TLS_JA3S_HASH] = { "ja3s.hash", FIELD_EVE_IN("ja3s", "hash"), FIELD_TEXT, FIELD_NESTED, "MD5 of ja3s.string" },
	[TLS_JA3S_STRING] = { "ja3s.string", FIELD_EVE_IN("ja3s", "string"), FIELD_TEXT, FIELD_NESTED, "what the server chose: version, suite, extensions" },
	[TLS_JA4] = { "ja4.hash", FIELD_EVE("ja4"), FIELD_TEXT, FIELD_METADATA, "what the client offers, whatever its order: FoxIO's JA4" },
	[TLS_CLIENT_SUBJECT] = { "tls.client_subject", FIELD_EVE_IN("client", "subject"), FIELD_TEXT, FIELD_NESTED, "subject of the client's certificate" },
	[TLS_CLIENT_ISSUERDN] = { "tls.client_issuer", FIELD_EVE_IN("client", "issuerdn"), FIELD_TEXT, FIELD_NESTED, "issuer of the client's certificate" },
	[TLS_CLIENT_SERIAL] = { "tls.client_serial", FIELD_EVE_IN("client", "serial"), FIELD_TEXT, FIELD_NESTED, "serial number of the client's certificate" },
	[TLS_CLIENT_FINGERPRINT] = { "tls.client_fingerprint", FIELD_EVE_IN("client", "fingerprint"), FIELD_TEXT, FIELD_NESTED, "SHA-1 of the client's certificate" },
	[TLS_CLIENT_NOTBEFORE] = { "tls.client_notbefore", FIELD_EVE_IN("client", "notbefore"), FIELD_TEXT, FIELD_NESTED, "begin of the client's certificate" },
	[TLS_CLIENT_NOTAFTER] = { "tls.client_notafter", FIELD_EVE_IN("client", "notafter"), FIELD_TEXT, FIELD_NESTED, "end of the client's certificate" },
	[TLS_CLIENT_X5T_S256] = { "tls.client_x5t_s256", FIELD_EVE_IN("client", "x5t_s256"), FIELD_TEXT, FIELD_NESTED | FIELD_METADATA, "SHA-256 thumbprint of the client's certificate, which tokens are bound to, RFC 8705 3.1" },
	[TLS_CLIENT_ALPNS] = { "tls.client_alpns", FIELD_EVE("client_alpns"), FIELD_TEXTS, 0, "protocols that the client offers, RFC 7301" },
	[TLS_SERVER_ALPNS] = { "tls.server_alpns", FIELD_EVE("server_alpns"), FIELD_TEXTS, 0, "the protocol that the server chose" },
	[TLS_DECRYPTED] = { "tls.decrypted", FIELD_EVE("decrypted"), FIELD_TEXT, 0, "how its content was seen: keylog, dsb, rsa, mirror; none: it stayed hidden" },
};

const struct record_type tls_record = { RECORD_TLS, "tls", "tls", tls_fields, TLS_FIELDS };
