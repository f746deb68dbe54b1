/* capture: reads classic pcap and pcapng, compressed or not, from a file, a pipe or a connection, frame by frame, by large
 * read()s into one reused buffer.
 * Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng; the modified ("Kuznetzov") and nanosecond variants of pcap. */
#ifndef STORMGLASS_INPUT_CAPTURE_H
#define STORMGLASS_INPUT_CAPTURE_H

#include "sensor/input/buffers.h"
#include "sensor/model/packet.h"

struct capture;

enum capture_status {
	CAPTURE_FRAME,   /* *frame is filled */
	CAPTURE_SECRETS, /* capture_secrets says which; *frame is left alone */
	CAPTURE_END,     /* the capture ended where a capture may end */
	CAPTURE_BAD,     /* damaged, truncated or unreadable; capture_error says where and why */
	CAPTURE_MORE,    /* of a pipe or socket: nothing is there yet; call again once poll(2) says that it can be read */
};

enum capture_source {
	CAPTURE_FILE,   /* reads block */
	CAPTURE_PEEK,   /* as a file of which only the beginning is wanted: reads are short */
	CAPTURE_PIPE,   /* reads do not block, whatever the mode of the file */
	CAPTURE_SOCKET, /* non-blocking; never decompressed, as anybody may be at its other end */
};

/* Key-log text of a Decryption Secrets Block (draft-ietf-opsawg-pcapng 4.7). A long one comes in pieces, cut at the ends of
 * lines. */
struct capture_secrets {
	struct bytes text; /* borrowed until the next call */
	bool last;         /* piece of its block; where the capture ends before it, the rest is lost */
};

/* Takes over `fd` (closes it in capture_close). `name` is for messages and is copied. NULL: out of memory; `fd` is closed. */
struct capture *capture_open(int fd, const char *name); /* a CAPTURE_FILE */

/* Frames lie in one of `buffers`, which must outlive the capture; NULL: in the capture's own. */
struct capture *capture_open_source(int fd, const char *name, enum capture_source source, struct buffers *buffers);

/* The next frame. frame->data is borrowed until the next call, or for as long as the capture_buffer of now is held.
 * frame->number is left alone: the caller counts.
 * After END or BAD every further call returns the same. */
enum capture_status capture_next(struct capture *capture, struct frame *frame);

/* After CAPTURE_SECRETS. */
struct capture_secrets capture_secrets(const struct capture *capture);

/* May secrets still come, as far as its format goes? Before the first capture_next nobody knows. */
bool capture_may_hold_secrets(const struct capture *capture);

/* Where the latest frame lies; NULL: in a buffer of the capture's own, which nobody can hold. */
struct buffer *capture_buffer(const struct capture *capture);

/* Did its first bytes say that it is a capture? Before the first capture_next nobody knows. */
bool capture_known(const struct capture *capture);

/* After BAD: "NAME: byte OFFSET: what is wrong". Lives until capture_close. Of a compressed capture that is itself damaged:
 * "byte OFFSET uncompressed". */
const char *capture_error(const struct capture *capture);

/* Bytes of input consumed so far, of a compressed one before it is decompressed: for a progress bar. */
uint64_t capture_offset(const struct capture *capture);

void capture_close(struct capture *capture); /* NULL is fine */

#endif
