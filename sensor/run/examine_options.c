#include "sensor/run/examine_options.h"

#include <getopt.h>
#include <stdlib.h>

enum { OPTION_JSON = 256, SECONDS = 10, SECONDS_MOST = 86400 };

static const struct option long_options[] = {
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

void examine_options_usage(FILE *out)
{
	fputs("usage: stormglass doctor [--json] -r FILE [-r FILE ...]\n"
	      "       stormglass doctor [--json] -i IF [SECONDS]\n"
	      "\n"
	      "Says in plain words what a mirror port delivers: what is missing, what is there\n"
	      "twice, what cannot be read, what that means and what to change. The last line is\n"
	      "the verdict: good, usable with gaps, or not usable. No rules, no settings.\n"
	      "\n"
	      "  -r FILE        look at a pcap or pcapng file; - is standard input; may be repeated\n"
	      "  -i IF          look at an interface, for SECONDS (10)\n"
	      "  --json         say it as one JSON object\n"
	      "  -h, --help     print this help\n"
	      "\n"
	      "exit status: 0 done, whatever the verdict; 1 unusable arguments;\n"
	      "             2 an input could not be read to its end\n", out);
}

static void take(struct examine_options *options, int option)
{
	switch (option) {
	case 'r': texts_add(&options->inputs, optarg); break;
	case 'i': options->interface = optarg; break;
	case 'h': options->help = true; break;
	case OPTION_JSON: options->json = true; break;
	default: break;
	}
}

static unsigned seconds_of(const char *text, struct errors *errors)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || n == 0 || n > SECONDS_MOST)
		errors_add(errors, NULL, 0, "'%s' is not a number of seconds from 1 to %d", text, SECONDS_MOST);
	return (unsigned)n;
}

void examine_options_parse(struct examine_options *options, int argc, char **argv, struct errors *errors)
{
	int option;

	*options = (struct examine_options){ .seconds = SECONDS };
	optind = 1;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":r:i:h", long_options, NULL)) != -1) {
		if (option == ':')
			errors_add(errors, NULL, 0, "option %s needs a value", argv[optind - 1]);
		else if (option == '?')
			errors_add(errors, NULL, 0, "unknown option %s", argv[optind - 1]);
		else
			take(options, option);
	}
	if (optind < argc && options->interface)
		options->seconds = seconds_of(argv[optind++], errors);
	for (int i = optind; i < argc; i++)
		errors_add(errors, NULL, 0, "unexpected argument '%s' (packets are read with -r)", argv[i]);
	if (options->inputs.n && options->interface)
		errors_add(errors, NULL, 0, "-r and -i exclude each other");
	if (!options->inputs.n && !options->interface && !options->help && !errors->n)
		errors_add(errors, NULL, 0, "nothing to look at: give -r FILE or -i IF");
}

void examine_options_fini(struct examine_options *options)
{
	texts_clear(&options->inputs);
}
