/* tls: the record that a TLS connection becomes, in the shape of Suricata's tls object. */
#ifndef STORMGLASS_MODEL_TLS_H
#define STORMGLASS_MODEL_TLS_H

#include "sensor/model/record.h"

/* In the order of Suricata's tls object: that of writing. */
enum tls_field {
	TLS_SUBJECT,
	TLS_ISSUERDN,
	TLS_SERIAL,
	TLS_FINGERPRINT,
	TLS_SNI,
	TLS_VERSION,         /* "TLS 1.3" */
	TLS_CIPHER,          /* IANA's name */
	TLS_NOTBEFORE,
	TLS_NOTAFTER,
	TLS_SESSION_RESUMED,
	TLS_JA3_HASH,        /* ja3 { hash, string } */
	TLS_JA3_STRING,
	TLS_JA3S_HASH,
	TLS_JA3S_STRING,
	TLS_JA4,
	TLS_CLIENT_SUBJECT,  /* client { subject, issuerdn, serial, fingerprint, notbefore, notafter, x5t_s256 } */
	TLS_CLIENT_ISSUERDN,
	TLS_CLIENT_SERIAL,
	TLS_CLIENT_FINGERPRINT,
	TLS_CLIENT_NOTBEFORE,
	TLS_CLIENT_NOTAFTER,
	TLS_CLIENT_X5T_S256,
	TLS_CLIENT_ALPNS,
	TLS_SERVER_ALPNS,    /* an array of one, as Suricata has it */
	TLS_DECRYPTED,       /* keylog, dsb, rsa, mirror; "none": its content stayed hidden */
	TLS_FIELDS
};

extern const struct record_type tls_record;

#endif
