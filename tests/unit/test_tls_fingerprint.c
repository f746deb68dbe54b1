/* tls_fingerprint: JA3, JA3S and JA4 of hellos whose fingerprints others computed: tshark 4.0 (JA3, JA3S), the specifications' own
 * examples, and a few lines of Python that follow JA4's. */
#include "dissectors/app/tls_fingerprint.h"
#include "tests/support/hellos.h"
#include "tests/support/hex.h"
#include "tests/support/workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_text(struct bytes got, const char *want)
{
	if (!bytes_is(got, want))
		fail_msg("'%.*s', not '%s'", (int)got.len, (const char *)got.data, want);
}

#define OPENSSL_SUITES "49196-49200-49195-49199-52393-52392-49188-49192-49187-49191-159-158-107-103-255"
#define OPENSSL_GROUPS "29-23-30-25-24"

static const struct {
	const char *hex, *ja3, *md5, *ja4;
} clients[] = {
	{ HELLOS_CLIENT_13, "771,4866-4867-4865-" OPENSSL_SUITES ",0-11-10-35-16-22-23-13-43-45-51-21,"
	  OPENSSL_GROUPS "-256-257-258-259-260,0-1-2",
	  "304734bb1c086c3453b387400cf83f11", "t13d1812h2_85036bcba153_d41ae481755e" },
	{ HELLOS_CLIENT_12, "771," OPENSSL_SUITES ",11-10-35-16-22-23-13," OPENSSL_GROUPS ",0-1-2", "a899aa3198a4a7fd59ca895501dc6c1e",
	  "t12i1507h1_d68b136fe8d9_e7e480e5a997" },
	{ HELLOS_CLIENT_GREASE, "771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,"
	  "27-0-51-16-17513-23-45-13-5-35-18-43-65281-11-10-21,29-23-24,0", "c000e2caf3a25423f9de6c8a4b12a975",
	  "t13d1516h2_8daaf6152771_e5627efa2ab1" },
	{ HELLOS_CLIENT_BARE, "769,4-5-10-9-100-98-3-6-19-18-99,,,", "de350869b8c85de67a350c8d186f11e6",
	  "t10i110000_3609b414f052_000000000000" },
};

static void prints_clients(void **state)
{
	struct workspace workspace;

	(void)state;
	workspace_init(&workspace, 1 << 20, 4096);
	for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
		struct tls_client_hello hello = { 0 };
		size_t len;
		uint8_t *message = hex_bytes(clients[i].hex, &len);

		assert_true(tls_client_hello_parse(&hello, bytes_of(message + 4, len - 4)));
		struct bytes ja3 = tls_ja3_string(&hello, &workspace.arena);

		assert_text(ja3, clients[i].ja3);
		assert_text(tls_ja3_hash(ja3, &workspace.arena), clients[i].md5);
		assert_text(tls_ja4(&hello, &workspace.arena), clients[i].ja4);
		free(message);
	}
	workspace_fini(&workspace);
}

static void prints_servers(void **state)
{
	static const struct {
		const char *hex, *ja3s, *md5;
	} cases[] = {
		{ HELLOS_SERVER_13, "771,4866,43-51", "15af977ce25de452b96affa2addb1036" },
		{ HELLOS_RETRY, "771,4866,43-51", "15af977ce25de452b96affa2addb1036" },
		{ HELLOS_SERVER_12, "771,49196,65281-11-35-16-23", "e195432758194ce2d482396b82e0d48e" },
		/* no extensions: RFC 1321's MD5 of "769,47," */
		{ "02000000 0301 0000000000000000000000000000000000000000000000000000000000000000 00 002f 00", "769,47,",
		  "18e962e106761869a61045bed0e81c2c" },
	};
	struct workspace workspace;

	(void)state;
	workspace_init(&workspace, 1 << 20, 4096);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct tls_server_hello hello;
		size_t len;
		uint8_t *message = hex_bytes(cases[i].hex, &len);

		assert_true(tls_server_hello_parse(&hello, bytes_of(message + 4, len - 4)));
		struct bytes ja3s = tls_ja3s_string(&hello, &workspace.arena);

		assert_text(ja3s, cases[i].ja3s);
		assert_text(tls_ja3_hash(ja3s, &workspace.arena), cases[i].md5);
		free(message);
	}
	workspace_fini(&workspace);
}

/* A hello of any suites and extensions, as the parser leaves it. */
static struct tls_client_hello hello_of(struct bytes suites, struct bytes extensions)
{
	return (struct tls_client_hello){ .legacy_version = 0x0303, .version = 0x0303, .suites = suites, .extensions = extensions };
}

