/* TLS through a whole worker: packets in, events out. What carried a token is said of it; one worker and several say the same,
 * whenever and wherever secrets turn up. */
#include "tests/support/compact.h"
#include "tests/support/pipeline.h"
#include "tests/support/tls_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define MS INT64_C(1000000)
#define START (INT64_C(1700000000) * 1000 * MS)
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

enum { SERVER_PORT = 8080, SEGMENT = 1000 };

struct stage {
	struct pipeline_assets assets;
	struct tls_kit *kit;
};

/* One run. */
struct run {
	struct pipeline pipeline;
	struct key_material material;
	int64_t now_ns;
};

static void run_begin(struct run *run, const struct stage *stage, unsigned n_workers, bool by_key)
{
	memset(run, 0, sizeof *run);
	run->now_ns = START;
	pipeline_init(&run->pipeline);
	run->pipeline.config.tls = true;
	run->pipeline.n_workers = n_workers;
	run->material.may_come_from = UINT64_MAX;
	run->material.keys = by_key ? stage->kit->keys : NULL;
	assert_true(key_material_begin(&run->material, &run->pipeline.config, n_workers));
	run->pipeline.material = &run->material;
	assert_true(pipeline_begin(&run->pipeline, &stage->assets));
}

static void run_end(struct run *run)
{
	pipeline_end(&run->pipeline);
}

static void run_fini(struct run *run)
{
	pipeline_fini(&run->pipeline);
	run->material.keys = NULL; /* the stage's */
	key_material_free(&run->material);
}

/* Key-log lines come, before the next packet. */
static void run_tell(struct run *run, struct bytes lines, enum secret_origin origin)
{
	struct keylog keylog = { .origin = origin };
	struct keylog_counts counts = { 0 };
	uint64_t number = engine_next_number(run->pipeline.engine);

	keylog_feed(&keylog, lines, run->material.secrets, number, &counts);
	keylog_end(&keylog, run->material.secrets, number, &counts);
	assert_int_equal(counts.junk, 0);
	engine_secrets(run->pipeline.engine);
}

/* ---- packets ---- */

struct wire {
	uint16_t port;
	uint32_t seq[2];
};

static void wire_packet(struct run *run, struct wire *wire, unsigned side, uint8_t flags, struct bytes data)
{
	struct frames_spec spec = { .src = side ? "192.0.2.80" : "10.0.0.1", .dst = side ? "10.0.0.1" : "192.0.2.80",
		.src_port = side ? SERVER_PORT : wire->port, .dst_port = side ? wire->port : SERVER_PORT, .flags = flags,
		.seq = wire->seq[side], .ack = wire->seq[!side], .data = data };

	run->now_ns += MS;
	pipeline_send(&run->pipeline, &spec, run->now_ns);
	wire->seq[side] += (uint32_t)data.len + ((flags & (TCP_SYN | TCP_FIN)) != 0);
}

static void wire_open(struct run *run, struct wire *wire, uint16_t port)
{
	*wire = (struct wire){ .port = port, .seq = { 1000, 5000 } };
	wire_packet(run, wire, 0, TCP_SYN, bytes_of("", 0));
	wire_packet(run, wire, 1, TCP_SYN | TCP_ACK, bytes_of("", 0));
}

static void wire_send(struct run *run, struct wire *wire, unsigned side, struct bytes data)
{
	for (; data.len; data = bytes_tail(data, data.len < SEGMENT ? data.len : SEGMENT))
		wire_packet(run, wire, side, TCP_ACK, bytes_head(data, SEGMENT));
}

static void wire_play(struct run *run, struct wire *wire, const struct tls_tape *tape)
{
	for (size_t i = 0; i < tape->n; i++)
		wire_send(run, wire, tape->pieces[i].side, tls_tape_piece(tape, i));
}

static void wire_close(struct run *run, struct wire *wire)
{
	wire_packet(run, wire, 0, TCP_FIN | TCP_ACK, bytes_of("", 0));
	wire_packet(run, wire, 1, TCP_FIN | TCP_ACK, bytes_of("", 0));
}

/* ---- conversations ---- */

