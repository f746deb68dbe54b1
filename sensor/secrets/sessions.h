/* sessions: TLS sessions and their secrets, the newest so many; for secrets.c alone, which locks.
 *
 * A session is named by its order: how many were made before it. It stands in a ring of chunks and is found by a keyed hash of
 * its key. What lies in a chunk is left out of core dumps, and wiped when the session goes. */
#ifndef STORMGLASS_SECRETS_SESSIONS_H
#define STORMGLASS_SECRETS_SESSIONS_H

#include "sensor/base/hash.h"
#include "sensor/secrets/secrets.h"

enum {
	SESSION_SLOTS = SECRET_LABELS - SECRET_CLIENT_EARLY,
	SESSION_SLOT_LEN = 48,   /* of a master secret, or of a traffic secret with SHA-384 */
	SESSION_GENERATIONS = SECRET_LABELS - SECRET_CLIENT_TRAFFIC,
};

/* A session is of one kind: its secrets are a premaster secret, a master secret, or those of TLS 1.3. So they share room: a
 * traffic secret has the slot of its label, each of the others has the first. */
struct session {
	uint64_t since[SESSION_SLOTS];               /* packet before which it was read */
	union {
		uint8_t slots[SESSION_SLOTS][SESSION_SLOT_LEN];
		uint8_t premaster[SECRET_CAP];
	} secret;
	uint32_t hash_next;                          /* place in the ring, from 1; 0: none */
	uint16_t generation[SESSION_GENERATIONS];
	uint8_t last[SESSION_SLOTS];                 /* index of the last byte, for a length of 256 would not fit */
	uint8_t origin[SESSION_SLOTS];
	uint8_t n_changes;                           /* how often something was put here */
	struct session_key key;
};

struct session_chunk;

struct sessions {
	struct budget *budget;
	struct hash_key hash_key;
	struct session_chunk **chunks;
	size_t n_chunks;             /* there may be */
	uint32_t *buckets;
	size_t n_buckets;            /* power of two */
	size_t cap;                  /* sessions; no more than there are once memory was refused */
	size_t n_places;             /* sessions there is memory for */
	uint64_t oldest, next;       /* orders: of the oldest session, and of the next to be made */
	uint64_t n_evicted;
	size_t n_with[SECRET_LABELS]; /* sessions with a secret of that label */
	size_t memuse;
};

/* Takes no memory yet. */
void sessions_init(struct sessions *sessions, size_t cap, struct budget *budget);
void sessions_fini(struct sessions *sessions); /* wipes */

bool sessions_find(const struct sessions *sessions, const struct session_key *key, uint64_t *order);

/* A session without secrets, which must not be there yet; where there is no more room, in the place of the oldest. False: there
 * is no memory for a single one. */
bool sessions_create(struct sessions *sessions, const struct session_key *key, uint64_t *order);

/* The oldest goes. False: there is none. */
bool sessions_evict(struct sessions *sessions);

/* Of a session that is there. */
bool sessions_has(const struct sessions *sessions, uint64_t order);
struct session *sessions_at(const struct sessions *sessions, uint64_t order);
unsigned sessions_labels(const struct sessions *sessions, uint64_t order); /* bits, 1 << label */
void sessions_mark(struct sessions *sessions, uint64_t order, enum secret_label label);

/* The newest session before *order that has such a label; goes on from *order. False: there is none. */
bool sessions_before(const struct sessions *sessions, enum secret_label label, uint64_t *order);

#endif
