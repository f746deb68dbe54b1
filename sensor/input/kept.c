#include "sensor/input/kept.h"

#include <string.h>

/* Reading starts where the next line of the cache does. */
static size_t line_after(size_t at)
{
	return (at + 63) & ~(size_t)63;
}

struct buffer *kept_frame(struct kept *kept, struct frame *frame)
{
	frame->data = bytes_head(frame->data, BUFFER_LEN);
	if (!kept->buffer || frame->data.len > BUFFER_LEN - kept->used) {
		buffers_release(kept->buffers, kept->buffer);
		kept->buffer = buffers_take(kept->buffers);
		kept->used = 0;
	}
	uint8_t *to = kept->buffer->memory + kept->used;

	memcpy(to, frame->data.data, frame->data.len);
	frame->data.data = to;
	kept->used = line_after(kept->used + frame->data.len) < BUFFER_LEN ? line_after(kept->used + frame->data.len) : BUFFER_LEN;
	return kept->buffer;
}

void kept_end(struct kept *kept)
{
	buffers_release(kept->buffers, kept->buffer);
	kept->buffer = NULL;
}