/* A request with a token, which is bound to the certificate of this thumbprint. */
static char *request_of(const char *path, const char *thumbprint)
{
	char payload[256], *text = malloc(2048);

	assert_non_null(text);
	snprintf(payload, sizeof payload, "{\"iss\":\"https://issuer.test/\",\"cnf\":{\"x5t#S256\":\"%s\"}}", thumbprint);
	char *token = compact_token("{\"alg\":\"RS256\",\"kid\":\"k\"}", payload, "dGVzdA");

	snprintf(text, 2048, "GET %s HTTP/1.1\r\nHost: a.test\r\nAuthorization: Bearer %s\r\n\r\n", path, token);
	free(token);
	return text;
}

static void ask(struct tls_peers *peers, const char *path, const char *thumbprint)
{
	char *request = request_of(path, thumbprint);

	tls_peers_say(peers, TLS_PEER_CLIENT, bytes_text(request));
	tls_peers_say(peers, TLS_PEER_SERVER, bytes_text(OK));
	free(request);
}

static struct bytes keylog_of(const struct tls_peers *peers)
{
	return bytes_of(peers->keylog.data, peers->keylog.len);
}

/* base64url of the SHA-256 of the client's certificate. */
static void thumbprint_of(const struct stage *stage, char text[64])
{
	uint8_t digest[32], encoded[64];
	unsigned len;

	assert_true(X509_digest(stage->kit->identities.certificates[0], EVP_sha256(), digest, &len));
	EVP_EncodeBlock(encoded, digest, 32);
	for (size_t i = 0; i < 43; i++)
		text[i] = (char)(encoded[i] == '+' ? '-' : encoded[i] == '/' ? '_' : encoded[i]);
	text[43] = '\0';
}

/* The first event of a type, as far as the end of its line. */
static struct bytes event_of(const struct run *run, const char *type)
{
	char what[64];

	snprintf(what, sizeof what, "\"event_type\":\"%s\"", type);
	const char *at = strstr(run->pipeline.text, what);

	if (!at)
		fail_msg("no %s event in %.800s", type, run->pipeline.text);
	return bytes_of(at, strcspn(at, "\n"));
}

static void expect_in(struct bytes event, const char *what)
{
	if (!memmem(event.data, event.len, what, strlen(what)))
		fail_msg("no %s in %.*s", what, (int)(event.len < 800 ? event.len : 800), (const char *)event.data);
}

static void expect_count(const struct run *run, const char *what, unsigned n)
{
	if (pipeline_count(&run->pipeline, what) != n)
		fail_msg("%u times %s, want %u: %.800s", pipeline_count(&run->pipeline, what), what, n, run->pipeline.text);
}

/* Events of a type that say so. */
static void expect_events(const struct run *run, const char *type, const char *what, unsigned n)
{
	const char *at = run->pipeline.text, *end;
	char is[64];
	unsigned found = 0;

	snprintf(is, sizeof is, "\"event_type\":\"%s\"", type);
	for (; (end = strchr(at, '\n')); at = end + 1)
		found += memmem(at, (size_t)(end - at), is, strlen(is)) && memmem(at, (size_t)(end - at), what, strlen(what));
	if (found != n)
		fail_msg("%u %s events with %s, want %u: %.800s", found, type, what, n, run->pipeline.text);
}

/* ---- tests ---- */

static const struct tls_peers_spec with_certificate = { .cipher = "TLS_AES_128_GCM_SHA256", .version = TLS_13, .sni = "a.test",
	.client_certificate = true };

