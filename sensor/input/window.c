#include "sensor/input/window.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>


static_assert(WINDOW_CARRY_LEN + WINDOW_READ_LEN <= BUFFER_LEN, "the window fits its buffer");

bool window_open(struct window *window, int fd, struct buffers *buffers)
{
	struct buffer *buffer = buffers_take(buffers);

	if (!buffer)
		return false;
	*window = (struct window){
		.at = buffer->memory + WINDOW_CARRY_LEN,
		.end = buffer->memory + WINDOW_CARRY_LEN,
		.buffers = buffers,
		.buffer = buffer,
		.fd = fd,
	};
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* a hint; a pipe refuses it */
	return true;
}

void window_close(struct window *window)
{
	buffers_release(window->buffers, window->buffer);
	close(window->fd);
}

/* One read() to the end of the window, which has room. */
static void window_read(struct window *window, size_t room)
{
	uint8_t *to = window->buffer->memory + (window->end - window->buffer->memory);
	ssize_t n = read(window->fd, to, room);

	if (n > 0) {
		window->end += n;
		window->end_offset += (uint64_t)n;
	} else if (n < 0 && errno == EAGAIN) {
		struct pollfd wait = { .fd = window->fd, .events = POLLIN };

		(void)poll(&wait, 1, -1); /* a pipe that its other user made non-blocking */
	} else if (n == 0 || errno != EINTR) {
		window->ended = true;
		window->error = n < 0 ? errno : 0;
	}
}

/* Moves what is left to just before the place where reads land, of a buffer that nobody else holds. */
static void window_slide(struct window *window)
{
	size_t left = window_left(window);
	struct buffer *old = window->buffer;
	bool shared = buffers_is_shared(window->buffers, old);

	if (shared)
		window->buffer = buffers_take(window->buffers);
	uint8_t *start = window->buffer->memory + WINDOW_CARRY_LEN - left;

	memmove(start, window->at, left);
	window->at = start;
	window->end = start + left;
	if (shared)
		buffers_release(window->buffers, old);
}

bool window_fill(struct window *window, size_t len)
{
	if (window_left(window) >= len)
		return true;
	if (window->ended || len > WINDOW_CARRY_LEN)
		return false;
	window_slide(window);
	while (window_left(window) < len && !window->ended)
		window_read(window, (size_t)(window->buffer->memory + WINDOW_CARRY_LEN + WINDOW_READ_LEN - window->end));
	return window_left(window) >= len;
}

bool window_skip(struct window *window, uint64_t len)
{
	while (len > window_left(window)) {
		len -= window_left(window);
		window->at = window->end;
		if (!window_fill(window, 1))
			return false;
	}
	window->at += len;
	return true;
}

enum capture_status window_damage(struct window *window, uint64_t offset, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(window->damage, sizeof window->damage, format, args);
	va_end(args);
	window->damage_offset = offset;
	return CAPTURE_BAD;
}

enum capture_status window_short(struct window *window, uint64_t offset, const char *what)
{
	if (window->error)
		return window_damage(window, offset, "cannot read on: %s", strerror(window->error));
	return window_damage(window, offset, "truncated: the input ends inside %s", what);
}
