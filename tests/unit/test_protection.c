/* protection: the records of RFC 8448; records of every family of suites in every version, made after the RFCs; records that are
 * wrong in one thing while all else about them is right. */
#include "tests/support/hex.h"
#include "tests/support/opener.h"
#include "tests/support/sealer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

enum { HANDSHAKE = 22, APPLICATION_DATA = 23, ROOM = 1 << 16, SUITES_CAP = 512, ABUSED = 4 };

/* The first 1-RTT handshake of RFC 8448 3, and the early data of 4. */
static const char server_flight[] =
	"17030302a2d1ff334a56f5bff6594a07cc87b580233f500f45e489e7f33af35edf7869fcf40aa40aa2b8ea73f848a7ca07612ef9f945cb96"
	"0b4068905123ea78b111b429ba9191cd05d2a389280f526134aadc7fc78c4b729df828b5ecf7b13bd9aefb0e57f271585b8ea9bb355c7c79"
	"020716cfb9b1183ef3ab20e37d57a6b9d7477609aee6e122a4cf51427325250c7d0e509289444c9b3a648f1d71035d2ed65b0e3cdd0cbae8"
	"bf2d0b227812cbb360987255cc744110c453baa4fcd610928d809810e4b7ed1a8fd991f06aa6248204797e36a6a73b70a2559c09ead68694"
	"5ba246ab66e5edd8044b4c6de3fcf2a89441ac66272fd8fb330ef8190579b3684596c960bd596eea520a56a8d650f563aad27409960dca63"
	"d3e688611ea5e22f4415cf9538d51a200c27034272968a264ed6540c84838d89f72c24461aad6d26f59ecaba9acbbb317b66d902f4f292a3"
	"6ac1b639c637ce343117b659622245317b49eeda0c6258f100d7d961ffb138647e92ea330faeea6dfa31c7a84dc3bd7e1b7a6c7178af3687"
	"9018e3f252107f243d243dc7339d5684c8b0378bf30244da8c87c843f5e56eb4c5e8280a2b48052cf93b16499a66db7cca71e4599426f7d4"
	"61e66f99882bd89fc50800becca62d6c74116dbd2972fda1fa80f85df881edbe5a37668936b335583b599186dc5c6918a396fa48a181d6b6"
	"fa4f9d62d513afbb992f2b992f67f8afe67f76913fa388cb5630c8ca01e0c65d11c66a1e2ac4c85977b7c7a6999bbf10dc35ae69f5515614"
	"636c0b9b68c19ed2e31c0b3b66763038ebba42f3b38edc0399f3a9f23faa63978c317fc9fa66a73f60f0504de93b5b845e275592c12335ee"
	"340bbc4fddd502784016e4b3be7ef04dda49f4b440a30cb5d2af939828fd4ae3794e44f94df5a631ede42c1719bfdabf0253fe5175be898e"
	"750edc53370d2b";
static const char client_finished[] =
	"170303003575ec4dc238cce60b298044a71e219c56cc77b0517fe9b93c7a4bfc44d87f38f80338ac98fc46deb384bd1caeacab6867d726c4"
	"0546";
static const char ticket[] =
	"17030300de3a6b8f90414a97d6959c3487680de5134a2b240e6cffac116e95d41d6af8f6b580dcf3d11d63c758db289a015940252f55713e"
	"061dc13e078891a38efbcf5753ad8ef170ad3c7353d16d9da773b9ca7f2b9fa1b6c0d4a3d03f75e09c30ba1e62972ac46f75f7b981be6343"
	"9b2999ce13064615139891d5e4c5b406f16e3fc181a77ca475840025db2f0a77f81b5ab05b94c01346755f69232c86519d86cbeeac87aac3"
	"47d143f9605d64f650db4d023e70e952ca49fe5137121c74bc2697687e248746d6df353005f3bce18696129c8153556b3b6c6779b37bf159"
	"85684f";
static const char client_data[] =
	"1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e2b62974e1f5a6292a2"
	"977014bd1e3deae63aeebb21694915e4";
static const char server_data[] =
	"17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf97d90e6dffc602dcb501a59a8fcc49c4bf2e5f0a2"
	"1c0047c2abf332540dd032e167c2955d";
static const char client_alert[] =
	"1703030013c9872760655666b74d7ff1153efd6db6d0b0e3";
static const char server_alert[] =
	"1703030013b58fd67166ebf599d24720cfbe7efa7a8864a9";
