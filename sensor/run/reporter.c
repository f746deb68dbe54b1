#include "sensor/run/reporter.h"

#include <stdlib.h>

#include "sensor/model/anomaly.h"

enum { ANOMALIES_PER_FLOW = 16 };

bool reporter_init(struct reporter *reporter, const struct config *config, const struct rules *rules,
    struct credentials *credentials, struct reports_memory *memory, struct stats *stats)
{
	*reporter = (struct reporter){ .config = config, .rules = rules, .credentials = credentials, .memory = memory, .stats = stats };
	reporter->candidates = calloc(RULES_MAX, sizeof *reporter->candidates); /* rules may be loaded anew: room for any number */
	return reporter->candidates != NULL;
}

void reporter_reload(struct reporter *reporter, const struct rules *rules)
{
	reporter->rules = rules;
}

void reporter_fini(struct reporter *reporter)
{
	free(reporter->candidates);
}

static struct subject subject_of(const struct report *report, enum record_kind kind)
{
	struct subject subject = {
		.final = true,
		.src = report->flow.src,
		.dst = report->flow.dst,
		.src_port = report->flow.src_port,
		.dst_port = report->flow.dst_port,
	};

	if (report->connection)
		subject.records[RECORD_TLS] = report->connection;
	subject.records[kind] = report->record;
	return subject;
}

/* Keeps of `rules` those that match. */
static uint16_t matching(const struct reporter *reporter, uint16_t *rules, uint16_t n, const struct subject *subject)
{
	uint16_t n_match = 0;

	for (uint16_t i = 0; i < n; i++)
		if (rules_match(reporter->rules, rules[i], subject) == MATCH_YES)
			rules[n_match++] = rules[i];
	return n_match;
}

/* The rules that match the report's own record. */
static void judge(struct reporter *reporter, struct report *report, enum record_kind kind)
{
	struct subject subject = subject_of(report, kind);
	size_t n = rules_candidates(reporter->rules, report->record, reporter->candidates, rules_count(reporter->rules));

	n = matching(reporter, reporter->candidates, (uint16_t)n, &subject);
	report->rules = n ? arena_alloc(&report->arena, n * sizeof *report->rules) : NULL;
	if (report->rules) {
		memcpy(report->rules, reporter->candidates, n * sizeof *report->rules);
		report->n_rules = (uint16_t)n;
	}
}

/* Suricata's word for where an anomaly was noticed, by the first part of ours. */
static const char *type_of(const char *code)
{
	if (strncmp(code, "ip.", 3) == 0)
		return ANOMALY_DECODE;
	return strncmp(code, "stream.", 7) == 0 ? ANOMALY_STREAM : ANOMALY_APPLAYER;
}

struct report *reporter_anomaly(struct reporter *reporter, struct flow *flow, const char *code, enum direction dir, int64_t time_ns,
    uint64_t number)
{
	const char *type = type_of(code);

	reporter->stats->app_layer.anomalies++;
	if (flow->n_anomalies == ANOMALIES_PER_FLOW) {
		reporter->stats->app_layer.anomalies_suppressed++;
		return NULL;
	}
	flow->n_anomalies++;
	struct report *report = report_new(reporter->memory, REPORT_ANOMALY);

	if (!report)
		return NULL;
	struct record *record = report->record = record_new(&anomaly_record, &report->arena);

	if (!record) {
		report_free(reporter->memory, report);
		return NULL;
	}
	record_text(record, ANOMALY_TYPE, bytes_text(type));
	record_text(record, ANOMALY_EVENT, bytes_text(code));
	if (strcmp(type, ANOMALY_APPLAYER) == 0) {
		record_text(record, ANOMALY_LAYER, bytes_text("proto_parser"));
		record_text(record, ANOMALY_APP_PROTO, bytes_head(bytes_text(code), strcspn(code, ".")));
	}
	report->flow = flow_facts_of(flow);
	report->time_ns = time_ns;
	report->number = number;
	report->dir = dir;
	report->emit = reporter->config->anomaly;
	judge(reporter, report, RECORD_ANOMALY);
	return report;
}

struct report *reporter_connection(struct reporter *reporter, struct flow *flow, const struct record *connection, int64_t time_ns,
    uint64_t number)
{
	struct report *report = report_new(reporter->memory, REPORT_CONNECTION);

	if (!report)
		return NULL;
	report->record = record_copy(connection, &report->arena);
	if (!report->record) {
		report_free(reporter->memory, report);
		return NULL;
	}
	report->flow = flow_facts_of(flow);
	report->time_ns = time_ns;
	report->number = number;
	report->dir = TO_SERVER;
	report->emit = reporter->config->tls;
	judge(reporter, report, RECORD_TLS);
	if (report->emit || report->n_rules)
		return report;
	report_free(reporter->memory, report);
	return NULL;
}

static void match_use(const struct reporter *reporter, const struct report *report, struct use *use)
{
	struct subject subject = subject_of(report, RECORD_HTTP);

	subject.records[RECORD_USE] = use->record;
	subject.records[RECORD_TOKEN] = use->token;
	use->n_rules = matching(reporter, use->rules, use->n_rules, &subject);
}

bool reporter_transaction(struct reporter *reporter, struct report *report, const struct flow *flow)
{
	bool due = report->emit;

	report->flow = flow_facts_of(flow);
	for (struct use *use = report->uses; use; use = use->next) {
		match_use(reporter, report, use);
		due |= use->emit || use->n_rules;
	}
	if (report->n_rules) {
		struct subject subject = subject_of(report, RECORD_HTTP);

		report->n_rules = matching(reporter, report->rules, report->n_rules, &subject);
	}
	return due || report->n_rules;
}

/* Which of its rules and whether the use itself were not reported by this worker before. */
static void decide_use(struct reporter *reporter, const struct report *report, struct use *use)
{
	uint16_t n = 0;

	for (uint16_t i = 0; i < use->n_rules; i++) {
		const struct rule *rule = rules_get(reporter->rules, use->rules[i]);

		if (credentials_alert_is_new(reporter->credentials, use, &report->flow.src, rule))
			use->rules[n++] = use->rules[i];
		else
			reporter->stats->detect.alerts_suppressed++;
	}
	use->n_rules = n;
	use->emit = use->emit && credentials_use_is_due(reporter->credentials, use, &report->flow.src);
}

bool reporter_decide(struct reporter *reporter, struct report *report)
{
	bool due = report->emit || report->n_rules;

	for (struct use *use = report->uses; use; use = use->next) {
		decide_use(reporter, report, use);
		due |= use->emit || use->n_rules;
	}
	return due;
}

struct report *reporter_response(struct reporter *reporter, const struct flow *flow, const struct http_message *message)
{
	struct report *report = report_new(reporter->memory, REPORT_RESPONSE);

	if (!report)
		return NULL;
	report->record = record_copy(message->record, &report->arena);
	if (!report->record) {
		report_free(reporter->memory, report);
		return NULL;
	}
	report->flow = flow_facts_of(flow);
	report->time_ns = message->time_ns;
	report->number = message->number;
	report->dir = TO_CLIENT;
	report->tx = message->tx;
	report->emit = true;
	return report;
}
