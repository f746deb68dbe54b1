/* key_schedule: published vectors. Where there are none (KeyUpdate, extended master secrets, SSL 3.0's key block), what Python's
 * hashlib and hmac make of the RFC's formulas; test_protection holds those against a real peer. */
#include "sensor/secrets/key_schedule.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

enum { AES_128_SHA = 0x002f, AES_256_SHA = 0x0035, AES_256_SHA256 = 0x003d, GCM_SHA384 = 0xc030, GCM_SHA256 = 0xc02f };

static void expect(const uint8_t *got, const char *hex)
{
	size_t len;
	uint8_t *want = hex_bytes(hex, &len);

	assert_memory_equal(got, want, len);
	free(want);
}

static void from(const char *hex, uint8_t *out, size_t want)
{
	size_t len;
	uint8_t *bytes = hex_bytes(hex, &len);

	assert_int_equal(len, want);
	memcpy(out, bytes, len);
	free(bytes);
}

static const struct master_vector {
	uint16_t version, suite;
	const char *premaster, *client, *server, *master;
} masters[] = {
	/* gnutls-cli --protocols SSLv3, as printed in a test of s2n-tls */
	{ TLS_SSL30, AES_128_SHA,
	    "03009e8e006a7f1451d32164088a8cba5077d1b819160662a97e90a765cec244b5f8f98fd50cfe8e4fba97994a7a4843",
	    "537fb7fdddc05090774e55f8ef8564c2b5b238819703409bfdabe14e4cf1897d",
	    "537fb7fe649225c9f37904b24916452d51794b3b5735fc7e628b6090db52209f",
	    "02b811717e3aa29e6b0526d7e9ae2b74496d461564401f47498e9cdbdf54c8afa69c25a648b360de2004c74850e8f7db" },
	/* NIST's vectors of the TLS KDF (SP 800-135), the first of each */
	{ TLS_10, AES_128_SHA, "bded7fa5c1699c010be23dd06ada3a48349f21e5f86263d512c0c5cc379f0e780ec55d9844b2f1db02a96453513568d0",
	    "e5acaf549cd25c22d964c0d930fa4b5261d2507fad84c33715b7b9a864020693",
	    "135e4d557fdf3aa6406d82975d5c606a9734c9334b42136e96990fbd5358cdb2",
	    "2f6962dfbc744c4b2138bb6b3d33054c5ecc14f24851d9896395a44ab3964efc2090c5bf51a0891209f46c1e1e998f62" },
	{ TLS_11, GCM_SHA384, "bded7fa5c1699c010be23dd06ada3a48349f21e5f86263d512c0c5cc379f0e780ec55d9844b2f1db02a96453513568d0",
	    "e5acaf549cd25c22d964c0d930fa4b5261d2507fad84c33715b7b9a864020693",
	    "135e4d557fdf3aa6406d82975d5c606a9734c9334b42136e96990fbd5358cdb2",
	    "2f6962dfbc744c4b2138bb6b3d33054c5ecc14f24851d9896395a44ab3964efc2090c5bf51a0891209f46c1e1e998f62" },
	{ TLS_12, AES_128_SHA, "f8938ecc9edebc5030c0c6a441e213cd24e6f770a50dda07876f8d55da062bcadb386b411fd4fe4313a604fce6c17fbc",
	    "36c129d01a3200894b9179faac589d9835d58775f9b5ea3587cb8fd0364cae8c",
	    "f6c9575ed7ddd73e1f7d16eca115415812a43c2b747daaaae043abfb50053fce",
	    "202c88c00f84a17a20027079604787461176455539e705be730890602c289a5001e34eeb3a043e5d52a65e66125188bf" },
};

static void test_masters(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof masters / sizeof masters[0]; i++) {
		const struct master_vector *v = &masters[i];
		uint8_t premaster[48], client[RANDOM_LEN], server[RANDOM_LEN], master[MASTER_LEN];

		from(v->premaster, premaster, sizeof premaster);
		from(v->client, client, sizeof client);
		from(v->server, server, sizeof server);
		assert_true(key_schedule_master(v->version, suite_find(v->suite), bytes_of(premaster, 48), client, server,
		    master));
		expect(master, v->master);
		assert_true(key_schedule_master(v->version, suite_find(v->suite), bytes_of(premaster, 48), server, client,
		    master));
		from(v->master, premaster, sizeof premaster);
		assert_memory_not_equal(master, premaster, sizeof master);
	}
}

