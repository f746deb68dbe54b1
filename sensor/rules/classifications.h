/* classifications: what classification.config and reference.config define.
 *
 *     config classification: token-forgery,Token Signed by the Wrong Key,1
 *     config reference: cve https://nvd.nist.gov/vuln/detail/CVE- */
#ifndef STORMGLASS_RULES_CLASSIFICATIONS_H
#define STORMGLASS_RULES_CLASSIFICATIONS_H

#include "sensor/base/arena.h"
#include "sensor/rules/reason.h"

struct classification {
	struct classification *next;
	const char *name;
	const char *description;
	unsigned severity;
};

struct reference_type {
	struct reference_type *next;
	const char *name;
};

struct classifications {
	struct classification *classes;
	struct reference_type *references; /* NULL: none were defined, any type goes */
};

/* One line, neither empty nor a comment. A class of the same name replaces the earlier one for rules read later. */
bool classifications_read(struct classifications *all, struct bytes line, struct arena *arena, struct reason *reason);

const struct classification *classifications_find(const struct classifications *all, struct bytes name);
bool classifications_have_reference(const struct classifications *all, struct bytes type);

#endif
