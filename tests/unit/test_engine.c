/* The engine around its workers: time without packets, pauses, other rules in the middle of a run; one worker and several. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/support/compact.h"
#include "tests/support/pipeline.h"

#define S INT64_C(1000000000)
#define START (INT64_C(1700000000) * S)

static struct pipeline_assets assets;

static void begin(struct pipeline *pipeline, unsigned n_workers)
{
	pipeline_init(pipeline);
	pipeline->n_workers = n_workers;
	assert_true(pipeline_begin(pipeline, &assets));
}

static void ask(struct pipeline *pipeline, uint16_t port, const char *kid, int64_t time_ns)
{
	char header[100], text[600];

	snprintf(header, sizeof header, "{\"alg\":\"RS256\",\"kid\":\"%s\"}", kid);
	char *token = compact_token(header, "{\"iss\":\"https://issuer.test/\"}", "dGVzdA");
	int len = snprintf(text, sizeof text, "GET /%s HTTP/1.1\r\nHost: a.test\r\nAuthorization: Bearer %s\r\n\r\n", kid, token);
	struct frames_spec spec = { .src = "10.0.0.1", .dst = "192.0.2.80", .src_port = port, .dst_port = 80, .flags = TCP_ACK, .seq = 1,
		.ack = 1, .data = bytes_of(text, (size_t)len) };

	pipeline_send(pipeline, &spec, time_ns);
	free(token);
}

static uint64_t lines(struct pipeline *pipeline)
{
	engine_pause(pipeline->engine);
	return eve_n_lines(pipeline->eve);
}

/* What waits for a response is said when the clock says so, packets or not; the clock never goes back. */
static void silence(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 3; n += 2) {
		struct pipeline pipeline;

		begin(&pipeline, n);
		ask(&pipeline, 40000, "k", START);
		engine_clock(pipeline.engine, START + 29 * S);
		assert_int_equal(lines(&pipeline), 0);
		engine_clock(pipeline.engine, START + 5 * S);
		assert_int_equal(lines(&pipeline), 0);
		engine_clock(pipeline.engine, START + 32 * S);
		assert_int_equal(lines(&pipeline), 2); /* token and http */
		pipeline_end(&pipeline);
		pipeline_fini(&pipeline);
	}
}

static struct rules *rules_of(const char *rule)
{
	char path[] = "/tmp/test-engine-XXXXXX";
	struct errors errors = { 0 };
	struct rules *rules = rules_new();
	int fd = mkstemp(path);

	assert_true(fd >= 0 && write(fd, rule, strlen(rule)) == (ssize_t)strlen(rule));
	close(fd);
	rules_load(rules, path, &errors);
	unlink(path);
	assert_int_equal(errors.n, 0);
	return rules;
}

/* A request that waits is judged by the new rules, if an old one had a question and so its token was kept; those after are, tokens
 * seen before too. */
static void reload(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 3; n += 2) {
		struct rules *first = rules_of("alert jwt any any -> any any (msg:\"old\"; jwt.kid:a; sid:1;)\n");
		struct rules *second = rules_of("alert jwt any any -> any any (msg:\"new\"; jwt.kid:a,b; sid:2;)\n"
						"alert jwt any any -> any any (msg:\"newer\"; jwt.kid:c; sid:3;)\n");
		struct pipeline_assets own = assets;
		struct pipeline pipeline;

		pipeline_init(&pipeline);
		pipeline.n_workers = n;
		own.rules = first;
		assert_true(pipeline_begin(&pipeline, &own));
		for (uint16_t i = 0; i < 8; i++)
			ask(&pipeline, (uint16_t)(40000 + i), i % 2 ? "a" : "b", START);
		assert_int_equal(lines(&pipeline), 0);
		assert_true(engine_reload(pipeline.engine, &assets.decode, second));
		rules_free(first);
		assert_int_equal(lines(&pipeline), 0);
		for (uint16_t i = 0; i < 9; i++)
			ask(&pipeline, (uint16_t)(50000 + i), i % 3 ? i % 3 == 1 ? "a" : "b" : "c", START + S);
		pipeline_end(&pipeline);
		assert_int_equal(pipeline_count(&pipeline, "\"signature\":\"old\""), 0);
		assert_int_equal(pipeline_count(&pipeline, "\"signature\":\"new\""), 4 + 6);
		assert_int_equal(pipeline_count(&pipeline, "\"signature\":\"newer\""), 3);
		pipeline_fini(&pipeline);
		rules_free(second);
	}
}

/* Whatever workers were given, and if it is nothing: behind it all are said to have come as far as the reader, and nobody
 * waits. */
static void reach(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 5; n += 2) {
		struct key_material material = { .may_come_from = UINT64_MAX };
		struct pipeline pipeline;

		pipeline_init(&pipeline);
		assert_true(key_material_begin(&material, &pipeline.config, n));
		pipeline.n_workers = n;
		pipeline.material = &material;
		assert_true(pipeline_begin(&pipeline, &assets));
		alarm(20); /* to wait for ever is to fail */
		for (uint16_t i = 1; i <= 20; i++) {
			assert_int_equal(engine_next_number(pipeline.engine), i);
			if (i % 2)
				ask(&pipeline, 40000, "k", START + i * S / 3); /* one flow: one lane */
			else
				engine_pass_by(pipeline.engine);
			if (i % 5 == 0)
				engine_secrets(pipeline.engine);
			if (i % 7 == 0)
				engine_clock(pipeline.engine, START + i * S);
			if (i % 2 == 0)
				continue;
			engine_pause(pipeline.engine);
			for (unsigned k = 0; k < n; k++)
				secrets_await(material.secrets, k, i + 1u);
		}
		pipeline_end(&pipeline);
		for (unsigned k = 0; k < n; k++)
			secrets_await(material.secrets, k, UINT64_MAX);
		alarm(0);
		assert_int_equal(pipeline_count(&pipeline, "\"event_type\":\"http\""), 1);
		pipeline_fini(&pipeline);
		key_material_free(&material);
	}
}

/* Secrets that come again and again, at every place of a round, change nothing that is said. */
static void secrets_between(void **state)
{
	char *want = NULL;

	(void)state;
	for (unsigned n = 1; n <= 3; n++) {
		for (unsigned every = 0; every < 4; every++) {
			struct key_material material = { .may_come_from = UINT64_MAX };
			struct pipeline pipeline;

			pipeline_init(&pipeline);
			assert_true(key_material_begin(&material, &pipeline.config, n));
			pipeline.n_workers = n;
			pipeline.material = &material;
			assert_true(pipeline_begin(&pipeline, &assets));
			for (uint16_t i = 0; i < 1500; i++) {
				ask(&pipeline, (uint16_t)(40000 + i), i % 3 ? "a" : "b", START + i * S / 100);
				for (unsigned k = 0; every && i % every == 0 && k <= i % 3u; k++)
					engine_secrets(pipeline.engine);
			}
			pipeline_end(&pipeline);
			if (!want)
				want = strdup(pipeline.text);
			assert_string_equal(pipeline.text, want);
			pipeline_fini(&pipeline);
			key_material_free(&material);
		}
	}
	free(want);
}

static int load(void **state)
{
	(void)state;
	pipeline_assets_load(&assets);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	pipeline_assets_free(&assets);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence),
		cmocka_unit_test(reload),
		cmocka_unit_test(reach),
		cmocka_unit_test(secrets_between),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
