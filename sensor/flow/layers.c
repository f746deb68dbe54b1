#include "sensor/flow/layers.h"

#include <assert.h>

#include "dissectors/app/preamble.h"
#include "sensor/flow/tail.h"

enum {
	PROBE_LEN = 4096,          /* a start that is still undecided here is none */
	PROBES_FROM_START = 4,     /* segments looked at from a connection's start ... */
	PROBES_MIDSTREAM = 32,     /* ... and from the middle of one, where the first may be anything */
	PROBES_TURNS = 64,         /* and as many changes of direction: a new message may begin there */
};

/* An upper stands in front of the state, as far apart as any object needs. */
enum { UPPER_LEN = (sizeof(struct upper) + 15) / 16 * 16 };

static size_t state_len(const struct dissector *dissector)
{
	return dissector->state_size + (dissector->decrypts ? UPPER_LEN : 0);
}

void layers_memory_init(struct layers_memory *memory, struct stream_memory *streams, struct budget *budget)
{
	*memory = (struct layers_memory){ .streams = streams, .budget = budget };
	for (size_t i = 0; dissectors[i]; i++) {
		assert(i < LAYERS_DISSECTORS);
		pool_init(&memory->states[i], state_len(dissectors[i]), 256, budget);
	}
}

void layers_memory_fini(struct layers_memory *memory)
{
	for (size_t i = 0; dissectors[i]; i++)
		pool_fini(&memory->states[i]);
	for (size_t i = 0; i < LAYERS_DEPTH; i++)
		budget_free(memory->budget, memory->rooms[i], LAYERS_ROOM_LEN);
}

static struct pool *layer_pool(struct layers_memory *memory, const struct dissector *dissector)
{
	size_t i = 0;

	while (dissectors[i] != dissector)
		i++;
	return &memory->states[i];
}

/* ---- levels ---- */

struct level level_of(struct flow *flow)
{
	return (struct level){ flow, &flow->layers, flow->streams, NULL, 0 };
}

static struct upper *upper_of(const struct layers *layers)
{
	return layers->dissector && layers->dissector->decrypts ? (struct upper *)((char *)layers->state - UPPER_LEN) : NULL;
}

bool level_above(const struct level *level, struct level *above)
{
	struct upper *upper = upper_of(level->layers);

	if (upper)
		*above = (struct level){ level->flow, &upper->layers, upper->streams, upper, level->depth + 1 };
	return upper != NULL;
}

const struct record *level_facts(const struct level *level)
{
	const struct record *facts = NULL;
	struct level below = level_of(level->flow), above;

	while (below.depth < level->depth && level_above(&below, &above)) {
		facts = below.layers->dissector->facts(below.layers->state);
		below = above;
	}
	return facts;
}

/* ---- what a dissector did not consume ---- */

bool layers_gather(const struct level *level, unsigned side, const struct chunk *chunk)
{
	struct tail *tail = level->streams[side].tail;

	if (!tail || !chunk->data.len || chunk->gap || tail->len + chunk->data.len >= tail->need || tail->need > tail->cap)
		return false;
	memcpy(tail->data + tail->len, chunk->data.data, chunk->data.len);
	tail->len += (uint32_t)chunk->data.len;
	tail->time_ns = chunk->time_ns;
	tail->number = chunk->number;
	return true;
}

/* Whatever is fed may change what either side's dissector waits for. */
static void need_anything(struct stream streams[2])
{
	for (unsigned side = 0; side < 2; side++)
		if (streams[side].tail)
			streams[side].tail->need = 0;
}

/* ---- which protocol ---- */

static void state_free(struct layers *layers, struct layers_memory *memory)
{
	const struct dissector *dissector = layers->dissector;

	if (dissector && dissector->release)
		dissector->release(layers->state);
	if (dissector)
		pool_give(layer_pool(memory, dissector), (char *)layers->state - (dissector->decrypts ? UPPER_LEN : 0));
	*layers = (struct layers){ 0 };
}

