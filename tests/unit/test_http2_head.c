/* Fields of a block, sorted, and what is odd about them; the record they become. */
#include "dissectors/app/http2_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

enum { FIELDS_CAP = 32 };

struct rig {
	struct budget budget;
	struct arena arena;
	struct http_header headers[FIELDS_CAP];
	struct hpack_fields fields;
	struct http2_head head;
};

static void rig_begin(struct rig *rig)
{
	budget_init(&rig->budget, 1 << 20, NULL);
	arena_init(&rig->arena, 4096, &rig->budget);
}

static void rig_end(struct rig *rig)
{
	arena_fini(&rig->arena);
	assert_int_equal(rig->budget.used, 0);
}

/* Name, value, name, value, ..., NULL. */
static void sort(struct rig *rig, const char *const *pairs, enum http2_kind kind)
{
	memset(&rig->head, 0xa5, sizeof rig->head); /* what it was before does not matter */
	rig->fields = (struct hpack_fields){ .headers = rig->headers };
	for (; *pairs; pairs += 2)
		rig->headers[rig->fields.n++] = (struct http_header){ bytes_text(pairs[0]), bytes_text(pairs[1]) };
	http2_head_sort(&rig->head, &rig->fields, &rig->arena);
	http2_head_judge(&rig->head, kind);
}

#define SORT(rig, kind, ...) sort(rig, (const char *const[]){ __VA_ARGS__, NULL }, kind)
#define REQUEST ":method", "GET", ":scheme", "https", ":authority", "a", ":path", "/"

static void test_known(void **state)
{
	static const struct {
		const char *name;
		enum http2_known known;
	} names[] = {
		{ "host", HTTP2_HOST }, { "user-agent", HTTP2_USER_AGENT }, { "referer", HTTP2_REFERER }, { "content-type",
		  HTTP2_CONTENT_TYPE },
		{ "content-encoding", HTTP2_CONTENT_ENCODING }, { "content-length", HTTP2_CONTENT_LENGTH }, { "location",
		  HTTP2_LOCATION },
		{ "x-forwarded-for", HTTP2_XFF }, { "action", HTTP2_ACTION }, { "soapaction", HTTP2_SOAP_ACTION },
		  { "grpc-status", HTTP2_GRPC_STATUS },
	};
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char nearly[32];

		SORT(&rig, HTTP2_REQUEST, REQUEST, names[i].name, "7", names[i].name, "8", "x", "y");
		assert_int_equal(rig.head.has, 0x0f | 1u << names[i].known);
		assert_true(bytes_is(http2_head_get(&rig.head, names[i].known), "7"));
		assert_int_equal(rig.head.n_headers, 3);
		for (size_t at = 0; names[i].name[at]; at++) { /* another letter */
			snprintf(nearly, sizeof nearly, "%s", names[i].name);
			nearly[at] = 'z';
			SORT(&rig, HTTP2_REQUEST, REQUEST, nearly, "7");
			assert_int_equal(rig.head.has, 0x0f);
		}
	}
	rig_end(&rig);
}

static void test_odd(void **state)
{
	static const struct {
		const char *name, *value;
		uint32_t odd;
	} cases[] = {
		{ "x-test", "a", 0 }, { "x", "", 0 }, { "x-test-with-a-long-name-of-its-own", "a", 0 }, { "x_1.~!", "a", 0 },
		{ "X", "a", HTTP2_UPPER_CASE_HEADER }, { "x-test-with-a-long-name-of-its-owN", "a", HTTP2_UPPER_CASE_HEADER },
		{ "", "a", HTTP2_BAD_HEADER }, { "x y", "a", HTTP2_BAD_HEADER }, { "x:", "a", HTTP2_BAD_HEADER }, { "x\x80",
		  "a", HTTP2_BAD_HEADER },
		{ "X y", "a", HTTP2_BAD_HEADER | HTTP2_UPPER_CASE_HEADER }, { "x@[`{", "a", HTTP2_BAD_HEADER },
		{ "connection", "close", HTTP2_CONNECTION_HEADER }, { "keep-alive", "a", HTTP2_CONNECTION_HEADER },
		{ "proxy-connection", "a", HTTP2_CONNECTION_HEADER }, { "transfer-encoding", "chunked", HTTP2_CONNECTION_HEADER },
		{ "upgrade", "h2c", HTTP2_CONNECTION_HEADER }, { "te", "gzip", HTTP2_CONNECTION_HEADER }, { "te", "trailers", 0 },
		{ "transfer-encodinG", "chunked", HTTP2_UPPER_CASE_HEADER }, { "connections", "a", 0 },
		{ ":other", "a", HTTP2_BAD_PSEUDO }, { ":path", "/2", HTTP2_DUPLICATE_PSEUDO }, { ":status", "200",
		  HTTP2_BAD_PSEUDO },
		{ "x", "\t a \t", 0 }, { "x", "a\rb", HTTP2_BAD_HEADER }, { "x", "a\n", HTTP2_BAD_HEADER }, { "x", "a\x0b", 0 },
		  { "x", "a\x7f\xff", 0 },
	};
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		SORT(&rig, HTTP2_REQUEST, REQUEST, cases[i].name, cases[i].value);
		if (rig.head.odd != cases[i].odd)
			fail_msg("%s: %s: %x", cases[i].name, cases[i].value, rig.head.odd);
	}
	rig_end(&rig);
}

