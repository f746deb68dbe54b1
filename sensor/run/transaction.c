#include "sensor/run/transaction.h"

#include <assert.h>

static_assert(sizeof(struct transaction) <= REPORT_HEAD_LEN, "a transaction fits where its report is");

bool transactions_init(struct transactions *all, struct reports_memory *memory)
{
	all->memory = memory;
	all->places = budget_alloc(&memory->budget, TRANSACTIONS_PLACES * sizeof *all->places);
	if (all->places)
		memset(all->places, 0, TRANSACTIONS_PLACES * sizeof *all->places);
	return all->places != NULL;
}

void transactions_fini(struct transactions *all)
{
	if (all->places)
		budget_free(&all->memory->budget, all->places, TRANSACTIONS_PLACES * sizeof *all->places);
	all->places = NULL;
}

/* Numbers of transactions follow each other, so those of one flow never meet. */
static struct transaction **place_of(const struct transactions *all, const struct flow *flow, uint64_t tx)
{
	return &all->places[((uintptr_t)flow / sizeof *flow + tx) % TRANSACTIONS_PLACES];
}

/* ---- by time ---- */

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

/* ---- in the flow ---- */

static void flow_link(struct flow *flow, struct transaction *transaction)
{
	struct transaction *first = flow->transactions;

	transaction->flow = flow;
	transaction->next = first ? first : transaction;
	transaction->prev = first ? first->prev : transaction;
	transaction->next->prev = transaction->prev->next = transaction;
	if (!first)
		flow->transactions = transaction;
	flow->transactions->n++;
}

static void flow_unlink(struct transaction *transaction)
{
	struct flow *flow = transaction->flow;

	transaction->prev->next = transaction->next;
	transaction->next->prev = transaction->prev;
	if (flow->transactions != transaction) {
		flow->transactions->n--;
		return;
	}
	flow->transactions = transaction->next == transaction ? NULL : transaction->next;
	if (flow->transactions)
		flow->transactions->n = transaction->n - 1;
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
	report->record = message->record ? record_copy(message->record, &report->arena) : NULL;
	report->connection = connection ? record_copy(connection, &report->arena) : NULL;
	if ((message->record && !report->record) || (connection && !report->connection)) {
		all->memory->n_refused++;
		report_free(all->memory, report);
		return NULL;
	}
	struct transaction **place = place_of(all, flow, report->tx);

	transaction->awaits = AWAITS_RESPONSE;
	transaction->chain = *place;
	*place = transaction;
	flow_link(flow, transaction);
	wait_link(all, transaction);
	return transaction;
}

void transaction_stay(struct transactions *all, const struct transaction *transaction)
{
	const struct report *report = &transaction->report;
	const struct http_message like = { .tx = report->tx, .record = report->record, .time_ns = report->time_ns,
		.number = report->number };
	const struct budget *budget = &all->memory->budget;
	struct transaction *twin = NULL;

	if (budget->used < budget->cap / 2) /* these many connections may hold for long: there is to be room for others */
		twin = transaction_open(all, transaction->flow, report->connection, &like);
	if (!twin)
		return;
	twin->awaits = 0;
	twin->stays = true;
	wait_unlink(all, twin);
}

static struct transaction *find(const struct transactions *all, const struct flow *flow, uint64_t tx, bool stays)
{
	struct transaction *transaction = flow->transactions ? *place_of(all, flow, tx) : NULL;

	while (transaction && (transaction->flow != flow || transaction->report.tx != tx || transaction->stays != stays))
		transaction = transaction->chain;
	return transaction;
}

struct transaction *transaction_find(const struct transactions *all, const struct flow *flow, uint64_t tx)
{
	return find(all, flow, tx, false);
}

const struct transaction *transaction_origin(const struct transactions *all, const struct flow *flow, uint64_t tx)
{
	return find(all, flow, tx, true);
}

/* Those fields of a message that have the flag FIELD_RESPONSE, or have not, in the transaction's memory. */
static void add_fields(struct transaction *transaction, const struct record *from, bool of_response)
{
	struct record *http = transaction->report.record;

	for (size_t i = 0; from && i < HTTP_FIELDS; i++) {
		struct value value = from->values[i];

		if (!value.set || !(http_record.fields[i].flags & FIELD_RESPONSE) == of_response)
			continue;
		if (http_record.fields[i].kind == FIELD_TEXT) {
			struct bytes text = arena_copy(&transaction->report.arena, bytes_of(value.text, value.len));

			if (!text.data)
				continue;
			value.text = text.data;
		}
		record_put(http, i, value);
	}
}

void transaction_answer(struct transaction *transaction, const struct http_message *response)
{
	struct record *http = transaction->report.record;

	if (!http)
		return;
	if (response->is_end && response->dir == TO_CLIENT)
		record_int(http, HTTP_LENGTH, (int64_t)response->body_len);
	add_fields(transaction, response->record, true);
}

void transaction_complete(struct transaction *transaction, const struct http_message *request)
{
	transaction->report.time_ns = request->time_ns;
	transaction->report.number = request->number;
	struct record *http = transaction->report.record;

	if (!http)
		return;
	add_fields(transaction, request->record, false);
	if (record_has(request->record, HTTP2_HPACK_DESYNC)) /* of either head */
		record_flag(http, HTTP2_HPACK_DESYNC, true);
}

struct transaction *transaction_overdue(const struct transactions *all, int64_t before_ns)
{
	return all->oldest && all->oldest->report.time_ns < before_ns ? all->oldest : NULL;
}

struct report *transaction_take(struct transactions *all, struct transaction *transaction)
{
	struct transaction **place = place_of(all, transaction->flow, transaction->report.tx);

	while (*place != transaction)
		place = &(*place)->chain;
	*place = transaction->chain;
	flow_unlink(transaction);
	if (!transaction->stays)
		wait_unlink(all, transaction);
	return &transaction->report;
}
