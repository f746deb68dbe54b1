/* tail: what a dissector left over of a stream, for the next time: kept, joined with what follows, and let go. The memory is the stream's
 * (stream.h). */
#ifndef STORMGLASS_FLOW_TAIL_H
#define STORMGLASS_FLOW_TAIL_H

#include "sensor/flow/stream.h"

enum { TAIL_CAP = 192 * 1024 }; /* above every dissector's own cap for a message head */

void tail_free(struct stream *stream, struct stream_memory *memory);

/* Makes room for `len` bytes in all; what is kept stays. False: over TAIL_CAP, or the budget refuses. */
bool tail_reserve(struct stream *stream, struct stream_memory *memory, size_t len);

/* Does `data` lie within the tail's memory? */
bool tail_holds(const struct stream *stream, struct bytes data);

/* Keeps `rest`, which may lie within the tail already, and nothing else. False: there is no room. */
bool tail_keep(struct stream *stream, struct stream_memory *memory, struct bytes rest);

/* Puts the chunk behind what was kept; the chunk becomes the whole. A gap between them is the end of what was kept, which is lost
 * with it. False: there is no room. */
bool tail_join(struct stream *stream, struct stream_memory *memory, struct chunk *chunk);

#endif
