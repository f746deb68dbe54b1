#include "sensor/flow/layers.h"

#include <assert.h>

#include "dissectors/app/preamble.h"

enum {
	TAIL_CAP = 192 * 1024,     /* above every dissector's own cap for a message head */
	PROBE_LEN = 4096,          /* a start that is still undecided here is none */
	PROBES_FROM_START = 4,     /* segments looked at from a connection's start ... */
	PROBES_MIDSTREAM = 32,     /* ... and from the middle of one, where the first may be anything */
	PROBES_TURNS = 64,         /* and as many changes of direction: a new message may begin there */
};

void layers_memory_init(struct layers_memory *memory, struct stream_memory *streams, struct budget *budget)
{
	*memory = (struct layers_memory){ .streams = streams };
	for (size_t i = 0; dissectors[i]; i++) {
		assert(i < LAYERS_DISSECTORS);
		pool_init(&memory->states[i], dissectors[i]->state_size, 256, budget);
	}
}

void layers_memory_fini(struct layers_memory *memory)
{
	for (size_t i = 0; dissectors[i]; i++)
		pool_fini(&memory->states[i]);
}

static struct pool *layer_pool(struct layers_memory *memory, const struct dissector *dissector)
{
	size_t i = 0;

	while (dissectors[i] != dissector)
		i++;
	return &memory->states[i];
}

/* ---- what a dissector did not consume ---- */

static void tail_free(struct stream *stream, struct stream_memory *memory)
{
	stream_tail_free(memory, stream->tail);
	stream->tail = NULL;
	stream->offered = 0;
}

static bool tail_reserve(struct stream *stream, struct stream_memory *memory, size_t len)
{
	struct tail *old = stream->tail;
	size_t cap = old ? old->cap : STREAM_TAIL_FIRST;

	while (cap < len)
		cap *= 2;
	if (old && cap == old->cap)
		return true;
	if (len > TAIL_CAP)
		return false;
	struct tail *tail = stream_tail_new(memory, cap);

	if (!tail)
		return false;
	if (old) {
		tail->len = old->len;
		memcpy(tail->data, old->data, old->len);
		stream_tail_free(memory, old);
	}
	stream->tail = tail;
	return true;
}

static bool in_tail(const struct stream *stream, struct bytes data)
{
	const struct tail *tail = stream->tail;

	return tail && data.data >= tail->data && data.data <= tail->data + tail->cap;
}

/* Keeps `rest`, which may lie within the tail already. */
static bool tail_keep(struct stream *stream, struct stream_memory *memory, struct bytes rest)
{
	struct tail *tail = stream->tail;

	if (in_tail(stream, rest)) {
		if (rest.data != tail->data) /* a head that trickles in by the byte stays where it is */
			memmove(tail->data, rest.data, rest.len);
		tail->len = (uint32_t)rest.len;
	} else {
		if (tail)
			tail->len = 0;
		if (!tail_reserve(stream, memory, rest.len))
			return false;
		memcpy(stream->tail->data, rest.data, rest.len);
		stream->tail->len = (uint32_t)rest.len;
	}
	stream->offered = (uint32_t)rest.len;
	return true;
}

/* Puts the chunk behind what was kept; the chunk becomes the whole. A gap between them is the end of what was kept. */
static bool tail_join(struct stream *stream, struct stream_memory *memory, struct chunk *chunk)
{
	struct tail *tail = stream->tail;

	if (!tail || !tail->len || chunk->gap) {
		if (tail)
			tail->len = 0;
		stream->offered = 0;
		return true;
	}
	if (!tail_reserve(stream, memory, tail->len + chunk->data.len))
		return false;
	tail = stream->tail;
	memcpy(tail->data + tail->len, chunk->data.data, chunk->data.len);
	tail->len += (uint32_t)chunk->data.len;
	chunk->data = bytes_of(tail->data, tail->len);
	chunk->seen = stream->offered;
	return true;
}

