#include "dissectors/app/http2_record.h"

#include "dissectors/app/authority.h"
#include "dissectors/app/content_range.h"
#include "dissectors/app/http2_frame.h"
#include "dissectors/app/media_type.h"
#include "dissectors/app/redact.h"

static void record_known(struct record *record, size_t field, const struct http2_head *head, enum http2_known known,
    struct arena *arena)
{
	if (http2_head_has(head, known))
		record_text(record, field, redact_text(http2_head_get(head, known), arena));
}

static void record_url(struct record *record, size_t field, struct bytes url, const struct http2_record_of *of,
    struct arena *arena)
{
	record_text(record, field, redact_url(url, of->redact, arena));
}

/* :authority outranks Host, RFC 9113 8.3.1. */
static void record_host(struct record *record, struct http2_head *head, struct arena *arena)
{
	struct authority host = authority_of(http2_head_get(head, HTTP2_HOST));

	if (http2_head_get(head, HTTP2_AUTHORITY).len) {
		struct authority authority = authority_of(http2_head_get(head, HTTP2_AUTHORITY));

		if (authority_differs(&authority, &host))
			head->odd |= HTTP2_HOST_MISMATCH;
		host = authority;
	}
	host.host = redact_text(host.host, arena);
	authority_record(&host, record);
}

static void record_request(struct record *record, struct http2_head *head, const struct http2_record_of *of, struct arena *arena)
{
	bool connects = bytes_is(http2_head_get(head, HTTP2_METHOD), "CONNECT") && !http2_head_has(head, HTTP2_PATH);

	record_text(record, HTTP_VERSION, bytes_text("2"));
	record_host(record, head, arena);
	if (http2_head_has(head, HTTP2_PATH) || connects)
		record_url(record, HTTP_URL, http2_head_get(head, connects ? HTTP2_AUTHORITY : HTTP2_PATH), of, arena);
	record_known(record, HTTP_METHOD, head, HTTP2_METHOD, arena);
	record_text(record, HTTP_PROTOCOL, bytes_text("HTTP/2"));
	record_known(record, HTTP_USER_AGENT, head, HTTP2_USER_AGENT, arena);
	record_known(record, HTTP_REQUEST_TYPE, head, HTTP2_CONTENT_TYPE, arena);
	record_known(record, HTTP_XFF, head, HTTP2_XFF, arena);
	if (http2_head_has(head, HTTP2_REFERER))
		record_url(record, HTTP_REFERER, http2_head_get(head, HTTP2_REFERER), of, arena);
	record_int(record, HTTP2_STREAM_ID, of->stream);
	if (of->weight >= 0)
		record_int(record, HTTP2_PRIORITY, of->weight);
}

/* A number in decimal digits, few of them; -1: it is none. */
static int64_t number_of(struct bytes digits)
{
	int64_t number = 0;

	if (digits.len == 0 || digits.len > 9)
		return -1;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return -1;
		number = number * 10 + (digits.data[i] - '0');
	}
	return number;
}

static void record_grpc(struct record *record, const struct http2_head *head)
{
	int64_t status = number_of(http2_head_get(head, HTTP2_GRPC_STATUS));

	if (status >= 0)
		record_int(record, HTTP_GRPC_STATUS, status);
}

static void record_response(struct record *record, struct http2_head *head, const struct http2_record_of *of, struct arena *arena)
{
	struct bytes type = media_type_of(http2_head_get(head, HTTP2_CONTENT_TYPE));

	if (head->status)
		record_int(record, HTTP_STATUS, head->status);
	if (type.len)
		record_text(record, HTTP_CONTENT_TYPE, redact_text(type, arena));
	if (http2_head_has(head, HTTP2_LOCATION))
		record_url(record, HTTP_LOCATION, http2_head_get(head, HTTP2_LOCATION), of, arena);
	if (http2_head_has(head, HTTP2_CONTENT_RANGE))
		content_range_record(record, redact_text(http2_head_get(head, HTTP2_CONTENT_RANGE), arena));
	record_grpc(record, head);
}

struct record *http2_record_new(struct http2_head *head, enum http2_kind kind, const struct http2_record_of *of,
    struct arena *arena)
{
	struct record *record = record_new(&http_record, arena);

	if (!record)
		return NULL;
	if (kind == HTTP2_REQUEST)
		record_request(record, head, of, arena);
	else
		record_response(record, head, of, arena);
	if (head->desync)
		record_flag(record, HTTP2_HPACK_DESYNC, true);
	return record;
}

struct record *http2_record_of_trailers(const struct http2_head *head, struct arena *arena)
{
	if (!http2_head_has(head, HTTP2_GRPC_STATUS))
		return NULL;
	struct record *record = record_new(&http_record, arena);

	if (record)
		record_grpc(record, head);
	return record;
}

struct record *http2_record_of_reset(enum direction dir, uint32_t code, struct arena *arena)
{
	struct record *record = record_new(&http_record, arena);
	const char *name = http2_frame_error(code);
	struct bytes text = bytes_text(name ? name : "UNKNOWN");

	if (record)
		record_text(record, dir == TO_SERVER ? HTTP2_REQUEST_ERROR : HTTP2_RESPONSE_ERROR, text);
	return record;
}
