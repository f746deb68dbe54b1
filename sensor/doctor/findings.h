/* findings: what the tally says of the mirror, in words: what was seen, what it means for detection, what to change. */
#ifndef STORMGLASS_DOCTOR_FINDINGS_H
#define STORMGLASS_DOCTOR_FINDINGS_H

#include "sensor/doctor/tally.h"

/* Weightiest first. Only the first two spoil the verdict. */
enum findings_weight { FINDINGS_BREAKS, FINDINGS_GAPS, FINDINGS_ADVICE, FINDINGS_NOTE };

enum findings_verdict { FINDINGS_GOOD, FINDINGS_USABLE, FINDINGS_UNUSABLE };

enum { FINDINGS_MAX = 32 };

struct finding {
	const char *id; /* "one_sided" */
	enum findings_weight weight;
	double share;	   /* of what it is about, 0 to 1 */
	const char *brief; /* for the verdict: "replies are missing" */
	char *what;	   /* sentences; the first is the headline */
	const char *means;
	const char *change; /* NULL: nothing needs to be */
};

struct findings {
	struct finding items[FINDINGS_MAX];
	unsigned n;
};

/* Sorted by weight, then share. False: out of memory. findings_fini in any case. */
bool findings_make(struct findings *findings, const struct tally *tally);
void findings_fini(struct findings *findings);

enum findings_verdict findings_verdict(const struct findings *findings);

/* "good", "usable_with_gaps", "not_usable"; and as words. */
const char *findings_verdict_id(enum findings_verdict verdict);
const char *findings_verdict_words(enum findings_verdict verdict);
const char *findings_weight_id(enum findings_weight weight);

#endif
