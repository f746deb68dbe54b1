/* The doctor: for each finding a mirror that has the trouble, and one that nearly has it. */
#include "sensor/doctor/doctor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "sensor/doctor/report.h"
#include "tests/support/frames.h"

#define MS 1000000
#define S (1000 * (int64_t)MS)
#define EPOCH (1700000000 * S)
#define GET "GET /a HTTP/1.1\r\nHost: a.test\r\nUser-Agent: a rather long one, as they are\r\n\r\n"
#define GET_LEN (sizeof GET - 1)
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n1234567890123456789012345678901234567890"
#define CLIENT "10.0.0.1"
#define SERVER "10.0.0.2"

enum { A = TCP_ACK, SYN = TCP_SYN, SA = TCP_SYN | TCP_ACK, FA = TCP_FIN | TCP_ACK, VLAN_TAG = 4, MACS = 12 };

/* A mirror port and who looks at it. What is said of a packet beyond its frames_spec is reset after each. */
struct mirror {
	struct budget budget;
	struct doctor *doctor;
	const struct tally *tally;
	struct findings findings;
	int64_t time_ns;
	uint64_t number;
	uint16_t vlan; /* 0: untagged */
	uint32_t snap; /* 0: whole */
	uint16_t ip_id;
	uint8_t ttl;	    /* 0: as it is */
	uint32_t link_type; /* 0: Ethernet */
	uint8_t frame[FRAMES_MAX + VLAN_TAG];
	size_t len;
};

static void mirror_begin_with(struct mirror *mirror, size_t max)
{
	*mirror = (struct mirror){ .time_ns = EPOCH };
	budget_init(&mirror->budget, DOCTOR_MEMCAP, NULL);
	mirror->doctor = doctor_new(max, &mirror->budget);
	assert_non_null(mirror->doctor);
}

static void mirror_begin(struct mirror *mirror)
{
	mirror_begin_with(mirror, 1000);
}

static void mirror_deliver(struct mirror *mirror)
{
	struct packet packet;
	uint32_t kept = mirror->snap && mirror->snap < mirror->len ? mirror->snap : (uint32_t)mirror->len;
	struct frame frame = { .time_ns = mirror->time_ns,
		.number = ++mirror->number,
		.wire_len = (uint32_t)mirror->len,
		.link_type = mirror->link_type ? mirror->link_type : FRAMES_ETHERNET,
		.data = bytes_of(mirror->frame, kept) };

	doctor_packet(mirror->doctor, &frame, &packet, net_dissect(&frame, &packet));
	mirror->time_ns += MS;
}

static void mirror_tag(struct mirror *mirror)
{
	uint8_t tag[VLAN_TAG] = { 0x81, 0x00, (uint8_t)(mirror->vlan >> 8), (uint8_t)mirror->vlan };

	memmove(mirror->frame + MACS + VLAN_TAG, mirror->frame + MACS, mirror->len - MACS);
	memcpy(mirror->frame + MACS, tag, VLAN_TAG);
	mirror->len += VLAN_TAG;
}

static void mirror_send(struct mirror *mirror, const struct frames_spec *spec)
{
	mirror->len = frames_build(spec, mirror->frame);
	mirror->frame[18] = (uint8_t)(mirror->ip_id >> 8);
	mirror->frame[19] = (uint8_t)mirror->ip_id;
	if (mirror->ttl)
		mirror->frame[22] = mirror->ttl;
	if (mirror->vlan)
		mirror_tag(mirror);
	mirror_deliver(mirror);
}

static void mirror_end(struct mirror *mirror)
{
	mirror->tally = doctor_end(mirror->doctor);
	assert_true(findings_make(&mirror->findings, mirror->tally));
}

static void mirror_close(struct mirror *mirror)
{
	findings_fini(&mirror->findings);
	doctor_free(mirror->doctor);
	assert_int_equal(mirror->budget.used, 0);
}

static const struct finding *mirror_finding(const struct mirror *mirror, const char *id)
{
	for (unsigned i = 0; i < mirror->findings.n; i++)
		if (strcmp(mirror->findings.items[i].id, id) == 0)
			return &mirror->findings.items[i];
	return NULL;
}

static void has(const struct mirror *mirror, const char *id)
{
	if (!mirror_finding(mirror, id))
		fail_msg("%s is not found", id);
}

static void has_not(const struct mirror *mirror, const char *id)
{
	const struct finding *finding = mirror_finding(mirror, id);

	if (finding)
		fail_msg("%s is found: %s", id, finding->what);
}

static void says(const struct mirror *mirror, const char *id, const char *what)
{
	has(mirror, id);
	if (!strstr(mirror_finding(mirror, id)->what, what))
		fail_msg("%s says: %s", id, mirror_finding(mirror, id)->what);
}

