/* fuzz_kinds: the bytes as a credential of some kind. The first byte chooses the kind, or that its shape tells, and whether it
 * has a scheme; the second the memory there is. */
#include "dissectors/token/carriers.h"
#include "dissectors/token/kinds.h"
#include "sensor/model/token.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static unsigned sum_of(struct bytes text)
{
	unsigned sum = 0;

	for (size_t i = 0; i < text.len; i++)
		sum += text.data[i];
	return sum;
}

/* Reads every byte of every value, so that a sanitizer sees a view that is none. */
static unsigned touch(const struct record *record)
{
	unsigned sum = 0;

	for (size_t i = 0; i < record->type->n_fields; i++) {
		const struct value *value = &record->values[i];
		enum field_kind kind = record->type->fields[i].kind;

		if (value->set && kind == FIELD_TEXT)
			sum += sum_of(bytes_of(value->text, value->len));
		for (size_t j = 0; value->set && kind == FIELD_TEXTS && j < value->len; j++)
			sum += sum_of(value->texts[j]);
	}
	return sum;
}

/* What is told of it outlives the credential. */
static void scan(enum credential_kind kind, bool has_scheme, struct bytes secret, size_t cap)
{
	uint8_t *copy = malloc(secret.len ? secret.len : 1);
	struct credential credential = { .carrier = "fuzz", .name = bytes_of("", 0), .kind = kind }, inner;
	struct bytes subject;
	struct budget budget;
	struct arena arena;

	expect(copy);
	memcpy(copy, secret.data, secret.len);
	credential.secret = bytes_of(copy, secret.len);
	credential.scheme = bytes_text(has_scheme ? "Scheme" : "");
	credential_classify(&credential);
	expect(credential.kind < CREDENTIAL_KINDS);
	budget_init(&budget, cap, NULL);
	arena_init(&arena, 512, &budget);
	struct record *record = record_new(&token_record, &arena);
	bool has_inner = carriers_inner(&credential, &arena, &inner);

	if (record) {
		kinds_scan(&credential, record, &subject, &arena);
		expect(subject.data != NULL);
		(void)sum_of(subject);
		(void)credential_guessable(credential.kind, credential.secret.len);
	}
	free(copy);
	if (record)
		(void)touch(record);
	if (has_inner)
		(void)sum_of(inner.secret);
	expect(!has_inner || (inner.kind < CREDENTIAL_KINDS && inner.secret.len < secret.len));
	arena_fini(&arena);
	expect(budget.used == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 2)
		return 0;
	bool has_scheme = data[0] & 0x80;
	enum credential_kind kind = (enum credential_kind)((data[0] & 0x7F) % (CREDENTIAL_KINDS + 1));

	scan(kind, has_scheme, bytes_of(data + 2, len - 2), data[1] >= 0x80 ? (size_t)(data[1] & 0x7F) * 128 : 4 << 20);
	return 0;
}