static const struct block_vector {
	uint16_t version, suite;
	const char *master, *client, *server, *block;
} blocks[] = {
	{ TLS_SSL30, AES_256_SHA,
	    "02b811717e3aa29e6b0526d7e9ae2b74496d461564401f47498e9cdbdf54c8afa69c25a648b360de2004c74850e8f7db",
	    "537fb7fdddc05090774e55f8ef8564c2b5b238819703409bfdabe14e4cf1897d",
	    "537fb7fe649225c9f37904b24916452d51794b3b5735fc7e628b6090db52209f",
	    "f1268c6e3224bc50a516e24e992bca87616f98f857f26b17937d9e0aa7315beabad3077c90fd4550d42c6f27f4e403a7c971a1d780d0557380b6"
	    "fa92e2ecf99dc8ff2abdcbcbd67c023a2f3032df72f45ddb475ed4b5224b00062c7642d493523922846fa3f34459bf055b1abfa84200e2c5cc39"
	    "01bb038949136b725bc6110f62e76dea44e0d618" },
	{ TLS_10, AES_128_SHA, "2f6962dfbc744c4b2138bb6b3d33054c5ecc14f24851d9896395a44ab3964efc2090c5bf51a0891209f46c1e1e998f62",
	    "d58a7b1cd4fedaa232159df652ce188f9d997e061b9bf48e83b62990440931f6",
	    "67267e650eb32444119d222a368c191af3082888dc35afe8368e638c828874be",
	    "3088825988e77fce68d19f756e18e43eb7fe672433504feaf99b3c503d9091b164f166db301d70c9fc0870b4a94563907bee1a61fb786cb71757"
	    "6890bcc51cb9ead97e01d0a2fea99c953377b195205ff07b369589178796edc963fd80fdbe518a2fc1c35c18ae8d" },
	{ TLS_12, GCM_SHA256, "202c88c00f84a17a20027079604787461176455539e705be730890602c289a5001e34eeb3a043e5d52a65e66125188bf",
	    "62e1fd91f23f558a605f28478c58cf72637b89784d959df7e946d3f07bd1b616",
	    "ae6c806f8ad4d80784549dff28a4b58fd837681a51d928c3e30ee5ff14f39868",
	    "d06139889fffac1e3a71865f504aa5d0d2a2e89506c6f2279b670c3e1b74f531016a2530c51a3a0f" },
	{ TLS_12, AES_128_SHA, "202c88c00f84a17a20027079604787461176455539e705be730890602c289a5001e34eeb3a043e5d52a65e66125188bf",
	    "62e1fd91f23f558a605f28478c58cf72637b89784d959df7e946d3f07bd1b616",
	    "ae6c806f8ad4d80784549dff28a4b58fd837681a51d928c3e30ee5ff14f39868",
	    "d06139889fffac1e3a71865f504aa5d0d2a2e89506c6f2279b670c3e1b74f531016a2530c51a3a0f7e1d6590d0f0566b2f387f8d11fd4f731cdd"
	    "572d2eae927f6f2f81410b25e6960be68985add6c38445ad9f8c64bf8068bf9a6679485d966f1ad6f68b43495b10a683" },
};

/* Both directions' keys, put together again. */
static size_t join(const struct suite *suite, const struct direction_keys *client, const struct direction_keys *server,
    uint8_t *out)
{
	const uint8_t *parts[] = { client->mac, server->mac, client->key, server->key, client->iv, server->iv };
	const size_t lens[] = { suite->mac_len, suite->mac_len, suite->key_len, suite->key_len, suite->iv_len, suite->iv_len };
	size_t len = 0;

	for (size_t i = 0; i < 6; i++) {
		memcpy(out + len, parts[i], lens[i]);
		len += lens[i];
	}
	return len;
}