/* Both directions of a connection, with the sequence numbers each has come to. */
struct talk {
	struct mirror *mirror;
	const char *client, *server;
	uint16_t client_port, server_port;
	uint32_t seq, ack; /* the client's next, the server's next */
	bool client_unseen, server_unseen;
	uint16_t client_vlan, server_vlan;
};

static void talk_client(struct talk *talk, uint8_t flags, const char *data)
{
	struct frames_spec spec = { .src = talk->client, .dst = talk->server, .src_port = talk->client_port,
		.dst_port = talk->server_port, .udp = false, .flags = flags, .seq = talk->seq, .ack = talk->ack, .data = bytes_text(data) };

	talk->seq += (uint32_t)strlen(data) + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
	talk->mirror->vlan = talk->client_vlan;
	talk->mirror->ip_id++;
	if (!talk->client_unseen)
		mirror_send(talk->mirror, &spec);
}

static void talk_server(struct talk *talk, uint8_t flags, const char *data)
{
	struct frames_spec spec = { .src = talk->server, .dst = talk->client, .src_port = talk->server_port,
		.dst_port = talk->client_port, .udp = false, .flags = flags, .seq = talk->ack, .ack = talk->seq, .data = bytes_text(data) };

	talk->ack += (uint32_t)strlen(data) + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
	talk->mirror->vlan = talk->server_vlan;
	talk->mirror->ip_id++;
	if (!talk->server_unseen)
		mirror_send(talk->mirror, &spec);
}

static struct talk talk_of(struct mirror *mirror, uint16_t client_port, uint16_t server_port)
{
	return (struct talk){ mirror, CLIENT, SERVER, client_port, server_port, 1000, 5000, false, false, 0, 0 };
}

static void talk_open(struct talk *talk)
{
	uint32_t ack = talk->ack;

	talk->ack = 0;
	talk_client(talk, SYN, "");
	talk->ack = ack;
	talk_server(talk, SA, "");
	talk_client(talk, A, "");
}

static void talk_ask(struct talk *talk)
{
	talk_client(talk, A, GET);
	talk_server(talk, A, OK);
	talk_client(talk, A, "");
}

static void talk_all(struct talk *talk)
{
	talk_open(talk);
	talk_ask(talk);
	talk_client(talk, FA, "");
	talk_server(talk, FA, "");
}

static void a_good_mirror(void **state)
{
	struct mirror mirror;
	struct talk talk = talk_of(&mirror, 40000, 80);

	(void)state;
	mirror_begin(&mirror);
	talk_all(&talk);
	mirror_end(&mirror);
	assert_int_equal(findings_verdict(&mirror.findings), FINDINGS_GOOD);
	assert_int_equal(mirror.tally->flows.protocols[PROTOCOL_HTTP1].n, 1);
	assert_int_equal(mirror.tally->flows.data_segments, 2);
	assert_int_equal(mirror.findings.n, 1); /* made frames have no checksums */
	has(&mirror, "checksums_not_filled_in");
	mirror_close(&mirror);
}

static void no_packets(void **state)
{
	struct mirror mirror;

	(void)state;
	mirror_begin(&mirror);
	mirror_end(&mirror);
	has(&mirror, "no_packets");
	has_not(&mirror, "no_http");
	assert_int_equal(findings_verdict(&mirror.findings), FINDINGS_UNUSABLE);
	mirror_close(&mirror);
}

static void one_sided(void **state)
{
	struct mirror mirror;

	(void)state;
	for (int unseen = 0; unseen < 3; unseen++) {
		struct talk talk = talk_of(&mirror, 40000, 80);

		mirror_begin(&mirror);
		talk.server_unseen = unseen == 1;
		talk.client_unseen = unseen == 2;
		talk_all(&talk);
		mirror_end(&mirror);
		if (!unseen)
			has_not(&mirror, "one_sided");
		if (unseen == 1)
			says(&mirror, "one_sided",
			    "Client to server only: 1. Server: 10.0.0.2 (1). For example 10.0.0.1:40000 -> "
			    "10.0.0.2:80.");
		if (unseen == 2)
			says(&mirror, "one_sided", "Server to client only: 1.");
		if (unseen)
			assert_int_equal(
			    findings_verdict(&mirror.findings), unseen == 1 ? FINDINGS_USABLE : FINDINGS_UNUSABLE);
		has_not(&mirror, "loss"); /* what the unseen side sent is not loss */
		mirror_close(&mirror);
	}
}

static void unanswered(void **state)
{
	struct mirror mirror;

	(void)state;
	mirror_begin(&mirror);
	for (uint16_t port = 1; port <= 3; port++) {
		struct talk talk = talk_of(&mirror, 40000, port);

		talk_client(&talk, SYN, "");
	}
	mirror_end(&mirror);
	has(&mirror, "unanswered");
	has_not(&mirror, "one_sided");
	mirror_close(&mirror);
}

