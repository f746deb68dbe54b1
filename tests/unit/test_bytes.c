#include "sensor/base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

/* From exact memory, so that a sanitizer sees a read past its end. */
static void test_word(void **state)
{
	(void)state;
	for (size_t len = 0; len <= 12; len++) {
		uint8_t *exact = malloc(len + 1), roomy[32];
		uint64_t want = 0;

		assert_non_null(exact);
		memset(roomy, 0xEE, sizeof roomy);
		for (size_t i = 0; i < len; i++) {
			exact[i + 1] = roomy[i] = (uint8_t)(0x91 + i * 23);
			if (i < 8)
				want |= (uint64_t)roomy[i] << 8 * i;
		}
		assert_true(bytes_word(bytes_of(exact + 1, len)) == want);
		assert_true(bytes_word_within(bytes_of(exact + 1, len), exact + 1 + len) == want);
		assert_true(bytes_word_within(bytes_of(roomy, len), roomy + sizeof roomy) == want);
		free(exact);
	}
}

static void test_equal_fold(void **state)
{
	(void)state;
	assert_true(bytes_equal_fold(bytes_text("Bearer"), bytes_text("bEARER")));
	assert_false(bytes_equal_fold(bytes_text("Bearer"), bytes_text("Bearers")));
	assert_false(bytes_equal_fold(bytes_text("a@"), bytes_text("a`")));
	assert_false(bytes_equal_fold(bytes_text("a["), bytes_text("a{")));
	assert_true(bytes_equal_fold(bytes_text(""), bytes_text("")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_word),
		cmocka_unit_test(test_equal_fold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
