/* issuers: a search through the index finds what trying every grammar in order finds, tenant included, in either case;
 * for the shipped descriptions and for made-up ones, on texts that fit, nearly fit, or are anything. And a GUID is one
 * where each byte says so. Seed from the first argument, or 1. */
#include "sensor/trust/issuers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { SHIPPED_TEXTS = 60000, ROUNDS = 400, ROUND_TEXTS = 150, TEXT_CAP = 1024 };

static uint64_t seed = 1;

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static size_t below(uint64_t *random, size_t n)
{
	return (size_t)(next_random(random) >> 11) % n;
}

struct text {
	uint8_t bytes[TEXT_CAP];
	size_t len;
};

static void add(struct text *text, const void *more, size_t len)
{
	if (len > sizeof text->bytes - text->len)
		len = sizeof text->bytes - text->len;
	memcpy(text->bytes + text->len, more, len);
	text->len += len;
}

/* Something a placeholder of this kind takes, most of the time. */
static void add_run(struct text *text, enum grammar_kind kind, uint64_t *random)
{
	static const char *const runs[GRAMMAR_KINDS][4] = {
		[GRAMMAR_GUID] = { "9188040d-6c67-4c5b-b112-36a304b66dad", "72f988bf-86f1-41af-91ab-2d7cd011db47",
			"72f988bf-86f1-41af-91ab-2d7cd011db4", "72F988BF-86f1-41af-91ab-2d7cd011db47" },
		[GRAMMAR_LABEL] = { "a", "acme-1", "login", "-x" },
		[GRAMMAR_HOST] = { "a.b", "Login.okta.com", "x", "a..b" },
		[GRAMMAR_AUTHORITY] = { "a.b:80", "okta.com", "x:1", "a:" },
		[GRAMMAR_SEGMENT] = { "a", "%20", "a:b@c", "..", },
		[GRAMMAR_WORD] = { "W", "a_b-c", "pool", "9" },
		[GRAMMAR_HEX] = { "0", "abcdef", "00ff", "A" },
		[GRAMMAR_DIGITS] = { "0", "42", "1234567890", "1" },
		[GRAMMAR_LOCAL] = { "a.b+c", "me", "x_y", "0" },
		[GRAMMAR_ANY] = { "/", "a://b/c", "x", "//" },
	};
	const char *run = runs[kind][below(random, 4)];

	add(text, run, strlen(run));
}

/* A text that fits the grammar, most of the time. */
static void instantiate(struct text *text, const struct grammar *grammar, uint64_t *random)
{
	size_t from[GRAMMAR_PIECES], len[GRAMMAR_PIECES];

	text->len = 0;
	for (unsigned i = 0; i < grammar->n_pieces; i++) {
		const struct grammar_piece *piece = &grammar->pieces[i];

		from[i] = text->len;
		if (piece->kind == GRAMMAR_LITERAL) {
			add(text, piece->text.data, piece->text.len);
		} else if (piece->same_as >= 0) {
			uint8_t again[TEXT_CAP];

			memcpy(again, text->bytes + from[piece->same_as], len[piece->same_as]);
			add(text, again, len[piece->same_as]);
		} else {
			add_run(text, piece->kind, random);
		}
		len[i] = text->len - from[i];
	}
}

static void mutate(struct text *text, uint64_t *random)
{
	static const char bytes[] = "/:.-@a0Z%?#{\0 \x80";
	size_t at = text->len ? below(random, text->len) : 0;
	uint8_t c = (uint8_t)bytes[below(random, sizeof bytes - 1)];

	switch (below(random, 6)) {
	case 0:
		if (text->len)
			text->bytes[at] = c;
		break;
	case 1:
		if (text->len == TEXT_CAP)
			break;
		memmove(text->bytes + at + 1, text->bytes + at, text->len - at);
		text->bytes[at] = c;
		text->len++;
		break;
	case 2:
		if (!text->len)
			break;
		memmove(text->bytes + at, text->bytes + at + 1, text->len - at - 1);
		text->len--;
		break;
	case 3:
		text->len = at;
		break;
	case 4:
		add(text, &c, 1);
		break;
	default:
		for (size_t i = at; i < text->len; i++)
			if ((text->bytes[i] | 0x20) >= 'a' && (text->bytes[i] | 0x20) <= 'z')
				text->bytes[i] ^= 0x20;
	}
}

