#include "tests/support/h2_maker.h"

#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>

#include "dissectors/app/http2_frame.h"

enum { FIELDS_CAP = 1200, BLOCK_CAP = 1 << 20 };

/* What a line says. */
struct line {
	char word[16];
	unsigned long numbers[2]; /* those without a name */
	unsigned n_numbers;
	long pad, prio, cut, len, type, flags, promise; /* -1: not said */
	bool end, open, ack, never;
	const char *settings;
	const char *rest; /* behind "| " */
};

static void made(bool ok)
{
	if (!ok)
		abort();
}

void h2_maker_init(struct h2_maker *maker)
{
	memset(maker, 0, sizeof *maker);
	for (int dir = 0; dir < 2; dir++)
		made(nghttp2_hd_deflate_new(&maker->deflater[dir], 65536) == 0);
	for (int dir = 0; dir < 2; dir++)
		made(nghttp2_hd_deflate_change_table_size(maker->deflater[dir], 4096) == 0);
}

void h2_maker_fini(struct h2_maker *maker)
{
	nghttp2_hd_deflate_del(maker->deflater[0]);
	nghttp2_hd_deflate_del(maker->deflater[1]);
	free(maker->data);
}

/* ---- bytes ---- */

static void put(struct h2_maker *maker, const void *data, size_t len)
{
	if (maker->cap < maker->len + len) {
		maker->cap = (maker->len + len) * 2;
		maker->data = realloc(maker->data, maker->cap);
		made(maker->data != NULL);
	}
	if (len)
		memcpy(maker->data + maker->len, data, len);
	maker->len += len;
}

static void put_number(struct h2_maker *maker, unsigned long number, unsigned n_bytes)
{
	while (n_bytes--) {
		uint8_t byte = (uint8_t)(number >> (8 * n_bytes));

		put(maker, &byte, 1);
	}
}

static void put_text(struct h2_maker *maker, const char *text)
{
	for (; *text; text++)
		put(maker, *text == 1 ? "" : text, 1);
}

/* The header of a frame whose payload begins behind it, to be completed by frame_end. */
static size_t frame_begin(struct h2_maker *maker, unsigned type, unsigned flags, unsigned long stream)
{
	size_t at = maker->len;

	put_number(maker, 0, 3);
	put_number(maker, type, 1);
	put_number(maker, flags, 1);
	put_number(maker, stream, 4);
	return at;
}

static void frame_end(struct h2_maker *maker, size_t at, long said)
{
	size_t len = said >= 0 ? (size_t)said : maker->len - at - HTTP2_FRAME_HEADER;

	for (unsigned i = 0; i < 3; i++)
		maker->data[at + i] = (uint8_t)(len >> (8 * (2 - i)));
}

/* ---- lines ---- */

static void line_word(struct line *line, const char *word)
{
	static const char *const names[] = { "pad", "prio", "cut", "len", "type", "flags", "promise" };
	long *const places[] = { &line->pad, &line->prio, &line->cut, &line->len, &line->type, &line->flags, &line->promise };
	const char *equals = strchr(word, '=');

	line->end |= strcmp(word, "end") == 0;
	line->open |= strcmp(word, "open") == 0;
	line->ack |= strcmp(word, "ack") == 0;
	line->never |= strcmp(word, "never") == 0;
	for (size_t i = 0; equals && i < sizeof names / sizeof names[0]; i++)
		if (strlen(names[i]) == (size_t)(equals - word) && strncmp(word, names[i], strlen(names[i])) == 0)
			*places[i] = strtol(equals + 1, NULL, 0);
	if (*word >= '0' && *word <= '9' && !equals && line->n_numbers < 2)
		line->numbers[line->n_numbers++] = strtoul(word, NULL, 0);
}

static struct line line_parse(const char *text)
{
	struct line line = { .pad = -1, .prio = -1, .cut = -1, .len = -1, .type = -1, .flags = -1, .promise = -1, .rest = "" };
	const char *bar = strstr(text, " |");
	char words[128], *save, *word;

	snprintf(words, sizeof words, "%.*s", bar ? (int)(bar - text) : (int)strlen(text), text);
	if (bar)
		line.rest = bar + 2 + (bar[2] == ' ');
	word = strtok_r(words, " ", &save);
	made(word && strlen(word) < sizeof line.word);
	memcpy(line.word, word, strlen(word) + 1);
	line.settings = strchr(text, ' ');
	while ((word = strtok_r(NULL, " ", &save)))
		line_word(&line, word);
	return line;
}

