#include "sensor/run/assets.h"

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder with the shipped *.rules: beside an installed program, above a built one, else at its compiled-in place. */
static void find_sigs(char sigs[PATH_MAX])
{
	static const char *const places[] = { "../share/stormglass/sigs", "../../sigs", "../sigs" };
	char program[PATH_MAX], path[PATH_MAX + 64];
	ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);

	if (len > 0) {
		program[len] = '\0';
		char *slash = strrchr(program, '/');

		if (slash)
			*slash = '\0';
		for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
			snprintf(path, sizeof path, "%s/%s", program, places[i]);
			if (realpath(path, sigs))
				return;
		}
	}
	snprintf(sigs, PATH_MAX, "%s/sigs", STORMGLASS_SHARE);
}

static void load_rules(struct rules *rules, const struct texts *files, struct errors *errors)
{
	for (size_t i = 0; i < files->n; i++)
		rules_load(rules, files->items[i], errors);
}

static void load_shipped_rules(struct rules *rules, const char *sigs, struct errors *errors)
{
	char pattern[PATH_MAX + 16];
	glob_t found;

	snprintf(pattern, sizeof pattern, "%s/*.rules", sigs);
	if (glob(pattern, 0, NULL, &found) != 0) {
		errors_add(errors, sigs, 0, "no rules found");
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		rules_load(rules, found.gl_pathv[i], errors);
	globfree(&found);
}

static void load_classifications(struct rules *rules, const char *sigs, const struct config *config, struct errors *errors)
{
	static const char *const shipped[] = { "classification.config", "reference.config" };
	char file[PATH_MAX + 64];

	for (size_t i = 0; i < sizeof shipped / sizeof shipped[0]; i++) {
		snprintf(file, sizeof file, "%s/%s", sigs, shipped[i]);
		if (access(file, R_OK) == 0)
			rules_load_classifications(rules, file, errors);
	}
	for (size_t i = 0; i < config->classification_files.n; i++)
		rules_load_classifications(rules, config->classification_files.items[i], errors);
}

static void set_variables(struct rules *rules, const struct texts *variables, struct errors *errors)
{
	for (size_t i = 0; i < variables->n; i++) {
		char *value = strchr(variables->items[i], '=');

		*value = '\0';
		rules_set_variable(rules, variables->items[i], value + 1, errors);
		*value = '=';
	}
}

static void load_trust(struct assets *assets, const char *sigs, const struct config *config, const struct options *options,
    struct errors *errors)
{
	size_t n = 0, max = 1 + config->trust_folders.n + options->trust.n;
	const char **folders = calloc(max, sizeof *folders);

	if (!folders)
		return;
	folders[n++] = sigs;
	for (size_t i = 0; i < config->trust_folders.n; i++)
		folders[n++] = config->trust_folders.items[i];
	for (size_t i = 0; i < options->trust.n; i++)
		folders[n++] = options->trust.items[i];
	assets->trust = trust_load(folders, n, errors);
	free(folders);
}

void assets_load(struct assets *assets, const struct config *config, const struct options *options, struct errors *errors)
{
	char sigs[PATH_MAX];

	find_sigs(sigs);
	assets->rules = rules_new();
	if (!assets->rules)
		return;
	load_classifications(assets->rules, sigs, config, errors);
	set_variables(assets->rules, &config->variables, errors);
	if (options->rules_only.n)
		load_rules(assets->rules, &options->rules_only, errors);
	else if (config->rule_files.n)
		load_rules(assets->rules, &config->rule_files, errors);
	else
		load_shipped_rules(assets->rules, sigs, errors);
	load_rules(assets->rules, &options->rules_also, errors);
	load_trust(assets, sigs, config, options, errors);
}

void assets_free(struct assets *assets)
{
	rules_free(assets->rules);
	trust_free(assets->trust);
}