/* Every grammar in order, none left out. */
static struct issuers_hit naive(const struct issuers *issuers, struct bytes iss, bool fold, bool imitables)
{
	struct issuers_hit hit = { .tenant = bytes_of("", 0) };

	for (size_t i = 0; iss.len && i < issuers->n; i++)
		for (size_t k = 0; k < issuers->items[i].n_iss; k++) {
			hit.grammar = &issuers->items[i].iss[k];
			if (imitables && !grammar_imitable(hit.grammar))
				continue;
			if (!grammar_match(hit.grammar, iss, fold, &hit.tenant))
				continue;
			hit.issuer = &issuers->items[i];
			if (hit.issuer->tenant.len)
				hit.tenant = hit.issuer->tenant;
			return hit;
		}
	return (struct issuers_hit){ .tenant = bytes_of("", 0) };
}

static void agree(const struct issuers *issuers, const struct text *text, size_t *n_hits)
{
	uint8_t *exact = malloc(text->len + 1); /* so that a sanitizer sees a read past its end */
	struct bytes iss = bytes_of(exact, text->len), tenant;

	assert_non_null(exact);
	memcpy(exact, text->bytes, text->len);
	struct issuers_hit want = naive(issuers, iss, false, false), got = issuers_find(issuers, iss);

	if (want.issuer != got.issuer || want.grammar != got.grammar || !bytes_equal(want.tenant, got.tenant))
		fail_msg("%.*s: %s, not %s", (int)iss.len, (const char *)iss.data,
		    got.grammar ? (const char *)got.grammar->text.data : "none",
		    want.grammar ? (const char *)want.grammar->text.data : "none");
	*n_hits += want.issuer != NULL;
	for (int fold = 0; fold < 2; fold++) {
		const struct finder_entry *entry = finder_find(&issuers->imitables, iss, fold, &tenant);

		want = naive(issuers, iss, fold, true);
		if (iss.len && want.grammar != (entry ? entry->grammar : NULL))
			fail_msg("%.*s: another imitable one, fold %d", (int)iss.len, (const char *)iss.data, fold);
	}
	free(exact);
}

static void ask(const struct issuers *issuers, uint64_t *random, size_t *n_hits)
{
	const struct issuer *issuer = &issuers->items[below(random, issuers->n)];
	struct text text;

	instantiate(&text, &issuer->iss[below(random, issuer->n_iss)], random);
	for (size_t i = below(random, 4); i > 0; i--)
		mutate(&text, random);
	agree(issuers, &text, n_hits);
}

static void shipped(void **state)
{
	FILE *file = fopen("sigs/issuers.json", "rb");
	static char json[1 << 18];
	struct issuers issuers = { 0 };
	struct errors errors = { 0 };
	struct budget budget;
	struct arena arena;
	uint64_t random = seed;
	size_t n_hits = 0;

	(void)state;
	assert_non_null(file);
	size_t len = fread(json, 1, sizeof json, file);

	fclose(file);
	budget_init(&budget, 1 << 24, NULL);
	arena_init(&arena, 4096, &budget);
	issuers_load(&issuers, "issuers.json", bytes_of(json, len), &arena, &errors);
	assert_int_equal(errors.n, 0);
	assert_true(issuers_finish(&issuers));
	for (size_t i = 0; i < SHIPPED_TEXTS; i++)
		ask(&issuers, &random, &n_hits);
	assert_true(n_hits > SHIPPED_TEXTS / 8);
	issuers_fini(&issuers);
	arena_fini(&arena);
}

/* A grammar of pieces that are awkward next to each other; most compile. */
static void make_grammar(struct text *text, uint64_t *random)
{
	static const char *const pieces[] = { "https://", "HTTPS://", "spiffe://", "://", ":", "/", "//", ":/",
		".okta.com", ".okta.com/", ".OKTA.com/oauth2/", "login.example.com", "a", "@", "a/b", "/v2.0",
		"x://y//", "_", "{t:guid}", "{tenant:guid}", "{tenant:label}", "{h:host}", "{h:authority}",
		"{s:segment}", "{w:word}", "{x:hex}", "{d:digits}", "{l:local}", "{any:any}", "{tenant}", "{h}" };

	text->len = 0;
	if (below(random, 2))
		add(text, pieces[below(random, 3)], 8);
	for (size_t i = 1 + below(random, 6); i > 0; i--) {
		const char *piece = pieces[below(random, sizeof pieces / sizeof *pieces)];

		add(text, piece, strlen(piece));
	}
}

