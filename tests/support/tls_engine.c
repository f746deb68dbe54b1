#include "tests/support/tls_engine.h"

#include "sensor/model/tls.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { WAIT_NS = 1000 * TLS_ENGINE_MS, SEARCH = 4096 };

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* ---- secrets ---- */

void tls_store_init(struct tls_store *store)
{
	budget_init(&store->budget, SIZE_MAX, NULL);
	store->secrets = secrets_new(1000, 1, &store->budget);
	must(store->secrets != NULL);
}

void tls_store_fini(struct tls_store *store)
{
	secrets_free(store->secrets);
	must(store->budget.used == 0);
}

void tls_store_add(struct tls_store *store, struct bytes lines, uint64_t number)
{
	struct keylog keylog = { .origin = SECRET_OF_KEYLOG };
	struct keylog_counts counts = { 0 };

	keylog_feed(&keylog, lines, store->secrets, number, &counts);
	keylog_end(&keylog, store->secrets, number, &counts);
	must(counts.junk == 0 && counts.refused == 0);
}

/* ---- what is written down ---- */

static void write_bytes(struct tls_text *to, struct bytes b)
{
	if (to->len + b.len + 1 > to->cap) {
		to->cap = 2 * (to->len + b.len + 1);
		to->text = realloc(to->text, to->cap);
		must(to->text != NULL);
	}
	if (b.len)
		memcpy(to->text + to->len, b.data, b.len);
	to->len += b.len;
	to->text[to->len] = '\0';
}

static void write_text(struct tls_text *to, const char *format, ...)
{
	char line[256];
	va_list list;

	va_start(list, format);
	int n = vsnprintf(line, sizeof line, format, list);
	va_end(list);
	must(n >= 0 && (size_t)n < sizeof line);
	write_bytes(to, bytes_of(line, (size_t)n));
}

static void write_facts(struct tls_engine *engine, const struct record *record)
{
	const struct field *fields = record->type->fields;

	engine->n_told++;
	for (size_t i = 0; i < TLS_FIELDS; i++) {
		const struct value *value = &record->values[i];

		if (!value->set)
			continue;
		write_text(&engine->facts, "%s=", fields[i].keyword);
		for (uint32_t n = 0; fields[i].kind == FIELD_TEXTS && n < value->len; n++)
			write_bytes(&engine->facts, value->texts[n]);
		if (fields[i].kind == FIELD_TEXT)
			write_bytes(&engine->facts, record_get(record, i));
		write_text(&engine->facts, "|");
	}
}

/* Pieces of one packet are one: how they were handed out depends on what they waited for. */
static void write_content(struct tls_engine *engine, const struct chunk *chunk)
{
	unsigned side = chunk->side;

	must(side < 2);
	if (!engine->flow.client_known) /* as layers_enter has it */
		engine->flow.client = (uint8_t)(chunk->dir == TO_SERVER ? side : !side);
	engine->flow.client_known = true;
	must(chunk->time_ns == (int64_t)chunk->number * TLS_ENGINE_MS || engine->out_of_time);
	must(chunk->data.len || chunk->gap);
	if (chunk->gap) {
		write_text(&engine->content[side], "<%" PRIu64 ">", chunk->gap);
		write_text(&engine->log, "\n%u<%" PRIu64 ">", side, chunk->gap);
		engine->said_number = UINT64_MAX;
	}
	if (engine->said_number != chunk->number || engine->said_side != side)
		write_text(&engine->log, "\n%u#%" PRIu64 " ", side, chunk->number);
	engine->said_number = chunk->number;
	engine->said_side = side;
	write_bytes(&engine->log, chunk->data);
	write_bytes(&engine->content[side], chunk->data);
}

/* ---- the engine ---- */

void tls_engine_init(struct tls_engine *engine, const struct tls_engine_spec *spec)
{
	const struct stream_limits limits = { .queue_len = 1 << 20, .queue_n = 1000, .hole_acked_ns = 1000, .hole_ns = 1000 };

	memset(engine, 0, sizeof *engine);
	budget_init(&engine->top, SIZE_MAX, NULL);
	budget_init(&engine->outbox_budget, SIZE_MAX, &engine->top);
	budget_init(&engine->layers_budget, SIZE_MAX, &engine->top);
	stream_memory_init(&engine->streams, SIZE_MAX, &limits, &engine->top);
	layers_memory_init(&engine->layers, &engine->streams, &engine->layers_budget);
	arena_init(&engine->arena, 4096, &engine->outbox_budget);
	engine->out.arena = &engine->arena;
	engine->out.tls = &engine->env;
	engine->store = spec->store;
	engine->env = (struct tls_env){ .crypto = spec->crypto, .hkdf = { .crypto = spec->crypto },
		.secrets = spec->store ? spec->store->secrets : NULL,
		.keys = spec->keys, .may_come = spec->may_come, .wait_len = spec->wait_len ? spec->wait_len : SIZE_MAX,
		.wait_ns = WAIT_NS, .search = spec->search ? spec->search : SEARCH, .trials = TLS_TRIALS,
		.wants_events = !spec->quiet };
	budget_init(&engine->env.budget, spec->memcap ? spec->memcap : SIZE_MAX, &engine->top);
	engine->flow.client_known = !spec->midstream;
	engine->said_number = UINT64_MAX;
	for (unsigned side = 0; side < 2; side++) {
		engine->flow.streams[side].started = true;
		engine->flow.streams[side].has_syn = !spec->midstream;
		write_text(&engine->content[side], "%s", "");
	}
	write_text(&engine->log, "%s", "");
	write_text(&engine->anomalies, "%s", "");
	write_text(&engine->facts, "%s", "");
}

