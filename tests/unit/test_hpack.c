#include "dissectors/app/hpack.h"
#include "dissectors/app/hpack_table.h"
#include "tests/support/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

/* A decoder and what it said last, as lines "name: value\n", '?' behind them for each that is unknown. */
struct kit {
	struct hpack hpack;
	struct budget budget;
	struct arena arena;
	struct hpack_fields fields;
	char said[4096]; /* of blocks in hexadecimal */
};

static void kit_init(struct kit *kit, bool from_start)
{
	budget_init(&kit->budget, 8 << 20, NULL);
	arena_init(&kit->arena, 4096, &kit->budget);
	hpack_init(&kit->hpack, &kit->budget, from_start);
}

static void kit_fini(struct kit *kit)
{
	hpack_fini(&kit->hpack);
	arena_fini(&kit->arena);
	assert_int_equal(kit->budget.used, 0);
}

static size_t kit_put(struct kit *kit, size_t at, struct bytes text)
{
	assert_true(at + text.len + 3 < sizeof kit->said);
	if (text.len)
		memcpy(kit->said + at, text.data, text.len);
	return at + text.len;
}

static void kit_say(struct kit *kit)
{
	size_t at = 0;

	for (size_t i = 0; i < kit->fields.n; i++) {
		at = kit_put(kit, at, kit->fields.headers[i].name);
		at = kit_put(kit, at, bytes_text(": "));
		at = kit_put(kit, at, kit->fields.headers[i].value);
		at = kit_put(kit, at, bytes_text("\n"));
	}
	for (size_t i = 0; i < kit->fields.n_unknown; i++)
		at = kit_put(kit, at, bytes_text("?"));
	kit->said[at] = '\0';
}

static enum hpack_status kit_decode(struct kit *kit, const char *hex)
{
	size_t len;
	uint8_t *block = hex_bytes(hex, &len);
	enum hpack_status status = hpack_decode(&kit->hpack, bytes_of(block, len), &kit->fields, &kit->arena);

	free(block); /* fields outlast it */
	kit_say(kit);
	return status;
}

static void kit_expect(struct kit *kit, const char *hex, const char *want)
{
	assert_int_equal(kit_decode(kit, hex), HPACK_OK);
	assert_string_equal(kit->said, want);
}

#define FIRST_REQUEST ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n"
#define SECOND_REQUEST FIRST_REQUEST "cache-control: no-cache\n"
#define THIRD_REQUEST ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value\n"
#define FIRST_RESPONSE ":status: 302\n" MOVED
#define SECOND_RESPONSE ":status: 307\n" MOVED
#define MOVED "cache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\nlocation: https://www.example.com\n"
#define THIRD_RESPONSE \
	":status: 200\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:22 GMT\nlocation: https://www.example.com\n" \
	"content-encoding: gzip\nset-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\n"

/* RFC 7541 C.2 */
static void test_representations(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, true);
	kit_expect(&kit, "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572", "custom-key: custom-header\n");
	kit_expect(&kit, "be", "custom-key: custom-header\n");
	kit_expect(&kit, "040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path\n");
	assert_false(kit.fields.never_indexed);
	kit_expect(&kit, "1008 7061 7373 776f 7264 0673 6563 7265 74", "password: secret\n");
	assert_true(kit.fields.never_indexed);
	kit_expect(&kit, "82", ":method: GET\n");
	assert_false(kit.fields.never_indexed);
	kit_expect(&kit, "500161", "accept-encoding: a\n"); /* that bit is of its index */
	assert_false(kit.fields.never_indexed);
	kit_expect(&kit, "1f01 0161 82", "accept-encoding: a\n:method: GET\n");
	assert_true(kit.fields.never_indexed);
	assert_int_equal(kit_decode(&kit, "c0"), HPACK_BAD); /* only two entries were made */
	kit_fini(&kit);
}

