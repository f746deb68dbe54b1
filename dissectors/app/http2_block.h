/* http2_block: a header block in its frames (RFC 9113 4.3, 6.2, 6.6, 6.10), which stand together, so that none of them need be
 * kept apart from the bytes that wait anyway. Pure but for the arena.
 *
 *   | HEADERS or PUSH_PROMISE | CONTINUATION | ... | CONTINUATION with END_HEADERS | */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP2_BLOCK_H
#define STORMGLASS_DISSECTORS_APP_HTTP2_BLOCK_H

#include "dissectors/app/http2_frame.h"

enum {
	HTTP2_BLOCK_CAP = 65536,         /* bytes of all its frames */
	HTTP2_BLOCK_CONTINUATIONS = 128, /* real ones have none, or as many as the block needs at 16 KiB each: more are a flood,
	                                  * read all the same as far as the cap goes */
};

/* How far one was looked through. Zeroed where it begins. */
struct http2_block {
	uint32_t len; /* bytes of the frames whose headers were seen */
	uint16_t n;   /* CONTINUATIONs */
	bool whole;   /* END_HEADERS was seen: it is as long as `len` */
};

enum http2_block_fit {
	HTTP2_BLOCK_PARTIAL, /* `*need` bytes tell more */
	HTTP2_BLOCK_WHOLE,
	HTTP2_BLOCK_BROKEN,  /* behind `len` bytes, which may not have come yet, another frame stands within it */
	HTTP2_BLOCK_LONG,    /* over the cap with the frame that ends at `len` */
};

/* `data` begins with the block's first frame, and went on since the last call with the same `block`. */
enum http2_block_fit http2_block_scan(struct http2_block *block, struct bytes data, size_t *need);

/* What the frames hold, padding and priority taken off. */
struct http2_block_content {
	struct bytes fields;
	uint32_t promised; /* stream, of a PUSH_PROMISE */
	int weight;        /* -1: there is no priority */
	bool no_memory;
};

/* Of a whole block, or of what is there of one. False: its padding is longer than its frame, or it is too short. */
bool http2_block_join(const struct http2_block *block, struct bytes data, struct http2_block_content *content,
    struct arena *arena);

#endif
