/* report: something to be said, on its way from the worker that found it to the collector that writes it.
 *
 * The worker owns its memory throughout: once the collector is done with a report it comes back. Whatever a report tells is in its
 * own arena, and nothing in it changes on the way. */
#ifndef STORMGLASS_RUN_REPORT_H
#define STORMGLASS_RUN_REPORT_H

#include "sensor/base/hash.h"
#include "sensor/base/pool.h"
#include "sensor/model/event.h"

/* One credential in one message. */
struct use {
	struct use *next;
	struct hash128 token_id;
	struct record *record;  /* use_record */
	struct record *token;   /* token_record; NULL unless a rule may need it */
	struct bytes rendered;  /* the token record as EVE text */
	uint16_t *rules;        /* that could match; in a report: that do */
	uint16_t n_rules;
	bool emit;              /* a token event is due */
	bool issued;            /* the message is a response: the client was given it */
};

enum report_kind {
	REPORT_TRANSACTION, /* a request with what is known of its response */
	REPORT_RESPONSE,    /* a response whose request was not captured */
	REPORT_ANOMALY,
	REPORT_CONNECTION,  /* a TLS connection */
};

/* When something was said. Reports are written in this order, however many workers there are: by packet; what the passing of time
 * brought to an end goes before what the packet itself did, flow by flow. */
struct report_key {
	uint64_t number;        /* of the packet */
	bool by_packet;
	uint64_t flow_id;       /* where not by_packet */
};

struct report {
	struct report *next;
	struct report_key key;
	enum report_kind kind;
	struct flow_facts flow;
	enum direction dir;
	uint64_t tx;
	int64_t time_ns;
	uint64_t number;        /* of the packet that it is about */
	struct record *record;  /* http, anomaly or tls */
	struct record *connection; /* tls_record of what carried it; NULL: nothing did */
	struct use *uses, **last_use;
	uint16_t *rules;        /* of protocol http, anomaly or tls that could match; in a report: that do */
	uint16_t n_rules;
	bool emit;              /* an http, anomaly or tls event is due */
	bool undecided;         /* what of it was said before is still to be asked */
	struct arena arena;
};

/* Reports in the order of their keys. */
struct report_list {
	struct report *first, **last;
};

struct reports_memory {
	struct pool pool;
	struct budget budget;
	uint64_t n_refused;
};

/* What embeds a report as its first member may be so long. */
enum { REPORT_HEAD_LEN = 512 };

void reports_memory_init(struct reports_memory *memory, size_t memcap, struct budget *parent);
void reports_memory_fini(struct reports_memory *memory);

/* A report with an empty arena, all else zero, in REPORT_HEAD_LEN zeroed bytes; NULL, counted, when the budget refuses. */
struct report *report_new(struct reports_memory *memory, enum report_kind kind);
void report_free(struct reports_memory *memory, struct report *report);

void report_list_init(struct report_list *list);
void report_list_add(struct report_list *list, struct report *report);

/* Orders what was added since `from`, the list's `last` of then, by flow; what is of one flow keeps its order. */
void report_list_sort(struct report_list *list, struct report **from);

/* Does `a` go before `b`? Equals do not. */
bool report_before(const struct report *a, const struct report *b);

#endif