static void drain(struct tls_engine *engine)
{
	struct outbox *out = &engine->out;

	out->n_messages = 0; /* of another dissector: it was no TLS */
	out->child = NULL;
	for (size_t i = 0; i < out->n_anomalies; i++)
		write_text(&engine->anomalies, "%s|", out->anomalies[i]);
	if (out->connection)
		write_facts(engine, out->connection);
	if (out->plain.there)
		write_content(engine, &out->plain.chunk);
	if (engine->env.waits_no_more)
		engine->waits_for.len = 0;
	else if (engine->env.waits_for.len)
		engine->waits_for = engine->env.waits_for;
	engine->env.waits_no_more = false;
	engine->env.waits_for.len = 0;
	arena_reset(&engine->arena);
	out->n_anomalies = 0;
	out->connection = NULL;
}

static void work_off(struct tls_engine *engine, unsigned side, struct chunk *chunk)
{
	const struct level level = level_of(&engine->flow);
	enum layers_turn turn;

	engine->flow.last_chunk_ns = chunk->time_ns;
	engine->flow.last_chunk_number = chunk->number;
	if (layers_gather(&level, side, chunk))
		return;
	do {
		turn = layers_step(&level, side, &engine->layers, chunk, &engine->out);
		drain(engine);
		if (turn == LAYERS_GIVE_UP || turn == LAYERS_OVER) {
			layers_finish(&level, &engine->out);
			engine->out.plain.there = false;
			drain(engine);
		}
	} while (layers_settle(&level, side, &engine->layers, chunk, turn));
}

/* What the dissector does not want is passed over by position, as a stream does. */
static void pass_over(struct tls_engine *engine, unsigned side, struct chunk *chunk)
{
	struct stream *stream = &engine->flow.streams[side];
	uint64_t at = engine->at[side], end = at + chunk->gap + chunk->data.len;

	if (stream->skip_all)
		chunk->data.len = 0;
	if (stream->next > at) {
		uint64_t skip = stream->next - at, of_gap = skip < chunk->gap ? skip : chunk->gap;

		chunk->gap -= of_gap;
		skip -= of_gap;
		chunk->data = bytes_tail(chunk->data, skip < chunk->data.len ? (size_t)skip : chunk->data.len);
	}
	engine->at[side] = end;
	if (stream->next < end)
		stream->next = end;
}

void tls_engine_begin_at(struct tls_engine *engine, uint64_t number)
{
	engine->env.number = number;
	engine->env.now_ns = (int64_t)number * TLS_ENGINE_MS;
}

void tls_engine_send(struct tls_engine *engine, unsigned side, struct bytes data, uint64_t gap)
{
	struct tls_env *env = &engine->env;
	struct chunk chunk = { .data = data, .gap = gap };

	env->number++;
	env->now_ns += TLS_ENGINE_MS;
	chunk.number = env->number;
	chunk.time_ns = env->now_ns;
	pass_over(engine, side, &chunk);
	if (!chunk.data.len)
		return;
	uint8_t *exact = malloc(chunk.data.len);

	must(exact != NULL);
	memcpy(exact, chunk.data.data, chunk.data.len);
	chunk.data.data = exact;
	work_off(engine, side, &chunk);
	free(exact);
}

static void wake(struct tls_engine *engine)
{
	struct chunk nothing = { .data = bytes_of("", 0), .time_ns = engine->flow.last_chunk_ns,
		.number = engine->flow.last_chunk_number, .wakes = true };

	work_off(engine, 0, &nothing);
}

void tls_engine_tell(struct tls_engine *engine, struct bytes lines)
{
	struct session_key key;
	bool mine = false;

	engine->env.number++; /* they are known to the next packet, and no packet themselves */
	tls_store_add(engine->store, lines, engine->env.number);
	while (secrets_news(engine->store->secrets, &engine->n_news, engine->env.number, &key))
		mine = mine || (engine->waits_for.len && memcmp(&key, &engine->waits_for, sizeof key) == 0);
	if (mine)
		wake(engine);
	engine->env.number--;
}

void tls_engine_pass_time(struct tls_engine *engine, int64_t ns)
{
	engine->env.now_ns += ns;
	engine->env.trials = TLS_TRIALS;
	engine->out_of_time = true;
	if (engine->waits_for.len)
		wake(engine);
}

void tls_engine_end(struct tls_engine *engine)
{
	const struct level level = level_of(&engine->flow);

	for (unsigned side = 0; side < 2; side++) {
		layers_end_stream(&level, side, &engine->layers, &engine->out);
		drain(engine);
	}
	layers_finish(&level, &engine->out);
	engine->out.plain.there = false;
	drain(engine);
	layers_drop(&level, &engine->layers);
	must(engine->env.budget.used == 0 && engine->env.counts.waiting == 0);
}

void tls_engine_fini(struct tls_engine *engine)
{
	hkdf_fini(&engine->env.hkdf);
	for (unsigned side = 0; side < 2; side++) {
		stream_end(&engine->flow.streams[side], &engine->streams);
		free(engine->content[side].text);
	}
	free(engine->log.text);
	free(engine->anomalies.text);
	free(engine->facts.text);
	arena_fini(&engine->arena);
	layers_memory_fini(&engine->layers);
	stream_memory_fini(&engine->streams);
	must(engine->top.used == 0);
}
