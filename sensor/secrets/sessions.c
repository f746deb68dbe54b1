#include "sensor/secrets/sessions.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "sensor/base/pages.h"

enum { CHUNK_SESSIONS = 736, BUCKETS_FIRST = 1024, BUCKETS_LAST = 1 << 26 };

/* The labels stand apart, so that a search by label reads few lines of memory. */
struct session_chunk {
	uint8_t labels[CHUNK_SESSIONS];
	struct session sessions[];
};

void sessions_init(struct sessions *sessions, size_t cap, struct budget *budget)
{
	const size_t most = UINT32_MAX - 1; /* places are counted from 1, in 32 bits */

	*sessions = (struct sessions){ .budget = budget, .hash_key = hash_key_random(), .cap = cap < most ? cap : most };
	if (sessions->cap == 0)
		sessions->cap = 1;
	sessions->n_chunks = (sessions->cap + CHUNK_SESSIONS - 1) / CHUNK_SESSIONS;
}

/* ---- memory ---- */

/* Sessions of the chunk that begins at this place. */
static size_t chunk_sessions(const struct sessions *sessions, size_t place)
{
	return sessions->cap - place < CHUNK_SESSIONS ? sessions->cap - place : CHUNK_SESSIONS;
}

static size_t chunk_len(size_t n)
{
	const size_t page_len = 4096;

	return (sizeof(struct session_chunk) + n * sizeof(struct session) + page_len - 1) & ~(page_len - 1);
}

static void *charged_pages(struct sessions *sessions, size_t len)
{
	if (!budget_charge(sessions->budget, len))
		return NULL;
	void *memory = pages_alloc(len);

	if (memory)
		sessions->memuse += len;
	else
		budget_release(sessions->budget, len);
	return memory;
}

static void release_pages(struct sessions *sessions, void *memory, size_t len)
{
	if (!memory)
		return;
	pages_free(memory, len);
	budget_release(sessions->budget, len);
	sessions->memuse -= len;
}

/* What the first session needs and all others share. */
static bool begin(struct sessions *sessions)
{
	if (!sessions->chunks)
		sessions->chunks = charged_pages(sessions, sessions->n_chunks * sizeof(struct session_chunk *));
	if (!sessions->buckets) {
		sessions->buckets = charged_pages(sessions, BUCKETS_FIRST * sizeof *sessions->buckets);
		sessions->n_buckets = BUCKETS_FIRST;
	}
	return sessions->chunks && sessions->buckets;
}

/* Memory for further sessions, in pages of its own: what is said to the kernel about dumps holds for whole pages. */
static bool chunk_add(struct sessions *sessions)
{
	size_t n = chunk_sessions(sessions, sessions->n_places), len = chunk_len(n);

	if (!budget_charge(sessions->budget, len))
		return false;
	void *chunk = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (chunk == MAP_FAILED) {
		budget_release(sessions->budget, len);
		return false;
	}
	(void)madvise(chunk, len, MADV_DONTDUMP);
	sessions->chunks[sessions->n_places / CHUNK_SESSIONS] = chunk;
	sessions->n_places += n;
	sessions->memuse += len;
	return true;
}

void sessions_fini(struct sessions *sessions)
{
	size_t table_len = sessions->n_chunks * sizeof(struct session_chunk *);

	for (size_t place = 0; place < sessions->n_places; place += CHUNK_SESSIONS) {
		size_t len = chunk_len(chunk_sessions(sessions, place));
		struct session_chunk *chunk = sessions->chunks[place / CHUNK_SESSIONS];

		OPENSSL_cleanse(chunk, len);
		(void)munmap(chunk, len);
		budget_release(sessions->budget, len);
	}
	release_pages(sessions, sessions->chunks, table_len);
	release_pages(sessions, sessions->buckets, sessions->n_buckets * sizeof *sessions->buckets);
	*sessions = (struct sessions){ 0 };
}

/* ---- places ---- */

static size_t place_of(const struct sessions *sessions, uint64_t order)
{
	return order % sessions->cap;
}

static uint64_t order_at(const struct sessions *sessions, size_t place)
{
	size_t first = place_of(sessions, sessions->oldest);

	return sessions->oldest + (place >= first ? place - first : place + sessions->cap - first);
}

static struct session *session_at(const struct sessions *sessions, size_t place)
{
	return &sessions->chunks[place / CHUNK_SESSIONS]->sessions[place % CHUNK_SESSIONS];
}

static uint8_t *labels_at(const struct sessions *sessions, size_t place)
{
	return &sessions->chunks[place / CHUNK_SESSIONS]->labels[place % CHUNK_SESSIONS];
}