static const struct {
	const char *what;
	const char *blocks[3], *want[3];
	uint32_t limit;
} examples[] = {
	{ "C.3: requests",
	  { "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", "8286 84be 5808 6e6f 2d63 6163 6865",
	    "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65" },
	  { FIRST_REQUEST, SECOND_REQUEST, THIRD_REQUEST }, 4096 },
	{ "C.4: requests, Huffman coded",
	  { "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", "8286 84be 5886 a8eb 1064 9cbf",
	    "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf" },
	  { FIRST_REQUEST, SECOND_REQUEST, THIRD_REQUEST }, 4096 },
	{ "C.5: responses, entries are evicted",
	  { "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 54"
	    "6e17 6874 7470 733a 2f2f 7777 772e 6578 616d 706c 652e 636f 6d",
	    "4803 3330 37c1 c0bf",
	    "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d"
	    "4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572"
	    "7369 6f6e 3d31" },
	  { FIRST_RESPONSE, SECOND_RESPONSE, THIRD_RESPONSE }, 256 },
	{ "C.6: responses, Huffman coded",
	  { "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b"
	    "97c8 e9ae 82ae 43d3",
	    "4883 640e ffc1 c0bf",
	    "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf"
	    "cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07" },
	  { FIRST_RESPONSE, SECOND_RESPONSE, THIRD_RESPONSE }, 256 },
};

static void test_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		struct kit kit;

		kit_init(&kit, true);
		hpack_settings(&kit.hpack, examples[i].limit);
		if (examples[i].limit == 256)
			kit_expect(&kit, "3fe101", "");
		for (size_t b = 0; b < 3; b++)
			kit_expect(&kit, examples[i].blocks[b], examples[i].want[b]);
		kit_fini(&kit);
	}
}

/* ---- blocks that are made ---- */

/* Any block that holds 64 KB. */
struct maker {
	size_t len;
	uint8_t data[400000];
};

static void make_byte(struct maker *m, unsigned byte)
{
	assert_true(m->len < sizeof m->data);
	m->data[m->len++] = (uint8_t)byte;
}

static void make_integer(struct maker *m, unsigned first, unsigned mask, uint32_t value)
{
	if (value < mask) {
		make_byte(m, first | value);
		return;
	}
	make_byte(m, first | mask);
	for (value -= mask; value >= 0x80; value >>= 7)
		make_byte(m, 0x80 | (value & 0x7F));
	make_byte(m, value);
}

static void make_string(struct maker *m, char c, uint32_t len)
{
	make_integer(m, 0, 0x7F, len);
	for (uint32_t i = 0; i < len; i++)
		make_byte(m, (uint8_t)c);
}

/* With incremental indexing; a name of one letter, and as many letters for a value as make the entry as large as that. */
static void make_entry(struct maker *m, char name, char value, uint32_t size)
{
	make_byte(m, 0x40);
	make_string(m, name, 1);
	make_string(m, value, size - 33);
}

/* Likewise without. */
static void make_literal(struct maker *m, char name, char value, uint32_t len)
{
	make_byte(m, 0);
	make_string(m, name, 1);
	make_string(m, value, len - 1);
}

static enum hpack_status kit_make(struct kit *kit, const struct maker *m)
{
	arena_reset(&kit->arena);
	return hpack_decode(&kit->hpack, bytes_of(m->data, m->len), &kit->fields, &kit->arena);
}

static void kit_entry(struct kit *kit, char name, uint32_t size)
{
	struct maker m = { .len = 0 };

	make_entry(&m, name, 'v', size);
	assert_int_equal(kit_make(kit, &m), HPACK_OK);
}

/* Entries of 1024 bytes each, named after the letters from `first` on. */
static void kit_fill(struct kit *kit, char first, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		kit_entry(kit, (char)(first + (char)i), 1024);
}

/* Which letter is the name of the entry at an index? '?': unknown, '!': no such entry; only then other entries are forgotten. */
static char kit_name_at(struct kit *kit, uint32_t index)
{
	struct maker m = { .len = 0 };

	make_integer(&m, 0x80, 0x7F, index);
	enum hpack_status status = kit_make(kit, &m);

	if (status == HPACK_BAD) {
		assert_int_equal(kit->fields.n, 0);
		assert_int_equal(kit->fields.n_unknown, 0);
		return '!';
	}
	assert_int_equal(status, HPACK_OK);
	assert_true(kit->fields.n == 1 || kit->fields.n_unknown == 1);
	return kit->fields.n_unknown ? '?' : (char)kit->fields.headers[0].name.data[0];
}

