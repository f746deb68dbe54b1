/* conditions: what a rule asks of one field of one record.
 *
 *     jwt.exp:<1700000000;  jwt.jwk:true;  key.binding:foreign_issuer,foreign_tenant;  jwt.signer:absent;
 *
 * Three outcomes: an unset field makes every condition false but `absent`, and undecided while a response
 * may still set it. */
#ifndef STORMGLASS_RULES_CONDITIONS_H
#define STORMGLASS_RULES_CONDITIONS_H

#include "sensor/rules/buffer_match.h"
#include "sensor/rules/keywords.h"
#include "sensor/rules/rules.h"

enum { CONDITION_WORDS = 256 };

/* In the order of their cost: rules judge the cheap ones first. */
enum condition_op {
	CONDITION_IS_ABSENT,
	CONDITION_IS_PRESENT,
	CONDITION_IS_FLAG,
	CONDITION_IN_NUMBERS,
	CONDITION_IN_WORDS,
	CONDITION_IN_BUFFER,
	CONDITION_IN_PATTERN, /* a buffer with a pattern */
};

struct words {
	const struct bytes *items;
	size_t n;
	bool negated; /* none of them */
};

struct condition {
	uint8_t op;
	uint8_t record;    /* enum record_kind */
	uint16_t field;
	bool or_absent;
	bool is_response;  /* FIELD_RESPONSE */
	bool flag;
	union {
		struct numbers numbers;
		struct words words;
		const struct buffer *buffer;
	};
};

/* keyword:value */
bool condition_parse(struct keyword keyword, struct bytes value, struct arena *arena, struct condition *condition,
	struct reason *reason);

/* A condition on a sticky buffer. */
struct condition condition_of_buffer(struct keyword keyword, const struct buffer *buffer, bool or_absent);

/* The bare `absent` or `present` of a sticky buffer. */
struct condition condition_of_presence(struct keyword keyword, bool present);

/* `record` is NULL where the event has none of the condition's kind. */
enum match condition_judge(const struct condition *condition, const struct record *record, bool final,
	const struct scratch *scratch);

#endif
