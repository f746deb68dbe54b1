/* The store of TLS secrets: what is found when, what goes, who is told of what, and what threads see of each other. */
#include "sensor/secrets/secrets.h"
#include "sensor/secrets/sessions.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/script.h"

enum { PLENTY = 64 << 20 };

struct store {
	struct budget budget;
	struct secrets *secrets;
};

static void store_init(struct store *store, size_t n_sessions, unsigned n_workers, size_t cap)
{
	budget_init(&store->budget, cap, NULL);
	store->secrets = secrets_new(n_sessions, n_workers, &store->budget);
	assert_non_null(store->secrets);
	assert_int_equal(store->budget.used, 0);
	assert_true(secrets_are_none(store->secrets));
}

static void store_fini(struct store *store)
{
	struct secrets_counts counts;

	secrets_count(store->secrets, &counts);
	assert_int_equal(counts.memuse, store->budget.used);
	secrets_free(store->secrets);
	assert_int_equal(store->budget.used, 0);
}

static struct session_key key_of(enum session_kind kind, uint32_t n)
{
	struct session_key key = { .kind = (uint8_t)kind, .len = kind == SESSION_BY_ENCRYPTED ? 8 : 32 };

	memcpy(key.bytes, &n, sizeof n);
	return key;
}

static struct secret secret_of(enum secret_label label, uint8_t fill, size_t len)
{
	struct secret secret = { .label = label, .origin = SECRET_OF_DSB, .len = (uint16_t)len };

	memset(secret.bytes, fill, len);
	return secret;
}

static bool add(struct store *store, uint32_t n, enum secret_label label, uint8_t fill, uint64_t number)
{
	struct session_key key = key_of(SESSION_BY_RANDOM, n);
	struct secret secret = secret_of(label, fill, 48);

	return secrets_add(store->secrets, &key, &secret, number);
}

static bool add_generation(struct store *store, enum secret_label label, uint16_t generation, uint8_t fill, uint64_t number)
{
	struct session_key key = key_of(SESSION_BY_RANDOM, 1);
	struct secret secret = secret_of(label, fill, 32);

	secret.generation = generation;
	return secrets_add(store->secrets, &key, &secret, number);
}

/* The first byte of a secret; -1: not found. */
static int find(struct store *store, uint32_t n, enum secret_label label, uint64_t number)
{
	struct session_key key = key_of(SESSION_BY_RANDOM, n);
	struct secret secret;

	return secrets_find(store->secrets, &key, label, number, &secret) ? secret.bytes[0] : -1;
}

static uint32_t number_of(const struct session_key *key)
{
	uint32_t n;

	memcpy(&n, key->bytes, sizeof n);
	return n;
}

/* The n-th newest, from 0. */
static bool nth_newest(struct secrets *secrets, size_t n, enum secret_label label, uint64_t number, struct session_key *key)
{
	uint64_t at = SECRETS_NEWEST;
	bool found;

	do
		found = secrets_recent(secrets, &at, label, number, key);
	while (found && n--);
	return found;
}

static void every_label(void **state)
{
	struct store store;
	struct secret found;

	(void)state;
	store_init(&store, 100, 1, PLENTY);
	for (unsigned label = 0; label < SECRET_LABELS; label++) {
		struct session_key key = key_of(SESSION_BY_RANDOM, label < SECRET_CLIENT_EARLY ? label : 7);
		size_t len = label == SECRET_PREMASTER ? SECRET_CAP : 48 - label;
		struct secret secret = secret_of(label, (uint8_t)(0xA0 + label), len);

		secret.origin = label % 3;
		secret.generation = label >= SECRET_CLIENT_TRAFFIC ? (uint16_t)(65529 + label) : 0;
		assert_false(secrets_find(store.secrets, &key, label, UINT64_MAX, &found));
		assert_true(secrets_add(store.secrets, &key, &secret, 5));
		assert_false(secrets_are_none(store.secrets));
	}
	for (unsigned label = 0; label < SECRET_LABELS; label++) {
		struct session_key key = key_of(SESSION_BY_RANDOM, label < SECRET_CLIENT_EARLY ? label : 7);
		size_t len = label == SECRET_PREMASTER ? SECRET_CAP : 48 - label;

		assert_false(secrets_find(store.secrets, &key, label, 4, &found));
		assert_true(secrets_find(store.secrets, &key, label, 5, &found));
		assert_int_equal(found.label, label);
		assert_int_equal(found.origin, label % 3);
		assert_int_equal(found.generation, label >= SECRET_CLIENT_TRAFFIC ? 65529 + label : 0);
		assert_int_equal(found.len, len);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(found.bytes[i], 0xA0 + label);
		assert_false(secrets_find(store.secrets, &key, SECRET_LABELS, 5, &found));
	}
	store_fini(&store);
	secrets_free(NULL);
}

