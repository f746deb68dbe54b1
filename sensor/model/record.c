#include "sensor/model/record.h"

static size_t record_len(const struct record_type *type)
{
	return sizeof(struct record) + type->n_fields * sizeof(struct value);
}

struct record *record_new(const struct record_type *type, struct arena *arena)
{
	struct record *record = arena_alloc(arena, record_len(type));

	if (!record)
		return NULL;
	memset(record, 0, record_len(type));
	record->type = type;
	return record;
}

/* Bytes of all texts, but for those in arrays. */
static size_t texts_len(const struct record *record)
{
	const struct field *fields = record->type->fields;
	size_t len = 0;

	for (size_t i = 0; i < record->n_used; i++)
		if (record->values[i].set && fields[i].kind == FIELD_TEXT)
			len += record->values[i].len;
	return len;
}

static bool array_copy(struct value *value, struct arena *arena)
{
	struct bytes *texts = arena_alloc(arena, value->len * sizeof *texts);

	if (!texts)
		return false;
	for (size_t i = 0; i < value->len; i++) {
		texts[i] = arena_copy(arena, value->texts[i]);
		if (!texts[i].data)
			return false;
	}
	value->texts = texts;
	return true;
}

/* The texts follow the values in one piece of memory. */
struct record *record_copy(const struct record *record, struct arena *arena)
{
	const struct record_type *type = record->type;
	struct record *copy = arena_alloc(arena, record_len(type) + texts_len(record));
	uint8_t *text;

	if (!copy)
		return NULL;
	memcpy(copy, record, record_len(type));
	copy->rendered = bytes_of("", 0);
	text = (uint8_t *)copy + record_len(type);
	for (size_t i = 0; i < record->n_used; i++) {
		struct value *value = &copy->values[i];

		if (!value->set)
			continue;
		if (type->fields[i].kind == FIELD_TEXTS && !array_copy(value, arena))
			return NULL;
		if (type->fields[i].kind != FIELD_TEXT)
			continue;
		if (value->len > 0)
			memcpy(text, value->text, value->len);
		value->text = text;
		text += value->len;
	}
	return copy;
}
