/* tls_hold: ciphertext that waits for its secret: the bytes of each direction in one piece, and in what order the chunks came. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_HOLD_H
#define STORMGLASS_DISSECTORS_APP_TLS_HOLD_H

#include "sensor/base/budget.h"
#include "sensor/model/chunk.h"

/* That a chunk came. */
struct tls_mark {
	uint8_t side;
	uint32_t len;
	uint64_t gap;            /* before it; as released, with what was begun and will not be completed */
	int64_t time_ns;
	uint64_t number;
};

struct tls_hold {
	struct {
		uint8_t *data;
		uint32_t from, to;   /* what of it has been released, and not been used up */
		uint32_t len, cap;
	} side[2];
	struct tls_mark *marks;
	uint32_t at, n_marks, marks_cap;
	int64_t since_ns;        /* the first chunk's time */
};

/* Adds a chunk's data; no more than `len_cap` bytes in all. False: no, and nothing was added. */
bool tls_hold_add(struct tls_hold *hold, const struct chunk *chunk, size_t len_cap, struct budget *budget);

bool tls_hold_is_empty(const struct tls_hold *hold);

/* Releases the next chunk: *mark says what it was, *data is what is released of its direction and not used up, it at the end.
 * False: there is none. */
bool tls_hold_next(struct tls_hold *hold, struct tls_mark *mark, struct bytes *data);

/* As much of what was released of `side` is used up. */
void tls_hold_use(struct tls_hold *hold, unsigned side, size_t len);

/* The chunk released last is released again, whatever is left of it. */
void tls_hold_put_back(struct tls_hold *hold);

/* Everything is released: forgets what is used up, to go on with what is left. */
void tls_hold_compact(struct tls_hold *hold);

/* What is released of `side` and not used up. */
struct bytes tls_hold_rest(const struct tls_hold *hold, unsigned side);

/* Forgets everything. */
void tls_hold_drop(struct tls_hold *hold, struct budget *budget);

#endif
