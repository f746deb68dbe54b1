/* body: the content of a message that is kept because tokens travel in it (token endpoints, key sets, forms), and whether it is
 * such a one. Everything else is counted and skipped by whoever frames it.
 *
 *   head --> body_wanted / body_open --> body_add ... body_gap ... --> body_finish: content codings undone, into the message */
#ifndef STORMGLASS_DISSECTORS_APP_BODY_H
#define STORMGLASS_DISSECTORS_APP_BODY_H

#include "sensor/base/budget.h"
#include "sensor/model/http.h"

/* What all messages of a worker share. */
struct body_env {
	size_t cap;             /* bytes of a body that are kept as sent, and as many once its codings are undone */
	struct budget *budget;  /* of what is kept */
	struct budget *lasting; /* of what is kept for as long as a connection: a part of it, so that room is left; NULL: all of it */
	struct {
		uint64_t kept;      /* bodies handed on */
		uint64_t cut;       /* of those, with more content than is there: a cap, a gap, a coding that broke */
		uint64_t refused;   /* not kept: the budget refused */
		uint64_t bytes;     /* handed on */
	} counts;
};

/* For WebSockets, which hold a window of 32 KiB for days. */
static inline struct budget *body_env_lasting(const struct body_env *env)
{
	return env->lasting ? env->lasting : env->budget;
}

/* What a request's head says of where tokens travel. Views into the head; empty where it does not say. */
struct body_request {
	struct bytes method, target; /* target as sent; in HTTP/2 :path */
	struct bytes content_type;
	struct bytes action;         /* the fields "action" of OWA and "SOAPAction" of SOAP 1.1; NULL data: not looked for yet */
};

enum {
	BODY_OF_REQUEST = 1,
	BODY_OF_RESPONSE = 2,
	BODY_BY_ACTION = 4, /* it hangs on `action`: look for it, and ask again (not NULL where there is none) */
};

/* Which of the exchange's bodies may carry tokens: bits. A response's own head has the last word (body_open). Pure; cheap where
 * the answer is no, as it is for nearly every request. */
unsigned body_wanted(const struct body_request *request);

/* What a head says of its own content. */
struct body_head {
	enum direction dir;
	struct bytes content_type, content_encoding; /* values as sent; several Content-Encoding lines joined by commas */
	uint64_t length;                             /* UINT64_MAX: not told beforehand */
};

struct body;

/* Begins to keep. NULL: no, by its type, its coding or its length (over env->cap), or the budget refuses. Memory grows with
 * what comes, never with what was announced. */
struct body *body_open(struct body_env *env, const struct body_head *head);

/* The next bytes of content (transfer coding, padding, framing taken off). */
void body_add(struct body *body, struct bytes data);

/* Bytes of content were lost: what comes behind them is of no use. */
void body_gap(struct body *body);

/* Is no more wanted? Then what follows may be skipped. */
bool body_is_full(const struct body *body);

/* Sets content, content_type and content_cut of a message, which live in `arena`, and gives the body back. */
void body_finish(struct body *body, struct http_message *message, struct arena *arena);

/* Gives back what was kept; NULL is fine. */
void body_free(struct body *body);

#endif