/* How many entries are known, with no mistake made. */
static unsigned kit_entries(const struct kit *kit)
{
	return kit->hpack.table ? kit->hpack.table->n : 0;
}

/* ---- errors ---- */

static const struct {
	const char *what, *block, *said; /* NULL: it is good, a near miss */
} errors[] = {
	{ "index 0", "8280", ":method: GET\n" },
	{ "beyond the table", "be", "" },
	{ "far beyond", "82ff808080800f", ":method: GET\n" },
	{ "the last static one", "bd", NULL },
	{ "name beyond the table", "827e0161", ":method: GET\n" },
	{ "name beyond the table, not indexed", "0f2f0161", "" },
	{ "the last static name", "0f2e0161", NULL },
	{ "integer without its end", "82ff", ":method: GET\n" },
	{ "integer without its end, longer", "82ff80", ":method: GET\n" },
	{ "name missing", "8240", ":method: GET\n" },
	{ "name cut off", "824002 61", ":method: GET\n" },
	{ "value missing", "82400161", ":method: GET\n" },
	{ "value cut off", "8240016102 62", ":method: GET\n" },
	{ "both empty", "400000", NULL },
	{ "string of 4 GB", "00017f ffffffff0f", "" },
	{ "Huffman: zeros at the end", "0001618100", "" },
	{ "Huffman: ones at the end", "0001618107", NULL },
	{ "Huffman: eight ones more", "0001618207ff", "" },
	{ "Huffman: EOS", "82 00 84ffffffff 00", ":method: GET\n" },
	{ "Huffman: empty", "00016180", NULL },
	{ "two updates", "203f0082", NULL },
	{ "update to the limit", "3fe11f", NULL },
	{ "update without its end", "3f", "" },
};

/* What was before the mistake is there; from there on indexes beyond what is known are no mistakes any more. */
static void test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		struct kit kit;

		kit_init(&kit, true);
		if (!errors[i].said) {
			if (kit_decode(&kit, errors[i].block) != HPACK_OK)
				fail_msg("%s: not taken", errors[i].what);
			kit_fini(&kit);
			continue;
		}
		if (kit_decode(&kit, errors[i].block) != HPACK_BAD || strcmp(kit.said, errors[i].said) != 0)
			fail_msg("%s: %s", errors[i].what, kit.said);
		kit_expect(&kit, "fe", "?");
		kit_expect(&kit, "40016101 62be", "a: b\na: b\n");
		kit_expect(&kit, "3fe1ff03", ""); /* to 65536: nobody knows what the encoder keeps to */
		assert_true(kit.fields.resized);
		kit_fini(&kit);
	}
}

