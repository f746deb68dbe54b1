#include "tests/support/tls_kit.h"

#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

/* The key goes through a file, as a server's does. */
static struct private_keys *load_key(EVP_PKEY *key)
{
	struct private_keys *keys = private_keys_new();
	struct errors errors = { 0 };
	int fd = memfd_create("key", MFD_CLOEXEC);
	FILE *file = fdopen(fd, "w");
	char path[64];

	assert_true(keys && file && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) && fflush(file) == 0);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	assert_true(private_keys_load(keys, path, NULL, &errors));
	fclose(file);
	return keys;
}

int tls_kit_setup(void **state)
{
	struct tls_kit *kit = calloc(1, sizeof *kit);

	assert_non_null(kit);
	kit->crypto = crypto_new();
	assert_non_null(kit->crypto);
	tls_identities_init(&kit->identities);
	kit->keys = load_key(kit->identities.keys[0]);
	*state = kit;
	return 0;
}

int tls_kit_teardown(void **state)
{
	struct tls_kit *kit = *state;

	private_keys_free(kit->keys);
	tls_identities_fini(&kit->identities);
	crypto_free(kit->crypto);
	free(kit);
	return 0;
}

void tls_play_init(struct tls_play *play, const struct tls_kit *kit, const struct tls_engine_spec *spec, const char *lines)
{
	struct tls_engine_spec all = *spec;

	tls_store_init(&play->store);
	if (lines)
		tls_store_add(&play->store, bytes_text(lines), 0);
	all.crypto = kit->crypto;
	all.store = &play->store;
	tls_engine_init(&play->engine, &all);
}

void tls_play_fini(struct tls_play *play)
{
	tls_engine_fini(&play->engine);
	tls_store_fini(&play->store);
}

void tls_play_send(struct tls_play *play, const struct tls_tape *tape, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		tls_engine_send(&play->engine, tape->pieces[i].side, tls_tape_piece(tape, i), 0);
}

void tls_play_all(struct tls_play *play, const struct tls_kit *kit, const struct tls_engine_spec *spec,
    const struct tls_tape *tape,
    const char *lines)
{
	tls_play_init(play, kit, spec, lines);
	tls_play_send(play, tape, 0, tape->n);
	tls_engine_end(&play->engine);
}

void tls_play_expect(const struct tls_play *play, unsigned side, struct bytes want)
{
	const struct tls_text *got = &play->engine.content[side];
	size_t same = 0;

	while (same < got->len && same < want.len && (uint8_t)got->text[same] == want.data[same])
		same++;
	if (same < got->len || same < want.len)
		fail_msg("side %u: %zu bytes, want %zu; the same are %zu, then \"%.40s\"; %s", side, got->len, want.len, same,
		    got->text + same, play->engine.anomalies.text);
}

void tls_play_expect_clean(struct tls_play *play, struct bytes client, struct bytes server)
{
	const struct tls_counts *counts = &play->engine.env.counts;

	tls_play_expect(play, 0, client);
	tls_play_expect(play, 1, server);
	assert_string_equal(play->engine.anomalies.text, "");
	assert_int_equal(counts->flows, 1);
	assert_int_equal(counts->decrypted, client.len || server.len ? 1 : 0);
	assert_int_equal(counts->bad_records + counts->no_secret + counts->unsupported + counts->bad_mac + counts->gap + counts->cap, 0);
	assert_int_equal(play->engine.n_told, 1);
	tls_play_fini(play);
}
