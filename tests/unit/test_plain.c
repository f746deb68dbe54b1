/* plain: both ways of looking at 16 bytes find the first one that is not plain, wherever it stands. */
#include "sensor/base/plain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void expect(const uint8_t block[PLAIN_BLOCK], unsigned first)
{
	unsigned portable = plain_mask_portable(block), chosen = plain_mask(block);
	uint8_t copy[PLAIN_BLOCK];

	assert_int_equal(portable ? (unsigned)__builtin_ctz(portable) : PLAIN_BLOCK, first);
	assert_int_equal(chosen ? (unsigned)__builtin_ctz(chosen) : PLAIN_BLOCK, first);
	assert_int_equal(plain_copy(copy, block), chosen);
	assert_memory_equal(copy, block, PLAIN_BLOCK);
}

static void test_definition(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++)
		assert_int_equal(plain_is((uint8_t)c), c >= 0x20 && c < 0x80 && c != '"' && c != '\\');
}

/* Every byte at every place, among bytes next to the bounds, and with another hit behind it. */
static void test_every_byte(void **state)
{
	static const uint8_t around[] = { ' ', '!', '#', '[', ']', 'a', 0x7F };
	uint8_t block[PLAIN_BLOCK];

	(void)state;
	for (size_t a = 0; a < sizeof around; a++)
		for (unsigned place = 0; place < PLAIN_BLOCK; place++)
			for (unsigned c = 0; c < 256; c++) {
				memset(block, around[a], sizeof block);
				block[place] = (uint8_t)c;
				expect(block, plain_is((uint8_t)c) ? PLAIN_BLOCK : place);
				block[PLAIN_BLOCK - 1] = place < PLAIN_BLOCK - 1 ? '"' : block[place];
				expect(block, plain_is((uint8_t)c) ? PLAIN_BLOCK - (place < PLAIN_BLOCK - 1) : place);
			}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_definition),
		cmocka_unit_test(test_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
