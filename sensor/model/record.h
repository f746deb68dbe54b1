/* record: a type and values. What leaves a dissector, what facts are added to, what rules read, what EVE writes.
 *
 * Text values are views: borrowed from the packet when a dissector makes the record, owned by an arena once
 * record_copy has moved it there. An unset value is absent: not written, and no condition on it holds. */
#ifndef STORMGLASS_MODEL_RECORD_H
#define STORMGLASS_MODEL_RECORD_H

#include "sensor/base/arena.h"
#include "sensor/model/field.h"

struct value {
	union {
		bool flag;
		int64_t number;
		const uint8_t *text;
		const struct bytes *texts;
	};
	uint32_t len; /* of text, or how many texts */
	bool set;
};

struct record {
	const struct record_type *type;
	struct bytes rendered; /* the writer's own text of this record once it made one; empty until then */
	size_t n_used;         /* values from here on are unset */
	struct value values[]; /* type->n_fields */
};

/* A record with nothing set, from `arena`; NULL when its budget refuses. */
struct record *record_new(const struct record_type *type, struct arena *arena);

/* A deep copy into `arena`; NULL when its budget refuses. */
struct record *record_copy(const struct record *record, struct arena *arena);

static inline void record_put(struct record *record, size_t field, struct value value)
{
	record->values[field] = value;
	if (record->n_used <= field)
		record->n_used = field + 1;
}

static inline void record_flag(struct record *record, size_t field, bool flag)
{
	record_put(record, field, (struct value){ .flag = flag, .set = true });
}

static inline void record_int(struct record *record, size_t field, int64_t number)
{
	record_put(record, field, (struct value){ .number = number, .set = true });
}

/* Borrows `text`. */
static inline void record_text(struct record *record, size_t field, struct bytes text)
{
	record_put(record, field, (struct value){ .text = text.data, .len = (uint32_t)text.len, .set = true });
}

/* Borrows the array and what its items point to. */
static inline void record_texts(struct record *record, size_t field, const struct bytes *texts, size_t n)
{
	record_put(record, field, (struct value){ .texts = texts, .len = (uint32_t)n, .set = true });
}

static inline bool record_has(const struct record *record, size_t field)
{
	return record && record->values[field].set;
}

/* The text; empty where unset. */
static inline struct bytes record_get(const struct record *record, size_t field)
{
	return record_has(record, field) ? bytes_of(record->values[field].text, record->values[field].len) : bytes_of("", 0);
}

#endif
