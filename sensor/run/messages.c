#include "sensor/run/messages.h"

bool messages_init(struct messages *messages, const struct messages_setup *setup, struct budget *budget, size_t tx_memcap,
    size_t token_memcap)
{
	messages->config = setup->config;
	messages->rules = setup->rules;
	messages->stats = setup->stats;
	messages->labeller = setup->labeller;
	reports_memory_init(&messages->reports, tx_memcap, budget);
	bool ok = transactions_init(&messages->transactions, &messages->reports);

	ok &= credentials_init(&messages->credentials, setup->config, setup->decode, setup->rules, setup->stats, setup->hash_key, budget,
	    token_memcap);

	return ok & reporter_init(&messages->reporter, setup->config, setup->rules, &messages->credentials, &messages->reports,
	    setup->stats);
}

void messages_fini(struct messages *messages)
{
	credentials_fini(&messages->credentials);
	reporter_fini(&messages->reporter);
	transactions_fini(&messages->transactions);
	reports_memory_fini(&messages->reports);
}

/* Something to be said of the packet at hand or, outside of packets, of a flow whose time is over. */
void messages_say(struct messages *messages, struct report *report)
{
	if (!report)
		return;
	report->key = (struct report_key){ messages->number, messages->by_packet, report->flow.flow_id };
	report_list_add(messages->out, report);
}

static void report(struct messages *messages, struct transaction *transaction)
{
	const struct flow *flow = transaction->flow;
	struct report *report = transaction_take(&messages->transactions, transaction);

	bool due = reporter_transaction(&messages->reporter, report, flow);

	report->undecided = due && !messages->by_packet;
	if (due && messages->by_packet)
		due = reporter_decide(&messages->reporter, report);
	if (due)
		messages_say(messages, report);
	else
		report_free(&messages->reports, report);
}

/* ---- heads ---- */

static void note_flow(struct messages *messages, struct flow *flow, const struct http_message *message)
{
	if (messages->labeller && !flow->labelled)
		labeller_http(messages->labeller, flow, message);
	flow->seen_http2 = record_has(message->record, HTTP_VERSION);
	if (flow->seen_http)
		return;
	flow->seen_http = true;
	messages->stats->app_layer.http_flows++;
}

/* Too many wait: the oldest is told as it is. */
static void bound(struct messages *messages, const struct flow *flow)
{
	if (transaction_count(flow) <= TRANSACTIONS_PER_FLOW)
		return;
	messages->transactions.n_forced++;
	report(messages, flow->transactions);
}

/* The rules that its own record leaves possible. */
static void keep_candidates(struct report *report, const uint16_t *candidates, size_t n)
{
	report->rules = n ? arena_alloc(&report->arena, n * sizeof *report->rules) : NULL;
	if (!report->rules)
		return;
	memcpy(report->rules, candidates, n * sizeof *report->rules);
	report->n_rules = (uint16_t)n;
}

/* What the transaction, which may be NULL, awaited came. */
static void arrived(struct messages *messages, struct transaction *transaction, unsigned awaited)
{
	if (!transaction)
		return;
	transaction->awaits &= (uint8_t)~awaited;
	if (!transaction->awaits)
		report(messages, transaction);
}

/* Its answer may have come already. */
static struct transaction *begin(struct messages *messages, const struct level *level, const struct http_message *message, bool due)
{
	struct transaction *early = transaction_find(&messages->transactions, level->flow, message->tx);

	if (early && early->awaits & AWAITS_REQUEST) {
		transaction_complete(early, message);
		return early;
	}
	return due ? transaction_open(&messages->transactions, level->flow, level_facts(level), message) : NULL;
}

