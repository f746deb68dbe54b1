/* tls_hello: real hellos, each rule of their syntax broken, every prefix, every changed byte. */
#include "dissectors/app/tls_hello.h"
#include "tests/support/hellos.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A message without its header, in memory of just that size. */
struct message {
	uint8_t *memory;
	struct bytes body;
};

static struct message message_of(const char *hex)
{
	struct message message;
	size_t len;
	uint8_t *whole = hex_bytes(hex, &len);

	message.memory = malloc(len - 4 ? len - 4 : 1);
	assert_non_null(message.memory);
	memcpy(message.memory, whole + 4, len - 4);
	message.body = bytes_of(message.memory, len - 4);
	free(whole);
	return message;
}

static bool client_of(const char *hex, struct tls_client_hello *hello)
{
	struct message message = message_of(hex);
	bool ok = tls_client_hello_parse(hello, message.body);

	free(message.memory);
	return ok;
}

static bool server_of(const char *hex, struct tls_server_hello *hello)
{
	struct message message = message_of(hex);
	bool ok = tls_server_hello_parse(hello, message.body);

	free(message.memory);
	return ok;
}

static void reads_a_client(void **state)
{
	struct message message = message_of(HELLOS_CLIENT_13);
	struct tls_client_hello hello = { .record_version = 0x0301 };

	(void)state;
	assert_true(tls_client_hello_parse(&hello, message.body));
	assert_int_equal(hello.record_version, 0x0301);
	assert_int_equal(hello.legacy_version, 0x0303);
	assert_int_equal(hello.version, 0x0304);
	assert_memory_equal(hello.random, message.body.data + 2, 32);
	assert_int_equal(hello.session_id.len, 32);
	assert_int_equal(hello.suites.len, 2 * 18);
	assert_true(hello.compressions.len == 1 && hello.compressions.data[0] == 0);
	assert_true(bytes_is(hello.sni, "mail.example.com"));
	assert_int_equal(hello.n_alpns, 2);
	assert_true(bytes_is(hello.alpns[0], "h2") && bytes_is(hello.alpns[1], "http/1.1"));
	assert_true(hello.has_ticket && hello.ticket.len == 0);
	assert_true(hello.extended_master && hello.encrypt_then_mac);
	assert_false(hello.early_data || hello.psk || hello.v2);
	assert_int_equal(hello.max_fragment, 0);
	free(message.memory);
}

static void reads_other_clients(void **state)
{
	struct tls_client_hello hello = { 0 };

	(void)state;
	assert_true(client_of(HELLOS_CLIENT_12, &hello));
	assert_int_equal(hello.version, 0x0303);
	assert_true(hello.sni.len == 0 && hello.n_alpns == 1);
	assert_true(client_of(HELLOS_CLIENT_GREASE, &hello));
	assert_int_equal(hello.version, 0x0304); /* 0x6a6a is higher, but GREASE */
	assert_true(client_of(HELLOS_CLIENT_BARE, &hello));
	assert_int_equal(hello.version, 0x0301);
	assert_true(hello.extensions.len == 0 && hello.sni.len == 0 && hello.n_alpns == 0 && !hello.has_ticket);
}

static void reads_servers(void **state)
{
	struct message message = message_of(HELLOS_SERVER_12);
	struct tls_server_hello hello;

	(void)state;
	assert_true(server_of(HELLOS_SERVER_13, &hello));
	assert_int_equal(hello.legacy_version, 0x0303);
	assert_int_equal(hello.version, 0x0304);
	assert_int_equal(hello.suite, 0x1302);
	assert_int_equal(hello.session_id.len, 32);
	assert_false(hello.retry || hello.psk || hello.ticket || hello.alpn.len);
	assert_true(server_of(HELLOS_RETRY, &hello));
	assert_true(hello.retry);
	assert_int_equal(hello.version, 0x0304);
	assert_true(tls_server_hello_parse(&hello, message.body));
	assert_int_equal(hello.version, 0x0303);
	assert_int_equal(hello.suite, 0xc02c);
	assert_true(bytes_is(hello.alpn, "http/1.1"));
	assert_true(hello.extended_master && hello.ticket && !hello.encrypt_then_mac);
	free(message.memory);
}

/* A hello of one suite with these extensions: header, version, random, session id, suite, compression. */
#define RANDOM32 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define CLIENT "01000000 0303" RANDOM32 "00 00021301 0100"
#define SERVER "02000000 0303" RANDOM32 "00 1301 00"