/* Keys that differ in a bit of kind, length or bytes are of different sessions. */
static void keys_apart(void **state)
{
	struct session_key key = key_of(SESSION_BY_ID, 0x01020304);
	struct secret secret = secret_of(SECRET_MASTER, 1, 48), found;
	struct store store;

	(void)state;
	store_init(&store, 100, 1, PLENTY);
	assert_true(secrets_add(store.secrets, &key, &secret, 0));
	for (size_t bit = 0; bit < 8 * sizeof key; bit++) {
		struct session_key other = key;

		((uint8_t *)&other)[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(secrets_find(store.secrets, &other, SECRET_MASTER, 0, &found));
	}
	assert_true(secrets_find(store.secrets, &key, SECRET_MASTER, 0, &found));
	store_fini(&store);
}

static void unsound(void **state)
{
	static const struct {
		unsigned label;
		size_t len;
	} cases[] = { { SECRET_MASTER, 0 }, { SECRET_MASTER, 49 }, { SECRET_PREMASTER, 0 }, { SECRET_PREMASTER, 257 },
		{ SECRET_CLIENT_EARLY, 49 }, { SECRET_SERVER_TRAFFIC, 0 }, { SECRET_LABELS, 48 }, { 1000, 48 } };
	struct session_key key = key_of(SESSION_BY_RANDOM, 1);
	struct store store;

	(void)state;
	store_init(&store, 100, 1, PLENTY);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct secret secret = secret_of(SECRET_MASTER, 1, 48);

		secret.label = cases[i].label;
		secret.len = (uint16_t)cases[i].len;
		assert_false(secrets_add(store.secrets, &key, &secret, 0));
	}
	struct secret secret = secret_of(SECRET_MASTER, 1, 48);

	key.len = 33;
	assert_false(secrets_add(store.secrets, &key, &secret, 0));
	assert_true(secrets_are_none(store.secrets));
	store_fini(&store);
}

static void first_counts(void **state)
{
	struct store store;

	(void)state;
	store_init(&store, 100, 1, PLENTY);
	assert_true(add(&store, 1, SECRET_MASTER, 'a', 10));
	assert_true(add(&store, 1, SECRET_MASTER, 'b', 10));
	assert_true(add(&store, 1, SECRET_MASTER, 'c', 11));
	assert_int_equal(find(&store, 1, SECRET_MASTER, 9), -1);
	assert_int_equal(find(&store, 1, SECRET_MASTER, 10), 'a');
	assert_int_equal(find(&store, 1, SECRET_MASTER, UINT64_MAX), 'a');
	/* first is what stands first in the traffic, whichever thread was quicker */
	assert_true(add(&store, 1, SECRET_MASTER, 'd', 4));
	assert_int_equal(find(&store, 1, SECRET_MASTER, 3), -1);
	assert_int_equal(find(&store, 1, SECRET_MASTER, 4), 'd');
	store_fini(&store);
}

static void lowest_generation(void **state)
{
	struct store store;

	(void)state;
	store_init(&store, 100, 1, PLENTY);
	assert_true(add_generation(&store, SECRET_CLIENT_TRAFFIC, 3, 'c', 0));
	assert_true(add_generation(&store, SECRET_CLIENT_TRAFFIC, 4, 'd', 0));
	assert_int_equal(find(&store, 1, SECRET_CLIENT_TRAFFIC, 0), 'c');
	assert_true(add_generation(&store, SECRET_CLIENT_TRAFFIC, 1, 'a', 5));
	assert_true(add_generation(&store, SECRET_CLIENT_TRAFFIC, 2, 'b', 1));
	assert_int_equal(find(&store, 1, SECRET_CLIENT_TRAFFIC, 5), 'a');
	assert_true(add_generation(&store, SECRET_SERVER_TRAFFIC, 9, 's', 0));
	assert_int_equal(find(&store, 1, SECRET_SERVER_TRAFFIC, 0), 's');
	assert_int_equal(find(&store, 1, SECRET_CLIENT_TRAFFIC, 5), 'a');
	store_fini(&store);
}