static void test_what_carried_a_token(void **state)
{
	static const enum secret_origin origins[] = { SECRET_OF_KEYLOG, SECRET_OF_DSB };
	struct stage *stage = *state;
	struct tls_peers peers;
	char thumbprint[64];

	thumbprint_of(stage, thumbprint);
	assert_true(tls_peers_init(&peers, &stage->kit->identities, &with_certificate));
	ask(&peers, "/bound", thumbprint);
	ask(&peers, "/stolen", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
	for (size_t i = 0; i < 2; i++) {
		struct run run;
		struct wire wire;

		run_begin(&run, stage, 1, false);
		run_tell(&run, keylog_of(&peers), origins[i]);
		wire_open(&run, &wire, 40000);
		wire_play(&run, &wire, &peers.tape);
		wire_close(&run, &wire);
		run_end(&run);
		expect_count(&run, "\"event_type\":\"tls\"", 1);
		expect_count(&run, "\"event_type\":\"token\"", 2);
		expect_count(&run, "\"event_type\":\"http\"", 2);
		expect_events(&run, "token", "\"cert_binding\":\"match\"", 1);
		expect_events(&run, "token", "\"cert_binding\":\"mismatch\"", 1);
		struct bytes token = event_of(&run, "token");

		expect_in(token, i ? "\"decrypted\":\"dsb\"" : "\"decrypted\":\"keylog\"");
		expect_in(token, "\"sni\":\"a.test\"");
		expect_in(token, "\"version\":\"TLS 1.3\"");
		expect_in(token, "\"ja4\":\"t13");
		expect_in(event_of(&run, "tls"), thumbprint);
		const struct stats *stats = engine_stats(run.pipeline.engine);

		assert_int_equal(stats->tls.flows, 1);
		assert_int_equal(stats->tls.decrypted, 1);
		assert_int_equal(stats->tls.bad_records + stats->tls.no_secret + stats->tls.waiting + stats->tls.waited, 0);
		assert_true(stats->tls.records > 4);
		assert_int_equal(stats->tls.memuse, 0);
		run_fini(&run);
	}
	tls_peers_fini(&peers);
}

/* In the clear, and behind the handshake that a broker left. */
static void test_plain_and_mirrored(void **state)
{
	struct stage *stage = *state;
	char *request = request_of("/", "x");
	struct tls_peers peers;

	assert_true(tls_peers_init(&peers, &stage->kit->identities, &with_certificate));
	for (unsigned mirrored = 0; mirrored < 2; mirrored++) {
		struct run run;
		struct wire wire;

		run_begin(&run, stage, 1, false);
		wire_open(&run, &wire, 40000);
		if (mirrored)
			wire_send(&run, &wire, 0, tls_tape_piece(&peers.tape, 0));
		wire_send(&run, &wire, 0, bytes_text(request));
		wire_send(&run, &wire, 1, bytes_text(OK));
		run_end(&run);
		expect_count(&run, "\"event_type\":\"tls\"", mirrored);
		expect_count(&run, "\"event_type\":\"token\"", 1);
		expect_in(event_of(&run, "token"), mirrored ? "\"decrypted\":\"mirror\"" : "\"decrypted\":\"none\"");
		if (mirrored)
			expect_in(event_of(&run, "token"), "\"sni\":\"a.test\"");
		assert_int_equal(engine_stats(run.pipeline.engine)->tls.mirrored, mirrored);
		run_fini(&run);
	}
	free(request);
	tls_peers_fini(&peers);
}

static void test_no_secret_and_wrong_secret(void **state)
{
	struct stage *stage = *state;
	struct tls_peers peers;

	assert_true(tls_peers_init(&peers, &stage->kit->identities, &with_certificate));
	ask(&peers, "/", "x");
	for (unsigned wrong = 0; wrong < 2; wrong++) {
		struct run run;
		struct wire wire;

		run_begin(&run, stage, 1, false);
		if (wrong) {
			char *lines = strndup((const char *)peers.keylog.data, peers.keylog.len);

			for (char *at = lines; (at = strchr(at, '\n')); at++)
				at[-1] = at[-1] == '0' ? '1' : '0';
			run_tell(&run, bytes_text(lines), SECRET_OF_KEYLOG);
			free(lines);
		}
		wire_open(&run, &wire, 40000);
		wire_play(&run, &wire, &peers.tape);
		run_end(&run);
		expect_count(&run, "\"event_type\":\"tls\"", 1);
		expect_count(&run, "\"event_type\":\"token\"", 0);
		expect_in(event_of(&run, "tls"), "\"decrypted\":\"none\"");
		expect_count(&run, "tls.bad_record_mac", wrong);
		assert_int_equal(engine_stats(run.pipeline.engine)->tls.no_secret, !wrong);
		assert_int_equal(engine_stats(run.pipeline.engine)->tls.bad_mac, wrong);
		run_fini(&run);
	}
	tls_peers_fini(&peers);
}

/* ---- several workers ---- */

enum { FLOWS = 12 };

/* Many connections at once, each told of at a place of its own; what comes too late by the clock is told too. */
static void play_late(struct run *run, const struct stage *stage, struct tls_peers *peers, unsigned n_workers)
{
	struct wire wires[FLOWS];
	size_t most = 0;

	run_begin(run, stage, n_workers, false);
	key_material_expect(&run->material, 0);
	for (size_t f = 0; f < FLOWS; f++) {
		wire_open(run, &wires[f], (uint16_t)(40000 + f));
		most = peers[f].tape.n > most ? peers[f].tape.n : most;
	}
	for (size_t i = 0; i < most + 3; i++)
		for (size_t f = 0; f < FLOWS; f++) {
			if (i == f % (most + 2))
				run_tell(run, keylog_of(&peers[f]), SECRET_OF_DSB);
			if (i < peers[f].tape.n)
				wire_send(run, &wires[f], peers[f].tape.pieces[i].side, tls_tape_piece(&peers[f].tape, i));
		}
	for (size_t f = 0; f < FLOWS; f++)
		if (f >= most + 2)
			run_tell(run, keylog_of(&peers[f]), SECRET_OF_DSB);
	run_end(run);
}

static void test_workers_agree_on_late_secrets(void **state)
{
	static const struct tls_peers_spec specs[] = { { .cipher = "TLS_AES_128_GCM_SHA256", .version = TLS_13 },
		{ .cipher = "ECDHE-RSA-AES128-GCM-SHA256", .version = TLS_12 }, { .cipher = "AES128-SHA", .version = TLS_10 } };
	struct stage *stage = *state;
	struct tls_peers peers[FLOWS];
	char path[16], *first = NULL;

	for (size_t f = 0; f < FLOWS; f++) {
		assert_true(tls_peers_init(&peers[f], &stage->kit->identities, &specs[f % 3]));
		snprintf(path, sizeof path, "/%zu", f);
		ask(&peers[f], path, "x");
		ask(&peers[f], path, "y");
	}
	for (unsigned n = 1; n <= 5; n += 2) {
		struct run run;

		play_late(&run, stage, peers, n);
		expect_count(&run, "\"event_type\":\"tls\"", FLOWS);
		expect_count(&run, "\"event_type\":\"token\"", 2 * FLOWS);
		expect_count(&run, "\"event_type\":\"anomaly\"", 0);
		assert_int_equal(engine_stats(run.pipeline.engine)->tls.decrypted, FLOWS);
		if (first)
			assert_string_equal(run.pipeline.text, first);
		else
			first = strdup(run.pipeline.text);
		run_fini(&run);
	}
	free(first);
	for (size_t f = 0; f < FLOWS; f++)
		tls_peers_fini(&peers[f]);
}

/* A session that one flow made by its RSA key exchange goes on in another one, which may be another worker's. */
static void test_workers_agree_on_resumption(void **state)
{
	struct stage *stage = *state;
	struct tls_peers peers[FLOWS];
	char path[16], *first = NULL;

	for (size_t f = 0; f < FLOWS; f++) {
		struct tls_peers_spec spec = { .cipher = "AES128-SHA", .version = TLS_12, .no_tickets = f % 4 > 1 };

		if (f & 1)
			spec.resumes = &peers[f - 1];
		assert_true(tls_peers_init(&peers[f], &stage->kit->identities, &spec));
		snprintf(path, sizeof path, "/%zu", f);
		ask(&peers[f], path, "x");
	}
	for (unsigned n = 1; n <= 3; n++) {
		struct run run;
		struct wire wire;

		run_begin(&run, stage, n, true);
		for (size_t f = 0; f < FLOWS; f++) {
			wire_open(&run, &wire, (uint16_t)(40000 + 7 * f));
			wire_play(&run, &wire, &peers[f].tape);
		}
		run_end(&run);
		expect_count(&run, "\"event_type\":\"token\"", FLOWS);
		expect_count(&run, "\"decrypted\":\"rsa\"", 2 * FLOWS); /* of token and tls events */
		expect_count(&run, "\"session_resumed\":true", FLOWS / 2);
		if (first)
			assert_string_equal(run.pipeline.text, first);
		else
			first = strdup(run.pipeline.text);
		run_fini(&run);
	}
	free(first);
	for (size_t f = 0; f < FLOWS; f++)
		tls_peers_fini(&peers[f]);
}

/* ---- TLS in TLS ---- */

/* A connection whose content is another one. */
static void wrap(struct tls_made *outer, const struct tls_kit *kit, const struct tls_tape *inner, uint8_t first)
{
	struct tls_made_spec spec = { .crypto = kit->crypto, .version = first & 1 ? TLS_13 : TLS_12,
		.suite = first & 1 ? 0x1301 : 0x009c, .first = first };

	assert_true(tls_made_init(outer, &spec));
	for (size_t i = 0; i < inner->n; i++)
		tls_made_seal(outer, inner->pieces[i].side, 23, tls_tape_piece(inner, i));
}

static void test_depths(void **state)
{
	struct stage *stage = *state;
	char *request = request_of("/", "x");

	for (unsigned depth = 0; depth <= LAYERS_DEPTH + 1; depth++) {
		struct tls_tape plain = { .n = 0 };
		struct tls_made made[LAYERS_DEPTH + 1];
		struct run run;
		struct wire wire;

		tls_tape_add(&plain, 0, bytes_text(request));
		tls_tape_add(&plain, 1, bytes_text(OK));
		run_begin(&run, stage, 1, false);
		for (unsigned i = 0; i < depth; i++) {
			wrap(&made[i], stage->kit, i ? &made[i - 1].tape : &plain, (uint8_t)(0x30 + i));
			run_tell(&run, bytes_text(made[i].keylog), SECRET_OF_KEYLOG);
		}
		wire_open(&run, &wire, 40000);
		wire_play(&run, &wire, depth ? &made[depth - 1].tape : &plain);
		wire_close(&run, &wire);
		run_end(&run);
		expect_count(&run, "\"event_type\":\"http\"", depth <= LAYERS_DEPTH);
		expect_count(&run, "\"event_type\":\"token\"", depth <= LAYERS_DEPTH);
		expect_count(&run, "tls.too_deep", depth > LAYERS_DEPTH);
		run_fini(&run);
		for (unsigned i = 0; i < depth; i++)
			tls_made_fini(&made[i]);
		tls_tape_fini(&plain);
	}
	free(request);
}

/* A tunnel that a proxy makes, once in the clear and once within TLS. */
static void test_tunnels(void **state)
{
	static const char connect[] = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n",
	    made_it[] = "HTTP/1.1 200 OK\r\n\r\n";
	struct stage *stage = *state;
	char *request = request_of("/in", "x");

	for (unsigned within = 0; within < 2; within++) {
		struct tls_tape tape = { .n = 0 }, plain = { .n = 0 };
		struct tls_made inner, outer;
		struct run run;
		struct wire wire;

		tls_tape_add(&plain, 0, bytes_text(request));
		tls_tape_add(&plain, 1, bytes_text(OK));
		wrap(&inner, stage->kit, &plain, 0x31);
		tls_tape_add(&tape, 0, bytes_text(connect));
		tls_tape_add(&tape, 1, bytes_text(made_it));
		for (size_t i = 0; i < inner.tape.n; i++)
			tls_tape_add(&tape, inner.tape.pieces[i].side, tls_tape_piece(&inner.tape, i));
		wrap(&outer, stage->kit, &tape, 0x32);
		run_begin(&run, stage, 1, false);
		run_tell(&run, bytes_text(inner.keylog), SECRET_OF_KEYLOG);
		run_tell(&run, bytes_text(outer.keylog), SECRET_OF_KEYLOG);
		wire_open(&run, &wire, 40000);
		wire_play(&run, &wire, within ? &outer.tape : &tape);
		run_end(&run);
		expect_count(&run, "\"event_type\":\"http\"", 2);
		expect_events(&run, "http", "\"url\":\"/in\"", 1);
		expect_count(&run, "\"event_type\":\"tls\"", 1 + within);
		expect_count(&run, "\"event_type\":\"token\"", 1);
		expect_in(event_of(&run, "token"), "\"decrypted\":\"keylog\"");
		run_fini(&run);
		tls_made_fini(&outer);
		tls_made_fini(&inner);
		tls_tape_fini(&tape);
		tls_tape_fini(&plain);
	}
	free(request);
}

static int set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof *stage);
	void *kit;

	assert_non_null(stage);
	pipeline_assets_load(&stage->assets);
	tls_kit_setup(&kit);
	stage->kit = kit;
	*state = stage;
	return 0;
}

static int tear_down(void **state)
{
	struct stage *stage = *state;
	void *kit = stage->kit;

	tls_kit_teardown(&kit);
	pipeline_assets_free(&stage->assets);
	free(stage);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_carried_a_token),
		cmocka_unit_test(test_plain_and_mirrored),
		cmocka_unit_test(test_no_secret_and_wrong_secret),
		cmocka_unit_test(test_workers_agree_on_late_secrets),
		cmocka_unit_test(test_workers_agree_on_resumption),
		cmocka_unit_test(test_depths),
		cmocka_unit_test(test_tunnels),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
