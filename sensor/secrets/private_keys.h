/* private_keys: RSA private keys of servers, for TLS before 1.3 with RSA key exchange (RFC 5246 7.4.7.1). Read at start, kept out
 * of core dumps where OpenSSL allows it, freed at the end. Read-only afterwards: any thread may use them. */
#ifndef STORMGLASS_SECRETS_PRIVATE_KEYS_H
#define STORMGLASS_SECRETS_PRIVATE_KEYS_H

#include "sensor/base/errors.h"
#include "sensor/secrets/secrets.h"

struct private_keys;

/* NULL: out of memory. */
struct private_keys *private_keys_new(void);
void private_keys_free(struct private_keys *keys); /* NULL is fine */

/* Adds the keys of a file: PEM (any number of keys, PKCS#1 or PKCS#8), DER, or PKCS#12. `password`: of an encrypted one; NULL:
 * none. False, with an error that names the file and what is wrong with it (not there, no key, no RSA key, wrong password,
 * ...). */
bool private_keys_load(struct private_keys *keys, const char *file, const char *password, struct errors *errors);

size_t private_keys_count(const struct private_keys *keys);

/* The premaster secret of 48 bytes that `encrypted` holds, by the key of this certificate (DER; empty: not known, then every key
 * that could is tried) if there is one. With a key but not for it OpenSSL's implicit rejection makes up a wrong one: so does
 * this. `client_version` is what ClientHello offered: the premaster starts with it. False: no key fits. */
bool private_keys_decrypt(const struct private_keys *keys, struct bytes certificate, struct bytes encrypted, uint16_t client_version,
    uint8_t premaster[48]);

#endif