/* Generations that go down and down must not make what is kept of them grow. */
static void falling_generations(void **state)
{
	struct secrets_counts counts;
	struct session_key key;
	struct store store;
	uint64_t seen = 0;
	unsigned n = 0;

	(void)state;
	store_init(&store, 100, 1, PLENTY);
	for (unsigned g = 60000; g > 0; g--)
		n += add_generation(&store, SECRET_CLIENT_TRAFFIC, (uint16_t)g, 'g', g);
	assert_in_range(n, 1, 20);
	secrets_count(store.secrets, &counts);
	assert_int_equal(counts.refused, 60000 - n);
	assert_true(counts.memuse < 100000);
	for (unsigned told = 0; secrets_news(store.secrets, &seen, UINT64_MAX, &key); told++)
		assert_true(told < n);
	store_fini(&store);
}

/* Two kinds at once: one of them is a mistake, or is not needed. */
static void one_kind(void **state)
{
	struct secrets_counts counts;
	struct store store;

	(void)state;
	store_init(&store, 100, 1, PLENTY);
	assert_true(add(&store, 1, SECRET_PREMASTER, 'p', 0));
	assert_true(add(&store, 1, SECRET_MASTER, 'm', 0));
	assert_int_equal(find(&store, 1, SECRET_PREMASTER, 0), 'p');
	assert_int_equal(find(&store, 1, SECRET_MASTER, 0), -1);
	assert_true(add(&store, 2, SECRET_MASTER, 'm', 0));
	assert_true(add(&store, 2, SECRET_PREMASTER, 'p', 0));
	assert_int_equal(find(&store, 2, SECRET_MASTER, 0), 'm');
	assert_int_equal(find(&store, 2, SECRET_PREMASTER, 0), -1);
	assert_false(add(&store, 2, SECRET_CLIENT_TRAFFIC, 't', 0));
	assert_int_equal(find(&store, 2, SECRET_CLIENT_TRAFFIC, 0), -1);
	assert_int_equal(find(&store, 2, SECRET_CLIENT_EARLY, 0), -1);
	assert_true(add(&store, 3, SECRET_SERVER_TRAFFIC, 't', 0));
	assert_false(add(&store, 3, SECRET_MASTER, 'm', 0));
	assert_int_equal(find(&store, 3, SECRET_SERVER_TRAFFIC, 0), 't');
	assert_int_equal(find(&store, 3, SECRET_CLIENT_EARLY, 0), -1);
	secrets_count(store.secrets, &counts);
	assert_int_equal(counts.sessions, 3);
	assert_int_equal(counts.refused, 2);
	store_fini(&store);
}

/* Of any number of sessions the latest `cap` are there and no other. */
static void oldest_go(void **state)
{
	static const uint32_t caps[] = { 1, 2, 3, 735, 736, 737, 3000 };

	(void)state;
	for (size_t i = 0; i < sizeof caps / sizeof caps[0]; i++) {
		struct secrets_counts counts;
		struct store store;
		const uint32_t n = 7000;

		store_init(&store, caps[i], 1, PLENTY);
		for (uint32_t k = 0; k < n; k++) {
			assert_true(add(&store, k, SECRET_CLIENT_TRAFFIC, (uint8_t)k, 0));
			assert_true(add(&store, k, SECRET_SERVER_TRAFFIC, (uint8_t)~k, 0));
			if (k >= caps[i])
				assert_int_equal(find(&store, k - caps[i], SECRET_CLIENT_TRAFFIC, 0), -1);
		}
		for (uint32_t k = 0; k < n; k++) {
			assert_int_equal(find(&store, k, SECRET_CLIENT_TRAFFIC, 0), k + caps[i] < n ? -1 : (int)(uint8_t)k);
			assert_int_equal(find(&store, k, SECRET_SERVER_TRAFFIC, 0), k + caps[i] < n ? -1 : (int)(uint8_t)~k);
		}
		secrets_count(store.secrets, &counts);
		assert_int_equal(counts.sessions, caps[i]);
		assert_int_equal(counts.evicted, n - caps[i]);
		assert_int_equal(counts.refused, 0);
		store_fini(&store);
	}
}

