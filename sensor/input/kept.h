/* kept: frames that their source takes back with the next call are copied to where they may stay: one behind the other in buffers. */
#ifndef STORMGLASS_INPUT_KEPT_H
#define STORMGLASS_INPUT_KEPT_H

#include "sensor/input/buffers.h"
#include "sensor/model/packet.h"

/* Zero but for `buffers`. */
struct kept {
	struct buffers *buffers;
	struct buffer *buffer;   /* held; NULL: none yet */
	size_t used;
};

/* Copies the frame's data, which frame->data then is; returns the buffer it lies in, whose next holder is the caller's to be.
 * A frame that is longer than a buffer is cut. */
struct buffer *kept_frame(struct kept *kept, struct frame *frame);
void kept_end(struct kept *kept);

#endif
