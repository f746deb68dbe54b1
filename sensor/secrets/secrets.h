/* secrets: TLS secrets by what a connection is known by, in a bounded store: the oldest session goes when it is full. One for all
 * threads of a run.
 *
 * Who finds a secret must not depend on how far other threads are. So every secret is noted with the packet before which it was
 * read, and who looks for one says at which packet it stands: what came later does not exist for it. Memory is left out of core
 * dumps, and wiped when a session goes. Nothing prints a secret. */
#ifndef STORMGLASS_SECRETS_SECRETS_H
#define STORMGLASS_SECRETS_SECRETS_H

#include "sensor/base/budget.h"
#include "sensor/base/bytes.h"

/* What a session is known by. */
enum session_kind {
	SESSION_BY_RANDOM = 1,   /* the client's random, 32 bytes */
	SESSION_BY_ENCRYPTED,    /* the first 8 bytes of the encrypted premaster secret (key-log lines that start with RSA) */
	SESSION_BY_ID,           /* TLS 1.2's session id, up to 32 bytes: resumed sessions */
	SESSION_BY_TICKET,       /* SHA-256 of TLS 1.2's session ticket: likewise */
};

struct session_key {
	uint8_t kind, len;
	uint8_t bytes[32];       /* zeros behind `len` */
};

/* len 0: OpenSSL refuses. */
struct session_key session_key_of_ticket(struct bytes ticket);

enum secret_label {
	SECRET_MASTER,           /* CLIENT_RANDOM; TLS 1.2 and before, 48 bytes */
	SECRET_PREMASTER,        /* RSA, PMS_CLIENT_RANDOM */
	SECRET_CLIENT_EARLY,     /* CLIENT_EARLY_TRAFFIC_SECRET, and so on; RFC 8446 7.1 */
	SECRET_CLIENT_HANDSHAKE,
	SECRET_SERVER_HANDSHAKE,
	SECRET_CLIENT_TRAFFIC,
	SECRET_SERVER_TRAFFIC,
	SECRET_LABELS
};

/* Who told it. */
enum secret_origin { SECRET_OF_KEYLOG, SECRET_OF_DSB, SECRET_OF_RSA };

enum { SECRET_CAP = 256 }; /* a premaster secret of DHE over 2048 bits; every other one has 48 at most */

struct secret {
	enum secret_label label;
	enum secret_origin origin;
	uint16_t generation;     /* of traffic secrets: N of CLIENT_TRAFFIC_SECRET_N */
	uint16_t len;
	uint8_t bytes[SECRET_CAP];
};

struct secrets;

struct secrets_counts {
	uint64_t sessions;       /* held now */
	uint64_t evicted, refused, memuse; /* sessions; refused: for want of memory or under limits.memcap */
};

/* `n_sessions` at most, at least 1; memory is taken as it is needed, and charged to `budget`, which must be its own (it is
 * charged by whichever thread adds). NULL: out of memory. */
struct secrets *secrets_new(size_t n_sessions, unsigned n_workers, struct budget *budget);
void secrets_free(struct secrets *secrets); /* wipes; NULL is fine */

/* Adds what was read before packet `number` (0: before all of them). The first of a label counts, but for traffic secrets, where
 * the lowest generation does. False: there was no room. */
bool secrets_add(struct secrets *secrets, const struct session_key *key, const struct secret *secret, uint64_t number);

/* What is known at packet `number`; false: not that. */
bool secrets_find(struct secrets *secrets, const struct session_key *key, enum secret_label label, uint64_t number,
    struct secret *secret);

/* Any session with that label that is known at packet `number`, for connections whose handshake was not captured: the newest
 * where *at is SECRETS_NEWEST, then the next older one at each call. False: there are no more. */
#define SECRETS_NEWEST UINT64_MAX
bool secrets_recent(struct secrets *secrets, uint64_t *at, enum secret_label label, uint64_t number, struct session_key *key);

/* News for those who wait: each call gives the key of one addition after the `*seen`-th that is known at packet `number`, in the
 * order of adding, and counts *seen up; false: that was all. Additions that were evicted meanwhile are passed over. */
bool secrets_news(struct secrets *secrets, uint64_t *seen, uint64_t number, struct session_key *key);

/* No secret was ever added: nobody need look. Cheap. */
bool secrets_are_none(const struct secrets *secrets);

/* Workers learn of each other: who resumes a session may do so while another worker is still at the handshake that made it. A
 * worker says how far it came: everything before packet `number` is done. */
void secrets_reach(struct secrets *secrets, unsigned worker, uint64_t number);

/* Waits until every other worker has come to packet `number`. The caller has said that it is there itself. */
void secrets_await(struct secrets *secrets, unsigned worker, uint64_t number);

void secrets_count(struct secrets *secrets, struct secrets_counts *counts);

/* Overwrites what will not be needed any more. */
void secrets_wipe(void *memory, size_t len);

#endif