void layers_drop(const struct level *level, struct layers_memory *memory)
{
	struct level levels[LAYERS_DEPTH + 1] = { *level };
	unsigned n = 1;

	while (n <= LAYERS_DEPTH && level_above(&levels[n - 1], &levels[n]))
		n++;
	while (n--) {
		for (unsigned side = 0; side < 2 && levels[n].upper; side++)
			stream_end(&levels[n].streams[side], memory->streams);
		state_free(levels[n].layers, memory);
	}
}

static void streams_loosen(const struct level *level, bool loose)
{
	for (unsigned side = 0; side < 2; side++)
		level->streams[side].loose = loose;
}

/* The level above begins: its transactions are numbered on. */
static void upper_begin(const struct level *level, struct upper *upper)
{
	memset(upper, 0, sizeof *upper);
	upper->layers.first_tx = upper->layers.n_tx = level->layers->n_tx;
	for (unsigned side = 0; side < 2; side++)
		upper->streams[side].has_syn = level->streams[side].has_syn;
}

static bool layer_open(const struct level *level, struct layers_memory *memory, const struct dissector *dissector)
{
	char *memory_of_state = pool_take(layer_pool(memory, dissector));

	if (!memory_of_state) {
		memory->n_state_refused++;
		return false;
	}
	void *state = memory_of_state + (dissector->decrypts ? UPPER_LEN : 0);

	memset(state, 0, dissector->state_size);
	level->layers->dissector = dissector;
	level->layers->state = state;
	if (dissector->decrypts)
		upper_begin(level, upper_of(level->layers));
	memory->n_recognised++;
	streams_loosen(level, false);
	return true;
}

/* Asks every dissector; where the client is only guessed, for both roles of the sender. */
static enum verdict layer_probe(const struct level *level, struct layers_memory *memory, struct chunk *chunk)
{
	struct flow *flow = level->flow;
	enum verdict best = VERDICT_NO;
	enum direction guessed = chunk->dir;

	for (size_t i = 0; dissectors[i]; i++) {
		for (unsigned turn = 0; turn < (flow->client_known ? 1u : 2u); turn++) {
			chunk->dir = turn ? (enum direction)!guessed : guessed;
			enum verdict verdict = dissectors[i]->probe(chunk);

			if (verdict == VERDICT_EITHER)
				return layer_open(level, memory, dissectors[i]) ? VERDICT_YES : VERDICT_NO;
			if (verdict == VERDICT_YES) {
				flow->client = (uint8_t)(turn ? !flow->client : flow->client);
				flow->client_known = true;
				return layer_open(level, memory, dissectors[i]) ? VERDICT_YES : VERDICT_NO;
			}
			if (verdict == VERDICT_MAYBE)
				best = VERDICT_MAYBE;
		}
	}
	chunk->dir = guessed;
	return best;
}

static bool probe_wanted(struct layers *layers, const struct stream *stream, unsigned side)
{
	unsigned patience = stream->has_syn ? PROBES_FROM_START : PROBES_MIDSTREAM;
	bool turned = layers->last_side != side;

	layers->last_side = (uint8_t)side;
	return layers->n_probes < patience || (turned && layers->n_probes < PROBES_TURNS) || (stream->tail && stream->tail->len);
}

bool layers_listen(const struct layers *layers)
{
	return layers->dissector || layers->n_probes < PROBES_TURNS;
}

/* Takes off what a broker left before the plaintext: that is no start of any protocol. True: what is left may be more of it. */
static bool pass_preamble(const struct level *level, unsigned side, struct stream_memory *memory, struct chunk *chunk)
{
	struct stream *stream = &level->streams[side];
	struct preamble preamble = preamble_of(chunk->data);

	while (preamble.len) {
		level->flow->mirrored = true;
		if (preamble.len > chunk->data.len)
			stream_skip(stream, memory, preamble.len - chunk->data.len);
		chunk->data = bytes_tail(chunk->data, preamble.len);
		preamble = preamble_of(chunk->data);
	}
	return preamble.undecided && !chunk->is_last && chunk->data.len;
}

