#include "tests/support/opener.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

enum { EXTRA = 64 };

void opener_init(struct opener *opener, const struct crypto *crypto, uint16_t version, const struct suite *suite,
    bool encrypt_then_mac, const struct direction_keys *keys)
{
	*opener = (struct opener){ .crypto = crypto, .suite = suite, .version = version, .encrypt_then_mac = encrypt_then_mac,
		.keys = *keys };
	budget_init(&opener->budget, 1 << 20, NULL);
}

void opener_fini(struct opener *opener)
{
	for (size_t i = 0; i < opener->n; i++)
		free(opener->records[i].content);
	assert_int_equal(opener->budget.used, 0);
}

void opener_add(struct opener *opener, const struct protected_record *record)
{
	assert_true(opener->n < OPENER_CAP);
	opener->records[opener->n++] = (struct opened){ .record = *record };
}

static struct protection *begin(struct opener *opener)
{
	bool unsupported;
	struct protection *protection = protection_new(opener->crypto, opener->version, opener->suite, opener->encrypt_then_mac,
	    &opener->keys, &opener->budget, &unsupported);

	if (!protection)
		fail_msg("%s of %04x: %s", opener->suite->name, opener->version, unsupported ? "unsupported" : "no memory");
	assert_false(unsupported);
	return protection;
}

/* Into memory of exactly the promised size, from memory of exactly the record's, so that a sanitizer sees a step beside
 * either. */
static bool open_into(struct protection *protection, uint64_t seq, const struct protected_record *record, uint8_t *type,
    uint8_t **out, size_t *len)
{
	uint8_t *copy = malloc(record->fragment.len ? record->fragment.len : 1);
	struct protected_record exact = *record;

	*out = malloc(record->fragment.len + 16);
	assert_true(copy && *out);
	memcpy(copy, record->fragment.data, record->fragment.len);
	exact.fragment.data = copy;
	bool ok = protection_open(protection, seq, &exact, type, *out, len);

	free(copy);
	return ok;
}

static bool open_quietly(struct protection *protection, uint64_t seq, const struct protected_record *record)
{
	uint8_t type, *out;
	size_t len;
	bool ok = open_into(protection, seq, record, &type, &out, &len);

	free(out);
	return ok;
}

void opener_open_all(struct opener *opener)
{
	struct protection *protection = begin(opener);

	for (size_t i = 0; i < opener->n; i++) {
		struct opened *o = &opener->records[i];

		free(o->content);
		if (!open_into(protection, i, &o->record, &o->type, &o->content, &o->len))
			fail_msg("%s of %04x: record %zu of %zu bytes", opener->suite->name, opener->version, i,
			    o->record.fragment.len);
		assert_true(o->len <= o->record.fragment.len);
		size_t overhead = protection_overhead(protection);

		if (overhead > 0 && opener->version < TLS_13)
			assert_int_equal(o->len + overhead, o->record.fragment.len);
	}
	protection_free(protection);
}

static void expect_opens(struct opener *opener, struct protection *protection, size_t index)
{
	const struct opened *o = &opener->records[index];
	uint8_t type, *out;
	size_t len;

	if (!open_into(protection, index, &o->record, &type, &out, &len))
		fail_msg("%s of %04x: record %zu", opener->suite->name, opener->version, index);
	assert_int_equal(type, o->type);
	assert_int_equal(len, o->len);
	assert_memory_equal(out, o->content, len);
	free(out);
}

static void check_any_order(struct opener *opener)
{
	struct protection *protection = begin(opener);

	assert_false(protection_resume(protection, bytes_of(opener->keys.iv, 16)));
	for (size_t i = opener->n; i-- > 0;) {
		expect_opens(opener, protection, i);
		expect_opens(opener, protection, i);
	}
	protection_free(protection);
}

static bool is_chained(const struct opener *opener)
{
	return opener->suite->kind == SUITE_BLOCK && opener->version < TLS_11;
}

/* The last ciphertext block of a record. */
static struct bytes last_block(const struct opener *opener, size_t index)
{
	struct bytes fragment = opener->records[index].record.fragment;
	size_t mac_len = opener->encrypt_then_mac ? opener->suite->mac_len : 0;

