/* Time facts of a use, and what stands for a credential outside. */
#include "sensor/detect/facts.h"
#include "sensor/detect/fingerprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

enum { NO = INT32_MIN }; /* a claim or fact that is absent */

static const struct at {
	const char *name;
	int32_t exp, nbf, iat;
	int32_t now_ms;
	int32_t expired, expired_for, early, early_by, age;
} ats[] = {
	{ "nothing said", NO, NO, NO, 100000, NO, NO, NO, NO, NO },
	{ "valid", 200, 50, 50, 100000, 0, NO, 0, NO, 50 },
	{ "the last moment", 100, NO, NO, 99999, 0, NO, NO, NO, NO },
	{ "exp is the first second of invalidity", 100, NO, NO, 100000, 1, 0, NO, NO, NO },
	{ "expired", 40, NO, NO, 100999, 1, 60, NO, NO, NO },
	{ "not yet", NO, 150, NO, 100000, NO, NO, 1, 50, NO },
	{ "nbf is the first second of validity", NO, 100, NO, 100000, NO, NO, 0, NO, NO },
	{ "issued in the future", NO, NO, 130, 100000, NO, NO, 1, 30, -30 },
	{ "the later of the two counts: nbf", NO, 150, 130, 100000, NO, NO, 1, 50, -30 },
	{ "the later of the two counts: iat", NO, 90, 130, 100000, NO, NO, 1, 30, -30 },
	{ "expired and early", 20, 150, 10, 100000, 1, 80, 1, 50, 90 },
	{ "before 1970", -10, NO, -20, 0, 1, 10, 0, NO, 20 },
};

static void check(const struct at *at, const struct record *use, enum use_field field, int32_t want, bool is_flag)
{
	struct value value = use->values[field];

	if (value.set != (want != NO))
		fail_msg("%s: %s is %sset", at->name, use_record.fields[field].keyword, value.set ? "" : "not ");
	if (value.set && (is_flag ? (int64_t)value.flag : value.number) != want)
		fail_msg("%s: %s", at->name, use_record.fields[field].keyword);
}

static void times(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ats / sizeof ats[0]; i++) {
		const struct at *at = &ats[i];
		struct token token = { .exp = at->exp, .nbf = at->nbf, .iat = at->iat, .has_exp = at->exp != NO,
		    .has_nbf = at->nbf != NO,
			.has_iat = at->iat != NO };
		struct budget budget;
		struct arena arena;

		budget_init(&budget, 1 << 16, NULL);
		arena_init(&arena, 1024, &budget);
		struct record *use = record_new(&use_record, &arena);

		facts_of_time(use, &token, (int64_t)at->now_ms * 1000000);
		check(at, use, USE_EXPIRED, at->expired, true);
		check(at, use, USE_EXPIRED_FOR, at->expired_for, false);
		check(at, use, USE_EARLY, at->early, true);
		check(at, use, USE_EARLY_BY, at->early_by, false);
		check(at, use, USE_AGE, at->age, false);
		arena_fini(&arena);
	}
}

static char *key_file(const char *content, char path[64])
{
	snprintf(path, 64, "/tmp/stormglass-test-key-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
	close(fd);
	return path;
}

struct texts_of {
	char sha256[65], keyed[65], subject[33];
};

static struct texts_of texts_under(const char *key, const char *secret)
{
	struct errors errors = { 0 };
	struct texts_of texts;
	struct budget budget;
	struct arena arena;
	char path[64];
	struct fingerprint *fingerprint = fingerprint_new(key_file(key, path), &errors);

	unlink(path);
	assert_non_null(fingerprint);
	assert_true(fingerprint_is_stable(fingerprint));
	budget_init(&budget, 1 << 16, NULL);
	arena_init(&arena, 1024, &budget);
	struct bytes sha = fingerprint_sha256(fingerprint, bytes_text(secret), &arena),
	    keyed = fingerprint_keyed(fingerprint,
	    bytes_text(secret), &arena), subject = fingerprint_subject(fingerprint, bytes_text(secret), &arena);

	assert_int_equal(sha.len, 64);
	assert_int_equal(keyed.len, 64);
	assert_int_equal(subject.len, 32);
	snprintf(texts.sha256, sizeof texts.sha256, "%.64s", (const char *)sha.data);
	snprintf(texts.keyed, sizeof texts.keyed, "%.64s", (const char *)keyed.data);
	snprintf(texts.subject, sizeof texts.subject, "%.32s", (const char *)subject.data);
	arena_fini(&arena);
	fingerprint_free(fingerprint);
	return texts;
}

static void fingerprints(void **state)
{
	(void)state;
	struct texts_of a = texts_under("test key one, 16 bytes or more", "abc"),
	    again = texts_under("test key one, 16 bytes or more", "abc"),
		other = texts_under("test key two, 16 bytes or more", "abc"),
		    secret = texts_under("test key one, 16 bytes or more", "abd");

	/* FIPS 180-4's own example */
	assert_string_equal(a.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(other.sha256, a.sha256);
	assert_string_equal(again.keyed, a.keyed);
	assert_string_equal(again.subject, a.subject);
	assert_string_not_equal(other.keyed, a.keyed);
	assert_string_not_equal(other.subject, a.subject);
	assert_string_not_equal(secret.keyed, a.keyed);
	assert_string_not_equal(secret.subject, a.subject);
	assert_string_not_equal(a.keyed, a.sha256);
}

static void bad_key_files(void **state)
{
	struct errors errors = { 0 };
	char path[64];

	(void)state;
	assert_null(fingerprint_new("/nonexistent/key", &errors));
	assert_int_equal(errors.n, 1);
	assert_null(fingerprint_new(key_file("too short", path), &errors));
	unlink(path);
	assert_int_equal(errors.n, 2);
	assert_non_null(strstr(errors.text, "/nonexistent/key: "));
	errors_fini(&errors);
}

/* No memory: empty, and the caller sees it. */
static void refused(void **state)
{
	struct errors errors = { 0 };
	struct budget budget;
	struct arena arena;
	char path[64];
	struct fingerprint *fingerprint = fingerprint_new(key_file("test key one, 16 bytes or more", path), &errors);

	(void)state;
	unlink(path);
	budget_init(&budget, 10, NULL);
	arena_init(&arena, 1024, &budget);
	assert_null(fingerprint_sha256(fingerprint, bytes_text("a"), &arena).data);
	assert_null(fingerprint_keyed(fingerprint, bytes_text("a"), &arena).data);
	assert_null(fingerprint_subject(fingerprint, bytes_text("a"), &arena).data);
	arena_fini(&arena);
	fingerprint_free(fingerprint);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times),
		cmocka_unit_test(fingerprints),
		cmocka_unit_test(bad_key_files),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
