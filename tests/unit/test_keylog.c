/* Lines of key logs, whole and in pieces. */
#include "sensor/secrets/keylog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/hex.h"
#include "tests/support/script.h"

/* A random, and secrets of both lengths; each has letters of both cases. */
#define R "c8a3E9f00000000000000000000000000000000000000000000000000000001d"
#define S32 "0badC0dE000000000000000000000000000000000000000000000000000000ff"
#define S48 S32 "00112233445566778899aabbccddeeff"
#define S128 S32 S32 S32 S32
#define S256 S128 S128

static enum keylog_line parse(const char *line, struct session_key *key, struct secret *secret)
{
	size_t len = strlen(line);
	uint8_t *exact = malloc(len ? len : 1); /* so that a sanitizer sees a read past its end */

	assert_non_null(exact);
	memcpy(exact, line, len);
	enum keylog_line kind = keylog_parse(bytes_of(exact, len), key, secret);

	free(exact);
	return kind;
}

static enum keylog_line kind_of(const char *line)
{
	struct session_key key;
	struct secret secret;

	return parse(line, &key, &secret);
}

/* hex_bytes, which knows small digits, of digits of both cases. */
static uint8_t *unhex(const char *hex, size_t *len)
{
	char small[2 * SECRET_CAP + 1];
	size_t n = strlen(hex);

	assert_true(n < sizeof small);
	for (size_t i = 0; i <= n; i++)
		small[i] = (char)bytes_lower((uint8_t)hex[i]);
	return hex_bytes(small, len);
}

static void assert_hex(const uint8_t *bytes, size_t bytes_len, const char *want)
{
	size_t len;
	uint8_t *wanted = unhex(want, &len);

	assert_int_equal(bytes_len, len);
	assert_memory_equal(bytes, wanted, len);
	free(wanted);
}

