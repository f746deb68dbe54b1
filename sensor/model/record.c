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

static bool value_copy(struct value *value, enum field_kind kind, struct arena *arena)
{
	if (!value->set)
		return true;
	if (kind == FIELD_TEXT) {
		value->text = arena_copy(arena, bytes_of(value->text, value->len)).data;
		return value->text != NULL;
	}
	if (kind == FIELD_TEXTS) {
		struct bytes *texts = arena_alloc(arena, value->len * sizeof *texts);

		if (!texts)
			return false;
		for (size_t i = 0; i < value->len; i++) {
			texts[i] = arena_copy(arena, value->texts[i]);
			if (!texts[i].data)
				return false;
		}
		value->texts = texts;
	}
	return true;
}

struct record *record_copy(const struct record *record, struct arena *arena)
{
	struct record *copy = arena_alloc(arena, record_len(record->type));

	if (!copy)
		return NULL;
	memcpy(copy, record, record_len(record->type));
	copy->rendered = bytes_of("", 0);
	for (size_t i = 0; i < record->type->n_fields; i++)
		if (!value_copy(&copy->values[i], record->type->fields[i].kind, arena))
			return NULL;
	return copy;
}
