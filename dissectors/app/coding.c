#include "dissectors/app/coding.h"

#include "dissectors/app/coding_kind.h"

static const struct {
	const char *name;
	const struct coding_kind *kind;
} codings[] = {
	{ "gzip", &coding_zlib_gzip },
	{ "x-gzip", &coding_zlib_gzip },
	{ "deflate", &coding_zlib_deflate },
	{ "br", &coding_brotli },
	{ "zstd", &coding_zstd },
};

/* Takes the next item off a comma list, without blanks; false at its end. */
static bool coding_item(struct bytes *list, struct bytes *item)
{
	if (!list->len)
		return false;
	const uint8_t *comma = memchr(list->data, ',', list->len);
	size_t len = comma ? (size_t)(comma - list->data) : list->len;

	*item = bytes_head(*list, len);
	*list = bytes_tail(*list, len + 1);
	while (item->len && (item->data[0] == ' ' || item->data[0] == '\t'))
		*item = bytes_tail(*item, 1);
	while (item->len && (item->data[item->len - 1] == ' ' || item->data[item->len - 1] == '\t'))
		item->len--;
	return true;
}

static const struct coding_kind *coding_named(struct bytes name)
{
	for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++)
		if (bytes_equal_fold(name, bytes_text(codings[i].name)))
			return codings[i].kind;
	return NULL;
}

/* What is none, and what some call theirs that have none. */
static bool coding_is_none(struct bytes name)
{
	return !name.len || bytes_equal_fold(name, bytes_text("identity")) || bytes_equal_fold(name, bytes_text("none")) ||
	    bytes_equal_fold(name, bytes_text("utf-8"));
}

bool coding_parse(struct coding_list *list, struct bytes value)
{
	struct bytes item;

	list->n = 0;
	while (coding_item(&value, &item)) {
		if (coding_is_none(item))
			continue;
		const struct coding_kind *kind = coding_named(item);

		if (!kind || list->n == CODING_MOST)
			return false;
		list->kinds[list->n++] = kind;
	}
	return true;
}

/* One coding on its way from blocks to blocks. */
struct undoing {
	const struct coding_kind *kind;
	void *state;
	struct body_blocks *out;
	size_t cap;
	size_t taken; /* of what came in */
	enum coding_status status;
};

/* False: it is over, for good or bad. */
static bool undoing_step(struct undoing *undoing, struct coding_io *io)
{
	struct body_blocks *out = undoing->out;
	size_t room_len = 0, most = undoing->cap - out->len, before = io->in_len;
	uint8_t *room = most ? body_blocks_room(out, &room_len) : NULL;

	if (!room) {
		undoing->status = CODING_BAD;
		return false;
	}
	io->out = room;
	io->out_len = room_len = room_len < most ? room_len : most;
	undoing->status = undoing->kind->step(undoing->state, io);
	size_t given = room_len - io->out_len, taken = before - io->in_len;

	body_blocks_took(out, given);
	undoing->taken += taken;
	bool is_bomb = out->len > CODING_RATIO_FROM && out->len / CODING_RATIO > undoing->taken;
	bool is_stuck = io->in_len && !given && !taken && undoing->status == CODING_INSIDE;

	if (is_bomb || is_stuck)
		undoing->status = CODING_BAD;
	return undoing->status != CODING_BAD && (io->in_len || (!io->out_len && undoing->status == CODING_INSIDE));
}

static bool undoing_run(struct undoing *undoing, const struct body_blocks *in)
{
	for (const struct body_block *block = in->first; block && undoing->status != CODING_BAD; block = block->next) {
		struct coding_io io = { .in = block->data, .in_len = block->len };

		while (undoing_step(undoing, &io))
			;
	}
	return undoing->status == CODING_WHOLE;
}

static bool coding_undo_one(const struct coding_kind *kind, struct body_blocks *blocks, size_t cap, struct budget *memory)
{
	struct body_blocks out = { .budget = blocks->budget };
	struct undoing undoing = { .kind = kind, .state = kind->open(memory), .out = &out, .cap = cap };
	bool whole = undoing.state && undoing_run(&undoing, blocks);

	if (undoing.state)
		kind->close(undoing.state);
	body_blocks_free(blocks);
	*blocks = out;
	return whole;
}

bool coding_undo(const struct coding_list *list, struct body_blocks *blocks, size_t cap)
{
	struct budget memory;
	bool whole = true;

	budget_init(&memory, CODING_MEMORY, blocks->budget);
	for (size_t i = list->n; i-- && blocks->len;)
		whole &= coding_undo_one(list->kinds[i], blocks, cap, &memory);
	return whole;
}
