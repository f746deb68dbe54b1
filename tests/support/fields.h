/* fields: asserts on the values of a record. */
#ifndef STORMGLASS_TESTS_SUPPORT_FIELDS_H
#define STORMGLASS_TESTS_SUPPORT_FIELDS_H

#include "sensor/model/record.h"

/* The text is `want`; unset for NULL. */
void fields_assert_text(const struct record *record, size_t field, const char *want);

void fields_assert_number(const struct record *record, size_t field, int64_t want);

/* The texts, each followed by '|', are `want`. */
void fields_assert_texts(const struct record *record, size_t field, const char *want);

#endif
