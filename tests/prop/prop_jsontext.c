/* jsontext against jansson over random JSON texts and random damage to them: both take or refuse a text, and both read
 * the same members at its top.
 *
 * Where they may differ, and only there:
 *   jansson refuses  integers beyond 64 bits, reals beyond double (1e999), \u0000, halves of surrogate pairs,
 *                    more than 2,048 levels; jsontext goes on to read these (the last up to 1,024 levels)
 *   jansson takes    a NUL right behind a number as if it were not there
 *   jansson keeps    the last of several members of a name, or refuses the text with JSON_REJECT_DUPLICATES */
#include "dissectors/token/jsontext.h"
#include "dissectors/token/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { SEED = 1977, ROUNDS = 150000, CAP = 4096 };

static unsigned seed = SEED;

static unsigned any(unsigned n)
{
	return (unsigned)rand_r(&seed) % n;
}

/* ---- random JSON ---- */

struct out {
	char text[CAP];
	size_t len;
};

static void put(struct out *out, const char *text)
{
	size_t len = strlen(text);

	if (len <= CAP - out->len) {
		memcpy(out->text + out->len, text, len);
		out->len += len;
	}
}

static void put_blank(struct out *out)
{
	static const char *const blanks[] = { "", "", "", "", "", " ", "\n", "\t ", "\r\n" };

	put(out, blanks[any(9)]);
}

static void put_string(struct out *out)
{
	static const char *const pieces[] = {
		"a", "b", "iss", "tid", "0", " ", "/", "plain text of more than eight bytes",
		"\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9", "\\u20AC", "\\ud83d\\ude00",
		"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\x7F", "\\u0001",
	};

	put(out, "\"");
	for (unsigned n = any(4); n > 0; n--)
		put(out, pieces[any(sizeof pieces / sizeof *pieces)]);
	put(out, "\"");
}

static void put_number(struct out *out)
{
	static const char *const pieces[] = {
		"0", "-0", "7", "-1", "1700000000", "0.5", "1e3", "-2.5E-3", "1E+2", "12.0",
		"9223372036854775807", "-9223372036854775808",
	};

	put(out, pieces[any(sizeof pieces / sizeof *pieces)]);
}

static void put_value(struct out *out, unsigned depth);

static void put_list(struct out *out, unsigned depth, bool object)
{
	put(out, object ? "{" : "[");
	put_blank(out);
	for (unsigned n = any(5), i = 0; i < n; i++) {
		if (i > 0) {
			put(out, ",");
			put_blank(out);
		}
		if (object) {
			put_string(out);
			put_blank(out);
			put(out, ":");
			put_blank(out);
		}
		put_value(out, depth + 1);
		put_blank(out);
	}
	put(out, object ? "}" : "]");
}

static void put_value(struct out *out, unsigned depth)
{
	static const char *const words[] = { "true", "false", "null" };
	unsigned kind = depth == 0 && any(8) ? 6 : any(depth > 6 ? 5 : 7);

	if (kind < 2)
		put_string(out);
	else if (kind < 4)
		put_number(out);
	else if (kind == 4)
		put(out, words[any(3)]);
	else
		put_list(out, depth, kind == 6);
}

/* Damages a text in one to three places: a byte changed, taken out, put in, doubled, or all after it cut off. */
static void damage(struct out *out)
{
	static const char likely[] = "{}[]:,\"\\ue.+-0123456789 \n\t\x01\x80\xC0\xE2\xED\xF4\xFFtfn/'";

	for (unsigned n = 1 + any(3); n > 0 && out->len > 1 && out->len < CAP; n--) {
		size_t at = any((unsigned)out->len);
		char c = any(4) ? likely[any(sizeof likely - 1)] : (char)any(256);

		switch (any(5)) {
		case 0:
			out->text[at] = c;
			break;
		case 1:
			memmove(out->text + at, out->text + at + 1, --out->len - at);
			break;
		case 2:
			memmove(out->text + at + 1, out->text + at, out->len++ - at);
			out->text[at] = c;
			break;
		case 3:
			memmove(out->text + at + 1, out->text + at, out->len++ - at);
			break;
		default:
			out->len = any(10) ? out->len : at;
		}
	}
}

/* ---- both readers ---- */

struct verdict {
	bool ok;
	bool may_differ; /* one of the values that only jansson refuses is in it */
	bool twice;      /* a name comes twice in one object */
};

static bool number_may_differ(struct bytes raw)
{
	char text[CAP + 1];

	memcpy(text, raw.data, raw.len);
	text[raw.len] = '\0';
	if (strpbrk(text, ".eE")) {
		double real = strtod(text, NULL);

		return real > 1e308 || real < -1e308;
	}
	return raw.len > 18; /* near 2^63: left to jansson's judgement */
}

