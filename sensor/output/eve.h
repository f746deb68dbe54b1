/* eve: events as lines of EVE JSON, in Suricata's shape and order
 * (its etc/schema.json; suricata-user-guide "EVE JSON Format"). */
#ifndef STORMGLASS_OUTPUT_EVE_H
#define STORMGLASS_OUTPUT_EVE_H

#include "sensor/rules/rules.h"
#include "sensor/model/event.h"
#include "sensor/output/json.h"

struct eve_options {
	const char *sensor_name;  /* "host"; NULL: left out */
	const char *pcap_filename;/* of the current input; NULL: left out */
	bool community_id;
	uint16_t community_seed;
	bool ether;               /* MAC addresses of the flow's first packet, as Suricata's ethernet option */
};

enum { EVE_LINE_MAX = 65536 };

struct eve;

/* Lines go to `fd` through a buffer of 128 KiB, only ever whole; `fd` stays the caller's. Texts in `options` are
 * borrowed until eve_free. NULL: out of memory. */
struct eve *eve_new(int fd, const struct eve_options *options);

/* What is buffered goes to the old descriptor, whole lines, all that follows to `fd`. False: the old one failed. */
bool eve_reopen(struct eve *eve, int fd);
void eve_set_pcap_filename(struct eve *eve, const char *name); /* borrowed; NULL: left out */

/* Writes one line; false once the output failed (errno of the first failure in eve_errno). A string over JSON_TEXT_MAX
 * is cut and says so. A line over EVE_LINE_MAX is made again with narrower caps, so that no traffic can make its own
 * alert too long; what is too long even then, by its rule alone, is dropped and counted. */
bool eve_event(struct eve *eve, const struct event *event);

/* Writes a stats line: `stats` is the inner object's text, with its braces. */
bool eve_stats(struct eve *eve, int64_t time_ns, struct bytes stats);

/* Hands on what is buffered. After a failure within a line, a regular file is cut back to its last whole line. */
bool eve_flush(struct eve *eve);
int eve_errno(const struct eve *eve);          /* 0: none */
uint64_t eve_n_lines(const struct eve *eve);   /* written or buffered; what a failure lost is not counted */
uint64_t eve_n_dropped(const struct eve *eve);
void eve_free(struct eve *eve); /* flushes; NULL is fine */

/* The record's members as text in `arena`, for record->rendered; empty when refused. At most 32 KiB: caps narrow to
 * fit. */
struct bytes eve_render(const struct record *record, struct arena *arena);

/* The rule's explanation as one JSON string appended to `out`: {keyword} replaced by the event's field, "(none)" where
 * unset. */
void eve_why(const struct rule *rule, const struct event *event, struct json *out);

#endif
