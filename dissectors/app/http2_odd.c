#include "dissectors/app/http2_odd.h"

/* Index: number of the bit. */
static const char *const odd_codes[] = {
	"http2.length_mismatch",
	"http2.connection_header",
	"http2.bad_header",
	"http2.host_mismatch",
	"http2.duplicate_pseudo",
	"http2.bad_pseudo",
	"http2.missing_pseudo",
	"http2.upper_case_header",
	"http2.rapid_reset",
	"http2.made_reset",
	"http2.continuation_flood",
	"http2.header_list_too_long",
	"http2.settings_flood",
	"http2.ping_flood",
	"http2.empty_frames",
	"http2.priority_flood",
	"http2.bad_hpack",
	"http2.bad_continuation",
	"http2.bad_stream_id",
	"http2.bad_frame",
	"http2.goaway_error",
	"http2.truncated_head",
	"http2.memory",
};

void http2_odd_tell(uint32_t *told, uint32_t odd, struct outbox *out)
{
	odd &= ~*told;
	*told |= odd;
	for (size_t i = 0; odd && i < sizeof odd_codes / sizeof odd_codes[0]; i++, odd >>= 1)
		if (odd & 1)
			outbox_anomaly(out, odd_codes[i]);
}
