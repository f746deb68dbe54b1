/* Is it HTTP/2, and who sends it? Of frames, of what is nearly frames, of other protocols and of noise. */
#include "dissectors/app/http2_chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "tests/support/h2_maker.h"

enum { CLIENT = 1, SERVER = 2, TEXT_CAP = 65536 };

#define GET ":method: GET | :scheme: https | :authority: a | :path: /"

static const struct {
	const char *name;
	enum direction dir;
	const char *lines[6];
	enum http2_fit fit;
	unsigned from;
} chains[] = {
	{ "a request and more", TO_SERVER, { "HEADERS 5 end | " GET, "WINDOW 0 9" }, HTTP2_FITS, CLIENT },
	{ "a request alone", TO_SERVER, { "HEADERS 5 end | " GET }, HTTP2_PARTIAL, CLIENT },
	{ "a request from the server", TO_CLIENT, { "HEADERS 5 end | " GET, "PING" }, HTTP2_NO, 0 },
	{ "a response and more", TO_CLIENT, { "HEADERS 5 | :status: 200", "DATA 5 | abc" }, HTTP2_FITS, SERVER },
	{ "a response from the client", TO_SERVER, { "HEADERS 5 | :status: 200", "DATA 5 | abc" }, HTTP2_NO, 0 },
	{ "a response to a push", TO_CLIENT, { "HEADERS 6 | :status: 200", "DATA 6 | abc" }, HTTP2_FITS, SERVER },
	{ "a push", TO_CLIENT, { "PUSH 5 promise=6 | " GET, "DATA 5 | abc" }, HTTP2_FITS, SERVER },
	{ "a push of an odd stream", TO_CLIENT, { "PUSH 5 promise=7 | " GET, "DATA 5 | abc" }, HTTP2_NO, 0 },
	{ "trailers", TO_CLIENT, { "DATA 5 | abc", "HEADERS 5 end | grpc-status: 0" }, HTTP2_PARTIAL, 0 },
	{ "no head", TO_CLIENT, { "HEADERS 5 | server: x", "PING" }, HTTP2_NO, 0 },
	{ "settings that say something", TO_CLIENT, { "SETTINGS 3=100" }, HTTP2_FITS, 0 },
	{ "settings that say nothing", TO_CLIENT, { "SETTINGS" }, HTTP2_PARTIAL, 0 },
	{ "settings that nobody knows", TO_CLIENT, { "SETTINGS 0x4242=100" }, HTTP2_NO, 0 },
	{ "a setting that is not to be relied on", TO_CLIENT, { "SETTINGS 0x8a8a=100" }, HTTP2_FITS, 0 },
	{ "a setting out of range", TO_CLIENT, { "SETTINGS 2=2" }, HTTP2_NO, 0 },
	{ "a frame size out of range", TO_CLIENT, { "SETTINGS 5=100" }, HTTP2_NO, 0 },
	{ "twice nothing", TO_CLIENT, { "SETTINGS", "SETTINGS ack" }, HTTP2_FITS, 0 },
	{ "DATA alone", TO_CLIENT, { "DATA 5 | abc", "DATA 5 | abc" }, HTTP2_PARTIAL, 0 },
	{ "DATA and DATA", TO_CLIENT, { "DATA 5 | abc", "DATA 5 | abc", "DATA 5 end | abc" }, HTTP2_FITS, 0 },
	{ "DATA of two streams", TO_CLIENT, { "DATA 5 | abc", "DATA 5 | abc", "DATA 7 end | abc" }, HTTP2_PARTIAL, 0 },
	{ "DATA of a pushed stream", TO_CLIENT, { "DATA 6 | abc", "DATA 6 | abc", "DATA 6 end | abc" }, HTTP2_PARTIAL, SERVER },
	{ "an update of nothing", TO_CLIENT, { "WINDOW 5 0", "PING" }, HTTP2_NO, 0 },
	{ "an error that nobody knows", TO_CLIENT, { "RST 5 14", "PING" }, HTTP2_NO, 0 },
	{ "GOAWAY", TO_CLIENT, { "RST 5 13", "GOAWAY 0 2" }, HTTP2_FITS, 0 },
	{ "a stream that depends on itself", TO_SERVER, { "FRAME 1 type=2 | \1\1\1\2\x10", "FRAME 2 type=2 | \1\1\1\2\x10" }, HTTP2_NO, 0 },
	{ "priorities, updated", TO_SERVER, { "FRAME 0 type=16 | \1\1\1\5u=1", "PING" }, HTTP2_FITS, CLIENT },
	{ "CONTINUATION where it belongs", TO_SERVER, { "HEADERS 5 cut=9 end | " GET, "PING" }, HTTP2_FITS, CLIENT },
	{ "CONTINUATION where it does not", TO_SERVER, { "PING", "CONTINUATION 5 | abc" }, HTTP2_NO, 0 },
	{ "none where one belongs", TO_SERVER, { "HEADERS 5 open end | " GET, "PING" }, HTTP2_NO, 0 },
	{ "beginning within a block", TO_SERVER, { "CONTINUATION 5 | abc", "PING" }, HTTP2_FITS, 0 },
	{ "a third frame that is none", TO_SERVER, { "PING", "PING ack", "RAW | GET / HTTP/1.1" }, HTTP2_NO, 0 },
	{ "an unknown type", TO_SERVER, { "PING", "FRAME 0 type=11 | abc" }, HTTP2_NO, 0 },
};

