#include "dissectors/app/websocket_gather.h"

enum { CAP_FIRST = 512 };

bool websocket_gather_reserve(struct websocket_gather *gather, size_t len, struct budget *budget)
{
	size_t cap = gather->cap ? gather->cap : CAP_FIRST;

	while (cap < len)
		cap *= 2;
	if (cap == gather->cap)
		return true;
	uint8_t *data = budget_alloc(budget, cap);

	if (!data)
		return false;
	if (gather->len)
		memcpy(data, gather->data, gather->len);
	budget_free(budget, gather->data, gather->cap);
	gather->data = data;
	gather->cap = cap;
	return true;
}

void websocket_gather_drop(struct websocket_gather *gather, struct budget *budget)
{
	budget_free(budget, gather->data, gather->cap);
	*gather = (struct websocket_gather){ 0 };
}
