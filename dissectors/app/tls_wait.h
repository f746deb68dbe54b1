/* tls_wait: a connection whose secret is not there yet. First its chunks are held, then, when it waited long enough or a cap is
 * reached, its records are only counted; a secret lets it go on from either. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_WAIT_H
#define STORMGLASS_DISSECTORS_APP_TLS_WAIT_H

#include "dissectors/app/tls_state.h"

/* It begins to wait, with `rest` as the first that is held. */
void tls_wait_begin(struct tls_turn *turn, const struct chunk *rest);

/* TLS_WAITING: takes all of the chunk; works off what is held, chunk by chunk, once the secret is there. */
struct progress tls_wait_on(struct tls_turn *turn, const struct chunk *in);

/* TLS_COUNTING: takes all of the chunk. */
struct progress tls_wait_count(struct tls_turn *turn, const struct chunk *in);

#endif