static void request(struct messages *messages, const struct level *level, const struct http_message *message)
{
	struct flow *flow = level->flow;

	credentials_find(&messages->credentials, flow, message);
	note_flow(messages, flow, message);
	messages->stats->app_layer.http_tx++;
	messages->stats->app_layer.http2_tx += flow->seen_http2;
	size_t n = rules_candidates(messages->rules, message->record, messages->reporter.candidates, rules_count(messages->rules));
	bool due = messages->config->http || n || message->content_follows || message->answer_follows;
	struct transaction *transaction = begin(messages, level, message, due);
	bool answered = transaction && transaction->awaits & AWAITS_REQUEST;

	credentials_of_message(&messages->credentials, &messages->transactions, flow, level_facts(level), message, &transaction);
	if (!transaction)
		return;
	transaction->report.emit = messages->config->http;
	if (messages->config->http && !answered)
		transaction->awaits |= AWAITS_RESPONSE_END; /* an http event waits for the length of the body */
	if (message->content_follows)
		transaction->awaits |= AWAITS_REQUEST_END;
	keep_candidates(&transaction->report, messages->reporter.candidates, n);
	if (answered)
		arrived(messages, transaction, AWAITS_REQUEST);
	bound(messages, flow);
}

/* One that its credentials alone are told of, because the request was not seen or was told of before: it awaits nothing. */
static void credentials_alone(struct messages *messages, const struct level *level, const struct http_message *message,
    struct transaction **transaction)
{
	struct transaction *known = *transaction;

	credentials_of_message(&messages->credentials, &messages->transactions, level->flow, level_facts(level), message, transaction);
	if (known || !*transaction)
		return;
	(*transaction)->awaits = message->content_follows ? AWAITS_RESPONSE_END : 0;
}

/* Bytes of the client are held back behind a hole. */
static bool request_may_come(const struct flow *flow)
{
	return flow->streams[flow->client].n_queue > 0;
}

static struct transaction *answer_first(struct messages *messages, const struct level *level, const struct http_message *message)
{
	struct transaction *transaction = transaction_open(&messages->transactions, level->flow, level_facts(level), message);

	if (transaction)
		transaction->awaits = AWAITS_REQUEST | (messages->config->http ? AWAITS_RESPONSE_END : 0);
	return transaction;
}

static void response(struct messages *messages, const struct level *level, const struct http_message *message)
{
	struct flow *flow = level->flow;
	struct transaction *transaction = transaction_find(&messages->transactions, flow, message->tx);

	credentials_find(&messages->credentials, flow, message);
	note_flow(messages, flow, message);
	messages->stats->app_layer.http_responses++;
	if (!transaction && messages->config->http && flow->streams[flow->client].n_packets == 0)
		messages_say(messages, reporter_response(&messages->reporter, flow, message));
	if (transaction)
		transaction_answer(transaction, message);
	else if (request_may_come(flow))
		transaction = answer_first(messages, level, message);
	if (transaction && message->content_follows)
		transaction->awaits |= AWAITS_RESPONSE_END;
	credentials_alone(messages, level, message, &transaction);
	if (transaction && message->text_follows)
		transaction_stay(&messages->transactions, transaction);
	arrived(messages, transaction, AWAITS_RESPONSE);
}

/* ---- content ---- */

/* A message of a WebSocket, told with the request that opened it where that is known. */
static void text(struct messages *messages, const struct level *level, const struct http_message *message)
{
	const struct transaction *origin = transaction_origin(&messages->transactions, level->flow, message->tx);
	struct http_message text = *message;
	struct transaction *transaction = NULL;

	credentials_find(&messages->credentials, level->flow, message);
	text.record = origin ? origin->report.record : NULL;
	credentials_alone(messages, level, &text, &transaction);
	arrived(messages, transaction, AWAITS_RESPONSE);
}

/* The end of a message, with what was kept of its content. */
static void end(struct messages *messages, const struct level *level, const struct http_message *message)
{
	struct transaction *transaction = transaction_find(&messages->transactions, level->flow, message->tx);

	if (transaction)
		transaction_answer(transaction, message);
	if (message->content.len) {
		credentials_find(&messages->credentials, level->flow, message);
		credentials_alone(messages, level, message, &transaction);
	}
	if (message->dir == TO_SERVER)
		arrived(messages, transaction, AWAITS_REQUEST_END);
	else
		arrived(messages, transaction, AWAITS_RESPONSE | AWAITS_RESPONSE_END);
}

