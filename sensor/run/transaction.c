#include "sensor/run/transaction.h"

#include <stdalign.h>

enum { PLACE_LEN = 4096 - 256, ARENA_BLOCK = 4096, POOL_SLAB = 32 };

/* A transaction with the memory that most need, so that one costs no allocation. */
struct slot {
	struct transaction transaction;
	alignas(max_align_t) uint8_t place[PLACE_LEN];
};

void transactions_memory_init(struct transactions_memory *memory, size_t memcap, struct budget *parent)
{
	*memory = (struct transactions_memory){ 0 };
	budget_init(&memory->budget, memcap, parent);
	pool_init(&memory->pool, sizeof(struct slot), POOL_SLAB, &memory->budget);
}

void transactions_memory_fini(struct transactions_memory *memory)
{
	pool_fini(&memory->pool);
}

static void wait_link(struct transactions_memory *memory, struct transaction *transaction)
{
	transaction->newer = NULL;
	transaction->older = memory->newest;
	*(memory->newest ? &memory->newest->newer : &memory->oldest) = transaction;
	memory->newest = transaction;
}

static void wait_unlink(struct transactions_memory *memory, struct transaction *transaction)
{
	*(transaction->newer ? &transaction->newer->older : &memory->newest) = transaction->older;
	*(transaction->older ? &transaction->older->newer : &memory->oldest) = transaction->newer;
}

struct transaction *transaction_open(struct transactions_memory *memory, struct flow *flow, const struct http_message *message)
{
	struct slot *slot = pool_take(&memory->pool);

	if (!slot) {
		memory->n_refused++;
		return NULL;
	}
	struct transaction *transaction = &slot->transaction;

	*transaction = (struct transaction){ .flow = flow, .tx = message->tx, .time_ns = message->time_ns, .number = message->number };
	transaction->last_use = &transaction->uses;
	arena_init(&transaction->arena, ARENA_BLOCK, &memory->budget);
	arena_lend(&transaction->arena, slot->place, sizeof slot->place);
	transaction->http = record_copy(message->record, &transaction->arena);
	if (!transaction->http) {
		memory->n_refused++;
		arena_fini(&transaction->arena);
		pool_give(&memory->pool, transaction);
		return NULL;
	}
	struct transaction **place = &flow->transactions;

	while (*place)
		place = &(*place)->next;
	*place = transaction;
	wait_link(memory, transaction);
	return transaction;
}

struct transaction *transaction_find(const struct flow *flow, uint64_t tx)
{
	struct transaction *transaction = flow->transactions;

	while (transaction && transaction->tx != tx)
		transaction = transaction->next;
	return transaction;
}

void transaction_answer(struct transaction *transaction, const struct http_message *response)
{
	struct record *http = transaction->http;

	if (response->is_end) {
		record_int(http, HTTP_LENGTH, (int64_t)response->body_len);
		return;
	}
	transaction->answered = true;
	for (size_t i = 0; i < HTTP_FIELDS; i++) {
		struct value value = response->record->values[i];

		if (!value.set || !(http_record.fields[i].flags & FIELD_RESPONSE))
			continue;
		if (http_record.fields[i].kind == FIELD_TEXT) {
			struct bytes text = arena_copy(&transaction->arena, bytes_of(value.text, value.len));

			if (!text.data)
				continue;
			value.text = text.data;
		}
		http->values[i] = value;
	}
}

struct transaction *transaction_overdue(const struct transactions_memory *memory, int64_t before_ns)
{
	return memory->oldest && memory->oldest->time_ns < before_ns ? memory->oldest : NULL;
}

void transaction_close(struct transactions_memory *memory, struct transaction *transaction)
{
	struct transaction **place = &transaction->flow->transactions;

	while (*place != transaction)
		place = &(*place)->next;
	*place = transaction->next;
	wait_unlink(memory, transaction);
	arena_fini(&transaction->arena);
	pool_give(&memory->pool, transaction);
}

size_t transaction_count(const struct flow *flow)
{
	size_t n = 0;

	for (const struct transaction *t = flow->transactions; t; t = t->next)
		n++;
	return n;
}
