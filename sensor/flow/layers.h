/* layers: drives the app dissectors over a flow's chunks: recognises the protocol by content, keeps what a dissector left
 * over, tells the streams what is not wanted, hands a connection on to a child protocol. */
#ifndef STORMGLASS_FLOW_LAYERS_H
#define STORMGLASS_FLOW_LAYERS_H

#include "sensor/flow/flow.h"

enum { LAYERS_DISSECTORS = 16 };

struct layers_memory {
	struct pool states[LAYERS_DISSECTORS]; /* by place in dissectors[] */
	struct stream_memory *streams;
	struct bytes other_rest; /* from LAYERS_OTHER until it is settled: what the other direction holds on */
	uint64_t n_recognised, n_given_up, n_state_refused, n_tail_refused;
};

void layers_memory_init(struct layers_memory *memory, struct stream_memory *streams, struct budget *budget);
void layers_memory_fini(struct layers_memory *memory);

/* Does a dissector read this flow, or is one still looked for? */
bool layers_listen(const struct flow *flow);

/* What a step left to do once the outbox was drained: until then nothing that its views point to may move. */
enum layers_turn { LAYERS_DONE, LAYERS_AGAIN, LAYERS_OTHER, LAYERS_KEEP, LAYERS_HAND_OVER, LAYERS_GIVE_UP };

/* Feeds one chunk of the stream at `side`; *chunk becomes what is left of it. The outbox is empty before; drain it, then
 * settle. Transactions are numbered within the flow, through all layers. */
enum layers_turn layers_step(struct flow *flow, unsigned side, struct layers_memory *memory, struct chunk *chunk, struct outbox *out);

/* Keeps or frees what the step left. True: the chunk has more, step again. */
bool layers_settle(struct flow *flow, unsigned side, struct layers_memory *memory, struct chunk *chunk, enum layers_turn turn);

/* The direction is over: a last, empty-handed feed. */
void layers_end_stream(struct flow *flow, unsigned side, struct layers_memory *memory, struct outbox *out);

/* The flow is over: what the dissector still holds goes into the outbox, its state is given back. */
void layers_end(struct flow *flow, struct layers_memory *memory, struct outbox *out);

#endif
