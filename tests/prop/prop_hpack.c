/* HPACK against libnghttp2: its encoder makes blocks of random fields, its decoder and ours read them.
 *
 * On a whole connection both say the same, of good blocks and of damaged ones. One who joins anywhere, or loses blocks anywhere,
 * says nothing wrong: its fields are the encoder's, in their order, some missing or without their names, and it counts these; and
 * none is missing once all entries of the encoder's table were inserted since. HPACK_BLOCKS=5000000 in the environment makes it
 * run for longer. */
#include "dissectors/app/hpack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	SEED = 7541,
	BLOCKS = 20000,
	FIELDS_MAX = 40,
	TEXTS_MAX = 1 << 18,
	BLOCK_MAX = 1 << 19,
	LATE = 4, /* who come late or lose blocks, on each connection */
};

static unsigned seed = SEED;

static unsigned any(unsigned n)
{
	return ((unsigned)rand_r(&seed) ^ (unsigned)rand_r(&seed) << 15) % n;
}

static unsigned blocks_wanted(void)
{
	const char *wanted = getenv("HPACK_BLOCKS");

	return wanted ? (unsigned)strtoul(wanted, NULL, 10) : BLOCKS;
}

/* ---- random fields ---- */

struct list {
	nghttp2_nv fields[FIELDS_MAX];
	size_t n, texts_len;
	uint8_t texts[TEXTS_MAX];
};

static uint8_t *list_text(struct list *list, const void *text, size_t len)
{
	uint8_t *copy = list->texts + list->texts_len;

	assert_true(len <= TEXTS_MAX - list->texts_len);
	memcpy(copy, text, len);
	list->texts_len += len;
	return copy;
}

static size_t any_name(char *name, size_t cap)
{
	static const char *const usual[] = { ":method", ":path", ":status", ":authority", "accept", "authorization", "cookie",
		"user-agent", "content-type", "x-request-id", "x-test", "traceparent", "te", "grpc-timeout", "x" };

	if (any(8))
		return (size_t)snprintf(name, cap, "%s", usual[any(sizeof usual / sizeof *usual)]);
	return (size_t)snprintf(name, cap, "x-test-%u", any(200));
}

static size_t any_value(char *value, size_t cap)
{
	static const char *const usual[] = { "GET", "POST", "/", "https", "200", "*/*", "gzip, deflate", "", "trailers",
		"application/grpc", "Mozilla/5.0 (X11; Linux x86_64) test/1.0", "\"Test\";v=\"1\", \"Not_A Brand\";v=\"2\"" };
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned kind = any(16);
	size_t len = 0;

	if (kind < 8)
		return (size_t)snprintf(value, cap, "%s", usual[any(sizeof usual / sizeof *usual)]);
	if (kind < 10)
		return (size_t)snprintf(value, cap, "/api/items/%u?test=%u", any(30), any(10));
	len = kind < 15 ? any(60) : any(any(64) ? 2000 : 9000);
	for (size_t i = 0; i < len; i++)
		value[i] = (char)(kind < 12 || kind == 15 ? (unsigned char)alphabet[any(64)] : kind == 12 ? any(256) : ' ' + any(95));
	return len;
}

static void list_make(struct list *list)
{
	list->n = any(8) ? 1 + any(12) : any(FIELDS_MAX + 1);
	list->texts_len = 0;
	for (size_t i = 0; i < list->n; i++) {
		char name[64], value[9000];
		size_t name_len = any_name(name, sizeof name), value_len = any_value(value, sizeof value);

		list->fields[i] = (nghttp2_nv){ .name = list_text(list, name, name_len), .value = list_text(list, value, value_len),
			.namelen = name_len, .valuelen = value_len, .flags = any(8) ? NGHTTP2_NV_FLAG_NONE : NGHTTP2_NV_FLAG_NO_INDEX };
	}
}

static bool list_has(const struct list *list, size_t i, const struct http_header *header, bool nameless)
{
	const nghttp2_nv *field = &list->fields[i];

	return bytes_equal(header->value, bytes_of(field->value, field->valuelen)) &&
	       (nameless ? header->name.len == 0 : bytes_equal(header->name, bytes_of(field->name, field->namelen)));
}

