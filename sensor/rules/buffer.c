#include "sensor/rules/buffer.h"

#include "sensor/rules/text.h"

static struct buffer_item *buffer_push(struct buffer_draft *draft, const struct buffer_env *env)
{
	if (draft->buffer.n == BUFFER_ITEMS) {
		reason_is(env->reason, "more than %d matches in one buffer", BUFFER_ITEMS);
		return NULL;
	}
	struct buffer_item *item = &draft->items[draft->buffer.n++];

	memset(item, 0, sizeof *item);
	return item;
}

/* The content that a modifier speaks of. */
static struct buffer_item *buffer_last(struct buffer_draft *draft, const struct buffer_env *env)
{
	size_t n = draft->buffer.n;

	if (n == 0 || draft->items[n - 1].kind != BUFFER_HAS_CONTENT) {
		reason_is(env->reason, "there is no content right before it");
		return NULL;
	}
	return &draft->items[n - 1];
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = bytes_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes of "|3a 20|", from after the first bar to the second; the length taken, or 0 where it is malformed. */
static size_t content_hex(struct bytes text, uint8_t *out, size_t *len)
{
	int high = -1;

	for (size_t at = 0; at < text.len; at++) {
		int digit = hex_digit(text.data[at]);

		if (text.data[at] == '|')
			return high < 0 ? at + 1 : 0;
		if (text.data[at] == ' ' && high < 0)
			continue;
		if (digit < 0)
			return 0;
		if (high >= 0)
			out[(*len)++] = (uint8_t)(high << 4 | digit);
		high = high >= 0 ? -1 : digit;
	}
	return 0;
}

/* Escapes and hex of a content resolved into `out`, which is as long as `text`. */
static bool content_bytes(struct bytes text, uint8_t *out, size_t *len, struct reason *reason)
{
	*len = 0;
	for (size_t at = 0; at < text.len; at++) {
		uint8_t c = text.data[at];

		if (c == '|') {
			size_t used = content_hex(bytes_tail(text, at + 1), out, len);

			if (!used)
				return reason_is(reason, "bad hex: pairs of digits between two '|' are expected");
			at += used;
			continue;
		}
		if (c == '\\' && (++at == text.len || !memchr(";\"\\:|", c = text.data[at], 5)))
			return reason_is(reason, "only \\; \\\" \\\\ \\: and \\| are escapes");
		out[(*len)++] = c;
	}
	return true;
}

static bool buffer_enclosed(struct bytes *value, bool *negated, const struct buffer_env *env)
{
	*negated = text_skip(value, "!");
	if (!text_quoted(*value, value))
		return reason_is(env->reason, "the value must stand in quotes (a ; within them must be written \\;)");
	return true;
}

bool buffer_content(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	struct buffer_item *item = buffer_push(draft, env);
	size_t len;

	if (!item || !buffer_enclosed(&value, &item->negated, env))
		return false;
	uint8_t *out = arena_alloc(env->arena, value.len + 1);

	if (!out)
		return reason_is(env->reason, "out of memory");
	if (!content_bytes(value, out, &len, env->reason))
		return false;
	if (len == 0 || len > BUFFER_CONTENT)
		return reason_is(env->reason, "expected 1 to %d bytes", BUFFER_CONTENT);
	item->content = bytes_of(out, len);
	return true;
}

bool buffer_pcre(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	struct buffer_item *item = buffer_push(draft, env);

	if (!item || !buffer_enclosed(&value, &item->negated, env))
		return false;
	item->kind = BUFFER_HAS_PATTERN;
	item->code = patterns_compile(env->patterns, value, &item->relative, env->reason);
	return item->code != NULL;
}

bool buffer_bsize(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	if (draft->buffer.size.n)
		return reason_is(env->reason, "a buffer has one bsize");
	return numbers_parse(value, env->arena, &draft->buffer.size, env->reason);
}

/* "10", "!10", "1,relative" */
bool buffer_isdataat(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	struct buffer_item *item = buffer_push(draft, env);
	struct bytes word;

	if (!item)
		return false;
	item->kind = BUFFER_HAS_DATA_AT;
	item->negated = text_skip(&value, "!");
	if (text_item(&value, ',', &word) && text_number_in(word, 0, UINT16_MAX, &item->start)) {
		item->relative = value.data != NULL;
		if (!item->relative || (text_item(&value, ',', &word) && bytes_is(word, "relative") && !value.data))
			return true;
	}
	return reason_is(env->reason, "expected [!]N or [!]N,relative");
}

bool buffer_nocase(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	struct buffer_item *item = buffer_last(draft, env);

	(void)value;
	if (item)
		item->nocase = true;
	return item != NULL;
}

/* Notes one edge of where a content is looked for; offset and depth do not mix with distance and within. */
static bool buffer_edge(struct buffer_draft *draft, struct bytes value, bool relative, bool is_end,
	const struct buffer_env *env)
{
	struct buffer_item *item = buffer_last(draft, env);
	bool *has = item ? is_end ? &item->has_end : &item->has_start : NULL;

	if (!item)
		return false;
	if (*has || item->starts || ((item->has_start || item->has_end) && item->relative != relative))
		return reason_is(env->reason,
			"offset, depth and startswith do not go with each other twice, nor with distance and within");
	int64_t least = relative && !is_end ? -UINT16_MAX : 0, *edge = is_end ? &item->end : &item->start;

	if (!text_number_in(value, least, UINT16_MAX, edge))
		return reason_is(env->reason, "expected a number up to %d", UINT16_MAX);
	if (is_end && item->end < (int64_t)item->content.len)
		return reason_is(env->reason, "%lld is less than the content is long", (long long)item->end);
	*has = true;
	item->relative = relative;
	return true;
}

bool buffer_offset(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	return buffer_edge(draft, value, false, false, env);
}

bool buffer_depth(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	return buffer_edge(draft, value, false, true, env);
}

bool buffer_distance(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	return buffer_edge(draft, value, true, false, env);
}

bool buffer_within(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	return buffer_edge(draft, value, true, true, env);
}

/* startswith is depth:<length of the content>. */
bool buffer_startswith(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	struct buffer_item *item = buffer_last(draft, env);

	(void)value;
	if (!item)
		return false;
	if (item->has_start || item->has_end)
		return reason_is(env->reason, "does not go with offset, depth, distance or within");
	item->starts = item->has_end = true;
	item->end = (int64_t)item->content.len;
	return true;
}

bool buffer_endswith(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	struct buffer_item *item = buffer_last(draft, env);

	(void)value;
	if (item)
		item->ends = true;
	return item != NULL;
}

/* Transforms come before what looks at the result, as in Suricata. */
static bool buffer_transform(const struct buffer_draft *draft, bool *transform, const struct buffer_env *env)
{
	if (draft->buffer.n || draft->buffer.size.n)
		return reason_is(env->reason, "a transform stands right after its buffer");
	*transform = true;
	return true;
}

bool buffer_to_lowercase(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	(void)value;
	return buffer_transform(draft, &draft->buffer.lower, env);
}

bool buffer_strip_whitespace(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env)
{
	(void)value;
	return buffer_transform(draft, &draft->buffer.strip, env);
}

/* nocase folds the content once, here, and the text while it is read. */
static bool content_close(struct buffer_item *item, const struct buffer *buffer, const struct buffer_env *env)
{
	size_t len = item->content.len, have = 0;
	uint8_t *content = arena_alloc(env->arena, len);
	uint16_t *borders = arena_alloc(env->arena, len * sizeof *borders);

	if (!content || !borders)
		return reason_is(env->reason, "out of memory");
	for (size_t i = 0; i < len; i++)
		content[i] = item->nocase ? bytes_lower(item->content.data[i]) : item->content.data[i];
	if (buffer->lower && !item->nocase)
		for (size_t i = 0; i < len; i++)
			if (content[i] != bytes_lower(content[i]))
				return reason_is(env->reason, "content has capitals, but to_lowercase leaves none");
	borders[0] = 0;
	for (size_t i = 1; i < len; i++) {
		while (have && content[have] != content[i])
			have = borders[have - 1];
		have += content[have] == content[i];
		borders[i] = (uint16_t)have;
	}
	item->content = bytes_of(content, len);
	item->borders = borders;
	return true;
}

/* Would another place of item `at` change what follows it? Only where something is counted from there. */
static bool buffer_retries(const struct buffer_draft *draft, size_t at)
{
	for (size_t i = at + 1; i < draft->buffer.n; i++) {
		const struct buffer_item *next = &draft->items[i];

		if (next->relative)
			return true;
		if (!next->negated && next->kind != BUFFER_HAS_DATA_AT)
			return false;
	}
	return false;
}

const struct buffer *buffer_close(struct buffer_draft *draft, const struct buffer_env *env)
{
	struct buffer *buffer = arena_alloc(env->arena, sizeof *buffer);
	struct buffer_item *items = arena_alloc(env->arena, draft->buffer.n * sizeof *items);

	if (!buffer || !items) {
		reason_is(env->reason, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < draft->buffer.n; i++) {
		draft->items[i].retries = buffer_retries(draft, i);
		if (draft->items[i].kind == BUFFER_HAS_CONTENT && !content_close(&draft->items[i], &draft->buffer, env))
			return NULL;
	}
	memcpy(items, draft->items, draft->buffer.n * sizeof *items);
	*buffer = draft->buffer;
	buffer->items = items;
	return buffer;
}

bool buffer_is_costly(const struct buffer *buffer)
{
	for (size_t i = 0; i < buffer->n; i++)
		if (buffer->items[i].kind == BUFFER_HAS_PATTERN)
			return true;
	return false;
}
