#include "dissectors/app/body.h"

#include "dissectors/app/body_type.h"
#include "dissectors/app/coding.h"

/* What is only looked through for what looks like a token: metadata services answer in a few lines, what is longer is a page. */
enum { TEXT_CAP = 65536 };

struct body {
	struct body_env *env;
	struct body_blocks blocks; /* as sent */
	struct coding_list codings;
	size_t cap;
	enum http_content content;
	bool cut;
};

struct body *body_open(struct body_env *env, const struct body_head *head)
{
	enum http_content content = body_type_content(body_type_of(head->content_type));
	size_t cap = content == HTTP_CONTENT_TEXT && env->cap > TEXT_CAP ? TEXT_CAP : env->cap;
	struct coding_list codings;

	if (content == HTTP_CONTENT_NONE || !coding_parse(&codings, head->content_encoding))
		return NULL;
	if (head->length != UINT64_MAX && head->length > cap)
		return NULL;
	struct body *body = budget_alloc(env->budget, sizeof *body);

	if (body)
		*body = (struct body){ .env = env, .blocks = { .budget = env->budget }, .codings = codings, .cap = cap,
			.content = content };
	else
		env->counts.refused++;
	return body;
}

void body_add(struct body *body, struct bytes data)
{
	if (body->cut)
		return;
	struct bytes kept = bytes_head(data, body->cap - body->blocks.len);

	body->cut = !body_blocks_add(&body->blocks, kept) || kept.len < data.len;
}

void body_gap(struct body *body)
{
	body->cut = true;
}

bool body_is_full(const struct body *body)
{
	return body->cut;
}

/* JSON that is called text, as some metadata services have it. */
static bool content_is_json(struct bytes content)
{
	size_t at = 0;

	while (at < content.len && (content.data[at] == ' ' || (content.data[at] >= '\t' && content.data[at] <= '\r')))
		at++;
	return at < content.len && (content.data[at] == '{' || content.data[at] == '[');
}

void body_finish(struct body *body, struct http_message *message, struct arena *arena)
{
	struct body_env *env = body->env;
	bool whole = coding_undo(&body->codings, &body->blocks, body->cap) && !body->cut;

	message->content = body_blocks_copy(&body->blocks, arena);
	message->content_type = body->content;
	message->content_cut = !whole || message->content.len < body->blocks.len;
	if (body->content == HTTP_CONTENT_TEXT && content_is_json(message->content))
		message->content_type = HTTP_CONTENT_JSON;
	env->counts.kept++;
	env->counts.cut += message->content_cut;
	env->counts.bytes += message->content.len;
	body_free(body);
}

void body_free(struct body *body)
{
	if (!body)
		return;
	body_blocks_free(&body->blocks);
	budget_free(body->env->budget, body, sizeof *body);
}
