/* draft: a rule while it is read, option by option. */
#ifndef STORMGLASS_RULES_DRAFT_H
#define STORMGLASS_RULES_DRAFT_H

#include "sensor/rules/program.h"

enum { DRAFT_CONDITIONS = 64, DRAFT_METADATA = 64 };

/* `absent` and `present` after a sticky buffer. */
enum draft_presence { DRAFT_TEXT, DRAFT_ABSENT, DRAFT_PRESENT, DRAFT_OR_ABSENT };

struct draft {
	struct rules *rules;
	struct program *program;
	struct buffer_env env; /* arena, patterns and reason */
	struct condition conditions[DRAFT_CONDITIONS];
	size_t n_conditions;
	struct rule_metadata metadata[DRAFT_METADATA];
	size_t n_metadata;
	const struct classification *class;
	unsigned priority;     /* 0: not given */
	uint64_t seen;         /* bit n: option n of the table of options was given */

	bool open;             /* a sticky buffer */
	struct keyword keyword;
	enum draft_presence presence;
	struct buffer_draft buffer;
};

/* keyword; or keyword:value. */
bool draft_keyword(struct draft *draft, struct keyword keyword, const struct bytes *value);

/* The sticky buffer ends here. */
bool draft_close_buffer(struct draft *draft);

/* May rules of this protocol speak of this field. */
bool draft_allows(const struct draft *draft, struct keyword keyword);

/* Moves what was gathered into the program. */
bool draft_finish(struct draft *draft);

#endif
