/* protection: what one direction's records are protected with, between two changes of keys: opens them. Only what its tag or MAC
 * vouches for ever comes out (RFC 5246 6.2.3, RFC 8446 5.2, RFC 7366, RFC 7905). OpenSSL computes; MAC and padding of CBC suites
 * are checked in constant time. Keys are wiped. */
#ifndef STORMGLASS_SECRETS_PROTECTION_H
#define STORMGLASS_SECRETS_PROTECTION_H

#include "sensor/base/budget.h"
#include "sensor/secrets/crypto.h"
#include "sensor/secrets/key_schedule.h"

struct protection;

/* A record as it stands on the wire, without its header. */
struct protected_record {
	uint8_t type;            /* of the header */
	uint16_t version;        /* of the header: authenticated */
	struct bytes fragment;
};

enum { RECORD_PLAIN_CAP = 16384, RECORD_EXPANSION_CAP = 2048 };

/* `version` is the negotiated one; `encrypt_then_mac` says RFC 7366 and counts for CBC only. Its memory, and a guess at
 * OpenSSL's, is charged to `budget`. `crypto` must outlive it. NULL: no memory, or (*unsupported) OpenSSL offers no such cipher,
 * or the suite is none of this version. */
struct protection *protection_new(const struct crypto *crypto, uint16_t version, const struct suite *suite, bool encrypt_then_mac,
    const struct direction_keys *keys, struct budget *budget, bool *unsupported);
void protection_free(struct protection *protection); /* NULL is fine */

/* Opens the record that is the `seq`-th under these keys (from 0). True: *type is the content type (of TLS 1.3: the inner one)
 * and out[0 .. *len) the content, padding removed; `out` has room for fragment.len + 16 bytes. False: it does not belong here,
 * was damaged, or these are not its keys; *out is undefined then and must not be looked at.
 *
 * AEAD and CBC with an explicit IV can be asked for any `seq` in any order, again and again. RC4 and the CBC of TLS 1.0 and
 * before go on from the record before: see protection_is_seekable. A record that was refused leaves them where a taken one
 * would. */
bool protection_open(struct protection *protection, uint64_t seq, const struct protected_record *record, uint8_t *type,
    uint8_t *out, size_t *len);

/* May records be missing between two calls? True: yes. CBC without explicit IV may be told what it goes on from: the last
 * ciphertext block of the record before. */
bool protection_is_seekable(const struct protection *protection);
bool protection_resume(struct protection *protection, struct bytes last_block); /* false: it is no such thing */

/* The bytes by which a record of these is longer than its content, where that is always the same; 0: it varies (CBC). TLS 1.3:
 * the content type counts, padding does not. */
size_t protection_overhead(const struct protection *protection);

#endif
