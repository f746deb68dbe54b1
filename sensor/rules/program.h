/* program: a rule as it is judged, and the set that owns them. Private to sensor/rules. */
#ifndef STORMGLASS_RULES_PROGRAM_H
#define STORMGLASS_RULES_PROGRAM_H

#include "sensor/rules/addresses.h"
#include "sensor/rules/classifications.h"
#include "sensor/rules/presence.h"
#include "sensor/rules/rules.h"

/* The first word but one of a rule, and the record it is about. */
enum program_protocol { PROGRAM_JWT, PROGRAM_TOKEN, PROGRAM_HTTP, PROGRAM_TLS, PROGRAM_ANOMALY, PROGRAM_PROTOCOLS };

struct protocol {
	const char *name;
	enum record_kind record; /* must be part of the event */
	unsigned records;        /* bit n: keywords of record kind n may be used */
};

extern const struct protocol program_protocols[PROGRAM_PROTOCOLS];

struct program {
	struct rule rule;
	uint8_t protocol;
	bool any_endpoints; /* src, dst and the ports need no look */
	bool both_ways;
	uint16_t next;      /* of the same hash of gid and sid */
	struct addresses src, dst, src_ports, dst_ports;
	const struct condition *conditions; /* cheapest first */
	size_t n_conditions;
	struct presence presence[RECORD_KINDS]; /* what they ask of which fields are there at all */
};

/* The rules about one kind of record, ascending, and what each asks of its fields. */
struct shortlist {
	struct shortlist_entry {
		struct presence presence;
		uint16_t rule;
		bool jwt;
	} *entries;
	size_t n, cap;
};

enum {
	PROGRAM_NONE = UINT16_MAX,
	PROGRAM_HEADS = 16384,
	PROGRAM_MEMORY = 512 << 20, /* bytes of one rule set */
};

struct rules {
	struct budget budget;
	struct arena arena; /* everything that rules are made of; freed at once */
	struct program **programs;
	size_t n, cap;
	struct shortlist shortlists[RECORD_KINDS];
	uint64_t asked[RECORD_KINDS]; /* fields whose presence some rule asks for */
	uint16_t heads[PROGRAM_HEADS]; /* by gid and sid, to find duplicates */
	struct classifications classifications;
	const struct variable *variables;
	bool is_view; /* of another set, which owns all but what follows */
	/* What matching works in stands here, allocated once. So one thread at a time may match with a rule set or a view. */
	struct scratch scratch;
};

#endif