static const char early[] =
	"1703030017ab1df420e75c457a7cc5d2844f76d5aee4b4edbf049be0";

static const struct printed {
	const char *secret;
	uint64_t seq;
	const char *record;
	uint8_t type;
	size_t len;
	const char *begins;
} printed[] = {
	{ "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", 0, server_flight, 22, 657,
	    "080000240022000a00140012001d" },
	{ "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", 0, client_finished, 22, 36, "14000020a8ec436d67" },
	{ "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643", 0, ticket, 22, 205, "040000c90000001e" },
	{ "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643", 1, server_data, 23, 50,
	    "000102030405060708090a0b0c0d" },
	{ "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643", 2, server_alert, 21, 2, "0100" },
	{ "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5", 0, client_data, 23, 50,
	    "000102030405060708090a0b0c0d" },
	{ "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5", 1, client_alert, 21, 2, "0100" },
	{ "3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62", 0, early, 23, 6, "414243444546" },
};

struct kit {
	struct crypto *crypto;
	const struct suite *suites[SUITES_CAP]; /* one of each cipher, MAC and tag */
	size_t n;
};

static bool is_alike(const struct suite *a, const struct suite *b)
{
	const char *none = "", *cipher[] = { a->cipher ? a->cipher : none, b->cipher ? b->cipher : none };

	return a->tls13 == b->tls13 && a->kind == b->kind && a->mac_len == b->mac_len && a->tag_len == b->tag_len &&
	    strcmp(cipher[0], cipher[1]) == 0;
}

static int set_up(void **state)
{
	struct kit *kit = calloc(1, sizeof *kit);

	kit->crypto = crypto_new();
	for (unsigned id = 0; id <= UINT16_MAX; id++) {
		const struct suite *suite = suite_find((uint16_t)id);
		bool known = suite == NULL;

		for (size_t i = 0; !known && i < kit->n; i++)
			known = is_alike(kit->suites[i], suite);
		if (!known)
			kit->suites[kit->n++] = suite;
	}
	*state = kit;
	return kit->crypto == NULL;
}

static int tear_down(void **state)
{
	struct kit *kit = *state;

	crypto_free(kit->crypto);
	free(kit);
	return 0;
}

static struct direction_keys some_keys(void)
{
	struct direction_keys keys;

	for (size_t i = 0; i < sizeof keys; i++)
		((uint8_t *)&keys)[i] = (uint8_t)(i * 13 + 5);
	return keys;
}

static struct protected_record record_of(uint16_t version, uint8_t type, const uint8_t *fragment, size_t len)
{
	return (struct protected_record){ version == TLS_13 ? APPLICATION_DATA : type, version == TLS_13 ? TLS_12 : version,
		bytes_of(fragment, len) };
}

static void test_rfc_8448(void **state)
{
	const struct kit *kit = *state;

	for (size_t i = 0; i < sizeof printed / sizeof printed[0]; i++) {
		size_t secret_len, len, begins_len;
		uint8_t *secret = hex_bytes(printed[i].secret, &secret_len), *wire = hex_bytes(printed[i].record, &len);
		uint8_t *begins = hex_bytes(printed[i].begins, &begins_len), type, out[1024];
		struct protected_record record = { wire[0], TLS_12, bytes_of(wire + 5, len - 5) };
		const struct suite *suite = suite_find(0x1301);
		struct direction_keys keys;
		struct opener opener;
		struct hkdf hkdf = { .crypto = kit->crypto };
		bool unsupported;

		assert_true(key_schedule_traffic(&hkdf, suite, bytes_of(secret, secret_len), &keys));
		hkdf_fini(&hkdf);
		opener_init(&opener, kit->crypto, TLS_13, suite, false, &keys);
		struct protection *protection = protection_new(kit->crypto, TLS_13, suite, false, &keys, &opener.budget,
		    &unsupported);

		assert_true(protection_open(protection, printed[i].seq, &record, &type, out, &len));
		assert_int_equal(type, printed[i].type);
		assert_int_equal(len, printed[i].len);
		assert_memory_equal(out, begins, begins_len);
		for (uint64_t seq = 0; seq < 4; seq++)
			assert_int_equal(protection_open(protection, seq, &record, &type, out, &len), seq == printed[i].seq);
		protection_free(protection);
		opener_fini(&opener);
		free(secret);
		free(wire);
		free(begins);
	}
}

