#include "dissectors/token/names.h"

void names_init(struct names *names, const uint8_t *text, struct arena *arena)
{
	names->text = text;
	names->arena = arena;
	names->slots = names->small;
	names->n_slots = NAMES_SLOTS;
	names->n = 0;
	names->full = false;
	memset(names->small, 0, sizeof names->small);
}

static uint64_t load64(const uint8_t *at)
{
	uint64_t x;

	memcpy(&x, at, sizeof x);
	return x;
}

static uint32_t load32(const uint8_t *at)
{
	uint32_t x;

	memcpy(&x, at, sizeof x);
	return x;
}

/* Every byte counts, none is read twice but at the end; names are short, so the tail is what matters. */
static uint64_t hash_plain(struct bytes b, uint64_t hash)
{
	const uint64_t factor = UINT64_C(0x9E3779B97F4A7C15);

	for (; b.len > 8; b = bytes_tail(b, 8))
		hash = (hash ^ load64(b.data)) * factor, hash ^= hash >> 29;
	uint64_t tail = 0;

	if (b.len >= 4)
		tail = load32(b.data) | (uint64_t)load32(b.data + b.len - 4) << 32;
	else if (b.len > 0)
		tail = b.data[0] | (uint64_t)b.data[b.len / 2] << 8 | (uint64_t)b.data[b.len - 1] << 16;
	hash = (hash ^ tail ^ (uint64_t)b.len << 56) * factor;
	return hash ^ hash >> 32;
}

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

static bool is_small(const struct names *names)
{
	return names->slots == names->small;
}

/* The slot that holds the name, or the free one where it belongs. A table is at most half full. */
static struct names_slot *find(const struct names *names, struct names_slot want)
{
	struct bytes raw = bytes_of(names->text + want.at, want.len);

	for (size_t i = want.hash;; i++) {
		struct names_slot *slot = &names->slots[i & (names->n_slots - 1)];
		struct bytes other = bytes_of(names->text + slot->at, slot->len);

		if (slot->at == 0)
			return slot;
		if (slot->hash != want.hash || slot->object != want.object)
			continue;
		if (is_small(names) ? bytes_equal(other, raw) : jsontext_equal(other, raw))
			return slot;
	}
}

/* May the name go where the others are? */
static bool has_room(const struct names *names, struct bytes raw, bool escaped)
{
	if (is_small(names) && (escaped || raw.len > NAMES_SHORT))
		return false;
	return names->n < names->n_slots / 2;
}

static bool grow(struct names *names)
{
	const struct names_slot *old = names->slots;
	bool was_small = is_small(names);
	size_t n_old = names->n_slots, n_slots = n_old * 4;
	struct names_slot *slots = arena_alloc(names->arena, n_slots * sizeof *slots);

	if (!slots)
		return false;
	memset(slots, 0, n_slots * sizeof *slots);
	if (was_small)
		names->key = hash_key_random();
	names->slots = slots;
	names->n_slots = n_slots;
	for (size_t i = 0; i < n_old; i++) {
		struct names_slot slot = old[i];

		if (slot.at == 0)
			continue;
		struct bytes raw = bytes_of(names->text + slot.at, slot.len);

		if (was_small)
			slot.hash = (uint32_t)hash_keyed(names, slot.object, raw, false);
		*find(names, slot) = slot;
	}
	return true;
}

bool names_add(struct names *names, uint16_t object, struct bytes raw, bool escaped)
{
	struct names_slot want = { .len = (uint16_t)raw.len, .object = object }, *slot;

	if (names->full)
		return false;
	if (!has_room(names, raw, escaped) && !grow(names)) {
		names->full = true;
		return false;
	}
	want.at = (uint16_t)(raw.data - names->text);
	want.hash = (uint32_t)(is_small(names) ? hash_plain(raw, object) : hash_keyed(names, object, raw, escaped));
	slot = find(names, want);
	if (slot->at != 0)
		return true;
	*slot = want;
	names->n++;
	return false;
}
