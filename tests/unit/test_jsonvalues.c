#include "dissectors/token/jsonvalues.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define FLAT "{\"payload\":\"e30\",\"protected\":\"e30\",\"signature\":\"dGVzdA\"}"
#define GENERAL "{\"payload\":\"e30\",\"signatures\":[{\"header\":{\"kid\":\"test\"},\"signature\":\"dGVzdA\"}]}"

/* Every value as "name=raw;", of a JWS "name#raw;", of a rest "name!raw;", is `want`. */
static void expect(const char *json, const char *want)
{
	size_t len = strlen(json), n = 0;
	uint8_t *exact = malloc(len ? len : 1);
	static const char marks[] = { [JSONVALUES_STRING] = '=', [JSONVALUES_JWS] = '#', [JSONVALUES_REST] = '!' };
	char have[1024] = "";
	struct jsonvalues values;
	struct jsonvalue value;
	enum jsonvalues_kind kind;

	memcpy(exact, json, len);
	jsonvalues_init(&values, bytes_of(exact, len));
	while ((kind = jsonvalues_next(&values, &value)) != JSONVALUES_END)
		n += (size_t)snprintf(have + n, sizeof have - n, "%.*s%c%.*s;", (int)value.name.len,
		    (const char *)value.name.data,
		    marks[kind], (int)value.raw.len, (const char *)value.raw.data);
	assert_string_equal(have, want);
	free(exact);
}

static void test_names(void **state)
{
	(void)state;
	expect("", "");
	expect("\"a\"", "=a;");
	expect("[\"a\",1,\"b\"]", "=a;=b;");
	expect("{\"n\":\"a\",\"m\":{\"o\":\"b\"},\"p\":\"c\"}", "n=a;o=b;p=c;");
	expect("{\"n\":[\"a\",{\"o\":\"b\"},\"c\",[\"d\"]],\"p\":\"e\"}", "n=a;o=b;n=c;n=d;p=e;");
	expect("{\"n\":{},\"m\":true,\"p\":\"x\\\"y\"}", "p=x\\\"y;");
	expect("{\"a\":\"b\"}\n{\"c\":\"d\"} \"e\"", "a=b;c=d;=e;");
}

/* Where the text is no JSON any more, what is left is handed out. */
static void test_rest(void **state)
{
	(void)state;
	expect("not", "!not;");
	expect("{\"a\":\"b\",c:\"d\"}", "a=b;!,c:\"d\"};");
	expect("{\"a\":\"b\",\"c\":\"cut off", "a=b;!\"cut off;");
	expect("{\"a\":\"b\"", "a=b;");
	expect(")]}',\n{\"a\":\"b\"}", "!)]}',\n{\"a\":\"b\"};");
}

static void test_jws(void **state)
{
	(void)state;
	expect(FLAT, "payload=e30;protected=e30;signature=dGVzdA;#" FLAT ";");
	expect("{\"n\":" FLAT "}", "payload=e30;protected=e30;signature=dGVzdA;n#" FLAT ";");
	expect(GENERAL, "payload=e30;kid=test;signature=dGVzdA;#" GENERAL ";");
	expect("{\"payload\":\"\",\"header\":{},\"signature\":\"\"}",
	    "payload=;signature=;#{\"payload\":\"\",\"header\":{},\"signature\":\"\"};");
	expect("{\"payload\":1,\"protected\":\"e30\",\"signature\":\"x\"}", "protected=e30;signature=x;");
	expect("{\"payload\":\"e30\",\"signature\":\"x\"}", "payload=e30;signature=x;");
	expect("{\"payload\":\"e30\",\"protected\":\"x\"}", "payload=e30;protected=x;");
	expect("{\"payload\":[\"e30\"],\"protected\":\"x\",\"signature\":\"y\"}", "payload=e30;protected=x;signature=y;");
	expect("{\"payload\":\"e30\",\"signatures\":{}}", "payload=e30;");
	expect("{\"payload\":\"e30\",\"x\":{\"protected\":\"x\",\"signature\":\"y\"}}", "payload=e30;protected=x;signature=y;");
}

