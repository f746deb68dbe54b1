#include "sensor/model/http.h"

/* Keywords are Suricata's where it has one; EVE names are its http object's. */
static const struct field http_fields[HTTP_FIELDS] = {
	[HTTP_VERSION] = { "http.version", FIELD_EVE("version"), FIELD_TEXT, 0, "2 for HTTP/2; unset for HTTP/1.x" },
	[HTTP_HOSTNAME] = { "http.host", FIELD_EVE("hostname"), FIELD_TEXT, FIELD_METADATA, "Host without its port, or the authority of an absolute URI" },
	[HTTP_PORT] = { "http.port", FIELD_EVE("http_port"), FIELD_INT, 0, "port that the Host header names" },
	[HTTP_URL] = { "http.uri", FIELD_EVE("url"), FIELD_TEXT, 0, "request target as sent, parameters that carry credentials blanked" },
	[HTTP_USER_AGENT] = { "http.user_agent", FIELD_EVE("http_user_agent"), FIELD_TEXT, 0, "User-Agent" },
	[HTTP_XFF] = { "http.xff", FIELD_EVE("xff"), FIELD_TEXT, 0, "X-Forwarded-For" },
	[HTTP_CONTENT_TYPE] = { "http.response_content_type", FIELD_EVE("http_content_type"), FIELD_TEXT, FIELD_RESPONSE, "Content-Type of the response, parameters cut" },
	[HTTP_RANGE_RAW] = { "http.content_range", FIELD_EVE_IN("content_range", "raw"), FIELD_TEXT, FIELD_NESTED | FIELD_RESPONSE, "Content-Range of the response" },
	[HTTP_RANGE_START] = { "http.range_start", FIELD_EVE_IN("content_range", "start"), FIELD_INT, FIELD_NESTED | FIELD_RESPONSE, "first byte of the range" },
	[HTTP_RANGE_END] = { "http.range_end", FIELD_EVE_IN("content_range", "end"), FIELD_INT, FIELD_NESTED | FIELD_RESPONSE, "last byte of the range" },
	[HTTP_RANGE_SIZE] = { "http.range_size", FIELD_EVE_IN("content_range", "size"), FIELD_INT, FIELD_NESTED | FIELD_RESPONSE, "bytes of the whole" },
	[HTTP_REFERER] = { "http.referer", FIELD_EVE("http_refer"), FIELD_TEXT, 0, "Referer, parameters that carry credentials blanked" },
	[HTTP_METHOD] = { "http.method", FIELD_EVE("http_method"), FIELD_TEXT, 0, "request method" },
	[HTTP_PROTOCOL] = { "http.protocol", FIELD_EVE("protocol"), FIELD_TEXT, 0, "version of the request, HTTP/1.1" },
	[HTTP_STATUS] = { "http.stat_code", FIELD_EVE("status"), FIELD_INT, FIELD_RESPONSE, "status code of the final response" },
	[HTTP_LOCATION] = { "http.location", FIELD_EVE("redirect"), FIELD_TEXT, FIELD_RESPONSE, "Location, parameters that carry credentials blanked" },
	[HTTP_LENGTH] = { "http.response_len", FIELD_EVE("length"), FIELD_INT, FIELD_RESPONSE, "bytes of the response body" },
	[HTTP_REQUEST_TYPE] = { "http.request_content_type", FIELD_EVE("http_request_content_type"), FIELD_TEXT, FIELD_HIDDEN, "Content-Type of the request" },
	[HTTP2_STREAM_ID] = { "http2.stream_id", FIELD_EVE_IN("http2", "stream_id"), FIELD_INT, FIELD_NESTED, "stream of the request, RFC 9113 5.1.1" },
	[HTTP2_HPACK_DESYNC] = { "http2.hpack_desync", FIELD_EVE_IN("http2", "hpack_desync"), FIELD_BOOL, FIELD_NESTED | FIELD_RESPONSE, "a header refers to a table entry from before the capture or from lost bytes: it is missing here, all others are exact" },
	[HTTP2_PRIORITY] = { "http2.priority", FIELD_EVE_IN("http2.request", "priority"), FIELD_INT, FIELD_NESTED, "weight that the request's HEADERS frame asks for" },
	[HTTP2_REQUEST_ERROR] = { "http2.request_error", FIELD_EVE_IN("http2.request", "error_code"), FIELD_TEXT, FIELD_NESTED | FIELD_RESPONSE, "error code of the client's RST_STREAM, RFC 9113 7" },
	[HTTP2_RESPONSE_ERROR] = { "http2.response_error", FIELD_EVE_IN("http2.response", "error_code"), FIELD_TEXT, FIELD_NESTED | FIELD_RESPONSE, "error code of the server's RST_STREAM, RFC 9113 7" },
	[HTTP_GRPC_STATUS] = { "http.grpc_status", FIELD_EVE("grpc_status"), FIELD_INT, FIELD_RESPONSE, "grpc-status of the trailers, or of the response head" },
};

const struct record_type http_record = { RECORD_HTTP, "http", "http", http_fields, HTTP_FIELDS };
