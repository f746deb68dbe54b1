/* buffers: a few large pieces of memory that frames lie in until everybody who was handed one is done with it.
 *
 * Who reads an input fills one after the other; a round of packets on its way through the threads holds the one its frames lie
 * in. When all are held, the reader waits: that is how a slow stage slows the reader down. */
#ifndef STORMGLASS_INPUT_BUFFERS_H
#define STORMGLASS_INPUT_BUFFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A record that straddles two reads, at its longest, and a read: window.h. */
enum { BUFFER_LEN = 1536 * 1024 };

struct buffer {
	struct buffer *next;  /* while free */
	unsigned n_holders;
	uint8_t *memory;      /* BUFFER_LEN bytes */
};

struct buffers;

/* `n_max` buffers, which take up room once they are used. NULL: out of memory. */
struct buffers *buffers_new(unsigned n_max);
void buffers_free(struct buffers *buffers); /* nobody holds any more */

/* One that nobody holds; the caller does then. Waits for one. */
struct buffer *buffers_take(struct buffers *buffers);
void buffers_hold(struct buffers *buffers, struct buffer *buffer);
void buffers_release(struct buffers *buffers, struct buffer *buffer);

/* Does anybody but the caller hold it? */
bool buffers_is_shared(struct buffers *buffers, const struct buffer *buffer);

#endif