void messages_take(struct messages *messages, const struct level *level, struct outbox *out, enum direction dir, int64_t time_ns,
    uint64_t number)
{
	struct flow *flow = level->flow;

	for (size_t i = 0; i < out->n_messages; i++) {
		const struct http_message *message = &out->messages[i];

		if (message->is_text)
			text(messages, level, message);
		else if (message->is_end)
			end(messages, level, message);
		else if (message->dir == TO_CLIENT)
			response(messages, level, message);
		else
			request(messages, level, message);
	}
	if (out->connection)
		messages_say(messages, reporter_connection(&messages->reporter, flow, out->connection, time_ns, number));
	for (size_t i = 0; i < out->n_anomalies; i++)
		messages_say(messages, reporter_anomaly(&messages->reporter, flow, out->anomalies[i], dir, time_ns, number));
	arena_reset(out->arena);
	out->n_messages = out->n_anomalies = 0;
	out->child = NULL;
	out->connection = NULL;
}

struct report **messages_mark(const struct messages *messages)
{
	return messages->out->last;
}

/* What time brought to an end is written flow by flow, whatever the order in which it came to an end here. So it is decided in
 * that order, too, what of it was said before. */
void messages_settle(struct messages *messages, struct report **mark)
{
	report_list_sort(messages->out, mark);
	while (*mark) {
		struct report *report = *mark;

		if (!report->undecided || reporter_decide(&messages->reporter, report)) {
			report->undecided = false;
			mark = &report->next;
		} else {
			*mark = report->next;
			report_free(&messages->reports, report);
		}
	}
	messages->out->last = mark;
}

void messages_end(struct messages *messages, struct flow *flow)
{
	while (flow->transactions)
		report(messages, flow->transactions);
}

void messages_overdue(struct messages *messages, int64_t before_ns)
{
	struct transaction *transaction;

	while ((transaction = transaction_overdue(&messages->transactions, before_ns)))
		report(messages, transaction);
}

/* ---- other rules ---- */

/* Those of `found`, in the report's memory; none where it has no more. */
static uint16_t keep(struct report *report, const uint16_t *found, size_t n, uint16_t **rules)
{
	*rules = n ? arena_alloc(&report->arena, n * sizeof **rules) : NULL;
	if (!*rules)
		return 0;
	memcpy(*rules, found, n * sizeof **rules);
	return (uint16_t)n;
}

/* The rules that are left for what waits are found anew: of a token, where its record was kept; else the old rules had nothing
 * against it. */
static void rejudge(struct messages *messages, struct report *report)
{
	uint16_t *room = messages->reporter.candidates;
	size_t cap = rules_count(messages->rules), n = rules_candidates(messages->rules, report->record, room, cap);

	report->n_rules = keep(report, room, n, &report->rules);
	for (struct use *use = report->uses; use; use = use->next) {
		n = use->token ? rules_candidates(messages->rules, use->token, room, cap) : 0;
		n = rules_narrow(messages->rules, use->record, room, n, room);
		use->n_rules = keep(report, room, n, &use->rules);
	}
}

void messages_reload(struct messages *messages, const struct rules *rules)
{
	messages->rules = rules;
	credentials_reload(&messages->credentials, rules);
	reporter_reload(&messages->reporter, rules);
	for (struct transaction *waits = messages->transactions.oldest; waits; waits = waits->newer)
		rejudge(messages, &waits->report);
}

void messages_release(struct messages *messages, struct report_list *spent)
{
	struct report *next;

	for (struct report *report = spent->first; report; report = next) {
		next = report->next;
		report_free(&messages->reports, report);
	}
	report_list_init(spent);
}
