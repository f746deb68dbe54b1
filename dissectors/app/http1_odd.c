#include "dissectors/app/http1_odd.h"

/* Index: number of the bit. */
static const char *const odd_codes[] = {
	"http.both_lengths",
	"http.conflicting_length",
	"http.bad_length",
	"http.bad_transfer_encoding",
	"http.bad_chunk",
	"http.space_before_colon",
	"http.space_before_header",
	"http.obs_fold",
	"http.bare_cr",
	"http.bare_lf",
	"http.nul",
	"http.duplicate_host",
	"http.host_mismatch",
	"http.bad_header",
	"http.bad_request_line",
	"http.bad_version",
	"http.no_version",
	"http.bad_status",
	"http.bad_start",
	"http.header_too_long",
	"http.truncated_head",
	"http.memory",
};

void http1_odd_tell(uint32_t odd, struct outbox *out)
{
	for (size_t i = 0; odd && i < sizeof odd_codes / sizeof odd_codes[0]; i++, odd >>= 1)
		if (odd & 1)
			outbox_anomaly(out, odd_codes[i]);
}
