#include "dissectors/app/http2_block.h"

enum http2_block_fit http2_block_scan(struct http2_block *block, struct bytes data, size_t *need)
{
	struct http2_frame first, next;

	(void)http2_frame_parse(data, &first);
	if (!block->len) {
		block->len = HTTP2_FRAME_HEADER + first.len;
		block->whole = first.flags & HTTP2_END_HEADERS;
	}
	while (!block->whole && block->len <= HTTP2_BLOCK_CAP) {
		*need = block->len + HTTP2_FRAME_HEADER;
		if (!http2_frame_parse(bytes_tail(data, block->len), &next))
			return HTTP2_BLOCK_PARTIAL;
		if (next.type != HTTP2_FRAME_CONTINUATION || next.stream != first.stream)
			return HTTP2_BLOCK_BROKEN;
		block->len += HTTP2_FRAME_HEADER + next.len;
		block->whole = next.flags & HTTP2_END_HEADERS;
		block->n++;
	}
	*need = block->len;
	if (block->len > HTTP2_BLOCK_CAP)
		return HTTP2_BLOCK_LONG;
	return data.len < block->len ? HTTP2_BLOCK_PARTIAL : HTTP2_BLOCK_WHOLE;
}

/* The content of all its frames in one piece. */
static bool block_copy(const struct http2_block *block, struct bytes data, struct http2_block_content *content,
    struct arena *arena)
{
	struct bytes all = bytes_head(data, block->len), first = content->fields;
	uint8_t *copy = arena_alloc(arena, all.len);
	struct http2_frame frame;
	size_t at = 0, len = first.len;

	if (!copy)
		return false;
	memcpy(copy, first.data, first.len);
	for (unsigned i = 0; http2_frame_parse(bytes_tail(all, at), &frame); i++) {
		struct bytes payload = bytes_head(bytes_tail(all, at + HTTP2_FRAME_HEADER), frame.len);

		if (i)
			memcpy(copy + len, payload.data, payload.len);
		len += i ? payload.len : 0;
		at += HTTP2_FRAME_HEADER + frame.len;
	}
	content->fields = bytes_of(copy, len);
	return true;
}

bool http2_block_join(const struct http2_block *block, struct bytes data, struct http2_block_content *content,
    struct arena *arena)
{
	struct http2_frame first;

	*content = (struct http2_block_content){ .weight = -1 };
	if (!http2_frame_parse(data, &first))
		return false;
	struct bytes payload = bytes_head(bytes_tail(data, HTTP2_FRAME_HEADER), first.len);

	if (!http2_frame_content(&first, payload, &content->fields, &content->weight))
		return false;
	if (first.type == HTTP2_FRAME_PUSH_PROMISE) {
		struct reader r = reader_of(content->fields);

		content->promised = read_be32(&r) & INT32_MAX;
		if (r.over)
			return false;
		content->fields = read_rest(&r);
	}
	content->no_memory = block->n && !block_copy(block, data, content, arena);
	return true;
}