	return bytes_of(fragment.data + fragment.len - mac_len - opener->suite->block_len, opener->suite->block_len);
}

static void check_resume(struct opener *opener)
{
	struct protection *protection = begin(opener);

	for (size_t i = opener->n; i-- > 1;) {
		struct bytes block = last_block(opener, i - 1);

		assert_false(protection_resume(protection, bytes_head(block, block.len - 1)));
		assert_true(protection_resume(protection, block));
		expect_opens(opener, protection, i);
	}
	protection_free(protection);
}

/* RC4 is brought to where the record begins by what was before it. */
static struct protection *begin_at(struct opener *opener, size_t index)
{
	struct protection *protection = begin(opener);

	if (protection_is_seekable(protection) || index == 0)
		return protection;
	if (is_chained(opener))
		assert_true(protection_resume(protection, last_block(opener, index - 1)));
	else
		for (size_t i = 0; i < index; i++)
			assert_true(open_quietly(protection, i, &opener->records[i].record));
	return protection;
}

bool opener_try(struct opener *opener, size_t index, uint64_t seq, const struct protected_record *record)
{
	struct protection *protection = begin_at(opener, index);
	bool ok = open_quietly(protection, seq, record);

	protection_free(protection);
	return ok;
}

static void check_seq(struct opener *opener, size_t index)
{
	const uint64_t others[] = { index + 1, index - 1, index + 256, index ^ UINT64_C(1) << 63, index ^ UINT64_C(1) << 40 };

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (opener_try(opener, index, others[i], &opener->records[index].record))
			fail_msg("%s of %04x: record %zu as %llu", opener->suite->name, opener->version, index,
			    (unsigned long long)others[i]);
	assert_true(opener_try(opener, index, index, &opener->records[index].record));
}

/* Every other record is refused for its type. */
static void check_goes_on(struct opener *opener)
{
	struct protection *protection = begin(opener);

	for (size_t i = 0; i < opener->n; i++) {
		struct protected_record spoilt = opener->records[i].record;

		spoilt.type ^= 1;
		if (i % 2 == 0)
			assert_false(open_quietly(protection, i, &spoilt));
		else
			expect_opens(opener, protection, i);
	}
	protection_free(protection);
}

void opener_check(struct opener *opener)
{
	struct protection *protection = begin(opener);
	bool seekable = protection_is_seekable(protection);

	protection_free(protection);
	assert_int_equal(seekable, opener->suite->kind != SUITE_STREAM && !is_chained(opener));
	if (seekable)
		check_any_order(opener);
	if (is_chained(opener))
		check_resume(opener);
	for (size_t i = 0; i < opener->n; i++)
		check_seq(opener, i);
	check_goes_on(opener);
}

static void refuse(struct opener *opener, size_t index, const struct protected_record *record, const char *how, size_t where)
{
	if (opener_try(opener, index, index, record))
		fail_msg("%s of %04x, record %zu: %s %zu", opener->suite->name, opener->version, index, how, where);
}

void opener_abuse(struct opener *opener, size_t index)
{
	struct protected_record record = opener->records[index].record;
	size_t len = record.fragment.len;
	uint8_t *copy = calloc(1, len + EXTRA);

	assert_non_null(copy);
	memcpy(copy, record.fragment.data, len);
	record.fragment.data = copy;
	for (size_t bit = 0; bit < 8 * len; bit++) {
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		refuse(opener, index, &record, "bit", bit);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (unsigned bit = 0; bit < 24; bit++) {
		struct protected_record other = record;

		if (bit < 8)
			other.type ^= (uint8_t)(1 << bit);
		else
			other.version ^= (uint16_t)(1 << (bit - 8));
		if (bit < 8 || opener->version > TLS_SSL30) /* which does not authenticate it */
			refuse(opener, index, &other, "bit of the header", bit);
	}
	for (size_t other = 0; other < len + EXTRA; other++) {
		record.fragment.len = other;
		if (other != len)
			refuse(opener, index, &record, "cut to", other);
	}
	record.fragment.len = len;
	assert_true(opener_try(opener, index, index, &record));
	free(copy);
}
