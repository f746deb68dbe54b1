#include "sensor/run/collector.h"

#include <stdlib.h>

#include "sensor/detect/first_seen.h"
#include "sensor/output/stats_text.h"
#include "sensor/run/marks.h"

enum { STATS_MAX = 32768 };

struct collector {
	const struct config *config;
	const struct rules *rules;
	struct eve *eve;
	struct alert_log log;
	unsigned n_workers;
	struct first_seen *seen, *alerted; /* NULL with one worker: what it reports is new */
	struct stats stats;                /* own counters */
	struct stats written;              /* by the latest stats event */
	int64_t began_ns, written_ns;
	bool has_begun;
	struct report_list heads[];
};

struct collector *collector_new(const struct config *config, const struct rules *rules, struct eve *eve, const struct alert_log *log,
    unsigned n_workers)
{
	struct collector *collector = calloc(1, sizeof *collector + n_workers * sizeof *collector->heads);

	if (!collector)
		return NULL;
	collector->config = config;
	collector->rules = rules;
	collector->eve = eve;
	collector->log = *log;
	collector->n_workers = n_workers;
	collector->stats.detect.rules_loaded = rules_count(rules);
	if (n_workers == 1)
		return collector;
	collector->seen = first_seen_new((size_t)config->first_seen);
	collector->alerted = first_seen_new((size_t)config->first_seen);
	if (collector->seen && collector->alerted)
		return collector;
	collector_free(collector);
	return NULL;
}

void collector_free(struct collector *collector)
{
	if (!collector)
		return;
	first_seen_free(collector->seen);
	first_seen_free(collector->alerted);
	free(collector);
}

void collector_reload(struct collector *collector, const struct rules *rules)
{
	collector->rules = rules;
	collector->stats.detect.rules_loaded = rules_count(rules);
}

/* ---- events ---- */

static void emit(struct collector *collector, struct event *event, enum event_type type)
{
	event->type = type;
	eve_event(collector->eve, event);
	collector->stats.token.events += type == EVENT_TOKEN;
}

static void alert(struct collector *collector, struct event *event, const struct rule *rule)
{
	if (rule->noalert)
		return;
	collector->stats.detect.alert++;
	event->rule = rule;
	if (collector->config->alerts)
		emit(collector, event, EVENT_ALERT);
	if (collector->log.add)
		collector->log.add(collector->log.context, event);
	event->rule = NULL;
}

/* Has no other worker reported it before? */
static bool is_new(struct first_seen *set, const struct mark *mark)
{
	return !set || first_seen_add(set, first_seen_mark(set, mark_bytes(mark)));
}

static void use(struct collector *collector, struct event *event, const struct use *use)
{
	struct mark mark = { use->token_id, event->flow->src, 0, 0, use->issued };

	event->records[RECORD_USE] = use->record;
	event->records[RECORD_TOKEN] = use->token;
	for (uint16_t i = 0; i < use->n_rules; i++) {
		const struct rule *rule = rules_get(collector->rules, use->rules[i]);
		struct mark of_rule = { use->token_id, event->flow->src, rule->gid, rule->sid, use->issued };

		if (collector->config->alert == CONFIG_ALERT_EACH || is_new(collector->alerted, &of_rule))
			alert(collector, event, rule);
		else
			collector->stats.detect.alerts_suppressed++;
	}
	if (use->emit && (collector->config->token == CONFIG_TOKEN_EACH || is_new(collector->seen, &mark))) {
		event->token_rendered = use->rendered;
		emit(collector, event, EVENT_TOKEN);
		event->token_rendered = bytes_of("", 0);
	}
	event->records[RECORD_USE] = event->records[RECORD_TOKEN] = NULL;
}

static void report(struct collector *collector, const struct report *report)
{
	struct event event = { .time_ns = report->time_ns, .pcap_cnt = report->number, .flow = &report->flow, .dir = report->dir,
		.has_tx = report->kind == REPORT_TRANSACTION || report->kind == REPORT_RESPONSE, .tx = report->tx };
	static const struct {
		enum record_kind record;
		enum event_type event;
	} kinds[] = {
		[REPORT_TRANSACTION] = { RECORD_HTTP, EVENT_HTTP },
		[REPORT_RESPONSE] = { RECORD_HTTP, EVENT_HTTP },
		[REPORT_ANOMALY] = { RECORD_ANOMALY, EVENT_ANOMALY },
		[REPORT_CONNECTION] = { RECORD_TLS, EVENT_TLS },
	};

	event.records[RECORD_TLS] = report->connection;
	event.records[kinds[report->kind].record] = report->record;
	for (const struct use *u = report->uses; u; u = u->next)
		use(collector, &event, u);
	for (uint16_t i = 0; i < report->n_rules; i++)
		alert(collector, &event, rules_get(collector->rules, report->rules[i]));
	if (report->emit)
		emit(collector, &event, kinds[report->kind].event);
}

/* ---- stats ---- */

const struct stats *collector_stats(struct collector *collector)
{
	collector->stats.output.lines = eve_n_lines(collector->eve);
	collector->stats.output.dropped = eve_n_dropped(collector->eve);
	return &collector->stats;
}

static void stats_event(struct collector *collector, const struct stats *total, int64_t time_ns)
{
	struct stats_span span = { &collector->written, (time_ns - collector->written_ns) / 1000000000,
		(time_ns - collector->began_ns) / 1000000000, collector->config->live, collector->config->live };
	struct json text;

	json_init(&text, STATS_MAX);
	stats_text(&text, total, &span);
	if (!text.full)
		eve_stats(collector->eve, time_ns, bytes_of(text.text, text.len));
	json_fini(&text);
	collector->written = *total;
	collector->written_ns = time_ns;
}

void collector_tell_stats(struct collector *collector, const struct stats *total, int64_t time_ns, bool is_last)
{
	struct stats all = *total;
	bool is_first = !collector->has_begun;

	stats_add(&all, collector_stats(collector));
	if (is_first)
		collector->began_ns = collector->written_ns = time_ns;
	collector->has_begun = true;
	if (collector->config->stats && (is_last || !is_first))
		stats_event(collector, &all, time_ns);
}

/* ---- merging ---- */

static struct report *take_first(struct collector *collector)
{
	struct report_list *least = NULL;

	for (unsigned i = 0; i < collector->n_workers; i++) {
		struct report_list *list = &collector->heads[i];

		if (list->first && (!least || report_before(list->first, least->first)))
			least = list;
	}
	if (!least)
		return NULL;
	struct report *first = least->first;

	least->first = first->next;
	return first;
}

void collector_take(struct collector *collector, const struct report_list *lists[])
{
	struct report *next;

	for (unsigned i = 0; i < collector->n_workers; i++)
		collector->heads[i] = *lists[i];
	while ((next = take_first(collector)))
		report(collector, next);
}