/* What is given up is overwritten. */
static void wiped(void **state)
{
	struct session_key keys[2] = { key_of(SESSION_BY_RANDOM, 1), key_of(SESSION_BY_RANDOM, 2) };
	uint8_t zeros[SECRET_CAP] = { 0 };
	struct sessions sessions;
	struct budget budget;
	uint64_t order, next;

	(void)state;
	budget_init(&budget, PLENTY, NULL);
	sessions_init(&sessions, 1, &budget);
	assert_true(sessions_create(&sessions, &keys[0], &order));
	memset(sessions_at(&sessions, order)->secret.premaster, 'x', SECRET_CAP);
	sessions_mark(&sessions, order, SECRET_PREMASTER);
	assert_true(sessions_create(&sessions, &keys[1], &next));
	assert_ptr_equal(sessions_at(&sessions, order), sessions_at(&sessions, next));
	assert_memory_equal(sessions_at(&sessions, next)->secret.premaster, zeros, SECRET_CAP);
	assert_int_equal(sessions_labels(&sessions, next), 0);
	assert_false(sessions_find(&sessions, &keys[0], &order));
	sessions_fini(&sessions);
	assert_int_equal(budget.used, 0);

	memset(zeros, 'x', sizeof zeros);
	secrets_wipe(zeros, sizeof zeros - 1);
	assert_int_equal(zeros[sizeof zeros - 2], 0);
	assert_int_equal(zeros[sizeof zeros - 1], 'x');
}

/* Under any cap on memory: never over it, and the newest is there unless nothing ever could be. */
static void little_memory(void **state)
{
	(void)state;
	for (size_t cap = 0; cap < 9 << 20; cap += cap / 7 + 1000) {
		struct secrets_counts counts;
		uint32_t last = UINT32_MAX;
		struct store store;

		store_init(&store, 20000, 1, cap);
		for (uint32_t k = 0; k < 20000; k++) {
			if (add(&store, k, SECRET_MASTER, (uint8_t)k, 0))
				last = k;
			if (last != UINT32_MAX)
				assert_int_equal(find(&store, last, SECRET_MASTER, 0), (uint8_t)last);
			assert_true(store.budget.used <= cap);
		}
		secrets_count(store.secrets, &counts);
		assert_int_equal(counts.sessions + counts.evicted + counts.refused, 20000);
		assert_true(counts.refused == 0 || counts.refused == 20000);
		assert_true(counts.refused == 0 || cap < 1 << 19);
		store_fini(&store);
	}
}

static void recent(void **state)
{
	struct session_key key;
	struct store store;

	(void)state;
	store_init(&store, 3, 1, PLENTY);
	assert_false(nth_newest(store.secrets, 0, SECRET_MASTER, 0, &key));
	for (uint32_t k = 0; k < 5; k++)
		assert_true(add(&store, k, k % 2 ? SECRET_MASTER : SECRET_CLIENT_TRAFFIC, 'x', k));
	assert_true(nth_newest(store.secrets, 0, SECRET_CLIENT_TRAFFIC, 10, &key));
	assert_int_equal(number_of(&key), 4);
	assert_true(nth_newest(store.secrets, 1, SECRET_CLIENT_TRAFFIC, 10, &key));
	assert_int_equal(number_of(&key), 2);
	assert_false(nth_newest(store.secrets, 2, SECRET_CLIENT_TRAFFIC, 10, &key)); /* 0 was evicted */
	assert_true(nth_newest(store.secrets, 0, SECRET_CLIENT_TRAFFIC, 3, &key)); /* 4 is not known yet */
	assert_int_equal(number_of(&key), 2);
	assert_false(nth_newest(store.secrets, 1, SECRET_CLIENT_TRAFFIC, 3, &key));
	assert_true(nth_newest(store.secrets, 0, SECRET_MASTER, 3, &key));
	assert_int_equal(number_of(&key), 3);
	assert_false(nth_newest(store.secrets, 0, SECRET_MASTER, 2, &key));
	assert_false(nth_newest(store.secrets, 0, SECRET_SERVER_TRAFFIC, 10, &key));
	assert_false(nth_newest(store.secrets, SIZE_MAX, SECRET_MASTER, 10, &key));
	assert_false(nth_newest(store.secrets, 0, SECRET_LABELS, 10, &key));
	store_fini(&store);
}