static void made_up(void **state)
{
	uint64_t random = seed * 7919;
	size_t n_hits = 0;

	(void)state;
	for (size_t round = 0; round < ROUNDS; round++) {
		enum { ISSUERS = 24, GRAMMARS = 3 };
		static struct grammar grammars[ISSUERS][GRAMMARS];
		static struct text texts[ISSUERS][GRAMMARS];
		struct issuers issuers = { .items = calloc(ISSUERS, sizeof *issuers.items), .n = ISSUERS };

		assert_non_null(issuers.items);
		for (size_t i = 0; i < ISSUERS; i++) {
			issuers.items[i] = (struct issuer){ .iss = grammars[i], .n_iss = 1 + below(&random, GRAMMARS) };
			issuers.items[i].tenant = bytes_text(below(&random, 8) ? "" : "only");
			for (size_t k = 0; k < issuers.items[i].n_iss; k++)
				do
					make_grammar(&texts[i][k], &random);
				while (grammar_compile(&grammars[i][k], bytes_of(texts[i][k].bytes, texts[i][k].len)));
		}
		assert_true(issuers_finish(&issuers));
		for (size_t i = 0; i < ROUND_TEXTS; i++)
			ask(&issuers, &random, &n_hits);
		issuers_fini(&issuers);
	}
	assert_true(n_hits > ROUNDS * ROUND_TEXTS / 8);
}

static bool naive_guid(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = bytes_lower(text.data[i]);
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return text.len == 36;
}

/* Every byte in every place of a GUID, under every grammar kind's eyes too. */
static void guids(void **state)
{
	struct grammar grammar;
	struct bytes tenant;

	(void)state;
	assert_null(grammar_compile(&grammar, bytes_text("{tenant:guid}")));
	for (size_t at = 0; at < 36; at++)
		for (unsigned c = 0; c < 256; c++) {
			char text[] = "9188040d-6c67-4c5b-b112-36a304b66dad";
			struct bytes guid = bytes_text(text);

			text[at] = (char)c;
			bool want = naive_guid(guid), upper = c >= 'A' && c <= 'Z';

			assert_int_equal(grammar_is_guid(guid), want);
			assert_int_equal(grammar_match(&grammar, guid, true, &tenant), want);
			assert_int_equal(grammar_match(&grammar, guid, false, &tenant), want && !upper);
			assert_false(grammar_is_guid(bytes_head(guid, 35)));
		}
}

/* The alphabets, written out. */
static void alphabets(void **state)
{
	static const struct {
		const char *grammar, *takes;
	} cases[] = {
		{ "{x:label}", "abcdefghijklmnopqrstuvwxyz0123456789" },
		{ "{x:host}", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" },
		{ "{x:authority}", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" },
		{ "{x:segment}", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~!$&'()*+,;=:@" },
		{ "{x:word}", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-" },
		{ "{x:hex}", "0123456789abcdef" },
		{ "{x:digits}", "0123456789" },
		{ "{x:local}", "abcdefghijklmnopqrstuvwxyz0123456789._+-" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct grammar grammar;
		struct bytes tenant;

		assert_null(grammar_compile(&grammar, bytes_text(cases[i].grammar)));
		for (unsigned c = 0; c < 256; c++) {
			uint8_t byte = (uint8_t)c;
			bool takes = c && strchr(cases[i].takes, (int)c);

			if (grammar_match(&grammar, bytes_of(&byte, 1), false, &tenant) != takes)
				fail_msg("%s: byte %u", cases[i].grammar, c);
		}
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped),
		cmocka_unit_test(made_up),
		cmocka_unit_test(guids),
		cmocka_unit_test(alphabets),
	};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0) | 1;
	int n_failed = cmocka_run_group_tests(tests, NULL, NULL);

	if (n_failed)
		printf("seed %" PRIu64 "\n", seed);
	return n_failed;
}