/* ---- which protocol ---- */

static void layer_drop(struct flow *flow, struct layers_memory *memory)
{
	if (flow->layers.state)
		pool_give(layer_pool(memory, flow->layers.dissector), flow->layers.state);
	flow->layers = (struct layers){ 0 };
}

static void streams_loosen(struct flow *flow, bool loose)
{
	for (unsigned side = 0; side < 2; side++)
		flow->streams[side].loose = loose;
}

static bool layer_open(struct flow *flow, struct layers_memory *memory, const struct dissector *dissector)
{
	void *state = pool_take(layer_pool(memory, dissector));

	if (!state) {
		memory->n_state_refused++;
		return false;
	}
	memset(state, 0, dissector->state_size);
	flow->layers.dissector = dissector;
	flow->layers.state = state;
	flow->client_known = true;
	memory->n_recognised++;
	streams_loosen(flow, false);
	return true;
}

/* Asks every dissector; where the client is only guessed, for both roles of the sender. */
static enum verdict layer_probe(struct flow *flow, struct layers_memory *memory, struct chunk *chunk)
{
	enum verdict best = VERDICT_NO;
	enum direction guessed = chunk->dir;

	for (size_t i = 0; dissectors[i]; i++) {
		for (unsigned turn = 0; turn < (flow->client_known ? 1u : 2u); turn++) {
			chunk->dir = turn ? (enum direction)!guessed : guessed;
			enum verdict verdict = dissectors[i]->probe(chunk);

			if (verdict == VERDICT_YES) {
				flow->client = (uint8_t)(turn ? !flow->client : flow->client);
				return layer_open(flow, memory, dissectors[i]) ? VERDICT_YES : VERDICT_NO;
			}
			if (verdict == VERDICT_MAYBE)
				best = VERDICT_MAYBE;
		}
	}
	chunk->dir = guessed;
	return best;
}

static bool probe_wanted(struct flow *flow, const struct stream *stream, unsigned side)
{
	struct layers *layers = &flow->layers;
	unsigned patience = stream->has_syn ? PROBES_FROM_START : PROBES_MIDSTREAM;
	bool turned = layers->last_side != side;

	layers->last_side = (uint8_t)side;
	return layers->n_probes < patience || (turned && layers->n_probes < PROBES_TURNS) || (stream->tail && stream->tail->len);
}

bool layers_listen(const struct flow *flow)
{
	return flow->layers.dissector || flow->layers.n_probes < PROBES_TURNS;
}

/* Takes off what a broker left before the plaintext: that is no start of any protocol. True: what is left may be more of it. */
static bool pass_preamble(struct stream *stream, struct stream_memory *memory, struct chunk *chunk)
{
	struct preamble preamble = preamble_of(chunk->data);

	while (preamble.len) {
		if (preamble.len > chunk->data.len)
			stream_skip(stream, memory, preamble.len - chunk->data.len);
		chunk->data = bytes_tail(chunk->data, preamble.len);
		preamble = preamble_of(chunk->data);
	}
	return preamble.undecided && !chunk->is_last && chunk->data.len;
}

/* True when a layer is there and the chunk is to be fed to it. */
static bool recognise(struct flow *flow, unsigned side, struct layers_memory *memory, struct chunk *chunk, bool joined)
{
	struct stream *stream = &flow->streams[side];

	if (!probe_wanted(flow, stream, side)) {
		chunk->data.len = 0;
		return false;
	}
	if (!joined && !tail_join(stream, memory->streams, chunk))
		tail_free(stream, memory->streams);
	bool undecided = pass_preamble(stream, memory->streams, chunk);

	if (!chunk->data.len) { /* there was nothing else in it */
		tail_free(stream, memory->streams);
		return false;
	}
	enum verdict verdict = undecided ? VERDICT_MAYBE : layer_probe(flow, memory, chunk);

	if (verdict == VERDICT_YES)
		return true;
	if (verdict == VERDICT_MAYBE && chunk->data.len < PROBE_LEN && !chunk->is_last &&
	    tail_keep(stream, memory->streams, chunk->data)) {
		chunk->data.len = 0;
		return false;
	}
	if (flow->layers.n_probes < UINT8_MAX)
		flow->layers.n_probes++;
	tail_free(stream, memory->streams);
	stream->loose = true;
	chunk->data.len = 0;
	return false;
}