static void midstream(void **state)
{
	struct mirror mirror;
	struct talk talk = talk_of(&mirror, 40000, 80);

	(void)state;
	mirror_begin(&mirror);
	talk_ask(&talk);
	mirror_end(&mirror);
	has(&mirror, "midstream");
	assert_int_equal(findings_verdict(&mirror.findings), FINDINGS_GOOD);
	mirror_close(&mirror);
}

static void loss(void **state)
{
	struct mirror mirror;
	struct talk talk = talk_of(&mirror, 40000, 80);

	(void)state;
	mirror_begin(&mirror);
	talk_open(&talk);
	for (int i = 0; i < 10; i++) {
		talk.client_unseen = i == 4;
		talk_client(&talk, A, GET);
		talk.client_unseen = false;
		talk_server(&talk, A, OK);
	}
	mirror_end(&mirror);
	says(&mirror, "loss", "77 bytes of TCP data (4.9 %) did not get here, in 1 place of 1 connection.");
	assert_int_equal(mirror.tally->flows.lost_bytes, GET_LEN);
	has_not(&mirror, "holes");
	has_not(&mirror, "retransmissions");
	assert_int_equal(findings_verdict(&mirror.findings), FINDINGS_USABLE);
	mirror_close(&mirror);
}

/* Lost by the network and sent again: not the mirror's fault, however late. */
static void repaired_loss(void **state)
{
	struct mirror mirror;
	struct talk talk = talk_of(&mirror, 40000, 80);

	(void)state;
	mirror_begin(&mirror);
	talk_open(&talk);
	talk_ask(&talk);
	for (int i = 0; i < 2; i++) {
		uint32_t seq = talk.seq;

		talk.seq += (uint32_t)GET_LEN;
		talk_client(&talk, A, GET);
		uint32_t next = talk.seq;

		mirror.time_ns += 300 * MS;
		talk.seq = seq;
		talk_client(&talk, A, GET);
		talk.seq = next;
		talk_server(&talk, A, OK);
	}
	mirror_end(&mirror);
	has_not(&mirror, "loss");
	has_not(&mirror, "holes");
	has(&mirror, "retransmissions");
	has_not(&mirror, "reordering");
	assert_int_equal(mirror.tally->flows.retransmitted, 2);
	mirror_close(&mirror);
}

static void order(void **state)
{
	struct mirror mirror;
	struct talk talk = talk_of(&mirror, 40000, 80);

	(void)state;
	mirror_begin(&mirror);
	talk_open(&talk);
	for (int i = 0; i < 2; i++) {
		uint32_t seq = talk.seq;

		talk.seq += (uint32_t)GET_LEN;
		talk_client(&talk, A, GET);
		uint32_t next = talk.seq;

		talk.seq = seq;
		talk_client(&talk, A, GET);
		talk.seq = next;
		talk_server(&talk, A, OK);
	}
	mirror_end(&mirror);
	has(&mirror, "reordering");
	has_not(&mirror, "retransmissions");
	has_not(&mirror, "loss");
	mirror_close(&mirror);
}

/* An acknowledgment that overtakes what it acknowledges, as in cloud mirrors. */
static void early_acknowledgment(void **state)
{
	struct mirror mirror;
	struct talk talk = talk_of(&mirror, 40000, 80);

	(void)state;
	mirror_begin(&mirror);
	talk_open(&talk);
	talk.seq += (uint32_t)GET_LEN;
	talk_server(&talk, A, OK);
	talk.seq -= (uint32_t)GET_LEN;
	talk_client(&talk, A, GET);
	mirror_end(&mirror);
	has_not(&mirror, "loss");
	assert_int_equal(mirror.tally->flows.reordered, 1);
	mirror_close(&mirror);
}

static void holes(void **state)
{
	struct mirror mirror;
	struct talk talk = talk_of(&mirror, 40000, 80);

	(void)state;
	mirror_begin(&mirror);
	talk.server_unseen = true;
	talk_open(&talk);
	talk_client(&talk, A, GET);
	talk.seq += 100;
	talk_client(&talk, A, GET);
	mirror_end(&mirror);
	says(&mirror, "holes", "100 bytes of TCP data (39 %) are missing in 1 place of 1 connection");
	has_not(&mirror, "loss");
	mirror_close(&mirror);
}

static void keep_alive(void **state)
{
	struct mirror mirror;
	struct talk talk = talk_of(&mirror, 40000, 80);

	(void)state;
	mirror_begin(&mirror);
	talk_open(&talk);
	talk_ask(&talk);
	for (int i = 0; i < 3; i++) {
		mirror.time_ns += 10 * S;
		talk.seq--;
		talk_client(&talk, A, "x");
		talk_server(&talk, A, "");
	}
	mirror_end(&mirror);
	assert_int_equal(mirror.tally->flows.retransmitted, 0);
	has_not(&mirror, "loss");
	mirror_close(&mirror);
}

