/* A record of hostile bytes for every family of suites, in every version, encrypt-then-MAC and not: none of them opens, twice in
 * a row, and none of them harms.
 *
 *   type 1 | version 2 | seq 8 | fragment */
#include "sensor/secrets/protection.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { FAMILIES_CAP = 128 };

struct families {
	struct crypto *crypto;
	const struct suite *suites[FAMILIES_CAP];
	size_t n;
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

static bool is_alike(const struct suite *a, const struct suite *b)
{
	return a->tls13 == b->tls13 && a->kind == b->kind && a->mac_len == b->mac_len && a->tag_len == b->tag_len &&
	    (a->cipher == b->cipher || (a->cipher && b->cipher && strcmp(a->cipher, b->cipher) == 0));
}

/* One suite of each cipher, MAC and tag; found once. */
static const struct families *families(void)
{
	static struct families found;

	if (found.crypto)
		return &found;
	found.crypto = crypto_new();
	must(found.crypto != NULL);
	for (unsigned id = 0; id <= UINT16_MAX; id++) {
		const struct suite *suite = suite_find((uint16_t)id);
		bool known = suite == NULL;

		for (size_t i = 0; !known && i < found.n; i++)
			known = is_alike(found.suites[i], suite);
		if (known)
			continue;
		must(found.n < FAMILIES_CAP);
		found.suites[found.n++] = suite;
	}
	return &found;
}

static void try(const struct suite *suite, uint16_t version, bool encrypt_then_mac, uint64_t seq,
    const struct protected_record *record, uint8_t *out)
{
	struct direction_keys keys;
	struct budget budget;
	uint8_t type;
	size_t len;
	bool unsupported;

	memset(&keys, 0x6b, sizeof keys);
	budget_init(&budget, 1 << 20, NULL);
	struct protection *protection = protection_new(families()->crypto, version, suite, encrypt_then_mac, &keys, &budget,
	    &unsupported);

	if (!protection) {
		must(unsupported && budget.used == 0);
		return;
	}
	must(!protection_open(protection, seq, record, &type, out, &len));
	(void)protection_resume(protection, bytes_head(record->fragment, suite->block_len));
	must(!protection_open(protection, seq + 1, record, &type, out, &len));
	must(protection_overhead(protection) < 64);
	protection_free(protection);
	must(budget.used == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = reader_of(bytes_of(data, len));
	struct protected_record record = { .type = read_u8(&r), .version = read_be16(&r) };
	uint64_t seq = read_be64(&r);

	if (r.over)
		return 0;
	record.fragment = read_rest(&r);
	uint8_t *out = malloc(record.fragment.len + 16); /* as much as is promised, so that a sanitizer sees a step beside it */

	must(out != NULL);
	for (size_t i = 0; i < families()->n; i++)
		for (uint16_t version = TLS_SSL30; version <= TLS_13 + 1; version++)
			for (int etm = 0; etm < 2; etm++)
				try(families()->suites[i], version, etm, seq, &record, out);
	free(out);
	return 0;
}
