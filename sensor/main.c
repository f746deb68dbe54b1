/* stormglass: arguments -> settings -> run. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "sensor/model/anomaly.h"
#include "sensor/model/http.h"
#include "sensor/model/tls.h"
#include "sensor/model/token.h"
#include "sensor/run/examine.h"
#include "sensor/run/session.h"

/* Credentials are in memory: no core file may hold them. */
static void forbid_cores(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* its leak check traces this process */
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

static void apply_sets(struct config *config, const struct texts *sets, struct errors *errors)
{
	for (size_t i = 0; i < sets->n; i++) {
		char *value = strchr(sets->items[i], '=');

		if (!value) {
			errors_add(errors, NULL, 0, "--set %s: key=value is wanted", sets->items[i]);
			continue;
		}
		*value = '\0';
		config_set(config, sets->items[i], value + 1, "--set", 0, errors);
		*value = '=';
	}
}

static void print_fields(void)
{
	static const struct record_type *const types[] = { &token_record, &use_record, &http_record, &tls_record,
		&anomaly_record };
	static const char *const kinds[] = { "yes/no", "number", "text", "texts" };

	puts("| rule keyword | EVE | kind | what |\n|---|---|---|---|");
	for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
		for (size_t i = 0; i < types[t]->n_fields; i++) {
			const struct field *field = &types[t]->fields[i];

			printf("| %s | %s%s%s | %s | %s |\n", field->keyword, field->flags & FIELD_HIDDEN ? "-" : types[t]->object,
			    field->flags & FIELD_HIDDEN ? "" : ".", field->flags & FIELD_HIDDEN ? "" : field->eve,
			    kinds[field->kind], field->doc);
		}
	}
}

static int run(const struct options *options, struct config *config, struct errors *errors)
{
	struct key_material material = { 0 };
	struct assets assets = { 0 };
	int status = EXIT_UNUSABLE;

	if (options->config)
		config_load(config, options->config, errors);
	apply_sets(config, &options->sets, errors);
	assets_load(&assets, config, options, errors);
	key_material_load(&material, config, errors);
	if (!errors->n && options->test) {
		printf("%zu rules, %zu issuers, %zu keys\nConfiguration provided was successfully loaded. Exiting.\n",
		    rules_count(assets.rules), trust_n_issuers(assets.trust), trust_n_keys(assets.trust));
		status = EXIT_DONE;
	} else if (!errors->n) {
		config->live = options->interfaces.n > 0;
		status = session_run(config, options, &assets, &material);
	}
	key_material_free(&material);
	assets_free(&assets);
	return status;
}

int main(int argc, char **argv)
{
	struct errors errors = { 0 };
	struct options options;
	struct config config;
	int status = EXIT_DONE;

	forbid_cores();
	signal(SIGPIPE, SIG_IGN);
	if (argc > 1 && strcmp(argv[1], "doctor") == 0)
		return examine(argc - 1, argv + 1);
	config_init(&config);
	options_parse(&options, argc, argv, &errors);
	if (!errors.n && options.help)
		options_usage(stdout);
	else if (!errors.n && options.version)
		puts("stormglass " STORMGLASS_VERSION);
	else if (!errors.n && options.fields)
		print_fields();
	else
		status = errors.n ? EXIT_UNUSABLE : run(&options, &config, &errors);
	if (errors.n) {
		fputs(errors.text ? errors.text : "out of memory\n", stderr);
		fprintf(stderr, "stormglass: %u error%s\n", errors.n, errors.n == 1 ? "" : "s");
	}
	errors_fini(&errors);
	options_fini(&options);
	config_fini(&config);
	return status;
}