/* Sends each packet of a connection again, `wait_ns` later, changed as `mirror` says. */
static void duplicated(struct mirror *mirror, int64_t wait_ns, uint16_t vlan, uint8_t ttl)
{
	const char *const data[] = { GET, OK };
	uint32_t seqs[] = { 1000, 5000 };

	mirror_begin(mirror);
	for (int i = 0; i < 10; i++) {
		bool server = i % 2;
		struct frames_spec spec = { .src = server ? SERVER : CLIENT, .dst = server ? CLIENT : SERVER,
			.src_port = server ? 80 : 40000, .dst_port = server ? 40000 : 80, .udp = false, .flags = A, .seq = seqs[server], .ack = seqs[!server], .data = bytes_text(data[server]) };

		mirror->ip_id++;
		mirror_send(mirror, &spec);
		mirror->time_ns += wait_ns;
		mirror->vlan = vlan;
		mirror->ttl = ttl;
		mirror_send(mirror, &spec);
		mirror->vlan = 0;
		mirror->ttl = 0;
		seqs[server] += (uint32_t)strlen(data[server]);
	}
	mirror_end(mirror);
}

static void copies(void **state)
{
	struct mirror mirror;

	(void)state;
	duplicated(&mirror, 0, 0, 0);
	says(&mirror, "duplicates",
	    "10 packets (50 %) are exact copies of one just before: most packets are here twice.");
	has_not(&mirror, "retransmissions");
	has_not(&mirror, "twins");
	assert_int_equal(mirror.tally->copies.n_other_vlan + mirror.tally->copies.n_other_ttl, 0);
	assert_int_equal(findings_verdict(&mirror.findings), FINDINGS_GOOD);
	mirror_close(&mirror);
	duplicated(&mirror, 0, 20, 0);
	says(&mirror, "duplicates", "On another VLAN than the first: 100 %.");
	has_not(&mirror, "vlan_per_direction");
	mirror_close(&mirror);
	duplicated(&mirror, 0, 0, 63);
	says(&mirror, "duplicates", "Having passed a router in between: 100 %.");
	mirror_close(&mirror);
	duplicated(&mirror, 200 * MS, 0, 0); /* TCP repeats data so late */
	has_not(&mirror, "duplicates");
	has(&mirror, "retransmissions");
	mirror_close(&mirror);
}

/* Duplicate acknowledgments of IPv6 are equal byte by byte, and no copies. */
static void equal_acknowledgments(void **state)
{
	struct mirror mirror;
	struct frames_spec spec = { .src = "2001:db8::1", .dst = "2001:db8::2", .src_port = 40000, .dst_port = 80,
		.udp = false, .flags = A, .seq = 1000, .ack = 5000, .data = bytes_text("") };

	(void)state;
	mirror_begin(&mirror);
	for (int i = 0; i < 5; i++) {
		mirror.len = frames_build(&spec, mirror.frame);
		mirror_deliver(&mirror);
	}
	spec.data = bytes_text(GET);
	for (int i = 0; i < 2; i++) {
		mirror.len = frames_build(&spec, mirror.frame);
		mirror_deliver(&mirror);
	}
	mirror_end(&mirror);
	assert_int_equal(mirror.tally->copies.n_copies, 1);
	mirror_close(&mirror);
}

/* Fortinet's traffic-source both: the client's and the server's side of a proxy. */
static void twins(void **state)
{
	struct mirror mirror;

	(void)state;
	for (int same_ends = 0; same_ends < 2; same_ends++) {
		struct talk outside = talk_of(&mirror, 40000, 443), inside = talk_of(&mirror, 50000, 443);

		mirror_begin(&mirror);
		inside.client = "10.0.9.9";
		inside.seq = outside.seq + 2000000000;
		inside.ack = outside.ack + 1800000000;
		if (same_ends) {
			inside.client = CLIENT;
			inside.client_port = 40000;
		} else {
			talk_open(&outside);
			talk_open(&inside);
		}
		for (int i = 0; i < 6; i++) {
			talk_client(&outside, A, GET);
			talk_client(&inside, A, GET);
			talk_server(&inside, A, OK);
			talk_server(&outside, A, OK);
		}
		mirror_end(&mirror);
		says(&mirror, "twins",
		    same_ends ? "1 connection carries the same data as another at the same time"
			      : "2 connections carry the same data as another at the same time");
		if (same_ends)
			says(&mirror, "twins", "between the same addresses and ports");
		has_not(&mirror, "duplicates");
		has_not(&mirror, "loss");
		has_not(&mirror, "retransmissions");
		has(&mirror, "decrypted");
		mirror_close(&mirror);
	}
}