static const struct dissector *dissector_named(const char *name)
{
	for (size_t i = 0; name && dissectors[i]; i++)
		if (strcmp(dissectors[i]->name, name) == 0)
			return dissectors[i];
	return NULL;
}

/* Content that looks like nothing we know is what was agreed on (ALPN, RFC 7301), if we know that. */
static bool open_expected(const struct level *level, struct layers_memory *memory)
{
	const struct dissector *expected = dissector_named(level->upper ? level->upper->expects : NULL);

	return expected && level->flow->client_known && layer_open(level, memory, expected);
}

/* True when a layer is there and the chunk is to be fed to it. */
static bool recognise(const struct level *level, unsigned side, struct layers_memory *memory, struct chunk *chunk, bool joined)
{
	struct stream *stream = &level->streams[side];

	if (!probe_wanted(level->layers, stream, side)) {
		chunk->data.len = 0;
		return false;
	}
	if (!joined && !tail_join(stream, memory->streams, chunk))
		tail_free(stream, memory->streams);
	bool undecided = pass_preamble(level, side, memory->streams, chunk);

	if (!chunk->data.len) { /* there was nothing else in it */
		tail_free(stream, memory->streams);
		return false;
	}
	enum verdict verdict = undecided ? VERDICT_MAYBE : layer_probe(level, memory, chunk);

	if (verdict == VERDICT_YES || (verdict == VERDICT_NO && open_expected(level, memory)))
		return true;
	if (verdict == VERDICT_MAYBE && chunk->data.len < PROBE_LEN && !chunk->is_last &&
	    tail_keep(stream, memory->streams, chunk->data)) {
		stream->tail->time_ns = chunk->time_ns;
		stream->tail->number = chunk->number;
		chunk->data.len = 0;
		return false;
	}
	if (level->layers->n_probes < UINT8_MAX)
		level->layers->n_probes++;
	tail_free(stream, memory->streams);
	stream->loose = true;
	chunk->data.len = 0;
	return false;
}

/* ---- feeding ---- */

static void give_up(const struct level *level, struct layers_memory *memory)
{
	for (unsigned side = 0; side < 2; side++)
		tail_free(&level->streams[side], memory->streams);
	layers_drop(level, memory);
	level->layers->n_probes = UINT8_MAX;
	streams_loosen(level, true);
}

/* From here on both directions speak another protocol: that of this name, or whatever it looks like. Its transactions are
 * numbered on. */
