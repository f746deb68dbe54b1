/* symptoms: the examinations that findings are made by. Each looks at the tally and adds a finding, or none.
 * Private to this folder. */
#ifndef STORMGLASS_DOCTOR_SYMPTOMS_H
#define STORMGLASS_DOCTOR_SYMPTOMS_H

#include <stdio.h>

#include "sensor/doctor/findings.h"
#include "sensor/doctor/words.h"

/* Being written: the last finding's `what` goes to `out`. */
struct draft {
	const struct tally *tally;
	struct findings *findings;
	struct words *words;
	FILE *out;
	char *text;
	size_t text_len;
	bool failed;
};

typedef void symptom(struct draft *draft);

/* What the way of the packets did to them; how they look; what is in them. NULL-ended. */
extern symptom *const symptoms_delivery[], *const symptoms_shape[], *const symptoms_content[];

/* A new finding, whose `what` is to be written to draft->out. */
struct finding *symptoms_add(struct draft *draft, const char *id, enum findings_weight weight, double share);

static inline double symptoms_share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

/* " For example 10.0.0.1:4000 -> 10.0.0.2:443." */
void symptoms_example(struct draft *draft, const struct tally_examples *examples);

#endif
