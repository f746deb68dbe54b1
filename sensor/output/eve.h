/* eve: events as lines of EVE JSON, in Suricata's shape and order (its etc/schema.json; suricata-user-guide "EVE JSON Format"). */
#ifndef STORMGLASS_OUTPUT_EVE_H
#define STORMGLASS_OUTPUT_EVE_H

#include "sensor/detect/rules.h"
#include "sensor/model/event.h"
#include "sensor/output/json.h"

struct eve_options {
	const char *sensor_name;  /* "host"; NULL: left out */
	const char *pcap_filename;/* of the current input; NULL: left out */
	bool community_id;
	uint16_t community_seed;
};

struct eve;

/* Lines go to `fd` through a buffer of `buffer_len` bytes; `fd` stays the caller's. NULL: out of memory. */
struct eve *eve_new(int fd, const struct eve_options *options);
void eve_set_pcap_filename(struct eve *eve, const char *name); /* borrowed */

/* Writes one line; false once the output failed (errno of the first failure in eve_errno). Lines over 64 KiB are dropped and
 * counted. */
bool eve_event(struct eve *eve, const struct event *event);

/* Writes a stats line: `stats` is the inner object's text. */
bool eve_stats(struct eve *eve, int64_t time_ns, struct bytes stats);
bool eve_flush(struct eve *eve);
int eve_errno(const struct eve *eve);
uint64_t eve_n_lines(const struct eve *eve);
uint64_t eve_n_dropped(const struct eve *eve);
void eve_free(struct eve *eve);

/* The record's members as text in `arena`, for record->rendered; empty when refused. */
struct bytes eve_render(const struct record *record, struct arena *arena);

/* The rule's explanation with {keyword} replaced by the event's fields, appended to `out`. */
void eve_why(const struct rule *rule, const struct event *event, struct json *out);

#endif