static bool offers(const struct suite *suite, uint16_t version)
{
	bool aead = suite->kind == SUITE_AEAD || suite->kind == SUITE_CHACHA;

	return suite->tls13 == (version == TLS_13) && (!aead || version >= TLS_12) &&
	    (version > TLS_SSL30 || suite->mac_len <= 20);
}

/* What is in the i-th record. With 21 bytes the last block of none of these ciphers is padding alone, which SSL 3.0 would let
 * pass whatever became of it. */
static const size_t lens[] = { 16, 0, 1, 15, 21, 300, RECORD_PLAIN_CAP, 17 };
enum { N_LENS = sizeof lens / sizeof lens[0] };

static void check_family(const struct kit *kit, uint16_t version, const struct suite *suite, bool encrypt_then_mac)
{
	static uint8_t content[RECORD_PLAIN_CAP], room[N_LENS][ROOM];
	struct direction_keys keys = some_keys();
	struct opener opener;
	struct sealer sealer;

	opener_init(&opener, kit->crypto, version, suite, encrypt_then_mac, &keys);
	for (size_t i = 0; i < sizeof content; i++)
		content[i] = (uint8_t)(i * 3 + (i >> 8));
	if (!sealer_init(&sealer, kit->crypto, version, suite, encrypt_then_mac, &keys))
		return; /* a build of OpenSSL without this cipher */
	for (size_t i = 0; i < N_LENS; i++) {
		uint8_t type = i == 0 ? HANDSHAKE : APPLICATION_DATA;
		size_t len = sealer_seal(&sealer, type, bytes_of(content, lens[i]), room[i]);
		struct protected_record record = record_of(version, type, room[i], len);

		opener_add(&opener, &record);
	}
	sealer_fini(&sealer);
	opener_open_all(&opener);
	for (size_t i = 0; i < N_LENS; i++) {
		assert_int_equal(opener.records[i].type, i == 0 ? HANDSHAKE : APPLICATION_DATA);
		assert_int_equal(opener.records[i].len, lens[i]);
		assert_memory_equal(opener.records[i].content, content, lens[i]);
	}
	opener_check(&opener);
	opener_abuse(&opener, ABUSED);
	opener_fini(&opener);
}

static void test_every_family(void **state)
{
	const struct kit *kit = *state;

	assert_true(kit->n > 35);
	for (size_t i = 0; i < kit->n; i++)
		for (uint16_t version = TLS_SSL30; version <= TLS_13; version++)
			for (int etm = 0; etm < (kit->suites[i]->kind == SUITE_BLOCK && version > TLS_SSL30 ? 2 : 1); etm++)
				if (offers(kit->suites[i], version))
					check_family(kit, version, kit->suites[i], etm);
}

/* One record by a sealer as it is: does it open, and to what it was made of? */
static bool opens(const struct kit *kit, struct sealer *sealer, uint8_t type, struct bytes content)
{
	static uint8_t fragment[1 << 17];
	size_t len = sealer_seal(sealer, type, content, fragment);
	struct protected_record record = record_of(sealer->version, type, fragment, len);
	struct opener opener;

	opener_init(&opener, kit->crypto, sealer->version, sealer->suite, sealer->encrypt_then_mac, &sealer->keys);
	bool ok = opener_try(&opener, 0, 0, &record);

	if (ok) {
		opener_add(&opener, &record);
		opener_open_all(&opener);
		assert_int_equal(opener.records[0].len, content.len);
		assert_memory_equal(opener.records[0].content, content.data, content.len);
	}
	opener_fini(&opener);
	return ok;
}

static bool opens_made(const struct kit *kit, const struct sealer *how, uint8_t type, size_t content_len)
{
	static const uint8_t content[RECORD_PLAIN_CAP + 512];
	struct direction_keys keys = some_keys();
	struct sealer sealer;

	if (!sealer_init(&sealer, kit->crypto, how->version, how->suite, how->encrypt_then_mac, &keys))
		return false;
	sealer.padding = how->padding;
	sealer.spoil_padding = how->spoil_padding;
	bool ok = opens(kit, &sealer, type, bytes_of(content, content_len));

	sealer_fini(&sealer);
	return ok;
}

