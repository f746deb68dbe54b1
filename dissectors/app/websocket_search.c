#include "dissectors/app/websocket_search.h"

enum { CAP_FIRST = 256, CHAIN_BEHIND_GAP = 2 };

void websocket_search_begin(struct websocket_search *search, bool behind_gap)
{
	uint32_t rest = behind_gap ? 0 : search->len - search->at;

	search->spent += search->len;
	if (rest)
		memmove(search->data, search->data + search->at, rest);
	search->len = rest;
	search->at = 0;
	search->behind_gap = behind_gap;
}

void websocket_search_drop(struct websocket_search *search, struct budget *budget)
{
	budget_free(budget, search->data, search->cap);
	*search = (struct websocket_search){ .spent = search->spent + search->len };
}

/* Could this frame stand in a row of frames? Stricter than what is read: nobody sends a part of a message that is empty, and
 * behind a Close comes nothing. */
static bool is_plausible(const struct websocket_frame *frame, enum direction dir)
{
	return !websocket_frame_odd(frame, dir) && frame->opcode != WEBSOCKET_CLOSE && (frame->len || frame->fin);
}

/* Where the last header of a chain of `n` that starts at `at` ends; 0: no such chain, or not as far as data goes. */
static size_t chain_end(struct bytes data, size_t at, unsigned n, enum direction dir)
{
	enum { UNKNOWN, WITHIN, BETWEEN } place = UNKNOWN;
	struct websocket_frame frame;

	for (;;) {
		size_t header_len = websocket_frame_parse(bytes_tail(data, at), &frame);

		if (!header_len || !is_plausible(&frame, dir))
			return 0;
		if (!websocket_frame_is_control(&frame)) {
			bool goes_on = frame.opcode == WEBSOCKET_CONTINUATION;

			if ((goes_on && place == BETWEEN) || (!goes_on && place == WITHIN))
				return 0;
			place = frame.fin ? BETWEEN : WITHIN;
		}
		at += header_len;
		if (--n == 0)
			return at;
		if (frame.len >= data.len - at)
			return 0;
		at += (size_t)frame.len;
	}
}

/* Of all places the one whose chain is complete first: it is the same one, however much more is there. */
static bool find(struct websocket_search *search, enum direction dir)
{
	struct bytes data = bytes_of(search->data, search->len);
	size_t best = SIZE_MAX;

	for (size_t at = 0; at < data.len && at < best; at++) {
		unsigned n = at == 0 && search->behind_gap ? CHAIN_BEHIND_GAP : WEBSOCKET_SEARCH_CHAIN;
		size_t end = chain_end(data, at, n, dir);

		if (end && end < best) {
			best = end;
			search->at = (uint32_t)at;
		}
	}
	return best != SIZE_MAX;
}

/* Twice the room. False: there is enough in it already, or the budget refuses. */
static bool grow(struct websocket_search *search, struct budget *budget)
{
	size_t cap = search->cap ? 2 * (size_t)search->cap : CAP_FIRST;

	if (cap > WEBSOCKET_SEARCH_LEN)
		return false;
	uint8_t *data = budget_alloc(budget, cap);

	if (!data)
		return false;
	if (search->len)
		memcpy(data, search->data, search->len);
	budget_free(budget, search->data, search->cap);
	search->data = data;
	search->cap = (uint32_t)cap;
	return true;
}

/* It is looked at full powers of two only: so the cutting makes no difference, and the work is twice the length. */
enum websocket_found websocket_search_take(struct websocket_search *search, struct bytes *data, enum direction dir,
    struct budget *budget)
{
	while (data->len) {
		size_t level = CAP_FIRST;

		while (level <= search->len)
			level *= 2;
		if (level > WEBSOCKET_SEARCH_LEN || search->spent + level > WEBSOCKET_SEARCH_CAP)
			return WEBSOCKET_FOUND_NEVER;
		if (level > search->cap && !grow(search, budget))
			return WEBSOCKET_FOUND_NEVER;
		struct bytes part = bytes_head(*data, level - search->len);

		memcpy(search->data + search->len, part.data, part.len);
		search->len += (uint32_t)part.len;
		*data = bytes_tail(*data, part.len);
		if (search->len == level && find(search, dir))
			return WEBSOCKET_FOUND;
	}
	return WEBSOCKET_FOUND_NOT_YET;
}

bool websocket_search_end(struct websocket_search *search, enum direction dir)
{
	return search->spent + search->len <= WEBSOCKET_SEARCH_CAP && find(search, dir);
}