/* RFC 7541 5.1, as far as 32 bits go. Who joined takes every size. */
static void test_integers(void **state)
{
	static const struct {
		const char *block;
		uint32_t size;
	} cases[] = {
		{ "20", 0 }, { "3e", 30 }, { "3f00", 31 }, { "3f01", 32 }, { "3f9a0a", 1337 }, { "3f8080808000", 31 },
		{ "3fe0ffffff0f", UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kit kit;

		kit_init(&kit, false);
		kit_expect(&kit, cases[i].block, "");
		assert_true(kit.fields.resized);
		assert_int_equal(kit.hpack.max, cases[i].size);
		assert_int_equal(kit_decode(&kit, "3fe1ffffff0f"), HPACK_BAD);     /* 2^32 */
		assert_int_equal(kit_decode(&kit, "3fe0ffffff1f"), HPACK_BAD);
		kit_expect(&kit, "3f808080808000", "");                            /* 31, said in many bytes */
		assert_int_equal(kit.hpack.max, 31);
		assert_true(kit.fields.lax);
		assert_int_equal(kit_decode(&kit, "3f808080808001"), HPACK_BAD);   /* 2^35 + 31 */
		assert_int_equal(kit_decode(&kit, "3f808080808080808000"), HPACK_OK);
		assert_int_equal(kit_decode(&kit, "3f80808080808080808000"), HPACK_BAD);
		kit_fini(&kit);
	}
}

/* ---- the table ---- */

/* RFC 7541 4.1 to 4.4 */
static void test_eviction(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, true);
	kit_expect(&kit, "3f18", ""); /* 55: just one entry */
	kit_expect(&kit, "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572", "custom-key: custom-header\n");
	kit_expect(&kit, "be", "custom-key: custom-header\n");
	kit_expect(&kit, "7e0161", "custom-key: a\n"); /* takes its name from the entry that it evicts */
	kit_expect(&kit, "be", "custom-key: a\n");
	assert_int_equal(kit_decode(&kit, "bf"), HPACK_BAD);
	kit_fini(&kit);

	kit_init(&kit, true);
	kit_expect(&kit, "3f17", ""); /* 54: not even that */
	kit_expect(&kit, "40016101 62be", "a: b\na: b\n");
	kit_expect(&kit, "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572", "custom-key: custom-header\n");
	assert_int_equal(kit_decode(&kit, "be"), HPACK_BAD); /* what was there before is gone too */
	kit_fini(&kit);

	kit_init(&kit, true);
	kit_fill(&kit, 'a', 4);
	assert_int_equal(kit_name_at(&kit, 62), 'd');
	assert_int_equal(kit_name_at(&kit, 65), 'a');
	kit_entry(&kit, 'e', 1024);
	assert_int_equal(kit_name_at(&kit, 65), 'b');
	kit_entry(&kit, 'f', 1025); /* a byte too many for four */
	assert_int_equal(kit_name_at(&kit, 64), 'd');
	assert_int_equal(kit_entries(&kit), 3);
	kit_entry(&kit, 'g', 1023);
	assert_int_equal(kit_name_at(&kit, 65), 'd');
	assert_int_equal(kit_entries(&kit), 4);
	kit_expect(&kit, "3fe117", ""); /* 3072 */
	assert_int_equal(kit_name_at(&kit, 64), 'e');
	assert_int_equal(kit_entries(&kit), 3);
	kit_expect(&kit, "203fe11f", ""); /* 0, then 4096 */
	assert_int_equal(kit_name_at(&kit, 62), '!');
	kit_fini(&kit);
}

/* Until the encoder has seen new settings, both hold. */
static void test_settings(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, true);
	hpack_settings(&kit.hpack, 8192);
	kit_expect(&kit, "3fe11f", "");
	kit_expect(&kit, "3fe13f", "");
	assert_false(kit.fields.lax);
	kit_expect(&kit, "3fe23f", "");
	assert_true(kit.fields.lax);
	kit_fini(&kit);

	kit_init(&kit, true);
	hpack_settings(&kit.hpack, 1024);
	kit_fill(&kit, 'a', 4); /* as large as it was */
	assert_int_equal(kit_name_at(&kit, 65), 'a');
	kit_expect(&kit, "3fe20f", ""); /* 2049: not yet seen */
	kit_expect(&kit, "3fe11f", "");
	kit_expect(&kit, "3fe107", ""); /* 1024: seen */
	assert_int_equal(kit_name_at(&kit, 62), 'd');
	assert_false(kit.fields.lax);
	kit_expect(&kit, "3fe207", "");
	assert_true(kit.fields.lax);
	kit_fini(&kit);

	kit_init(&kit, true);
	hpack_settings(&kit.hpack, UINT32_MAX); /* were lost */
	kit_expect(&kit, "3fe0ffffff0f", "");
	kit_fini(&kit);
}

