#include "sensor/secrets/secrets.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "sensor/secrets/news.h"
#include "sensor/secrets/sessions.h"

/* So often may something be put into one session. It has five secrets at most, so only traffic secrets of ever lower generations
 * get there, and what is kept of each addition stays bounded. */
enum { CHANGES_CAP = 8 };

enum { LINE_LEN = 64 };      /* of memory: what one worker writes must not slow down the others */
enum { AWAIT_TURNS = 64, AWAIT_NS = 50000 };

struct worker {
	_Alignas(LINE_LEN) _Atomic uint64_t reached; /* everything before this packet is done */
};

struct secrets {
	_Atomic uint64_t n_news; /* those that are in `news`, and were: most who ask know all of them */
	struct worker *workers;
	unsigned n_workers;
	pthread_mutex_t lock;    /* of what follows; a TLS connection needs it a few times */
	struct sessions sessions;
	struct news news;
	uint64_t n_refused;
};

_Static_assert(sizeof(struct session) <= 352, "a million sessions are meant to fit into 350 MB");
_Static_assert(sizeof(struct session_key) == 34, "keys are hashed and compared as bytes");

struct secrets *secrets_new(size_t n_sessions, unsigned n_workers, struct budget *budget)
{
	struct secrets *secrets = calloc(1, sizeof *secrets);

	if (!secrets)
		return NULL;
	secrets->n_workers = n_workers ? n_workers : 1;
	secrets->workers = aligned_alloc(LINE_LEN, secrets->n_workers * sizeof *secrets->workers);
	if (!secrets->workers || pthread_mutex_init(&secrets->lock, NULL) != 0) {
		free(secrets->workers);
		free(secrets);
		return NULL;
	}
	for (unsigned i = 0; i < secrets->n_workers; i++)
		atomic_init(&secrets->workers[i].reached, 0);
	sessions_init(&secrets->sessions, n_sessions, budget);
	news_init(&secrets->news, budget);
	return secrets;
}

void secrets_free(struct secrets *secrets)
{
	if (!secrets)
		return;
	sessions_fini(&secrets->sessions);
	news_fini(&secrets->news);
	pthread_mutex_destroy(&secrets->lock);
	free(secrets->workers);
	free(secrets);
}

/* ---- one session ---- */

static bool is_traffic(enum secret_label label)
{
	return label >= SECRET_CLIENT_EARLY;
}

static unsigned slot_of(enum secret_label label)
{
	return is_traffic(label) ? label - SECRET_CLIENT_EARLY : 0;
}

static uint8_t *room_of(struct session *session, enum secret_label label)
{
	return label == SECRET_PREMASTER ? session->secret.premaster : session->secret.slots[slot_of(label)];
}

static uint16_t *generation_of(struct session *session, enum secret_label label)
{
	return label >= SECRET_CLIENT_TRAFFIC ? &session->generation[label - SECRET_CLIENT_TRAFFIC] : NULL;
}

enum verdict { TAKEN, KNOWN, UNFIT };

/* What is to be done with one more secret of a session that has some. */
static enum verdict judge(struct session *session, unsigned labels, const struct secret *secret, uint64_t number)
{
	unsigned slot = slot_of(secret->label), older_tls = 1u << SECRET_MASTER | 1u << SECRET_PREMASTER;
	const uint16_t *generation = generation_of(session, secret->label);

	if (labels == 0)
		return TAKEN;
	if (is_traffic(secret->label) == ((labels & older_tls) != 0))
		return UNFIT;
	if (!(labels >> secret->label & 1)) /* either of master and premaster secret is enough */
		return is_traffic(secret->label) ? TAKEN : KNOWN;
	if (generation && *generation != secret->generation) {
		if (secret->generation > *generation)
			return KNOWN;
	} else if (number >= session->since[slot]) {
		return KNOWN;
	}
	return session->n_changes < CHANGES_CAP ? TAKEN : UNFIT;
}

static void put(struct secrets *secrets, uint64_t order, const struct secret *secret, uint64_t number)
{
	struct session *session = sessions_at(&secrets->sessions, order);
	unsigned slot = slot_of(secret->label);
	uint16_t *generation = generation_of(session, secret->label);

	memcpy(room_of(session, secret->label), secret->bytes, secret->len);
	session->last[slot] = (uint8_t)(secret->len - 1);
	session->origin[slot] = (uint8_t)secret->origin;
	session->since[slot] = number;
	session->n_changes++;
	if (generation)
		*generation = secret->generation;
	sessions_mark(&secrets->sessions, order, secret->label);
	news_add(&secrets->news, order, number);
	atomic_store_explicit(&secrets->n_news, secrets->news.next, memory_order_release);
}

static void get(struct session *session, enum secret_label label, struct secret *secret)
{
	unsigned slot = slot_of(label);
	const uint16_t *generation = generation_of(session, label);

	secret->label = label;
	secret->origin = session->origin[slot];
	secret->generation = generation ? *generation : 0;
	secret->len = (uint16_t)(session->last[slot] + 1);
	memcpy(secret->bytes, room_of(session, label), secret->len);
}

/* ---- all of them ---- */

static bool is_sound(const struct session_key *key, const struct secret *secret)
{
	if (key->len > sizeof key->bytes || secret->label >= SECRET_LABELS)
		return false;
	return secret->len > 0 && secret->len <= (secret->label == SECRET_PREMASTER ? SECRET_CAP : SESSION_SLOT_LEN);
}

