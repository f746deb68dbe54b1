/* The capture reader, and the decoders before it: frames are inside what was read, never longer than the wire, the end stays
 * the end. Of compressed captures as much is read as a run of a fuzzer has time for. */
#include "sensor/input/capture.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { FRAMES = 100000 };

static bool is_packed(const uint8_t *data, size_t len)
{
	return len >= 3 && (memcmp(data, "\x1f\x8b\x08", 3) == 0 || memcmp(data, "\x28\xb5\x2f", 3) == 0 || memcmp(data, "\x04\x22\x4d", 3) == 0 ||
	    memcmp(data, "\xfd" "7z", 3) == 0 || memcmp(data + 1, "\x2a\x4d", 2) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const bool packed = is_packed(data, len);
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	enum capture_status status;
	struct frame frame;
	uint64_t n = 0, sum = 0;

	if (fd < 0 || write(fd, data, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	struct capture *capture = capture_open(fd, "fuzz");

	if (!capture)
		abort();
	while ((status = capture_next(capture, &frame)) == CAPTURE_FRAME || status == CAPTURE_SECRETS) {
		struct bytes view = status == CAPTURE_FRAME ? frame.data : capture_secrets(capture).text;

		for (size_t i = 0; i < view.len; i++)
			sum += view.data[i];
		if (status == CAPTURE_FRAME && view.len > frame.wire_len)
			abort();
		if (status == CAPTURE_SECRETS && (!view.len || !capture_may_hold_secrets(capture)))
			abort();
		if (++n > len && !packed) /* a line of secrets may be a single byte */
			abort();
		if (packed && n > FRAMES)
			break;
	}
	bool is_over = status == CAPTURE_END || status == CAPTURE_BAD; /* or it was stopped above */

	if (status == CAPTURE_MORE || (is_over && capture_next(capture, &frame) != status) || capture_offset(capture) > len)
		abort();
	if ((status == CAPTURE_BAD) != (capture_error(capture)[0] != '\0'))
		abort();
	capture_close(capture);
	return (int)(sum & 0); /* read, so that a sanitizer sees every byte */
}
