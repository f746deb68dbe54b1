/* eve: the order of Suricata's lines, byte for byte where fields are shared; metadata; hostile sizes; failing outputs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sensor/model/anomaly.h"
#include "sensor/model/http.h"
#include "sensor/model/tls.h"
#include "sensor/model/token.h"
#include "sensor/output/eve.h"

#define TEXT(literal) bytes_of("" literal, sizeof literal - 1)
#define V4(a, b, c, d) { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d } }

static const struct rule_metadata plain_metadata[] = {
	{ "affected_product", "Azure" },
	{ "created_at", "2024_01_01" },
	{ "mitre_technique_id", "T1528" },
};

static const struct rule plain_rule = {
	.sid = 9000001, .rev = 3, .gid = 1, .msg = "TEST bearer token",
	.category = "Potential Corporate Privacy Violation", .severity = 1,
	.metadata = plain_metadata, .n_metadata = 3,
};

static const struct flow_facts plain_flow = {
	.flow_id = 253057218554838, .src = V4(10, 1, 2, 3), .dst = V4(192, 0, 2, 10), .src_port = 40001, .dst_port = 80,
	.ip_version = 4, .ip_proto = IP_PROTO_TCP, .n_vlan = 1, .vlan = { 100 },
	.has_ether = true, .src_mac = { 2, 0, 0, 0, 0, 1 }, .dst_mac = { 2, 0, 0, 0, 0, 2 },
	.start_ns = 1700000000124455000, .n_packets = { 4, 3 }, .n_bytes = { 920, 246 }, .app_proto = "http",
};

#define PLAIN_FLOW_TEXT "\"flow\":{\"pkts_toserver\":4,\"pkts_toclient\":3,\"bytes_toserver\":920,\"bytes_toclient\":246," \
	"\"start\":\"2023-11-14T22:13:20.124455+0000\",\"src_ip\":\"10.1.2.3\",\"dest_ip\":\"192.0.2.10\",\"src_port\":40001,\"dest_port\":80}"

struct fixture {
	struct budget budget;
	struct arena arena;
	struct record *http, *token, *use, *anomaly, *tls;
	struct bytes offered[2];
	FILE *file;
	struct eve *eve;
	char *text; /* what the last read_lines found */
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	budget_init(&f->budget, 16 << 20, NULL);
	arena_init(&f->arena, 65536, &f->budget);
	f->http = record_new(&http_record, &f->arena);
	f->token = record_new(&token_record, &f->arena);
	f->use = record_new(&use_record, &f->arena);
	f->anomaly = record_new(&anomaly_record, &f->arena);
	f->tls = record_new(&tls_record, &f->arena);
	f->file = tmpfile();
	assert_non_null(f->file);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	eve_free(f->eve);
	fclose(f->file);
	free(f->text);
	arena_fini(&f->arena);
	assert_int_equal(f->budget.used, 0);
	free(f);
	return 0;
}

static void open_eve(struct fixture *f, struct eve_options options)
{
	f->eve = eve_new(fileno(f->file), &options);
	assert_non_null(f->eve);
}

static char *read_lines(struct fixture *f)
{
	assert_true(eve_flush(f->eve));
	off_t len = lseek(fileno(f->file), 0, SEEK_END);

	free(f->text);
	f->text = calloc(1, (size_t)len + 1);
	assert_int_equal(pread(fileno(f->file), f->text, (size_t)len, 0), len);
	return f->text;
}

