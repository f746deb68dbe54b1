/* Fragments that overlap and disagree, against what each policy makes of them: the figures of Shankar, Paxson: "Active Mapping"
 * (2003, figure 2) and of Novak: "Target-Based Fragmentation Reassembly" (2005), whose results for hosts are also Suricata's
 * tests; and small ones. A letter is a block of 8 bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "sensor/flow/pieces.h"

enum { FRAGMENTS = 17, BLOCK = 8, BLOCKS = 32 };

struct block {
	char letter;
	uint8_t start, n; /* in blocks */
};

static const struct figure {
	const char *name;
	struct block blocks[FRAGMENTS];
	const char *want[DEFRAG_POLICIES]; /* first, last, bsd, bsd-right, linux, windows, solaris, discard */
} figures[] = {
	{ "Shankar, Paxson", { { '1', 0, 3 }, { '2', 4, 2 }, { '3', 6, 3 }, { '4', 1, 4 }, { '5', 6, 3 }, { '6', 9, 3 } },
	  { "111422333666", "144442555666", "111442333666", "144422555666",
	    "111442555666", "111422333666", "111422333666", "111422333666" } },
	{ "Novak", { { 'A', 0, 3 }, { 'B', 4, 2 }, { 'C', 6, 3 }, { 'D', 10, 1 }, { 'E', 13, 2 }, { 'F', 15, 3 }, { 'G', 18, 2 },
	    { 'H', 20, 2 }, { 'I', 22, 1 }, { 'J', 1, 4 }, { 'K', 6, 3 }, { 'L', 9, 3 }, { 'M', 12, 3 }, { 'N', 16, 1 }, { 'O', 19, 1 },
	    { 'P', 20, 1 }, { 'Q', 22, 2 } },
	  { "AAAJBBCCCLDLMEEFFFGGHHIQ", "AJJJJBKKKLLLMMMFNFGOPHQQ", "AAAJJBCCCLLLMMMFFFGGHHIQ", "AJJJBBKKKLDLMEEFNFGOPHQQ",
	    "AAAJJBKKKLLLMMMFFFGGPHQQ", "AAAJBBCCCLLLMEEFFFGGHHIQ", "AAAJBBCCCLLLMMMFFFGGHHIQ", "AAAJBBCCCLDLMEEFFFGGHHIQ" } },
	{ "a copy", { { 'A', 0, 2 }, { 'B', 0, 2 } }, { "AA", "BB", "AA", "BB", "BB", "AA", "AA", "AA" } },
	{ "within", { { 'A', 0, 3 }, { 'B', 1, 1 } }, { "AAA", "ABA", "AAA", "ABA", "AAA", "AAA", "AAA", "AAA" } },
	{ "around", { { 'A', 1, 1 }, { 'B', 0, 3 } }, { "BAB", "BBB", "BBB", "BAB", "BBB", "BBB", "BBB", "BAB" } },
	{ "around, equal end", { { 'A', 1, 1 }, { 'B', 0, 2 } }, { "BA", "BB", "BB", "BA", "BB", "BA", "BB", "BA" } },
	{ "around, equal start", { { 'A', 0, 1 }, { 'B', 0, 2 } }, { "AB", "BB", "AB", "BB", "BB", "AB", "AB", "AB" } },
	{ "over the left", { { 'A', 1, 2 }, { 'B', 0, 2 } }, { "BAA", "BBA", "BBA", "BAA", "BBA", "BAA", "BAA", "BAA" } },
	{ "over the right", { { 'A', 0, 2 }, { 'B', 1, 2 } }, { "AAB", "ABB", "AAB", "ABB", "AAB", "AAB", "AAB", "AAB" } },
	{ "around two", { { 'A', 1, 1 }, { 'B', 3, 1 }, { 'C', 0, 5 } },
	  { "CACBC", "CCCCC", "CCCCC", "CACBC", "CCCCC", "CCCCC", "CCCCC", "CACBC" } },
};

