#include "tests/support/scanned.h"

#include "dissectors/token/kinds.h"
#include "sensor/model/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

struct out {
	char *text;
	size_t n;
};

static void put(struct out *out, struct bytes text)
{
	assert_true(text.len < SCANNED_LEN - out->n);
	if (text.len > 0)
		memcpy(out->text + out->n, text.data, text.len);
	out->n += text.len;
	out->text[out->n] = 0;
}

static void put_value(struct out *out, const struct field *field, const struct value *value)
{
	char number[24];

	put(out, bytes_text(out->n ? " " : ""));
	put(out, bytes_text(field->keyword));
	put(out, bytes_text("="));
	switch (field->kind) {
	case FIELD_BOOL:
		put(out, bytes_text(value->flag ? "yes" : "no"));
		break;
	case FIELD_INT:
		snprintf(number, sizeof number, "%lld", (long long)value->number);
		put(out, bytes_text(number));
		break;
	case FIELD_TEXT:
		put(out, bytes_of(value->text, value->len));
		break;
	case FIELD_TEXTS:
		for (uint32_t i = 0; i < value->len; i++) {
			put(out, bytes_text(i ? "|" : ""));
			put(out, value->texts[i]);
		}
	}
}

static void render(const struct record *record, struct bytes subject, char line[SCANNED_LEN])
{
	struct out out = { line, 0 };

	line[0] = 0;
	for (size_t i = 0; i < record->type->n_fields; i++)
		if (record->values[i].set)
			put_value(&out, &record->type->fields[i], &record->values[i]);
	if (subject.len == 0)
		return;
	put(&out, bytes_text(out.n ? " subject=" : "subject="));
	put(&out, subject);
}

/* In memory of just its length, with `cap` bytes for what is told. False: that was too little. */
static bool scan(enum credential_kind kind, const char *scheme, struct bytes secret, size_t cap, char line[SCANNED_LEN])
{
	uint8_t *copy = malloc(secret.len ? secret.len : 1), *spoken_for = NULL;
	struct credential credential = { .carrier = "test", .name = bytes_of("", 0), .kind = kind };
	struct bytes subject, kept;
	struct budget budget;
	struct arena arena;

	assert_non_null(copy);
	memcpy(copy, secret.data, secret.len);
	credential.secret = bytes_of(copy, secret.len);
	credential.scheme = bytes_text(scheme ? scheme : "");
	budget_init(&budget, cap, NULL);
	arena_init(&arena, 64, &budget);
	struct record *record = record_new(&token_record, &arena);

	line[0] = 0;
	if (record) {
		kinds_scan(&credential, record, &subject, &arena);
		assert_non_null(subject.data);
		kept = subject;
		if (subject.len > 0) {
			spoken_for = malloc(subject.len);
			assert_non_null(spoken_for);
			memcpy(spoken_for, subject.data, subject.len);
			kept = bytes_of(spoken_for, subject.len);
		}
		free(copy);
		copy = NULL;
		render(record, kept, line);
	}
	free(copy);
	free(spoken_for);
	arena_fini(&arena);
	assert_int_equal(budget.used, 0);
	return budget.n_refused == 0;
}

void scanned_line(enum credential_kind kind, const char *scheme, struct bytes secret, char line[SCANNED_LEN])
{
	assert_true(scan(kind, scheme, secret, 1 << 24, line));
}

void scanned_check(enum credential_kind kind, const struct scanned_case *cases, size_t n)
{
	char line[SCANNED_LEN];

	for (size_t i = 0; i < n; i++) {
		scanned_line(kind, cases[i].scheme, bytes_text(cases[i].secret), line);
		if (strcmp(line, cases[i].want) != 0)
			fail_msg("%s\nsays   %s\nwanted %s", cases[i].secret, line, cases[i].want);
	}
}

void scanned_abuse(enum credential_kind kind, const char *scheme, struct bytes secret)
{
	char line[SCANNED_LEN], whole[SCANNED_LEN];
	size_t cap = 0;

	for (size_t len = 0; len <= secret.len; len++)
		scanned_line(kind, scheme, bytes_head(secret, len), whole);
	while (!scan(kind, scheme, secret, cap, line) && cap < 1 << 20)
		cap += 16;
	assert_in_range(cap, 1, (1 << 20) - 1);
	assert_string_equal(line, whole);
}