static const struct client_case {
	const char *what, *hex;
	bool ok;
} client_cases[] = {
	{ "no extensions", CLIENT, true },
	{ "an empty list of them", CLIENT "0000", true },
	{ "half a length", CLIENT "00", false },
	{ "a list longer than the message", CLIENT "0001", false },
	{ "a byte behind the list", CLIENT "000000", false },
	{ "an unknown extension", CLIENT "0006 fff0 0002 abcd", true },
	{ "one longer than the list", CLIENT "0006 fff0 0003 abcd", false },
	{ "half a header", CLIENT "0003 fff0 00", false },
	{ "one twice", CLIENT "0008 fff0 0000 fff0 0000", false },
	{ "its neighbour", CLIENT "0008 fff0 0000 fff1 0000", true },
	{ "session id of 33", "01000000 0303" RANDOM32 "21" RANDOM32 "aa 00021301 0100", false },
	{ "session id of 32", "01000000 0303" RANDOM32 "20" RANDOM32 "00021301 0100", true },
	{ "no suites", "01000000 0303" RANDOM32 "00 0000 0100", false },
	{ "half a suite", "01000000 0303" RANDOM32 "00 0003130113 0100", false },
	{ "no compression", "01000000 0303" RANDOM32 "00 00021301 00", false },
	{ "nothing", "01000000", false },
	/* server_name */
	{ "a name", CLIENT "000a 0000 0006 0004 00 0001 61", true },
	{ "no names", CLIENT "0006 0000 0002 0000", true },
	{ "no list", CLIENT "0004 0000 0000", false },
	{ "an empty name", CLIENT "0009 0000 0005 0003 00 0000", false },
	{ "two host names", CLIENT "000e 0000 000a 0008 00 0001 61 00 0001 62", false },
	{ "a host name and another type's", CLIENT "000e 0000 000a 0008 00 0001 61 01 0001 62", true },
	{ "a name too long", CLIENT "000a 0000 0006 0004 00 0002 61", false },
	{ "a byte behind the names", CLIENT "000b 0000 0007 0004 00 0001 61 00", false },
	/* ALPN */
	{ "a protocol", CLIENT "0009 0010 0005 0003 02 6832", true },
	{ "no protocol", CLIENT "0006 0010 0002 0000", false },
	{ "an empty protocol", CLIENT "0007 0010 0003 0001 00", false },
	{ "a protocol too long", CLIENT "0009 0010 0005 0003 03 6832", false },
	/* lists */
	{ "versions", CLIENT "0007 002b 0003 02 0304", true },
	{ "no versions", CLIENT "0005 002b 0001 00", false },
	{ "half a version", CLIENT "0006 002b 0002 01 03", false },
	{ "a byte behind the versions", CLIENT "0008 002b 0004 02 0304 00", false },
	{ "groups", CLIENT "0008 000a 0004 0002 001d", true },
	{ "half a group", CLIENT "0007 000a 0003 0001 00", false },
	{ "point formats too long", CLIENT "0006 000b 0002 02 00", false },
	{ "signature algorithms without end", CLIENT "0008 000d 0004 0004 0403", false },
	/* flags */
	{ "extended master secret", CLIENT "0004 0017 0000", true },
	{ "the same with content", CLIENT "0005 0017 0001 00", false },
	{ "encrypt then MAC with content", CLIENT "0005 0016 0001 00", false },
	{ "early data with content", CLIENT "0005 002a 0001 00", false },
	{ "fragment length", CLIENT "0005 0001 0001 02", true },
	{ "fragment length of two", CLIENT "0006 0001 0002 0202", false },
	{ "record size", CLIENT "0006 001c 0002 0400", true },
	{ "record size of one", CLIENT "0005 001c 0001 04", false },
};

static void keeps_to_the_clients_syntax(void **state)
{
	struct tls_client_hello hello = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof client_cases / sizeof client_cases[0]; i++)
		if (client_of(client_cases[i].hex, &hello) != client_cases[i].ok)
			fail_msg("%s: %s", client_cases[i].what, client_cases[i].ok ? "refused" : "taken");
}

static void reads_what_the_cases_say(void **state)
{
	struct message message = message_of(CLIENT "001d 0001 0001 03 0023 0003 616263 0029 0000 002a 0000 002b 0005 04 0a0a 0302");
	struct tls_client_hello hello = { 0 };

	(void)state;
	assert_true(tls_client_hello_parse(&hello, message.body));
	assert_int_equal(hello.max_fragment, 2048);
	assert_true(bytes_is(hello.ticket, "abc") && hello.has_ticket && hello.psk && hello.early_data);
	assert_int_equal(hello.version, 0x0302); /* the list counts, not the field */
	free(message.memory);
	/* RFC 8449 4: the record size counts where both are there, whichever comes first */
	assert_true(client_of(CLIENT "000b 0001 0001 03 001c 0002 0401", &hello));
	assert_int_equal(hello.max_fragment, 1025);
	assert_true(client_of(CLIENT "000b 001c 0002 0401 0001 0001 03", &hello));
	assert_int_equal(hello.max_fragment, 1025);
	/* of GREASE alone the field counts */
	assert_true(client_of(CLIENT "0007 002b 0003 02 fafa", &hello));
	assert_int_equal(hello.version, 0x0303);
}

