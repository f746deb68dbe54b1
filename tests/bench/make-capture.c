/* make-capture KIND MEGABYTES FILE [KEYLOG]: writes a deterministic classic pcap for measuring. KIND is one of
 *
 *   tokens  keep-alive HTTP conversations, 10 to 40 requests each, answers of 1 to 8 KB; one token in four uses is new
 *   mixed   a tenth of that; the rest TLS-like records, cleartext downloads and DNS
 *   flows   connections of one request each, every second one closed by FIN, the others left open
 *   http2   the same as tokens, in HTTP/2
 *   https   the same as tokens, in TLS 1.3 with AES-128-GCM; what opens it is written to KEYLOG
 *   bulk    the same with answers of 256 KB, in records of 16 KB, 4 to a connection
 *
 * Conversations are interleaved, 200 at a time. Prints how many bytes of HTTP are in it. */
#include "tests/bench/bearer.h"
#include "tests/bench/h2.h"
#include "tests/bench/https.h"
#include "tests/bench/noise.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	N_SLOTS = 200,    /* conversations at a time */
	N_TOKENS = 4096,  /* tokens that repeat */
	MESSAGE_CAP = 300000,
	BULK_LEN = 256 * 1024,
};

enum kind { KIND_TOKENS, KIND_MIXED, KIND_FLOWS, KIND_HTTP2, KIND_HTTPS, KIND_BULK, N_KINDS };
enum protocol { HTTP, DOWNLOAD, NOISE, DNS };

struct slot {
	enum protocol protocol;
	struct wire_flow flow;
	struct tls_made *tls; /* NULL: in the clear */
	struct h2 *h2;        /* NULL: HTTP/1.1 */
	unsigned left;        /* exchanges */
	bool open;
};

struct maker {
	struct wire wire;
	enum kind kind;
	struct crypto *crypto;
	FILE *keylog;         /* NULL: in the clear */
	uint64_t random, n_flows, n_tokens, n_content;
	struct slot slots[N_SLOTS];
	char message[MESSAGE_CAP];
};

static uint64_t below(struct maker *maker, uint64_t n)
{
	return (noise_next(&maker->random) >> 11) % n;
}

/* So much of the message. */
static void say(struct maker *maker, struct slot *slot, bool from_server, size_t len)
{
	maker->n_content += slot->protocol == NOISE ? 0 : len;
	if (slot->tls)
		https_say(&maker->wire, &slot->flow, slot->tls, from_server, bytes_of(maker->message, len));
	else
		wire_say(&maker->wire, &slot->flow, from_server, maker->message, len);
}

static void exchange_http2(struct maker *maker, struct slot *slot, uint64_t id, const char *bearer, size_t body)
{
	char path[96], authorization[BEARER_CAP + 16], length[24];
	const struct h2_field request[] = { { ":method", "GET" }, { ":scheme", "https" }, { ":path", path },
		{ ":authority", "outlook.office365.com" }, { "user-agent", "bench/1" }, { "accept", "application/json" },
		{ "authorization", authorization }, { "accept-encoding", "identity" } };
	const struct h2_field response[] = { { ":status", "200" }, { "server", "bench" }, { "content-type", "application/json" },
		{ "content-length", length } };

	snprintf(path, sizeof path, "/api/v2.0/me/messages/%" PRIu64 "?$top=10", id);
	snprintf(authorization, sizeof authorization, "Bearer %s", bearer);
	snprintf(length, sizeof length, "%zu", body);
	say(maker, slot, false, h2_request(slot->h2, request, sizeof request / sizeof *request, maker->message));
	say(maker, slot, true, h2_response(slot->h2, response, sizeof response / sizeof *response, body, noise_text, &maker->random,
	    maker->message));
}