/* The last line as JSON; every line must be. */
static json_t *read_json(struct fixture *f)
{
	json_t *last = NULL;

	for (char *line = strtok(read_lines(f), "\n"); line; line = strtok(NULL, "\n")) {
		json_decref(last);
		last = json_loads(line, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
		assert_non_null(last);
	}
	return last;
}

static void fill_http(struct fixture *f)
{
	record_text(f->http, HTTP_HOSTNAME, TEXT("mail.example.com"));
	record_text(f->http, HTTP_URL, TEXT("/v1/me/messages"));
	record_text(f->http, HTTP_USER_AGENT, TEXT("curl/8.0"));
	record_text(f->http, HTTP_CONTENT_TYPE, TEXT("application/json"));
	record_text(f->http, HTTP_METHOD, TEXT("GET"));
	record_text(f->http, HTTP_PROTOCOL, TEXT("HTTP/1.1"));
	record_int(f->http, HTTP_STATUS, 200);
	record_int(f->http, HTTP_LENGTH, 2);
}

/* The lines that Suricata 7.0.10 wrote for the same traffic, without what we do not write: source, target, payload, stream,
 * packet, verdict, header arrays; with what it does not: metadata of facts. */
static void alert_as_suricata(void **state)
{
	struct fixture *f = *state;
	struct event event = { .type = EVENT_ALERT, .time_ns = 1700000000130455000, .pcap_cnt = 7, .flow = &plain_flow,
		.has_tx = true, .tx = 0, .records = { [RECORD_HTTP] = f->http }, .rule = &plain_rule };

	open_eve(f, (struct eve_options){ .community_id = true, .ether = true, .pcap_filename = "a80.pcap" });
	fill_http(f);
	assert_true(eve_event(f->eve, &event));
	assert_string_equal(read_lines(f),
	    "{\"timestamp\":\"2023-11-14T22:13:20.130455+0000\",\"flow_id\":253057218554838,\"pcap_cnt\":7,\"event_type\":\"alert\","
	    "\"vlan\":[100],\"src_ip\":\"10.1.2.3\",\"src_port\":40001,\"dest_ip\":\"192.0.2.10\",\"dest_port\":80,\"proto\":\"TCP\","
	    "\"pkt_src\":\"wire/pcap\",\"ether\":{\"src_mac\":\"02:00:00:00:00:01\",\"dest_mac\":\"02:00:00:00:00:02\"},"
	    "\"community_id\":\"1:mkoIUlllPuw+sdgg20ELhvq8kKU=\",\"tx_id\":0,"
	    "\"alert\":{\"action\":\"allowed\",\"gid\":1,\"signature_id\":9000001,\"rev\":3,\"signature\":\"TEST bearer token\","
	    "\"category\":\"Potential Corporate Privacy Violation\",\"severity\":1,"
	    "\"metadata\":{\"affected_product\":[\"Azure\"],\"created_at\":[\"2024_01_01\"],\"mitre_technique_id\":[\"T1528\"],"
	    "\"http_host\":[\"mail.example.com\"]}},"
	    "\"http\":{\"hostname\":\"mail.example.com\",\"url\":\"/v1/me/messages\",\"http_user_agent\":\"curl/8.0\","
	    "\"http_content_type\":\"application/json\",\"http_method\":\"GET\",\"protocol\":\"HTTP/1.1\",\"status\":200,\"length\":2},"
	    "\"app_proto\":\"http\",\"direction\":\"to_server\"," PLAIN_FLOW_TEXT ",\"pcap_filename\":\"a80.pcap\"}\n");
}

static void http_as_suricata(void **state)
{
	struct fixture *f = *state;
	struct event event = { .type = EVENT_HTTP, .time_ns = 1700000000134455000, .pcap_cnt = 11, .flow = &plain_flow,
		.has_tx = true, .tx = 1, .records = { [RECORD_HTTP] = f->http } };

	open_eve(f, (struct eve_options){ .pcap_filename = "a80.pcap" });
	record_text(f->http, HTTP_HOSTNAME, TEXT("mail.example.com"));
	record_text(f->http, HTTP_URL, TEXT("/v2"));
	record_text(f->http, HTTP_USER_AGENT, TEXT("curl/8.0"));
	record_text(f->http, HTTP_REQUEST_TYPE, TEXT("text/plain")); /* hidden */
	record_text(f->http, HTTP_METHOD, TEXT("GET"));
	record_text(f->http, HTTP_PROTOCOL, TEXT("HTTP/1.1"));
	record_int(f->http, HTTP_STATUS, 401);
	record_int(f->http, HTTP_LENGTH, 0);
	assert_true(eve_event(f->eve, &event));
	assert_string_equal(read_lines(f),
	    "{\"timestamp\":\"2023-11-14T22:13:20.134455+0000\",\"flow_id\":253057218554838,\"pcap_cnt\":11,\"event_type\":\"http\","
	    "\"vlan\":[100],\"src_ip\":\"10.1.2.3\",\"src_port\":40001,\"dest_ip\":\"192.0.2.10\",\"dest_port\":80,\"proto\":\"TCP\","
	    "\"pkt_src\":\"wire/pcap\",\"tx_id\":1,"
	    "\"http\":{\"hostname\":\"mail.example.com\",\"url\":\"/v2\",\"http_user_agent\":\"curl/8.0\",\"http_method\":\"GET\","
	    "\"protocol\":\"HTTP/1.1\",\"status\":401,\"length\":0},\"pcap_filename\":\"a80.pcap\"}\n");
}

static void anomaly_as_suricata(void **state)
{
	struct fixture *f = *state;
	struct flow_facts flow = { .flow_id = 1445121583336212, .src = V4(10, 16, 1, 11), .dst = V4(10, 16, 1, 1),
		.src_port = 32928, .dst_port = 22, .ip_version = 4, .ip_proto = IP_PROTO_TCP };
	struct event event = { .type = EVENT_ANOMALY, .time_ns = 1483551773353882000, .pcap_cnt = 7, .flow = &flow,
		.records = { [RECORD_ANOMALY] = f->anomaly } };

	open_eve(f, (struct eve_options){ 0 });
	record_text(f->anomaly, ANOMALY_TYPE, TEXT("applayer"));
	record_text(f->anomaly, ANOMALY_EVENT, TEXT("APPLAYER_MISMATCH_PROTOCOL_BOTH_DIRECTIONS"));
	record_text(f->anomaly, ANOMALY_LAYER, TEXT("proto_detect"));
	record_text(f->anomaly, ANOMALY_APP_PROTO, TEXT("http"));
	assert_true(eve_event(f->eve, &event));
	assert_string_equal(read_lines(f),
	    "{\"timestamp\":\"2017-01-04T17:42:53.353882+0000\",\"flow_id\":1445121583336212,\"pcap_cnt\":7,\"event_type\":\"anomaly\","
	    "\"src_ip\":\"10.16.1.11\",\"src_port\":32928,\"dest_ip\":\"10.16.1.1\",\"dest_port\":22,\"proto\":\"TCP\","
	    "\"pkt_src\":\"wire/pcap\",\"anomaly\":{\"app_proto\":\"http\",\"type\":\"applayer\","
	    "\"event\":\"APPLAYER_MISMATCH_PROTOCOL_BOTH_DIRECTIONS\",\"layer\":\"proto_detect\"}}\n");
}

static void fill_tls(struct fixture *f)
{
	f->offered[0] = TEXT("h2");
	f->offered[1] = TEXT("http/1.1");
	record_text(f->tls, TLS_SUBJECT, TEXT("C=DE, O=Test, CN=a.example"));
	record_text(f->tls, TLS_ISSUERDN, TEXT("CN=Test CA"));
	record_text(f->tls, TLS_SERIAL, TEXT("0A:1B"));
	record_text(f->tls, TLS_FINGERPRINT, TEXT("0a:1b"));
	record_text(f->tls, TLS_SNI, TEXT("a.example"));
	record_text(f->tls, TLS_VERSION, TEXT("TLS 1.3"));
	record_text(f->tls, TLS_CIPHER, TEXT("TLS_AES_128_GCM_SHA256"));
	record_text(f->tls, TLS_NOTBEFORE, TEXT("2026-01-31T12:00:00"));
	record_text(f->tls, TLS_NOTAFTER, TEXT("2027-01-31T12:00:00"));
	record_text(f->tls, TLS_JA3_HASH, TEXT("8d777f385d3dfec8815d20f7496026dc"));
	record_text(f->tls, TLS_JA3_STRING, TEXT("771,4865,0,29,0"));
	record_text(f->tls, TLS_JA3S_STRING, TEXT("771,4865,43-51"));
	record_text(f->tls, TLS_JA4, TEXT("t13d0101h2_0123456789ab_0123456789ab"));
	record_text(f->tls, TLS_CLIENT_SUBJECT, TEXT("CN=me"));
	record_text(f->tls, TLS_CLIENT_X5T_S256, TEXT("x5t"));
	record_texts(f->tls, TLS_CLIENT_ALPNS, f->offered, 2);
	record_texts(f->tls, TLS_SERVER_ALPNS, f->offered, 1);
	record_text(f->tls, TLS_DECRYPTED, TEXT("keylog"));
}

#define TLS_TEXT "\"tls\":{\"subject\":\"C=DE, O=Test, CN=a.example\",\"issuerdn\":\"CN=Test CA\",\"serial\":\"0A:1B\"," \
	"\"fingerprint\":\"0a:1b\",\"sni\":\"a.example\",\"version\":\"TLS 1.3\",\"cipher\":\"TLS_AES_128_GCM_SHA256\"," \
	"\"notbefore\":\"2026-01-31T12:00:00\",\"notafter\":\"2027-01-31T12:00:00\"," \
	"\"ja3\":{\"hash\":\"8d777f385d3dfec8815d20f7496026dc\",\"string\":\"771,4865,0,29,0\"}," \
	"\"ja3s\":{\"string\":\"771,4865,43-51\"},\"ja4\":\"t13d0101h2_0123456789ab_0123456789ab\"," \
	"\"client\":{\"subject\":\"CN=me\",\"x5t_s256\":\"x5t\"},\"client_alpns\":[\"h2\",\"http/1.1\"]," \
	"\"server_alpns\":[\"h2\"],\"decrypted\":\"keylog\"}"
#define TLS_SHORT_TEXT \
	"\"tls\":{\"sni\":\"a.example\",\"version\":\"TLS 1.3\",\"ja4\":\"t13d0101h2_0123456789ab_0123456789ab\"}"

static void tls_as_suricata(void **state)
{
	struct fixture *f = *state;
	struct flow_facts flow = { .flow_id = 1, .src = V4(10, 1, 2, 3), .dst = V4(192, 0, 2, 10), .src_port = 40001,
		.dst_port = 443, .ip_version = 4, .ip_proto = IP_PROTO_TCP };
	struct event event = { .type = EVENT_TLS, .pcap_cnt = 9, .flow = &flow, .records = { [RECORD_TLS] = f->tls } };

	open_eve(f, (struct eve_options){ 0 });
	fill_tls(f);
	assert_true(eve_event(f->eve, &event));
	assert_string_equal(read_lines(f),
	    "{\"timestamp\":\"1970-01-01T00:00:00.000000+0000\",\"flow_id\":1,\"pcap_cnt\":9,\"event_type\":\"tls\","
	    "\"src_ip\":\"10.1.2.3\",\"src_port\":40001,\"dest_ip\":\"192.0.2.10\",\"dest_port\":443,\"proto\":\"TCP\","
	    "\"pkt_src\":\"wire/pcap\"," TLS_TEXT "}\n");
}

/* An object within the object closes also where its fields are the last that are set. */
static void nested_last(void **state)
{
	struct fixture *f = *state;
	struct event event = { .type = EVENT_TLS, .records = { [RECORD_TLS] = f->tls } };

	open_eve(f, (struct eve_options){ .sensor_name = "s" });
	record_text(f->tls, TLS_CLIENT_NOTAFTER, TEXT("x"));
	assert_true(eve_event(f->eve, &event));
	assert_non_null(strstr(read_lines(f), "\"event_type\":\"tls\",\"tls\":{\"client\":{\"notafter\":\"x\"}},\"host\":\"s\"}\n"));
}

/* What a connection carried says of the connection only what tells it from others; its own alert says all. */
static void tls_beside(void **state)
{
	struct fixture *f = *state;
	struct event event = { .type = EVENT_TOKEN, .flow = &plain_flow, .rule = &plain_rule,
		.records = { [RECORD_HTTP] = f->http, [RECORD_TOKEN] = f->token, [RECORD_USE] = f->use, [RECORD_TLS] = f->tls } };

	open_eve(f, (struct eve_options){ 0 });
	fill_tls(f);
	record_text(f->http, HTTP_URL, TEXT("/"));
	record_text(f->use, USE_DECRYPTED, TEXT("keylog"));
	record_text(f->use, USE_CERT_BINDING, TEXT(CERT_BINDING_MISMATCH));
	record_text(f->token, TOKEN_KIND, TEXT("jws"));
	assert_true(eve_event(f->eve, &event));
	assert_non_null(strstr(read_lines(f), "\"wire/pcap\"," TLS_SHORT_TEXT ",\"token\":{\"decrypted\":\"keylog\","
	    "\"cert_binding\":\"mismatch\",\"kind\":\"jws\"},\"http\":{\"url\":\"/\"},"));
	event.type = EVENT_ALERT;
	assert_true(eve_event(f->eve, &event));
	assert_non_null(strstr(read_lines(f), "}},\"http\":{\"url\":\"/\"}," TLS_SHORT_TEXT ",\"token\":{"));
	assert_non_null(strstr(read_lines(f), "\"tls_sni\":[\"a.example\"]"));
	event.type = EVENT_HTTP;
	assert_true(eve_event(f->eve, &event));
	assert_non_null(strstr(read_lines(f), "\"wire/pcap\"," TLS_SHORT_TEXT ",\"http\":{\"url\":\"/\"}}\n"));

	/* a token as text, its record gone, is no alert of the connection's either */
	event = (struct event){ .type = EVENT_ALERT, .flow = &plain_flow, .rule = &plain_rule, .records = { [RECORD_TLS] = f->tls },
		.token_rendered = TEXT("\"kind\":\"jws\"") };
	assert_true(eve_event(f->eve, &event));
	assert_null(strstr(read_lines(f), TLS_TEXT));
	event.token_rendered = (struct bytes){ 0 };
	assert_true(eve_event(f->eve, &event));
	assert_non_null(strstr(read_lines(f), "}}," TLS_TEXT ",\"app_proto\":\"http\""));
}

/* Nothing that tells it apart is known: no empty object. */
static void tls_beside_unknown(void **state)
{
	struct fixture *f = *state;
	struct event event = { .type = EVENT_HTTP, .flow = &plain_flow, .records = { [RECORD_HTTP] = f->http, [RECORD_TLS] = f->tls } };

	open_eve(f, (struct eve_options){ 0 });
	record_text(f->tls, TLS_DECRYPTED, TEXT("mirror"));
	assert_true(eve_event(f->eve, &event));
	assert_null(strstr(read_lines(f), "\"tls\":"));
}

static void stats_and_no_flow(void **state)
{
	struct fixture *f = *state;
	struct event event = { .type = EVENT_ANOMALY, .time_ns = 0, .records = { [RECORD_ANOMALY] = f->anomaly } };

	open_eve(f, (struct eve_options){ .sensor_name = "tap \"1\"", .community_id = true });
	assert_true(eve_event(f->eve, &event));
	eve_set_pcap_filename(f->eve, "x");
	assert_true(eve_stats(f->eve, 1000, TEXT("{\"uptime\":0,\"decoder\":{\"pkts\":14}}")));
	assert_string_equal(read_lines(f),
	    "{\"timestamp\":\"1970-01-01T00:00:00.000000+0000\",\"event_type\":\"anomaly\",\"anomaly\":{},\"host\":\"tap \\\"1\\\"\"}\n"
	    "{\"timestamp\":\"1970-01-01T00:00:00.000001+0000\",\"event_type\":\"stats\","
	    "\"stats\":{\"uptime\":0,\"decoder\":{\"pkts\":14}},\"host\":\"tap \\\"1\\\"\",\"pcap_filename\":\"x\"}\n");
	assert_int_equal(eve_n_lines(f->eve), 2);
}

/* A response turns the endpoints, not the flow object; other protocols have no ports; IPv6 is written in full. */
static void directions(void **state)
{
	struct fixture *f = *state;
	struct flow_facts flow = plain_flow;
	struct event event = { .type = EVENT_ALERT, .flow = &flow, .dir = TO_CLIENT, .rule = &plain_rule };

	open_eve(f, (struct eve_options){ .ether = true, .community_id = true });
	assert_true(eve_event(f->eve, &event));
	const char *text = read_lines(f);

	assert_non_null(strstr(text, "\"src_ip\":\"192.0.2.10\",\"src_port\":80,\"dest_ip\":\"10.1.2.3\",\"dest_port\":40001"));
	assert_non_null(strstr(text, "\"src_mac\":\"02:00:00:00:00:02\",\"dest_mac\":\"02:00:00:00:00:01\""));
	assert_non_null(strstr(text, "mkoIUlllPuw+sdgg20ELhvq8kKU="));
	assert_non_null(strstr(text, "\"direction\":\"to_client\"," PLAIN_FLOW_TEXT));

	/* the same flow_id: the line's shared part must not be the first flow's */
	flow.ip_version = 6;
	flow.ip_proto = 47;
	flow.src = (struct address){ { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };
	flow.n_vlan = 3;
	flow.vlan[1] = 4095;
	flow.vlan[2] = 1;
	event.type = EVENT_HTTP;
	event.dir = TO_SERVER;
	assert_true(eve_event(f->eve, &event));
	text = strchr(read_lines(f), '\n');
	assert_non_null(strstr(text, "\"vlan\":[100,4095,1],\"src_ip\":\"2001:0db8:0000:0000:0000:0000:0000:0001\",\"dest_ip\":"
				     "\"0000:0000:0000:0000:0000:ffff:c000:020a\",\"proto\":\"047\",\"pkt_src\""));
	assert_null(strstr(text, "\"tunnel\""));
	flow.tunnel = (struct tunnel){ .src = V4(10, 9, 8, 7), .dst = V4(10, 9, 8, 6), .id = UINT64_MAX, .has_id = true,
		.type = TUNNEL_VXLAN, .outer_type = TUNNEL_GRE, .depth = 2, .ip_version = 4, .ip_proto = IP_PROTO_UDP };
	assert_true(eve_event(f->eve, &event));
	text = strchr(strchr(read_lines(f), '\n') + 1, '\n');
	assert_non_null(strstr(text, "\"pkt_src\":\"vxlan encapsulation\",\"ether\""));
	assert_non_null(strstr(text, "\"tunnel\":{\"src_ip\":\"10.9.8.7\",\"dest_ip\":\"10.9.8.6\",\"proto\":\"UDP\",\"depth\":2,"
				     "\"pkt_src\":\"gre tunnel\",\"type\":\"vxlan\",\"id\":18446744073709551615}"));

	/* the longest of all */
	flow.tunnel = (struct tunnel){ .src = { { [0] = 0xff, [15] = 0xff } }, .dst = { { [0] = 0xff, [15] = 0xff } },
		.id = UINT64_MAX, .has_id = true, .type = TUNNEL_VXLAN_GPE, .outer_type = TUNNEL_GENEVE, .depth = 16,
		.ip_version = 6, .ip_proto = 4 };
	assert_true(eve_event(f->eve, &event));
}

static void token_line(void **state)
{
	static const char *const risks[64] = { [5] = "Known Protocol on Non Standard Port", [63] = "Last" };
	struct fixture *f = *state;
	struct flow_facts flow = plain_flow;
	struct event event = { .type = EVENT_TOKEN, .flow = &flow, .has_tx = true, .tx = 4,
		.records = { [RECORD_HTTP] = f->http, [RECORD_TOKEN] = f->token, [RECORD_USE] = f->use } };
	const char *const want = "\"pkt_src\":\"wire/pcap\",\"tx_id\":4,"
	    "\"token\":{\"carrier\":\"authorization\",\"scheme\":\"bearer\",\"kind\":\"jws\",\"kid\":\"k1\",\"key_known\":false},"
	    "\"http\":{\"url\":\"/\"},\"app_proto\":\"http\",\"ndpi\":{\"application\":\"HTTP\",\"category\":\"Web\","
	    "\"risks\":[\"Known Protocol on Non Standard Port\",\"Last\"]}}\n";

	open_eve(f, (struct eve_options){ 0 });
	flow.label = (struct label){ .application = "HTTP", .category = "Web",
		.risks = UINT64_C(1) << 5 | UINT64_C(1) << 63 | 1, .risk_names = risks };
	record_text(f->use, USE_CARRIER, TEXT("authorization"));
	record_text(f->use, USE_SCHEME, TEXT("bearer"));
	record_text(f->token, TOKEN_KIND, TEXT("jws"));
	record_text(f->token, JWT_KID, TEXT("k1"));
	record_flag(f->token, KEY_KNOWN, false);
	record_text(f->http, HTTP_URL, TEXT("/"));
	assert_true(eve_event(f->eve, &event));
	const char *text = strstr(read_lines(f), "\"pkt_src\"");

	assert_non_null(text);
	assert_string_equal(text, want);
	f->token->rendered = eve_render(f->token, &f->arena);
	assert_true(f->token->rendered.len > 0);
	assert_true(eve_event(f->eve, &event));
	text = strstr(strchr(read_lines(f), '\n'), "\"pkt_src\"");
	assert_string_equal(text, want);
}

static void metadata(void **state)
{
	static const struct rule_metadata pairs[] = {
		{ "tag", "one" }, { "jwt_kid", "from the rule" }, { "tag", "two \"2\"" }, { "odd \"key\"", "x" }, { "why", "more" },
	};
	struct rule rule = { .sid = 1, .gid = 1, .msg = "m", .category = "", .severity = 3, .metadata = pairs, .n_metadata = 5,
		.why = "key {jwt.kid} of {key.owner} in {jwt.aud}, {token.expired_for} s late {token.expired} {no.such}[ ({jwt.kid})][ x {jwt.kid} {jwt.tid}][[1] {{2} {" };
	const struct bytes aud[] = { TEXT("a"), TEXT("b\n") };
	struct fixture *f = *state;
	struct event event = { .type = EVENT_ALERT, .flow = &plain_flow, .rule = &rule,
		.records = { [RECORD_TOKEN] = f->token, [RECORD_USE] = f->use, [RECORD_ANOMALY] = f->anomaly } };

	const char *const want =
	    "\"metadata\":{\"tag\":[\"one\",\"two \\\"2\\\"\"],\"odd \\\"key\\\"\":[\"x\"],"
	    "\"jwt_kid\":[\"k\\\\xff\",\"from the rule\"],\"jwt_aud\":[\"a\",\"b\\u000a\"],\"token_carrier\":[\"authorization\"],"
	    "\"anomaly_event\":[\"http.bad\"],"
	    "\"why\":[\"key k\\\\xff of (none) in a, b\\u000a, -12 s late true (none) (k\\\\xff)[1] {2} {\",\"more\"]}}";

	open_eve(f, (struct eve_options){ 0 });
	record_text(f->token, JWT_KID, TEXT("k\xff"));
	record_texts(f->token, JWT_AUD, aud, 2);
	record_text(f->use, USE_CARRIER, TEXT("authorization"));
	record_flag(f->use, USE_EXPIRED, true);
	record_int(f->use, USE_EXPIRED_FOR, -12);
	record_text(f->anomaly, ANOMALY_EVENT, TEXT("http.bad"));
	assert_true(eve_event(f->eve, &event));
	const char *text = strstr(read_lines(f), "\"metadata\"");

	assert_non_null(text);
	assert_memory_equal(text, want, strlen(want));
	json_t *line = read_json(f);

	assert_non_null(line);
	json_decref(line);
}

/* A metadata key is its keyword: two tables must never claim the same one, nor one EVE object the same leaf twice. */
static void names_are_unique(void **state)
{
	const struct record_type *const types[] = { &http_record, &token_record, &use_record, &anomaly_record };
	json_t *seen = json_object();

	(void)state;
	for (size_t t = 0; t < 4; t++) {
		for (size_t i = 0; i < types[t]->n_fields; i++) {
			char name[128];

			snprintf(name, sizeof name, "keyword %s", types[t]->fields[i].keyword);
			assert_int_equal(json_object_set_new_nocheck(seen, name, json_true()), 0);
			snprintf(name, sizeof name, "leaf %s.%s", types[t]->object, types[t]->fields[i].eve);
			assert_int_equal(json_object_set_new_nocheck(seen, name, json_true()), 0);
			assert_true(strlen(types[t]->fields[i].keyword) < 64);
		}
	}
	assert_int_equal(json_object_size(seen), 2 * (HTTP_FIELDS + TOKEN_FIELDS + USE_FIELDS + ANOMALY_FIELDS));
	json_decref(seen);
}

/* Every text field 64 KiB of the byte that grows most, every array full of them: the alert must come out all the same. */
static void fill_hostile(struct record *record, struct bytes huge, const struct bytes *texts, size_t n)
{
	for (size_t i = 0; i < record->type->n_fields; i++) {
		switch (record->type->fields[i].kind) {
		case FIELD_TEXT:
			record_text(record, i, huge);
			break;
		case FIELD_TEXTS:
			record_texts(record, i, texts, n);
			break;
		case FIELD_INT:
			record_int(record, i, INT64_MIN);
			break;
		case FIELD_BOOL:
			record_flag(record, i, true);
			break;
		}
	}
}

static void hostile_sizes(void **state)
{
	static const uint8_t bytes[] = { '"', 0x01, 0xff, 'a', 0xe2 };
	struct rule rule = plain_rule;
	struct fixture *f = *state;
	struct event event = { .type = EVENT_ALERT, .flow = &plain_flow, .rule = &rule,
		.records = { f->http, f->token, f->use, f->anomaly, f->tls } };
	uint8_t *memory = malloc(65536);
	struct bytes texts[JSON_TEXTS_MAX + 1];

	assert_non_null(memory);
	open_eve(f, (struct eve_options){ .community_id = true });
	rule.why = "{jwt.kid} {jwt.iss} {jwt.aud} {jwt.tid} {key.owner} {http.host} {token.sha256}";
	for (size_t i = 0; i < sizeof bytes; i++) {
		memset(memory, bytes[i], 65536);
		for (size_t n = 0; n <= JSON_TEXTS_MAX; n++)
			texts[n] = bytes_of(memory, 65536);
		for (size_t kind = 0; kind < RECORD_KINDS; kind++)
			fill_hostile((struct record *)(uintptr_t)event.records[kind], bytes_of(memory, 65536), texts, JSON_TEXTS_MAX + 1);
		f->token->rendered = eve_render(f->token, &f->arena);
		assert_true(f->token->rendered.len > 0 && f->token->rendered.len <= 32768);
		for (event.type = EVENT_ALERT; event.type <= EVENT_TLS; event.type++)
			assert_true(eve_event(f->eve, &event));
		event.type = EVENT_ALERT;
		assert_true(eve_event(f->eve, &event));
		assert_int_equal(eve_n_dropped(f->eve), 0);
		json_t *line = read_json(f);

		assert_non_null(json_object_get(json_object_get(line, "alert"), "metadata"));
		json_decref(line);
	}
	assert_int_equal(eve_n_lines(f->eve), 6 * sizeof bytes);
	free(memory);
}

/* Only its rule can make a line too long for good. */
static void too_long(void **state)
{
	struct fixture *f = *state;
	struct rule_metadata *pairs = calloc(400, sizeof *pairs);
	char *value = malloc(400), keys[400][8];
	struct rule rule = plain_rule;
	struct event event = { .type = EVENT_ALERT, .flow = &plain_flow, .rule = &rule };

	assert_true(pairs && value);
	open_eve(f, (struct eve_options){ 0 });
	memset(value, 'v', 399);
	value[399] = '\0';
	for (size_t i = 0; i < 400; i++) {
		snprintf(keys[i], sizeof keys[i], "k%zu", i);
		pairs[i] = (struct rule_metadata){ keys[i], value };
	}
	rule.metadata = pairs;
	rule.n_metadata = 400;
	assert_true(eve_event(f->eve, &event));
	assert_int_equal(eve_n_dropped(f->eve), 1);
	assert_int_equal(eve_n_lines(f->eve), 0);
	event.rule = &plain_rule;
	assert_true(eve_event(f->eve, &event));
	json_decref(read_json(f));
	assert_int_equal(eve_n_lines(f->eve), 1);
	free(value);
	free(pairs);
}

static void refused_memory(void **state)
{
	struct fixture *f = *state;
	struct budget none;
	struct arena arena;

	budget_init(&none, 0, NULL);
	arena_init(&arena, 1024, &none);
	record_text(f->token, JWT_KID, TEXT("k1"));
	assert_int_equal(eve_render(f->token, &arena).len, 0);
	arena_fini(&arena);
}

/* A disk that fills up within a line: the file ends in a whole one, errno is kept, later calls fail at once. */
static void full_disk(void **state)
{
	struct fixture *f = *state;
	struct event event = { .type = EVENT_HTTP, .flow = &plain_flow, .records = { [RECORD_HTTP] = f->http } };
	struct rlimit old, low;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	low = old;
	low.rlim_cur = 100000;
	open_eve(f, (struct eve_options){ 0 });
	fill_http(f);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	size_t n = 0;

	while (n < 10000 && eve_event(f->eve, &event))
		n++;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(eve_errno(f->eve), EFBIG);
	assert_false(eve_event(f->eve, &event));
	assert_false(eve_stats(f->eve, 0, TEXT("{}")));
	assert_false(eve_flush(f->eve));

	char text[100001] = "";
	ssize_t len = pread(fileno(f->file), text, sizeof text - 1, 0);
	uint64_t lines = 0;

	assert_in_range(len, 99000, 100000);
	assert_int_equal(text[len - 1], '\n');
	for (ssize_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	assert_int_equal(lines, eve_n_lines(f->eve));
}

static void broken_pipe(void **state)
{
	struct event event = { .type = EVENT_HTTP, .flow = &plain_flow };
	struct eve_options options = { 0 };
	int ends[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	struct eve *eve = eve_new(ends[1], &options);

	assert_non_null(eve);
	assert_true(eve_event(eve, &event)); /* buffered */
	assert_false(eve_flush(eve));
	assert_int_equal(eve_errno(eve), EPIPE);
	assert_int_equal(eve_n_lines(eve), 0);
	eve_free(eve);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(alert_as_suricata, set_up, tear_down),
		cmocka_unit_test_setup_teardown(http_as_suricata, set_up, tear_down),
		cmocka_unit_test_setup_teardown(anomaly_as_suricata, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tls_as_suricata, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nested_last, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tls_beside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tls_beside_unknown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stats_and_no_flow, set_up, tear_down),
		cmocka_unit_test_setup_teardown(directions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(token_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(metadata, set_up, tear_down),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test_setup_teardown(hostile_sizes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(too_long, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refused_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(full_disk, set_up, tear_down),
		cmocka_unit_test(broken_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
