/* https: TLS 1.3 connections with TLS_AES_128_GCM_SHA256 over a wire, and the key log that opens them. Their secrets are test
 * secrets. Whatever goes wrong ends the program. */
#ifndef STORMGLASS_TESTS_BENCH_HTTPS_H
#define STORMGLASS_TESTS_BENCH_HTTPS_H

#include "tests/bench/wire.h"
#include "tests/support/tls_made.h"

/* The handshake of connection `number`, which tells it from others; its secrets go to `keylog`. The caller frees. */
struct tls_made *https_connect(struct wire *wire, struct wire_flow *flow, const struct crypto *crypto, uint32_t number,
    FILE *keylog);
void https_free(struct tls_made *made); /* NULL is fine */

/* In records of 16 KiB, the last one shorter. */
void https_say(struct wire *wire, struct wire_flow *flow, struct tls_made *made, bool from_server, struct bytes content);

#endif
