#include "dissectors/app/http1_record.h"

#include "dissectors/app/authority.h"
#include "dissectors/app/content_range.h"
#include "dissectors/app/media_type.h"
#include "dissectors/app/redact.h"

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
static void record_host(struct record *record, struct http1_head *head, struct arena *arena)
{
	const struct http1_start *start = &head->start;
	struct bytes named = bytes_is(start->method, "CONNECT") ? start->target : authority_in(start->target);
	struct authority host = authority_of(head->known[HTTP1_HOST]);

	if (named.len) {
		struct authority absolute = authority_of(named);

		if (authority_differs(&absolute, &host))
			head->odd |= HTTP1_HOST_MISMATCH;
		host = absolute;
	}
	host.host = redact_text(host.host, arena);
	authority_record(&host, record);
}

static void record_known(struct record *record, size_t field, const struct http1_head *head, enum http1_known known,
    struct arena *arena)
{
	if (head->has[known])
		record_text(record, field, redact_text(head->known[known], arena));
}

static void record_url(struct record *record, size_t field, const struct http1_head *head, enum http1_known known,
		       struct arena *arena)
{
	if (head->has[known])
		record_text(record, field, redact_url(head->known[known], head->redact, arena));
}

static void record_request(struct record *record, struct http1_head *head, struct arena *arena)
{
	record_host(record, head, arena);
	record_text(record, HTTP_URL, redact_url(head->start.target, head->redact, arena));
	record_text(record, HTTP_METHOD, head->start.method);
	if (head->start.version.len)
		record_text(record, HTTP_PROTOCOL, head->start.version);
	record_known(record, HTTP_USER_AGENT, head, HTTP1_USER_AGENT, arena);
	record_known(record, HTTP_REQUEST_TYPE, head, HTTP1_CONTENT_TYPE, arena);
	record_known(record, HTTP_XFF, head, HTTP1_XFF, arena);
	record_url(record, HTTP_REFERER, head, HTTP1_REFERER, arena);
}

static void record_response(struct record *record, struct http1_head *head, struct arena *arena)
{
	struct bytes type = media_type_of(head->known[HTTP1_CONTENT_TYPE]);

	if (head->start.status)
		record_int(record, HTTP_STATUS, head->start.status);
	if (type.len)
		record_text(record, HTTP_CONTENT_TYPE, redact_text(type, arena));
	record_url(record, HTTP_LOCATION, head, HTTP1_LOCATION, arena);
	if (head->has[HTTP1_CONTENT_RANGE])
		content_range_record(record, redact_text(head->known[HTTP1_CONTENT_RANGE], arena));
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
