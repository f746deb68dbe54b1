/* options: the command line, in the habits of Suricata's. */
#ifndef STORMGLASS_RUN_OPTIONS_H
#define STORMGLASS_RUN_OPTIONS_H

#include "sensor/input/filter.h"
#include "sensor/run/config.h"

struct options {
	struct texts inputs;     /* -r, in order; "-" is standard input */
	struct texts interfaces; /* -i, in order */
	struct texts listen;     /* --listen-pcap */
	struct texts rules_only; /* -S */
	struct texts rules_also; /* -s */
	struct texts trust;      /* --trust */
	struct texts sets;       /* --set key=value; --threads, --fanout, --user, -k, --keylog-listen and --tls-key... are such too */
	const char *log_dir;     /* -l; NULL: no EVE */
	const char *config;      /* -c */
	const char *filter_file; /* -F */
	struct filter *filter;   /* of -F, else of the words behind the options; NULL: everything passes */
	bool allow_root, test, verbose, version, help, fields;
	const char *state;       /* --state */
	bool recursive, follow, once;
};

/* Every mistake is added to `errors`. Texts of argv are borrowed. */
void options_parse(struct options *options, int argc, char **argv, struct errors *errors);
void options_usage(FILE *out);
void options_fini(struct options *options);

#endif
