/* fuzz_saml: the bytes as SAML, in XML or in base64. The first byte chooses the memory there is. */
#include "dissectors/token/saml.h"
#include "sensor/model/token.h"

#include <libxml/xmlerror.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { FIELD_LEN = 4096 };

static void expect(bool holds)
{
	if (!holds)
		abort();
}

/* Reads every byte, so that a sanitizer sees a view that is none. */
static unsigned touch(struct bytes text)
{
	unsigned sum = 0;

	expect(text.len <= FIELD_LEN);
	for (size_t i = 0; i < text.len; i++)
		sum += text.data[i];
	return sum;
}

static bool has_word(const struct record *record, size_t field, const char *word)
{
	for (size_t i = 0; record_has(record, field) && i < record->values[field].len; i++)
		if (bytes_is(record->values[field].texts[i], word))
			return true;
	return false;
}

static void check(const struct record *record)
{
	for (size_t i = 0; i < record->type->n_fields; i++) {
		const struct value *value = &record->values[i];
		enum field_kind kind = record->type->fields[i].kind;

		expect(!value->set || (i >= SAML_VERSION && i <= SAML_ODD && i != SAML_SUB_HASH));
		if (value->set && kind == FIELD_TEXT)
			touch(record_get(record, i));
		for (size_t j = 0; value->set && kind == FIELD_TEXTS && j < value->len; j++)
			touch(value->texts[j]);
	}
	if (record_has(record, SAML_ODD) && record_has(record, SAML_ASSERTIONS))
		expect(has_word(record, SAML_ODD, "many_assertions") == (record->values[SAML_ASSERTIONS].number > 1));
	expect(!has_word(record, SAML_ODD, "no_signature") || !record_has(record, SAML_SIGNED));
	expect(!has_word(record, SAML_ODD, "no_signature") || !has_word(record, SAML_ODD, "wrapped"));
	expect(!record_has(record, SAML_CERT_SHA256) || record_get(record, SAML_CERT_SHA256).len == 64);
}

/* The library says nothing by itself. */
static void heard(void *user, const char *format, ...)
{
	(void)user, (void)format;
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget;
	struct arena arena;
	struct record *record;
	struct bytes subject = { 0 };

	if (len == 0)
		return 0;
	xmlSetGenericErrorFunc(NULL, heard);
	budget_init(&budget, data[0] >= 0x80 ? (size_t)(data[0] & 0x7F) * 1024 : 8 << 20, NULL);
	arena_init(&arena, 512, &budget);
	record = record_new(&token_record, &arena);
	if (record) {
		saml_scan(bytes_of(data + 1, len - 1), record, &subject, &arena);
		expect(subject.data != NULL);
		touch(subject);
		check(record);
	}
	arena_fini(&arena);
	expect(budget.used == 0);
	return 0;
}
