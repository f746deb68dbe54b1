/* coder: content in each coding, as its library's encoder makes it. */
#ifndef STORMGLASS_TESTS_SUPPORT_CODER_H
#define STORMGLASS_TESTS_SUPPORT_CODER_H

#include "sensor/base/bytes.h"

enum coder { CODER_GZIP, CODER_ZLIB, CODER_RAW, CODER_BR, CODER_ZSTD, CODERS };

/* What Content-Encoding calls it. */
extern const char *const coder_names[CODERS];

/* In memory of its own, which is the caller's to free. `level`: 1 is quick; of brotli and zstd the window is 2^window bytes. */
struct bytes coder_run(enum coder coder, struct bytes data, int level, int window);
struct bytes coder_of(enum coder coder, struct bytes data); /* as servers do */
void coder_free(struct bytes coded);

/* `a` and then `b`, likewise; both are freed. */
struct bytes coder_join(struct bytes a, struct bytes b);

#endif
