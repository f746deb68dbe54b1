#include "tests/support/subjects.h"

#include "sensor/rules/keywords.h"

#include <stdio.h>
#include <stdlib.h>

void subjects_init(struct subjects *subjects)
{
	budget_init(&subjects->budget, 64 << 20, NULL);
	arena_init(&subjects->arena, 65536, &subjects->budget);
}

void subjects_fini(struct subjects *subjects)
{
	arena_fini(&subjects->arena);
}

static void set_texts(struct subjects *subjects, struct record *record, size_t field, struct bytes value)
{
	struct bytes texts[32], *kept;
	size_t n = 0;

	for (const uint8_t *comma; (comma = memchr(value.data, ',', value.len)); n++) {
		texts[n] = bytes_of(value.data, (size_t)(comma - value.data));
		value = bytes_tail(value, texts[n].len + 1);
	}
	texts[n++] = value;
	kept = arena_alloc(&subjects->arena, sizeof texts);
	memcpy(kept, texts, n * sizeof *kept);
	record_texts(record, field, kept, n);
}

static void set_line(struct subjects *subjects, struct record **records, struct bytes line)
{
	const uint8_t *equals = memchr(line.data, '=', line.len);
	struct bytes name = bytes_of(line.data, equals ? (size_t)(equals - line.data) : 0);
	struct bytes value = bytes_tail(line, name.len + 1);
	struct keyword keyword;

	if (!keywords_find(name, &keyword)) {
		fprintf(stderr, "no keyword in '%.*s'\n", (int)line.len, (const char *)line.data);
		abort();
	}
	struct record **record = &records[keyword.type->kind];

	if (!*record)
		*record = record_new(keyword.type, &subjects->arena);
	switch (keywords_field(keyword)->kind) {
	case FIELD_BOOL:
		record_flag(*record, keyword.field, bytes_is(value, "true"));
		break;
	case FIELD_INT:
		record_int(*record, keyword.field, strtoll((const char *)value.data, NULL, 10));
		break;
	case FIELD_TEXT:
		record_text(*record, keyword.field, value);
		break;
	case FIELD_TEXTS:
		set_texts(subjects, *record, keyword.field, value);
		break;
	}
}

struct subject subjects_make(struct subjects *subjects, const char *lines, bool final)
{
	struct record *records[RECORD_KINDS] = { NULL };
	struct bytes rest = arena_copy(&subjects->arena, bytes_of(lines, strlen(lines) + 1));
	struct subject subject = { .final = final, .src_port = 40000, .dst_port = 443 };

	rest.len--;
	while (rest.len) {
		const uint8_t *end = memchr(rest.data, '\n', rest.len);
		size_t len = end ? (size_t)(end - rest.data) : rest.len;

		set_line(subjects, records, bytes_head(rest, len));
		rest = bytes_tail(rest, len + 1);
	}
	for (size_t i = 0; i < RECORD_KINDS; i++)
		subject.records[i] = records[i];
	subject.src = (struct address){ { [10] = 255, [11] = 255, [12] = 10, [13] = 1, [14] = 2, [15] = 3 } };
	subject.dst = (struct address){ { [10] = 255, [11] = 255, [12] = 192, [13] = 0, [14] = 2, [15] = 10 } };
	return subject;
}
