#include "tests/bench/h2.h"

#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS = 1, DATA = 0, SETTINGS = 4, END_STREAM = 1, END_HEADERS = 4, HEADER_LEN = 9, FRAME_CAP = 16384, FIELDS_CAP = 16 };

struct h2 {
	nghttp2_hd_deflater *deflater[2]; /* of client and server */
	uint32_t stream;
};

struct h2 *h2_new(void)
{
	struct h2 *h2 = calloc(1, sizeof *h2);

	if (!h2 || nghttp2_hd_deflate_new(&h2->deflater[0], 4096) || nghttp2_hd_deflate_new(&h2->deflater[1], 4096))
		abort();
	return h2;
}

void h2_free(struct h2 *h2)
{
	if (!h2)
		return;
	nghttp2_hd_deflate_del(h2->deflater[0]);
	nghttp2_hd_deflate_del(h2->deflater[1]);
	free(h2);
}

/* RFC 9113 4.1 */
static size_t put_frame(char *out, size_t len, int type, int flags, uint32_t stream)
{
	const uint8_t header[HEADER_LEN] = { (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len, (uint8_t)type, (uint8_t)flags,
		(uint8_t)(stream >> 24), (uint8_t)(stream >> 16), (uint8_t)(stream >> 8), (uint8_t)stream };

	memcpy(out, header, sizeof header);
	return sizeof header;
}

size_t h2_hello(const struct h2 *h2, int from_server, char *out)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	size_t n = from_server ? 0 : sizeof preface - 1;

	(void)h2;
	memcpy(out, preface, n);
	return n + put_frame(out + n, 0, SETTINGS, 0, 0);
}

static size_t put_headers(struct h2 *h2, int from_server, const struct h2_field *fields, size_t n, int flags, char *out)
{
	nghttp2_nv nv[FIELDS_CAP];

	for (size_t i = 0; i < n; i++)
		nv[i] = (nghttp2_nv){ (uint8_t *)(uintptr_t)fields[i].name, (uint8_t *)(uintptr_t)fields[i].value, strlen(fields[i].name),
			strlen(fields[i].value), NGHTTP2_NV_FLAG_NONE };
	ssize_t len = nghttp2_hd_deflate_hd(h2->deflater[from_server], (uint8_t *)out + HEADER_LEN, FRAME_CAP, nv, n);

	if (len < 0)
		abort();
	return put_frame(out, (size_t)len, HEADERS, flags | END_HEADERS, h2->stream) + (size_t)len;
}

size_t h2_request(struct h2 *h2, const struct h2_field *fields, size_t n, char *out)
{
	h2->stream = h2->stream ? h2->stream + 2 : 1;
	return put_headers(h2, 0, fields, n, END_STREAM, out);
}

size_t h2_response(struct h2 *h2, const struct h2_field *fields, size_t n, size_t body_len,
    void (*fill)(uint64_t *state, char *out, size_t len), uint64_t *state, char *out)
{
	size_t len = put_headers(h2, 1, fields, n, 0, out);

	do {
		size_t part = body_len < FRAME_CAP ? body_len : FRAME_CAP;

		body_len -= part;
		len += put_frame(out + len, part, DATA, body_len ? 0 : END_STREAM, h2->stream);
		fill(state, out + len, part);
		len += part;
	} while (body_len);
	return len;
}
