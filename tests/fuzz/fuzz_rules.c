/* Rules from any bytes: no crash, no leak, and what was loaded can be asked. A text that begins with "config" is read as
 * classifications too. */
#include "sensor/rules/rule_file.h"
#include "sensor/model/anomaly.h"
#include "sensor/model/http.h"
#include "sensor/model/tls.h"
#include "sensor/model/token.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct record_type *const types[RECORD_KINDS] = {
	[RECORD_HTTP] = &http_record,
	[RECORD_TOKEN] = &token_record,
	[RECORD_USE] = &use_record,
	[RECORD_ANOMALY] = &anomaly_record,
	[RECORD_TLS] = &tls_record,
};

/* Every field set to something; the text of all of them is `text`. */
static struct record *full(const struct record_type *type, struct bytes *text, struct arena *arena)
{
	struct record *record = record_new(type, arena);

	for (size_t i = 0; record && i < type->n_fields; i++) {
		switch (type->fields[i].kind) {
		case FIELD_BOOL:
			record_flag(record, i, true);
			break;
		case FIELD_INT:
			record_int(record, i, 200);
			break;
		case FIELD_TEXT:
			record_text(record, i, *text);
			break;
		case FIELD_TEXTS:
			record_texts(record, i, text, 1);
			break;
		}
	}
	return record;
}

static void ask(const struct rules *rules, struct bytes text, struct arena *arena)
{
	struct subject subject = { .src_port = 40000, .dst_port = 80 };
	uint16_t found[64];

	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		subject.records[kind] = full(types[kind], &text, arena);
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		size_t n = rules_candidates(rules, subject.records[kind], found, 64);

		for (size_t i = 0; i < n; i++)
			if (found[i] >= rules_count(rules))
				abort();
	}
	subject.records[RECORD_USE] = NULL;
	for (size_t i = 0; i < rules_count(rules); i++)
		(void)rules_match(rules, i, &subject);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rules *rules = rules_new();
	struct errors errors = { 0 };
	struct budget budget;
	struct arena arena;

	if (!rules)
		abort();
	budget_init(&budget, 1 << 20, NULL);
	arena_init(&arena, 16384, &budget);
	if (len >= 6 && memcmp(data, "config", 6) == 0)
		rule_file_classifications(rules, "fuzz.config", bytes_of(data, len), &errors);
	rule_file_rules(rules, "fuzz.rules", bytes_of(data, len), &errors);
	for (size_t i = 0; i < rules_count(rules); i++)
		if (!rules_get(rules, i)->msg || !rules_get(rules, i)->sid || !rules_get(rules, i)->text)
			abort();
	ask(rules, bytes_text("jws"), &arena);
	ask(rules, bytes_head(bytes_of(data, len), 2000), &arena);
	arena_fini(&arena);
	errors_fini(&errors);
	rules_free(rules);
	return 0;
}