/* Room to tell of one addition more, for which old sessions may have to go. */
static bool make_room(struct secrets *secrets)
{
	while (!news_reserve(&secrets->news, secrets->sessions.oldest))
		if (!sessions_evict(&secrets->sessions))
			return false;
	return true;
}

static bool add(struct secrets *secrets, const struct session_key *key, const struct secret *secret, uint64_t number)
{
	struct sessions *sessions = &secrets->sessions;
	uint64_t order;
	bool is_old = sessions_find(sessions, key, &order);

	if (is_old) {
		enum verdict verdict = judge(sessions_at(sessions, order), sessions_labels(sessions, order), secret, number);

		if (verdict != TAKEN)
			return verdict == KNOWN;
	}
	if (!make_room(secrets))
		return false;
	is_old = is_old && sessions_has(sessions, order);
	if (!is_old && !sessions_create(sessions, key, &order))
		return false;
	put(secrets, order, secret, number);
	return true;
}

bool secrets_add(struct secrets *secrets, const struct session_key *key, const struct secret *secret, uint64_t number)
{
	if (!is_sound(key, secret))
		return false;
	pthread_mutex_lock(&secrets->lock);
	bool added = add(secrets, key, secret, number);

	if (!added)
		secrets->n_refused++;
	pthread_mutex_unlock(&secrets->lock);
	return added;
}

static bool is_known(const struct sessions *sessions, uint64_t order, enum secret_label label, uint64_t number)
{
	return sessions_labels(sessions, order) >> label & 1 && sessions_at(sessions, order)->since[slot_of(label)] <= number;
}

bool secrets_find(struct secrets *secrets, const struct session_key *key, enum secret_label label, uint64_t number,
    struct secret *secret)
{
	uint64_t order;

	if (label >= SECRET_LABELS || secrets_are_none(secrets))
		return false;
	pthread_mutex_lock(&secrets->lock);
	bool found = sessions_find(&secrets->sessions, key, &order) && is_known(&secrets->sessions, order, label, number);

	if (found)
		get(sessions_at(&secrets->sessions, order), label, secret);
	pthread_mutex_unlock(&secrets->lock);
	return found;
}

bool secrets_recent(struct secrets *secrets, uint64_t *at, enum secret_label label, uint64_t number, struct session_key *key)
{
	bool found = false;

	if (label >= SECRET_LABELS || secrets_are_none(secrets))
		return false;
	pthread_mutex_lock(&secrets->lock);
	const struct sessions *sessions = &secrets->sessions;

	while (!found && sessions_before(sessions, label, at))
		found = is_known(sessions, *at, label, number);
	if (found)
		*key = sessions_at(sessions, *at)->key;
	pthread_mutex_unlock(&secrets->lock);
	return found;
}

bool secrets_news(struct secrets *secrets, uint64_t *seen, uint64_t number, struct session_key *key)
{
	uint64_t order;
	bool found = false;

	if (*seen >= atomic_load_explicit(&secrets->n_news, memory_order_acquire))
		return false;
	pthread_mutex_lock(&secrets->lock);
	while (!found && news_next(&secrets->news, seen, number, &order))
		found = sessions_has(&secrets->sessions, order);
	if (found)
		*key = sessions_at(&secrets->sessions, order)->key;
	pthread_mutex_unlock(&secrets->lock);
	return found;
}

bool secrets_are_none(const struct secrets *secrets)
{
	return atomic_load_explicit(&secrets->n_news, memory_order_acquire) == 0;
}

void secrets_count(struct secrets *secrets, struct secrets_counts *counts)
{
	pthread_mutex_lock(&secrets->lock);
	counts->sessions = secrets->sessions.next - secrets->sessions.oldest;
	counts->evicted = secrets->sessions.n_evicted;
	counts->refused = secrets->n_refused;
	counts->memuse = secrets->sessions.memuse + news_memuse(&secrets->news);
	pthread_mutex_unlock(&secrets->lock);
}

/* ---- workers ---- */

void secrets_reach(struct secrets *secrets, unsigned worker, uint64_t number)
{
	if (worker < secrets->n_workers)
		atomic_store_explicit(&secrets->workers[worker].reached, number, memory_order_release);
}

/* Others are at most a few rounds of packets away: to let them have the processor is nearly always enough. A worker that waits
 * for packets itself is not worth a busy one. */
void secrets_await(struct secrets *secrets, unsigned worker, uint64_t number)
{
	const struct timespec nap = { .tv_nsec = AWAIT_NS };

	for (unsigned i = 0; i < secrets->n_workers; i++) {
		_Atomic uint64_t *reached = &secrets->workers[i].reached;

		for (unsigned turn = 0; i != worker && atomic_load_explicit(reached, memory_order_acquire) < number; turn++) {
			if (turn < AWAIT_TURNS)
				(void)sched_yield();
			else
				(void)nanosleep(&nap, NULL);
		}
	}
}

void secrets_wipe(void *memory, size_t len)
{
	OPENSSL_cleanse(memory, len);
}

struct session_key session_key_of_ticket(struct bytes ticket)
{
	struct session_key key = { .kind = SESSION_BY_TICKET, .len = sizeof key.bytes };

	if (!EVP_Digest(ticket.data, ticket.len, key.bytes, NULL, EVP_sha256(), NULL))
		key.len = 0;
	return key;
}
