/* fuzz_hpack: one direction of a connection, decoded by somebody who saw all of it and by one who joined late or lost blocks.
 *
 *   byte 0             1: it was joined late, 2: little memory
 *   then, repeatedly   kind, and what belongs to it:
 *     0x00 ... 0xBF    a block, with its length as two bytes in front of it; kind & 1: the other one loses it
 *     0xC0 ... 0xDF    the other one is told of a loss
 *     0xE0 ... 0xFF    new settings, four bytes
 *
 * As long as the blocks are good for who saw all, the other one says of it what is true, and counts what it does not know. */
#include "dissectors/app/hpack.h"
#include "dissectors/app/hpack_table.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { PLENTY = 64 << 20, LITTLE = 3000 };

struct ours {
	struct hpack hpack;
	struct budget budget;
	struct arena arena;
	struct hpack_fields fields;
	enum hpack_status status;
};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void ours_init(struct ours *ours, bool from_start, size_t cap)
{
	budget_init(&ours->budget, cap, NULL);
	arena_init(&ours->arena, 512, &ours->budget);
	hpack_init(&ours->hpack, &ours->budget, from_start);
}

static void ours_fini(struct ours *ours)
{
	hpack_fini(&ours->hpack);
	arena_fini(&ours->arena);
	expect(ours->budget.used == 0);
}

/* From memory of exactly its size, which is gone when the fields are looked at. Caps hold, and every byte of the fields can be read. */
static void ours_decode(struct ours *ours, struct bytes block)
{
	uint8_t *copy = malloc(block.len ? block.len : 1);
	size_t list_len = 0;
	unsigned sum = 0;

	expect(copy != NULL);
	memcpy(copy, block.data, block.len);
	arena_reset(&ours->arena);
	ours->status = hpack_decode(&ours->hpack, bytes_of(copy, block.len), &ours->fields, &ours->arena);
	free(copy);
	expect(ours->fields.n <= HPACK_HEADERS_CAP);
	for (size_t i = 0; i < ours->fields.n; i++) {
		const struct http_header *header = &ours->fields.headers[i];

		list_len += header->name.len + header->value.len;
		for (size_t at = 0; at < header->name.len; at++)
			sum += header->name.data[at];
		for (size_t at = 0; at < header->value.len; at++)
			sum += header->value.data[at];
	}
	expect(list_len <= HPACK_LIST_CAP && sum <= 255 * list_len);
	expect(!ours->hpack.table || ours->hpack.table->size <= HPACK_TABLE_CAP);
	expect(!ours->hpack.table || ours->hpack.table->n <= HPACK_TABLE_CAP / HPACK_ENTRY_OVERHEAD);
}

/* Every field of `part` is one of `whole`, in its order; an empty name may be one that is not known. */
static void expect_part(const struct hpack_fields *part, const struct hpack_fields *whole)
{
	size_t at = 0;

	for (size_t i = 0; i < part->n; i++, at++) {
		const struct http_header *header = &part->headers[i];

		while (at < whole->n && !(bytes_equal(whole->headers[at].value, header->value) &&
					  (header->name.len == 0 || bytes_equal(whole->headers[at].name, header->name))))
			at++;
		expect(at < whole->n);
	}
	expect(part->n <= whole->n && part->n_unknown >= whole->n - part->n);
	expect(part->n_unknown > 0 || part->n == whole->n);
}

/* False: nothing more can be said of it. */
static bool block(struct ours *whole, struct ours *part, struct bytes bytes, bool lost)
{
	ours_decode(whole, bytes);
	bool good = whole->status != HPACK_BAD && !whole->fields.lax;

	if (lost) {
		hpack_lost(&part->hpack);
		return good;
	}
	ours_decode(part, bytes);
	if (part->status == HPACK_OK && whole->status == HPACK_OK && whole->fields.n_unknown == 0)
		expect_part(&part->fields, &whole->fields);
	if (part->status == HPACK_BAD)
		expect(!good);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = reader_of(bytes_of(data, len));
	struct ours whole, part;
	uint8_t options = read_u8(&r);
	bool sane = true;

	ours_init(&whole, true, PLENTY);
	ours_init(&part, !(options & 1), options & 2 ? LITTLE : PLENTY);
	while (sane && !r.over && reader_left(&r) > 0) {
		uint8_t kind = read_u8(&r);

		if (kind < 0xC0) {
			size_t block_len = read_be16(&r), left = reader_left(&r);

			sane = block(&whole, &part, read_bytes(&r, block_len < left ? block_len : left), kind & 1);
		} else if (kind < 0xE0) {
			hpack_lost(&part.hpack);
		} else {
			uint32_t limit = read_be32(&r);

			hpack_settings(&whole.hpack, limit);
			hpack_settings(&part.hpack, limit);
		}
	}
	ours_fini(&whole);
	ours_fini(&part);
	return 0;
}