/* ---- our decoder ---- */

struct ours {
	struct hpack hpack;
	struct budget budget;
	struct arena arena;
	struct hpack_fields fields;
	bool begun;
	unsigned n_missed;     /* blocks that it will not see */
	uint64_t n_insertions; /* into the encoder's table, since it joined or lost blocks */
};

static void ours_init(struct ours *ours, bool from_start)
{
	*ours = (struct ours){ .begun = from_start };
	budget_init(&ours->budget, 64 << 20, NULL);
	arena_init(&ours->arena, 4096, &ours->budget);
	hpack_init(&ours->hpack, &ours->budget, from_start);
}

static void ours_fini(struct ours *ours)
{
	hpack_fini(&ours->hpack);
	arena_fini(&ours->arena);
	assert_int_equal(ours->budget.used, 0);
}

/* From memory of exactly its size, which is gone when the fields are looked at. */
static enum hpack_status ours_decode(struct ours *ours, struct bytes block)
{
	uint8_t *copy = malloc(block.len ? block.len : 1);

	assert_non_null(copy);
	if (block.len)
		memcpy(copy, block.data, block.len);
	arena_reset(&ours->arena);
	enum hpack_status status = hpack_decode(&ours->hpack, bytes_of(copy, block.len), &ours->fields, &ours->arena);

	free(copy);
	return status;
}

/* What it says is true, and of what it does not say it knows how much it is. */
static void ours_check(const struct ours *ours, const struct list *list)
{
	const struct hpack_fields *fields = &ours->fields;
	size_t at = 0, n_nameless = 0;

	for (size_t i = 0; i < fields->n; i++, at++) {
		bool nameless = fields->headers[i].name.len == 0; /* no field here has an empty name */

		n_nameless += nameless;
		while (at < list->n && !list_has(list, at, &fields->headers[i], nameless))
			at++;
		if (at == list->n)
			fail_msg("seed %d: a field that was not sent", SEED);
	}
	assert_int_equal(fields->n_unknown, list->n - fields->n + n_nameless);
}

/* ---- its oracle ---- */

/* Both decode the block; fails where they differ. What is lax may be good for us alone. */
static bool same_verdict(nghttp2_hd_inflater *oracle, struct ours *ours, struct bytes block)
{
	enum hpack_status status = ours_decode(ours, block);
	const uint8_t *at = block.data;
	size_t left = block.len, n = 0;
	int flags = 0;

	while (!(flags & NGHTTP2_HD_INFLATE_FINAL)) {
		nghttp2_nv field;
		ssize_t used = nghttp2_hd_inflate_hd2(oracle, &field, &flags, at, left, 1);

		if (used < 0) {
			assert_true(status == HPACK_BAD || ours->fields.lax);
			assert_true(n == ours->fields.n || ours->fields.lax);
			return false;
		}
		at += used;
		left -= (size_t)used;
		if (!(flags & NGHTTP2_HD_INFLATE_EMIT))
			continue;
		const struct http_header *header = &ours->fields.headers[n];

		if (n == ours->fields.n || !bytes_equal(header->name, bytes_of(field.name, field.namelen)) ||
		    !bytes_equal(header->value, bytes_of(field.value, field.valuelen)))
			fail_msg("seed %d: field %zu is wrong or missing", SEED, n);
		n++;
	}
	assert_int_equal(status, HPACK_OK);
	assert_int_equal(n, ours->fields.n);
	assert_int_equal(ours->fields.n_unknown, 0);
	return nghttp2_hd_inflate_end_headers(oracle) == 0;
}

/* ---- connections ---- */

struct connection {
	nghttp2_hd_deflater *encoder;
	nghttp2_hd_inflater *oracle;
	struct list list;
	uint8_t block[BLOCK_MAX];
	size_t len;
	struct ours whole, late[LATE];
};

