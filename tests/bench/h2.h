/* h2: HTTP/2 messages of one connection, header blocks as libnghttp2 encodes them (RFC 9113, RFC 7541). */
#ifndef STORMGLASS_TESTS_BENCH_H2_H
#define STORMGLASS_TESTS_BENCH_H2_H

#include <stddef.h>
#include <stdint.h>

struct h2;

/* A name and a value, NUL-ended. */
struct h2_field {
	const char *name, *value;
};

/* Never NULL. */
struct h2 *h2_new(void);
void h2_free(struct h2 *h2); /* NULL is fine */

/* Each writes frames to `out` and returns how long they are: what an end says first; a request, with a new stream; a response of the
 * latest stream, with a body of `body_len` bytes, in frames of at most 16 KiB, to be filled in by `fill`. */
size_t h2_hello(const struct h2 *h2, int from_server, char *out);
size_t h2_request(struct h2 *h2, const struct h2_field *fields, size_t n, char *out);
size_t h2_response(struct h2 *h2, const struct h2_field *fields, size_t n, size_t body_len,
    void (*fill)(uint64_t *state, char *out, size_t len), uint64_t *state, char *out);

#endif
