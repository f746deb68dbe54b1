/* make-capture KIND MEGABYTES FILE: writes a deterministic classic pcap for measuring. KIND is one of
 *
 *   tokens  keep-alive HTTP conversations, 10 to 40 requests each, answers of 1 to 8 KB; one token in four uses is new
 *   mixed   a tenth of that; the rest TLS-like records, cleartext downloads and DNS
 *   flows   connections of one request each, every second one closed by FIN, the others left open
 *
 * Conversations are interleaved, 200 at a time. Tokens have the shape of real ones (header, 1 KB of claims, 342
 * characters of signature); their signatures are noise. Checksums are right, the clock runs 20 us a packet from
 * 2026-01-15 12:00 UTC. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	N_SLOTS = 200,    /* conversations at a time */
	N_TOKENS = 4096,  /* tokens that repeat */
	MSS = 1460,
	TOKEN_CAP = 4096,
	MESSAGE_CAP = 16384,
	START_S = 1768478400,
	STEP_US = 20,
};

enum kind { KIND_TOKENS, KIND_MIXED, KIND_FLOWS };
enum protocol { HTTP, DOWNLOAD, TLS, DNS };

struct slot {
	enum protocol protocol;
	uint32_t client, server;
	uint16_t client_port, server_port;
	uint32_t seq[2];
	unsigned left; /* exchanges */
	uint64_t token;
	bool open;
};

struct maker {
	FILE *out;
	enum kind kind;
	uint64_t random, written, budget, time_us, n_flows, n_tokens;
	uint16_t ident;
	struct slot slots[N_SLOTS];
	char message[MESSAGE_CAP];
};

/* xorshift64*, Vigna 2014 */
static uint64_t next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

static uint64_t below(struct maker *maker, uint64_t n)
{
	return (next(&maker->random) >> 11) % n;
}

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

/* RFC 1071 */
static uint64_t sum(const uint8_t *data, size_t len, uint64_t at)
{
	for (; len > 1; data += 2, len -= 2)
		at += (unsigned)data[0] << 8 | data[1];
	return len ? at + ((unsigned)data[0] << 8) : at;
}

static unsigned fold(uint64_t at)
{
	while (at >> 16)
		at = (at & 0xffff) + (at >> 16);
	return (unsigned)~at & 0xffff;
}

/* Ethernet | IPv4 | TCP or UDP | payload */
static void frame(struct maker *maker, const struct slot *slot, int from_server, unsigned flags,
		  const void *payload, size_t len)
{
	uint8_t data[2048] = { [0] = 2, [5] = from_server ? 1 : 2, [6] = 2, [11] = from_server ? 2 : 1, [12] = 8 };
	uint8_t *ip = data + 14, *l4 = ip + 20;
	bool udp = slot->protocol == DNS;
	size_t head = udp ? 8 : 20, l4_len = head + len, frame_len = 34 + l4_len;
	uint32_t record[4];

	ip[0] = 0x45;
	put16(ip + 2, (unsigned)(20 + l4_len));
	put16(ip + 4, maker->ident++);
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = udp ? 17 : 6;
	put32(ip + 12, from_server ? slot->server : slot->client);
	put32(ip + 16, from_server ? slot->client : slot->server);
	put16(ip + 10, fold(sum(ip, 20, 0)));
	put16(l4, from_server ? slot->server_port : slot->client_port);
	put16(l4 + 2, from_server ? slot->client_port : slot->server_port);
	if (udp) {
		put16(l4 + 4, (unsigned)l4_len);
	} else {
		put32(l4 + 4, slot->seq[from_server]);
		put32(l4 + 8, flags & 0x10 ? slot->seq[!from_server] : 0);
		l4[12] = 5 << 4;
		l4[13] = (uint8_t)flags;
		put16(l4 + 14, 64240);
	}
	memcpy(l4 + head, payload, len);
	put16(l4 + (udp ? 6 : 16), fold(sum(l4, l4_len, sum(ip + 12, 8, (udp ? 17U : 6U) + l4_len))));
	record[0] = (uint32_t)(START_S + maker->time_us / 1000000);
	record[1] = (uint32_t)(maker->time_us % 1000000);
	record[2] = record[3] = (uint32_t)frame_len;
	fwrite(record, sizeof record, 1, maker->out);
	fwrite(data, frame_len, 1, maker->out);
	maker->written += sizeof record + frame_len;
	maker->time_us += STEP_US;
}