static void connection_init(struct connection *c, size_t table)
{
	assert_int_equal(nghttp2_hd_deflate_new(&c->encoder, table), 0);
	assert_int_equal(nghttp2_hd_inflate_new(&c->oracle), 0);
	ours_init(&c->whole, true);
	for (unsigned i = 0; i < LATE; i++) {
		ours_init(&c->late[i], i % 2);
		c->late[i].n_missed = i % 2 ? 0 : any(20);
	}
}

static void connection_fini(struct connection *c)
{
	nghttp2_hd_deflate_del(c->encoder);
	nghttp2_hd_inflate_del(c->oracle);
	ours_fini(&c->whole);
	for (size_t i = 0; i < LATE; i++)
		ours_fini(&c->late[i]);
}

static void connection_encode(struct connection *c)
{
	list_make(&c->list);
	ssize_t len = nghttp2_hd_deflate_hd(c->encoder, c->block, sizeof c->block, c->list.fields, c->list.n);

	assert_true(len >= 0);
	c->len = (size_t)len;
}

static void connection_resize(struct connection *c, uint32_t size)
{
	assert_int_equal(nghttp2_hd_deflate_change_table_size(c->encoder, size), 0);
	assert_int_equal(nghttp2_hd_inflate_change_table_size(c->oracle, size), 0);
	hpack_settings(&c->whole.hpack, size);
	for (size_t i = 0; i < LATE; i++)
		if (c->late[i].begun)
			hpack_settings(&c->late[i].hpack, size);
}

/* An integer of 5.1 in a block that is known to be good. */
static size_t skip_integer(const uint8_t *block, size_t *at, uint8_t mask)
{
	size_t value = block[(*at)++] & mask;

	if (value < mask)
		return value;
	for (unsigned shift = 0;; shift += 7) {
		value += (size_t)(block[*at] & 0x7F) << shift;
		if (block[(*at)++] < 0x80)
			return value;
	}
}

/* How many fields of a good block go into the table. */
static unsigned count_insertions(const uint8_t *block, size_t len)
{
	unsigned n = 0;

	for (size_t at = 0; at < len;) {
		uint8_t first = block[at];
		bool literal = first < 0x20 || (first >= 0x40 && first < 0x80);
		size_t index = skip_integer(block, &at, first & 0x80 ? 0x7F : first & 0x40 ? 0x3F : first & 0x20 ? 0x1F : 0x0F);

		for (unsigned strings = !literal ? 0 : index == 0 ? 2 : 1; strings > 0; strings--) {
			size_t string = skip_integer(block, &at, 0x7F);

			at += string;
		}
		n += literal && first & 0x40;
	}
	return n;
}

/* ---- whole, late ---- */

struct score {
	unsigned n_blocks, n_full, n_part; /* that late ones read with nothing, with something missing */
};

/* `n_entries`: of the encoder's table before the block; UINT64_MAX if not all of it is kept. */
static void late_round(const struct connection *c, struct ours *late, uint64_t n_entries, struct score *score)
{
	if (late->n_missed > 0) {
		if (--late->n_missed == 0 && late->begun)
			hpack_lost(&late->hpack);
		late->n_insertions = 0;
		return;
	}
	late->begun = true;
	assert_int_equal(ours_decode(late, bytes_of(c->block, c->len)), HPACK_OK);
	ours_check(late, &c->list);
	if (late->n_insertions >= n_entries)
		assert_int_equal(late->fields.n, c->list.n);
	if (late->fields.n_unknown == 0)
		score->n_full++;
	else
		score->n_part++;
	late->n_insertions += count_insertions(c->block, c->len);
	late->n_missed = any(30) ? 0 : 1 + any(5);
}

static void whole_round(struct connection *c, struct score *score)
{
	static const uint32_t sizes[] = { 0, 31, 100, 256, 1000, 4096, 4096, 16384, 65536, 100000 };
	uint64_t n_entries = nghttp2_hd_deflate_get_num_table_entries(c->encoder) - 61;

	if (any(20) == 0)
		connection_resize(c, sizes[any(sizeof sizes / sizeof *sizes)]);
	if (any(60) == 0)
		connection_resize(c, sizes[any(sizeof sizes / sizeof *sizes)]);
	connection_encode(c);
	assert_true(same_verdict(c->oracle, &c->whole, bytes_of(c->block, c->len)));
	ours_check(&c->whole, &c->list);
	for (size_t i = 0; i < LATE; i++)
		late_round(c, &c->late[i], n_entries, score);
	score->n_blocks++;
}

