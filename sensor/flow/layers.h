/* layers: drives the app dissectors over a flow's chunks: recognises the protocol by content, keeps what a dissector left
 * over, tells the streams what is not wanted, hands a connection on to a child protocol. */
#ifndef STORMGLASS_FLOW_LAYERS_H
#define STORMGLASS_FLOW_LAYERS_H

#include "sensor/flow/flow.h"

enum { LAYERS_DISSECTORS = 16 };

struct layers_memory {
	struct pool states[LAYERS_DISSECTORS]; /* by place in dissectors[] */
	struct stream_memory *streams;
	uint64_t n_recognised, n_given_up, n_state_refused, n_tail_refused;
};

void layers_memory_init(struct layers_memory *memory, struct stream_memory *streams, struct budget *budget);
void layers_memory_fini(struct layers_memory *memory);

/* Works on one chunk of the stream at `side` until the outbox has something or the chunk is used up; *chunk becomes what is
 * left. Returns true when it must be called again, after the outbox was drained. */
bool layers_step(struct flow *flow, unsigned side, struct layers_memory *memory, struct chunk *chunk, struct outbox *out);

/* The direction is over: a last, empty-handed feed. */
void layers_end_stream(struct flow *flow, unsigned side, struct layers_memory *memory, struct outbox *out);

/* The flow is over: what the dissector still holds goes into the outbox, its state is given back. */
void layers_end(struct flow *flow, struct layers_memory *memory, struct outbox *out);

#endif