static struct verdict read_all(struct bytes b, struct arena *arena)
{
	struct jsontext text;
	struct names names;
	struct verdict verdict = { 0 };
	uint16_t objects[JSONTEXT_DEPTH] = { 0 }, n_objects = 0;
	enum jsontext_event event;

	jsontext_init(&text, b);
	names_init(&names, b.data, arena);
	while ((event = jsontext_next(&text)) > JSONTEXT_END) {
		if (event == JSONTEXT_OBJECT)
			objects[text.depth - 1] = n_objects++;
		if (event == JSONTEXT_NAME)
			verdict.twice |= names_add(&names, objects[text.depth - 1], text.raw, bytes_word(text.raw),
			    text.escaped);
		if (event == JSONTEXT_NUMBER)
			verdict.may_differ |= number_may_differ(text.raw);
	}
	verdict.ok = event == JSONTEXT_END && jsontext_rest(&text).len == 0 && !(text.faults & JSONTEXT_INVALID);
	verdict.may_differ |= (text.faults & (JSONTEXT_NUL | JSONTEXT_SURROGATE)) != 0;
	return verdict;
}

/* Every string and integer at the top is what jansson has under that name. */
static bool same_members(struct bytes b, json_t *root)
{
	struct jsontext text;
	enum jsontext_event event;
	size_t n = 0;

	jsontext_init(&text, b);
	if (jsontext_next(&text) != JSONTEXT_OBJECT)
		return !json_is_object(root);
	while ((event = jsontext_next(&text)) > JSONTEXT_END) {
		char name[CAP + 1] = "", plain[CAP];
		const json_t *member;

		if (event != JSONTEXT_NAME || text.depth != 1)
			continue;
		name[jsontext_unescape(text.raw, (uint8_t *)name, CAP)] = '\0';
		member = json_object_get(root, name);
		event = jsontext_next(&text);
		n++;
		if ((event == JSONTEXT_STRING) != json_is_string(member))
			return false;
		if ((event == JSONTEXT_NUMBER) != json_is_number(member))
			return false;
		if (event == JSONTEXT_STRING &&
		    !bytes_equal(bytes_of(plain, jsontext_unescape(text.raw, (uint8_t *)plain, CAP)),
			bytes_of(json_string_value(member), json_string_length(member))))
			return false;
		if (json_is_integer(member) &&
		    strtoll((const char *)text.raw.data, NULL, 10) != json_integer_value(member))
			return false;
	}
	return n == json_object_size(root);
}

static void compare(const struct out *out, struct arena *arena, unsigned round, unsigned *n_ok)
{
	char *copy = malloc(out->len + 1); /* NUL-ended for strtoll alone */
	struct bytes b = bytes_of(copy, out->len);
	struct verdict ours;
	json_t *loose, *strict;

	assert_non_null(copy);
	memcpy(copy, out->text, out->len);
	copy[out->len] = '\0';
	arena_reset(arena);
	ours = read_all(b, arena);
	if (memchr(copy, '\0', out->len)) {
		assert_false(ours.ok);
		free(copy);
		return;
	}
	loose = json_loadb(copy, out->len, JSON_DECODE_ANY, NULL);
	strict = json_loadb(copy, out->len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	if (!ours.may_differ && (ours.ok != (loose != NULL) || (ours.ok && !ours.twice) != (strict != NULL)))
		fail_msg("seed %d, round %u: ok %d, twice %d: %s", SEED, round, ours.ok, ours.twice, copy);
	if (!ours.ok && loose)
		fail_msg("seed %d, round %u: only jansson takes %s", SEED, round, copy);
	if (strict && !same_members(b, strict))
		fail_msg("seed %d, round %u: other members in %s", SEED, round, copy);
	*n_ok += ours.ok;
	json_decref(loose);
	json_decref(strict);
	free(copy);
}

static void test_against_jansson(void **state)
{
	struct budget budget;
	struct arena arena;
	unsigned n_ok = 0;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	arena_init(&arena, 4096, &budget);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct out out = { .len = 0 };

		put_blank(&out);
		put_value(&out, 0);
		put_blank(&out);
		if (round % 3)
			damage(&out);
		compare(&out, &arena, round, &n_ok);
	}
	printf("%u of %d texts were valid\n", n_ok, ROUNDS);
	assert_true(n_ok > ROUNDS / 3 && n_ok < ROUNDS * 2 / 3);
	arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_against_jansson) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
