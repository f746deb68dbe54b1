/* tls_env: what the TLS dissector of a worker shares over all its connections: secrets, limits, counters. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_ENV_H
#define STORMGLASS_DISSECTORS_APP_TLS_ENV_H

#include "sensor/secrets/crypto.h"
#include "sensor/secrets/hkdf.h"
#include "sensor/secrets/private_keys.h"
#include "sensor/secrets/secrets.h"

/* Connections, unless said otherwise. One that is not decrypted is counted under its first reason. */
struct tls_counts {
	uint64_t flows;          /* that were recognised */
	uint64_t decrypted;      /* content of which was seen */
	uint64_t mirrored;       /* whose content came in the clear behind a handshake: a broker decrypted it */
	uint64_t no_secret, unsupported, bad_mac, gap, cap; /* not decrypted, or not to the end, and why */
	uint64_t waiting;        /* now, for a secret */
	uint64_t waited;         /* whose secret came late */
	uint64_t expired;        /* whose secret did not come within tls.wait */
	uint64_t resynchronised; /* times that records were found again after a gap or a start midstream */
	uint64_t records, bad_records; /* opened; refused, and dropped */
};

struct tls_certificates;

enum { TLS_TRIALS = 1 << 20 };

struct tls_env {
	const struct crypto *crypto;   /* NULL: nothing can be opened */
	struct hkdf hkdf;
	struct secrets *secrets;       /* NULL: there are none */
	const struct private_keys *keys; /* NULL: none */
	struct tls_certificates *certificates; /* NULL: none are remembered */
	bool may_come;           /* secrets that are not there yet, from the packet at hand on */
	struct budget budget;    /* tls.memcap: ciphertext that waits, handshakes, keys */
	size_t wait_len;         /* bytes of ciphertext that may wait in one connection: tls.wait-size */
	int64_t wait_ns;         /* tls.wait */
	uint32_t search;         /* records that may be missing: tls.search */
	uint32_t trials;         /* tries in vain left for this second of packet time, long records cost more; TLS_TRIALS at first */
	unsigned worker;
	bool wants_events;       /* of connections that are not decrypted, too */
	uint64_t number;         /* of the packet at hand */
	bool ending;             /* the input is over: sessions that are learned now would be found by chance */
	int64_t now_ns;
	struct tls_counts counts;
	struct session_key waits_for; /* said by a feed, len 0: not: the connection waits for a secret of this session */
	bool waits_no_more;           /* said by a feed: what it waited for came, or is not waited for any longer */
};

#endif