static void test_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
		const struct block_vector *v = &blocks[i];
		const struct suite *suite = suite_find(v->suite);
		uint8_t master[MASTER_LEN], client[RANDOM_LEN], server[RANDOM_LEN], joined[2 * sizeof(struct direction_keys)];
		struct direction_keys keys[2];

		from(v->master, master, sizeof master);
		from(v->client, client, sizeof client);
		from(v->server, server, sizeof server);
		assert_true(key_schedule_block(v->version, suite, master, client, server, &keys[0], &keys[1]));
		size_t len = join(suite, &keys[0], &keys[1], joined), want_len;
		uint8_t *want = hex_bytes(v->block, &want_len);

		assert_true(len <= want_len); /* NIST printed more than this suite takes */
		assert_memory_equal(joined, want, len);
		free(want);
	}
}

static void test_extended_masters(void **state)
{
	static const struct {
		uint16_t version, suite;
		const char *master;
	} vectors[] = {
		{ TLS_12, AES_128_SHA,
		    "278fac09136e8d5e4bc8803b0ff680816f799f60802bd9aa8af1a62a4e1d4f2f09e184911f5a58365b8317947ac6d8cd" },
		{ TLS_12, GCM_SHA384,
		    "8e52ae9f7954d7f29a4d9b3984df845354c49b9da66a38a20ee8fa2399dfd2882ddffba0e3c9a39886a4fe8ff4593587" },
		{ TLS_10, AES_128_SHA,
		    "324b3d5b800e4a172d79e8d8f73d73fead314e5e942fcc96ac606c4e7d24fee7a4fae3d313459aa73a0c3e79a933aac8" },
		{ TLS_11, AES_256_SHA256,
		    "324b3d5b800e4a172d79e8d8f73d73fead314e5e942fcc96ac606c4e7d24fee7a4fae3d313459aa73a0c3e79a933aac8" },
	};
	static const uint8_t transcript[] = "\x01\x00\x00\x05hello\x02\x00\x00\x03" "abc";
	uint8_t premaster[48], master[MASTER_LEN];

	(void)state;
	from(masters[0].premaster, premaster, sizeof premaster);
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		assert_true(key_schedule_extended_master(vectors[i].version, suite_find(vectors[i].suite),
		    bytes_of(premaster, 48), bytes_of(transcript, sizeof transcript - 1), master));
		expect(master, vectors[i].master);
	}
}

/* RFC 8448, sections 3 and 4; the last two are not printed there. */
static const struct traffic_vector {
	uint16_t suite;
	const char *secret, *key, *iv;
} traffic[] = {
	{ 0x1301, "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", "dbfaa693d1762c5b666af5d950258d01",
	    "5bd3c71b836e0b76bb73265f" }, /* client handshake */
	{ 0x1301, "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "3fce516009c21727d0f2e4e86ee403bc",
	    "5d313eb2671276ee13000b30" }, /* server handshake */
	{ 0x1304, "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643", "9f02283b6c9c07efc26bb9f2ac92e356",
	    "cf782b88dd83549aadf1e984" }, /* server application */
	{ 0x1305, "3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62", "920205a5b7bf2115e6fc5c2942834f54",
	    "6d475f0993c8e564610db2b9" }, /* early data */
	{ 0x1301, "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5", "17422dda596ed5d9acd890e3c63f5051",
	    "5b78923dee08579033e523d9" }, /* client application */
	{ 0x1302, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f",
	    "6877d022f1c61d24ebb7487c16752d9a4798e40431c75b39320e537c90e23225", "42822531a0fe88648fc09e9f" },
};

static void test_traffic_keys(void **state)
{
	struct hkdf *hkdf = *state;

	for (size_t i = 0; i < sizeof traffic / sizeof traffic[0]; i++) {
		const struct suite *suite = suite_find(traffic[i].suite);
		struct direction_keys keys;
		size_t len;
		uint8_t *secret = hex_bytes(traffic[i].secret, &len);

		assert_true(key_schedule_traffic(hkdf, suite, bytes_of(secret, len), &keys));
		assert_int_equal(strlen(traffic[i].key), 2 * suite->key_len);
		expect(keys.key, traffic[i].key);
		expect(keys.iv, traffic[i].iv);
		for (size_t other = 0; other <= 64; other++) {
			uint8_t any[64] = { 0 };

			assert_int_equal(key_schedule_traffic(hkdf, suite, bytes_of(any, other), &keys), other == len);
		}
		free(secret);
	}
}

