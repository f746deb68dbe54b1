/* fuzz_jose: the bytes as an Authorization value: cut, classified and scanned. The first byte chooses the memory there
 * is. */
#include "dissectors/token/credential.h"
#include "dissectors/token/jose.h"
#include "sensor/model/token.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static bool within(struct bytes part, struct bytes whole)
{
	return part.data >= whole.data && part.data + part.len <= whole.data + whole.len;
}

/* Reads every byte of every value, so that a sanitizer sees a view that is none. */
static unsigned touch(const struct record *record)
{
	unsigned sum = 0;

	for (size_t i = 0; i < record->type->n_fields; i++) {
		const struct value *value = &record->values[i];
		enum field_kind kind = record->type->fields[i].kind;

		for (size_t j = 0; value->set && kind == FIELD_TEXT && j < value->len; j++)
			sum += value->text[j];
		for (size_t j = 0; value->set && kind == FIELD_TEXTS && j < value->len; j++)
			for (size_t k = 0; k < value->texts[j].len; k++)
				sum += value->texts[j].data[k];
	}
	return sum;
}

static void scan(struct bytes secret, size_t cap)
{
	struct budget budget;
	struct arena arena;
	struct record *record;
	struct bytes sub;

	budget_init(&budget, cap, NULL);
	arena_init(&arena, 512, &budget);
	record = record_new(&token_record, &arena);
	if (record) {
		struct jose jose = jose_scan(secret, record, &sub, &arena);

		expect(sub.data != NULL);
		expect(jose.header.len <= JOSE_SEGMENT_LEN && jose.payload.len <= JOSE_SEGMENT_LEN);
		expect(jose.flags >> JOSE_FLAGS == 0);
		expect(jose.header.data || jose.flags == 0);
		if (jose.header.data && budget.n_refused == 0)
			expect(record_has(record, TOKEN_FLAGS) == (jose.flags != 0));
		touch(record);
		(void)jose_claim_text(jose.payload, "tid", &arena);
	}
	arena_fini(&arena);
	expect(budget.used == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t cap = 4 << 20;
	struct credential credential;
	struct bytes value;

	if (len == 0)
		return 0;
	if (data[0] >= 0x80)
		cap = (size_t)(data[0] & 0x7F) * 128;
	value = bytes_of(data + 1, len - 1);
	credential = credential_of("authorization", value);
	credential_classify(&credential);
	expect(within(credential.scheme, value) && within(credential.secret, value));
	expect(within(credential_token(credential.secret), credential.secret));
	expect(credential.kind < CREDENTIAL_KINDS && credential_kind_name(credential.kind));
	expect(!credential.scheme_name || bytes_equal_fold(credential.scheme, bytes_text(credential.scheme_name)));
	scan(credential.secret, cap);
	scan(value, cap);
	return 0;
}