/* A byte that is odd, in every place of values and names of every length. */
static void test_everywhere(void **state)
{
	struct rig rig;
	char text[80];

	(void)state;
	rig_begin(&rig);
	for (size_t len = 1; len < 70; len++) {
		for (size_t at = 0; at < len; at++) {
			memset(text, 'v', len);
			text[len] = 0;
			SORT(&rig, HTTP2_REQUEST, REQUEST, text, text);
			assert_int_equal(rig.head.odd, 0);
			text[at] = 0;
			rig.headers[0] = (struct http_header){ bytes_text("x"), bytes_of(text, len) };
			rig.fields = (struct hpack_fields){ .headers = rig.headers, .n = 1 };
			http2_head_sort(&rig.head, &rig.fields, &rig.arena);
			assert_int_equal(rig.head.odd, HTTP2_BAD_HEADER);
			text[at] = 'V';
			SORT(&rig, HTTP2_REQUEST, REQUEST, text, "");
			assert_int_equal(rig.head.odd, HTTP2_UPPER_CASE_HEADER);
			text[at] = '\x8f';
			SORT(&rig, HTTP2_REQUEST, REQUEST, text, "");
			assert_int_equal(rig.head.odd, HTTP2_BAD_HEADER);
		}
	}
	rig_end(&rig);
}

static void test_order_and_absence(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	SORT(&rig, HTTP2_REQUEST, ":method", "GET", ":scheme", "https", "x", "y", ":path", "/");
	assert_int_equal(rig.head.odd, HTTP2_BAD_PSEUDO);
	SORT(&rig, HTTP2_REQUEST, ":method", "GET", ":path", "/");
	assert_int_equal(rig.head.odd, HTTP2_MISSING_PSEUDO);
	SORT(&rig, HTTP2_REQUEST, ":method", "CONNECT", ":authority", "a:1");
	assert_int_equal(rig.head.odd, 0);
	SORT(&rig, HTTP2_REQUEST, ":method", "CONNECT", ":authority", "a:1", ":protocol", "websocket");
	assert_int_equal(rig.head.odd, HTTP2_MISSING_PSEUDO);
	SORT(&rig, HTTP2_RESPONSE, "server", "x");
	assert_int_equal(rig.head.odd, HTTP2_MISSING_PSEUDO);
	SORT(&rig, HTTP2_RESPONSE, ":status", "200", ":path", "/");
	assert_int_equal(rig.head.odd, HTTP2_BAD_PSEUDO);
	SORT(&rig, HTTP2_TRAILERS, "grpc-status", "0");
	assert_int_equal(rig.head.odd, 0);
	SORT(&rig, HTTP2_TRAILERS, ":status", "200");
	assert_int_equal(rig.head.odd, HTTP2_BAD_PSEUDO);
	rig_end(&rig);
}