/* A client that asks the same again and again, on new connections, on one, and on several at once. */
static void no_twins(void **state)
{
	struct mirror mirror;
	struct talk one = talk_of(&mirror, 40100, 80), other = talk_of(&mirror, 40101, 80);

	(void)state;
	mirror_begin(&mirror);
	for (uint16_t port = 40000; port < 40006; port++) {
		struct talk talk = talk_of(&mirror, port, 80);

		talk_all(&talk);
	}
	talk_open(&one);
	talk_open(&other);
	for (int i = 0; i < 6; i++) {
		talk_ask(&one);
		talk_ask(&other);
	}
	mirror_end(&mirror);
	has_not(&mirror, "twins");
	mirror_close(&mirror);
}

static void slices(void **state)
{
	static const struct {
		uint32_t snap;
		bool found;
		enum findings_verdict verdict;
	} cases[] = { { 0, false, FINDINGS_GOOD }, { 2000, false, FINDINGS_GOOD }, { 96, true, FINDINGS_UNUSABLE },
		{ 600, true, FINDINGS_USABLE } };
	static char text[1200] = GET;
	struct mirror mirror;

	(void)state;
	memset(text + GET_LEN, 'x', sizeof text - GET_LEN - 1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct talk talk = talk_of(&mirror, 40000, 80);

		mirror_begin(&mirror);
		mirror.snap = cases[i].snap;
		talk_open(&talk);
		talk_client(&talk, A, text);
		talk_server(&talk, A, OK);
		talk_client(&talk, A, text);
		mirror_end(&mirror);
		(cases[i].found ? has : has_not)(&mirror, "sliced");
		assert_int_equal(findings_verdict(&mirror.findings), cases[i].verdict);
		has_not(&mirror, "loss");
		mirror_close(&mirror);
	}
}

/* A packet that says it is longer than its whole frame was cut before it was captured. */
static void cut_before(void **state)
{
	struct mirror mirror;
	struct frames_spec spec = { .src = CLIENT, .dst = SERVER, .src_port = 40000, .dst_port = 80, .udp = false,
		.flags = A, .seq = 1000, .ack = 5000, .data = bytes_text(GET GET GET GET GET GET GET GET) };

	(void)state;
	mirror_begin(&mirror);
	mirror.len = frames_build(&spec, mirror.frame) - 200;
	mirror_deliver(&mirror);
	mirror_end(&mirror);
	says(&mirror, "sliced", "200 bytes are missing. Before they were captured: 1.");
	mirror_close(&mirror);
}

static void drops(void **state)
{
	struct mirror mirror;
	struct talk talk = talk_of(&mirror, 40000, 80);

	(void)state;
	for (uint64_t n = 0; n < 2; n++) {
		mirror_begin(&mirror);
		talk_all(&talk);
		doctor_drops(mirror.doctor, 8, n);
		mirror_end(&mirror);
		(n ? has : has_not)(&mirror, "drops");
		assert_int_equal(findings_verdict(&mirror.findings), n ? FINDINGS_USABLE : FINDINGS_GOOD);
		mirror_close(&mirror);
	}
}

static void vlans(void **state)
{
	struct mirror mirror;

	(void)state;
	for (int differ = 0; differ < 2; differ++) {
		struct talk talk = talk_of(&mirror, 40000, 80);

		mirror_begin(&mirror);
		talk.client_vlan = 10;
		talk.server_vlan = differ ? 20 : 10;
		talk_all(&talk);
		mirror_end(&mirror);
		if (differ)
			says(
			    &mirror, "vlan_per_direction", "the client's packets on VLAN 10, the server's on VLAN 20.");
		else
			has_not(&mirror, "vlan_per_direction");
		says(&mirror, "vlans", differ ? "VLANs: 10 (" : "VLANs: 10 (8)");
		has_not(&mirror, "one_sided");
		mirror_close(&mirror);
	}
}

static void fragments_and_sizes(void **state)
{
	static uint8_t large[9400];
	struct mirror mirror;
	struct frames_spec spec = { .src = CLIENT, .dst = SERVER, .src_port = 40000, .dst_port = 80, .udp = true,
		.flags = 0, .seq = 0, .ack = 0, .data = bytes_text(GET) };

	(void)state;
	mirror_begin(&mirror);
	mirror.len = frames_build(&spec, mirror.frame);
	mirror.frame[20] = 0x20; /* more fragments */
	mirror_deliver(&mirror);
	spec.data = bytes_of(large, 1472);
	mirror_send(&mirror, &spec);
	mirror_end(&mirror);
	has(&mirror, "fragments");
	has_not(&mirror, "large_packets");
	mirror_close(&mirror);
	mirror_begin(&mirror);
	spec.data = bytes_of(large, 1473);
	mirror_send(&mirror, &spec);
	spec.data = bytes_of(large, sizeof large);
	mirror_send(&mirror, &spec);
	mirror_end(&mirror);
	says(&mirror, "large_packets", "2 packets (100 %) have more than the 1,500 bytes");
	assert_int_equal(mirror.tally->sizes.n_ip_no_wire, 1);
	has_not(&mirror, "fragments");
	mirror_close(&mirror);
}

