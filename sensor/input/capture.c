#include "sensor/input/capture.h"

#include "sensor/input/classic.h"
#include "sensor/input/pcapng.h"
#include "sensor/input/window.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAGIC_LEN = 4 };

enum capture_stage { STAGE_NEW, STAGE_CLASSIC, STAGE_PCAPNG, STAGE_OVER };

struct capture {
	struct window window;
	struct buffers *own; /* NULL: the caller's are used */
	enum capture_stage stage;
	enum capture_status last; /* in STAGE_OVER */
	bool known;               /* in STAGE_OVER: it was a capture */
	struct classic classic;
	char *name;
	char *error; /* room for name and damage */
	size_t error_len;
	struct pcapng pcapng; /* last: its table is touched only as far as it is filled */
};

/* Starts of files that people hand to a capture reader by mistake. */
static const struct {
	const char *magic;
	size_t len;
	const char *what;
} mistakes[] = {
	{ "\x1f\x8b", 2, "gzip data: compressed twice, or sent over a connection, where captures come plain" },
	{ "\x28\xb5\x2f\xfd", 4, "zstd data: compressed twice, or sent over a connection, where captures come plain" },
	{ "\xfd" "7zX", 4, "xz data: compressed twice, or sent over a connection, where captures come plain" },
	{ "BZh", 3, "bzip2: compressed captures are not read; pipe it through \"bzip2 -dc\"" },
	{ "\x04\x22\x4d\x18", 4, "lz4 data: compressed twice, or sent over a connection, where captures come plain" },
	{ "\x02\x21\x4c\x18", 4, "lz4 of the old format: pipe it through \"lz4 -dc\"" },
	{ "PK\x03\x04", 4, "a zip archive, not a capture" },
	{ "snoo", 4, "a snoop capture; \"editcap\" converts it to pcapng" },
};

static void capture_forget(struct capture *capture)
{
	buffers_free(capture->own);
	free(capture->error);
	free(capture->name);
	free(capture);
}

struct capture *capture_open(int fd, const char *name)
{
	return capture_open_source(fd, name, CAPTURE_FILE, NULL);
}

struct capture *capture_open_source(int fd, const char *name, enum capture_source source, struct buffers *buffers)
{
	struct capture *capture = malloc(sizeof *capture);

	if (!capture) {
		close(fd);
		return NULL;
	}
	capture->stage = STAGE_NEW;
	capture->last = CAPTURE_END;
	capture->own = buffers ? NULL : buffers_new(1);
	capture->name = strdup(name);
	capture->error_len = strlen(name) + WINDOW_WHY_LEN + 40;
	capture->error = calloc(1, capture->error_len);
	if (!buffers)
		buffers = capture->own;
	if (buffers && capture->name && capture->error && window_open(&capture->window, fd, source, buffers))
		return capture;
	capture_forget(capture);
	close(fd);
	return NULL;
}

static enum capture_status capture_unknown(struct window *window)
{
	struct bytes start = window_peek(window, MAGIC_LEN);

	if (window->error || window->waiting)
		return window_short(window, 0, "");
	if (start.len == 0)
		return window_damage(window, 0, "the input is empty");
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
		if (bytes_equal(bytes_head(start, mistakes[i].len), bytes_of(mistakes[i].magic, mistakes[i].len)))
			return window_damage(window, 0, "%s", mistakes[i].what);
	if (start.len < MAGIC_LEN)
		return window_damage(window, 0, "the input has only %zu bytes: not a pcap or pcapng capture",
				     start.len);
	return window_damage(window, 0, "not a pcap or pcapng capture (it starts with %02x %02x %02x %02x)",
			     start.data[0], start.data[1], start.data[2], start.data[3]);
}

/* Decides by the first bytes what the input is. */
static enum capture_status capture_begin(struct capture *capture)
{
	struct window *window = &capture->window;
	bool enough = window_has(window, MAGIC_LEN);
	struct bytes magic = window_peek(window, MAGIC_LEN);

	if (enough && classic_is(magic)) {
		enum capture_status status = classic_begin(&capture->classic, window);

		capture->stage = status == CAPTURE_MORE ? STAGE_NEW : STAGE_CLASSIC;
		return status;
	}
	if (enough && pcapng_is(magic)) {
		capture->stage = STAGE_PCAPNG;
		pcapng_begin(&capture->pcapng);
		return CAPTURE_FRAME;
	}
	return capture_unknown(window);
}

static enum capture_status capture_stop(struct capture *capture, enum capture_status status)
{
	const struct window *window = &capture->window;

	if (status == CAPTURE_MORE)
		return status;
	if (status == CAPTURE_BAD)
		snprintf(capture->error, capture->error_len, "%s: byte %" PRIu64 "%s: %s", capture->name, window->damage_offset,
			 window->decoder.format && !window->damage_packed ? " uncompressed" : "", window->damage);
	capture->known = capture->stage != STAGE_NEW;
	capture->stage = STAGE_OVER;
	capture->last = status;
	return status;
}

enum capture_status capture_next(struct capture *capture, struct frame *frame)
{
	enum capture_status status = CAPTURE_FRAME;

	if (capture->stage == STAGE_NEW)
		status = capture_begin(capture);
	if (status == CAPTURE_FRAME && capture->stage == STAGE_CLASSIC)
		status = classic_next(&capture->classic, &capture->window, frame);
	else if (status == CAPTURE_FRAME && capture->stage == STAGE_PCAPNG)
		status = pcapng_next(&capture->pcapng, &capture->window, frame);
	else if (capture->stage == STAGE_OVER)
		return capture->last;
	return status == CAPTURE_FRAME || status == CAPTURE_SECRETS ? status : capture_stop(capture, status);
}

struct capture_secrets capture_secrets(const struct capture *capture)
{
	return capture->pcapng.secrets;
}

bool capture_may_hold_secrets(const struct capture *capture)
{
	return capture->stage == STAGE_PCAPNG;
}

struct buffer *capture_buffer(const struct capture *capture)
{
	return capture->own ? NULL : capture->window.buffer;
}

bool capture_known(const struct capture *capture)
{
	return capture->stage == STAGE_OVER ? capture->known : capture->stage != STAGE_NEW;
}

const char *capture_error(const struct capture *capture)
{
	return capture->error;
}

uint64_t capture_offset(const struct capture *capture)
{
	const struct decoder *decoder = &capture->window.decoder;

	return decoder->format ? decoder->offset : window_offset(&capture->window);
}

void capture_close(struct capture *capture)
{
	if (!capture)
		return;
	window_close(&capture->window);
	capture_forget(capture);
}
