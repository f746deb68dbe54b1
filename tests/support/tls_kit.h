/* tls_kit: what tests of TLS connections have in common: keys and certificates, and the play of a tape to an engine. */
#ifndef STORMGLASS_TESTS_SUPPORT_TLS_KIT_H
#define STORMGLASS_TESTS_SUPPORT_TLS_KIT_H

#include "tests/support/tls_engine.h"
#include "tests/support/tls_made.h"
#include "tests/support/tls_peers.h"

struct tls_kit {
	struct crypto *crypto;
	struct tls_identities identities;
	struct private_keys *keys; /* the server's RSA key */
};

/* A group's setup and teardown for cmocka: *state is a struct tls_kit. */
int tls_kit_setup(void **state);
int tls_kit_teardown(void **state);

/* An engine with a store of its own, which knows `lines` (NULL: none) from the start. `spec` lacks crypto and store. */
struct tls_play {
	struct tls_store store;
	struct tls_engine engine;
};

void tls_play_init(struct tls_play *play, const struct tls_kit *kit, const struct tls_engine_spec *spec, const char *lines);
void tls_play_fini(struct tls_play *play);
void tls_play_send(struct tls_play *play, const struct tls_tape *tape, size_t from, size_t to); /* pieces */

/* From the first to the last piece, and the end. */
void tls_play_all(struct tls_play *play, const struct tls_kit *kit, const struct tls_engine_spec *spec,
    const struct tls_tape *tape,
    const char *lines);

/* Asserts that one side's content is this. */
void tls_play_expect(const struct tls_play *play, unsigned side, struct bytes want);

/* Both said this, and there was nothing odd about it; fini. */
void tls_play_expect_clean(struct tls_play *play, struct bytes client, struct bytes server);

#endif