static void test_chains(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++) {
		uint8_t text[4096];
		size_t len = 0;
		struct h2_maker maker;
		struct http2_chain chain;

		h2_maker_init(&maker);
		for (const char *const *line = chains[i].lines; *line; line++) {
			struct bytes bytes = h2_maker_line(&maker, chains[i].dir, *line);

			memcpy(text + len, bytes.data, bytes.len);
			len += bytes.len;
		}
		h2_maker_fini(&maker);
		enum http2_fit fit = http2_chain_look(&chain, chains[i].dir, bytes_of(text, len), false);
		unsigned from = (chain.from_client ? CLIENT : 0u) | (chain.from_server ? SERVER : 0u);

		if (fit != chains[i].fit || (fit != HTTP2_NO && from != chains[i].from))
			fail_msg("%s: %u from %u", chains[i].name, fit, from);
		if (fit == HTTP2_PARTIAL)
			assert_true(chain.need > len);
		for (size_t n = 0; n < len && fit != HTTP2_NO; n++) /* of a beginning nobody says that it is none */
			assert_true(http2_chain_look(&chain, chains[i].dir, bytes_of(text, n), false) != HTTP2_NO);
	}
}

/* One frame to the end will do for who knows more. */
static void test_alone(void **state)
{
	struct h2_maker maker;
	struct http2_chain chain;

	(void)state;
	h2_maker_init(&maker);
	struct bytes bytes = h2_maker_line(&maker, TO_SERVER, "HEADERS 5 end | " GET);

	assert_int_equal(http2_chain_look(&chain, TO_SERVER, bytes, true), HTTP2_FITS);
	assert_int_equal(http2_chain_look(&chain, TO_SERVER, bytes_head(bytes, bytes.len - 1), true), HTTP2_PARTIAL);
	bytes = h2_maker_line(&maker, TO_SERVER, "HEADERS 7 end | " GET); /* out of the dynamic table, but for one */
	assert_int_equal(http2_chain_look(&chain, TO_SERVER, bytes, true), HTTP2_FITS);
	bytes = h2_maker_line(&maker, TO_SERVER, "DATA 5 | abc");
	assert_int_equal(http2_chain_look(&chain, TO_SERVER, bytes, true), HTTP2_PARTIAL);
	bytes = h2_maker_line(&maker, TO_SERVER, "HEADERS 9 end | :path: /9 | :method: GET | :scheme: https | :authority: a"); /* the first one spelt out */
	assert_int_equal(bytes.data[HTTP2_FRAME_HEADER], 0x04);
	assert_int_equal(http2_chain_look(&chain, TO_SERVER, bytes, true), HTTP2_FITS);
	assert_true(chain.from_client);
	h2_maker_fini(&maker);
}

static void assert_nowhere(const void *data, size_t len, const char *what)
{
	struct http2_chain chain;
	size_t at;

	for (int dir = 0; dir < 2; dir++) {
		if (http2_chain_look(&chain, (enum direction)dir, bytes_of(data, len), false) == HTTP2_FITS ||
		    http2_chain_find(&chain, (enum direction)dir, bytes_of(data, len), &at) == HTTP2_FITS)
			fail_msg("%s looks like HTTP/2", what);
	}
}