static void test_cookies(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	SORT(&rig, HTTP2_REQUEST, REQUEST, "cookie", "a=1", "x", "y", "cookie", "", "cookie", " b=2 ", "z", "");
	assert_int_equal(rig.head.n_headers, 3);
	assert_true(bytes_is(rig.head.headers[0].name, "cookie") && bytes_is(rig.head.headers[0].value, "a=1; ; b=2"));
	assert_true(bytes_is(rig.head.headers[1].name, "x") && bytes_is(rig.head.headers[2].name, "z"));
	SORT(&rig, HTTP2_REQUEST, REQUEST, "cookie", "a=1", "cookies", "b=2");
	assert_int_equal(rig.head.n_headers, 2);
	assert_true(bytes_is(rig.head.headers[0].value, "a=1"));
	rig.budget.cap = 0;
	arena_fini(&rig.arena);
	SORT(&rig, HTTP2_REQUEST, REQUEST, "cookie", "a=1", "cookie", "b=2");
	assert_true(rig.head.no_memory);
	assert_int_equal(rig.head.n_headers, 2);
	rig_end(&rig);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *status, *length;
		unsigned status_is;
		bool has_length;
		uint64_t length_is;
	} cases[] = {
		{ "200", "0", 200, true, 0 }, { "999", "123456789012345678", 999, true, UINT64_C(123456789012345678) },
		{ "20", "", 0, false, 0 }, { "2000", "+1", 0, false, 0 }, { "2x0", "1234567890123456789", 0, false, 0 }, { "",
		  " 7 ", 0, true, 7 },
	};
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		SORT(&rig, HTTP2_RESPONSE, ":status", cases[i].status, "content-length", cases[i].length);
		assert_int_equal(rig.head.status, cases[i].status_is);
		assert_int_equal(rig.head.has_length, cases[i].has_length);
		assert_int_equal(rig.head.length, cases[i].length_is);
	}
	rig_end(&rig);
}

/* Fields of which only the value is known are nobody's; nothing is missing that may be among the unknown. */
static void test_desync(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	rig.headers[0] = (struct http_header){ bytes_text(":path"), bytes_text("/") };
	rig.headers[1] = (struct http_header){ bytes_of("", 0), bytes_text("value") };
	rig.headers[2] = (struct http_header){ bytes_text("x"), bytes_text("y") };
	rig.fields = (struct hpack_fields){ .headers = rig.headers, .n = 3, .n_unknown = 2 };
	http2_head_sort(&rig.head, &rig.fields, &rig.arena);
	http2_head_judge(&rig.head, HTTP2_REQUEST);
	assert_int_equal(rig.head.n_headers, 1);
	assert_int_equal(rig.head.odd, 0);
	assert_true(rig.head.desync);
	rig_end(&rig);
}

/* ---- records ---- */

static struct record *record_of(struct rig *rig, enum http2_kind kind)
{
	const struct http2_record_of of = { 5, kind == HTTP2_REQUEST ? 255 : -1, false };
	struct record *record = http2_record_new(&rig->head, kind, &of, &rig->arena);

	assert_non_null(record);
	return record;
}

static void assert_text(const struct record *record, size_t field, const char *want)
{
	if (!bytes_is(record_get(record, field), want ? want : "") || record_has(record, field) != (want != NULL))
		fail_msg("field %zu: \"%.*s\", want %s", field, (int)record_get(record, field).len, record_get(record,
		    field).data, want);
}

static void test_request_record(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	SORT(&rig, HTTP2_REQUEST, ":method", "POST", ":scheme", "https", ":authority", "joe:test@a.test:8443", ":path",
	    "/x?access_token=test",
	    "user-agent", "ua", "referer", "https://b/?code=1&access_token=test", "content-type", "text/plain; x=y",
	  "x-forwarded-for", "192.0.2.1");
	const struct record *record = record_of(&rig, HTTP2_REQUEST);

	assert_text(record, HTTP_VERSION, "2");
	assert_text(record, HTTP_HOSTNAME, "a.test");
	assert_int_equal(record->values[HTTP_PORT].number, 8443);
	assert_text(record, HTTP_URL, "/x?access_token=REDACTED");
	assert_text(record, HTTP_METHOD, "POST");
	assert_text(record, HTTP_PROTOCOL, "HTTP/2");
	assert_text(record, HTTP_USER_AGENT, "ua");
	assert_text(record, HTTP_REQUEST_TYPE, "text/plain; x=y");
	assert_text(record, HTTP_XFF, "192.0.2.1");
	assert_null(memmem(record_get(record, HTTP_REFERER).data, record_get(record, HTTP_REFERER).len, "=test", 5));
	assert_int_equal(record->values[HTTP2_STREAM_ID].number, 5);
	assert_int_equal(record->values[HTTP2_PRIORITY].number, 255);
	assert_false(record_has(record, HTTP2_HPACK_DESYNC));
	SORT(&rig, HTTP2_REQUEST, ":method", "CONNECT", ":authority", "a.test:443");
	record = record_of(&rig, HTTP2_REQUEST);
	assert_text(record, HTTP_URL, "a.test:443");
	SORT(&rig, HTTP2_REQUEST, "authorization", "Bearer test"); /* all others are unknown */
	rig.head.desync = true;
	record = record_of(&rig, HTTP2_REQUEST);
	assert_text(record, HTTP_URL, NULL);
	assert_text(record, HTTP_METHOD, NULL);
	assert_true(record->values[HTTP2_HPACK_DESYNC].flag);
	rig_end(&rig);
}