/* More protocols than are kept, and one more. */
static void keeps_the_first_protocols(void **state)
{
	char hex[512] = CLIENT "0028 0010 0024 0022";
	struct tls_client_hello hello = { 0 };

	(void)state;
	for (unsigned i = 0; i < TLS_ALPNS + 1; i++)
		snprintf(hex + strlen(hex), sizeof hex - strlen(hex), "01%02x", 'a' + i);
	struct message message = message_of(hex);

	assert_true(tls_client_hello_parse(&hello, message.body));
	assert_int_equal(hello.n_alpns, TLS_ALPNS);
	assert_true(bytes_is(hello.alpns[0], "a") && bytes_is(hello.alpns[TLS_ALPNS - 1], "p"));
	free(message.memory);
}

static const struct client_case server_cases[] = {
	{ "no extensions", SERVER, true },
	{ "a byte too many", SERVER "00", false },
	{ "one twice", SERVER "0008 fff0 0000 fff0 0000", false },
	{ "a version", SERVER "0006 002b 0002 0304", true },
	{ "half a version", SERVER "0005 002b 0001 03", false },
	{ "a protocol", SERVER "0009 0010 0005 0003 02 6832", true },
	{ "two protocols", SERVER "000b 0010 0007 0005 01 61 02 6832", false },
	{ "a ticket to come", SERVER "0004 0023 0000", true },
	{ "a ticket with content", SERVER "0005 0023 0001 00", false },
	{ "an identity", SERVER "0006 0029 0002 0000", true },
	{ "an identity that there cannot be", SERVER "0006 0029 0002 ffff", false },
	{ "half an identity", SERVER "0005 0029 0001 00", false },
	{ "session id of 33", "02000000 0303" RANDOM32 "21" RANDOM32 "aa 1301 00", false },
	{ "cut", "02000000 0303" RANDOM32 "00 1301", false },
};

static void keeps_to_the_servers_syntax(void **state)
{
	struct tls_server_hello hello;

	(void)state;
	for (size_t i = 0; i < sizeof server_cases / sizeof server_cases[0]; i++)
		if (server_of(server_cases[i].hex, &hello) != server_cases[i].ok)
			fail_msg("%s: %s", server_cases[i].what, server_cases[i].ok ? "refused" : "taken");
	assert_true(server_of(SERVER "000e 0029 0002 0102 0016 0000 002a 0000", &hello));
	assert_int_equal(hello.psk, 0x103);
	assert_true(hello.encrypt_then_mac && hello.early_data);
}

