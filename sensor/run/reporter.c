#include "sensor/run/reporter.h"

#include <stdlib.h>

#include "sensor/model/anomaly.h"

enum { ANOMALIES_PER_FLOW = 16 };

bool reporter_init(struct reporter *reporter, const struct config *config, const struct rules *rules, struct eve *eve,
    const struct alert_log *log, struct credentials *credentials, struct stats *stats)
{
	*reporter = (struct reporter){ .config = config, .rules = rules, .eve = eve, .log = *log, .credentials = credentials,
		.stats = stats };
	reporter->candidates = calloc(rules_count(rules) + 1, sizeof *reporter->candidates);
	return reporter->candidates != NULL;
}

void reporter_fini(struct reporter *reporter)
{
	free(reporter->candidates);
}

static void emit(struct reporter *reporter, struct event *event, enum event_type type)
{
	event->type = type;
	eve_event(reporter->eve, event);
	if (type == EVENT_TOKEN)
		reporter->stats->token.events++;
}

static struct subject subject_of(const struct event *event, bool final)
{
	struct subject subject = { .final = final };

	memcpy(subject.records, event->records, sizeof subject.records);
	if (event->flow) {
		subject.src = event->flow->src;
		subject.dst = event->flow->dst;
		subject.src_port = event->flow->src_port;
		subject.dst_port = event->flow->dst_port;
	}
	return subject;
}

static void alert(struct reporter *reporter, struct event *event, const struct rule *rule)
{
	if (rule->noalert)
		return;
	reporter->stats->detect.alert++;
	event->rule = rule;
	if (reporter->config->alerts)
		emit(reporter, event, EVENT_ALERT);
	if (reporter->log.add)
		reporter->log.add(reporter->log.context, event);
	event->rule = NULL;
}

void reporter_anomaly(struct reporter *reporter, struct flow *flow, const char *code, enum direction dir, int64_t time_ns,
    uint64_t number, struct arena *arena)
{
	bool stream = strncmp(code, "stream.", 7) == 0;

	reporter->stats->app_layer.anomalies++;
	if (flow->n_anomalies == ANOMALIES_PER_FLOW) {
		reporter->stats->app_layer.anomalies_suppressed++;
		return;
	}
	flow->n_anomalies++;
	struct record *record = record_new(&anomaly_record, arena);

	if (!record)
		return;
	record_text(record, ANOMALY_TYPE, bytes_text(stream ? ANOMALY_STREAM : ANOMALY_APPLAYER));
	record_text(record, ANOMALY_EVENT, bytes_text(code));
	if (!stream) {
		record_text(record, ANOMALY_LAYER, bytes_text("proto_parser"));
		record_text(record, ANOMALY_APP_PROTO, bytes_text("http"));
	}
	struct flow_facts facts = flow_facts_of(flow);
	struct event event = { .time_ns = time_ns, .pcap_cnt = number, .flow = &facts, .dir = dir };

	event.records[RECORD_ANOMALY] = record;
	struct subject subject = subject_of(&event, true);
	size_t n = rules_candidates(reporter->rules, record, reporter->candidates, rules_count(reporter->rules));

	for (size_t i = 0; i < n; i++)
		if (rules_match(reporter->rules, reporter->candidates[i], &subject) == MATCH_YES)
			alert(reporter, &event, rules_get(reporter->rules, reporter->candidates[i]));
	if (reporter->config->anomaly)
		emit(reporter, &event, EVENT_ANOMALY);
}

static void report_use(struct reporter *reporter, struct event *event, const struct use *use)
{
	event->records[RECORD_USE] = use->record;
	event->records[RECORD_TOKEN] = use->token;
	struct subject subject = subject_of(event, true);

	for (size_t i = 0; i < use->n_candidates; i++) {
		const struct rule *rule = rules_get(reporter->rules, use->candidates[i]);

		if (rules_match(reporter->rules, use->candidates[i], &subject) != MATCH_YES)
			continue;
		if (credentials_alert_is_new(reporter->credentials, use->token_id, &subject.src, rule))
			alert(reporter, event, rule);
		else
			reporter->stats->detect.alerts_suppressed++;
	}
	if (use->emit) {
		event->token_rendered = use->rendered;
		emit(reporter, event, EVENT_TOKEN);
		event->token_rendered = bytes_of("", 0);
	}
	event->records[RECORD_USE] = event->records[RECORD_TOKEN] = NULL;
}

void reporter_transaction(struct reporter *reporter, const struct transaction *transaction)
{
	struct flow_facts facts = flow_facts_of(transaction->flow);
	struct event event = { .time_ns = transaction->time_ns, .pcap_cnt = transaction->number, .flow = &facts, .has_tx = true,
		.tx = transaction->tx };

	event.records[RECORD_HTTP] = transaction->http;
	for (const struct use *use = transaction->uses; use; use = use->next)
		report_use(reporter, &event, use);
	if (transaction->n_candidates) {
		struct subject subject = subject_of(&event, true);

		for (size_t i = 0; i < transaction->n_candidates; i++)
			if (rules_match(reporter->rules, transaction->candidates[i], &subject) == MATCH_YES)
				alert(reporter, &event, rules_get(reporter->rules, transaction->candidates[i]));
	}
	if (transaction->wants_http)
		emit(reporter, &event, EVENT_HTTP);
}

void reporter_response(struct reporter *reporter, const struct flow *flow, const struct http_message *message)
{
	struct flow_facts facts = flow_facts_of(flow);
	struct event event = { .time_ns = message->time_ns, .pcap_cnt = message->number, .flow = &facts, .dir = TO_CLIENT, .has_tx = true,
		.tx = message->tx };

	event.records[RECORD_HTTP] = message->record;
	emit(reporter, &event, EVENT_HTTP);
}