static void tcp(struct maker *maker, struct slot *slot, int from_server, unsigned flags,
		const void *payload, size_t len)
{
	frame(maker, slot, from_server, flags, payload, len);
	slot->seq[from_server] += (uint32_t)len + (flags & 3 ? 1 : 0);
}

static void say(struct maker *maker, struct slot *slot, int from_server, const char *data, size_t len)
{
	for (size_t at = 0; at < len; at += MSS)
		tcp(maker, slot, from_server, 0x18, data + at, len - at < MSS ? len - at : MSS);
	tcp(maker, slot, !from_server, 0x10, "", 0);
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static size_t base64url(const char *in, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		unsigned v = (unsigned)(uint8_t)in[i] << 16 | (left > 1 ? (unsigned)(uint8_t)in[i + 1] << 8 : 0) |
			(left > 2 ? (unsigned)(uint8_t)in[i + 2] : 0);

		for (size_t k = 0; k <= left && k < 4; k++)
			out[n++] = alphabet[v >> (18 - 6 * k) & 63];
	}
	return n;
}

static void noise(uint64_t *state, char *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = alphabet[next(state) >> 58];
}

/* Token number `id`: the same number gives the same bytes. One issuer in 50, one key in 4 of it. */
static size_t token(uint64_t id, char *out)
{
	uint64_t state = id * UINT64_C(0x9E3779B97F4A7C15) | 1, tenant = id % 50;
	char text[2048], filler[600], uti[23] = "";
	size_t n = 0;

	for (int i = 0; i < 8; i++)
		next(&state);
	int len = snprintf(text, sizeof text, "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"%020" PRIu64 "TESTkey\"}",
			   tenant * 4 + id % 4);

	n += base64url(text, (size_t)len, out);
	out[n++] = '.';
	noise(&state, filler, sizeof filler - 1);
	filler[sizeof filler - 1] = '\0';
	noise(&state, uti, 22);
	len = snprintf(text, sizeof text, "{\"aud\":\"https://outlook.office365.com/\","
		"\"iss\":\"https://login.microsoftonline.com/%08" PRIu64 "-1111-4222-a333-444455556666/v2.0\","
		"\"iat\":%d,\"nbf\":%d,\"exp\":%d,\"aio\":\"%s\",\"azp\":\"d3590ed6-52b3-4102-aeff-aad2292ab01c\","
		"\"oid\":\"%08" PRIx64 "-1111-4222-a333-444455556666\",\"scp\":\"Mail.Read User.Read\","
		"\"sub\":\"user-%" PRIu64 "\",\"tid\":\"%08" PRIu64 "-1111-4222-a333-444455556666\","
		"\"uti\":\"%s\",\"ver\":\"2.0\"}",
		tenant, START_S - 600, START_S - 600, START_S + 86400, filler, id & 0xffffffff, id, tenant, uti);
	n += base64url(text, (size_t)len, out + n);
	out[n++] = '.';
	noise(&state, out + n, 342);
	return n + 342;
}

static void exchange_http(struct maker *maker, struct slot *slot)
{
	char bearer[TOKEN_CAP];
	/* one use in four brings a new token, the others repeat one of the pool */
	uint64_t id = below(maker, 4) ? below(maker, N_TOKENS) : N_TOKENS + maker->n_tokens++;
	size_t len = token(id, bearer), body = 1000 + below(maker, 7000);
	int n = snprintf(maker->message, MESSAGE_CAP, "GET /api/v2.0/me/messages/%" PRIu64 "?$top=10 HTTP/1.1\r\n"
		"Host: outlook.office365.com\r\nUser-Agent: bench/1\r\nAccept: application/json\r\nAuthorization: Bearer %.*s\r\n"
		"Accept-Encoding: identity\r\n\r\n", id, (int)len, bearer);

	say(maker, slot, 0, maker->message, (size_t)n);
	n = snprintf(maker->message, MESSAGE_CAP, "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\n\r\n", body);
	noise(&maker->random, maker->message + n, body);
	say(maker, slot, 1, maker->message, (size_t)n + body);
}

/* TLS application data, RFC 8446 5.2: type 23, legacy version, length, noise */
static void exchange_tls(struct maker *maker, struct slot *slot)
{
	size_t len = 2000 + below(maker, 14000 - 2000);

	memcpy(maker->message, "\x17\x03\x03", 3);
	put16((uint8_t *)maker->message + 3, (unsigned)len);
	for (size_t i = 0; i < len; i += 8) {
		uint64_t word = next(&maker->random);

		memcpy(maker->message + 5 + i, &word, 8);
	}
	say(maker, slot, below(maker, 5) != 0, maker->message, len + 5);
}