/* ---- what lines become ---- */

/* Fields "name: value | name: value". */
static size_t block_of(struct h2_maker *maker, enum direction dir, const struct line *line, uint8_t *block)
{
	static nghttp2_nv fields[FIELDS_CAP];
	char *text = strdup(line->rest), *at = text;
	size_t n = 0;

	made(text != NULL);
	while (at && *at) {
		char *next = strstr(at, " | "), *colon;

		if (next)
			*next = 0;
		colon = strchr(at + 1, ':');
		made(colon && n < FIELDS_CAP);
		char *value = colon + 1 + (colon[1] == ' ');

		fields[n++] = (nghttp2_nv){ (uint8_t *)at, (uint8_t *)value, (size_t)(colon - at), strlen(value),
					    line->never ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE };
		for (size_t i = 0; i < fields[n - 1].valuelen; i++)
			value[i] = (char)(value[i] == 1 ? 0 : value[i]);
		at = next ? next + 3 : NULL;
	}
	ssize_t len = nghttp2_hd_deflate_hd(maker->deflater[dir], block, BLOCK_CAP, fields, n);

	made(len >= 0);
	free(text);
	return (size_t)len;
}

static void put_block(struct h2_maker *maker, enum direction dir, const struct line *line, bool is_push)
{
	uint8_t *block = malloc(BLOCK_CAP);
	made(block != NULL);
	size_t len = block_of(maker, dir, line, block), cut = line->cut > 0 ? (size_t)line->cut : 16000;
	size_t first = len < cut ? len : cut;
	bool pads = line->pad >= 0, weighs = line->prio >= 0, goes_on = first < len;
	unsigned flags = (line->end ? HTTP2_END_STREAM : 0u) | (goes_on || line->open ? 0u : HTTP2_END_HEADERS) |
			 (pads ? HTTP2_PADDED : 0u) | (weighs ? HTTP2_PRIORITISED : 0u);
	size_t at = frame_begin(maker, is_push ? HTTP2_FRAME_PUSH_PROMISE : HTTP2_FRAME_HEADERS, flags, line->numbers[0]);

	if (pads)
		put_number(maker, (unsigned long)line->pad, 1);
	if (weighs)
		put_number(maker, 0, 4), put_number(maker, (unsigned long)line->prio, 1);
	if (is_push)
		put_number(maker, (unsigned long)line->promise, 4);
	put(maker, block, first);
	for (long i = 0; i < line->pad; i++)
		put_number(maker, 0, 1);
	frame_end(maker, at, line->len);
	for (size_t done = first; done < len; done += first) {
		first = len - done < cut ? len - done : cut;
		at = frame_begin(maker, HTTP2_FRAME_CONTINUATION, done + first < len || line->open ? 0 : HTTP2_END_HEADERS,
		    line->numbers[0]);
		put(maker, block + done, first);
		frame_end(maker, at, -1);
	}
	free(block);
}

static void put_data(struct h2_maker *maker, const struct line *line)
{
	bool pads = line->pad >= 0;
	size_t at = frame_begin(maker, HTTP2_FRAME_DATA, (line->end ? HTTP2_END_STREAM : 0u) | (pads ? HTTP2_PADDED : 0u),
	    line->numbers[0]);

	if (pads)
		put_number(maker, (unsigned long)line->pad, 1);
	put_text(maker, line->rest);
	for (long i = 0; i < line->pad; i++)
		put_number(maker, 0, 1);
	frame_end(maker, at, line->len);
}

static void put_settings(struct h2_maker *maker, const struct line *line)
{
	size_t at = frame_begin(maker, HTTP2_FRAME_SETTINGS, line->ack ? HTTP2_ACK : 0, 0);

	for (const char *word = line->settings; word && !line->ack; word = strchr(word + 1, ' ')) {
		char *equals;
		unsigned long id = strtoul(word, &equals, 0);

		if (*equals != '=')
			continue;
		put_number(maker, id, 2);
		put_number(maker, strtoul(equals + 1, NULL, 0), 4);
	}
	frame_end(maker, at, line->len);
}

