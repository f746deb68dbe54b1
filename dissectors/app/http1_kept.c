#include "dissectors/app/http1_kept.h"

static bool kept_is(const struct http_header *header, struct bytes name)
{
	return bytes_equal_fold(header->name, name);
}

static struct bytes kept_first(const struct http1_head *head, struct bytes name)
{
	for (size_t i = 0; i < head->n_headers; i++)
		if (kept_is(&head->headers[i], name))
			return head->headers[i].value;
	return bytes_of("", 0);
}

static struct bytes kept_action(const struct http1_head *head)
{
	struct bytes action = kept_first(head, bytes_text("soapaction"));

	return action.len ? action : kept_first(head, bytes_text("action"));
}

/* Adds the values of all headers of this name to a comma list (RFC 9110 5.3), and a comma behind each; with `list` NULL says only
 * how long they are. */
static size_t kept_list(const struct http1_head *head, struct bytes name, uint8_t *list)
{
	size_t len = 0;

	for (size_t i = 0; i < head->n_headers; i++) {
		struct bytes value = head->headers[i].value;

		if (!kept_is(&head->headers[i], name))
			continue;
		if (list && value.len)
			memcpy(list + len, value.data, value.len);
		len += value.len;
		if (list)
			list[len] = ',';
		len++;
	}
	return len;
}

/* What was done to the content, in this order: content codings, then transfer codings, but for "chunked", which is framing.
 * Mostly nothing. NULL data: the arena refused. */
static struct bytes kept_codings(const struct http1_head *head)
{
	const struct bytes content = bytes_text("content-encoding"), transfer = bytes_text("transfer-encoding");
	const struct bytes chunked = bytes_text("chunked,");
	size_t of_content = kept_list(head, content, NULL), of_transfer = kept_list(head, transfer, NULL);
	uint8_t *list = arena_alloc(head->arena, of_content + of_transfer + 1);

	if (!list)
		return bytes_of(NULL, 0);
	kept_list(head, content, list);
	kept_list(head, transfer, list + of_content);
	if (head->framing.chunked && of_transfer >= chunked.len &&
	    bytes_equal_fold(bytes_of(list + of_content + of_transfer - chunked.len, chunked.len), chunked))
		of_transfer -= chunked.len;
	return bytes_of(list, of_content + of_transfer);
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
