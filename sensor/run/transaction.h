/* transaction: what a request left to say until its response is known: the http record, the uses of credentials, the rules
 * that could still match. Only requests that will be heard of have one. */
#ifndef STORMGLASS_RUN_TRANSACTION_H
#define STORMGLASS_RUN_TRANSACTION_H

#include "sensor/flow/flow.h"
#include "sensor/run/report.h"

struct transaction {
	struct report report;                /* what it will be */
	struct transaction *next;            /* in the flow */
	struct transaction *newer, *older;   /* among all, by time */
	struct flow *flow;
};

struct transactions {
	struct reports_memory *memory;
	struct transaction *newest, *oldest;
	uint64_t n_forced;
};

enum { TRANSACTIONS_PER_FLOW = 256 };

/* A new last transaction of the flow, its records copied from `message` and `connection` (tls_record; NULL: none); NULL when the
 * budget refuses. */
struct transaction *transaction_open(struct transactions *all, struct flow *flow, const struct record *connection,
    const struct http_message *message);

/* That of number `tx`; NULL: none waits. */
struct transaction *transaction_find(const struct flow *flow, uint64_t tx);

/* Adds what a response says to the http record. */
void transaction_answer(struct transaction *transaction, const struct http_message *response);

/* The one that waits longest if it waits since before `before_ns`; else NULL. */
struct transaction *transaction_overdue(const struct transactions *all, int64_t before_ns);

/* It waits no more: takes it out of its flow. What it was about to say is the caller's. */
struct report *transaction_take(struct transactions *all, struct transaction *transaction);
size_t transaction_count(const struct flow *flow);

#endif