/* ---- feeding ---- */

static void give_up(struct flow *flow, struct layers_memory *memory)
{
	memory->n_given_up++;
	for (unsigned side = 0; side < 2; side++)
		tail_free(&flow->streams[side], memory->streams);
	layer_drop(flow, memory);
	flow->layers.n_probes = UINT8_MAX;
	streams_loosen(flow, true);
}

/* From here on both directions speak another protocol: whatever it is, it is looked at anew. Its transactions are
 * numbered on. */
static void hand_over(struct flow *flow, struct layers_memory *memory)
{
	uint32_t n_tx = flow->layers.n_tx;

	layer_drop(flow, memory);
	flow->layers.first_tx = flow->layers.n_tx = n_tx;
	for (unsigned side = 0; side < 2; side++)
		flow->streams[side].skip_all = false;
}

/* Each dissector counts its transactions from 0; what leaves here is numbered within the flow. */
static void layer_number(struct layers *layers, struct outbox *out)
{
	for (size_t i = 0; i < out->n_messages; i++) {
		struct http_message *message = &out->messages[i];

		message->tx += layers->first_tx;
		if (message->tx >= layers->n_tx)
			layers->n_tx = (uint32_t)message->tx + 1;
	}
}

/* The outbox holds no messages before. */
static struct progress layer_feed(struct flow *flow, const struct chunk *chunk, struct outbox *out)
{
	struct layers *layers = &flow->layers;
	struct progress progress = layers->dissector->feed(layers->state, chunk, out);

	layer_number(layers, out);
	return progress;
}

/* Takes what was consumed and skipped off the chunk; what lies beyond it is the stream's to skip. */
static void advance(struct flow *flow, unsigned side, struct layers_memory *memory, struct chunk *chunk, struct progress progress)
{
	struct stream *stream = &flow->streams[side];

	assert(progress.used <= chunk->data.len);
	chunk->data = bytes_tail(chunk->data, progress.used);
	if (progress.skip > chunk->data.len) {
		stream_skip(stream, memory->streams,
		    progress.skip == DISSECTOR_SKIP_ALL ? UINT64_MAX : progress.skip - chunk->data.len);
		chunk->data.len = 0;
	} else {
		chunk->data = bytes_tail(chunk->data, (size_t)progress.skip);
	}
	chunk->gap = 0;
	chunk->seen = 0;
}

/* The chunk decided what the other direction holds back. */
static enum layers_turn offer_other(struct flow *flow, unsigned side, struct layers_memory *memory, struct outbox *out)
{
	struct stream *other = &flow->streams[!side];
	struct chunk held = { .data = bytes_of("", 0), .dir = flow_direction(flow, !side), .seen = other->offered };

	out->other_first = false;
	if (!other->tail)
		return LAYERS_AGAIN;
	held.data = bytes_of(other->tail->data, other->tail->len);
	held.time_ns = other->tail->time_ns;
	held.number = other->tail->number;
	struct progress progress = layer_feed(flow, &held, out);

	if (progress.status < 0)
		return LAYERS_GIVE_UP;
	advance(flow, !side, memory, &held, progress);
	memory->other_rest = held.data;
	return LAYERS_OTHER;
}

enum layers_turn layers_step(struct flow *flow, unsigned side, struct layers_memory *memory, struct chunk *chunk, struct outbox *out)
{
	struct stream *stream = &flow->streams[side];
	bool joined = in_tail(stream, chunk->data);

