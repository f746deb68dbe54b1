/* report: findings and figures as a person reads them, and as a program does. */
#ifndef STORMGLASS_DOCTOR_REPORT_H
#define STORMGLASS_DOCTOR_REPORT_H

#include <stdio.h>

#include "sensor/doctor/findings.h"

/* `names`: what was looked at. The last line begins with "Verdict: ". */
void report_text(FILE *out, const char *names, const struct tally *tally, const struct findings *findings);

/* One JSON object and a newline. False: out of memory, nothing was written. */
bool report_json(FILE *out, const char *names, const struct tally *tally, const struct findings *findings);

#endif
