/* window: the part of an input that is in memory. It slides over a file or a pipe by large read()s into a buffer: the same one
 * again and again, or, while somebody holds that one for the frames in it, the next.
 *
 *        carry (unread rest, moved)   one read()
 *      [ ........ |rest of a record | next bytes of the input ....... ]
 *                  ^ at                                       ^ end
 *
 * Reads always land at the same page-aligned place, and the unread rest is moved to just before it, so that a record
 * which straddles two reads is contiguous at the cost of moving that one record. */
#ifndef STORMGLASS_INPUT_WINDOW_H
#define STORMGLASS_INPUT_WINDOW_H

#include "sensor/input/buffers.h"
#include "sensor/input/decoder.h"

enum {
	WINDOW_CARRY_LEN = 512 * 1024,  /* the longest record that can be asked for */
	WINDOW_READ_LEN = 1024 * 1024,   /* a round of packets lies in one read: smaller ones make small rounds */
	WINDOW_WHY_LEN = 160,
};

struct window {
	const uint8_t *at;
	const uint8_t *end;
	uint64_t end_offset;       /* of `end` in the decoded input */
	struct buffers *buffers;   /* where buffers come from */
	struct buffer *buffer;
	struct decoder decoder;
	bool ended;                /* end of input or a read error was seen */
	bool waiting;              /* the last fill failed only because nothing is there yet */
	int error;                 /* errno of that read, or 0 */
	uint64_t damage_offset;    /* after window_damage */
	bool damage_packed;        /* it is of the compressed input */
	char damage[WINDOW_WHY_LEN];
};

/* Takes over `fd`. False: out of memory; `fd` is still the caller's. `buffers` must outlive the window. */
bool window_open(struct window *window, int fd, enum capture_source source, struct buffers *buffers);
void window_close(struct window *window);

/* Reads until `len` (at most WINDOW_CARRY_LEN) bytes are there; false where the input ends before it, or does not have them
 * yet and is not waited for. Views die. */
bool window_fill(struct window *window, size_t len);

/* Consumes *len bytes, however many, and says in it how many are left to consume; false as in window_fill. Views die. */
bool window_skip(struct window *window, uint64_t *len);

/* Notes what is wrong with the record at `offset`. Returns CAPTURE_BAD for the caller to return. */
__attribute__((format(printf, 3, 4)))
enum capture_status window_damage(struct window *window, uint64_t offset, const char *format, ...);

/* As window_damage, for a record of which the input has only a part: the input ends, or it cannot be read further.
 * CAPTURE_MORE where the rest may yet come; what was consumed of the record is for the caller to remember. */
enum capture_status window_short(struct window *window, uint64_t offset, const char *what);

static inline size_t window_left(const struct window *window)
{
	return (size_t)(window->end - window->at);
}

static inline bool window_has(struct window *window, size_t len)
{
	return window_left(window) >= len || window_fill(window, len);
}

static inline uint64_t window_offset(const struct window *window)
{
	return window->end_offset - window_left(window);
}

/* The next `len` bytes without consuming them; only after window_has said that they are there. */
static inline struct bytes window_peek(const struct window *window, size_t len)
{
	return bytes_head(bytes_of(window->at, window_left(window)), len);
}

#endif