static void every_line(void **state)
{
	static const struct {
		const char *line;
		enum session_kind kind;
		const char *key;
		enum secret_label label;
		unsigned generation;
		const char *secret;
	} cases[] = {
		{ "CLIENT_RANDOM " R " " S48, SESSION_BY_RANDOM, R, SECRET_MASTER, 0, S48 },
		{ "PMS_CLIENT_RANDOM " R " " S48, SESSION_BY_RANDOM, R, SECRET_PREMASTER, 0, S48 },
		{ "PMS_CLIENT_RANDOM " R " 00", SESSION_BY_RANDOM, R, SECRET_PREMASTER, 0, "00" },
		{ "PMS_CLIENT_RANDOM " R " " S256, SESSION_BY_RANDOM, R, SECRET_PREMASTER, 0, S256 },
		{ "RSA 0123456789abCDef " S48, SESSION_BY_ENCRYPTED, "0123456789abcdef", SECRET_PREMASTER, 0, S48 },
		{ "RSA Session-ID:" S32 " Master-Key:" S48, SESSION_BY_ID, S32, SECRET_MASTER, 0, S48 },
		{ "RSA Session-ID:0a Master-Key:" S48, SESSION_BY_ID, "0a", SECRET_MASTER, 0, S48 },
		{ "CLIENT_EARLY_TRAFFIC_SECRET " R " " S32, SESSION_BY_RANDOM, R, SECRET_CLIENT_EARLY, 0, S32 },
		{ "CLIENT_HANDSHAKE_TRAFFIC_SECRET " R " " S48, SESSION_BY_RANDOM, R, SECRET_CLIENT_HANDSHAKE, 0, S48 },
		{ "SERVER_HANDSHAKE_TRAFFIC_SECRET " R " " S32, SESSION_BY_RANDOM, R, SECRET_SERVER_HANDSHAKE, 0, S32 },
		{ "CLIENT_TRAFFIC_SECRET_0 " R " " S48, SESSION_BY_RANDOM, R, SECRET_CLIENT_TRAFFIC, 0, S48 },
		{ "CLIENT_TRAFFIC_SECRET_12 " R " " S48, SESSION_BY_RANDOM, R, SECRET_CLIENT_TRAFFIC, 12, S48 },
		{ "SERVER_TRAFFIC_SECRET_0 " R " " S32, SESSION_BY_RANDOM, R, SECRET_SERVER_TRAFFIC, 0, S32 },
		{ "SERVER_TRAFFIC_SECRET_65535 " R " " S32, SESSION_BY_RANDOM, R, SECRET_SERVER_TRAFFIC, 65535, S32 },
		{ "\t CLIENT_RANDOM \t " R "  " S48 " \t\r", SESSION_BY_RANDOM, R, SECRET_MASTER, 0, S48 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct session_key key;
		struct secret secret;
		uint8_t zeros[32] = { 0 };

		memset(&key, 0xEE, sizeof key);
		assert_int_equal(parse(cases[i].line, &key, &secret), KEYLOG_SECRET);
		assert_int_equal(key.kind, cases[i].kind);
		assert_hex(key.bytes, key.len, cases[i].key);
		assert_memory_equal(key.bytes + key.len, zeros, sizeof key.bytes - key.len);
		assert_int_equal(secret.label, cases[i].label);
		assert_int_equal(secret.generation, cases[i].generation);
		assert_hex(secret.bytes, secret.len, cases[i].secret);
	}
}

static void of_no_use(void **state)
{
	static const char *const lines[] = {
		"",
		" ",
		"\r",
		"#",
		"# CLIENT_RANDOM",
		"  # " R,
		"EXPORTER_SECRET " R " " S32,
		"EARLY_EXPORTER_SECRET " R " " S48,
		"ECH_SECRET " R " " S32,
		"ECH_CONFIG " R " fe0d",
		"SERVER_TRAFFIC_SECRET_65536 " R " " S32,
		"QUIC_CLIENT_TRAFFIC_SECRET_0 " R " " S32,
		"CLIENT_TRAFFIC_SECRET_000001 " R " " S32,
		"CLIENT_TRAFFIC_SECRET_N " R " " S32,
		"CLIENT_RANDOMS " R " " S48,
		"CLIENT_EARLY_TRAFFIC_SECRET_0 " R " " S32,
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		assert_int_equal(kind_of(lines[i]), KEYLOG_OTHER);
}

static void junk(void **state)
{
	static const char *const lines[] = {
		"x",
		"CLIENT_RANDOM",
		"CLIENT_RANDOM " R,
		"CLIENT_RANDOM " R " " S32,
		"CLIENT_RANDOM " R " " S48 "00",
		"CLIENT_RANDOM " R "0 " S48,
		"CLIENT_RANDOM " R "00 " S48,
		"CLIENT_RANDOM " S48 " " R,
		"CLIENT_RANDOM " R " " S48 " 00",
		"CLIENT_RANDOM " R " " S48 " 00 00 00",
		"CLIENT_RANDOM:" R " " S48,
		"client_random " R " " S48,
		"PMS_CLIENT_RANDOM " R " 0",
		"PMS_CLIENT_RANDOM " R " " S256 "00",
		"PMS_CLIENT_RANDOM " R,
		"RSA 0123456789abcd " S48,
		"RSA 0123456789abcdef00 " S48,
		"RSA 0123456789abcdef " S32,
		"RSA Session-ID: Master-Key:" S48,
		"RSA Session-ID:0 Master-Key:" S48,
		"RSA Session-ID:" S32 "00 Master-Key:" S48,
		"RSA Session-ID:00 Master-Key:" S32,
		"RSA Session-ID:00 " S48,
		"RSA Session-ID:00 Master-Key:",
		"RSA",
		"RSA 0123456789abcdef",
		"CLIENT_TRAFFIC_SECRET_0 " R " " S48 "00",
		"CLIENT_TRAFFIC_SECRET_0 " R " " S32 S32,
		"CLIENT_TRAFFIC_SECRET_0 " R " " R "0",
		"CLIENT_TRAFFIC_SECRET_0 " R,
		"FOO",
		"FOO bar",
		"FOO 0",
		"FOO= 00",
		"\xEF\xBB\xBF" "FOO 00",
		"0OO 00",
		"_FOO 00",
		"LOCAL_STATIC_PRIVATE_KEY = QChaGDXeH3eQsbFAhueUNWFdq9KfpF3yl+eITjZbXEk=",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		assert_int_equal(kind_of(lines[i]), KEYLOG_JUNK);
}

/* Every other byte in every place of a line: a secret remains one only where a digit or a blank was exchanged for another. */
static void single_changes(void **state)
{
	char line[] = "CLIENT_TRAFFIC_SECRET_7 " R "\t" S32;
	const size_t name_len = sizeof "CLIENT_TRAFFIC_SECRET_" - 1;

	(void)state;
	for (size_t i = 0; i < sizeof line - 1; i++) {
		char was = line[i];
		bool blank = was == ' ' || was == '\t';

		for (unsigned c = 1; c < 256; c++) {
			bool is_digit = c >= '0' && c <= '9', is_hex = is_digit || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');

			line[i] = (char)c;
			if ((char)c == was || (i == name_len && is_digit) || (i > name_len && !blank && is_hex) ||
			    (blank && (c == ' ' || c == '\t' || c == '\r')))
				assert_int_equal(kind_of(line), KEYLOG_SECRET);
			else if (i == 0 && c == '#')
				assert_int_equal(kind_of(line), KEYLOG_OTHER);
			else if (!(i == 0 && (c == ' ' || c == '\t' || c == '\r')))
				assert_int_not_equal(kind_of(line), KEYLOG_SECRET);
		}
		line[i] = was;
	}
}

static void every_prefix(void **state)
{
	char line[] = "RSA Session-ID:" S32 " Master-Key:" S48;

	(void)state;
	for (size_t len = sizeof line - 2; len > 0; len--) {
		line[len] = '\0';
		assert_int_equal(kind_of(line), KEYLOG_JUNK);
	}
}

/* ---- logs ---- */

struct sink {
	struct budget budget;
	struct secrets *secrets;
	struct keylog keylog;
	struct keylog_counts counts;
};

static struct sink *sink_new(size_t n_sessions, size_t cap)
{
	struct sink *sink = calloc(1, sizeof *sink);

	assert_non_null(sink);
	budget_init(&sink->budget, cap, NULL);
	sink->secrets = secrets_new(n_sessions, 1, &sink->budget);
	assert_non_null(sink->secrets);
	sink->keylog.origin = SECRET_OF_DSB;
	return sink;
}

static void sink_free(struct sink *sink)
{
	secrets_free(sink->secrets);
	assert_int_equal(sink->budget.used, 0);
	free(sink);
}

static void feed(struct sink *sink, struct bytes log, script_cut *cut, void *with)
{
	while (log.len > 0) {
		size_t len = cut(with, log.len);
		uint8_t *piece = malloc(len ? len : 1);

		assert_non_null(piece);
		memcpy(piece, log.data, len);
		keylog_feed(&sink->keylog, bytes_of(piece, len), sink->secrets, 9, &sink->counts);
		free(piece);
		log = bytes_tail(log, len);
	}
	keylog_feed(&sink->keylog, bytes_of(NULL, 0), sink->secrets, 9, &sink->counts);
	keylog_end(&sink->keylog, sink->secrets, 9, &sink->counts);
}

static bool has(struct sink *sink, const char *random, enum secret_label label, uint64_t number)
{
	struct session_key key = { .kind = SESSION_BY_RANDOM, .len = 32 };
	struct secret secret;
	size_t len;
	uint8_t *bytes = unhex(random, &len);

	memcpy(key.bytes, bytes, 32);
	free(bytes);
	return secrets_find(sink->secrets, &key, label, number, &secret) && secret.origin == SECRET_OF_DSB;
}

static void assert_counts(const struct sink *sink, uint64_t secrets, uint64_t other, uint64_t junk_lines)
{
	assert_int_equal(sink->counts.secrets, secrets);
	assert_int_equal(sink->counts.other, other);
	assert_int_equal(sink->counts.junk, junk_lines);
	assert_int_equal(sink->counts.refused, 0);
}

static void any_cutting(void **state)
{
	static const char log[] = "# SSL/TLS secrets log file\n\n"
				  "CLIENT_RANDOM " R " " S48 "\r\n"
				  "nonsense\n"
				  "EXPORTER_SECRET " R " " S32 "\n"
				  "SERVER_TRAFFIC_SECRET_0 " S32 " " S32 "\n\n \n"
				  "CLIENT_RANDOM " R "\n"
				  "CLIENT_TRAFFIC_SECRET_0 " S32 " " S48;
	static script_cut *const cuts[] = { script_whole, script_bytewise, script_random, script_random, script_random };
	uint64_t seed = 7;

	(void)state;
	for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
		struct sink *sink = sink_new(10, 1 << 20);

		feed(sink, bytes_text(log), cuts[i], &seed);
		assert_counts(sink, 3, 5, 2);
		assert_true(has(sink, R, SECRET_MASTER, 9));
		assert_false(has(sink, R, SECRET_MASTER, 8));
		assert_true(has(sink, S32, SECRET_SERVER_TRAFFIC, 9));
		assert_true(has(sink, S32, SECRET_CLIENT_TRAFFIC, 9));
		sink_free(sink);
	}
}

/* At the cap a line still counts, past it it is junk once, however long, and the next one is read again. */
static void long_lines(void **state)
{
	static const char secret[] = "CLIENT_RANDOM " R " " S48;
	static const size_t lens[] = { KEYLOG_LINE_CAP - 1, KEYLOG_LINE_CAP, KEYLOG_LINE_CAP + 1, 3 * KEYLOG_LINE_CAP, 100000 };
	static script_cut *const cuts[] = { script_whole, script_bytewise };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof lens / sizeof lens[0]; i++) {
		size_t len = lens[i / 2];
		bool good = len <= KEYLOG_LINE_CAP;
		struct sink *sink = sink_new(10, 1 << 20);
		char *log = malloc(len + 100);

		assert_non_null(log);
		memset(log, ' ', len);
		memcpy(log, secret, sizeof secret - 1);
		int tail = snprintf(log + len, 100, "\n# next\n");

		feed(sink, bytes_of(log, len + (size_t)tail), cuts[i % 2], NULL);
		assert_counts(sink, good, 1, !good);
		assert_int_equal(has(sink, R, SECRET_MASTER, 9), good);
		feed(sink, bytes_of(log, len), cuts[i % 2], NULL); /* without an end, and the same one may be fed again */
		assert_counts(sink, 2 * good, 1, 2 * !good);
		free(log);
		sink_free(sink);
	}
}

static void forgets_its_line(void **state)
{
	struct sink *sink = sink_new(10, 1 << 20);
	char zeros[KEYLOG_LINE_CAP] = { 0 };

	(void)state;
	feed(sink, bytes_text("CLIENT_RANDOM " R " " S48), script_bytewise, NULL);
	assert_counts(sink, 1, 0, 0);
	assert_memory_equal(sink->keylog.line, zeros, sizeof zeros);
	sink_free(sink);
}

static void no_room(void **state)
{
	struct sink *sink = sink_new(10, 100);

	(void)state;
	feed(sink, bytes_text("CLIENT_RANDOM " R " " S48 "\n"), script_whole, NULL);
	assert_int_equal(sink->counts.secrets, 1);
	assert_int_equal(sink->counts.refused, 1);
	sink_free(sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line),
		cmocka_unit_test(of_no_use),
		cmocka_unit_test(junk),
		cmocka_unit_test(single_changes),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(any_cutting),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(forgets_its_line),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
