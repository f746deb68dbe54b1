/* news: what was added to sessions, in order, for those who wait; for secrets.c alone, which locks. An addition is kept for as
 * long as its session is, so that however late a reader comes, he misses none. */
#ifndef STORMGLASS_SECRETS_NEWS_H
#define STORMGLASS_SECRETS_NEWS_H

#include "sensor/base/budget.h"

struct news_item {
	uint64_t order;          /* of the session */
	uint64_t since;          /* packet */
};

/* A ring; additions are numbered from 0. */
struct news {
	struct budget *budget;
	struct news_item *items;
	size_t cap;              /* power of two, or 0 */
	uint64_t first, next;
	uint64_t given;          /* those before it were given to somebody */
};

void news_init(struct news *news, struct budget *budget); /* takes no memory yet */
void news_fini(struct news *news);

/* Room for one addition more; forgets what begins the ring and is about sessions that are gone: those before `oldest`. False: no
 * memory.
 *
 * Its size needs no cap of its own: sessions go in the order of their coming, so the additions kept are about twice as many
 * sessions as the store holds, at most, and a session has few. */
bool news_reserve(struct news *news, uint64_t oldest);

/* There must be room. Lines of a key log often come together: an addition that nobody has heard of yet stands for the next one to
 * the same session too. */
void news_add(struct news *news, uint64_t order, uint64_t since);

/* The addition after the *seen-th, if it is known at packet `number`. */
bool news_next(struct news *news, uint64_t *seen, uint64_t number, uint64_t *order);

size_t news_memuse(const struct news *news);

#endif
