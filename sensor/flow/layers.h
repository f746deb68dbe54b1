/* layers: drives the app dissectors over a flow's chunks: recognises the protocol by content, keeps what a dissector left over,
 * tells the streams what is not wanted, hands a connection on to a child protocol. What a dissector decrypts is a connection of
 * its own, a level above: it goes the same way, and may hold a further one. */
#ifndef STORMGLASS_FLOW_LAYERS_H
#define STORMGLASS_FLOW_LAYERS_H

#include "sensor/flow/flow.h"

enum { LAYERS_DISSECTORS = 16, LAYERS_DEPTH = 4, LAYERS_ROOM_LEN = 64 * 1024 };

/* A connection of a flow: the flow itself, or the content that a layer below decrypts. Made for a call, borrows from the flow. */
struct level {
	struct flow *flow;
	struct layers *layers;
	struct stream *streams;  /* 2, by side; of the levels above the flow they only keep what is left over and to be skipped */
	struct upper *upper;     /* that it is; NULL: the flow itself */
	unsigned depth;          /* 0: the flow itself */
};

/* What stands in front of the state of a dissector that decrypts. */
struct upper {
	struct layers layers;
	struct stream streams[2];
	uint64_t at[2];          /* bytes of content that came so far */
	const char *expects;     /* name of the protocol that was agreed on; NULL: none */
	void *waiter;            /* the worker's: what this layer waits for */
};

struct layers_memory {
	struct pool states[LAYERS_DISSECTORS]; /* by place in dissectors[] */
	uint8_t *rooms[LAYERS_DEPTH];          /* for decrypted content, by depth of what decrypts; made when first needed */
	struct budget *budget;
	struct stream_memory *streams;
	const char *child;       /* from LAYERS_HAND_OVER until it is settled: who goes on */
	struct bytes other_rest; /* from LAYERS_OTHER until it is settled: what the other direction holds on */
	uint64_t n_recognised, n_given_up, n_state_refused, n_tail_refused;
};

void layers_memory_init(struct layers_memory *memory, struct stream_memory *streams, struct budget *budget);
void layers_memory_fini(struct layers_memory *memory);

struct level level_of(struct flow *flow);

/* The content that this level's dissector decrypts; false: it does not. */
bool level_above(const struct level *level, struct level *above);

/* The tls_record that speaks of the level below this one; NULL: none. */
const struct record *level_facts(const struct level *level);

/* Does a dissector read this, or is one still looked for? */
bool layers_listen(const struct layers *layers);

/* What a step left to do once the outbox was drained: until then nothing that its views point to may move. */
enum layers_turn { LAYERS_DONE, LAYERS_AGAIN, LAYERS_OTHER, LAYERS_KEEP, LAYERS_HAND_OVER, LAYERS_GIVE_UP, LAYERS_OVER };

/* Content on its way into a level above: *chunk becomes its chunk without what is not wanted there; notes what is said of the
 * protocol and of who is the client. */
void layers_enter(const struct level *level, const struct outbox_plain *plain, struct chunk *chunk);

/* Keeps a chunk with what was kept before, where the dissector said that it needs still more. True: that was all to be done. */
bool layers_gather(const struct level *level, unsigned side, const struct chunk *chunk);

/* Feeds one chunk of the stream at `side`; *chunk becomes what is left of it. The outbox is empty before; drain it, work its
 * content off in the level above, and settle then. After GIVE_UP and OVER the level above is to be ended before. Transactions are
 * numbered within the flow, through all layers. */
enum layers_turn layers_step(const struct level *level, unsigned side, struct layers_memory *memory, struct chunk *chunk,
    struct outbox *out);

/* Keeps or frees what the step left. True: the chunk has more, step again. */
bool layers_settle(const struct level *level, unsigned side, struct layers_memory *memory, struct chunk *chunk,
    enum layers_turn turn);

/* The direction is over: a last, empty-handed feed. */
void layers_end_stream(const struct level *level, unsigned side, struct layers_memory *memory, struct outbox *out);

/* The connection is over: what the dissector still holds goes into the outbox. */
void layers_finish(const struct level *level, struct outbox *out);

/* Gives back the state of the level's dissector, and all levels above it. */
void layers_drop(const struct level *level, struct layers_memory *memory);

#endif
