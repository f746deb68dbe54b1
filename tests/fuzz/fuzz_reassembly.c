/* Input: a script of TCP segments between two ends, sent through a whole worker. Whatever they are, every line is JSON, all memory
 * is given back (worker_free asserts it), and no cap is passed.
 *
 *   caps 1 | ( what 1 | flags 1 | seq 2 | len 1 | bytes len )*
 *
 *   caps: 0 the defaults; else all caps are 4096 * caps, and the policies follow from it too
 *   what: 1 from the server | 2 seq counts in 64 KiB, not bytes | 4 a minute later, else a millisecond | 8 acknowledges 1000 bytes
 *         less than all | 16 a new connection of other ports | 32 a byte of len is 256 bytes, repeated | 64 the snap length cut a half
 *         | 128 an odd segment: a byte before len says how, see odd_of
 *   flags: as in TCP's header; seq: signed, relative to what this end would send next; what is sent moves that on when seq is 0 */
#include "tests/support/pipeline.h"

/* A fuzz target is linked with the program's own objects only. */
#include "tests/support/frames.c"
#include "tests/support/pipeline.c"

#include <jansson.h>

#include "sensor/flow/overlap.h"

#define MS INT64_C(1000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct ends {
	uint32_t next[2];
	uint16_t port;
	int64_t time_ns;
	uint8_t *out;        /* of FRAMES_MAX bytes */
	uint8_t many[255 * 256];
};

static struct frames_spec odd_of(unsigned odd)
{
	return (struct frames_spec){ .sum = (enum frames_sum)(odd % 5), .ttl = odd & 8 ? 3 : 0, .shut = odd & 16, .urgent = odd & 32 ? 2 : 0,
		.time = odd & 64 ? 1000 + (odd & 128) : 0, .echo = 1000, .vlan = odd & 128 ? 7 : 0 };
}

static void fuzz_send(struct pipeline *pipeline, struct ends *ends, unsigned what, const struct frames_spec *odd, int16_t seq,
    struct bytes text)
{
	uint8_t flags = odd->flags;
	unsigned from = what & 1;
	uint32_t relative = (uint32_t)(int32_t)seq * (what & 2 ? 65536 : 1);
	struct frames_spec spec = { .src = from ? "10.0.0.2" : "10.0.0.1", .dst = from ? "10.0.0.1" : "10.0.0.2",
		.src_port = from ? 80 : ends->port, .dst_port = from ? ends->port : 80, .flags = flags,
		    .seq = ends->next[from] + relative,
		.ack = ends->next[!from] - (what & 8 ? 1000 : 0), .data = text, .ttl = odd->ttl, .vlan = odd->vlan,
		.urgent = odd->urgent, .shut = odd->shut, .time = odd->time, .echo = odd->echo, .sum = odd->sum };

	struct frame frame = frames_make(&spec, ends->out, ends->time_ns, 0);

	if (what & 64)
		frame.data.len -= text.len / 2;
	uint8_t *exact = malloc(frame.data.len);

	if (!exact)
		abort();
	memcpy(exact, ends->out, frame.data.len);
	frame.data.data = exact;
	pipeline_frame(pipeline, &frame);
	free(exact);
	if (seq == 0)
		ends->next[from] += (uint32_t)text.len + ((flags & (TCP_SYN | TCP_FIN)) != 0);
}

static void fuzz_step(struct pipeline *pipeline, struct ends *ends, struct reader *r)
{
	unsigned what = read_u8(r);
	uint8_t flags = read_u8(r);
	int16_t seq = (int16_t)read_be16(r);
	struct frames_spec odd = odd_of(what & 128 ? read_u8(r) : 0);
	size_t len = read_u8(r);

	odd.flags = flags;
	ends->time_ns += what & 4 ? 60000 * MS : MS;
	ends->port = (uint16_t)(ends->port + (what & 16 ? 1 : 0));
	if (what & 32) {
		memset(ends->many, read_u8(r), len * 256);
		fuzz_send(pipeline, ends, what, &odd, seq, bytes_of(ends->many, len * 256));
	} else {
		fuzz_send(pipeline, ends, what, &odd, seq, read_bytes(r, len < reader_left(r) ? len : reader_left(r)));
	}
}

static void check_lines(const char *text)
{
	for (const char *line = text, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			abort();
		json_error_t error;
		json_t *event = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

		if (!json_is_object(event)) {
			fprintf(stderr, "%s at %d: %.*s\n", error.text, error.position, (int)(end - line), line);
			abort();
		}
		json_decref(event);
	}
}

static void run(const struct pipeline_assets *assets, struct ends *ends, struct reader *r)
{
	struct pipeline pipeline;
	int64_t cap = read_u8(r) * 4096;

	pipeline_init(&pipeline);
	pipeline.config.stats = true;
	if (cap) {
		pipeline.config.memcap = cap * 4;
		pipeline.config.flow_memcap = pipeline.config.tcp_memcap = pipeline.config.tx_memcap = pipeline.config.token_memcap = cap;
		pipeline.config.tcp_queue = cap / 8;
		pipeline.config.flow_max = 3;
		pipeline.config.tcp_policy = cap / 4096 % OVERLAP_POLICIES;
		pipeline.config.tcp_urgent = cap / 4096 % 3;
		pipeline.config.tcp_checksum = cap / 4096 / 3 % 3;
	}
	if (pipeline_begin(&pipeline, assets)) {
		while (reader_left(r) && !r->over)
			fuzz_step(&pipeline, ends, r);
		const struct stats *stats = engine_stats(pipeline.engine);

		if (stats->tcp.memuse > (uint64_t)pipeline.config.tcp_memcap || stats->flow.active > (uint64_t)pipeline.config.flow_max)
			abort();
		pipeline_end(&pipeline);
		check_lines(pipeline.text);
	}
	pipeline_fini(&pipeline);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct pipeline_assets assets; /* loaded once, never freed: reachable to the end */
	static struct ends ends;
	struct reader r = reader_of(bytes_of(data, len));

	if (!assets.rules) {
		pipeline_assets_load(&assets);
		ends.out = malloc(FRAMES_MAX);
		if (!ends.out)
			abort();
	}
	ends.next[0] = 0xfffffff0;
	ends.next[1] = 1000;
	ends.port = 40000;
	ends.time_ns = 1700000000000 * MS;
	run(&assets, &ends, &r);
	return 0;
}