static void times(void **state)
{
	struct mirror mirror;
	struct frames_spec spec = { .src = CLIENT, .dst = SERVER, .src_port = 40000, .dst_port = 53, .udp = true,
		.flags = 0, .seq = 0, .ack = 0, .data = bytes_text("x") };

	(void)state;
	mirror_begin(&mirror);
	mirror_send(&mirror, &spec);
	mirror.time_ns -= 3 * S;
	mirror_send(&mirror, &spec);
	mirror_end(&mirror);
	says(&mirror, "time_goes_back", "Time goes back at 1 packet (50 %), by 3 seconds at most.");
	has_not(&mirror, "no_date");
	mirror_close(&mirror);
	mirror_begin(&mirror);
	mirror_send(&mirror, &spec);
	doctor_input(mirror.doctor);
	mirror.time_ns = 5 * S;
	mirror_send(&mirror, &spec);
	mirror_end(&mirror);
	has_not(&mirror, "time_goes_back"); /* another file */
	has(&mirror, "no_date");
	mirror_close(&mirror);
}

/* The checksum of an IPv4 TCP packet without options, as frames_build makes it; `whole`: over its data too. */
static uint16_t sum_of(const uint8_t *frame, size_t len, bool whole)
{
	uint32_t sum = IP_PROTO_TCP + (uint32_t)(len - 34);

	for (size_t i = 26; i < (whole ? len : 34); i++)
		sum += (uint32_t)frame[i] << (i % 2 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void checksums(void **state)
{
	static const struct {
		enum sums want;
		const char *found;
	} cases[] = { { SUMS_RIGHT, NULL }, { SUMS_PARTIAL, "checksums_not_filled_in" },
		{ SUMS_ZERO, "checksums_not_filled_in" }, { SUMS_WRONG, "checksums_wrong" } };
	struct frames_spec spec = { .src = CLIENT, .dst = SERVER, .src_port = 40000, .dst_port = 80, .udp = false,
		.flags = A, .seq = 1000, .ack = 5000, .data = bytes_text(GET) };
	struct mirror mirror;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		mirror_begin(&mirror);
		mirror.len = frames_build(&spec, mirror.frame);
		uint16_t right = (uint16_t)~sum_of(mirror.frame, mirror.len, true),
			 partial = sum_of(mirror.frame, mirror.len, false);
		uint16_t sums[] = { right, partial, 0, (uint16_t)(right + 1) };

		mirror.frame[50] = (uint8_t)(sums[i] >> 8);
		mirror.frame[51] = (uint8_t)sums[i];
		mirror_deliver(&mirror);
		mirror_end(&mirror);
		assert_int_equal(mirror.tally->checksums[cases[i].want], 1);
		for (size_t j = 1; j < sizeof cases / sizeof *cases; j += 2)
			(cases[i].found && strcmp(cases[i].found, cases[j].found) == 0 ? has : has_not)(
			    &mirror, cases[j].found);
		mirror_close(&mirror);
	}
}

static void unreadable(void **state)
{
	static const uint8_t arp[60] = { [12] = 0x08, [13] = 0x06 }, macsec[60] = { [12] = 0x88, [13] = 0xe5 };
	struct mirror mirror;
	struct talk talk = talk_of(&mirror, 40000, 80);

	(void)state;
	mirror_begin(&mirror);
	talk_all(&talk);
	memcpy(mirror.frame, arp, mirror.len = sizeof arp);
	mirror_deliver(&mirror);
	mirror_end(&mirror);
	says(&mirror, "not_ip", "Of them: 1 ARP.");
	has_not(&mirror, "unreadable");
	assert_int_equal(findings_verdict(&mirror.findings), FINDINGS_GOOD);
	mirror_close(&mirror);
	talk = talk_of(&mirror, 40000, 80);
	mirror_begin(&mirror);
	talk_all(&talk);
	memcpy(mirror.frame, macsec, mirror.len = sizeof macsec);
	mirror_deliver(&mirror);
	mirror.link_type = 147;
	mirror_deliver(&mirror);
	mirror_end(&mirror);
	says(&mirror, "not_ip", "1 MACsec");
	says(&mirror, "unreadable", "Link types: LINKTYPE 147");
	assert_int_equal(findings_verdict(&mirror.findings), FINDINGS_USABLE);
	mirror_close(&mirror);
}

static void talk_says(struct mirror *mirror, const char *client, const char *server, uint16_t port)
{
	struct talk talk = talk_of(mirror, 40000, port);

	mirror_begin(mirror);
	talk_open(&talk);
	talk_client(&talk, A, client);
	talk_server(&talk, A, server);
	talk_client(&talk, A, "");
	mirror_end(mirror);
}

#define HELLO "\x16\x03\x01\x20\x01\x01                                                          "
#define RECORD "\x17\x03\x03\x20\x01\xff                                                          "

static void content(void **state)
{
	struct mirror mirror;

	(void)state;
	talk_says(&mirror, HELLO, RECORD, 443);
	has(&mirror, "encrypted");
	has(&mirror, "no_http");
	has_not(&mirror, "hello_then_clear_text");
	mirror_close(&mirror);
	talk_says(&mirror, HELLO, OK, 443);
	has(&mirror, "hello_then_clear_text");
	has(&mirror, "decrypted");
	has_not(&mirror, "encrypted");
	mirror_close(&mirror);
	talk_says(&mirror, "\x16\x03\x01\x01\x01\x01" /* a whole record: 257 bytes would follow */ GET, OK, 443);
	has(&mirror, "hello_then_clear_text"); /* the reply tells */
	mirror_close(&mirror);
	talk_says(&mirror, "SSLproxy: [127.0.0.1]:34649,[192.168.3.24]:47286,s\r\n" GET, OK, 8080);
	has(&mirror, "sslproxy");
	has_not(&mirror, "decrypted");
	mirror_close(&mirror);
	talk_says(&mirror, "SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2\r\n", 22);
	assert_int_equal(mirror.tally->flows.protocols[PROTOCOL_SSH].n, 1);
	has(&mirror, "no_http");
	mirror_close(&mirror);
	talk_says(&mirror, "GET / HTTP/1.1\r\nauthorization: Bearer x\r\n\r\n", OK, 443);
	says(&mirror, "decrypted", "With credentials in an Authorization header: 1.");
	has_not(&mirror, "clear_text_credentials");
	mirror_close(&mirror);
	talk_says(&mirror, "GET / HTTP/1.1\r\nProxy-Authorization: Bearer x\r\n\r\n", OK, 3128);
	has(&mirror, "clear_text_credentials");
	has_not(&mirror, "decrypted");
	mirror_close(&mirror);
}

static void guess(struct bytes data, enum protocol protocol, unsigned flags)
{
	struct protocol_guess is = protocol_of_tcp(data);

	assert_int_equal(is.protocol, protocol);
	assert_int_equal(is.flags, flags);
}

#define FRAME(len, type, flags, stream) "\0\0" len type flags "\0\0\0" stream
#define LITERAL(text) bytes_of(text, sizeof(text) - 1)

static void protocols(void **state)
{
	(void)state;
	guess(LITERAL("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), PROTOCOL_HTTP2, PROTOCOL_FROM_CLIENT);
	guess(LITERAL(FRAME("\6", "\4", "\0", "\0") "\0\3\0\0\0\144" FRAME("\0", "\4", "\1", "\0")), PROTOCOL_HTTP2,
	    PROTOCOL_NO_PREFACE);
	guess(LITERAL(FRAME("\4", "\1", "\4", "\1") "\202\204\207\206"), PROTOCOL_HTTP2,
	    PROTOCOL_NO_PREFACE | PROTOCOL_ONE_FRAME);
	guess(LITERAL(FRAME("\4", "\1", "\4", "\0") "\202\204\207\206"), PROTOCOL_OTHER, 0); /* headers of no stream */
	guess(LITERAL(FRAME("\5", "\4", "\0", "\0") "\0\3\0\0\0"), PROTOCOL_OTHER, 0);	     /* settings are sixes */
	guess(LITERAL(FRAME("\6", "\4", "\0", "\0") "\0\3\0"), PROTOCOL_OTHER, 0); /* no second frame begins */
	guess(LITERAL("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), PROTOCOL_OTHER, 0);
	guess(LITERAL("HTTP/1.1 200 OK\r\n\r\n"), PROTOCOL_HTTP1, PROTOCOL_FROM_SERVER);
	guess(LITERAL("\x17\x03\x03\x00\x20zzzz"), PROTOCOL_TLS, 0);
	guess(LITERAL("\x17\x03\x05\x00\x20zzzz"), PROTOCOL_OTHER, 0);
	guess(LITERAL("\x16\x03\x01\x00\x04\x01\x00\x00\x00" GET), PROTOCOL_HTTP1,
	    PROTOCOL_AFTER_HELLO | PROTOCOL_FROM_CLIENT);
	guess(LITERAL("\x16\x03\x01\x00\x04\x01\x00\x00\x00zzzz"), PROTOCOL_TLS,
	    PROTOCOL_CLIENT_HELLO | PROTOCOL_FROM_CLIENT);
	guess(LITERAL("220 mail.test ESMTP\r\n"), PROTOCOL_OTHER, 0);
	guess(LITERAL(""), PROTOCOL_SILENT, 0);
	assert_int_equal(protocol_of_udp(LITERAL("\xc3\0\0\0\1\x08zzzzzzzz")).protocol, PROTOCOL_QUIC);
	assert_int_equal(protocol_of_udp(LITERAL("\xc3\0\0\0\1\x18zzzzzzzz")).protocol, PROTOCOL_OTHER);
	assert_int_equal(protocol_of_udp(LITERAL("\x0dzzzzzzzzQ043\1zzz")).protocol, PROTOCOL_QUIC);
	assert_int_equal(protocol_of_udp(LITERAL("\xc3\0\0")).protocol, PROTOCOL_OTHER);
}

/* More connections than there is room for: each ends once, and the report says so. */
static void capped(void **state)
{
	enum { ROOM = 50, ALL = 500 };
	struct mirror mirror;

	(void)state;
	mirror_begin_with(&mirror, ROOM);
	for (uint16_t port = 0; port < ALL; port++) {
		struct talk talk = talk_of(&mirror, (uint16_t)(10000 + port), 80);

		talk_all(&talk);
	}
	mirror_end(&mirror);
	assert_int_equal(mirror.tally->flows.n_tcp, ALL);
	assert_int_equal(mirror.tally->flows.n_evicted, ALL - ROOM);
	assert_int_equal(mirror.tally->flows.protocols[PROTOCOL_HTTP1].n, ALL);
	has(&mirror, "examination_capped");
	has_not(&mirror, "one_sided");
	mirror_close(&mirror);
}

static void refused_memory(void **state)
{
	struct budget budget;

	(void)state;
	for (size_t cap = 0; cap < (4 << 20); cap += 64 << 10) {
		budget_init(&budget, cap, NULL);
		struct doctor *doctor = doctor_new(1000, &budget);

		doctor_free(doctor);
		assert_int_equal(budget.used, 0);
	}
}

/* Ports used again: two connections, no loss between them. */
static void ports_again(void **state)
{
	struct mirror mirror;
	struct talk talk = talk_of(&mirror, 40000, 80);

	(void)state;
	mirror_begin(&mirror);
	talk_all(&talk);
	talk.seq += 30000;
	talk.ack += 60000;
	talk_all(&talk);
	mirror_end(&mirror);
	assert_int_equal(mirror.tally->flows.n_tcp, 2);
	has_not(&mirror, "loss");
	has_not(&mirror, "holes");
	mirror_close(&mirror);
}

static void texts(void **state)
{
	struct mirror mirror;
	struct talk talk = talk_of(&mirror, 40000, 80);
	char *text = NULL;
	size_t len = 0, column = 0;

	(void)state;
	mirror_begin(&mirror);
	talk.server_unseen = true;
	talk_all(&talk);
	mirror_end(&mirror);
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	report_text(out, "a\x1b[31m.pcap", mirror.tally, &mirror.findings);
	assert_true(report_json(out, "a", mirror.tally, &mirror.findings));
	fclose(out);
	assert_null(strchr(text, 0x1b));
	const char *verdict =
	    strstr(text, "\nVerdict: usable with gaps - replies are missing\n{\"verdict\":\"usable_with_gaps\",");

	assert_non_null(verdict);
	for (const char *at = text; at < verdict; at++) {
		column = *at == '\n' ? 0 : column + 1;
		assert_true(column <= 80);
	}
	free(text);
	mirror_close(&mirror);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_mirror),
		cmocka_unit_test(no_packets),
		cmocka_unit_test(one_sided),
		cmocka_unit_test(unanswered),
		cmocka_unit_test(midstream),
		cmocka_unit_test(loss),
		cmocka_unit_test(repaired_loss),
		cmocka_unit_test(order),
		cmocka_unit_test(early_acknowledgment),
		cmocka_unit_test(holes),
		cmocka_unit_test(keep_alive),
		cmocka_unit_test(copies),
		cmocka_unit_test(equal_acknowledgments),
		cmocka_unit_test(twins),
		cmocka_unit_test(no_twins),
		cmocka_unit_test(slices),
		cmocka_unit_test(cut_before),
		cmocka_unit_test(drops),
		cmocka_unit_test(vlans),
		cmocka_unit_test(fragments_and_sizes),
		cmocka_unit_test(times),
		cmocka_unit_test(checksums),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(content),
		cmocka_unit_test(protocols),
		cmocka_unit_test(capped),
		cmocka_unit_test(refused_memory),
		cmocka_unit_test(ports_again),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