static bool is_jws(const char *text)
{
	return jsonvalues_is_jws(bytes_text(text));
}

static void test_is_jws(void **state)
{
	(void)state;
	assert_true(is_jws(FLAT));
	assert_true(is_jws(" \n" GENERAL "\t "));
	assert_false(is_jws(FLAT " x"));
	assert_false(is_jws(FLAT FLAT));
	assert_false(is_jws("1 " FLAT));
	assert_false(is_jws("{\"n\":" FLAT "}"));
	assert_false(is_jws("[" FLAT "]"));
	assert_false(is_jws("{}"));
	assert_false(is_jws(""));
	assert_true(is_jws("{\"payload\":\"e30\",\"n\":" FLAT ",\"signatures\":[]}"));
}

static enum jsonvalues_kind next(struct jsonvalues *values, struct jsonvalue *value, const char *name, const char *raw)
{
	enum jsonvalues_kind kind = jsonvalues_next(values, value);

	assert_true(bytes_is(value->name, name));
	assert_true(bytes_is(value->raw, raw));
	return kind;
}

static void test_enter(void **state)
{
	struct jsonvalues values;
	struct jsonvalue value;

	(void)state;
	jsonvalues_init(&values, bytes_text("{\"n\":\"x\",\"m\":\"y\"}"));
	assert_int_equal(next(&values, &value, "n", "x"), JSONVALUES_STRING);
	assert_true(jsonvalues_enter(&values, bytes_text("[\"a\",{\"o\":\"b\"}]")));
	assert_int_equal(next(&values, &value, "n", "a"), JSONVALUES_STRING);
	assert_true(jsonvalues_enter(&values, bytes_text("\"c\"")));
	assert_int_equal(next(&values, &value, "n", "c"), JSONVALUES_STRING);
	assert_true(jsonvalues_enter(&values, bytes_text("broken")));
	assert_false(jsonvalues_enter(&values, bytes_text("\"too deep\"")));
	assert_int_equal(next(&values, &value, "n", "broken"), JSONVALUES_REST);
	assert_int_equal(next(&values, &value, "o", "b"), JSONVALUES_STRING);
	assert_int_equal(next(&values, &value, "m", "y"), JSONVALUES_STRING);
	assert_int_equal(jsonvalues_next(&values, &value), JSONVALUES_END);
	assert_int_equal(jsonvalues_next(&values, &value), JSONVALUES_END);
}

/* Deeper than names are kept, and deeper than JSON is read. */
static void test_deep(void **state)
{
	enum { DEEP = 2000 };
	char *text = malloc(DEEP * 5 + 8), *at = text;
	struct jsonvalues values;
	struct jsonvalue value;

	(void)state;
	for (size_t i = 0; i < 100; i++)
		at += sprintf(at, "{\"n\":");
	at += sprintf(at, "\"a\"");
	for (size_t i = 0; i < 100; i++)
		*at++ = '}';
	jsonvalues_init(&values, bytes_of(text, (size_t)(at - text)));
	assert_int_equal(next(&values, &value, "", "a"), JSONVALUES_STRING);
	assert_int_equal(jsonvalues_next(&values, &value), JSONVALUES_END);
	memset(text, '[', DEEP);
	jsonvalues_init(&values, bytes_of(text, DEEP));
	assert_int_equal(jsonvalues_next(&values, &value), JSONVALUES_REST);
	assert_int_equal(value.raw.len, DEEP - JSONTEXT_DEPTH);
	free(text);
}

static void test_escapes(void **state)
{
	struct jsonvalues values;
	struct jsonvalue value;

	(void)state;
	jsonvalues_init(&values, bytes_text("{\"\\u006e\":\"a\",\"m\":\"\\n\"}"));
	assert_int_equal(jsonvalues_next(&values, &value), JSONVALUES_STRING);
	assert_true(value.name_escaped && !value.escaped);
	assert_int_equal(jsonvalues_next(&values, &value), JSONVALUES_STRING);
	assert_true(!value.name_escaped && value.escaped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_jws),
		cmocka_unit_test(test_is_jws),
		cmocka_unit_test(test_enter),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