static void run(const struct figure *figure, enum defrag_policy policy)
{
	struct budget budget;
	struct pool pool;
	struct pieces pieces = { 0 };
	struct cargo cargos[FRAGMENTS];
	uint8_t bytes[FRAGMENTS][BLOCKS * BLOCK], whole[BLOCKS * BLOCK];
	char got[BLOCKS + 1] = "";

	budget_init(&budget, 1 << 20, NULL);
	pool_init(&pool, sizeof(struct piece), 4, &budget);
	for (size_t i = 0; i < FRAGMENTS && figure->blocks[i].n; i++) {
		const struct block *block = &figure->blocks[i];
		struct pieces_outcome outcome;
		size_t len = block->n * (size_t)BLOCK;

		memset(bytes[i], block->letter, len);
		cargos[i] = (struct cargo){ block->start * (uint32_t)BLOCK, (uint32_t)len, bytes_of(bytes[i], len) };
		assert_true(pieces_put(&pieces, &pool, policy, &cargos[i], &outcome));
		assert_int_equal(outcome.overlaps, outcome.differs);
		assert_true(outcome.kept || outcome.overlaps);
	}
	size_t len = pieces_copy(&pieces, whole);

	assert_int_equal(len, pieces.covered);
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(whole[i], whole[i / BLOCK * BLOCK]);
		got[i / BLOCK] = (char)whole[i];
	}
	if (strcmp(got, figure->want[policy]) != 0)
		fail_msg("%s, policy %d: %s, not %s", figure->name, policy, got, figure->want[policy]);
	pieces_drop(&pieces, &pool);
	pool_fini(&pool);
	assert_int_equal(budget.used, 0);
}

static void test_figures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
		for (int policy = 0; policy < DEFRAG_POLICIES; policy++)
			run(&figures[i], (enum defrag_policy)policy);
}

static void test_names(void **state)
{
	/* first last bsd bsd-right linux windows solaris discard old-linux old-solaris hpux10 hpux11 irix macos vista windows2k3 */
	static const enum defrag_policy policies[] = { DEFRAG_FIRST, DEFRAG_LAST, DEFRAG_BSD, DEFRAG_BSD_RIGHT, DEFRAG_LINUX,
		DEFRAG_WINDOWS, DEFRAG_SOLARIS, DEFRAG_DISCARD, DEFRAG_LINUX, DEFRAG_FIRST, DEFRAG_BSD, DEFRAG_FIRST, DEFRAG_BSD,
		DEFRAG_FIRST, DEFRAG_WINDOWS, DEFRAG_WINDOWS, DEFRAG_FIRST };

	(void)state;
	for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
		assert_int_equal(defrag_policy_of(i), policies[i]);
}

static const struct cargo *cargo(struct cargo *cargo, uint32_t offset, uint32_t len, const char *text)
{
	*cargo = (struct cargo){ offset, len, bytes_text(text) };
	return cargo;
}

/* What a snap length cut off ends the copy; bytes that are not there do not disagree. */
static void test_cut(void **state)
{
	struct budget budget;
	struct pool pool;
	struct pieces pieces = { 0 };
	struct pieces_outcome outcome;
	struct cargo cargos[4];
	uint8_t whole[24];

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	pool_init(&pool, sizeof(struct piece), 4, &budget);
	assert_true(pieces_put(&pieces, &pool, DEFRAG_FIRST, cargo(&cargos[0], 0, 8, "abcdefgh"), &outcome));
	assert_true(pieces_put(&pieces, &pool, DEFRAG_FIRST, cargo(&cargos[1], 8, 8, "ijk"), &outcome));
	assert_true(pieces_put(&pieces, &pool, DEFRAG_FIRST, cargo(&cargos[2], 16, 8, "qrstuvwx"), &outcome));
	assert_true(outcome.adds && outcome.kept && !outcome.overlaps);
	assert_int_equal(pieces.covered, 24);
	assert_int_equal(pieces_copy(&pieces, whole), 11);
	assert_memory_equal(whole, "abcdefghijk", 11);
	assert_true(pieces_put(&pieces, &pool, DEFRAG_LINUX, cargo(&cargos[3], 8, 8, "ijklmnop"), &outcome));
	assert_true(outcome.overlaps && outcome.kept && !outcome.differs && !outcome.adds);
	assert_int_equal(pieces_copy(&pieces, whole), 24);
	assert_memory_equal(whole, "abcdefghijklmnopqrstuvwx", 24);
	pieces_drop(&pieces, &pool);
	pool_fini(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