/* ---- news ---- */

static void assert_news(struct store *store, uint64_t *seen, uint64_t number, const char *want)
{
	struct session_key key;
	char heard[64] = "";
	size_t n = 0;

	while (secrets_news(store->secrets, seen, number, &key)) {
		assert_true(n + 1 < sizeof heard);
		heard[n++] = (char)number_of(&key);
	}
	heard[n] = '\0';
	assert_string_equal(heard, want);
}

static void news_in_order(void **state)
{
	uint64_t seen = 0, late = 0;
	struct store store;

	(void)state;
	store_init(&store, 3, 1, PLENTY);
	assert_news(&store, &seen, UINT64_MAX, "");
	add(&store, 'a', SECRET_CLIENT_HANDSHAKE, 'x', 0);
	add(&store, 'b', SECRET_CLIENT_HANDSHAKE, 'x', 0);
	add(&store, 'a', SECRET_SERVER_HANDSHAKE, 'x', 0); /* nobody has heard of the other yet: told together */
	add(&store, 'a', SECRET_SERVER_HANDSHAKE, 'y', 0); /* nothing new */
	assert_news(&store, &seen, 0, "ab");
	assert_news(&store, &seen, 0, "");
	add(&store, 'a', SECRET_CLIENT_TRAFFIC, 'x', 0); /* an addition to what was heard of is news again */
	add(&store, 'a', SECRET_SERVER_TRAFFIC, 'x', 7);
	add(&store, 'c', SECRET_MASTER, 'x', 8);
	assert_news(&store, &seen, 6, "a");
	assert_news(&store, &seen, 7, "a");
	assert_news(&store, &seen, 7, "");
	assert_news(&store, &seen, 8, "c");
	add(&store, 'd', SECRET_MASTER, 'x', 8); /* a goes */
	assert_news(&store, &late, 8, "bcd");
	assert_news(&store, &seen, 8, "d");
	store_fini(&store);
}

enum { MODEL_SESSIONS = 40, MODEL_STORE = 16, MODEL_LABELS = SECRET_LABELS - SECRET_CLIENT_EARLY };

/* Readers of any laziness: whoever has heard all that is known at packet P has found everything of every session that is in the
 * store. */
static void nobody_misses(void **state)
{
	uint64_t seed = 20240607;

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		bool heard[3][MODEL_SESSIONS][MODEL_LABELS] = { 0 };
		uint64_t seen[3] = { 0 }, number = 0;
		struct session_key key;
		struct store store;

		store_init(&store, MODEL_STORE, 1, PLENTY);
		for (unsigned step = 0; step < 300; step++) {
			uint32_t n = (uint32_t)(script_next(&seed) % 12 + step * (MODEL_SESSIONS - 12) / 300);
			unsigned reader = (unsigned)(script_next(&seed) % 3);
			unsigned label = (unsigned)(script_next(&seed) % MODEL_LABELS);

			number += script_next(&seed) % 2;
			add(&store, n, SECRET_CLIENT_EARLY + label, 'x', number);
			if (reader == 2 && step % 100)
				continue; /* the lazy one */
			uint64_t at = number - (number && script_next(&seed) % 2);

			while (secrets_news(store.secrets, &seen[reader], at, &key)) {
				n = number_of(&key);
				for (unsigned l = 0; l < MODEL_LABELS; l++)
					heard[reader][n][l] |= find(&store, n, SECRET_CLIENT_EARLY + l, at) >= 0;
			}
			for (n = 0; n < MODEL_SESSIONS; n++)
				for (unsigned l = 0; l < MODEL_LABELS; l++)
					assert_true(heard[reader][n][l] || find(&store, n, SECRET_CLIENT_EARLY + l, at) < 0);
		}
		store_fini(&store);
	}
}

/* ---- threads ---- */

enum { THREADS = 4, STEPS = 3000 };

struct crew {
	struct secrets *secrets;
	unsigned worker;
	bool failed;
	pthread_t thread;
};

