#include "sensor/run/options.h"

#include <getopt.h>
#include <string.h>

enum { OPTION_TRUST = 256, OPTION_SET, OPTION_FIELDS, OPTION_THREADS };

static const struct option long_options[] = {
	{ "trust", required_argument, NULL, OPTION_TRUST },
	{ "set", required_argument, NULL, OPTION_SET },
	{ "threads", required_argument, NULL, OPTION_THREADS },
	{ "fields", no_argument, NULL, OPTION_FIELDS },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

void options_usage(FILE *out)
{
	fputs("usage: stormglass -r FILE [-r FILE ...] [-l DIR|-] [-c CONF] [-S RULES | -s RULES] [--trust DIR] [--set key=value]\n"
	      "       stormglass doctor -r FILE ...: what is this mirror port like? (stormglass doctor -h)\n"
	      "\n"
	      "  -r FILE        read packets from a pcap or pcapng file; - is standard input; may be repeated\n"
	      "  -l DIR         write DIR/eve.json; - writes EVE to standard output; without it only the summary is shown\n"
	      "  -c CONF        read settings from a YAML file\n"
	      "  -S RULES       load only this rule file; may be repeated\n"
	      "  -s RULES       load this rule file too; may be repeated\n"
	      "  --trust DIR    add issuers.json, compromised.json and keys/*.jwks.json of a folder; may be repeated\n"
	      "  --set K=V      override a setting: --set outputs.eve.http=yes\n"
	      "  --threads N    work on N processors, or on as many as there are: auto; the output stays the same\n"
	      "  -T             test settings, rules and trust, then exit\n"
	      "  --fields       print every field that rules and events know, then exit\n"
	      "  -v             print the summary also where standard error is no terminal\n"
	      "  -V, --version  print the version\n"
	      "  -h, --help     print this help\n"
	      "\n"
	      "exit status: 0 done; 1 unusable arguments, settings, rules or trust, or EVE could not be written;\n"
	      "             2 an input could not be read to its end\n", out);
}

static void take(struct options *options, int option)
{
	switch (option) {
	case 'r': texts_add(&options->inputs, optarg); break;
	case 'S': texts_add(&options->rules_only, optarg); break;
	case 's': texts_add(&options->rules_also, optarg); break;
	case OPTION_TRUST: texts_add(&options->trust, optarg); break;
	case OPTION_SET: texts_add(&options->sets, optarg); break;
	case OPTION_THREADS: options->threads = optarg; break;
	case 'l': options->log_dir = optarg; break;
	case 'c': options->config = optarg; break;
	case 'T': options->test = true; break;
	case 'v': options->verbose = true; break;
	case 'V': options->version = true; break;
	case 'h': options->help = true; break;
	case OPTION_FIELDS: options->fields = true; break;
	default: break;
	}
}

void options_parse(struct options *options, int argc, char **argv, struct errors *errors)
{
	int option;

	*options = (struct options){ 0 };
	optind = 1;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":r:l:c:S:s:TvVh", long_options, NULL)) != -1) {
		if (option == ':')
			errors_add(errors, NULL, 0, "option %s needs a value", argv[optind - 1]);
		else if (option == '?')
			errors_add(errors, NULL, 0, "unknown option %s", argv[optind - 1]);
		else
			take(options, option);
	}
	for (int i = optind; i < argc; i++)
		errors_add(errors, NULL, 0, "unexpected argument '%s' (packets are read with -r)", argv[i]);
	if (options->rules_only.n && options->rules_also.n)
		errors_add(errors, NULL, 0, "-S and -s exclude each other");
	if (!options->inputs.n && !options->test && !options->version && !options->help && !options->fields && !errors->n)
		errors_add(errors, NULL, 0, "nothing to read: give -r FILE");
}

void options_fini(struct options *options)
{
	texts_clear(&options->inputs);
	texts_clear(&options->rules_only);
	texts_clear(&options->rules_also);
	texts_clear(&options->trust);
	texts_clear(&options->sets);
}