static void exchange_http(struct maker *maker, struct slot *slot)
{
	char bearer[BEARER_CAP];
	/* one use in four brings a new token, the others repeat one of the pool */
	uint64_t id = below(maker, 4) ? below(maker, N_TOKENS) : N_TOKENS + maker->n_tokens++;
	size_t len = bearer_write(id, WIRE_START_S, bearer), body = maker->kind == KIND_BULK ? BULK_LEN : 1000 + below(maker, 7000);

	bearer[len] = '\0';
	if (slot->h2) {
		exchange_http2(maker, slot, id, bearer, body);
		return;
	}
	int n = snprintf(maker->message, MESSAGE_CAP, "GET /api/v2.0/me/messages/%" PRIu64 "?$top=10 HTTP/1.1\r\n"
	    "Host: outlook.office365.com\r\nUser-Agent: bench/1\r\nAccept: application/json\r\nAuthorization: Bearer %.*s\r\n"
	    "Accept-Encoding: identity\r\n\r\n", id, (int)len, bearer);

	say(maker, slot, false, (size_t)n);
	n = snprintf(maker->message, MESSAGE_CAP, "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n\r\n", body);
	noise_text(&maker->random, maker->message + n, body);
	say(maker, slot, true, (size_t)n + body);
}

/* TLS application data, RFC 8446 5.2: type 23, legacy version, length, noise that nothing opens */
static void exchange_noise(struct maker *maker, struct slot *slot)
{
	size_t len = 2000 + below(maker, 14000 - 2000);
	const char header[] = { 0x17, 3, 3, (char)(len >> 8), (char)len };

	memcpy(maker->message, header, sizeof header);
	noise_bytes(&maker->random, maker->message + sizeof header, len);
	say(maker, slot, below(maker, 5) != 0, sizeof header + len);
}