/* Each worker makes a session at each of its packets; the next one resumes it right afterwards. */
static void *resume(void *context)
{
	struct crew *crew = context;

	for (uint64_t number = 0; number < STEPS; number++) {
		struct session_key key = key_of(SESSION_BY_TICKET, (uint32_t)(number / THREADS));
		struct secret secret = secret_of(SECRET_MASTER, (uint8_t)number, 48), found;

		secrets_reach(crew->secrets, crew->worker, number);
		if (number % THREADS == crew->worker)
			secrets_add(crew->secrets, &key, &secret, number);
		if (number % THREADS != (crew->worker + 1) % THREADS || number % THREADS == 0)
			continue;
		secrets_await(crew->secrets, crew->worker, number);
		key = key_of(SESSION_BY_TICKET, (uint32_t)((number - 1) / THREADS));
		if (!secrets_find(crew->secrets, &key, SECRET_MASTER, number, &found) ||
		    found.bytes[47] != (uint8_t)(number / THREADS * THREADS))
			crew->failed = true;
	}
	secrets_reach(crew->secrets, crew->worker, UINT64_MAX);
	return NULL;
}

static void run(struct crew crew[THREADS], struct secrets *secrets, void *(*work)(void *))
{
	for (unsigned i = 0; i < THREADS; i++) {
		crew[i] = (struct crew){ .secrets = secrets, .worker = i };
		assert_int_equal(pthread_create(&crew[i].thread, NULL, work, &crew[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(crew[i].thread, NULL);
		assert_false(crew[i].failed);
	}
}

static void workers_wait(void **state)
{
	struct crew crew[THREADS];
	struct store store;

	(void)state;
	store_init(&store, STEPS, THREADS, PLENTY);
	run(crew, store.secrets, resume);
	secrets_await(store.secrets, 0, UINT64_MAX);
	store_fini(&store);
	store_init(&store, 1, 1, PLENTY);
	secrets_await(store.secrets, 0, UINT64_MAX); /* alone: there is nobody to wait for */
	store_fini(&store);
}

/* All at everything at once, in a store that is too small: what is found is whole, and of the session that was asked for. */
static void *everything(void *context)
{
	struct crew *crew = context;
	uint64_t seen = 0, seed = crew->worker + 1;
	struct session_key key;
	struct secrets_counts counts;
	struct secret found;

	for (unsigned step = 0; step < STEPS; step++) {
		uint32_t n = (uint32_t)(script_next(&seed) % 200);
		struct secret secret = secret_of(SECRET_CLIENT_TRAFFIC, (uint8_t)n, 48);

		key = key_of(SESSION_BY_RANDOM, n);
		secrets_add(crew->secrets, &key, &secret, step);
		key = key_of(SESSION_BY_RANDOM, (uint32_t)(script_next(&seed) % 200));
		if (secrets_find(crew->secrets, &key, SECRET_CLIENT_TRAFFIC, step, &found))
			crew->failed |= found.len != 48 || found.bytes[0] != key.bytes[0] || found.bytes[47] != key.bytes[0];
		if (step % 8 == 0)
			nth_newest(crew->secrets, 3, SECRET_CLIENT_TRAFFIC, step, &key);
		if (step % 8 == crew->worker)
			while (secrets_news(crew->secrets, &seen, step, &key))
				crew->failed |= number_of(&key) >= 200;
		secrets_count(crew->secrets, &counts);
		crew->failed |= counts.sessions > 100;
	}
	return NULL;
}

static void all_at_once(void **state)
{
	struct crew crew[THREADS];
	struct store store;

	(void)state;
	store_init(&store, 100, THREADS, PLENTY);
	run(crew, store.secrets, everything);
	store_fini(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_label),
		cmocka_unit_test(keys_apart),
		cmocka_unit_test(unsound),
		cmocka_unit_test(first_counts),
		cmocka_unit_test(lowest_generation),
		cmocka_unit_test(falling_generations),
		cmocka_unit_test(one_kind),
		cmocka_unit_test(oldest_go),
		cmocka_unit_test(wiped),
		cmocka_unit_test(little_memory),
		cmocka_unit_test(recent),
		cmocka_unit_test(news_in_order),
		cmocka_unit_test(nobody_misses),
		cmocka_unit_test(workers_wait),
		cmocka_unit_test(all_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
