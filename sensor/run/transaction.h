/* transaction: what a request left to say until its response is known: the http record, the uses of credentials, the rules
 * that could still match. Only requests that will be heard of have one. */
#ifndef STORMGLASS_RUN_TRANSACTION_H
#define STORMGLASS_RUN_TRANSACTION_H

#include "sensor/base/pool.h"
#include "sensor/rules/rules.h"
#include "sensor/flow/flow.h"

/* One credential in one request. Everything lives in the transaction's arena. */
struct use {
	struct use *next;
	struct hash128 token_id;
	struct record *record;  /* use_record */
	struct record *token;   /* token_record; NULL unless a rule may need it */
	struct bytes rendered;  /* the token record as EVE text */
	uint16_t *candidates;
	uint16_t n_candidates;
	bool emit;              /* a token event is due */
};

struct transaction {
	struct transaction *next;            /* in the flow */
	struct transaction *newer, *older;   /* among all, by time */
	struct flow *flow;
	struct arena arena;
	uint64_t tx;
	struct record *http;
	struct use *uses, **last_use;
	uint16_t *candidates;                /* rules of protocol http */
	uint16_t n_candidates;
	bool wants_http;                     /* an http event is due */
	bool answered;
	int64_t time_ns;
	uint64_t number;
};

struct transactions_memory {
	struct pool pool;
	struct budget budget;
	struct transaction *newest, *oldest;
	uint64_t n_refused, n_forced;
};

enum { TRANSACTIONS_PER_FLOW = 256 };

void transactions_memory_init(struct transactions_memory *memory, size_t memcap, struct budget *parent);
void transactions_memory_fini(struct transactions_memory *memory);

/* A new last transaction of the flow, its http record copied from `message`; NULL when the budget refuses. */
struct transaction *transaction_open(struct transactions_memory *memory, struct flow *flow, const struct http_message *message);

/* That of number `tx`; NULL: none waits. */
struct transaction *transaction_find(const struct flow *flow, uint64_t tx);

/* Adds what a response says to the http record. */
void transaction_answer(struct transaction *transaction, const struct http_message *response);

/* The one that waits longest if it waits since before `before_ns`; else NULL. */
struct transaction *transaction_overdue(const struct transactions_memory *memory, int64_t before_ns);
void transaction_close(struct transactions_memory *memory, struct transaction *transaction);
size_t transaction_count(const struct flow *flow);

#endif
