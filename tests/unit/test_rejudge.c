/* rejudge: rules and trust replaced between two packets; the old set is freed at once, so that a sanitizer sees a use
 * of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <unistd.h>

#include "tests/support/pipeline.h"

#define SECOND INT64_C(1000000000)
#define TOKEN "eyJhbGciOiJSUzI1NiIsImtpZCI6IlRFU1QifQ.eyJpc3MiOiJodHRwczovL3Rlc3QuZXhhbXBsZSJ9.c2ln"
#define GET(url) "GET " url " HTTP/1.1\r\nHost: a.test\r\nAuthorization: Bearer " TOKEN "\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define JWT(sid) "alert jwt any any -> any any (msg:\"TEST\"; sid:" #sid ";)\n"
#define JWT_KID(kid, sid) "alert jwt any any -> any any (msg:\"TEST\"; jwt.kid; content:\"" kid "\"; sid:" #sid ";)\n"
#define HTTP(sid) "alert http any any -> any any (msg:\"TEST\"; http.uri; content:\"/\"; sid:" #sid ";)\n"

struct set {
	struct rules *rules;
	struct decode decode;
};

static void set_load(struct set *set, const struct pipeline_assets *assets, const char *text)
{
	char path[] = "/tmp/test_rejudge.XXXXXX";
	int fd = mkstemp(path);
	struct errors errors = { 0 };

	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	set->rules = rules_new();
	set->decode = assets->decode;
	rules_load(set->rules, path, &errors);
	unlink(path);
	assert_int_equal(errors.n, 0);
}

static void say(struct pipeline *pipeline, bool client, uint16_t port, uint32_t seq, const char *text, int64_t time_ns)
{
	struct frames_spec spec = { .src = client ? "10.0.0.1" : "10.0.0.2", .dst = client ? "10.0.0.2" : "10.0.0.1",
		.src_port = client ? port : 80, .dst_port = client ? 80 : port, .flags = TCP_ACK, .seq = seq,
		.data = bytes_text(text) };

	pipeline_send(pipeline, &spec, time_ns);
}

static const struct {
	const char *name, *before, *after;
	const char *want; /* sids of the alerts: of a request that waits while rules change, of its token's next use */
} cases[] = {
	{ "another rule", JWT(1), JWT(2), "2 2 " },
	{ "the same", JWT(1), JWT(1), "1 1 " },
	{ "one that fits no more", JWT(1), JWT_KID("none", 2), "" },
	{ "one more, that fits", JWT(1), JWT(1) JWT_KID("TEST", 2), "1 2 1 2 " },
	{ "many more", JWT(1), JWT_KID("none", 2) JWT_KID("none", 3) JWT_KID("none", 4) JWT(5), "5 5 " },
	{ "fewer", JWT_KID("none", 2) JWT_KID("none", 3) JWT(1), JWT(1), "1 1 " },
	{ "none at all", JWT(1) HTTP(2), "", "" },
	{ "of requests", HTTP(1), HTTP(2), "2 2 " },
	{ "of requests, more", HTTP(1), HTTP(2) JWT(3) HTTP(4), "2 4 3 2 4 " },
	{ "the first", "", JWT(1), "1 " }, /* nothing was kept of the token that waits: no rule had a question */
};

static void sids(const struct pipeline *pipeline, char *out, size_t cap)
{
	size_t len = 0;

	*out = '\0';
	for (const char *at = pipeline->text; (at = strstr(at, "\"signature_id\":")); at++)
		len += (size_t)snprintf(out + len, cap - len, "%d ", atoi(at + 15));
}

static void replaced(void **state)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct pipeline pipeline;
		struct pipeline_assets assets = *(struct pipeline_assets *)*state;
		struct set before, after;
		char got[64];

		set_load(&before, &assets, cases[i].before);
		set_load(&after, &assets, cases[i].after);
		assets.rules = before.rules;
		pipeline_init(&pipeline);
		assert_true(pipeline_begin(&pipeline, &assets));
		say(&pipeline, true, 40000, 1, GET("/waits"), SECOND);
		assert_true(worker_judge_by(pipeline.worker, &after.decode, after.rules));
		rules_free(before.rules);
		assert_int_equal(worker_stats(pipeline.worker)->detect.rules_loaded, rules_count(after.rules));
		say(&pipeline, false, 40000, 1, OK, 2 * SECOND);
		say(&pipeline, true, 40001, 1, GET("/later"), 3 * SECOND);
		say(&pipeline, false, 40001, 1, OK, 4 * SECOND);
		pipeline_end(&pipeline);
		sids(&pipeline, got, sizeof got);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", cases[i].name, got, cases[i].want);
		assert_int_equal(pipeline_count(&pipeline, "\"event_type\":\"http\""), 2);
		assert_int_equal(pipeline_count(&pipeline, "\"event_type\":\"token\""), 2);
		assert_int_equal(pipeline_count(&pipeline, "\"status\":200"), pipeline_count(&pipeline, "\"event_type\""));
		pipeline_fini(&pipeline);
		rules_free(after.rules);
	}
}

/* What was told once is not told again because rules were read again: neither a token nor, of the same sid, an
 * alert. */
static void remembered(void **state)
{
	struct pipeline pipeline;
	struct pipeline_assets assets = *(struct pipeline_assets *)*state;
	struct set before, after;

	set_load(&before, &assets, JWT(1));
	set_load(&after, &assets, JWT(1));
	assets.rules = before.rules;
	pipeline_init(&pipeline);
	pipeline.config.token = CONFIG_TOKEN_FIRST;
	pipeline.config.alert = CONFIG_ALERT_FIRST;
	assert_true(pipeline_begin(&pipeline, &assets));
	for (unsigned i = 0; i < 3; i++) {
		say(&pipeline, true, (uint16_t)(40000 + i), 1, GET("/"), (2 * i + 1) * SECOND);
		say(&pipeline, false, (uint16_t)(40000 + i), 1, OK, (2 * i + 2) * SECOND);
		assert_true(worker_judge_by(pipeline.worker, &after.decode, i % 2 ? before.rules : after.rules));
	}
	assert_int_equal(worker_stats(pipeline.worker)->token.decoded, 3);
	pipeline_end(&pipeline);
	assert_int_equal(pipeline_count(&pipeline, "\"event_type\":\"token\""), 1);
	assert_int_equal(pipeline_count(&pipeline, "\"event_type\":\"alert\""), 1);
	pipeline_fini(&pipeline);
	rules_free(before.rules);
	rules_free(after.rules);
}

static int load(void **state)
{
	static struct pipeline_assets assets;

	pipeline_assets_load(&assets);
	*state = &assets;
	return 0;
}

static int unload(void **state)
{
	pipeline_assets_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replaced),
		cmocka_unit_test(remembered),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
