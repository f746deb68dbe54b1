#include "sensor/output/eve.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/model/tls.h"
#include "sensor/output/address_text.h"
#include "sensor/output/eve_alert.h"
#include "sensor/output/eve_header.h"

enum { BUFFER_LEN = 512 * 1024, RENDERED_MAX = 32768 };

struct eve {
	int fd;
	int error;
	struct eve_options options;
	struct time_text flow_clock;
	uint64_t n_written, n_buffered, n_dropped; /* lines */
	size_t used;
	struct eve_header header;
	char buffer[BUFFER_LEN];
};

/* Caps of strings and arrays, tried in turn until a line fits. With the last, a token's fields together stay below half
 * of RENDERED_MAX whatever they hold. */
static const struct eve_caps {
	size_t text_max, texts_max;
} eve_caps[] = { { JSON_TEXT_MAX, JSON_TEXTS_MAX }, { 1024, 16 }, { 192, 4 } };

enum { EVE_CAPS = sizeof eve_caps / sizeof *eve_caps };

struct eve *eve_new(int fd, const struct eve_options *options)
{
	struct eve *eve = calloc(1, sizeof *eve);

	if (!eve)
		return NULL;
	eve->fd = fd;
	eve->options = *options;
	if (!eve_header_init(&eve->header, options)) {
		free(eve);
		return NULL;
	}
	return eve;
}

void eve_free(struct eve *eve)
{
	if (!eve)
		return;
	eve_flush(eve);
	eve_header_fini(&eve->header);
	free(eve);
}

void eve_set_pcap_filename(struct eve *eve, const char *name)
{
	eve->options.pcap_filename = name;
}

int eve_errno(const struct eve *eve)
{
	return eve->error;
}

uint64_t eve_n_lines(const struct eve *eve)
{
	return eve->n_written + eve->n_buffered;
}

uint64_t eve_n_dropped(const struct eve *eve)
{
	return eve->n_dropped;
}