static void exchange_download(struct maker *maker, struct slot *slot)
{
	size_t body = 2000000;
	int n = snprintf(maker->message, MESSAGE_CAP, "GET /file/%" PRIu64 " HTTP/1.1\r\nHost: files.example\r\n\r\n",
			 maker->n_flows);

	say(maker, slot, 0, maker->message, (size_t)n);
	n = snprintf(maker->message, MESSAGE_CAP, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", body);
	say(maker, slot, 1, maker->message, (size_t)n);
	while (body) {
		size_t part = body < 14600 ? body : 14600;

		for (size_t i = 0; i < part; i += 8) {
			uint64_t word = next(&maker->random);

			memcpy(maker->message + i, &word, 8);
		}
		say(maker, slot, 1, maker->message, part);
		body -= part;
	}
}

static void exchange_dns(struct maker *maker, struct slot *slot)
{
	uint8_t query[64] = { 0, 1, 1, 0, 0, 1, [12] = 8 };
	size_t len = 12 + 1 + 8 + 1 + 4 + 4;

	noise(&maker->random, (char *)query + 13, 8);
	memcpy(query + 21, "\4test\0\0\1\0\1", 10);
	len = 31;
	frame(maker, slot, 0, 0, query, len);
	query[2] = 0x81;
	frame(maker, slot, 1, 0, query, len);
}

static enum protocol choose(struct maker *maker)
{
	uint64_t n = below(maker, 1000);

	if (maker->kind != KIND_MIXED)
		return HTTP;
	/* by conversations, so that bytes come out near a tenth HTTP with tokens */
	return n < 100 ? HTTP : n < 130 ? DOWNLOAD : n < 600 ? TLS : DNS;
}

static void open_slot(struct maker *maker, struct slot *slot)
{
	uint64_t n = maker->n_flows++;

	*slot = (struct slot){ .protocol = choose(maker), .open = true,
		.client = 0x0a370000 | (uint32_t)below(maker, 65536), .server = 0x0a380000 | (uint32_t)below(maker, 64),
		.client_port = (uint16_t)(1024 + n % 64000),
		.seq = { (uint32_t)next(&maker->random), (uint32_t)next(&maker->random) } };
	slot->server_port = slot->protocol == TLS ? 443 : slot->protocol == DNS ? 53 : 80;
	slot->left = maker->kind == KIND_FLOWS || slot->protocol == DOWNLOAD || slot->protocol == DNS ? 1 :
		10 + (unsigned)below(maker, 31);
	if (slot->protocol == DNS)
		return;
	tcp(maker, slot, 0, 0x02, "", 0);
	tcp(maker, slot, 1, 0x12, "", 0);
	tcp(maker, slot, 0, 0x10, "", 0);
}

static void close_slot(struct maker *maker, struct slot *slot)
{
	slot->open = false;
	if (slot->protocol == DNS || (maker->kind == KIND_FLOWS && maker->n_flows % 2))
		return;
	tcp(maker, slot, 0, 0x11, "", 0);
	tcp(maker, slot, 1, 0x11, "", 0);
	tcp(maker, slot, 0, 0x10, "", 0);
}

static void step(struct maker *maker)
{
	static void (*const exchange[])(struct maker *, struct slot *) = {
		[HTTP] = exchange_http, [DOWNLOAD] = exchange_download, [TLS] = exchange_tls, [DNS] = exchange_dns,
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

int main(int argc, char **argv)
{
	static const char *const kinds[] = { "tokens", "mixed", "flows" };
	static struct maker maker = { .random = UINT64_C(0x5707A61A55) };
	static const uint32_t head[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1 };
	long megabytes = argc == 4 ? strtol(argv[2], NULL, 10) : 0;
	size_t kind = 0;

	while (argc == 4 && kind < 3 && strcmp(argv[1], kinds[kind]) != 0)
		kind++;
	if (kind == 3 || megabytes < 1 || megabytes > 100000) {
		fprintf(stderr, "usage: make-capture tokens|mixed|flows MEGABYTES FILE\n");
		return 1;
	}
	maker.kind = (enum kind)kind;
	maker.budget = (uint64_t)megabytes * 1000000;
	maker.out = fopen(argv[3], "wb");
	if (!maker.out) {
		perror(argv[3]);
		return 1;
	}
	fwrite(head, sizeof head, 1, maker.out);
	while (maker.written < maker.budget)
		step(&maker);
	if (fclose(maker.out) != 0) {
		perror(argv[3]);
		return 1;
	}
	return 0;
}
