#include "tests/support/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

void fields_assert_text(const struct record *record, size_t field, const char *want)
{
	struct bytes text = record_get(record, field);

	if (!want ? record_has(record, field) : !record_has(record, field) || !bytes_is(text, want))
		fail_msg("%s: \"%.*s\"", record->type->fields[field].keyword, (int)text.len, (const char *)text.data);
}

void fields_assert_number(const struct record *record, size_t field, int64_t want)
{
	assert_true(record_has(record, field));
	assert_int_equal(record->values[field].number, want);
}

void fields_assert_texts(const struct record *record, size_t field, const char *want)
{
	char joined[512] = "";
	size_t n = 0;

	assert_true(record_has(record, field));
	for (uint32_t i = 0; i < record->values[field].len; i++) {
		struct bytes text = record->values[field].texts[i];

		n += (size_t)snprintf(joined + n, sizeof joined - n, "%.*s|", (int)text.len, (const char *)text.data);
	}
	assert_string_equal(joined, want);
}