static void test_padding_is_checked_to_its_last_byte(void **state)
{
	for (uint16_t version = TLS_SSL30; version <= TLS_12; version++)
		for (int etm = 0; etm < (version > TLS_SSL30 ? 2 : 1); etm++) {
			struct sealer how = { .version = version, .suite = suite_find(0x002f), .encrypt_then_mac = etm,
				.spoil_padding = -1 };
			size_t content_len = etm ? 16 : 12; /* with the MAC: 32; one block is padding, of value 15 */

			assert_true(opens_made(*state, &how, APPLICATION_DATA, content_len));
			for (how.spoil_padding = 0; how.spoil_padding < 16; how.spoil_padding++)
				assert_int_equal(opens_made(*state, &how, APPLICATION_DATA, content_len),
				    version == TLS_SSL30 && how.spoil_padding > 0);
			how.spoil_padding = -1;
			for (how.padding = 1; how.padding < 16; how.padding++)
				assert_int_equal(opens_made(*state, &how, APPLICATION_DATA, content_len), version > TLS_SSL30);
			how.spoil_padding = 255;
			how.padding = 15;
			assert_false(opens_made(*state, &how, APPLICATION_DATA, content_len));
		}
}

static void test_more_than_a_record_may_hold(void **state)
{
	const struct kit *kit = *state;

	for (size_t i = 0; i < kit->n; i++)
		for (uint16_t version = TLS_SSL30; version <= TLS_13; version++) {
			struct sealer how = { .version = version, .suite = kit->suites[i], .spoil_padding = -1 };

			if (!offers(how.suite, version) || (how.suite->cipher && strstr(how.suite->cipher, "IDEA")))
				continue;
			assert_true(opens_made(kit, &how, APPLICATION_DATA, RECORD_PLAIN_CAP));
			assert_false(opens_made(kit, &how, APPLICATION_DATA, RECORD_PLAIN_CAP + 1));
			assert_false(opens_made(kit, &how, APPLICATION_DATA, RECORD_PLAIN_CAP + 300));
		}
}

static void test_inner_plaintext(void **state)
{
	for (uint16_t id = 0x1301; id <= 0x1305; id++) {
		struct sealer how = { .version = TLS_13, .suite = suite_find(id), .spoil_padding = -1 };

		assert_true(opens_made(*state, &how, HANDSHAKE, 0));
		assert_false(opens_made(*state, &how, 0, 0));    /* zeros alone: no type */
		assert_false(opens_made(*state, &how, 0, 1000));
		how.padding = 1000;
		assert_true(opens_made(*state, &how, APPLICATION_DATA, 0));
		assert_true(opens_made(*state, &how, APPLICATION_DATA, RECORD_PLAIN_CAP - 1000));
		assert_false(opens_made(*state, &how, APPLICATION_DATA, RECORD_PLAIN_CAP - 999));
		assert_false(opens_made(*state, &how, 0, 0));
	}
}

static void expect_unsupported(const struct crypto *crypto, uint16_t version, uint16_t id)
{
	struct direction_keys keys = some_keys();
	struct budget budget;
	bool unsupported = false;

	budget_init(&budget, 1 << 20, NULL);
	assert_null(protection_new(crypto, version, suite_find(id), false, &keys, &budget, &unsupported));
	assert_true(unsupported);
	assert_int_equal(budget.used, 0);
}

static void test_suites_of_other_versions(void **state)
{
	const struct kit *kit = *state;

	expect_unsupported(kit->crypto, TLS_12, 0x1301);
	expect_unsupported(kit->crypto, TLS_13, 0xc02f);
	expect_unsupported(kit->crypto, TLS_13, 0x002f);
	expect_unsupported(kit->crypto, TLS_11, 0xc02f);
	expect_unsupported(kit->crypto, TLS_11, 0xcca8);
	expect_unsupported(kit->crypto, TLS_SSL30, 0x003c); /* SSL 3.0 has no SHA-256 */
	expect_unsupported(kit->crypto, 0x0200, 0x002f);
	expect_unsupported(kit->crypto, 0x0305, 0x1301);
	expect_unsupported(kit->crypto, 0xfefd, 0x002f);    /* DTLS */
}

static void test_without_the_legacy_provider(void **state)
{
	struct kit *kit = *state, without = *kit;

	setenv("OPENSSL_MODULES", "/nowhere", 1);
	without.crypto = crypto_new();
	unsetenv("OPENSSL_MODULES");
	assert_non_null(without.crypto);
	expect_unsupported(without.crypto, TLS_12, 0x0005);
	expect_unsupported(without.crypto, TLS_12, 0x0096);
	expect_unsupported(without.crypto, TLS_12, 0x0009);
	check_family(&without, TLS_12, suite_find(0x002f), false);
	check_family(&without, TLS_12, suite_find(0x000a), false);
	check_family(&without, TLS_13, suite_find(0x1303), false);
	crypto_free(without.crypto);
}

