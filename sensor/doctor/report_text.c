#include "sensor/doctor/paragraph.h"
#include "sensor/doctor/report.h"
#include "sensor/doctor/words.h"

enum { BRIEFS = 3 };

static void print_what_was_read(FILE *out, const char *names, const struct tally *tally)
{
	struct words words = { .next = 0 };
	const struct tally_frames *frames = &tally->frames;
	char text[1024];
	int len = snprintf(text, sizeof text, "%.600s: %s", names, words_count(&words, frames->n, "packet", "packets"));

	if (len > 0 && frames->n)
		snprintf(text + len, sizeof text - (size_t)len, ", %s%s%s; %s, %s.", words_bytes(&words, frames->bytes),
		    frames->n > 1 ? " within " : "",
		    frames->n > 1 ? words_time(&words, frames->last_ns - frames->first_ns) : "",
		    words_count(&words, tally->flows.n_tcp, "TCP connection", "TCP connections"),
		    words_count(&words, tally->flows.n_udp, "UDP conversation", "UDP conversations"));
	paragraph_print(out, "", text);
}

static void print_protocols(FILE *out, const struct tally_flows *flows)
{
	struct words words = { .next = 0 };
	uint64_t bytes = 0, n = 0;

	for (int i = 0; i < PROTOCOLS; i++) {
		bytes += flows->protocols[i].bytes;
		n += flows->protocols[i].n;
	}
	if (!n)
		return;
	fprintf(out, "\n%-42s %14s %18s\n", "What is in it", "connections", "share of bytes");
	for (int i = 1; i <= PROTOCOLS; i++) {
		int p = i == PROTOCOLS	     ? PROTOCOL_SILENT
			: i == PROTOCOLS - 1 ? PROTOCOL_OTHER
					     : i + 1; /* those two last */
		const struct tally_protocol *protocol = &flows->protocols[p];

		if (protocol->n)
			fprintf(out, "  %-40s %14s %18s\n", protocol_name((enum protocol)p),
			    words_number(&words, protocol->n), words_share(&words, protocol->bytes, bytes));
	}
}

static const char *weight_words(enum findings_weight weight)
{
	static const char *const words[] = { "serious", "gap", "worth changing", "note" };

	return words[weight];
}

static void print_finding(FILE *out, unsigned number, const struct finding *finding)
{
	char lead[16];

	fprintf(out, "\n%u. [%s] %s\n", number, weight_words(finding->weight), finding->brief);
	snprintf(lead, sizeof lead, "   ");
	paragraph_print(out, lead, finding->what);
	paragraph_print(out, "   What it means:  ", finding->means);
	if (finding->change)
		paragraph_print(out, "   What to change: ", finding->change);
}

static void print_verdict(FILE *out, const struct findings *findings)
{
	enum findings_verdict verdict = findings_verdict(findings);
	enum findings_weight most = verdict == FINDINGS_UNUSABLE ? FINDINGS_BREAKS : FINDINGS_GAPS;
	unsigned n = 0;

	fprintf(out, "\nVerdict: %s", findings_verdict_words(verdict));
	for (unsigned i = 0; i < findings->n && n < BRIEFS; i++)
		if (verdict != FINDINGS_GOOD && findings->items[i].weight <= most)
			fprintf(out, "%s%s", n++ ? "; " : " - ", findings->items[i].brief);
	fputc('\n', out);
}

void report_text(FILE *out, const char *names, const struct tally *tally, const struct findings *findings)
{
	print_what_was_read(out, names, tally);
	print_protocols(out, &tally->flows);
	for (unsigned i = 0; i < findings->n; i++)
		print_finding(out, i + 1, &findings->items[i]);
	print_verdict(out, findings);
}
