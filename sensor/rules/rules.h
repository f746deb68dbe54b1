/* rules: Suricata's rule grammar over the field tables. A rule set is immutable once loaded. */
#ifndef STORMGLASS_RULES_RULES_H
#define STORMGLASS_RULES_RULES_H

#include "sensor/base/errors.h"
#include "sensor/model/subject.h"

struct rules;

struct rule_metadata {
	const char *key;
	const char *value;
};

/* What an alert says of its rule. Owned by the rule set. */
struct rule {
	uint32_t sid, rev, gid;
	const char *msg;
	const char *category; /* of the classtype; "" without one */
	unsigned severity;    /* 1 is worst; of priority, else the classtype, else 3 */
	const struct rule_metadata *metadata;
	size_t n_metadata;
	const char *why;      /* template of the explanation, {jwt.kid} replaced by the field; NULL: none */
	const char *file;     /* where it was read, for messages */
	unsigned line;
	const char *text;     /* as written, one line */
	bool noalert;
};

enum { RULES_MAX = 65535 };

struct rules *rules_new(void);

/* Reads classification.config lines: later ones replace earlier ones of the same name. Reads reference.config lines too:
 * once there are any, rules may name only these types. */
void rules_load_classifications(struct rules *rules, const char *file, struct errors *errors);

/* $NAME for addresses and ports in rule headers: name without $, value in rule syntax. */
void rules_set_variable(struct rules *rules, const char *name, const char *value, struct errors *errors);

/* Reads a file of rules; every mistake is added to `errors` as file:line, and reading goes on with the next rule. */
void rules_load(struct rules *rules, const char *file, struct errors *errors);
size_t rules_count(const struct rules *rules);
const struct rule *rules_get(const struct rules *rules, size_t index);

/* The same rules for another thread: what they are is shared, what matching works in is its own. `rules` must outlive it and is
 * not changed any more. NULL: out of memory. To be freed with rules_free. */
struct rules *rules_view(const struct rules *rules);
void rules_free(struct rules *rules); /* NULL is fine */

enum match {
	MATCH_NO,
	MATCH_YES,
	MATCH_WAIT, /* depends on a FIELD_RESPONSE field that is not set yet while subject->final is false */
};

/* Is any rule about records of this kind? */
bool rules_are_about(const struct rules *rules, enum record_kind kind);

/* Which rules of the protocols that look at `record` (jwt and token: a token record; anomaly: an anomaly record; http: an
 * http record) could still match, judging only the conditions on that record itself. Writes up to `cap` indices, ascending. */
size_t rules_candidates(const struct rules *rules, const struct record *record, uint16_t *out, size_t cap);

/* Those of `in` whose conditions on `record` leave them possible, into `out`, which has room for n_in and may be `in`. */
size_t rules_narrow(const struct rules *rules, const struct record *record, const uint16_t *in, size_t n_in, uint16_t *out);

/* The whole rule against the whole subject. */
enum match rules_match(const struct rules *rules, size_t index, const struct subject *subject);

#endif
