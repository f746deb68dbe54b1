#include "sensor/rules/buffer_match.h"

/* One text on its way through the items. */
struct walk {
	const struct buffer *buffer;
	const struct scratch *scratch;
	struct bytes text;
	size_t left; /* bytes that may still be read; 0: given up, nothing holds any more */
};

static void walk_spend(struct walk *walk, size_t work)
{
	walk->left = work < walk->left ? walk->left - work : 0;
}

/* The content's first place within text[from, to); its end goes to *end. */
static bool walk_find(struct walk *walk, const struct buffer_item *item, size_t from, size_t to, size_t *end)
{
	size_t have = 0, len = item->content.len;

	for (size_t at = from; at < to; at++) {
		uint8_t c = item->nocase ? bytes_lower(walk->text.data[at]) : walk->text.data[at];

		while (have && item->content.data[have] != c)
			have = item->borders[have - 1];
		have += item->content.data[have] == c;
		if (have == len) {
			walk_spend(walk, at - from + 1);
			*end = at + 1;
			return walk->left > 0;
		}
	}
	walk_spend(walk, to > from ? to - from + 1 : 1);
	return false;
}

/* The part of the text in which the item is looked for. */
static void walk_window(const struct walk *walk, const struct buffer_item *item, size_t cursor, size_t *from,
	size_t *to)
{
	int64_t len = (int64_t)walk->text.len;
	int64_t low = (item->relative ? (int64_t)cursor : 0) + (item->has_start ? item->start : 0);
	int64_t high = item->has_end ? low + item->end : len;

	if (item->ends && low < len - (int64_t)item->content.len)
		low = len - (int64_t)item->content.len;
	*from = (size_t)(low < 0 ? 0 : low > len ? len : low);
	*to = (size_t)(high < 0 ? 0 : high > len ? len : high);
}

static bool walk_on(struct walk *walk, size_t index, size_t cursor);

static bool walk_content(struct walk *walk, size_t index, size_t cursor)
{
	const struct buffer_item *item = &walk->buffer->items[index];
	size_t from, to, end;

	walk_window(walk, item, cursor, &from, &to);
	if (item->ends && to != walk->text.len)
		to = from; /* the window stops short of the text's end */
	while (walk_find(walk, item, from, to, &end)) {
		if (item->negated)
			return false;
		if (walk_on(walk, index + 1, end))
			return true;
		if (!item->retries)
			return false;
		from = end - item->content.len + 1;
	}
	return item->negated && walk_on(walk, index + 1, cursor);
}

static bool walk_pattern(struct walk *walk, size_t index, size_t cursor)
{
	const struct buffer_item *item = &walk->buffer->items[index];
	size_t skip = item->relative ? cursor : 0, end = 0;

	walk_spend(walk, BUFFER_PATTERN_WORK + walk->text.len - skip);
	if (walk->left == 0)
		return false;
	enum patterns_result found = patterns_match(&walk->scratch->patterns, item->code, bytes_tail(walk->text, skip),
		&end);

	if (found == PATTERNS_LIMIT || (found == PATTERNS_YES) == item->negated)
		return false;
	return walk_on(walk, index + 1, item->negated ? cursor : skip + end);
}

static bool walk_data_at(struct walk *walk, size_t index, size_t cursor)
{
	const struct buffer_item *item = &walk->buffer->items[index];
	size_t n = (size_t)item->start;
	bool has = item->relative ? cursor + n <= walk->text.len : n < walk->text.len;

	return has != item->negated && walk_on(walk, index + 1, cursor);
}

/* The items from `index` on; recursion is as deep as there are items. */
static bool walk_on(struct walk *walk, size_t index, size_t cursor)
{
	if (walk->left == 0)
		return false;
	if (index == walk->buffer->n)
		return true;
	switch (walk->buffer->items[index].kind) {
	case BUFFER_HAS_CONTENT:
		return walk_content(walk, index, cursor);
	case BUFFER_HAS_PATTERN:
		return walk_pattern(walk, index, cursor);
	case BUFFER_HAS_DATA_AT:
		return walk_data_at(walk, index, cursor);
	}
	return false;
}

static struct bytes buffer_transform(const struct buffer *buffer, struct bytes text, uint8_t *out)
{
	size_t len = 0;

	for (size_t at = 0; at < text.len && len < BUFFER_TRANSFORMED; at++) {
		uint8_t c = text.data[at];

		if (buffer->strip && (c == ' ' || (c >= '\t' && c <= '\r')))
			continue;
		out[len++] = buffer->lower ? bytes_lower(c) : c;
	}
	return bytes_of(out, len);
}

bool buffer_match(const struct buffer *buffer, struct bytes text, const struct scratch *scratch)
{
	if (buffer->lower || buffer->strip)
		text = buffer_transform(buffer, text, scratch->transformed);
	if (buffer->size.n && !numbers_hold(&buffer->size, (int64_t)text.len))
		return false;
	struct walk walk = { buffer, scratch, text, BUFFER_WORK };

	return walk_on(&walk, 0, 0);
}
