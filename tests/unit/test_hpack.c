#include "dissectors/app/hpack.h"
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
	char said[4096];
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
#define FIRST_RESPONSE ":status: 302\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\nlocation: https://www.example.com\n"
#define SECOND_RESPONSE ":status: 307\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\nlocation: https://www.example.com\n"
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
	assert_int_equal(kit_decode(&kit, "bf"), HPACK_BAD); /* only one entry was made */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_representations),
		cmocka_unit_test(test_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
