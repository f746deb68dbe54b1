/* http2_state: all that is kept of an HTTP/2 connection, and one turn of its dissector. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP2_STATE_H
#define STORMGLASS_DISSECTORS_APP_HTTP2_STATE_H

#include "dissectors/app/hpack.h"
#include "dissectors/app/http2_block.h"
#include "dissectors/app/http2_rate.h"
#include "dissectors/app/http2_streams.h"

enum http2_phase {
	HTTP2_AT_START,   /* nothing came yet */
	HTTP2_AT_FRAME,   /* a frame begins */
	HTTP2_IN_BLOCK,   /* a header block begins */
	HTTP2_IN_PAYLOAD, /* `left` bytes nobody wants */
	HTTP2_IN_CONTENT, /* `left` bytes, of which the first `content` belong to what is kept of a stream */
	HTTP2_LOST,       /* nobody knows where a frame begins */
	HTTP2_GONE,       /* the direction is over */
};

/* One direction. */
struct http2_side {
	struct hpack hpack;
	struct http2_block block; /* IN_BLOCK */
	uint32_t left, content;
	uint32_t stream;          /* whose DATA it is that `left` counts; 0: of no one of interest */
	uint32_t held;            /* AT_FRAME: bytes of the frame that waits to be whole, with its header; 0: not known */
	uint32_t last_id;         /* of the youngest stream that this side opened */
	uint32_t unseen_from, unseen_to; /* streams in between may have been opened unseen */
	uint32_t frame_len;       /* the payload of its frames is no longer than this */
	uint8_t phase;
	bool from_start : 1;      /* it was seen from its first byte on */
	bool settings_seen : 1;
	bool searched : 1;        /* it was lost, or joined midstream */
	bool ends : 1;            /* with the DATA at hand its stream ends */
	bool orphan : 1;          /* the block that CONTINUATIONs would go on with is lost */
	bool uncertain : 1;       /* streams may have been opened unseen since last_id */
};

struct http2 {
	struct http2_side side[2]; /* by direction */
	struct http2_streams streams;
	struct http2_rate rate;
	uint32_t n_tx;
	uint32_t told;             /* http2_odd bits */
	bool begun;
	bool settled;              /* what only one side sends was seen of the side that it was taken for, or said to be of the other */
};

/* One call of feed. */
struct http2_turn {
	struct http2 *h2;
	struct http2_side *side;
	const struct chunk *in;
	struct outbox *out;
	size_t at;                 /* bytes used */
	size_t need;               /* of what is left, to go on */
	uint64_t skip;
	unsigned n_blocks;         /* decoded, in the memory of this turn */
	bool reversed;             /* client and server are the other way round */
};

/* Something was seen that only a client or only a server sends, or could only the other one? */
static inline void http2_turn_settle(struct http2_turn *turn, bool by_sender)
{
	turn->reversed |= !turn->h2->settled && !by_sender;
	turn->h2->settled = true;
}

static inline void http2_turn_tell(struct http2_turn *turn, uint32_t odd)
{
	if (odd & ~turn->h2->told)
		http2_odd_tell(&turn->h2->told, odd, turn->out);
}

#endif