static void hand_over(const struct level *level, struct layers_memory *memory)
{
	const struct dissector *named = dissector_named(memory->child);
	uint32_t n_tx = level->layers->n_tx;

	layers_drop(level, memory);
	level->layers->first_tx = level->layers->n_tx = n_tx;
	if (named)
		(void)layer_open(level, memory, named);
	for (unsigned side = 0; side < 2; side++)
		level->streams[side].skip_all = false;
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

static void room_make(const struct level *level, struct layers_memory *memory, struct outbox *out)
{
	out->plain.room = NULL;
	out->plain.room_len = 0;
	if (level->depth >= LAYERS_DEPTH)
		return;
	if (!memory->rooms[level->depth])
		memory->rooms[level->depth] = budget_alloc(memory->budget, LAYERS_ROOM_LEN);
	out->plain.room = memory->rooms[level->depth];
	out->plain.room_len = out->plain.room ? LAYERS_ROOM_LEN : 0;
}

/* The outbox holds no messages before. */
static inline struct progress layer_feed(const struct level *level, struct layers_memory *memory, const struct chunk *chunk,
    struct outbox *out)
{
	struct layers *layers = level->layers;

	out->plain.there = out->plain.again = out->other_first = out->reversed = false;
	need_anything(level->streams);
	if (layers->dissector->decrypts)
		room_make(level, memory, out);
	struct progress progress = layers->dissector->feed(layers->state, chunk, out);

	layer_number(layers, out);
	return progress;
}

/* Takes what was consumed and skipped off the chunk; what lies beyond it is the stream's to skip. */
static void advance(struct stream *stream, struct layers_memory *memory, struct chunk *chunk, struct progress progress)
{
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

/* The client was only guessed, and is the other side. */
static void reverse(const struct level *level, struct outbox *out)
{
	struct flow *flow = level->flow;
	struct layers *layers = level->layers;

	out->reversed = false;
	if (flow->client_known)
		return;
	flow->client = !flow->client;
	flow->client_known = true;
	if (layers->dissector->release)
		layers->dissector->release(layers->state);
	memset(layers->state, 0, layers->dissector->state_size);
}

/* The chunk decided what the other direction holds back. */
static enum layers_turn offer_other(const struct level *level, unsigned side, struct layers_memory *memory, struct outbox *out)
{
	struct stream *other = &level->streams[!side];
	struct chunk held = { .data = bytes_of("", 0), .dir = flow_direction(level->flow, !side), .side = !side,
		.seen = other->offered };

	out->other_first = false;
	if (!other->tail)
		return LAYERS_AGAIN;
	held.data = bytes_of(other->tail->data, other->tail->len);
	held.time_ns = other->tail->time_ns;
	held.number = other->tail->number;
	struct progress progress = layer_feed(level, memory, &held, out);

	if (out->reversed) {
		reverse(level, out);
		return LAYERS_AGAIN;
	}
	if (progress.status < 0)
		return LAYERS_GIVE_UP;
	advance(other, memory, &held, progress);
	memory->other_rest = held.data;
	return LAYERS_OTHER;
}

/* Content is skipped by position, as bytes of a stream are. */
void layers_enter(const struct level *level, const struct outbox_plain *plain, struct chunk *chunk)
{
	unsigned side = plain->chunk.side & 1;
	struct stream *stream = &level->streams[side];

	*chunk = plain->chunk;
	level->upper->expects = plain->expects;
	uint64_t *at = &level->upper->at[side];
	uint64_t end = *at + chunk->gap + chunk->data.len;
	struct flow *flow = level->flow;

	if (!flow->client_known) {
		flow->client = (uint8_t)(chunk->dir == TO_SERVER ? side : !side);
		flow->client_known = true;
	}
	if (stream->skip_all)
		chunk->data.len = 0;
	if (stream->next > *at) {
		uint64_t skip = stream->next - *at;
		uint64_t of_gap = skip < chunk->gap ? skip : chunk->gap;

		chunk->gap -= of_gap;
		skip -= of_gap;
		chunk->data = bytes_tail(chunk->data, skip < chunk->data.len ? (size_t)skip : chunk->data.len);
	}
	*at = end;
	if (stream->next < end)
		stream->next = end;
}

static enum layers_turn turn_after(const struct level *level, unsigned side, struct layers_memory *memory, struct chunk *chunk,
    struct progress progress, struct outbox *out)
{
	struct stream *stream = &level->streams[side];

	if (out->child) {
		memory->child = out->child;
		return LAYERS_HAND_OVER;
	}
	if (out->plain.again)
		return LAYERS_AGAIN;
	if (!chunk->data.len)
		return LAYERS_DONE;
	if (progress.status != STATUS_MORE)
		return LAYERS_AGAIN;
	/* Room is made now, while a refusal can still be told; what is in the tail already needs none. As much as is waited for,
	 * if that is known: it comes in many segments. */
	size_t len = progress.need > chunk->data.len && progress.need <= TAIL_CAP ? progress.need : chunk->data.len;

	if (!tail_holds(stream, chunk->data) && !tail_reserve(stream, memory->streams, len)) {
		memory->n_tail_refused++;
		outbox_anomaly(out, "stream.tail_refused");
		return LAYERS_GIVE_UP;
	}
	stream->tail->need = progress.need <= TAIL_CAP ? (uint32_t)progress.need : 0;
	return LAYERS_KEEP;
}

enum layers_turn layers_step(const struct level *level, unsigned side, struct layers_memory *memory, struct chunk *chunk,
    struct outbox *out)
{
	struct stream *stream = &level->streams[side];
	bool joined = tail_holds(stream, chunk->data);

	out->plain.there = false;
	chunk->dir = flow_direction(level->flow, side);
	chunk->side = (uint8_t)(side & 1);
	if (!level->layers->dissector) {
		if (!recognise(level, side, memory, chunk, joined))
			return LAYERS_DONE;
		chunk->dir = flow_direction(level->flow, side);
		chunk->seen = 0;
	} else if (!joined && !tail_join(stream, memory->streams, chunk)) {
		memory->n_tail_refused++;
		outbox_anomaly(out, "stream.tail_refused");
		return LAYERS_GIVE_UP;
	}
	struct progress progress = layer_feed(level, memory, chunk, out);

	if (out->reversed) {
		reverse(level, out);
		return LAYERS_AGAIN;
	}
	if (out->other_first)
		return offer_other(level, side, memory, out);
	bool stuck = progress.status == STATUS_OK && chunk->data.len && !progress.used && !progress.skip &&
	    !out->n_messages && !out->n_anomalies && !out->child && !out->plain.there && !out->plain.again;

	if (progress.status == STATUS_OVER)
		return LAYERS_OVER;
	if (progress.status < 0 || stuck)
		return LAYERS_GIVE_UP;
	advance(stream, memory, chunk, progress);
	return turn_after(level, side, memory, chunk, progress, out);
}

bool layers_settle(const struct level *level, unsigned side, struct layers_memory *memory, struct chunk *chunk,
    enum layers_turn turn)
{
	struct stream *stream = &level->streams[side];

	switch (turn) {
	case LAYERS_AGAIN:
		return true;
	case LAYERS_OTHER:
		if (memory->other_rest.len)
			/* cannot fail: it is there already */
			(void)tail_keep(&level->streams[!side], memory->streams, memory->other_rest);
		else
			tail_free(&level->streams[!side], memory->streams);
		return true;
	case LAYERS_HAND_OVER:
		hand_over(level, memory);
		if (!chunk->data.len) /* what was kept is used */
			tail_free(stream, memory->streams);
		return chunk->data.len != 0;
	case LAYERS_DONE:
		/* a start that is still undecided waits in the tail */
		if (level->layers->dissector)
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
	case LAYERS_OVER:
		give_up(level, memory);
		return false;
	case LAYERS_GIVE_UP:
		break;
	}
	memory->n_given_up++;
	give_up(level, memory);
	return false;
}

void layers_end_stream(const struct level *level, unsigned side, struct layers_memory *memory, struct outbox *out)
{
	struct flow *flow = level->flow;
	struct stream *stream = &level->streams[side];
	struct chunk last = { .dir = flow_direction(flow, side), .side = (uint8_t)(side & 1), .is_last = true,
		.seen = stream->offered };

	out->plain.there = false;
	if (stream->tail)
		last.data = bytes_of(stream->tail->data, stream->tail->len);
	else
		last.data = bytes_of("", 0);
	last.time_ns = flow->last_chunk_ns;
	last.number = flow->last_chunk_number;
	if (!level->layers->dissector && last.data.len) {
		last.seen = 0;
		(void)layer_probe(level, memory, &last);
		last.dir = flow_direction(flow, side);
	}
	if (level->layers->dissector && !stream->last_fed) {
		stream->last_fed = true;
		(void)layer_feed(level, memory, &last, out);
	}
}

void layers_finish(const struct level *level, struct outbox *out)
{
	if (!level->layers->dissector)
		return;
	level->layers->dissector->finish(level->layers->state, out);
	layer_number(level->layers, out);
}
