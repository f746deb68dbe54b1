#include "dissectors/app/http1_record.h"

#include "dissectors/app/redact.h"

/* [ userinfo "@" ] host [ ":" port ], RFC 3986 3.2 */
struct authority {
	struct bytes host; /* an IPv6 literal keeps its brackets */
	int port;          /* -1: none */
};

static int authority_port(struct bytes digits)
{
	int port = 0;

	if (digits.len == 0 || digits.len > 5)
		return -1;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return -1;
		port = port * 10 + (digits.data[i] - '0');
	}
	return port <= 65535 ? port : -1;
}

static struct authority authority_of(struct bytes text)
{
	/* mostly just a name */
	if (text.len == 0 || scan_any(text.data, text.data + text.len, "@:]:") == text.data + text.len)
		return (struct authority){ text, -1 };
	const uint8_t *at = memrchr(text.data, '@', text.len);

	if (at)
		text = bytes_tail(text, (size_t)(at - text.data) + 1);
	struct authority authority = { text, -1 };
	const uint8_t *colon = text.len ? memrchr(text.data, ':', text.len) : NULL;
	const uint8_t *bracket = text.len ? memrchr(text.data, ']', text.len) : NULL;

	if (colon && colon > bracket) {
		authority.host = bytes_head(text, (size_t)(colon - text.data));
		authority.port = authority_port(bytes_tail(text, authority.host.len + 1));
	}
	return authority;
}

/* The authority of an absolute-form target (RFC 9112 3.2.2); empty for the other forms. */
static struct bytes authority_in(struct bytes target)
{
	if (target.len == 0 || target.data[0] == '/' || target.data[0] == '*')
		return bytes_of("", 0);
	size_t from = http1_token_len(target, SIZE_MAX), to;

	if (!bytes_is(bytes_head(bytes_tail(target, from), 3), "://"))
		return bytes_of("", 0);
	from += 3;
	for (to = from; to < target.len; to++)
		if (target.data[to] == '/' || target.data[to] == '?' || target.data[to] == '#')
			break;
	return bytes_of(target.data + from, to - from);
}

/* Where the request goes: an absolute target's authority outranks Host (RFC 9112 3.2.2). */
static void record_host(struct record *record, struct http1_head *head)
{
	const struct http1_start *start = &head->start;
	struct bytes named = bytes_is(start->method, "CONNECT") ? start->target : authority_in(start->target);
	struct authority host = authority_of(head->known[HTTP1_HOST]);

	if (named.len) {
		struct authority absolute = authority_of(named);

		if (host.host.len && (!bytes_equal_fold(absolute.host, host.host) ||
				      (absolute.port >= 0 && host.port >= 0 && absolute.port != host.port)))
			head->odd |= HTTP1_HOST_MISMATCH;
		host = absolute;
	}
	if (host.host.len)
		record_text(record, HTTP_HOSTNAME, host.host);
	if (host.port >= 0)
		record_int(record, HTTP_PORT, host.port);
}

static void record_known(struct record *record, size_t field, const struct http1_head *head, enum http1_known known)
{
	if (head->has[known])
		record_text(record, field, head->known[known]);
}

static void record_url(struct record *record, size_t field, const struct http1_head *head, enum http1_known known,
		       struct arena *arena)
{
	if (head->has[known])
		record_text(record, field, redact_url(head->known[known], head->reveal_weak, arena));
}

static void record_request(struct record *record, struct http1_head *head, struct arena *arena)
{
	record_host(record, head);
	record_text(record, HTTP_URL, redact_url(head->start.target, head->reveal_weak, arena));
	record_text(record, HTTP_METHOD, head->start.method);
	if (head->start.version.len)
		record_text(record, HTTP_PROTOCOL, head->start.version);
	record_known(record, HTTP_USER_AGENT, head, HTTP1_USER_AGENT);
	record_known(record, HTTP_REQUEST_TYPE, head, HTTP1_CONTENT_TYPE);
	record_known(record, HTTP_XFF, head, HTTP1_XFF);
	record_url(record, HTTP_REFERER, head, HTTP1_REFERER, arena);
}

static void record_response(struct record *record, struct http1_head *head, struct arena *arena)
{
	struct bytes type = head->known[HTTP1_CONTENT_TYPE];
	const uint8_t *semicolon = type.len ? memchr(type.data, ';', type.len) : NULL;

	if (semicolon)
		type.len = (size_t)(semicolon - type.data);
	while (type.len && (type.data[type.len - 1] == ' ' || type.data[type.len - 1] == '\t'))
		type.len--;
	if (head->start.status)
		record_int(record, HTTP_STATUS, head->start.status);
	if (type.len)
		record_text(record, HTTP_CONTENT_TYPE, type);
	record_url(record, HTTP_LOCATION, head, HTTP1_LOCATION, arena);
}

struct record *http1_record_new(struct http1_head *head, enum direction dir, struct arena *arena)
{
	struct record *record = record_new(&http_record, arena);

	if (record && dir == TO_SERVER)
		record_request(record, head, arena);
	else if (record)
		record_response(record, head, arena);
	return record;
}
