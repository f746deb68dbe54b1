/* format: a compression that captures come in. Each has a file of its own, the only one that knows its library.
 *
 * A compressed input is a row of members (gzip) or frames, each complete in itself; between two of them it may end. */
#ifndef STORMGLASS_INPUT_FORMAT_H
#define STORMGLASS_INPUT_FORMAT_H

#include "sensor/base/bytes.h"

/* What one step works on; it moves both ends forward by what it took and gave. */
struct format_io {
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_len;
	bool last;        /* nothing comes behind `in` */
	const char *why;  /* after FORMAT_BAD, a text that lives forever */
};

enum format_status {
	FORMAT_INSIDE, /* the input must not end here */
	FORMAT_WHOLE,  /* it may: nothing is begun that is not ended */
	FORMAT_BAD,    /* what was given before it is good */
};

/* Memory of a decoder never exceeds its window: 32 KiB for gzip, 4 MiB for lz4, FORMAT_WINDOW for zstd and xz. */
enum { FORMAT_WINDOW_LOG = 27, FORMAT_WINDOW = 1 << FORMAT_WINDOW_LOG };

struct format {
	const char *name;
	bool (*is)(struct bytes head);                                  /* by the first bytes of an input */
	void *(*open)(void);                                            /* NULL: out of memory */
	enum format_status (*step)(void *state, struct format_io *io);  /* as much as is convenient, at least a little */
	void (*close)(void *state);
};

extern const struct format gzip_format; /* RFC 1952 */
extern const struct format zstd_format; /* RFC 8878 */
extern const struct format xz_format;   /* The .xz File Format, 1.1.0 */
extern const struct format lz4_format;  /* LZ4 Frame Format Description, 1.6.3 */

#endif