	chunk->dir = flow_direction(flow, side);
	if (!flow->layers.dissector) {
		if (!recognise(flow, side, memory, chunk, joined))
			return LAYERS_DONE;
		chunk->dir = flow_direction(flow, side);
		chunk->seen = 0;
	} else if (!joined && !tail_join(stream, memory->streams, chunk)) {
		memory->n_tail_refused++;
		outbox_anomaly(out, "stream.tail_refused");
		return LAYERS_GIVE_UP;
	}
	struct progress progress = layer_feed(flow, chunk, out);

	if (out->other_first)
		return offer_other(flow, side, memory, out);
	bool stuck = progress.status == STATUS_OK && chunk->data.len && !progress.used && !progress.skip &&
	    !out->n_messages && !out->n_anomalies;

	if (progress.status < 0 || stuck)
		return LAYERS_GIVE_UP;
	advance(flow, side, memory, chunk, progress);
	if (out->child)
		return LAYERS_HAND_OVER;
	if (!chunk->data.len)
		return LAYERS_DONE;
	if (progress.status != STATUS_MORE)
		return LAYERS_AGAIN;
	/* Room is made now, while a refusal can still be told; what is in the tail already needs none. */
	if (!in_tail(stream, chunk->data) && !tail_reserve(stream, memory->streams, chunk->data.len)) {
		memory->n_tail_refused++;
		outbox_anomaly(out, "stream.tail_refused");
		return LAYERS_GIVE_UP;
	}
	return LAYERS_KEEP;
}

bool layers_settle(struct flow *flow, unsigned side, struct layers_memory *memory, struct chunk *chunk, enum layers_turn turn)
{
	struct stream *stream = &flow->streams[side];

	switch (turn) {
	case LAYERS_AGAIN:
		return true;
	case LAYERS_OTHER:
		if (memory->other_rest.len)
			/* cannot fail: it is there already */
			(void)tail_keep(&flow->streams[!side], memory->streams, memory->other_rest);
		else
			tail_free(&flow->streams[!side], memory->streams);
		return true;
	case LAYERS_HAND_OVER:
		hand_over(flow, memory);
		return chunk->data.len != 0;
	case LAYERS_DONE:
		/* a start that is still undecided waits in the tail */
		if (flow->layers.dissector)
			tail_free(stream, memory->streams);
		return false;
	case LAYERS_KEEP:
		if (tail_keep(stream, memory->streams, chunk->data)) {
			stream->tail->time_ns = chunk->time_ns;
			stream->tail->number = chunk->number;
			return false;
		}
		memory->n_tail_refused++;
		break;
	case LAYERS_GIVE_UP:
		break;
	}
	give_up(flow, memory);
	return false;
}

void layers_end_stream(struct flow *flow, unsigned side, struct layers_memory *memory, struct outbox *out)
{
	struct stream *stream = &flow->streams[side];
	struct chunk last = { .dir = flow_direction(flow, side), .is_last = true, .seen = stream->offered };

	if (stream->tail)
		last.data = bytes_of(stream->tail->data, stream->tail->len);
	else
		last.data = bytes_of("", 0);
	last.time_ns = flow->last_chunk_ns;
	last.number = flow->last_chunk_number;
	if (!flow->layers.dissector && last.data.len) {
		last.seen = 0;
		(void)layer_probe(flow, memory, &last);
		last.dir = flow_direction(flow, side);
	}
	if (flow->layers.dissector && !stream->last_fed) {
		stream->last_fed = true;
		(void)layer_feed(flow, &last, out);
	}
}

void layers_end(struct flow *flow, struct layers_memory *memory, struct outbox *out)
{
	if (flow->layers.dissector) {
		flow->layers.dissector->finish(flow->layers.state, out);
		layer_number(&flow->layers, out);
	}
	layer_drop(flow, memory);
}