static void test_whole_and_late(void **state)
{
	static const size_t tables[] = { 4096, 256, 65536, 0, HPACK_TABLE_CAP };
	struct connection *c = malloc(sizeof *c);
	struct score score = { 0 };

	(void)state;
	assert_non_null(c);
	while (score.n_blocks < blocks_wanted()) {
		connection_init(c, tables[any(sizeof tables / sizeof *tables)]);
		for (unsigned n = 1 + any(200); n > 0; n--)
			whole_round(c, &score);
		connection_fini(c);
	}
	printf("%u blocks; late: %u in full, %u with something unknown\n", score.n_blocks, score.n_full, score.n_part);
	assert_true(score.n_full > score.n_blocks && score.n_part > score.n_blocks / 4);
	free(c);
}

/* An encoder's table that is larger than what is kept of it. */
static void test_larger_table(void **state)
{
	struct connection *c = malloc(sizeof *c);
	size_t n_missing = 0;

	(void)state;
	assert_non_null(c);
	connection_init(c, 4 * HPACK_TABLE_CAP);
	connection_resize(c, 4 * HPACK_TABLE_CAP);
	for (unsigned n = 0; n < 2000; n++) {
		connection_encode(c);
		assert_int_equal(ours_decode(&c->whole, bytes_of(c->block, c->len)), HPACK_OK);
		ours_check(&c->whole, &c->list);
		n_missing += c->whole.fields.n_unknown;
		assert_true(n > 10 || n_missing == 0);
	}
	assert_true(nghttp2_hd_deflate_get_dynamic_table_size(c->encoder) > 3 * HPACK_TABLE_CAP);
	assert_true(n_missing > 100);
	connection_fini(c);
	free(c);
}

/* ---- damaged ---- */

static void damage(struct connection *c)
{
	static const uint8_t likely[] = { 0x20, 0x3F, 0x80, 0xBE, 0xFF, 0x7F, 0x0F, 0x1F };

	for (unsigned n = 1 + any(3); n > 0 && c->len > 1; n--) {
		size_t at = any(any(3) ? (unsigned)c->len : c->len < 16 ? (unsigned)c->len : 16);

		switch (any(6)) {
		case 0:
			c->block[at] ^= (uint8_t)(1 << any(8));
			break;
		case 1:
			c->block[at] = (uint8_t)any(256);
			break;
		case 2:
			memmove(c->block + at, c->block + at + 1, --c->len - at);
			break;
		case 3:
			memmove(c->block + at + 1, c->block + at, c->len++ - at);
			c->block[at] = any(2) ? (uint8_t)any(256) : likely[any(sizeof likely)];
			break;
		case 4:
			c->len = any(4) ? c->len : at;
			break;
		default:
			c->block[at] = 0xFF;
		}
	}
}

static void test_damaged(void **state)
{
	struct connection *c = malloc(sizeof *c);
	unsigned n_good = 0, n_bad = 0;

	(void)state;
	assert_non_null(c);
	while (n_good + n_bad < blocks_wanted()) {
		bool good = true;

		connection_init(c, 4096);
		for (unsigned n = any(5); n > 0; n--) {
			connection_encode(c);
			assert_true(same_verdict(c->oracle, &c->whole, bytes_of(c->block, c->len)));
		}
		while (good && any(8)) {
			connection_encode(c);
			damage(c);
			good = same_verdict(c->oracle, &c->whole, bytes_of(c->block, c->len));
			n_good += good;
			n_bad += !good;
		}
		connection_fini(c);
	}
	printf("%u damaged blocks are good, %u are bad\n", n_good, n_bad);
	assert_true(n_good > n_bad / 8 && n_bad > n_good / 8);
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_and_late),
		cmocka_unit_test(test_larger_table),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
