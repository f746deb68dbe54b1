/* Fragments of a few datagrams, of any shape and at any time: whatever they are, caps hold, all memory is given back, and
 * a datagram that comes out is one packet with lengths that fit.
 *
 *   policy 1 | caps 1 | ( what 1 | id 1 | offset 2 | len 1 | bytes len )*
 *
 *   caps: 0 roomy; else memcap 1024 * caps, and caps % 16 datagrams and fragments
 *   what: 1 IPv6 | 2 options | 4 a minute later | 8 a byte of len is 256 bytes, repeated | 16 the snap length cut a half
 *         | 32 time goes back | 64 the frame is the bytes alone, from its IP header on
 *   offset: in 8 bytes, its top bit MF; id: its low two bits, the rest is the protocol */
#include "sensor/flow/defrag.h"
#include "tests/support/fragments.h"

/* A fuzz target is linked with the program's own objects only. */
#include "tests/support/fragments.c"

#define SEC INT64_C(1000000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct fuzz {
	struct defrag_config config;
	struct defrag *defrag;
	struct budget top, room;
	struct arena arena;
	int64_t time_ns;
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_inside(const struct packet *packet, const struct frame *frame, bool joined)
{
	struct bytes network = packet->network, payload = packet->payload, data = frame->data;

	must(payload.len == 0 || (payload.data >= network.data && payload.data + payload.len <= network.data + network.len));
	must(packet->payload_len >= payload.len);
	if (!joined)
		must(network.data >= data.data && network.data + network.len <= data.data + data.len);
	else
		must(network.len <= 65535 + 40 && packet->wire_len >= frame->wire_len);
}

static void take(struct fuzz *fuzz, const struct frame *frame)
{
	struct packet packet;
	struct stats before, after;
	uint32_t odd;

	memset(&packet, 0xa5, sizeof packet);
	defrag_stats(fuzz->defrag, &before);
	arena_reset(&fuzz->arena);
	enum net_status status = defrag_dissect(fuzz->defrag, frame, NULL, &packet, &fuzz->arena, &odd);

	defrag_stats(fuzz->defrag, &after);
	must((unsigned)status < NET_STATUSES && odd >> DEFRAG_ODDS == 0);
	uint64_t joined = after.defrag.ipv4.reassembled + after.defrag.ipv6.reassembled - before.defrag.ipv4.reassembled -
	    before.defrag.ipv6.reassembled;

	must(joined <= DEFRAG_NESTING);
	check_inside(&packet, frame, joined != 0);
	must(after.defrag.active <= fuzz->config.max_datagrams);
	must(fuzz->top.used <= fuzz->config.memcap);
}

static void step(struct fuzz *fuzz, struct reader *r)
{
	static uint8_t many[255 * 256];
	unsigned what = read_u8(r), id = read_u8(r), offset = read_be16(r);
	size_t len = read_u8(r);
	struct bytes data;

	fuzz->time_ns += what & 4 ? 60 * SEC : what & 32 ? -SEC : 1000;
	if (what & 8) {
		memset(many, read_u8(r), len * 256);
		data = bytes_of(many, len * 256);
	} else {
		data = read_bytes(r, len < reader_left(r) ? len : reader_left(r));
	}
	struct fragments_spec spec = { .ip_version = what & 1 ? 6 : 4, .protocol = (uint8_t)(id >> 2), .host = 1, .extended = what & 2,
		.more = offset & 0x8000, .id = id & 3, .offset = (offset & 0x1fff) * 8u, .data = data };
	struct frame frame = fragments_frame(&spec, fuzz->time_ns);
	uint8_t *memory = (uint8_t *)(uintptr_t)frame.data.data;

	if (what & 64) {
		memmove(memory, data.data, data.len);
		frame.data.len = data.len;
		frame.wire_len = (uint32_t)data.len;
	}
	if (what & 16)
		frame.data.len -= frame.data.len / 2;
	take(fuzz, &frame);
	free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = reader_of(bytes_of(data, len));
	struct fuzz fuzz = { .time_ns = 1700000000 * SEC };
	uint8_t policy = read_u8(&r), caps = read_u8(&r);

	fuzz.config = (struct defrag_config){ .policy = defrag_policy_of(policy), .memcap = caps ? caps * 1024u : 1u << 22,
		.max_datagrams = caps ? caps % 16u : 100, .max_fragments = caps ? caps % 16u : 100, .ipv4_ns = 30 * SEC,
		.ipv6_ns = 60 * SEC };
	budget_init(&fuzz.top, 1 << 24, NULL);
	budget_init(&fuzz.room, 1 << 20, NULL);
	arena_init(&fuzz.arena, 1 << 17, &fuzz.room);
	fuzz.defrag = defrag_new(&fuzz.config, &fuzz.top);
	must(fuzz.defrag != NULL);
	while (reader_left(&r) && !r.over)
		step(&fuzz, &r);
	defrag_free(fuzz.defrag);
	must(fuzz.top.used == 0);
	arena_fini(&fuzz.arena);
	return 0;
}
