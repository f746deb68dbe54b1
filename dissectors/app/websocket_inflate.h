/* websocket_inflate: the compressed messages of one direction (permessage-deflate, RFC 7692): one stream of raw deflate, flushed
 * at the end of each message and there without the four bytes 00 00 ff ff (7.2.1). Whether the sender keeps its window from
 * message to message, and how large it is, need not be known: what has the largest window and keeps it reads them all. */
#ifndef STORMGLASS_DISSECTORS_APP_WEBSOCKET_INFLATE_H
#define STORMGLASS_DISSECTORS_APP_WEBSOCKET_INFLATE_H

#include "sensor/base/budget.h"
#include "sensor/base/bytes.h"

enum {
	WEBSOCKET_INFLATE_FREE = 1024 * 1024,        /* a direction may inflate to so much ... */
	WEBSOCKET_INFLATE_RATIO = 32,                /* ... and to so many times what was sent ... */
	WEBSOCKET_INFLATE_WORK = 16 * 1024 * 1024,   /* ... but to no more than that: tokens travel early */
};

struct websocket_inflate;

enum websocket_inflated {
	WEBSOCKET_INFLATED,       /* all of it */
	WEBSOCKET_INFLATE_MORE,   /* `out` is full: there may be more */
	WEBSOCKET_INFLATE_BAD,    /* this is no deflate, or refers to what was not seen; what there is in `out` is right */
	WEBSOCKET_INFLATE_REFUSED, /* the budget refuses */
};

/* NULL: the budget refuses. Takes about 40 KiB of it, most of that when the first bytes come. */
struct websocket_inflate *websocket_inflate_new(struct budget *budget);
void websocket_inflate_free(struct websocket_inflate *state); /* NULL is fine */

/* Inflates *in, which loses what was used, into out[*len ... cap), and counts *len up. */
enum websocket_inflated websocket_inflate_step(struct websocket_inflate *state, struct bytes *in, uint8_t *out, size_t *len,
    size_t cap);

enum websocket_inflate_limit {
	WEBSOCKET_INFLATE_WITHIN,
	WEBSOCKET_INFLATE_BOMB,  /* more than FREE and RATIO allow */
	WEBSOCKET_INFLATE_TIRED, /* more than WORK */
};

/* Has it inflated to too much by now? To be asked every now and then: nothing here stops at a limit. */
enum websocket_inflate_limit websocket_inflate_limit(const struct websocket_inflate *state);

/* The message ends. BAD: not where its deflate does: what was inflated of it is right, but not all. */
enum websocket_inflated websocket_inflate_end(struct websocket_inflate *state);

/* A message was not seen, or not to its end, or it was BAD. From here on one that refers back to what came before is BAD; one
 * that does not inflates, and never to anything wrong. */
void websocket_inflate_lose(struct websocket_inflate *state);

#endif
