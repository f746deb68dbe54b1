/* capture: reads classic pcap and pcapng from a file or a pipe, frame by frame, by large read()s into one reused buffer.
 * Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng; the modified ("Kuznetzov") and nanosecond variants of pcap. */
#ifndef STORMGLASS_INPUT_CAPTURE_H
#define STORMGLASS_INPUT_CAPTURE_H

#include "sensor/input/buffers.h"
#include "sensor/model/packet.h"

struct capture;

enum capture_status {
	CAPTURE_FRAME, /* *frame is filled */
	CAPTURE_END,   /* the capture ended where a capture may end */
	CAPTURE_BAD,   /* damaged, truncated or unreadable; capture_error says where and why */
};

/* Takes over `fd` (closes it in capture_close). `name` is for messages and is copied. NULL: out of memory. */
struct capture *capture_open(int fd, const char *name);

/* The same; frames lie in one of `buffers`, which must outlive the capture, not in the capture's own. */
struct capture *capture_open_in(int fd, const char *name, struct buffers *buffers);

/* The next frame. frame->data is borrowed until the next call, or for as long as the capture_buffer of now is held. frame->number is left alone: the caller counts.
 * After END or BAD every further call returns the same. */
enum capture_status capture_next(struct capture *capture, struct frame *frame);

/* Where the latest frame lies. */
struct buffer *capture_buffer(const struct capture *capture);

/* After BAD: "NAME: byte OFFSET: what is wrong". Lives until capture_close. */
const char *capture_error(const struct capture *capture);

/* Bytes of input consumed so far, for a progress bar. */
uint64_t capture_offset(const struct capture *capture);

void capture_close(struct capture *capture); /* NULL is fine */

#endif
