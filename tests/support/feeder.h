/* feeder: the smallest engine that can run an app dissector: keeps what it did not use, honours skips, and writes down
 * what it said, each direction for itself. Every chunk is fed from memory of exactly its size, so that a sanitizer sees a
 * read past its end. A broken contract (used > len, no progress) ends the program. */
#ifndef STORMGLASS_TESTS_SUPPORT_FEEDER_H
#define STORMGLASS_TESTS_SUPPORT_FEEDER_H

#include "dissectors/app/dissector.h"

struct feeder_text { /* NUL-ended lines */
	char *text;
	size_t len, cap;
};

struct feeder_side {
	uint8_t *held; /* offered and not used, then what is new */
	size_t held_len, seen;
	uint64_t skip, gap;
	struct feeder_text log, anomalies;
};

struct feeder {
	const struct dissector *dissector;
	void *state;
	struct budget budget;
	struct arena arena;
	struct outbox out;
	struct feeder_side side[2];
	bool other_first;  /* said by the last call */
	bool over;         /* nothing is of interest any more, or there was no memory: nothing is fed any more */
	struct body_env *bodies; /* lent to the outbox; NULL: no content is kept */
	const char *child; /* another protocol took over: nothing is fed any more */
	bool with_headers; /* log every field and header, not just a line */
	struct body_env own_bodies; /* in use with feeder_keep */
	struct budget bodies_budget;
	bool apart;        /* anomalies in a log of their own: their order among the messages depends on the cutting */
	size_t n_messages, n_feeds;
};

/* The arena may hold `arena_cap` bytes. */
void feeder_init(struct feeder *feeder, const struct dissector *dissector, size_t arena_cap);
void feeder_fini(struct feeder *feeder);

/* Content is kept, `cap` bytes of each body, in `memory` bytes for all. Before anything is fed. */
void feeder_keep(struct feeder *feeder, size_t cap, size_t memory);

void feeder_send(struct feeder *feeder, enum direction dir, struct bytes data, bool is_last);
void feeder_lose(struct feeder *feeder, enum direction dir, uint64_t len);
void feeder_finish(struct feeder *feeder);

/* Lines of a direction:
 *   "Q0 GET /x host:80"  "R0 200 text/html"  "E0 123" end of a body  "!http.nul" an anomaly  "^websocket" a child
 *   "T0 json {...}"  "T0 text cut ..." a message of a WebSocket
 * "Q0 damaged ..." where the message says so; transactions are signed numbers. Where content is kept, "+body" and "+answer" stand
 * behind a head that content follows, and " json 15 {...}" behind the end of its body; " json cut 15 ..." where there was more.
 * "E0 5 http.grpc_status 0" where trailers or a reset told something. */
const char *feeder_log(const struct feeder *feeder, enum direction dir);
const char *feeder_anomalies(const struct feeder *feeder, enum direction dir);

/* Do two feeders that are `apart` say the same? */
bool feeder_same(const struct feeder *a, const struct feeder *b);

#endif