/* What a server that is lenient takes as well, and a strict one refuses: a token behind it is not hidden. */
static void test_bad_updates(void **state)
{
	static const struct {
		const char *what, *block, *said;
		bool bad;
	} cases[] = {
		{ "two", "203fe11f82be", NULL, false },
		{ "two, and an entry", "203fe11f40016101 62be", "a: b\na: b\n", false },
		{ "three", "2020203fe11f40016101 62be", "a: b\na: b\n", true },
		{ "behind a field", "823fe11f40016101 62be", ":method: GET\na: b\na: b\n", true },
		{ "behind a field, it empties the table", "40016101 622040016301 64", "a: b\nc: d\n", true },
		{ "beyond what is allowed", "3fe2ff0340016101 62be", "a: b\na: b\n", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kit kit;

		kit_init(&kit, true);
		enum hpack_status status = kit_decode(&kit, cases[i].block);

		if (status != (cases[i].said ? HPACK_OK : HPACK_BAD) || kit.fields.lax != cases[i].bad)
			fail_msg("%s: status %d, %s", cases[i].what, status, cases[i].bad ? "not told" : "told");
		if (cases[i].said)
			assert_string_equal(kit.said, cases[i].said);
		kit_fini(&kit);
	}
}

/* ---- joined, lost ---- */

static void test_joined(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, false);
	kit_expect(&kit, "82be84bf", ":method: GET\n:path: /\n??");
	kit_expect(&kit, "40016101 62be bf", "a: b\na: b\n?");
	/* of a literal whose name is unknown the value is there; of the entry that it makes, too */
	kit_expect(&kit, "0f31 0163", ": c\n?");
	kit_expect(&kit, "7f00 0164", ": d\n?");
	kit_expect(&kit, "be bf c0", ": d\na: b\n??");
	kit_expect(&kit, "7e 0165", ": e\n?");
	kit_expect(&kit, "7f01 0166", "a: f\n");
	kit_expect(&kit, "be bf c0 c1 c2", "a: f\n: e\n: d\na: b\n???");
	/* an empty name is not an unknown one */
	kit_expect(&kit, "4000 0167 be", ": g\n: g\n");
	kit_expect(&kit, "7e 0168 be", ": h\n: h\n");
	/* the table is emptied: nothing is unknown any more */
	kit_expect(&kit, "203fe11f 40016101 62be", "a: b\na: b\n");
	assert_int_equal(kit_decode(&kit, "bf"), HPACK_BAD);
	kit_fini(&kit);
}

/* What is known and fills the encoder's table leaves no room for anything unknown. */
static void test_lost(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, true);
	kit_fill(&kit, 'a', 3);
	hpack_lost(&kit.hpack);
	assert_int_equal(kit_name_at(&kit, 62), '?');
	kit_fill(&kit, 'k', 3);
	assert_int_equal(kit_name_at(&kit, 64), 'k');
	assert_int_equal(kit_name_at(&kit, 65), '?');
	assert_int_equal(kit_name_at(&kit, 62 + 127), '?');
	kit_fill(&kit, 'n', 1);
	assert_int_equal(kit_name_at(&kit, 62), 'n');
	assert_int_equal(kit_name_at(&kit, 65), 'k');
	assert_int_equal(kit_name_at(&kit, 66), '!');
	kit_fini(&kit);

	kit_init(&kit, true);
	hpack_lost(&kit.hpack);
	assert_int_equal(kit_name_at(&kit, 62 + 128), '!'); /* 4096 bytes hold 128 entries */
	kit_fini(&kit);

	/* an entry of 32 bytes may be beside those that are known, or not even that */
	for (uint32_t left = 31; left <= 32; left++) {
		kit_init(&kit, true);
		hpack_lost(&kit.hpack);
		kit_fill(&kit, 'a', 3);
		kit_entry(&kit, 'd', 1024 - left);
		assert_int_equal(kit_name_at(&kit, 65), 'a');
		assert_int_equal(kit_name_at(&kit, 66), left < 32 ? '!' : '?');
		kit_fini(&kit);
	}
	/* what is too large for the encoder's table empties that */
	for (uint32_t size = 4096; size <= 4097; size++) {
		kit_init(&kit, true);
		hpack_lost(&kit.hpack);
		kit_entry(&kit, 'a', size);
		assert_int_equal(kit_name_at(&kit, 62), size > 4096 ? '!' : 'a');
		kit_fini(&kit);
	}
}

