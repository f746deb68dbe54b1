#include "tests/support/feeder.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void *feeder_memory(void *memory, size_t len)
{
	memory = realloc(memory, len ? len : 1);
	if (!memory)
		abort();
	return memory;
}

void feeder_init(struct feeder *feeder, const struct dissector *dissector, size_t arena_cap)
{
	memset(feeder, 0, sizeof *feeder);
	feeder->dissector = dissector;
	feeder->state = feeder_memory(NULL, dissector->state_size);
	memset(feeder->state, 0, dissector->state_size);
	budget_init(&feeder->budget, arena_cap, NULL);
	arena_init(&feeder->arena, arena_cap < 4096 ? 64 : 4096, &feeder->budget);
}

void feeder_keep(struct feeder *feeder, size_t cap, size_t memory)
{
	budget_init(&feeder->bodies_budget, memory, NULL);
	feeder->own_bodies = (struct body_env){ .cap = cap, .budget = &feeder->bodies_budget };
	feeder->bodies = &feeder->own_bodies;
}

void feeder_fini(struct feeder *feeder)
{
	if (feeder->dissector->release)
		feeder->dissector->release(feeder->state);
	if (feeder->bodies_budget.used)
		abort();
	arena_fini(&feeder->arena);
	free(feeder->state);
	for (int dir = 0; dir < 2; dir++) {
		free(feeder->side[dir].held);
		free(feeder->side[dir].log.text);
		free(feeder->side[dir].anomalies.text);
	}
}

static void log_bytes(struct feeder_text *log, struct bytes b)
{
	if (log->cap < log->len + b.len + 1) {
		log->cap = (log->len + b.len + 1) * 2;
		log->text = feeder_memory(log->text, log->cap);
	}
	for (size_t i = 0; i < b.len; i++)
		log->text[log->len++] = (char)(b.data[i] ? b.data[i] : 1); /* NUL would end the log */
	log->text[log->len] = 0;
}

__attribute__((format(printf, 2, 3))) static void log_text(struct feeder_text *log, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	log_bytes(log, bytes_text(text));
}

static void log_field(struct feeder_text *log, const struct record *record, size_t field)
{
	const struct value *value = &record->values[field];

	if (!value->set)
		return;
	log_text(log, " ");
	if (record->type->fields[field].kind == FIELD_INT)
		log_text(log, "%" PRId64, value->number);
	else
		log_bytes(log, record_get(record, field));
}

static void log_all(struct feeder_text *log, const struct http_message *message)
{
	for (size_t i = 0; i < HTTP_FIELDS; i++) {
		if (message->record->values[i].set)
			log_text(log, "\n  %s:", http_record.fields[i].eve);
		log_field(log, message->record, i);
	}
	for (size_t i = 0; i < message->n_headers; i++) {
		log_text(log, "\n  | ");
		log_bytes(log, message->headers[i].name);
		log_text(log, "=");
		log_bytes(log, message->headers[i].value);
	}
}

static void log_content(struct feeder_text *log, const struct http_message *message)
{
	static const char *const names[] = { "", "form", "json", "xml", "text" };

	if (message->content_type == HTTP_CONTENT_NONE)
		return;
	log_text(log, " %s%s %zu ", names[message->content_type], message->content_cut ? " cut" : "", message->content.len);
	log_bytes(log, message->content);
}

static void log_websocket(struct feeder_text *log, const struct http_message *message)
{
	log_text(log, "T%" PRId64 " %s%s ", (int64_t)message->tx, message->content_type == HTTP_CONTENT_JSON ? "json" : "text",
	    message->content_cut ? " cut" : "");
	log_bytes(log, message->content);
	log_text(log, "\n");
}

/* What trailers and resets tell. */
static void log_end(struct feeder_text *log, const struct record *record)
{
	for (size_t i = HTTP_STATUS; record && i < HTTP_FIELDS; i++) {
		if (record->values[i].set)
			log_text(log, " %s", http_record.fields[i].keyword);
		log_field(log, record, i);
	}
}

static void log_message(struct feeder *feeder, const struct http_message *message)
{
	struct feeder_text *log = &feeder->side[message->dir].log;

	feeder->n_messages++;
	if (message->is_text) {
		log_websocket(log, message);
		return;
	}
	if (message->is_end) {
		log_text(log, "E%" PRId64 " %" PRIu64, (int64_t)message->tx, message->body_len);
		log_end(log, message->record);
		log_content(log, message);
		log_text(log, "\n");
		return;
	}
	log_text(log, "%c%" PRId64 "%s", message->dir == TO_SERVER ? 'Q' : 'R', (int64_t)message->tx, message->damaged ? " damaged" : "");
	if (feeder->with_headers) {
		log_all(log, message);
	} else if (message->dir == TO_SERVER) {
		log_field(log, message->record, HTTP_METHOD);
		log_field(log, message->record, HTTP_URL);
		log_field(log, message->record, HTTP_HOSTNAME);
		log_field(log, message->record, HTTP_PORT);
	} else {
		log_field(log, message->record, HTTP_STATUS);
		log_field(log, message->record, HTTP_CONTENT_TYPE);
	}
	log_text(log, "%s%s\n", message->content_follows ? " +body" : "", message->answer_follows ? " +answer" : "");
}