static void test_response_record(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	SORT(&rig, HTTP2_RESPONSE, ":status", "302", "content-type", "text/html ; x=y", "location", "/cb#access_token=test",
	    "grpc-status", "7");
	const struct record *record = record_of(&rig, HTTP2_RESPONSE);

	assert_int_equal(record->values[HTTP_STATUS].number, 302);
	assert_text(record, HTTP_CONTENT_TYPE, "text/html");
	assert_text(record, HTTP_LOCATION, "/cb#access_token=REDACTED");
	assert_int_equal(record->values[HTTP_GRPC_STATUS].number, 7);
	assert_false(record_has(record, HTTP_VERSION) || record_has(record, HTTP2_STREAM_ID) || record_has(record,
	    HTTP2_PRIORITY));
	SORT(&rig, HTTP2_TRAILERS, "grpc-status", "16");
	assert_int_equal(http2_record_of_trailers(&rig.head, &rig.arena)->values[HTTP_GRPC_STATUS].number, 16);
	SORT(&rig, HTTP2_TRAILERS, "grpc-message", "x");
	assert_null(http2_record_of_trailers(&rig.head, &rig.arena));
	SORT(&rig, HTTP2_TRAILERS, "grpc-status", "1x");
	assert_false(record_has(http2_record_of_trailers(&rig.head, &rig.arena), HTTP_GRPC_STATUS));
	assert_text(http2_record_of_reset(TO_SERVER, 8, &rig.arena), HTTP2_REQUEST_ERROR, "CANCEL");
	assert_text(http2_record_of_reset(TO_CLIENT, 0, &rig.arena), HTTP2_RESPONSE_ERROR, "NO_ERROR");
	assert_text(http2_record_of_reset(TO_CLIENT, 0, &rig.arena), HTTP2_REQUEST_ERROR, NULL);
	assert_text(http2_record_of_reset(TO_CLIENT, 99, &rig.arena), HTTP2_RESPONSE_ERROR, "UNKNOWN");
	rig_end(&rig);
}

static void test_host(void **state)
{
	static const struct {
		const char *authority, *host;
		bool mismatch;
		const char *want;
	} cases[] = {
		{ "a", "a", false, "a" }, { "a", "A", false, "a" }, { "a", "b", true, "a" }, { "a:1", "a:2", true, "a" },
		  { "a:1", "a", false, "a" },
		{ "", "b", false, "b" }, { "a", "", false, "a" },
	};
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		SORT(&rig, HTTP2_REQUEST, ":method", "GET", ":scheme", "https", ":authority", cases[i].authority, ":path", "/",
		    "host", cases[i].host);
		assert_text(record_of(&rig, HTTP2_REQUEST), HTTP_HOSTNAME, cases[i].want);
		assert_int_equal(rig.head.odd, cases[i].mismatch ? HTTP2_HOST_MISMATCH : 0);
	}
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),	 cmocka_unit_test(test_odd),	   cmocka_unit_test(test_everywhere),
		cmocka_unit_test(test_order_and_absence), cmocka_unit_test(test_cookies), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_desync),	 cmocka_unit_test(test_request_record), cmocka_unit_test(test_response_record),
		cmocka_unit_test(test_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
