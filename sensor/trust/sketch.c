#include "sensor/trust/sketch.h"

#include "sensor/trust/url.h"

#include <endian.h>

enum { SKETCH_LEN = 8 };

/* In every byte: upper and lower case become one. Some others do too, and that is fine: a sketch only rules out. */
#define SKETCH_FOLD UINT64_C(0x2020202020202020)

static uint64_t load(const uint8_t *at, size_t len)
{
	uint64_t eight = 0;

	if (len)
		memcpy(&eight, at, len);
	return le64toh(eight);
}

/* The last bytes, the very last one on top. */
static uint64_t last_eight(struct bytes text)
{
	if (text.len >= SKETCH_LEN)
		return load(text.data + text.len - SKETCH_LEN, SKETCH_LEN) | SKETCH_FOLD;
	return (text.len ? load(text.data, text.len) << 8 * (SKETCH_LEN - text.len) : 0) | SKETCH_FOLD;
}

/* The first bytes, the very first one lowest. */
static uint64_t first_eight(struct bytes text)
{
	return load(text.data, text.len < SKETCH_LEN ? text.len : SKETCH_LEN) | SKETCH_FOLD;
}

/* A mask for the `len` lowest bytes. */
static uint64_t low_mask(size_t len)
{
	return len < SKETCH_LEN ? (UINT64_C(1) << 8 * len) - 1 : UINT64_MAX;
}

/* What follows the first "://"; all of it where there is none. */
static struct bytes after_scheme(struct bytes text)
{
	const uint8_t *mark = url_mark(text);

	return mark ? bytes_tail(text, (size_t)(mark - text.data) + 3) : text;
}

/* The first slash after the scheme, or the end; as an offset into `text`. */
static size_t host_end(struct bytes text)
{
	struct bytes rest = after_scheme(text);
	const uint8_t *slash = rest.len ? memchr(rest.data, '/', rest.len) : NULL;

	return slash ? (size_t)(slash - text.data) : text.len;
}

struct sketch sketch_of(struct bytes text)
{
	size_t end = host_end(text);

	return (struct sketch){ last_eight(bytes_head(text, end)), first_eight(bytes_tail(text, end)) };
}

/* Is the place of the first slash after the scheme the same in the grammar and in every text that fits it? So it is
 * where both have their "://" in the same place, or neither has one: no placeholder but `any`, which is the last
 * piece, takes a slash, so a text's "//" stands in a literal. */
static bool can_be_sketched(const struct grammar *grammar)
{
	const struct grammar_piece *first = &grammar->pieces[0];

	if (first->kind == GRAMMAR_LITERAL && after_scheme(first->text).len < first->text.len)
		return true;
	for (unsigned i = 0; i < grammar->n_pieces; i++) {
		const struct grammar_piece *piece = &grammar->pieces[i];

		if (piece->kind == GRAMMAR_ANY || (piece->kind == GRAMMAR_LITERAL && piece->text.len > 1 &&
			memmem(piece->text.data, piece->text.len, "//", 2)))
			return false;
	}
	return true;
}

/* The host ends within `literal`, at `end`, which is empty where a placeholder ends it; `last`: nothing follows. */
static void want_around(struct sketch_want *want, struct bytes literal, size_t end, bool last)
{
	struct bytes host = bytes_head(literal, end), path = bytes_tail(literal, end);

	want->bytes = (struct sketch){ last_eight(host), first_eight(path) };
	want->mask.host_end = ~low_mask(SKETCH_LEN - (host.len < SKETCH_LEN ? host.len : SKETCH_LEN));
	want->mask.path = last ? UINT64_MAX : low_mask(path.len);
}

struct sketch_want sketch_want_of(const struct grammar *grammar)
{
	struct sketch_want want = { 0 };

	if (!can_be_sketched(grammar))
		return want;
	for (unsigned i = 0; i < grammar->n_pieces; i++) {
		const struct grammar_piece *piece = &grammar->pieces[i];
		bool last = i + 1 == grammar->n_pieces;
		struct bytes literal = piece->text;

		if (piece->kind == GRAMMAR_ANY)
			break;
		if (piece->kind != GRAMMAR_LITERAL)
			literal = bytes_of("", 0);
		const uint8_t *slash = literal.len ? memchr(literal.data, '/', literal.len) : NULL;
		size_t end = i == 0 ? host_end(literal) : slash ? (size_t)(slash - literal.data) : literal.len;

		if (end < literal.len || last) {
			want_around(&want, literal, end, last);
			break;
		}
	}
	return want;
}
