/* dissector: all that an application protocol's dissector may know of the machine. Pointers are borrowed for the call. */
#ifndef STORMGLASS_DISSECTORS_APP_DISSECTOR_H
#define STORMGLASS_DISSECTORS_APP_DISSECTOR_H

#include "dissectors/app/body.h"
#include "dissectors/app/redact.h"
#include "dissectors/app/tls_env.h"
#include "sensor/model/http.h"

enum status {
	STATUS_OK,        /* `used` bytes were consumed; call again with what follows */
	STATUS_MORE = 1,  /* too little: the engine keeps the rest and calls again when at least `need` bytes are there, or at the end */
	STATUS_BAD = -1,  /* the traffic breaks its protocol: the layer is given up, the flow goes on */
	STATUS_FULL = -2, /* a cap: the layer is given up */
	STATUS_OVER = -3, /* nothing of this connection is of interest any more, in neither direction */
};

struct progress {
	enum status status;
	size_t used;   /* bytes of the chunk now consumed */
	size_t need;   /* with MORE: total length of data worth calling for; 0: any more */
	uint64_t skip; /* with OK: so many bytes after `used` are not wanted; the engine drops them unseen, gaps within them
	                * do no harm. DISSECTOR_SKIP_ALL: this direction to its end */
};

#define DISSECTOR_SKIP_ALL UINT64_MAX

enum verdict { VERDICT_NO, VERDICT_MAYBE, VERDICT_YES, VERDICT_EITHER /* yes, and the sender may be client or server */ };

enum { OUTBOX_MESSAGES = 16, OUTBOX_ANOMALIES = 16 };

/* What a dissector that decrypts got out of a connection: the content, to be looked at as a connection of its own. */
struct outbox_plain {
	bool there;
	bool again;              /* there is more already: call again, with what is left or with nothing */
	struct chunk chunk;      /* its direction, time and number may be others than those of the chunk that was fed */
	const char *expects;     /* static name of the protocol that was agreed on, NULL: none: for content that looks like no other */
	uint8_t *room;           /* where content may be put; room_len bytes, undisturbed until the chunk was worked off */
	size_t room_len;
};

/* What one feed produced. Views in it are borrowed from the chunk and from `arena`, until the engine drained it.
 * A dissector that finds it full (outbox_message_full) returns OK with what it used so far and is called again. */
struct outbox {
	struct arena *arena;
	struct http_message messages[OUTBOX_MESSAGES];
	size_t n_messages;
	const char *anomalies[OUTBOX_ANOMALIES]; /* static strings: "http.conflicting_length" */
	size_t n_anomalies;
	bool other_first;                        /* nothing was used: this chunk decides what the other direction holds back,
	                                          * which is to be offered once more, and then this chunk again */
	bool reversed;                           /* nothing was used: who sends this is not the side that it was taken for. If that
	                                          * was a guess, all begins anew the other way round; else the chunk comes again */
	const struct redact *redact;             /* what is hidden in URLs (redact.h) */
	struct body_env *bodies;                 /* NULL: no content is kept */
	struct tls_env *tls;                     /* NULL: there are no secrets and there is no interest in TLS */
	struct outbox_plain plain;
	const struct record *connection;         /* tls_record of a TLS connection, when all is known that will be; NULL: not now */
	const char *child;                       /* static name of the dissector that goes on here from the next byte in both
	                                          * directions, "" (or one that is not there): look anew; NULL: none */
};

static inline bool outbox_message_full(const struct outbox *out)
{
	return out->n_messages == OUTBOX_MESSAGES;
}

/* The same code is kept once for one feed. */
static inline void outbox_anomaly(struct outbox *out, const char *code)
{
	for (size_t i = 0; i < out->n_anomalies; i++)
		if (out->anomalies[i] == code)
			return;
	if (out->n_anomalies < OUTBOX_ANOMALIES)
		out->anomalies[out->n_anomalies++] = code;
}

struct dissector {
	const char *name;  /* "http1"; also how a parent names its child */
	const char *app_proto; /* what EVE calls it: "http" */
	size_t state_size; /* the engine gives zeroed state and frees it */
	bool decrypts;     /* hands out content (outbox_plain), is given room for it, and is fed empty chunks when secrets came */

	/* Could a stream start like this in direction first->dir? Pure. */
	enum verdict (*probe)(const struct chunk *first);

	/* Consumes in-order bytes of one direction. chunk->gap says how many bytes were lost just before data. */
	struct progress (*feed)(void *state, const struct chunk *in, struct outbox *out);

	/* The flow ends: emit what is pending. */
	void (*finish)(void *state, struct outbox *out);

	/* The state goes, after finish or without: give back what it holds. NULL: nothing. */
	void (*release)(void *state);

	/* The tls_record that speaks of what is decrypted; NULL: there is none. Lives as long as the state. NULL: does not
	 * decrypt. */
	const struct record *(*facts)(void *state);
};

extern const struct dissector http1_dissector;
extern const struct dissector http2_dissector;
extern const struct dissector h2c_dissector; /* http2, upgraded to from HTTP/1.1 */
extern const struct dissector tls_dissector;
extern const struct dissector websocket_dissector;

/* Every dissector, NULL-ended, in the order they are asked. */
extern const struct dissector *const dissectors[];

#endif