static void reads_encrypted_extensions(void **state)
{
	static const struct {
		const char *hex;
		bool ok, early;
		const char *alpn;
	} cases[] = {
		{ "08000000 0000", true, false, "" },
		{ "08000000 000d 0010 0005 0003 02 6832 002a 0000", true, true, "h2" },
		{ "08000000 0004 0000 0000", true, false, "" }, /* the server took the name: RFC 6066 3 */
		{ "08000000 0005 002a 0001 00", false, false, "" },
		{ "08000000 000b 0010 0007 0005 01 61 02 6832", false, false, "" },
		{ "08000000 0000 00", false, false, "" },
		{ "08000000 00", false, false, "" },
		{ "08000000", false, false, "" },
		{ "08000000 0008 002a 0000 002a 0000", false, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct message message = message_of(cases[i].hex);
		struct bytes alpn;
		bool early;

		assert_int_equal(tls_encrypted_extensions_parse(message.body, &alpn, &early), cases[i].ok);
		assert_true(!cases[i].ok || (early == cases[i].early && bytes_is(alpn, cases[i].alpn)));
		free(message.memory);
	}
}

/* RFC 5246 E.2: the form that clients of old sent so that servers of SSLv2 understood it. */
static void reads_the_old_form(void **state)
{
	static const struct client_case cases[] = {
		{ "two suites", "00000000 01 0301 0006 0000 0010 00002f 010080 000102030405060708090a0b0c0d0e0f", true },
		{ "a session and the longest challenge", "00000000 01 0301 0003 0010 0020 00002f 000102030405060708090a0b0c0d0e0f" RANDOM32, true },
		{ "another message", "00000000 02 0301 0003 0000 0010 00002f 000102030405060708090a0b0c0d0e0f", false },
		{ "no suites", "00000000 01 0301 0000 0000 0010 000102030405060708090a0b0c0d0e0f", false },
		{ "half a suite", "00000000 01 0301 0002 0000 0010 0000 000102030405060708090a0b0c0d0e0f", false },
		{ "a short challenge", "00000000 01 0301 0003 0000 000f 00002f 000102030405060708090a0b0c0d0e", false },
		{ "a long challenge", "00000000 01 0301 0003 0000 0021 00002f" RANDOM32 "aa", false },
		{ "a short session", "00000000 01 0301 0003 0001 0010 00002f aa 000102030405060708090a0b0c0d0e0f", false },
		{ "a byte too many", "00000000 01 0301 0003 0000 0010 00002f 000102030405060708090a0b0c0d0e0f 00", false },
		{ "cut", "00000000 01 0301 0003 0000 0010 00002f 000102030405060708090a0b0c0d0e", false },
	};
	static const uint8_t random[32] = { [17] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	struct tls_client_hello hello = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct message message = message_of(cases[i].hex);

		if (tls_client_hello_parse_v2(&hello, message.body) != cases[i].ok)
			fail_msg("%s: %s", cases[i].what, cases[i].ok ? "refused" : "taken");
		assert_true(!cases[i].ok || (hello.v2 && hello.version == 0x0301 && hello.suites.len == 0));
		if (i == 0) {
			assert_memory_equal(hello.random, random, 32);
			assert_int_equal(hello.v2_suites.len, 6);
		}
		free(message.memory);
	}
}

static void knows_grease(void **state)
{
	unsigned n = 0;

	(void)state;
	for (unsigned value = 0; value <= 0xffff; value++)
		n += tls_is_grease((uint16_t)value);
	assert_int_equal(n, 16); /* RFC 8701 2 */
	assert_true(tls_is_grease(0x0a0a) && tls_is_grease(0x1a1a) && tls_is_grease(0xfafa));
	assert_false(tls_is_grease(0x0a1a) || tls_is_grease(0xff0a) || tls_is_grease(0));
}

/* Cut anywhere, a hello is none, but where its extensions would begin: memory of just that size shows a read too far. */
static void takes_no_prefix(void **state)
{
	static const char *const hellos[] = { HELLOS_CLIENT_13, HELLOS_CLIENT_12, HELLOS_CLIENT_GREASE, HELLOS_SERVER_13,
		HELLOS_SERVER_12, HELLOS_RETRY };

	(void)state;
	for (size_t i = 0; i < sizeof hellos / sizeof hellos[0]; i++) {
		struct message message = message_of(hellos[i]);
		unsigned n_taken = 0;

		for (size_t len = 0; len < message.body.len; len++) {
			uint8_t *cut = malloc(len ? len : 1);
			struct tls_client_hello client = { 0 };
			struct tls_server_hello server;

			memcpy(cut, message.body.data, len);
			n_taken += i < 3 ? tls_client_hello_parse(&client, bytes_of(cut, len)) :
				tls_server_hello_parse(&server, bytes_of(cut, len));
			free(cut);
		}
		assert_int_equal(n_taken, 1);
		free(message.memory);
	}
}

/* Views lie within the message, whatever a byte of it becomes. */
static void survives_any_byte(void **state)
{
	struct message message = message_of(HELLOS_CLIENT_GREASE);
	struct tls_client_hello hello = { 0 };

	(void)state;
	for (size_t i = 0; i < message.body.len; i++) {
		uint8_t was = message.memory[i];

		for (unsigned value = 0; value < 256; value++) {
			message.memory[i] = (uint8_t)value;
			if (!tls_client_hello_parse(&hello, message.body))
				continue;
			assert_in_range(hello.n_alpns, 0, TLS_ALPNS);
			assert_true(hello.extensions.data >= message.body.data &&
			    hello.extensions.data + hello.extensions.len <= message.body.data + message.body.len);
		}
		message.memory[i] = was;
	}
	free(message.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_client),
		cmocka_unit_test(reads_other_clients),
		cmocka_unit_test(reads_servers),
		cmocka_unit_test(keeps_to_the_clients_syntax),
		cmocka_unit_test(reads_what_the_cases_say),
		cmocka_unit_test(keeps_the_first_protocols),
		cmocka_unit_test(keeps_to_the_servers_syntax),
		cmocka_unit_test(reads_encrypted_extensions),
		cmocka_unit_test(reads_the_old_form),
		cmocka_unit_test(knows_grease),
		cmocka_unit_test(takes_no_prefix),
		cmocka_unit_test(survives_any_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
