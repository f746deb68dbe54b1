/* key_file: the RSA private keys that a file holds: PEM, DER or PKCS#12, encrypted or not (RFC 7468, 8017, 5208, 7292). Decoding
 * and decrypting are OpenSSL's. Nobody is ever asked for a password. */
#ifndef STORMGLASS_SECRETS_KEY_FILE_H
#define STORMGLASS_SECRETS_KEY_FILE_H

#include "sensor/base/errors.h"
#include "sensor/base/bytes.h"

struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

/* Owned; no key is in it twice. Zeroed: empty. */
struct key_list {
	struct evp_pkey_st **items;
	size_t n;
};

enum { KEY_FILE_CAP = 1 << 20, KEY_LIST_CAP = 1000 };

/* Adds the file's keys to `keys`. False, with an error: there are none, or one of them cannot be read. `password` may be NULL. */
bool key_file_read(const char *file, const char *password, struct key_list *keys, struct errors *errors);

void key_list_fini(struct key_list *keys);

#endif
