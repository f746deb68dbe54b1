#include "sensor/run/transaction.h"

#include <assert.h>

static_assert(sizeof(struct transaction) <= REPORT_HEAD_LEN, "a transaction fits where its report is");

static void wait_link(struct transactions *all, struct transaction *transaction)
{
	transaction->newer = NULL;
	transaction->older = all->newest;
	*(all->newest ? &all->newest->newer : &all->oldest) = transaction;
	all->newest = transaction;
}

static void wait_unlink(struct transactions *all, struct transaction *transaction)
{
	*(transaction->newer ? &transaction->newer->older : &all->newest) = transaction->older;
	*(transaction->older ? &transaction->older->newer : &all->oldest) = transaction->newer;
}

struct transaction *transaction_open(struct transactions *all, struct flow *flow, const struct record *connection,
    const struct http_message *message)
{
	struct transaction *transaction = (struct transaction *)report_new(all->memory, REPORT_TRANSACTION);

	if (!transaction)
		return NULL;
	struct report *report = &transaction->report;

	report->tx = message->tx;
	report->time_ns = message->time_ns;
	report->number = message->number;
	report->record = record_copy(message->record, &report->arena);
	report->connection = connection ? record_copy(connection, &report->arena) : NULL;
	if (!report->record || (connection && !report->connection)) {
		all->memory->n_refused++;
		report_free(all->memory, report);
		return NULL;
	}
	struct transaction **place = &flow->transactions;

	while (*place)
		place = &(*place)->next;
	*place = transaction;
	transaction->flow = flow;
	wait_link(all, transaction);
	return transaction;
}

struct transaction *transaction_find(const struct flow *flow, uint64_t tx)
{
	struct transaction *transaction = flow->transactions;

	while (transaction && transaction->report.tx != tx)
		transaction = transaction->next;
	return transaction;
}

void transaction_answer(struct transaction *transaction, const struct http_message *response)
{
	struct record *http = transaction->report.record;

	if (response->is_end) {
		record_int(http, HTTP_LENGTH, (int64_t)response->body_len);
		return;
	}
	for (size_t i = 0; i < HTTP_FIELDS; i++) {
		struct value value = response->record->values[i];

		if (!value.set || !(http_record.fields[i].flags & FIELD_RESPONSE))
			continue;
		if (http_record.fields[i].kind == FIELD_TEXT) {
			struct bytes text = arena_copy(&transaction->report.arena, bytes_of(value.text, value.len));

			if (!text.data)
				continue;
			value.text = text.data;
		}
		http->values[i] = value;
	}
}

struct transaction *transaction_overdue(const struct transactions *all, int64_t before_ns)
{
	return all->oldest && all->oldest->report.time_ns < before_ns ? all->oldest : NULL;
}

struct report *transaction_take(struct transactions *all, struct transaction *transaction)
{
	struct transaction **place = &transaction->flow->transactions;

	while (*place != transaction)
		place = &(*place)->next;
	*place = transaction->next;
	wait_unlink(all, transaction);
	return &transaction->report;
}

size_t transaction_count(const struct flow *flow)
{
	size_t n = 0;

	for (const struct transaction *t = flow->transactions; t; t = t->next)
		n++;
	return n;
}
