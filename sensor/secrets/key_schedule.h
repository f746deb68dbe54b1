/* key_schedule: from secrets to keys: the PRFs of SSL 3.0 (RFC 6101 6.1), TLS 1.0 and 1.1 (RFC 4346 5), TLS 1.2 (RFC 5246 5),
 * extended master secret (RFC 7627), and the keys of TLS 1.3 (RFC 8446 7.2, 7.3). Pure; OpenSSL computes. All of them return
 * false where it refuses. */
#ifndef STORMGLASS_SECRETS_KEY_SCHEDULE_H
#define STORMGLASS_SECRETS_KEY_SCHEDULE_H

#include "sensor/secrets/hkdf.h"
#include "sensor/secrets/suite.h"

enum { TLS_SSL30 = 0x0300, TLS_10 = 0x0301, TLS_11 = 0x0302, TLS_12 = 0x0303, TLS_13 = 0x0304 };

enum { MASTER_LEN = 48, RANDOM_LEN = 32, TRAFFIC_SECRET_CAP = 48, KEY_CAP = 32, IV_CAP = 16, MAC_KEY_CAP = 48 };

/* TLS 1.2 and before. */
bool key_schedule_master(uint16_t version, const struct suite *suite, struct bytes premaster,
    const uint8_t client_random[RANDOM_LEN], const uint8_t server_random[RANDOM_LEN], uint8_t master[MASTER_LEN]);

/* With the extended master secret extension: `transcript` is every handshake message (4-byte headers included) from ClientHello
 * to ClientKeyExchange; what it is hashed with, the version and the suite say. */
bool key_schedule_extended_master(uint16_t version, const struct suite *suite, struct bytes premaster, struct bytes transcript,
    uint8_t master[MASTER_LEN]);

/* The keys of one direction. */
struct direction_keys {
	uint8_t mac[MAC_KEY_CAP], key[KEY_CAP], iv[IV_CAP];
};

/* key_block, RFC 5246 6.3: both directions' at once. */
bool key_schedule_block(uint16_t version, const struct suite *suite, const uint8_t master[MASTER_LEN],
    const uint8_t client_random[RANDOM_LEN], const uint8_t server_random[RANDOM_LEN], struct direction_keys *client,
    struct direction_keys *server);

/* TLS 1.3: a direction's keys by its traffic secret, and the traffic secret after a KeyUpdate (7.2), in place. */
bool key_schedule_traffic(struct hkdf *hkdf, const struct suite *suite, struct bytes secret, struct direction_keys *keys);
bool key_schedule_update(struct hkdf *hkdf, const struct suite *suite, uint8_t *secret, size_t len);

#endif
