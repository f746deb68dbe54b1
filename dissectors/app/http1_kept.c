#include "dissectors/app/http1_kept.h"

/* Two comma lists as one; NULL data: the arena refused. */
static struct bytes kept_join(struct bytes a, struct bytes b, struct arena *arena)
{
	if (!a.len || !b.len)
		return a.len ? a : b;
	uint8_t *joined = arena_alloc(arena, a.len + 1 + b.len);

	if (!joined)
		return bytes_of(NULL, 0);
	memcpy(joined, a.data, a.len);
	joined[a.len] = ',';
	memcpy(joined + a.len + 1, b.data, b.len);
	return bytes_of(joined, a.len + 1 + b.len);
}

/* The values of all headers of this name (RFC 9110 5.3). */
static struct bytes kept_values(const struct http1_head *head, const char *name)
{
	struct bytes values = bytes_of("", 0);

	for (size_t i = 0; i < head->n_headers && values.data; i++)
		if (bytes_equal_fold(head->headers[i].name, bytes_text(name)))
			values = kept_join(values, head->headers[i].value, head->arena);
	return values;
}

/* What was done to the content, in this order: content codings, then transfer codings but for "chunked", which framing is. */
static struct bytes kept_codings(const struct http1_head *head)
{
	struct bytes content = kept_values(head, "content-encoding"), transfer = kept_values(head, "transfer-encoding");
	const struct bytes chunked = bytes_text("chunked");

	if (head->framing.chunked && transfer.len >= chunked.len &&
	    bytes_equal_fold(bytes_tail(transfer, transfer.len - chunked.len), chunked))
		transfer.len -= chunked.len;
	if (!content.data || !transfer.data)
		return bytes_of(NULL, 0);
	return kept_join(content, transfer, head->arena);
}

static struct bytes kept_action(const struct http1_head *head)
{
	struct bytes action = kept_values(head, "soapaction");

	return action.len ? action : kept_values(head, "action");
}

unsigned http1_kept_wanted(const struct http1_head *head)
{
	struct body_request request = { .method = head->start.method, .target = head->start.target,
		.content_type = head->known[HTTP1_CONTENT_TYPE] };
	unsigned wanted = body_wanted(&request);

	if (wanted & BODY_BY_ACTION) {
		request.action = kept_action(head);
		wanted = body_wanted(&request);
	}
	return wanted;
}

struct body *http1_kept_open(const struct http1_head *head, enum direction dir, const struct http1_body *body,
    struct body_env *env)
{
	if (body->part == HTTP1_BODY_NONE || body->part == HTTP1_BODY_UNKNOWN || head->truncated)
		return NULL;
	struct body_head about = { .dir = dir, .content_type = head->known[HTTP1_CONTENT_TYPE],
		.content_encoding = kept_codings(head), .length = body->part == HTTP1_BODY_LENGTH ? body->left : UINT64_MAX };

	if (!about.content_encoding.data) {
		env->counts.refused++;
		return NULL;
	}
	return body_open(env, &about);
}
