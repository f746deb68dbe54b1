#include "sensor/input/decoder.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/* Compressed bytes read at once, and plain ones where only the beginning of a file is wanted. */
enum { PIECE_LEN = 256 * 1024, PEEK_LEN = 32 * 1024 };

static const struct format *const formats[] = { &gzip_format, &zstd_format, &xz_format, &lz4_format };

void decoder_begin(struct decoder *decoder, int fd, enum capture_source source)
{
	*decoder = (struct decoder){ .fd = fd, .source = source, .known = source == CAPTURE_SOCKET };
}

void decoder_end(struct decoder *decoder)
{
	if (decoder->state)
		decoder->format->close(decoder->state);
	free(decoder->buffer);
	close(decoder->fd);
}

/* From the input itself. A pipe is asked first whether it has anything: its mode is its other users' too. */
static ssize_t decoder_raw(const struct decoder *decoder, void *to, size_t room)
{
	struct pollfd ready = { .fd = decoder->fd, .events = POLLIN };

	if (decoder->source == CAPTURE_PIPE && poll(&ready, 1, 0) == 0) {
		errno = EAGAIN;
		return -1;
	}
	return read(decoder->fd, to, decoder->source == CAPTURE_PEEK && room > PEEK_LEN ? PEEK_LEN : room);
}

static bool decoder_open_format(struct decoder *decoder)
{
	decoder->state = decoder->format->open();
	decoder->buffer = malloc(PIECE_LEN);
	if (!decoder->state || !decoder->buffer) {
		errno = ENOMEM;
		return false;
	}
	memcpy(decoder->buffer, decoder->head, decoder->n_head);
	decoder->in_end = decoder->n_head;
	return true;
}

/* Collects the first bytes, which may come one by one, and decides. False: errno says why not. */
static bool decoder_know(struct decoder *decoder)
{
	while (decoder->n_head < DECODER_HEAD_LEN && !decoder->ended) {
		ssize_t n = decoder_raw(decoder, decoder->head + decoder->n_head, DECODER_HEAD_LEN - decoder->n_head);

		if (n < 0)
			return false;
		decoder->n_head = (uint8_t)(decoder->n_head + n);
		decoder->ended = n == 0;
	}
	decoder->known = true;
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		if (formats[i]->is(bytes_of(decoder->head, decoder->n_head))) {
			decoder->format = formats[i];
			return decoder_open_format(decoder);
		}
	}
	return true;
}

static ssize_t decoder_plain(struct decoder *decoder, void *to, size_t room)
{
	size_t n_head = decoder->n_head < room ? decoder->n_head : room;

	if (n_head) { /* the bytes that told */
		memcpy(to, decoder->head, n_head);
		memmove(decoder->head, decoder->head + n_head, decoder->n_head - n_head);
		decoder->n_head = (uint8_t)(decoder->n_head - n_head);
		decoder->offset += n_head;
		return (ssize_t)n_head;
	}
	ssize_t n = decoder->ended ? 0 : decoder_raw(decoder, to, room);

	decoder->offset += n > 0 ? (uint64_t)n : 0;
	return n;
}

static bool decoder_refill(struct decoder *decoder)
{
	ssize_t n = decoder_raw(decoder, decoder->buffer, PIECE_LEN);

	if (n < 0)
		return false;
	decoder->in_at = 0;
	decoder->in_end = (size_t)n;
	decoder->ended = n == 0;
	return true;
}

static ssize_t decoder_damaged(struct decoder *decoder, const char *why)
{
	decoder->why = why;
	errno = EBADMSG;
	return -1;
}

/* One step of the format. Bytes given; 0: none yet; -1: damage. While it may have more to give it is given nothing: a library
 * that fails does not say what of its output was good. */
static ssize_t decoder_step(struct decoder *decoder, void *to, size_t room)
{
	size_t in_len = decoder->pending ? 0 : decoder->in_end - decoder->in_at;
	struct format_io io = { .in = decoder->buffer + decoder->in_at, .in_len = in_len, .out = to, .out_len = room,
		.last = decoder->ended && in_len == decoder->in_end - decoder->in_at };
	enum format_status status = decoder->format->step(decoder->state, &io);
	size_t taken = in_len - io.in_len, given = room - io.out_len;

	decoder->in_at += taken;
	decoder->offset += taken;
	decoder->pending = io.out_len == 0;
	decoder->whole = status == FORMAT_WHOLE;
	if (status == FORMAT_BAD)
		decoder->why = io.why;
	if (given)
		return (ssize_t)given;
	if (status == FORMAT_BAD)
		return decoder_damaged(decoder, io.why);
	return in_len && !taken ? decoder_damaged(decoder, "damaged data") : 0;
}

ssize_t decoder_read(struct decoder *decoder, void *to, size_t room)
{
	if (!decoder->known && !decoder_know(decoder))
		return -1;
	if (!decoder->format)
		return decoder_plain(decoder, to, room);
	for (;;) {
		if (decoder->why)
			return decoder_damaged(decoder, decoder->why);
		if (decoder->in_at == decoder->in_end && !decoder->ended && !decoder->pending && !decoder_refill(decoder))
			return -1;
		bool last = decoder->in_at == decoder->in_end && decoder->ended && !decoder->pending;
		ssize_t n = decoder_step(decoder, to, room);

		if (n != 0)
			return n;
		if (last)
			return decoder->whole ? 0 : decoder_damaged(decoder, "the input ends inside it");
	}
}
