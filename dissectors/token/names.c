#include "dissectors/token/names.h"

void names_init(struct names *names, const uint8_t *text, struct arena *arena)
{
	names->text = text;
	names->arena = arena;
	names->n = 0;
	names->small = true;
	names->full = false;
	memset(names->taken, 0, sizeof names->taken);
}

/* ---- the small table ---- */

static bool is_same(const struct names *names, const struct names_short *a, const struct names_short *b)
{
	if (a->word != b->word || a->len != b->len || a->object != b->object)
		return false;
	return a->len <= 8 || memcmp(names->text + a->at + 8, names->text + b->at + 8, a->len - 8u) == 0;
}

/* What long names share is mostly their beginning. */
static inline size_t head_of(struct bytes raw, uint64_t word, uint16_t object)
{
	const uint64_t factor = UINT64_C(0x9E3779B97F4A7C15);
	uint64_t hash = word ^ (uint64_t)raw.len << 48 ^ (uint64_t)object << 32;

	if (raw.len > 8)
		hash ^= bytes_word(bytes_tail(raw, raw.len - 8)) * 3;
	return hash * factor >> 57;
}

_Static_assert(NAMES_HEADS == 1 << (64 - 57), "head_of yields an index of heads");

static inline bool is_taken(const struct names *names, size_t head)
{
	return names->taken[head / 64] >> head % 64 & 1;
}

/* From a head that is taken on: the next free one, or NAMES_HEADS where the name is there already. */
__attribute__((noinline)) static size_t next_head(
    const struct names *names, const struct names_short *name, size_t head)
{
	for (; is_taken(names, head); head = (head + 1) % NAMES_HEADS)
		if (is_same(names, &names->few[names->heads[head]], name))
			return NAMES_HEADS;
	return head;
}

static inline bool add_few(struct names *names, uint16_t object, struct bytes raw, uint64_t word)
{
	size_t head = head_of(raw, word, object);
	struct names_short *name = &names->few[names->n];

	name->word = word;
	name->at = (uint16_t)(raw.data - names->text);
	name->len = (uint16_t)raw.len;
	name->object = object;
	if (is_taken(names, head)) {
		head = next_head(names, name, head);
		if (head == NAMES_HEADS)
			return true;
	}
	names->taken[head / 64] |= UINT64_C(1) << head % 64;
	names->heads[head] = (uint8_t)names->n++;
	return false;
}

/* ---- the large table ---- */

static uint64_t hash_part(const struct names *names, struct bytes part, uint64_t hash)
{
	return hash64((struct hash_key){ names->key.k0 ^ hash, names->key.k1 }, part);
}

/* Both spellings of a name hash alike: what they stand for is cut into the same parts. */
static uint64_t hash_keyed(const struct names *names, uint16_t object, struct bytes raw, bool escaped)
{
	uint64_t hash = object;
	uint8_t part[64];
	size_t len = 0;

	if (!escaped && raw.len < sizeof part)
		return hash_part(names, raw, hash);
	for (struct reader r = reader_of(raw); reader_left(&r) > 0;) {
		uint8_t c[4];
		size_t n = jsontext_unescape_one(&r, c);

		for (size_t i = 0; i < n; i++) {
			part[len++] = c[i];
			if (len < sizeof part)
				continue;
			hash = hash_part(names, bytes_of(part, len), hash);
			len = 0;
		}
	}
	return hash_part(names, bytes_of(part, len), hash);
}

/* The slot that holds the name, or the free one where it belongs. The table is at most half full. */
static struct names_slot *find(const struct names *names, struct names_slot want)
{
	struct bytes raw = bytes_of(names->text + want.at, want.len);

	for (size_t i = want.hash;; i++) {
		struct names_slot *slot = &names->slots[i & (names->n_slots - 1)];

		if (slot->at == 0)
			return slot;
		if (slot->hash == want.hash && slot->object == want.object &&
		    jsontext_equal(bytes_of(names->text + slot->at, slot->len), raw))
			return slot;
	}
}

/* An empty table in place of what there is. */
static bool make_slots(struct names *names, size_t n_slots)
{
	struct names_slot *slots = arena_alloc(names->arena, n_slots * sizeof *slots);

	if (!slots)
		return false;
	memset(slots, 0, n_slots * sizeof *slots);
	names->slots = slots;
	names->n_slots = n_slots;
	return true;
}

static bool leave_small(struct names *names)
{
	if (!make_slots(names, NAMES_FEW * 8))
		return false;
	names->key = hash_key_random();
	for (size_t i = 0; i < names->n; i++) {
		const struct names_short *name = &names->few[i];
		struct bytes raw = bytes_of(names->text + name->at, name->len);
		uint32_t hash = (uint32_t)hash_keyed(names, name->object, raw, false);
		struct names_slot slot = { hash, name->at, name->len, name->object };

		*find(names, slot) = slot;
	}
	return true;
}

static bool grow(struct names *names)
{
	const struct names_slot *old = names->slots;
	size_t n_old = names->n_slots;

	if (!make_slots(names, n_old * 4))
		return false;
	for (size_t i = 0; i < n_old; i++)
		if (old[i].at != 0)
			*find(names, old[i]) = old[i];
	return true;
}

static bool make_room(struct names *names)
{
	if (names->small) {
		names->small = false;
		return leave_small(names);
	}
	return names->n < names->n_slots / 2 || grow(names);
}

__attribute__((noinline)) static bool add_any(struct names *names, uint16_t object, struct bytes raw, bool escaped)
{
	struct names_slot want = { .len = (uint16_t)raw.len, .object = object }, *slot;

	if (names->full)
		return false;
	if (!make_room(names)) {
		names->full = true;
		return false;
	}
	want.at = (uint16_t)(raw.data - names->text);
	want.hash = (uint32_t)hash_keyed(names, object, raw, escaped);
	slot = find(names, want);
	if (slot->at != 0)
		return true;
	*slot = want;
	names->n++;
	return false;
}

bool names_add(struct names *names, uint16_t object, struct bytes raw, uint64_t word, bool escaped)
{
	if (names->small && !escaped && raw.len <= NAMES_SHORT && names->n < NAMES_FEW)
		return add_few(names, object, raw, word);
	return add_any(names, object, raw, escaped);
}
