/* tls_open: what becomes of a record: taken in the clear, opened, refused, or none at all. What is opened and is content gathers
 * in the room of the outbox. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_OPEN_H
#define STORMGLASS_DISSECTORS_APP_TLS_OPEN_H

#include "dissectors/app/tls_state.h"

/* What became of a record. */
enum tls_next {
	TLS_NEXT_RECORD,  /* it was taken: on to what follows */
	TLS_NEXT_MORE,    /* it is not there yet */
	TLS_NEXT_ROOM,    /* content is to be handed out first */
	TLS_NEXT_WAIT,    /* for a secret that is not there yet: it was not taken */
	TLS_NEXT_PASS,    /* it is none: content follows in the clear */
	TLS_NEXT_OVER,    /* there is nothing more to be seen */
	TLS_NEXT_BAD,     /* it breaks the protocol */
};

/* The record that `rest`, what follows in the direction of turn's side, starts with. *used is what was taken of it, *need what is
 * wanted of it at least. */
enum tls_next tls_open_next(struct tls_turn *turn, struct bytes rest, size_t *used, size_t *need);

/* Bytes of turn's side are missing before what comes next; 0: none are. */
void tls_open_lose(struct tls_turn *turn, uint64_t len);

/* What gathered goes into the outbox. */
void tls_open_hand_out(struct tls_turn *turn);

/* Before TLS 1.3: what the side sends from here on is protected by what the handshake agreed on. */
void tls_open_protect(struct tls *tls, struct tls_side *side);

/* All is known of the connection that will be. */
void tls_open_tell(struct tls_turn *turn);

#endif