bool sessions_has(const struct sessions *sessions, uint64_t order)
{
	return order >= sessions->oldest && order < sessions->next;
}

struct session *sessions_at(const struct sessions *sessions, uint64_t order)
{
	return session_at(sessions, place_of(sessions, order));
}

unsigned sessions_labels(const struct sessions *sessions, uint64_t order)
{
	return *labels_at(sessions, place_of(sessions, order));
}

void sessions_mark(struct sessions *sessions, uint64_t order, enum secret_label label)
{
	uint8_t *labels = labels_at(sessions, place_of(sessions, order));

	if (*labels >> label & 1)
		return;
	*labels = (uint8_t)(*labels | 1u << label);
	sessions->n_with[label]++;
}

bool sessions_before(const struct sessions *sessions, enum secret_label label, uint64_t *order)
{
	uint64_t at = *order < sessions->next ? *order : sessions->next;

	if (sessions->n_with[label] == 0)
		return false;
	while (at > sessions->oldest) {
		if (sessions_labels(sessions, --at) >> label & 1) {
			*order = at;
			return true;
		}
	}
	return false;
}

/* ---- the index ---- */

static uint32_t *bucket_of(const struct sessions *sessions, const struct session_key *key)
{
	return &sessions->buckets[hash64(sessions->hash_key, bytes_of(key, sizeof *key)) & (sessions->n_buckets - 1)];
}

static void index_put(struct sessions *sessions, size_t place)
{
	struct session *session = session_at(sessions, place);
	uint32_t *bucket = bucket_of(sessions, &session->key);

	session->hash_next = *bucket;
	*bucket = (uint32_t)place + 1;
}

static void index_remove(struct sessions *sessions, size_t place)
{
	uint32_t *link = bucket_of(sessions, &session_at(sessions, place)->key);

	while (*link != place + 1)
		link = &session_at(sessions, *link - 1)->hash_next;
	*link = session_at(sessions, place)->hash_next;
}

/* Where memory is refused, chains become longer: the sessions will soon find none either. */
static void index_grow(struct sessions *sessions)
{
	size_t n_old = sessions->n_buckets, n = n_old * 4;
	uint32_t *old = sessions->buckets, *buckets = n <= BUCKETS_LAST ? charged_pages(sessions, n * sizeof *buckets) : NULL;

	if (!buckets)
		return;
	sessions->buckets = buckets;
	sessions->n_buckets = n;
	for (uint64_t order = sessions->oldest; order < sessions->next; order++)
		index_put(sessions, place_of(sessions, order));
	release_pages(sessions, old, n_old * sizeof *old);
}

bool sessions_find(const struct sessions *sessions, const struct session_key *key, uint64_t *order)
{
	if (!sessions->buckets)
		return false;
	for (uint32_t place = *bucket_of(sessions, key); place; place = session_at(sessions, place - 1)->hash_next) {
		if (memcmp(&session_at(sessions, place - 1)->key, key, sizeof *key) == 0) {
			*order = order_at(sessions, place - 1);
			return true;
		}
	}
	return false;
}

/* ---- coming and going ---- */

bool sessions_evict(struct sessions *sessions)
{
	if (sessions->oldest == sessions->next)
		return false;
	size_t place = place_of(sessions, sessions->oldest);
	uint8_t *labels = labels_at(sessions, place);

	index_remove(sessions, place);
	OPENSSL_cleanse(session_at(sessions, place), sizeof(struct session));
	for (unsigned label = 0; label < SECRET_LABELS; label++)
		sessions->n_with[label] -= (unsigned)*labels >> label & 1u;
	*labels = 0;
	sessions->oldest++;
	sessions->n_evicted++;
	return true;
}

bool sessions_create(struct sessions *sessions, const struct session_key *key, uint64_t *order)
{
	if (!begin(sessions))
		return false;
	size_t n = (size_t)(sessions->next - sessions->oldest);

	/* While there is memory for fewer sessions than the ring has places for, it was not gone round yet: orders are places,
	 * and it may become smaller. */
	if (sessions->next == sessions->n_places && sessions->n_places < sessions->cap && !chunk_add(sessions)) {
		if (sessions->n_places == 0)
			return false;
		sessions->cap = sessions->n_places;
	}
	if (n == sessions->cap)
		(void)sessions_evict(sessions);
	if (n >= sessions->n_buckets / 2) /* one that is looked for and is not there should meet few others */
		index_grow(sessions);
	*order = sessions->next++;
	sessions_at(sessions, *order)->key = *key;
	index_put(sessions, place_of(sessions, *order));
	return true;
}
