/* fuzz_keylog: the bytes as a key log, fed whole to one store and in pieces to another: both must know the same afterwards. The
 * first byte says how it is cut, the second one how much fits in. */
#include "sensor/secrets/keylog.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

struct sink {
	struct budget budget;
	struct secrets *secrets;
	struct keylog keylog;
	struct keylog_counts counts;
};

static void sink_init(struct sink *sink, uint8_t size)
{
	memset(sink, 0, sizeof *sink);
	budget_init(&sink->budget, size >= 0x80 ? 1 << 16 : 4 << 20, NULL);
	sink->secrets = secrets_new((size_t)(size & 0x7F) + 1, 1, &sink->budget);
	expect(sink->secrets != NULL);
}

static void sink_fini(struct sink *sink)
{
	secrets_free(sink->secrets);
	expect(sink->budget.used == 0);
}

/* Pieces of any length from 0 on, by a small generator. */
static void feed_cut(struct sink *sink, struct bytes log, uint8_t seed)
{
	uint32_t state = seed * 2654435761u + 1;

	while (log.len > 0) {
		state = state * 1103515245u + 12345u;
		size_t want = (state >> 16) % (seed < 16 ? 4 : 300);
		struct bytes piece = bytes_head(log, want);
		uint8_t *exact = malloc(piece.len ? piece.len : 1);

		expect(exact != NULL);
		memcpy(exact, piece.data, piece.len);
		keylog_feed(&sink->keylog, bytes_of(exact, piece.len), sink->secrets, 1, &sink->counts);
		free(exact);
		log = bytes_tail(log, piece.len);
	}
	keylog_end(&sink->keylog, sink->secrets, 1, &sink->counts);
}

static void expect_same_secrets(struct sink *a, struct sink *b, const struct session_key *key)
{
	for (unsigned label = 0; label < SECRET_LABELS; label++) {
		struct secret of_a, of_b;
		bool found = secrets_find(a->secrets, key, label, 1, &of_a);

		expect(found == secrets_find(b->secrets, key, label, 1, &of_b));
		expect(!secrets_find(a->secrets, key, label, 0, &of_a));
		if (!found)
			continue;
		expect(of_a.len == of_b.len && of_a.len > 0 && of_a.generation == of_b.generation);
		expect(memcmp(of_a.bytes, of_b.bytes, of_a.len) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct secrets_counts count_a, count_b;
	struct session_key key_a, key_b;
	uint64_t seen_a = 0, seen_b = 0;
	struct sink a, b;

	if (len < 2)
		return 0;
	sink_init(&a, data[1]);
	sink_init(&b, data[1]);
	keylog_feed(&a.keylog, bytes_of(data + 2, len - 2), a.secrets, 1, &a.counts);
	keylog_end(&a.keylog, a.secrets, 1, &a.counts);
	feed_cut(&b, bytes_of(data + 2, len - 2), data[0]);
	expect(memcmp(&a.counts, &b.counts, sizeof a.counts) == 0);
	secrets_count(a.secrets, &count_a);
	secrets_count(b.secrets, &count_b);
	expect(memcmp(&count_a, &count_b, sizeof count_a) == 0);
	expect(count_a.sessions <= (size_t)(data[1] & 0x7F) + 1 && count_a.memuse == a.budget.used);
	while (secrets_news(a.secrets, &seen_a, 1, &key_a)) {
		expect(secrets_news(b.secrets, &seen_b, 1, &key_b));
		expect(memcmp(&key_a, &key_b, sizeof key_a) == 0);
		expect_same_secrets(&a, &b, &key_a);
	}
	expect(!secrets_news(b.secrets, &seen_b, 1, &key_b));
	sink_fini(&a);
	sink_fini(&b);
	return 0;
}