/* After a loss nobody knows of smaller sizes, nor of larger ones within the limit. */
static void test_lost_size(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, true);
	kit_expect(&kit, "3fe107", ""); /* 1024 */
	hpack_settings(&kit.hpack, 8192);
	hpack_lost(&kit.hpack);
	kit_fill(&kit, 'a', 7);
	assert_int_equal(kit_name_at(&kit, 68), 'a');
	assert_int_equal(kit_name_at(&kit, 69), '?');
	kit_expect(&kit, "3fe10f", ""); /* 2048 */
	assert_int_equal(kit_name_at(&kit, 63), 'f');
	assert_int_equal(kit_name_at(&kit, 64), '!');
	kit_fini(&kit);
}

/* An entry whose name is unknown takes some room of which nobody knows how much: what is kept may be too much, and never is at a
 * wrong place. */
static void test_unknown_size(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, true);
	hpack_lost(&kit.hpack);
	kit_fill(&kit, 'a', 3);
	kit_expect(&kit, "7f50 0176", ": v\n?");
	assert_int_equal(kit_name_at(&kit, 62), '?');
	assert_int_equal(kit_name_at(&kit, 65), 'a');
	kit_fill(&kit, 'd', 1); /* 4 * 1024 and 33 bytes at least: the first one is gone */
	assert_int_equal(kit_name_at(&kit, 62), 'd');
	assert_int_equal(kit_name_at(&kit, 63), '?');
	assert_int_equal(kit_name_at(&kit, 65), 'b');
	assert_int_equal(kit_name_at(&kit, 66), '!');
	kit_fini(&kit);
}

/* ---- caps ---- */

/* An encoder that has more than is kept: its oldest are unknown, its newest are at their places. */
static void test_table_cap(void **state)
{
	struct kit kit;

	(void)state;
	kit_init(&kit, true);
	hpack_settings(&kit.hpack, 1 << 20);
	kit_expect(&kit, "3fe1ff3f", "");
	kit_fill(&kit, 'A', 64);
	assert_int_equal(kit_name_at(&kit, 62 + 63), 'A');
	kit_fill(&kit, 'A', 1);
	assert_int_equal(kit_name_at(&kit, 62 + 63), 'B');
	assert_int_equal(kit_name_at(&kit, 62 + 64), '?');
	assert_true(kit.budget.used - HPACK_TABLE_CAP < 32768);

	/* as large as all that is kept */
	kit_entry(&kit, 'y', HPACK_TABLE_CAP);
	assert_int_equal(kit_name_at(&kit, 62), 'y');
	assert_int_equal(kit_name_at(&kit, 63), '?');
	kit_fini(&kit);

	/* larger: it pushes everything away, itself too */
	kit_init(&kit, true);
	hpack_settings(&kit.hpack, 1 << 20);
	kit_expect(&kit, "3fe1ff3f", "");
	kit_fill(&kit, 'a', 1);
	kit_entry(&kit, 'z', HPACK_TABLE_CAP + 1);
	assert_int_equal(kit.fields.headers[0].value.len, HPACK_TABLE_CAP + 1 - 33);
	assert_int_equal(kit_name_at(&kit, 62), '?');
	kit_fill(&kit, 'b', 1);
	assert_int_equal(kit_name_at(&kit, 62), 'b');
	assert_int_equal(kit_name_at(&kit, 63), '?');
	kit_fini(&kit);
}

static void test_headers_cap(void **state)
{
	struct kit kit;
	struct maker m = { .len = 0 };

	(void)state;
	kit_init(&kit, true);
	for (size_t i = 0; i < HPACK_HEADERS_CAP; i++)
		make_byte(&m, 0x82);
	assert_int_equal(kit_make(&kit, &m), HPACK_OK);
	assert_int_equal(kit.fields.n, HPACK_HEADERS_CAP);
	make_byte(&m, 0x84);
	make_entry(&m, 'a', 'b', 100);
	assert_int_equal(kit_make(&kit, &m), HPACK_FULL);
	assert_int_equal(kit.fields.n, HPACK_HEADERS_CAP);
	assert_true(bytes_is(kit.fields.headers[HPACK_HEADERS_CAP - 1].name, ":method"));
	assert_int_equal(kit_name_at(&kit, 62), 'a'); /* the table goes on */
	assert_int_equal(kit_name_at(&kit, 63), '!');
	kit_fini(&kit);
}