/* First and last character of the first protocol: the examples of JA4's specification, and versions by its table. */
static void names_protocol_and_version(void **state)
{
	static const struct {
		const char *alpn;
		const char *want;
	} protocols[] = {
		{ "h2", "h2" }, { "http/1.1", "h1" }, { "a", "aa" }, { "\xab", "ab" }, { "\xab\xcd", "ad" }, { "0\xab", "3b" },
		{ "01\xab\xcd", "3d" }, { "0\xab\xcd" "1", "01" }, { "-", "2d" }, { "Zz", "Zz" },
	};
	static const struct {
		uint16_t version;
		const char *want;
	} versions[] = {
		{ 0x0304, "13" }, { 0x0303, "12" }, { 0x0302, "11" }, { 0x0301, "10" }, { 0x0300, "s3" }, { 0x0002, "s2" },
		{ 0x7f1c, "00" }, { 0, "00" },
	};
	struct tls_client_hello hello = hello_of(bytes_of("\x13\x01", 2), bytes_of("", 0));
	struct workspace workspace;

	(void)state;
	workspace_init(&workspace, 1 << 20, 4096);
	hello.n_alpns = 1;
	for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
		hello.alpns[0] = bytes_text(protocols[i].alpn);
		assert_text(bytes_head(bytes_tail(tls_ja4(&hello, &workspace.arena), 8), 2), protocols[i].want);
	}
	for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
		hello.version = versions[i].version;
		assert_text(bytes_head(bytes_tail(tls_ja4(&hello, &workspace.arena), 1), 2), versions[i].want);
	}
	workspace_fini(&workspace);
}

/* What is left after GREASE, the server's name and its protocols: nothing, or more than two digits count. */
static void counts(void **state)
{
	static const char greased[] = "\x0a\x0a", named[] = "\0\0\0\0\0\x10\0\0\xfa\xfa\0\0";
	uint8_t many[2 * 200];
	struct tls_client_hello hello = hello_of(bytes_of(greased, 2), bytes_of(named, sizeof named - 1));
	struct workspace workspace;

	(void)state;
	workspace_init(&workspace, 1 << 20, 4096);
	assert_text(tls_ja4(&hello, &workspace.arena), "t12d000200_000000000000_000000000000");
	assert_text(tls_ja3_string(&hello, &workspace.arena), "771,,0-16,,");
	for (size_t i = 0; i < sizeof many; i++)
		many[i] = i % 2 ? (uint8_t)(i / 2) : 0xc0;
	hello.suites = bytes_of(many, 2 * 99);
	assert_text(bytes_head(tls_ja4(&hello, &workspace.arena), 10), "t12d990200");
	hello.suites = bytes_of(many, 2 * 98);
	assert_text(bytes_head(tls_ja4(&hello, &workspace.arena), 10), "t12d980200");
	hello.suites = bytes_of(many, sizeof many);
	assert_text(bytes_head(tls_ja4(&hello, &workspace.arena), 10), "t12d990200");
	workspace_fini(&workspace);
}

static void leaves_the_old_form_out(void **state)
{
	struct tls_client_hello hello = { .v2 = true, .v2_suites = bytes_text("abc") };
	struct workspace workspace;

	(void)state;
	workspace_init(&workspace, 1 << 20, 4096);
	assert_int_equal(tls_ja3_string(&hello, &workspace.arena).len, 0);
	assert_int_equal(tls_ja4(&hello, &workspace.arena).len, 0);
	assert_int_equal(tls_ja3_hash(bytes_of("", 0), &workspace.arena).len, 0);
	workspace_fini(&workspace);
}

/* Refused memory gives empty texts, and whole ones only. */
static void survives_want_of_memory(void **state)
{
	struct tls_client_hello hello = { 0 };
	size_t len;
	uint8_t *message = hex_bytes(HELLOS_CLIENT_13, &len);

	(void)state;
	assert_true(tls_client_hello_parse(&hello, bytes_of(message + 4, len - 4)));
	for (size_t cap = 0; cap < 4096; cap += 64) {
		struct workspace workspace;

		workspace_init(&workspace, cap, 64);
		struct bytes ja4 = tls_ja4(&hello, &workspace.arena), ja3 = tls_ja3_string(&hello, &workspace.arena);
		struct bytes md5 = tls_ja3_hash(bytes_text("x"), &workspace.arena);

		assert_true(ja4.len == 0 || ja4.len == 36);
		assert_true(ja3.len == 0 || ja3.len == strlen(clients[0].ja3));
		assert_true(md5.len == 0 || md5.len == 32);
		workspace_fini(&workspace);
	}
	free(message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_clients),
		cmocka_unit_test(prints_servers),
		cmocka_unit_test(names_protocol_and_version),
		cmocka_unit_test(counts),
		cmocka_unit_test(leaves_the_old_form_out),
		cmocka_unit_test(survives_want_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
