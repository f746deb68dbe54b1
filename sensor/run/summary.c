#include "sensor/run/summary.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sensor/model/http.h"
#include "sensor/output/address_text.h"

enum { ALERTS_KEPT = 100, ALERTS_SHOWN = 20, WHY_LEN = 2048 };

struct summary {
	char *alerts[ALERTS_KEPT]; /* three lines each */
	size_t n_kept;
	uint64_t n_alerts;
};

struct summary *summary_new(void)
{
	return calloc(1, sizeof(struct summary));
}

void summary_free(struct summary *summary)
{
	if (!summary)
		return;
	for (size_t i = 0; i < summary->n_kept; i++)
		free(summary->alerts[i]);
	free(summary);
}

/* For a terminal: nothing that could steer it. */
static void print_text(FILE *out, struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		fputc(text.data[i] >= 0x20 && text.data[i] != 0x7f ? text.data[i] : '?', out);
}

static void print_field(FILE *out, const char *before, const struct record *record, size_t field)
{
	if (!record_has(record, field))
		return;
	fputs(before, out);
	if (record->type->fields[field].kind == FIELD_INT)
		fprintf(out, "%" PRId64, record->values[field].number);
	else
		print_text(out, bytes_head(record_get(record, field), 120));
}

static void print_address(FILE *out, const struct address *address, uint8_t ip_version)
{
	char text[ADDRESS_TEXT_LEN];

	fwrite(text, 1, address_text(text, address, ip_version), out);
}

static void print_who(FILE *out, const struct event *event)
{
	const struct record *http = event->records[RECORD_HTTP];

	fputs("  who   ", out);
	if (event->flow) {
		print_address(out, &event->flow->src, event->flow->ip_version);
		fputs(" -> ", out);
		print_address(out, &event->flow->dst, event->flow->ip_version);
		fprintf(out, ":%u", event->flow->dst_port);
	}
	print_field(out, ", ", http, HTTP_METHOD);
	print_field(out, " ", http, HTTP_HOSTNAME);
	print_field(out, "", http, HTTP_URL);
	print_field(out, ", answered ", http, HTTP_STATUS);
	fprintf(out, " (packet %" PRIu64 ")\n", event->pcap_cnt);
}

static void print_why(FILE *out, const struct event *event)
{
	struct json why;

	json_init(&why, WHY_LEN);
	eve_why(event->rule, event, &why);
	fputs("  why   ", out);
	/* a JSON string: its quotes go, its escapes stay */
	print_text(out, why.full || why.len < 3 ? bytes_text("the rule gives no reason") : bytes_of(why.text + 1, why.len - 2));
	fputc('\n', out);
	json_fini(&why);
}

static void add(void *context, const struct event *event)
{
	struct summary *summary = context;
	size_t len;

	if (summary->n_alerts++ >= ALERTS_KEPT)
		return;
	FILE *out = open_memstream(&summary->alerts[summary->n_kept], &len);

	if (!out)
		return;
	fprintf(out, "  what  [%u] %s\n", event->rule->sid, event->rule->msg);
	print_who(out, event);
	print_why(out, event);
	fclose(out);
	if (summary->alerts[summary->n_kept])
		summary->n_kept++;
}

struct alert_log summary_log(struct summary *summary)
{
	return (struct alert_log){ add, summary };
}

void summary_print(const struct summary *summary, const struct stats *stats, FILE *out)
{
	fprintf(out,
	    "%" PRIu64 " packets, %" PRIu64 " flows, %" PRIu64 " requests, %" PRIu64 " credentials (%" PRIu64 " signed tokens), %" PRIu64
	    " alerts\n",
	    stats->decoder.pkts, stats->flow.total, stats->app_layer.http_tx, stats->token.seen, stats->token.jws, stats->detect.alert);
	for (size_t i = 0; i < summary->n_kept && i < ALERTS_SHOWN; i++)
		fprintf(out, "\nalert %zu\n%s", i + 1, summary->alerts[i]);
	if (summary->n_alerts > ALERTS_SHOWN)
		fprintf(out, "\n... and %" PRIu64 " more alerts\n", summary->n_alerts - ALERTS_SHOWN);
}