static void test_updates(void **state)
{
	struct hkdf *hkdf = *state;
	uint8_t secret[48];

	from(traffic[4].secret, secret, 32);
	assert_true(key_schedule_update(hkdf, suite_find(0x1301), secret, 32));
	expect(secret, "fcdfcc72725aaee48bf64e4fd8b749cdbdbab39d90da0b26e2245ca6ea167207");
	assert_true(key_schedule_update(hkdf, suite_find(0x1303), secret, 32));
	expect(secret, "68474fe58c172143d0a009a76edd231b0d934f3058588ea0852662279e54a573");
	from(traffic[5].secret, secret, 48);
	assert_true(key_schedule_update(hkdf, suite_find(0x1302), secret, 48));
	expect(secret, "401331b63e9d59f202e8f041042d9516f4cd7fa2e2ee14631d3b49fc340d7af37fc2c0c9f252d8036f81ec5b85cbe5db");
	assert_false(key_schedule_update(hkdf, suite_find(0x1302), secret, 32));
	assert_false(key_schedule_update(hkdf, suite_find(0x1301), secret, 48));
	assert_false(key_schedule_update(hkdf, suite_find(GCM_SHA256), secret, 32));
	assert_false(key_schedule_update(hkdf, suite_find(0x1301), secret, 0));
}

static void test_what_does_not_fit_is_refused(void **state)
{
	const uint8_t random[RANDOM_LEN] = { 0 };
	const struct suite *old = suite_find(AES_128_SHA), *new = suite_find(0x1301);
	struct bytes premaster = bytes_of(random, 32), none = bytes_of(NULL, 0);
	uint8_t master[MASTER_LEN] = { 0 };
	struct direction_keys a, b;
	struct hkdf *hkdf = *state;

	assert_false(key_schedule_master(TLS_12, old, none, random, random, master));
	assert_false(key_schedule_master(TLS_SSL30, old, none, random, random, master));
	assert_false(key_schedule_master(TLS_13, new, premaster, random, random, master));
	assert_false(key_schedule_master(0x0200, old, premaster, random, random, master));
	assert_false(key_schedule_extended_master(TLS_SSL30, old, premaster, none, master));
	assert_false(key_schedule_extended_master(TLS_12, old, none, premaster, master));
	assert_true(key_schedule_extended_master(TLS_12, old, premaster, none, master));
	assert_false(key_schedule_block(TLS_13, new, master, random, random, &a, &b));
	assert_false(key_schedule_block(TLS_12, new, master, random, random, &a, &b));
	assert_false(key_schedule_block(0, old, master, random, random, &a, &b));
	assert_false(key_schedule_traffic(hkdf, old, premaster, &a));
}

/* A premaster of DHE over 2048 bits, with leading zeros left out or not, and of one byte. */
static void test_premasters_of_any_length(void **state)
{
	static const size_t lens[] = { 1, 255, 256 };
	uint8_t premaster[256], random[RANDOM_LEN] = { 2 }, master[3][MASTER_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof premaster; i++)
		premaster[i] = (uint8_t)(i + 1);
	for (uint16_t version = TLS_SSL30; version <= TLS_12; version++) {
		for (size_t i = 0; i < 3; i++)
			assert_true(key_schedule_master(version, suite_find(AES_128_SHA), bytes_of(premaster, lens[i]), random,
			    random, master[i]));
		assert_memory_not_equal(master[1], master[2], MASTER_LEN);
		assert_memory_not_equal(master[0], master[1], MASTER_LEN);
	}
}

static int setup(void **state)
{
	struct hkdf *hkdf = calloc(1, sizeof *hkdf);

	*state = hkdf;
	if (hkdf)
		hkdf->crypto = crypto_new();
	return hkdf && hkdf->crypto ? 0 : -1;
}

static int teardown(void **state)
{
	struct hkdf *hkdf = *state;
	struct crypto *crypto = (struct crypto *)(uintptr_t)hkdf->crypto;

	hkdf_fini(hkdf);
	crypto_free(crypto);
	free(hkdf);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_masters),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_extended_masters),
		cmocka_unit_test(test_traffic_keys),
		cmocka_unit_test(test_updates),
		cmocka_unit_test(test_what_does_not_fit_is_refused),
		cmocka_unit_test(test_premasters_of_any_length),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
