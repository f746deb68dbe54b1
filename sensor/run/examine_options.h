/* examine_options: the command line of `stormglass doctor`. */
#ifndef STORMGLASS_RUN_EXAMINE_OPTIONS_H
#define STORMGLASS_RUN_EXAMINE_OPTIONS_H

#include "sensor/run/config.h"

struct examine_options {
	struct texts inputs;   /* -r, in order; "-" is standard input */
	const char *interface; /* -i; NULL: none */
	unsigned seconds;      /* to look at it */
	bool json, help;
};

/* argv[0] is "doctor". Every mistake is added to `errors`. Texts of argv are borrowed. */
void examine_options_parse(struct examine_options *options, int argc, char **argv, struct errors *errors);
void examine_options_usage(FILE *out);
void examine_options_fini(struct examine_options *options);

#endif
