#include "dissectors/app/http2_rate.h"

enum { SECOND_NS = 1000000000 };

/* In a second. A browser that leaves a page takes back some dozen requests; gRPC measures its path by pings, one a round trip. */
static const struct {
	uint16_t most;
	uint32_t odd;
} kinds[HTTP2_RATES] = {
	[HTTP2_RATE_RESET] = { 100, HTTP2_RAPID_RESET },
	[HTTP2_RATE_MADE] = { 100, HTTP2_MADE_RESET },
	[HTTP2_RATE_SETTINGS] = { 100, HTTP2_SETTINGS_FLOOD },
	[HTTP2_RATE_PING] = { 1000, HTTP2_PING_FLOOD },
	[HTTP2_RATE_EMPTY] = { 200, HTTP2_EMPTY_FRAMES },
	[HTTP2_RATE_PRIORITY] = { 1000, HTTP2_PRIORITY_FLOOD },
};

uint32_t http2_rate_count(struct http2_rate *rate, enum http2_rate_kind kind, int64_t time_ns)
{
	if (time_ns < rate->since_ns || time_ns - rate->since_ns >= SECOND_NS)
		*rate = (struct http2_rate){ .since_ns = time_ns };
	if (rate->n[kind] == kinds[kind].most)
		return kinds[kind].odd;
	rate->n[kind]++;
	return 0;
}
