#include "sensor/secrets/news.h"

#include "sensor/base/pages.h"

enum { ITEMS_FIRST = 256, TOGETHER = 8 /* additions among which one to the same session is looked for */ };

void news_init(struct news *news, struct budget *budget)
{
	*news = (struct news){ .budget = budget };
}

size_t news_memuse(const struct news *news)
{
	return news->cap * sizeof *news->items;
}

static void items_free(struct news *news)
{
	if (!news->items)
		return;
	pages_free(news->items, news_memuse(news));
	budget_release(news->budget, news_memuse(news));
}

void news_fini(struct news *news)
{
	items_free(news);
	*news = (struct news){ 0 };
}

static struct news_item *item_at(const struct news *news, uint64_t n)
{
	return &news->items[n & (news->cap - 1)];
}

static bool grow(struct news *news)
{
	struct news grown = *news;

	grown.cap = news->cap ? news->cap * 2 : ITEMS_FIRST;
	if (!budget_charge(news->budget, news_memuse(&grown)))
		return false;
	grown.items = pages_alloc(news_memuse(&grown));
	if (!grown.items) {
		budget_release(news->budget, news_memuse(&grown));
		return false;
	}
	for (uint64_t n = news->first; n < news->next; n++)
		*item_at(&grown, n) = *item_at(news, n);
	items_free(news);
	*news = grown;
	return true;
}

bool news_reserve(struct news *news, uint64_t oldest)
{
	while (news->first < news->next && item_at(news, news->first)->order < oldest)
		news->first++;
	return news->next - news->first < news->cap || grow(news);
}

/* Was the same said just before, and did nobody hear it? */
static bool is_said(const struct news *news, uint64_t order, uint64_t since)
{
	uint64_t from = news->given > news->first ? news->given : news->first;

	for (uint64_t n = news->next; n > from && news->next - n < TOGETHER; n--) {
		const struct news_item *item = item_at(news, n - 1);

		if (item->order == order && item->since == since)
			return true;
	}
	return false;
}

void news_add(struct news *news, uint64_t order, uint64_t since)
{
	if (is_said(news, order, since))
		return;
	*item_at(news, news->next++) = (struct news_item){ order, since };
}

bool news_next(struct news *news, uint64_t *seen, uint64_t number, uint64_t *order)
{
	if (*seen < news->first)
		*seen = news->first;
	if (*seen >= news->next || item_at(news, *seen)->since > number)
		return false;
	*order = item_at(news, (*seen)++)->order;
	if (*seen > news->given)
		news->given = *seen;
	return true;
}