#define OTHER(text) assert_nowhere(text, sizeof text - 1, #text)

static void test_others(void **state)
{
	static const uint8_t zeros[TEXT_CAP], ones[4096] = { 1, 1 };

	(void)state;
	assert_nowhere(zeros, sizeof zeros, "zeros");
	assert_nowhere(ones, sizeof ones, "ones and zeros");
	OTHER("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	OTHER("SSH-2.0-OpenSSH_9.2\r\n");
	OTHER("\x16\x03\x01\0\x05\x01\0\0\x01\0");
	OTHER("\0\0\0\x4a\xffSMBr\0\0\0\0\x18\x53\xc8\0\0\0\0\0\0\0\0\0\0\0\0\0\0");              /* SMB */
	OTHER("\0\0\0\x90\xfeSMB@\0\0\0\0\0\0\0\0\0\x1f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");           /* SMB 2 */
	OTHER("\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0");                             /* RDP */
	OTHER("\0\0\0\x08\x04\xd2\x16\x2f");                                                       /* PostgreSQL, SSLRequest */
	OTHER("\0\0\0\x29\0\x03\0\0user\0test\0database\0test\0\0");                               /* PostgreSQL */
	OTHER("\x4a\0\0\0\x0a" "8.0.36\0\x08\0\0\0abcdefgh\0\xff\xff\xff\x02\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0"); /* MySQL */
	OTHER("\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0");                             /* LDAP */
	OTHER("\0\x1c\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01" "a\x04test\0\0\x01\0\x01\0\0\0\0\0\0"); /* DNS */
	OTHER("\0\0\0\x21\0\x12\0\x03\0\0\0\x01\0\x08" "testtest\0\x05test\x04" "1.0\0");          /* Kafka */
	OTHER("\x80\0\0\x28\x12\x34\x56\x78\0\0\0\0\0\0\0\x02\0\x01\x86\xa3\0\0\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"); /* NFS */
	OTHER("AMQP\0\0\x09\x01\x01\0\0\0\0\0\x08\0\x0a\0\x0b\0\0\0\0\xce");
	OTHER("\x10\x10\0\x04MQTT\x04\x02\0\x3c\0\x04test");
	OTHER("\0\0\0\0\0\x06\x01\x03\0\0\0\x0a\0\0\0\0\0\x06\x01\x03\0\0\0\x0a");                 /* Modbus */
}

/* Noise of every density of zeros. */
static void test_noise(void **state)
{
	static uint8_t noise[TEXT_CAP];
	uint64_t seed = 42;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		for (size_t i = 0; i < sizeof noise; i++) {
			uint64_t r = script_next(&seed);

			noise[i] = (r >> 20) % 16 < round % 16 ? (uint8_t)((r >> 8) & (round & 1 ? 0x0f : 0)) : (uint8_t)r;
		}
		assert_nowhere(noise, sizeof noise, "noise");
	}
}

/* Frames behind what is none. */
static void test_find(void **state)
{
	uint8_t text[4096];
	struct h2_maker maker;
	struct http2_chain chain;
	size_t at;

	(void)state;
	h2_maker_init(&maker);
	struct bytes one = h2_maker_line(&maker, TO_CLIENT, "RAW | \1\1\1 rest of content \1\1\1\1\1");

	memcpy(text, one.data, one.len);
	size_t before = one.len, len = before;

	for (unsigned i = 0; i < 2; i++) {
		one = h2_maker_line(&maker, TO_CLIENT, i ? "DATA 5 | abc" : "HEADERS 5 | :status: 200");
		memcpy(text + len, one.data, one.len);
		len += one.len;
	}
	h2_maker_fini(&maker);
	assert_int_equal(http2_chain_find(&chain, TO_CLIENT, bytes_of(text, len), &at), HTTP2_FITS);
	assert_int_equal(at, before);
	assert_int_equal(http2_chain_find(&chain, TO_SERVER, bytes_of(text, before), &at), HTTP2_PARTIAL);
	assert_true(at < before && at >= before - 9);
	assert_int_equal(http2_chain_find(&chain, TO_SERVER, bytes_of("abcdef", 6), &at), HTTP2_NO);
	assert_int_equal(at, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