static void exchange_download(struct maker *maker, struct slot *slot)
{
	size_t body = 2000000;
	int n = snprintf(maker->message, MESSAGE_CAP, "GET /file/%" PRIu64 " HTTP/1.1\r\nHost: files.example\r\n\r\n", maker->n_flows);

	say(maker, slot, false, (size_t)n);
	n = snprintf(maker->message, MESSAGE_CAP, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", body);
	say(maker, slot, true, (size_t)n);
	while (body) {
		size_t part = body < 14600 ? body : 14600;

		noise_bytes(&maker->random, maker->message, part);
		say(maker, slot, true, part);
		body -= part;
	}
}

static void exchange_dns(struct maker *maker, struct slot *slot)
{
	uint8_t query[64] = { 0, 1, 1, 0, 0, 1, [12] = 8 };
	size_t len = 12 + 1 + 8 + 1 + 4 + 4;

	noise_text(&maker->random, (char *)query + 13, 8);
	memcpy(query + 21, "\4test\0\0\1\0\1", 10);
	len = 31;
	wire_datagram(&maker->wire, &slot->flow, false, query, len);
	query[2] = 0x81;
	wire_datagram(&maker->wire, &slot->flow, true, query, len);
}

static enum protocol choose(struct maker *maker)
{
	uint64_t n = below(maker, 1000);

	if (maker->kind != KIND_MIXED)
		return HTTP;
	/* by conversations, so that bytes come out near a tenth HTTP with tokens */
	return n < 100 ? HTTP : n < 130 ? DOWNLOAD : n < 600 ? NOISE : DNS;
}

static unsigned n_exchanges(struct maker *maker, enum protocol protocol)
{
	if (maker->kind == KIND_FLOWS || protocol == DOWNLOAD || protocol == DNS)
		return 1;
	return maker->kind == KIND_BULK ? 4 : 10 + (unsigned)below(maker, 31);
}

static void open_slot(struct maker *maker, struct slot *slot)
{
	static const uint16_t ports[] = { [HTTP] = 80, [DOWNLOAD] = 80, [NOISE] = 443, [DNS] = 53 };
	uint64_t n = maker->n_flows++;
	enum protocol protocol = choose(maker);

	*slot = (struct slot){ .protocol = protocol, .open = true, .flow = { .udp = protocol == DNS,
		.client = 0x0a370000 | (uint32_t)below(maker, 65536), .server = 0x0a380000 | (uint32_t)below(maker, 64),
		.client_port = (uint16_t)(1024 + n % 64000), .server_port = maker->keylog ? 443 : ports[protocol],
		.seq = { (uint32_t)noise_next(&maker->random), (uint32_t)noise_next(&maker->random) } } };
	slot->left = n_exchanges(maker, protocol);
	if (protocol == DNS)
		return;
	wire_connect(&maker->wire, &slot->flow);
	if (maker->kind == KIND_HTTP2) {
		slot->h2 = h2_new();
		say(maker, slot, false, h2_hello(slot->h2, 0, maker->message));
		say(maker, slot, true, h2_hello(slot->h2, 1, maker->message));
	}
	if (maker->keylog)
		slot->tls = https_connect(&maker->wire, &slot->flow, maker->crypto, (uint32_t)n, maker->keylog);
}

static void close_slot(struct maker *maker, struct slot *slot)
{
	slot->open = false;
	https_free(slot->tls);
	slot->tls = NULL;
	h2_free(slot->h2);
	slot->h2 = NULL;
	if (slot->protocol != DNS && (maker->kind != KIND_FLOWS || maker->n_flows % 2 == 0))
		wire_disconnect(&maker->wire, &slot->flow);
}

static void step(struct maker *maker)
{
	static void (*const exchange[])(struct maker *, struct slot *) = {
		[HTTP] = exchange_http, [DOWNLOAD] = exchange_download, [NOISE] = exchange_noise, [DNS] = exchange_dns,
	};
	struct slot *slot = &maker->slots[below(maker, N_SLOTS)];

	if (!slot->open) {
		open_slot(maker, slot);
	} else if (slot->left) {
		slot->left--;
		exchange[slot->protocol](maker, slot);
	} else {
		close_slot(maker, slot);
	}
}

static bool set_up(struct maker *maker, const char *file, const char *keylog)
{
	if (!wire_open(&maker->wire, file))
		return false;
	if (maker->kind < KIND_HTTPS)
		return true;
	maker->keylog = fopen(keylog, "w");
	maker->crypto = crypto_new();
	return maker->keylog && maker->crypto;
}

static bool tear_down(struct maker *maker)
{
	bool ok = wire_close(&maker->wire) & (!maker->keylog || fclose(maker->keylog) == 0);

	for (size_t i = 0; i < N_SLOTS; i++) {
		https_free(maker->slots[i].tls);
		h2_free(maker->slots[i].h2);
	}
	crypto_free(maker->crypto);
	return ok;
}

int main(int argc, char **argv)
{
	static const char *const kinds[N_KINDS] = { "tokens", "mixed", "flows", "http2", "https", "bulk" };
	static struct maker maker = { .random = UINT64_C(0x5707A61A55) };
	long megabytes = argc > 3 ? strtol(argv[2], NULL, 10) : 0;
	size_t kind = 0;

	while (argc > 3 && kind < N_KINDS && strcmp(argv[1], kinds[kind]) != 0)
		kind++;
	if (kind == N_KINDS || megabytes < 1 || megabytes > 100000 || argc != (kind < KIND_HTTPS ? 4 : 5)) {
		fprintf(stderr, "usage: make-capture tokens|mixed|flows|http2 MEGABYTES FILE\n"
		    "       make-capture https|bulk MEGABYTES FILE KEYLOG\n");
		return 1;
	}
	maker.kind = (enum kind)kind;
	bool ok = set_up(&maker, argv[3], argv[4]);

	while (ok && maker.wire.written < (uint64_t)megabytes * 1000000)
		step(&maker);
	if (!ok || !tear_down(&maker)) {
		perror("make-capture");
		return 1;
	}
	printf("%" PRIu64 "\n", maker.n_content);
	return 0;
}
