/* coding_kind: one content coding. Each library has a file of its own, the only one that knows it. */
#ifndef STORMGLASS_DISSECTORS_APP_CODING_KIND_H
#define STORMGLASS_DISSECTORS_APP_CODING_KIND_H

#include "sensor/base/budget.h"
#include "sensor/base/bytes.h"

/* What one step works on; it moves both ends forward by what it took and gave. */
struct coding_io {
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_len;
};

enum coding_status {
	CODING_INSIDE, /* more must come, in or out */
	CODING_WHOLE,  /* all is out of what came in, and nothing more need come */
	CODING_BAD,    /* broken, or memory was refused; what was given before is good */
};

struct coding_kind {
	/* NULL: the budget refuses. It is charged with all that the state ever takes. */
	void *(*open)(struct budget *budget);

	/* Some of `in`, at least a little; with an empty `in`, what is still inside. `out` has room. */
	enum coding_status (*step)(void *state, struct coding_io *io);

	void (*close)(void *state);
};

extern const struct coding_kind coding_zlib_gzip;    /* RFC 1952 */
extern const struct coding_kind coding_zlib_deflate; /* RFC 1950, or RFC 1951 as many servers have it */
extern const struct coding_kind coding_brotli;       /* RFC 7932 */
extern const struct coding_kind coding_zstd;         /* RFC 8878, window as in RFC 9659 */

#endif
