/* tls_tape: the bytes of both directions of a connection, and in what pieces they went over. Whatever goes wrong ends
 * the program. */
#ifndef STORMGLASS_TESTS_SUPPORT_TLS_TAPE_H
#define STORMGLASS_TESTS_SUPPORT_TLS_TAPE_H

#include "sensor/base/bytes.h"

struct tls_kept {
	uint8_t *data;
	size_t len, cap;
};

void tls_kept_add(struct tls_kept *kept, struct bytes what);

struct tls_piece {
	uint8_t side;
	size_t at, len;       /* of sent[side] */
};

/* Zeroed at first. */
struct tls_tape {
	struct tls_kept sent[2];
	struct tls_piece *pieces;
	size_t n, cap;
};

void tls_tape_add(struct tls_tape *tape, unsigned side, struct bytes what);
void tls_tape_fini(struct tls_tape *tape);
struct bytes tls_tape_piece(const struct tls_tape *tape, size_t i);

/* The same bytes in the same order, in pieces of `most` bytes at most; 0: each record is one. */
struct tls_tape tls_tape_cut(const struct tls_tape *tape, size_t most);

#endif