/* The bomb: a large entry, and many references to it. */
static void test_list_cap(void **state)
{
	struct kit kit;
	struct maker m = { .len = 0 };
	size_t n = HPACK_LIST_CAP / 4064;

	(void)state;
	kit_init(&kit, true);
	make_entry(&m, 'a', 'v', 4096);
	for (size_t i = 1; i < n; i++)
		make_literal(&m, 'a', 'v', 4064);
	assert_int_equal(kit_make(&kit, &m), HPACK_OK);
	assert_int_equal(kit.fields.n, n);
	for (size_t i = 0; i < 20; i++)
		make_literal(&m, 'a', 'v', 4064);
	make_entry(&m, 'b', 'w', 50);
	kit.budget.peak = 0;
	assert_int_equal(kit_make(&kit, &m), HPACK_FULL);
	assert_int_equal(kit.fields.n, n);
	assert_int_equal(kit.fields.headers[n - 1].value.len, 4063);
	assert_true(kit.budget.peak < 3 * HPACK_LIST_CAP);
	assert_int_equal(kit_name_at(&kit, 62), 'b');
	assert_int_equal(kit_name_at(&kit, 63), '!');
	kit_fini(&kit);
}

/* One entry over and over: as much as the table could hold twice, and what is not of the table. */
static void test_indexed_cap(void **state)
{
	static const struct {
		uint32_t max;
		size_t n;
	} cases[] = { { 4096, 8 }, { 65536, 32 } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kit kit;
		struct maker m = { .len = 0 };

		kit_init(&kit, true);
		hpack_settings(&kit.hpack, cases[i].max);
		kit_expect(&kit, i ? "3fe1ff03" : "3fe11f", "");
		make_entry(&m, 'a', 'v', 1024 + HPACK_ENTRY_OVERHEAD);
		for (size_t n = 0; n < cases[i].n; n++)
			make_byte(&m, 0xBE);
		assert_int_equal(kit_make(&kit, &m), HPACK_OK);
		assert_int_equal(kit.fields.n, 1 + cases[i].n);
		for (size_t n = 0; n < 1000; n++)
			make_byte(&m, 0xBE);
		make_byte(&m, 0x82);
		make_entry(&m, 'b', 'w', 50);
		assert_int_equal(kit_make(&kit, &m), HPACK_FULL);
		assert_int_equal(kit.fields.n, 3 + cases[i].n);
		assert_true(bytes_is(kit.fields.headers[1 + cases[i].n].name, ":method"));
		assert_int_equal(kit.fields.headers[2 + cases[i].n].name.data[0], 'b');
		assert_int_equal(kit_name_at(&kit, 62), 'b');
		kit_fini(&kit);
	}
}

/* Literals that are not collected any more take no memory. */
static void test_full_literals(void **state)
{
	struct kit kit;
	struct maker m = { .len = 0 };

	(void)state;
	kit_init(&kit, true);
	for (size_t i = 0; i <= HPACK_HEADERS_CAP; i++)
		make_byte(&m, 0x82);
	assert_int_equal(kit_make(&kit, &m), HPACK_FULL);
	size_t peak = kit.budget.peak;

	for (size_t i = 0; i < 2000; i++) {
		make_byte(&m, 0);
		make_string(&m, 'a', 9);
		make_string(&m, 'b', 20);
	}
	kit.budget.peak = 0;
	assert_int_equal(kit_make(&kit, &m), HPACK_FULL);
	assert_true(kit.budget.peak < peak + 4096 + 1024);
	kit_fini(&kit);
}

