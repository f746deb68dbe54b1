/* Records as they begin: whole, cut, none; found again after lost bytes; SSLv2's ClientHello. */
#include "dissectors/app/tls_record.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct {
	const char *hex;
	enum tls_fit fit;
	size_t len;
} records[] = {
	{ "", TLS_PARTIAL, 5 },
	{ "16", TLS_PARTIAL, 5 },
	{ "16 03", TLS_PARTIAL, 5 },
	{ "16 03 01 00", TLS_PARTIAL, 5 },
	{ "16 03 01 00 00", TLS_FITS, 5 },
	{ "16 03 01 00 02", TLS_PARTIAL, 7 },
	{ "16 03 01 00 02 01", TLS_PARTIAL, 7 },
	{ "16 03 01 00 02 01 02", TLS_FITS, 7 },
	{ "16 03 01 00 02 01 02 03", TLS_FITS, 7 },
	{ "14 03 00 00 00", TLS_FITS, 5 },
	{ "15 03 04 00 00", TLS_FITS, 5 },
	{ "17 03 03 48 00", TLS_PARTIAL, 18437 },
	{ "18 03 03 00 01", TLS_PARTIAL, 6 },
	/* near misses */
	{ "13 03 03 00 00", TLS_NO, 0 },
	{ "19", TLS_NO, 0 },
	{ "16 02", TLS_NO, 0 },
	{ "16 04 01 00 00", TLS_NO, 0 },
	{ "16 03 05", TLS_NO, 0 },
	{ "17 03 03 48 01", TLS_NO, 0 },
	{ "17 03 03 ff ff", TLS_NO, 0 },
};

static void test_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
		struct protected_record record = { 0 };
		size_t n, len = 0;
		uint8_t *data = hex_bytes(records[i].hex, &n);
		enum tls_fit fit = tls_record_parse(bytes_of(data, n), &record, &len);

		if (fit != records[i].fit || (fit != TLS_NO && len != records[i].len))
			fail_msg("%s: %d, %zu", records[i].hex, (int)fit, len);
		if (fit == TLS_FITS) {
			assert_int_equal(record.type, data[0]);
			assert_int_equal(record.version, 0x300 | data[2]);
			assert_int_equal(record.fragment.len, len - 5);
			assert_true(record.fragment.len == 0 || record.fragment.data == data + 5);
		}
		free(data);
	}
}

static const struct {
	const char *hex;
	size_t clear, sealed; /* where, if records may be in the clear, and if not */
} finds[] = {
	{ "", 0, 0 },
	{ "00 01 02", 3, 3 },
	{ "17 03 03 00 00", 0, 0 },
	{ "00 17 03 03 00 10 aa", 1, 1 },
	{ "17 17 03 03 00 10", 1, 1 },
	{ "17 05 17 06 17", 4, 4 },           /* the last byte may begin one */
	{ "aa 16 03 03 00 04 17 03 03 00 01", 1, 6 },
	{ "14 03 03 00 01 01", 0, 6 },        /* ChangeCipherSpec, but nobody's */
	{ "14 03 03 00 01 02 16 03 01", 6, 9 },
	{ "14 03 03 00 02 01", 6, 6 },
	{ "00 14 03 03 00", 1, 5 },
	{ "15 03 03 00 02 02 28", 7, 7 },
	{ "17 03 03 50 00 17 03 03 00 20", 5, 5 },
};

static void test_find(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof finds / sizeof finds[0]; i++) {
		size_t n;
		uint8_t *data = hex_bytes(finds[i].hex, &n);
		size_t clear = tls_record_find(bytes_of(data, n), true), sealed = tls_record_find(bytes_of(data, n), false);

		if (clear != finds[i].clear || sealed != finds[i].sealed)
			fail_msg("%s: %zu, %zu", finds[i].hex, clear, sealed);
		free(data);
	}
}

#define CHALLENGE "11 11 11 11 11 11 11 11 11 11 11 11 11 11 11 11"

static const struct {
	const char *hex;
	enum tls_fit fit;
} v2s[] = {
	{ "80 1c 01 03 01 00 03 00 00 00 10 00 00 2f " CHALLENGE, TLS_FITS },
	{ "80 1c 01 03 01 00 03 00 00 00 10 00 00 2f " CHALLENGE " aa", TLS_FITS },
	{ "80 1f 01 03 03 00 06 00 00 00 10 00 00 2f 00 00 35 " CHALLENGE, TLS_FITS },
	{ "80 19 01 03 00 00 00 00 00 00 10 " CHALLENGE, TLS_FITS },
	{ "00", TLS_NO },
	{ "80 1c 02", TLS_NO },
	{ "80 1c 01 02", TLS_NO },
	{ "80 1c 01 03 04", TLS_NO },
	{ "80 18 01 03 01 00 00 00 00 00 10", TLS_NO },                 /* too short */
	{ "90 01 01 03 01 00 00 00 00 00 10", TLS_NO },                 /* too long */
	{ "80 1c 01 03 01 00 04 00 00 00 10 00 00 2f " CHALLENGE, TLS_NO },
	{ "80 1c 01 03 01 00 03 00 01 00 10 00 00 2f " CHALLENGE, TLS_NO },
	{ "80 1c 01 03 01 00 03 00 00 00 0f 00 00 2f " CHALLENGE, TLS_NO },
	{ "80 1c 01 03 01 00 03 00 00 00 21 00 00 2f " CHALLENGE, TLS_NO },
};

static void test_v2(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof v2s / sizeof v2s[0]; i++) {
		size_t n, len;
		uint8_t *data = hex_bytes(v2s[i].hex, &n);
		struct bytes body = bytes_of("", 0);

		if (tls_record_parse_v2(bytes_of(data, n), &body, &len) != v2s[i].fit)
			fail_msg("%s", v2s[i].hex);
		if (v2s[i].fit == TLS_FITS) {
			assert_int_equal(len, 2 + (size_t)data[1]);
			assert_int_equal(body.len, data[1]);
			for (size_t cut = 1; cut < len; cut++) {
				uint8_t *part = malloc(cut);
				size_t need = 0;

				memcpy(part, data, cut);
				assert_int_equal(tls_record_parse_v2(bytes_of(part, cut), &body, &need), TLS_PARTIAL);
				assert_true(need > cut && (need == len || (cut < 5 && need == 27)));
				free(part);
			}
		}
		free(data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_records), cmocka_unit_test(test_find),
	    cmocka_unit_test(test_v2) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
