#include "tests/support/tls_tape.h"

#include <stdlib.h>

enum { HEADER_LEN = 5 };

void tls_kept_add(struct tls_kept *kept, struct bytes what)
{
	if (kept->len + what.len > kept->cap) {
		kept->cap = 2 * (kept->len + what.len);
		kept->data = realloc(kept->data, kept->cap);
	}
	if (kept->cap && !kept->data)
		abort();
	if (what.len)
		memcpy(kept->data + kept->len, what.data, what.len);
	kept->len += what.len;
}

void tls_tape_add(struct tls_tape *tape, unsigned side, struct bytes what)
{
	if (tape->n == tape->cap) {
		tape->cap = tape->cap ? 2 * tape->cap : 16;
		tape->pieces = realloc(tape->pieces, tape->cap * sizeof *tape->pieces);
	}
	if (!tape->pieces)
		abort();
	tape->pieces[tape->n++] = (struct tls_piece){ (uint8_t)side, tape->sent[side].len, what.len };
	tls_kept_add(&tape->sent[side], what);
}

void tls_tape_fini(struct tls_tape *tape)
{
	free(tape->sent[0].data);
	free(tape->sent[1].data);
	free(tape->pieces);
	*tape = (struct tls_tape){ .n = 0 };
}

struct bytes tls_tape_piece(const struct tls_tape *tape, size_t i)
{
	const struct tls_piece *piece = &tape->pieces[i];

	return bytes_of(tape->sent[piece->side].data + piece->at, piece->len);
}

/* The length of the record that `data` begins with. */
static size_t record_len(struct bytes data)
{
	struct reader r = reader_of(data);

	read_skip(&r, 3);
	size_t len = HEADER_LEN + (size_t)read_be16(&r);

	return r.over || len > data.len ? data.len : len;
}

struct tls_tape tls_tape_cut(const struct tls_tape *tape, size_t most)
{
	struct tls_tape cut = { .n = 0 };

	for (size_t i = 0; i < tape->n; i++)
		for (struct bytes left = tls_tape_piece(tape, i); left.len;) {
			size_t len = most ? most : record_len(left);

			tls_tape_add(&cut, tape->pieces[i].side, bytes_head(left, len));
			left = bytes_tail(left, len < left.len ? len : left.len);
		}
	return cut;
}