static void test_refused_memory(void **state)
{
	const struct kit *kit = *state;
	static const uint16_t ids[] = { 0x002f, 0x0005, 0x0002, 0xc02f };
	struct direction_keys keys = some_keys();

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		struct protection *protection = NULL;
		size_t cap = 0;

		while (!protection) {
			struct budget budget;
			bool unsupported = true;

			budget_init(&budget, cap, NULL);
			protection = protection_new(kit->crypto, TLS_12, suite_find(ids[i]), false, &keys, &budget, &unsupported);
			assert_false(unsupported);
			assert_int_equal(budget.used, protection ? cap : 0);
			protection_free(protection);
			assert_int_equal(budget.used, 0);
			cap++;
		}
		assert_true(cap > 1000 && cap < 4096);
	}
}

static const struct shape {
	uint16_t version, id;
	size_t overhead;
	bool seekable;
} shapes[] = {
	{ TLS_13, 0x1301, 17, true }, { TLS_13, 0x1305, 9, true }, { TLS_13, 0x1303, 17, true }, { TLS_12, 0xc02f, 24, true },
	{ TLS_12, 0xc0a0, 16, true }, { TLS_12, 0xcca8, 16, true }, { TLS_12, 0x002f, 0, true }, { TLS_11, 0x002f, 0, true },
	{ TLS_10, 0x002f, 0, false }, { TLS_SSL30, 0x002f, 0, false }, { TLS_12, 0x0005, 20, false },
	{ TLS_10, 0x0004, 16, false }, { TLS_12, 0x003b, 32, true }, { TLS_10, 0x0001, 16, true },
};

static void test_shapes(void **state)
{
	const struct kit *kit = *state;
	struct direction_keys keys = some_keys();

	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		const struct shape *shape = &shapes[i];
		const struct suite *suite = suite_find(shape->id);
		struct budget budget;
		bool unsupported;

		budget_init(&budget, 1 << 20, NULL);
		struct protection *protection = protection_new(kit->crypto, shape->version, suite, false, &keys, &budget,
		    &unsupported);

		assert_non_null(protection);
		assert_int_equal(protection_overhead(protection), shape->overhead);
		assert_int_equal(protection_is_seekable(protection), shape->seekable);
		for (size_t len = 0; len <= 17; len++)
			assert_int_equal(protection_resume(protection, bytes_of(keys.iv, len)),
			    suite->kind == SUITE_BLOCK && shape->version < TLS_11 && len == suite->block_len);
		protection_free(protection);
	}
}

/* Of every length that a record may have, and of those that it may not. */
static void test_noise_is_refused(void **state)
{
	const struct kit *kit = *state;
	static uint8_t noise[70000], out[70016];
	struct direction_keys keys = some_keys();

	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (uint8_t)(i * i + (i >> 7));
	for (size_t i = 0; i < kit->n; i++)
		for (uint16_t version = TLS_SSL30; version <= TLS_13; version++) {
			struct budget budget;
			uint8_t type;
			size_t len;
			bool unsupported;

			budget_init(&budget, 1 << 20, NULL);
			struct protection *protection = protection_new(kit->crypto, version, kit->suites[i], version & 1, &keys,
			    &budget, &unsupported);

			for (size_t n = 0; protection && n <= 70000; n += n < 600 ? 1 : n * 7 / 8) {
				struct protected_record record = record_of(version, HANDSHAKE, noise, n);

				assert_false(protection_open(protection, 0, &record, &type, out, &len));
			}
			struct protected_record largest = record_of(version, HANDSHAKE, noise, 65535);

			assert_false(protection && protection_open(protection, 0, &largest, &type, out, &len));
			protection_free(protection);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_8448),
		cmocka_unit_test(test_every_family),
		cmocka_unit_test(test_padding_is_checked_to_its_last_byte),
		cmocka_unit_test(test_more_than_a_record_may_hold),
		cmocka_unit_test(test_inner_plaintext),
		cmocka_unit_test(test_suites_of_other_versions),
		cmocka_unit_test(test_without_the_legacy_provider),
		cmocka_unit_test(test_refused_memory),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_noise_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
