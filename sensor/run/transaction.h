/* transaction: what a request left to say until its response is known: the http record, the uses of credentials, the rules
 * that could still match. Only requests that will be heard of have one. */
#ifndef STORMGLASS_RUN_TRANSACTION_H
#define STORMGLASS_RUN_TRANSACTION_H

#include "sensor/flow/flow.h"
#include "sensor/run/report.h"

/* What is still to come before it is told. */
enum {
	AWAITS_RESPONSE = 1,     /* its head */
	AWAITS_RESPONSE_END = 2, /* its length is to be told, or its content is kept */
	AWAITS_REQUEST_END = 4,  /* the request's content is kept */
	AWAITS_REQUEST = 8,      /* its answer came first: its own bytes are held back behind a hole */
};

struct transaction {
	struct report report;                /* what it will be */
	struct transaction *next, *prev;     /* in the flow, in a ring */
	struct transaction *newer, *older;   /* among all, by time */
	struct transaction *chain;           /* in its place of the table */
	struct flow *flow;
	uint32_t n;                          /* of the flow's oldest: how many the flow has */
	uint8_t awaits;
	bool stays;                          /* awaits nothing, and is not among all by time: transaction_stay */
};

struct transactions {
	struct reports_memory *memory;
	struct transaction *newest, *oldest;
	struct transaction **places;         /* by flow and tx */
	uint64_t n_forced;
};

enum { TRANSACTIONS_PER_FLOW = 1024, TRANSACTIONS_PLACES = 4096 };

/* Into zeroed memory; false: out of memory, to be ended all the same. */
bool transactions_init(struct transactions *all, struct reports_memory *memory);
void transactions_fini(struct transactions *all);

/* A new last transaction of the flow, which awaits a response, its records copied from `message` (a head has one) and
 * `connection` (tls_record; NULL: none); NULL when the budget refuses. */
struct transaction *transaction_open(struct transactions *all, struct flow *flow, const struct record *connection,
    const struct http_message *message);

/* A second one like this, which was answered, without its uses: it stays until its connection is over, so that what is found in a
 * WebSocket can be told with the request that opened it. Not while half of the memory is in use. */
void transaction_stay(struct transactions *all, const struct transaction *transaction);

/* That of number `tx`; NULL: none waits. */
struct transaction *transaction_find(const struct transactions *all, const struct flow *flow, uint64_t tx);

/* The one of this number that stays; NULL: there is none. */
const struct transaction *transaction_origin(const struct transactions *all, const struct flow *flow, uint64_t tx);

/* Adds what a response's head, or a message's end, says to the http record. */
void transaction_answer(struct transaction *transaction, const struct http_message *response);

/* Adds what a request's head says, where its answer came first; from then on it is told of as of this packet. */
void transaction_complete(struct transaction *transaction, const struct http_message *request);

/* The one that waits longest if it waits since before `before_ns`; else NULL. */
struct transaction *transaction_overdue(const struct transactions *all, int64_t before_ns);

/* It waits no more: takes it out of its flow. What it was about to say is the caller's. */
struct report *transaction_take(struct transactions *all, struct transaction *transaction);

static inline size_t transaction_count(const struct flow *flow)
{
	return flow->transactions ? flow->transactions->n : 0;
}

#endif
