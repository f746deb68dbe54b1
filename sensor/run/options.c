#include "sensor/run/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPTION_TRUST = 256, OPTION_SET, OPTION_FIELDS, OPTION_THREADS, OPTION_FANOUT, OPTION_USER, OPTION_ALLOW_ROOT, OPTION_LISTEN,
	OPTION_RECURSIVE, OPTION_FOLLOW, OPTION_STATE, OPTION_ONCE, OPTION_KEYLOG_LISTEN, OPTION_TLS_KEY, OPTION_TLS_KEY_PASSWORD };

enum { FILTER_MAX = 65536 };

static const struct option long_options[] = {
	{ "recursive", no_argument, NULL, OPTION_RECURSIVE },
	{ "follow", no_argument, NULL, OPTION_FOLLOW },
	{ "state", required_argument, NULL, OPTION_STATE },
	{ "listen-pcap", required_argument, NULL, OPTION_LISTEN },
	{ "once", no_argument, NULL, OPTION_ONCE },
	{ "keylog-listen", required_argument, NULL, OPTION_KEYLOG_LISTEN },
	{ "tls-key", required_argument, NULL, OPTION_TLS_KEY },
	{ "tls-key-password-file", required_argument, NULL, OPTION_TLS_KEY_PASSWORD },
	{ "trust", required_argument, NULL, OPTION_TRUST },
	{ "set", required_argument, NULL, OPTION_SET },
	{ "threads", required_argument, NULL, OPTION_THREADS },
	{ "fanout", required_argument, NULL, OPTION_FANOUT },
	{ "user", required_argument, NULL, OPTION_USER },
	{ "allow-root", no_argument, NULL, OPTION_ALLOW_ROOT },
	{ "fields", no_argument, NULL, OPTION_FIELDS },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

void options_usage(FILE *out)
{
	fputs("usage: stormglass -r FILE [-r FILE ...] [-l DIR|-] [-c CONF] [-S RULES | -s RULES] [--trust DIR]\n"
	      "                  [--set key=value] [FILTER]\n"
	      "       stormglass -i IF [-i IF ...] [-l DIR|-] ... [FILTER]\n"
	      "       stormglass doctor -r FILE | -i IF [SECONDS]: what is this mirror port like? (stormglass doctor -h)\n"
	      "\n"
	      "  -r FILE        read packets from a pcap or pcapng file, compressed or not; - is standard input; may be repeated\n"
	      "  -r DIR         read the captures of a folder in the order of their first packets\n"
	      "  -r tcp://HOST:PORT  read a capture that is sent over TCP (PCAP-over-IP), reconnecting when it ends\n"
	      "  --recursive    read what is below folders, too\n"
	      "  --follow       with one -r DIR: go on with every capture that is finished there\n"
	      "  --state DIR    with --follow: remember there what was read\n"
	      "  --listen-pcap [ADDR:]PORT  take captures over TCP, on 127.0.0.1 unless ADDR is given; may be repeated\n"
	      "  --once         end when connections end\n"
	      "  -i IF          read packets of an interface as they pass; may be repeated;\n"
	      "                 SIGHUP opens EVE anew, SIGUSR2 reloads rules and trust\n"
	      "  -k FILE        decrypt TLS with the secrets of a key log (SSLKEYLOGFILE), file or pipe; may be repeated;\n"
	      "                 followed as it grows where the run has no end of its own\n"
	      "  --keylog-listen PATH  take key logs at a unix stream socket\n"
	      "  --tls-key FILE  decrypt TLS with a server's RSA key, PEM, DER or PKCS#12; may be repeated\n"
	      "  --tls-key-password-file FILE  the password of those that are encrypted\n"
	      "  -F FILE        read the packet filter from a file; else it is what stands behind the options: tcp port 80\n"
	      "  -l DIR         write DIR/eve.json; - writes EVE to standard output; without it only the summary is shown\n"
	      "  -c CONF        read settings from a YAML file\n"
	      "  -S RULES       load only this rule file; may be repeated\n"
	      "  -s RULES       load this rule file too; may be repeated\n"
	      "  --trust DIR    add issuers.json, compromised.json and keys/*.jwks.json of a folder; may be repeated\n"
	      "  --set K=V      override a setting: --set outputs.eve.http=yes\n"
	      "  --threads N    work on N processors, or on as many as there are: auto; the output stays the same\n"
	      "  --fanout N     N sockets for each interface, flows dealt out among them\n"
	      "  --user U[:G]   become this user once the interfaces are open; default: stormglass, else nobody\n"
	      "  --allow-root   stay root, without its capabilities\n"
	      "  -T             test settings, rules, trust and private keys, then exit\n"
	      "  --fields       print every field that rules and events know, then exit\n"
	      "  -v             print the summary also where standard error is no terminal\n"
	      "  -V, --version  print the version\n"
	      "  -h, --help     print this help\n"
	      "\n"
	      "exit status: 0 done; 1 unusable arguments, settings, rules or trust, or EVE could not be written;\n"
	      "             2 an input could not be read to its end\n", out);
}

static void set_to(struct options *options, const char *key, const char *value)
{
	char text[PATH_MAX + 64];

	snprintf(text, sizeof text, "%s=%s", key, value);
	texts_add(&options->sets, text);
}

static void take(struct options *options, int option)
{
	switch (option) {
	case 'r': texts_add(&options->inputs, optarg); break;
	case 'i': texts_add(&options->interfaces, optarg); break;
	case OPTION_LISTEN: texts_add(&options->listen, optarg); break;
	case OPTION_STATE: options->state = optarg; break;
	case OPTION_RECURSIVE: options->recursive = true; break;
	case OPTION_FOLLOW: options->follow = true; break;
	case OPTION_ONCE: options->once = true; break;
	case 'S': texts_add(&options->rules_only, optarg); break;
	case 's': texts_add(&options->rules_also, optarg); break;
	case OPTION_TRUST: texts_add(&options->trust, optarg); break;
	case 'k': set_to(options, "tls.keylog", optarg); break;
	case OPTION_KEYLOG_LISTEN: set_to(options, "tls.keylog-listen", optarg); break;
	case OPTION_TLS_KEY: set_to(options, "tls.keys", optarg); break;
	case OPTION_TLS_KEY_PASSWORD: set_to(options, "tls.key-password-file", optarg); break;
	case OPTION_SET: texts_add(&options->sets, optarg); break;
	case OPTION_THREADS: set_to(options, "threads", optarg); break;
	case OPTION_FANOUT: set_to(options, "live.fanout", optarg); break;
	case OPTION_USER: set_to(options, "live.user", optarg); break;
	case OPTION_ALLOW_ROOT: options->allow_root = true; break;
	case 'F': options->filter_file = optarg; break;
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

/* The expression of a file, on any number of lines; # begins a comment. */
static void read_filter(const char *file, char text[FILTER_MAX], struct errors *errors)
{
	FILE *input = fopen(file, "rb");
	size_t len = input ? fread(text, 1, FILTER_MAX - 1, input) : 0;
	bool whole = input && fgetc(input) == EOF && !ferror(input);

	text[len] = '\0';
	if (!whole)
		errors_add(errors, file, 0, "%s", input && !ferror(input) ? "too long for a filter" : strerror(errno));
	if (input)
		fclose(input);
	for (char *at = text; (at = strchr(at, '#')); )
		memset(at, ' ', strcspn(at, "\n"));
}

/* Words as the shell left them, with a blank between. A capture is no filter, though a hand may forget the -r. */
static void join_filter(char *const words[], size_t n, char text[FILTER_MAX], struct errors *errors)
{
	size_t len = 0;

	*text = '\0';
	for (size_t i = 0; i < n; i++) {
		if (strpbrk(words[i], "./") && access(words[i], F_OK) == 0)
			errors_add(errors, NULL, 0, "'%s' is a file, not a filter", words[i]);
		int more = snprintf(text + len, FILTER_MAX - len, "%s%s", i ? " " : "", words[i]);

		if (more < 0 || (size_t)more >= FILTER_MAX - len) {
			errors_add(errors, NULL, 0, "the filter is too long");
			return;
		}
		len += (size_t)more;
	}
}

static void take_filter(struct options *options, char *const words[], size_t n, struct errors *errors)
{
	char text[FILTER_MAX];
	unsigned n_before = errors->n;

	if (options->filter_file && n)
		errors_add(errors, NULL, 0, "-F and the filter '%s ...' exclude each other", words[0]);
	else if (options->filter_file)
		read_filter(options->filter_file, text, errors);
	else
		join_filter(words, n, text, errors);
	if (errors->n == n_before && text[strspn(text, " \t\r\n")])
		options->filter = filter_new(text, errors);
	if (errors->n > n_before && n == 1 && !options->filter_file)
		errors_add(errors, NULL, 0, "unexpected argument '%s'? Packets are read with -r", words[0]);
}

void options_parse(struct options *options, int argc, char **argv, struct errors *errors)
{
	int option;

	*options = (struct options){ 0 };
	optind = 1;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":r:i:k:F:l:c:S:s:TvVh", long_options, NULL)) != -1) {
		if (option == ':')
			errors_add(errors, NULL, 0, "option %s needs a value", argv[optind - 1]);
		else if (option == '?')
			errors_add(errors, NULL, 0, "unknown option %s", argv[optind - 1]);
		else
			take(options, option);
	}
	take_filter(options, argv + optind, (size_t)(argc - optind), errors);
	if (options->rules_only.n && options->rules_also.n)
		errors_add(errors, NULL, 0, "-S and -s exclude each other");
	if ((options->inputs.n || options->listen.n) && options->interfaces.n)
		errors_add(errors, NULL, 0, "-r and -i exclude each other");
	bool reads = !options->test && !options->version && !options->help && !options->fields;

	if (reads && !options->inputs.n && !options->listen.n && !options->interfaces.n && !errors->n)
		errors_add(errors, NULL, 0, "nothing to read: give -r FILE or -i IF");
	if (options->state && !options->follow)
		errors_add(errors, NULL, 0, "--state is of use with --follow only");
}

void options_fini(struct options *options)
{
	texts_clear(&options->inputs);
	texts_clear(&options->interfaces);
	filter_free(options->filter);
	texts_clear(&options->listen);
	texts_clear(&options->rules_only);
	texts_clear(&options->rules_also);
	texts_clear(&options->trust);
	texts_clear(&options->sets);
}
