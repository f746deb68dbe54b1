#include "tests/support/websocket_talk.h"

#include <stdlib.h>

static void *talk_memory(void *memory, size_t len)
{
	memory = realloc(memory, len ? len : 1);
	if (!memory)
		abort();
	return memory;
}

void talk_fini(struct talk *talk)
{
	for (size_t i = 0; i < talk->n; i++)
		free(talk->steps[i].data);
	free(talk->steps);
}

static struct talk_step *step_new(struct talk *talk, enum direction dir)
{
	if (talk->n == talk->cap) {
		talk->cap = talk->cap ? 2 * talk->cap : 16;
		talk->steps = talk_memory(talk->steps, talk->cap * sizeof *talk->steps);
	}
	struct talk_step *step = &talk->steps[talk->n++];

	*step = (struct talk_step){ .dir = dir };
	return step;
}

void talk_raw(struct talk *talk, enum direction dir, struct bytes data)
{
	struct talk_step *step = step_new(talk, dir);

	step->data = talk_memory(NULL, data.len);
	step->len = data.len;
	if (data.len)
		memcpy(step->data, data.data, data.len);
}

void talk_lose(struct talk *talk, enum direction dir, uint64_t len)
{
	step_new(talk, dir)->lost = len;
}

void talk_last(struct talk *talk, enum direction dir)
{
	step_new(talk, dir)->is_last = true;
}

size_t talk_header(uint8_t *out, uint8_t first, uint64_t len, unsigned width, const uint8_t key[4])
{
	size_t at = 0;

	out[at++] = first;
	out[at++] = (uint8_t)((key ? 0x80 : 0) | (width == 0 ? len : width == 2 ? 126 : 127));
	for (unsigned i = width; i-- > 0;)
		out[at++] = (uint8_t)(len >> (8 * i));
	for (unsigned i = 0; key && i < 4; i++)
		out[at++] = key[i];
	return at;
}

static struct bytes frame_make(struct talk *talk, enum direction dir, uint8_t first, struct bytes payload)
{
	uint8_t *data = talk_memory(NULL, payload.len + 14), key[4];
	unsigned width = payload.len < 126 ? 0 : payload.len < 65536 ? 2 : 8;

	talk->key = talk->key * 1664525 + 1013904223;
	memcpy(key, &talk->key, sizeof key);
	size_t at = talk_header(data, first, payload.len, width, dir == TO_SERVER ? key : NULL);

	for (size_t i = 0; i < payload.len; i++)
		data[at + i] = (uint8_t)(payload.data[i] ^ (dir == TO_SERVER ? key[i & 3] : 0));
	return bytes_of(data, at + payload.len);
}

void talk_frame(struct talk *talk, enum direction dir, uint8_t first, struct bytes payload)
{
	talk_frame_lossy(talk, dir, first, payload, SIZE_MAX, 0);
}

void talk_say(struct talk *talk, enum direction dir, uint8_t first, const char *payload)
{
	talk_frame(talk, dir, first, bytes_text(payload));
}

void talk_frame_lossy(struct talk *talk, enum direction dir, uint8_t first, struct bytes payload, size_t before, size_t lost)
{
	struct bytes frame = frame_make(talk, dir, first, payload), rest = bytes_tail(frame, before);

	talk_raw(talk, dir, bytes_head(frame, before));
	if (lost) {
		talk_lose(talk, dir, lost);
		talk_raw(talk, dir, bytes_tail(rest, lost));
	}
	free((void *)(uintptr_t)frame.data);
}

void talk_deflater_init(struct talk_deflater *deflater, int bits, bool keep)
{
	*deflater = (struct talk_deflater){ .keep = keep };
	if (deflateInit2(&deflater->stream, 6, Z_DEFLATED, -bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
}

void talk_deflater_fini(struct talk_deflater *deflater)
{
	deflateEnd(&deflater->stream);
}

struct bytes talk_deflate(struct talk_deflater *deflater, struct bytes message)
{
	z_stream *stream = &deflater->stream;
	size_t cap = message.len + message.len / 8 + 1024;
	uint8_t *out = talk_memory(NULL, cap);

	if (!deflater->keep)
		deflateReset(stream);
	stream->next_in = (uint8_t *)(uintptr_t)message.data;
	stream->avail_in = (unsigned)message.len;
	stream->next_out = out;
	stream->avail_out = (unsigned)cap;
	if (deflate(stream, Z_SYNC_FLUSH) != Z_OK || stream->avail_in || !stream->avail_out)
		abort();
	size_t len = cap - stream->avail_out;

	if (len < 4 || memcmp(out + len - 4, "\0\0\xff\xff", 4) != 0)
		abort();
	return bytes_of(out, len - 4);
}

void talk_deflated(struct talk *talk, enum direction dir, struct talk_deflater *deflater, struct bytes message, unsigned n)
{
	struct bytes all = talk_deflate(deflater, message), rest = all;

	for (unsigned i = 0; i < n; i++) {
		uint8_t first = (uint8_t)((i == 0 ? TALK_RSV1 | 1 : 0) | (i + 1 == n ? TALK_FIN : 0));
		struct bytes part = bytes_head(rest, i + 1 == n ? rest.len : all.len / n);

		talk_frame(talk, dir, first, part);
		rest = bytes_tail(rest, part.len);
	}
	free((void *)(uintptr_t)all.data);
}

void talk_play(const struct talk *talk, struct feeder *feeder, script_cut *cut, void *with)
{
	for (size_t i = 0; i < talk->n; i++) {
		const struct talk_step *step = &talk->steps[i];

		if (step->lost)
			feeder_lose(feeder, step->dir, step->lost);
		for (size_t at = 0; at < step->len;) {
			size_t piece = cut(with, step->len - at);

			feeder_send(feeder, step->dir, bytes_of(step->data + at, piece), false);
			at += piece;
		}
		if (step->is_last)
			feeder_send(feeder, step->dir, bytes_of("", 0), true);
	}
	feeder_finish(feeder);
}
