/* bearer: tokens in the shape of real ones: header, 1 KB of claims, 342 characters of signature, which is noise. */
#ifndef STORMGLASS_TESTS_BENCH_BEARER_H
#define STORMGLASS_TESTS_BENCH_BEARER_H

#include <stddef.h>
#include <stdint.h>

enum { BEARER_CAP = 4096 };

/* Token number `id`, whose length is returned: the same number gives the same bytes. One issuer in 50, one key in 4 of it. Valid
 * for a day around `now_s`. */
size_t bearer_write(uint64_t id, long now_s, char out[BEARER_CAP]);

#endif
