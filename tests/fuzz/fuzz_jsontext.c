/* fuzz_jsontext: the bytes as the JSON texts of a token, without base64 in the way. */
#include "dissectors/token/claims.h"
#include "dissectors/token/jsontext.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

/* Events come in pairs and orders that the grammar has, and views lie within the text. */
static void read_events(struct bytes b)
{
	struct jsontext text;
	enum jsontext_event event, last = JSONTEXT_END;
	size_t n = 0;

	jsontext_init(&text, b);
	while ((event = jsontext_next(&text)) > JSONTEXT_END) {
		expect(text.depth <= JSONTEXT_DEPTH && ++n <= b.len);
		expect(text.raw.data >= b.data && text.raw.data + text.raw.len <= text.at && text.at <= text.end);
		expect(event != JSONTEXT_NAME || last != JSONTEXT_NAME);
		if (event == JSONTEXT_NAME || event == JSONTEXT_STRING) {
			uint8_t *plain = malloc(text.raw.len + 1);

			expect(plain && jsontext_unescape(text.raw, plain, text.raw.len + 1) <= text.raw.len);
			expect(jsontext_equal(text.raw, text.raw));
			free(plain);
		}
		last = event;
	}
	expect(event == JSONTEXT_ERROR || text.depth == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes text = bytes_of(data, len), sub = bytes_of("", 0);
	struct budget budget;
	struct arena arena;
	struct record *record;

	if (len == 0 || len > 65536)
		return 0;
	read_events(text);
	budget_init(&budget, 4 << 20, NULL);
	arena_init(&arena, 4096, &budget);
	record = record_new(&token_record, &arena);
	if (record) {
		claims_scan(CLAIMS_HEADER, text, record, &sub, &arena);
		claims_scan(CLAIMS_PAYLOAD, text, record, &sub, &arena);
	}
	arena_fini(&arena);
	return 0;
}