/* Frames of numbers alone. */
static bool put_small(struct h2_maker *maker, const struct line *line)
{
	static const struct {
		const char *word;
		unsigned type;
		bool on_stream;
		unsigned zeros, numbers; /* bytes of payload: zeros, then the last number that was said */
	} kinds[] = {
		{ "RST", HTTP2_FRAME_RST_STREAM, true, 0, 4 },
		{ "GOAWAY", HTTP2_FRAME_GOAWAY, false, 4, 4 },
		{ "PING", HTTP2_FRAME_PING, false, 8, 0 },
		{ "WINDOW", HTTP2_FRAME_WINDOW_UPDATE, true, 0, 4 },
		{ "PRIORITY", HTTP2_FRAME_PRIORITY, true, 5, 0 },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(line->word, kinds[i].word) != 0)
			continue;
		size_t at = frame_begin(maker, kinds[i].type, line->ack ? HTTP2_ACK : 0,
		    kinds[i].on_stream ? line->numbers[0] : 0);

		put_number(maker, 0, kinds[i].zeros);
		put_number(maker, line->numbers[1], kinds[i].numbers);
		frame_end(maker, at, line->len);
		return true;
	}
	return false;
}

static void put_line(struct h2_maker *maker, enum direction dir, const struct line *line)
{
	if (strcmp(line->word, "PREFACE") == 0) {
		put_text(maker, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	} else if (strcmp(line->word, "SETTINGS") == 0) {
		put_settings(maker, line);
	} else if (strcmp(line->word, "HEADERS") == 0 || strcmp(line->word, "PUSH") == 0) {
		put_block(maker, dir, line, *line->word == 'P');
	} else if (strcmp(line->word, "DATA") == 0) {
		put_data(maker, line);
	} else if (strcmp(line->word, "RAW") == 0) {
		put_text(maker, line->rest);
	} else if (strcmp(line->word, "TABLE") == 0) {
		made(nghttp2_hd_deflate_change_table_size(maker->deflater[dir], strtoul(line->rest, NULL, 0)) == 0);
	} else if (strcmp(line->word, "CONTINUATION") == 0 || strcmp(line->word, "FRAME") == 0) {
		bool is_continuation = *line->word == 'C';
		unsigned type = is_continuation ? HTTP2_FRAME_CONTINUATION : (unsigned)line->type;
		unsigned flags = line->flags >= 0 ? (unsigned)line->flags : is_continuation && !line->open ? HTTP2_END_HEADERS : 0;
		size_t at = frame_begin(maker, type, flags, line->numbers[0]);

		put_text(maker, line->rest);
		frame_end(maker, at, line->len);
	} else {
		made(put_small(maker, line));
	}
}

struct bytes h2_maker_line(struct h2_maker *maker, enum direction dir, const char *text)
{
	struct line line = line_parse(text);

	maker->len = 0;
	put_line(maker, dir, &line);
	return bytes_of(maker->data, maker->len);
}

static void send(struct feeder *feeder, enum direction dir, struct bytes bytes, script_cut *cut, void *with)
{
	uint8_t *copy = malloc(bytes.len ? bytes.len : 1);
	made(copy != NULL);
	if (bytes.len)
		memcpy(copy, bytes.data, bytes.len);
	for (size_t at = 0; at < bytes.len;) {
		size_t piece = cut(with, bytes.len - at);

		feeder_send(feeder, dir, bytes_of(copy + at, piece), false);
		at += piece;
	}
	free(copy);
}

void h2_maker_run(struct feeder *feeder, const char *const *steps, script_cut *cut, void *with)
{
	struct h2_maker maker;

	h2_maker_init(&maker);
	for (; *steps; steps++) {
		enum direction dir = **steps == '>' ? TO_SERVER : TO_CLIENT;
		const char *text = *steps + 1;

		if (*text == '#')
			feeder_lose(feeder, dir, strtoull(text + 1, NULL, 10));
		else if (*text == '$')
			feeder_send(feeder, dir, bytes_of("", 0), true);
		else if (*text == '~') /* made, so that the encoder goes on, but lost */
			feeder_lose(feeder, dir, h2_maker_line(&maker, dir, text + 1).len);
		else
			send(feeder, dir, h2_maker_line(&maker, dir, text), cut, with);
	}
	h2_maker_fini(&maker);
	feeder_finish(feeder);
}