static void feeder_drain(struct feeder *feeder, enum direction dir)
{
	struct outbox *out = &feeder->out;
	struct feeder_side *side = &feeder->side[dir];

	for (size_t i = 0; i < out->n_messages; i++)
		log_message(feeder, &out->messages[i]);
	for (size_t i = 0; i < out->n_anomalies; i++)
		log_text(feeder->apart ? &side->anomalies : &side->log, "!%s\n", out->anomalies[i]);
	if (out->child && !feeder->child) {
		feeder->child = out->child;
		log_text(&side->log, "^%s\n", out->child);
	}
	arena_reset(&feeder->arena);
}

static struct progress feeder_call(struct feeder *feeder, enum direction dir, bool is_last)
{
	struct feeder_side *side = &feeder->side[dir];
	uint8_t *exact = feeder_memory(NULL, side->held_len);

	if (side->held_len)
		memcpy(exact, side->held, side->held_len);
	struct chunk chunk = { .data = bytes_of(exact, side->held_len), .gap = side->gap, .seen = side->seen, .dir = dir,
			       .is_last = is_last };

	memset(&feeder->out, 0, sizeof feeder->out);
	feeder->out.arena = &feeder->arena;
	feeder->out.bodies = feeder->bodies;
	struct progress progress = feeder->dissector->feed(feeder->state, &chunk, &feeder->out);

	feeder->n_feeds++;
	feeder->other_first = feeder->out.other_first;
	side->gap = 0;
	if (progress.used > side->held_len || progress.status == STATUS_BAD)
		abort();
	feeder->over |= progress.status < 0 || feeder->out.reversed; /* here nobody guessed */
	feeder_drain(feeder, dir);
	free(exact);
	return progress;
}

static void feeder_drop(struct feeder_side *side, size_t len)
{
	if (len)
		memmove(side->held, side->held + len, side->held_len - len);
	side->held_len -= len;
}

/* Drops what a skip covers. */
static void feeder_skip(struct feeder_side *side)
{
	size_t len = side->skip < side->held_len ? (size_t)side->skip : side->held_len;

	feeder_drop(side, len);
	if (side->skip != DISSECTOR_SKIP_ALL)
		side->skip -= len;
}

/* What a direction holds is offered again, without anything new. */
static void feeder_again(struct feeder *feeder, enum direction dir)
{
	struct feeder_side *side = &feeder->side[dir];
	struct progress progress = feeder_call(feeder, dir, false);

	feeder_drop(side, progress.used);
	side->seen = side->held_len;
	side->skip = progress.skip;
	feeder_skip(side);
}

void feeder_send(struct feeder *feeder, enum direction dir, struct bytes data, bool is_last)
{
	struct feeder_side *side = &feeder->side[dir];

	side->held = feeder_memory(side->held, side->held_len + data.len);
	if (data.len)
		memcpy(side->held + side->held_len, data.data, data.len);
	side->held_len += data.len;
	feeder_skip(side);
	while (!feeder->child && !feeder->over && (side->held_len || is_last)) {
		struct progress progress = feeder_call(feeder, dir, is_last);

		if (feeder->other_first) {
			feeder_again(feeder, dir == TO_SERVER ? TO_CLIENT : TO_SERVER);
			if (feeder->other_first)
				abort();
			continue;
		}
		if (progress.status == STATUS_OK && !progress.used && !progress.skip && side->held_len && !feeder->child &&
		    !feeder->over && !feeder->out.n_messages)
			abort();
		feeder_drop(side, progress.used);
		side->seen = progress.status == STATUS_MORE ? side->held_len : 0;
		side->skip = progress.skip;
		feeder_skip(side);
		if (progress.status == STATUS_MORE || (!side->held_len && !(is_last && outbox_message_full(&feeder->out))))
			break;
	}
}

void feeder_lose(struct feeder *feeder, enum direction dir, uint64_t len)
{
	struct feeder_side *side = &feeder->side[dir];
	uint64_t skipped = side->skip < len ? side->skip : len;

	if (len == 0 || side->skip == DISSECTOR_SKIP_ALL)
		return;
	side->gap += side->held_len; /* what a gap cut is nobody's */
	side->held_len = side->seen = 0;
	side->skip -= skipped;
	side->gap += len - skipped;
}

void feeder_finish(struct feeder *feeder)
{
	memset(&feeder->out, 0, sizeof feeder->out);
	feeder->out.arena = &feeder->arena;
	feeder->out.bodies = feeder->bodies;
	feeder->dissector->finish(feeder->state, &feeder->out);
	feeder_drain(feeder, TO_SERVER);
}

const char *feeder_log(const struct feeder *feeder, enum direction dir)
{
	const struct feeder_text *log = &feeder->side[dir].log;

	return log->text ? log->text : "";
}

const char *feeder_anomalies(const struct feeder *feeder, enum direction dir)
{
	const struct feeder_text *log = &feeder->side[dir].anomalies;

	return log->text ? log->text : "";
}

bool feeder_same(const struct feeder *a, const struct feeder *b)
{
	for (int i = 0; i < 2; i++) {
		enum direction dir = (enum direction)i;

		if (strcmp(feeder_log(a, dir), feeder_log(b, dir)) != 0 || strcmp(feeder_anomalies(a, dir), feeder_anomalies(b, dir)) != 0)
			return false;
	}
	return true;
}