/* Writes until all is out or an error that waiting does not mend; returns how much went out. */
static size_t eve_write(struct eve *eve)
{
	size_t done = 0;

	while (done < eve->used) {
		ssize_t n = write(eve->fd, eve->buffer + done, eve->used - done);

		if (n > 0) {
			done += (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			struct pollfd ready = { .fd = eve->fd, .events = POLLOUT };

			poll(&ready, 1, -1);
		} else if (n == 0 || errno != EINTR) {
			eve->error = n == 0 ? EIO : errno;
			break;
		}
	}
	return done;
}

/* After a failure: counts the lines that are out whole, and cuts the broken one off where the output is a file. */
static void eve_settle(struct eve *eve, size_t done)
{
	const char *end = eve->buffer;

	for (const char *nl; (nl = memchr(end, '\n', (size_t)(eve->buffer + done - end))) != NULL; end = nl + 1)
		eve->n_written++;

	off_t broken = (off_t)(eve->buffer + done - end);
	off_t at = lseek(eve->fd, 0, SEEK_CUR); /* fails on pipes */
	struct stat st;

	if (broken && at >= broken && fstat(eve->fd, &st) == 0 && S_ISREG(st.st_mode) && at == st.st_size &&
	    ftruncate(eve->fd, at - broken) == 0)
		lseek(eve->fd, at - broken, SEEK_SET);
}

bool eve_flush(struct eve *eve)
{
	if (eve->error)
		return false;
	size_t done = eve_write(eve);

	if (eve->error)
		eve_settle(eve, done);
	else
		eve->n_written += eve->n_buffered;
	eve->n_buffered = 0;
	eve->used = 0;
	return !eve->error;
}

bool eve_reopen(struct eve *eve, int fd)
{
	bool ok = eve_flush(eve);

	eve->fd = fd;
	return ok;
}

/* The next line, over the free end of the buffer, which always has room for the longest and its newline. */
static struct json eve_line(struct eve *eve)
{
	struct json line;

	json_over(&line, eve->buffer + eve->used, EVE_LINE_MAX);
	json_open(&line, '{');
	return line;
}

static void eve_close_line(const struct eve *eve, struct json *line)
{
	if (eve->options.sensor_name) {
		json_key(line, "host");
		json_cstr(line, eve->options.sensor_name);
	}
	if (eve->options.pcap_filename) {
		json_key(line, "pcap_filename");
		json_cstr(line, eve->options.pcap_filename);
	}
	json_close(line, '}');
}

/* Takes a finished line in; false if it did not fit. */
static bool eve_take(struct eve *eve, const struct json *line)
{
	if (line->full)
		return false;
	eve->used += line->len;
	eve->buffer[eve->used++] = '\n';
	eve->n_buffered++;
	if (BUFFER_LEN - eve->used <= EVE_LINE_MAX)
		eve_flush(eve);
	return true;
}

static void eve_object(struct json *line, const struct record *record)
{
	if (!record)
		return;
	json_key(line, record->type->object);
	json_open(line, '{');
	json_record(line, record);
	json_close(line, '}');
}

/* Two records, one object: how it was used, then what it is. */
static void eve_token(struct json *line, const struct event *event)
{
	const struct record *use = event->records[RECORD_USE], *token = event->records[RECORD_TOKEN];

	if (!use && !token)
		return;
	json_key(line, "token");
	json_open(line, '{');
	if (use)
		json_record(line, use);
	if (token)
		json_record(line, token);
	else
		json_members(line, event->token_rendered);
	json_close(line, '}');
}

static void eve_text(struct json *line, const char *key, const struct record *record, size_t field)
{
	if (!record_has(record, field))
		return;
	json_key(line, key);
	json_text(line, record_get(record, field));
}

/* The connection that carried what the event is about, in short: the tls event of the same flow_id has the rest. */
static void eve_carrier(struct json *line, const struct record *tls)
{
	if (!record_has(tls, TLS_SNI) && !record_has(tls, TLS_VERSION) && !record_has(tls, TLS_JA4))
		return;
	json_key(line, "tls");
	json_open(line, '{');
	eve_text(line, "sni", tls, TLS_SNI);
	eve_text(line, "version", tls, TLS_VERSION);
	eve_text(line, "ja4", tls, TLS_JA4);
	json_close(line, '}');
}

/* Is an alert about a TLS connection itself? */
static bool eve_is_about_tls(const struct event *event)
{
	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		if (kind != RECORD_TLS && event->records[kind])
			return false;
	return event->token_rendered.len == 0;
}

static void eve_app_proto(struct json *line, const struct flow_facts *flow)
{
	if (!flow || !flow->app_proto)
		return;
	json_key(line, "app_proto");
	json_cstr(line, flow->app_proto);
}

static void eve_count(struct json *line, const char *key, uint64_t count)
{
	json_key(line, key);
	json_uint(line, count);
}

static void eve_address(struct json *line, const char *key, const struct address *address, uint8_t ip_version)
{
	char text[ADDRESS_TEXT_LEN];

	json_key(line, key);
	json_text(line, bytes_of(text, address_text(text, address, ip_version)));
}

/* The flow as it was opened, whatever the direction of the event. */
static void eve_flow(struct eve *eve, struct json *line, const struct flow_facts *flow)
{
	if (!flow)
		return;
	json_key(line, "flow");
	json_open(line, '{');
	eve_count(line, "pkts_toserver", flow->n_packets[TO_SERVER]);
	eve_count(line, "pkts_toclient", flow->n_packets[TO_CLIENT]);
	eve_count(line, "bytes_toserver", flow->n_bytes[TO_SERVER]);
	eve_count(line, "bytes_toclient", flow->n_bytes[TO_CLIENT]);
	eve_header_time(&eve->flow_clock, line, "start", flow->start_ns);
	if (flow->ip_version) {
		eve_address(line, "src_ip", &flow->src, flow->ip_version);
		eve_address(line, "dest_ip", &flow->dst, flow->ip_version);
	}
	if (eve_header_has_ports(flow->ip_proto) && !flow->fragment) {
		eve_count(line, "src_port", flow->src_port);
		eve_count(line, "dest_port", flow->dst_port);
	}
	json_close(line, '}');
}

static void eve_label(struct json *line, const struct flow_facts *flow)
{
	const struct label *label = flow ? &flow->label : NULL;

	if (!label || !label->application)
		return;
	json_key(line, "ndpi");
	json_open(line, '{');
	json_key(line, "application");
	json_cstr(line, label->application);
	if (label->category) {
		json_key(line, "category");
		json_cstr(line, label->category);
	}
	if (label->risks && label->risk_names) {
		json_key(line, "risks");
		json_open(line, '[');
		for (uint64_t left = label->risks; left; left &= left - 1)
			if (label->risk_names[__builtin_ctzll(left)])
				json_cstr(line, label->risk_names[__builtin_ctzll(left)]);
		json_close(line, ']');
	}
	json_close(line, '}');
}

static void eve_alert(struct eve *eve, struct json *line, const struct event *event)
{
	eve_alert_write(line, event);
	eve_object(line, event->records[RECORD_HTTP]);
	if (eve_is_about_tls(event))
		eve_object(line, event->records[RECORD_TLS]);
	else
		eve_carrier(line, event->records[RECORD_TLS]);
	eve_token(line, event);
	eve_object(line, event->records[RECORD_ANOMALY]);
	eve_app_proto(line, event->flow);
	json_key(line, "direction");
	json_cstr(line, event->dir == TO_SERVER ? "to_server" : "to_client");
	eve_flow(eve, line, event->flow);
	eve_label(line, event->flow);
}

static void eve_body(struct eve *eve, struct json *line, const struct event *event)
{
	switch (event->type) {
	case EVENT_ALERT:
		eve_alert(eve, line, event);
		break;
	case EVENT_TOKEN:
		eve_carrier(line, event->records[RECORD_TLS]);
		eve_token(line, event);
		eve_object(line, event->records[RECORD_HTTP]);
		eve_app_proto(line, event->flow);
		eve_label(line, event->flow);
		break;
	case EVENT_HTTP:
		eve_carrier(line, event->records[RECORD_TLS]);
		eve_object(line, event->records[RECORD_HTTP]);
		break;
	case EVENT_TLS:
		eve_object(line, event->records[RECORD_TLS]);
		break;
	case EVENT_ANOMALY:
		eve_object(line, event->records[RECORD_ANOMALY]);
		break;
	}
}

bool eve_event(struct eve *eve, const struct event *event)
{
	for (size_t i = 0; i < EVE_CAPS && !eve->error; i++) {
		struct json line = eve_line(eve);

		line.text_max = eve_caps[i].text_max;
		line.texts_max = eve_caps[i].texts_max;
		eve_header_write(&eve->header, &line, event);
		eve_body(eve, &line, event);
		eve_close_line(eve, &line);
		if (eve_take(eve, &line))
			return !eve->error;
	}
	eve->n_dropped += !eve->error;
	return !eve->error;
}

bool eve_stats(struct eve *eve, int64_t time_ns, struct bytes stats)
{
	if (eve->error)
		return false;
	struct json line = eve_line(eve);

	eve_header_time(&eve->header.clock, &line, "timestamp", time_ns);
	json_key(&line, "event_type");
	json_cstr(&line, "stats");
	json_key(&line, "stats");
	json_members(&line, stats);
	eve_close_line(eve, &line);
	eve->n_dropped += !eve_take(eve, &line);
	return !eve->error;
}

struct bytes eve_render(const struct record *record, struct arena *arena)
{
	char text[RENDERED_MAX];

	for (size_t i = 0; i < EVE_CAPS; i++) {
		struct json json;

		json_over(&json, text, sizeof text);
		json.text_max = eve_caps[i].text_max;
		json.texts_max = eve_caps[i].texts_max;
		json_fields(&json, record);
		if (!json.full)
			return arena_copy(arena, bytes_of(text, json.len));
	}
	return bytes_of("", 0);
}