/* The other bomb: a large name, and many entries of two bytes each that take it. */
static void test_insertions_cap(void **state)
{
	struct kit kit;
	struct maker m = { .len = 0 };
	size_t n = HPACK_LIST_CAP / 4064 - 4;

	(void)state;
	kit_init(&kit, true);
	make_byte(&m, 0x40);
	make_string(&m, 'n', 4064);
	make_string(&m, 'v', 0);
	assert_int_equal(kit_make(&kit, &m), HPACK_OK);
	m.len = 0;
	for (size_t i = 0; i < HPACK_HEADERS_CAP - n; i++)
		make_byte(&m, 0x82);
	for (size_t i = 0; i < n; i++) {
		make_byte(&m, 0x7E);
		make_byte(&m, 0);
	}
	assert_int_equal(kit_make(&kit, &m), HPACK_OK);
	assert_int_equal(kit_name_at(&kit, 62), 'n');
	assert_int_equal(kit_make(&kit, &m), HPACK_OK);
	for (size_t i = 0; i < 20000; i++) {
		make_byte(&m, 0x7E);
		make_byte(&m, 0);
	}
	make_entry(&m, 'a', 'v', 40);
	assert_int_equal(kit_make(&kit, &m), HPACK_FULL);
	assert_int_equal(kit.fields.n, HPACK_HEADERS_CAP);
	assert_int_equal(kit_name_at(&kit, 62), '?');
	kit_fill(&kit, 'b', 1);
	assert_int_equal(kit_name_at(&kit, 62), 'b');
	assert_int_equal(kit_name_at(&kit, 63), '?');
	kit_fini(&kit);
}

/* ---- memory ---- */

/* However little there is: what is said is true, and the next block that finds memory is decoded. */
static void test_refused(void **state)
{
	unsigned n_ok = 0, n_refused = 0;

	(void)state;
	for (size_t cap = 0; cap < 12000; cap += 8) {
		struct kit kit;
		struct arena arena;
		struct budget budget;
		struct maker m = { .len = 0 };

		kit_init(&kit, true);
		budget_init(&budget, cap / 4, NULL); /* of the table */
		kit.hpack.budget = &budget;
		kit.budget.cap = cap;
		arena_init(&arena, 64, &kit.budget);
		make_byte(&m, 0x82);
		for (unsigned i = 0; i < 20; i++)
			make_entry(&m, (char)('a' + (char)i), 'v', 60 + i);
		enum hpack_status status = hpack_decode(&kit.hpack, bytes_of(m.data, m.len), &kit.fields, &arena);

		assert_true(status == HPACK_OK || status == HPACK_MEMORY);
		assert_true(status == HPACK_MEMORY || kit.fields.n == 21);
		for (size_t i = 1; i < kit.fields.n; i++) {
			assert_int_equal(kit.fields.headers[i].name.data[0], 'a' + i - 1);
			assert_int_equal(kit.fields.headers[i].value.len, 60 + i - 1 - 33);
		}
		n_ok += status == HPACK_OK;
		n_refused += status == HPACK_MEMORY;
		kit.budget.cap = budget.cap = SIZE_MAX;
		for (uint32_t i = 0; i < 20; i++) {
			char name = kit_name_at(&kit, 62 + i);

			assert_true(name == (char)('t' - (char)i) || (status == HPACK_MEMORY && name == '?'));
			assert_true(name == '?' || kit.fields.headers[0].value.len == 60 + 19 - i - 33);
		}
		arena_fini(&arena);
		kit_fini(&kit);
		assert_int_equal(budget.used, 0);
	}
	assert_true(n_ok > 100 && n_refused > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_representations),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_eviction),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_bad_updates),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_lost_size),
		cmocka_unit_test(test_unknown_size),
		cmocka_unit_test(test_table_cap),
		cmocka_unit_test(test_headers_cap),
		cmocka_unit_test(test_list_cap),
		cmocka_unit_test(test_indexed_cap),
		cmocka_unit_test(test_full_literals),
		cmocka_unit_test(test_insertions_cap),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
