/* coding: content codings (RFC 9110 8.4.1) undone: gzip, deflate, br (RFC 7932), zstd (RFC 8878), and one upon another. */
#ifndef STORMGLASS_DISSECTORS_APP_CODING_H
#define STORMGLASS_DISSECTORS_APP_CODING_H

#include "dissectors/app/body_blocks.h"

enum {
	CODING_MOST = 3,            /* one upon another */
	CODING_RATIO = 200,         /* what becomes of a byte, on average, behind the first ... */
	CODING_RATIO_FROM = 65536,  /* ... so many: deflate cannot do more than 1032, text does less than 20 */
	CODING_MEMORY = 32 << 20,   /* that one may take: brotli's window of 16 MiB beside that of 8 it grew out of */
};

struct coding_kind;

struct coding_list {
	const struct coding_kind *kinds[CODING_MOST]; /* in the order they were applied */
	size_t n;
};

/* Of the value of Content-Encoding. False: one that we do not know, or too many. */
bool coding_parse(struct coding_list *list, struct bytes value);

/* Replaces what is in `blocks` by what it was, at most `cap` bytes. False: there was more, or a coding is broken or ends too
 * early, or memory was refused: what came out before that is there. */
bool coding_undo(const struct coding_list *list, struct body_blocks *blocks, size_t cap);

#endif
