/* Settings: every kind of value, as text and out of YAML, and what is said of mistakes. */
#include "sensor/run/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define MIB INT64_C(1048576)
#define S INT64_C(1000000000)
#define BAD INT64_MIN

enum kind { BOOL, NUMBER };

#define AT(member) offsetof(struct config, member)

static const struct number_case {
	const char *key, *value;
	enum kind kind;
	size_t at;
	int64_t want; /* BAD: refused */
} numbers[] = {
	{ "outputs.eve.http", "yes", BOOL, AT(http), 1 },
	{ "outputs.eve.http", "On", BOOL, AT(http), 1 },
	{ "outputs.eve.http", "TRUE", BOOL, AT(http), 1 },
	{ "outputs.eve.http", "1", BOOL, AT(http), 1 },
	{ "outputs.eve.anomaly", "no", BOOL, AT(anomaly), 0 },
	{ "outputs.eve.anomaly", "off", BOOL, AT(anomaly), 0 },
	{ "outputs.eve.anomaly", "false", BOOL, AT(anomaly), 0 },
	{ "outputs.eve.anomaly", "0", BOOL, AT(anomaly), 0 },
	{ "outputs.eve.http", "maybe", BOOL, AT(http), BAD },
	{ "outputs.eve.http", "", BOOL, AT(http), BAD },
	{ "outputs.eve.token", "no", NUMBER, AT(token), CONFIG_TOKEN_NO },
	{ "outputs.eve.token", "first", NUMBER, AT(token), CONFIG_TOKEN_FIRST },
	{ "outputs.eve.token", "EACH", NUMBER, AT(token), CONFIG_TOKEN_EACH },
	{ "outputs.eve.token", "eac", NUMBER, AT(token), BAD },
	{ "outputs.eve.token", "", NUMBER, AT(token), BAD },
	{ "outputs.eve.token", "first each", NUMBER, AT(token), BAD },
	{ "outputs.eve.alert", "each", NUMBER, AT(alert), CONFIG_ALERT_EACH },
	{ "outputs.eve.hash", "plain", NUMBER, AT(hash), CONFIG_HASH_PLAIN },
	{ "limits.memcap", "5", NUMBER, AT(memcap), 5 },
	{ "limits.memcap", "5b", NUMBER, AT(memcap), 5 },
	{ "limits.memcap", "16kb", NUMBER, AT(memcap), 16384 },
	{ "limits.memcap", "16 KiB", NUMBER, AT(memcap), 16384 },
	{ "limits.memcap", "1.5mb", NUMBER, AT(memcap), 3 * MIB / 2 },
	{ "limits.memcap", "3GB", NUMBER, AT(memcap), 3072 * MIB },
	{ "limits.memcap", "0", NUMBER, AT(memcap), 0 },
	{ "limits.memcap", "-1", NUMBER, AT(memcap), BAD },
	{ "limits.memcap", "1tb", NUMBER, AT(memcap), BAD },
	{ "limits.memcap", "mb", NUMBER, AT(memcap), BAD },
	{ "limits.memcap", "1 2", NUMBER, AT(memcap), BAD },
	{ "limits.memcap", "nan", NUMBER, AT(memcap), BAD },
	{ "limits.memcap", "inf", NUMBER, AT(memcap), BAD },
	{ "limits.memcap", "1e30", NUMBER, AT(memcap), BAD },
	{ "limits.memcap", "8999999999999999gb", NUMBER, AT(memcap), BAD },
	{ "flow.max", "1000", NUMBER, AT(flow_max), 1000 },
	{ "flow.max", "10kb", NUMBER, AT(flow_max), BAD },
	{ "flow.max", "many", NUMBER, AT(flow_max), BAD },
	{ "flow.timeouts.new", "90", NUMBER, AT(new_ns), 90 * S },
	{ "flow.timeouts.new", "90s", NUMBER, AT(new_ns), 90 * S },
	{ "flow.timeouts.new", "5 m", NUMBER, AT(new_ns), 300 * S },
	{ "flow.timeouts.new", "2h", NUMBER, AT(new_ns), 7200 * S },
	{ "tcp.hole-wait-acked", "250ms", NUMBER, AT(hole_acked_ns), S / 4 },
	{ "tcp.hole-wait-acked", "0.25", NUMBER, AT(hole_acked_ns), S / 4 },
	{ "flow.timeouts.new", "5d", NUMBER, AT(new_ns), BAD },
	{ "flow.timeouts.new", "1e15", NUMBER, AT(new_ns), BAD }, /* would overflow when added to a time */
	{ "flow.timeouts.new", "500 years", NUMBER, AT(new_ns), BAD },
};

static int64_t number_at(const struct config *config, const struct number_case *c)
{
	const void *place = (const char *)config + c->at;
	int64_t number;
	bool flag;

	if (c->kind == BOOL) {
		memcpy(&flag, place, sizeof flag);
		return flag;
	}
	memcpy(&number, place, sizeof number);
	return number;
}

static void set_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		const struct number_case *c = &numbers[i];
		struct errors errors = { 0 };
		struct config config;

		config_init(&config);
		config_set(&config, c->key, c->value, "here", 7, &errors);
		if (errors.n != (c->want == BAD) || (c->want != BAD && number_at(&config, c) != c->want))
			fail_msg("%s: '%s': %s", c->key, c->value, errors.n ? errors.text : "other value");
		if (errors.n && strncmp(errors.text, "here:7: ", 8) != 0)
			fail_msg("%s: '%s': %s", c->key, c->value, errors.text);
		if (errors.n && !strstr(errors.text, c->key))
			fail_msg("does not name %s: %s", c->key, errors.text);
		errors_fini(&errors);
		config_fini(&config);
	}
}

static void defaults(void **state)
{
	struct config config;

	(void)state;
	config_init(&config);
	assert_true(config.alerts && config.anomaly && config.stats && config.community_id && config.labels);
	assert_false(config.http || config.pcap_filename);
	assert_string_equal(config.filename, "eve.json");
	assert_null(config.sensor_name);
	assert_null(config.key_file);
	assert_int_equal(config.token, CONFIG_TOKEN_FIRST);
	assert_int_equal(config.memcap, 2048 * MIB);
	assert_int_equal(config.established_ns, 600 * S);
	assert_int_equal(config.hole_acked_ns, S / 10);
	assert_true(config.flow_memcap > 0 && config.flow_max > 0 && config.tcp_memcap > 0 && config.tcp_queue > 0);
	assert_true(config.tx_memcap > 0 && config.token_memcap > 0 && config.first_seen > 0);
	assert_true(config.new_ns > 0 && config.closed_ns > 0 && config.hole_ns > 0 && config.response_ns > 0 && config.stats_ns > 0);
	assert_int_equal(config.trust_folders.n + config.rule_files.n + config.variables.n, 0);
	config_fini(&config);
}

static void texts_and_lists(void **state)
{
	struct errors errors = { 0 };
	struct config config;

	(void)state;
	config_init(&config);
	config_set(&config, "sensor-name", "one", NULL, 0, &errors);
	config_set(&config, "sensor-name", "two", NULL, 0, &errors);
	assert_string_equal(config.sensor_name, "two");
	config_set(&config, "sensor-name", "", NULL, 0, &errors);
	assert_null(config.sensor_name);
	config_set(&config, "rule-files", "a.rules", NULL, 0, &errors);
	config_set(&config, "rule-files", "b.rules", NULL, 0, &errors);
	assert_int_equal(config.rule_files.n, 2);
	assert_string_equal(config.rule_files.items[1], "b.rules");
	config_set(&config, "vars.address-groups.HOME_NET", "[10.0.0.0/8]", NULL, 0, &errors);
	config_set(&config, "vars.port-groups.WEB", "80", NULL, 0, &errors);
	assert_int_equal(config.variables.n, 2);
	assert_string_equal(config.variables.items[0], "HOME_NET=[10.0.0.0/8]");
	assert_string_equal(config.variables.items[1], "WEB=80");
	assert_int_equal(errors.n, 0);
	config_set(&config, "rule-file", "x", NULL, 0, &errors);
	config_set(&config, "", "x", "--set", 0, &errors);
	assert_int_equal(errors.n, 2);
	assert_string_equal(errors.text, "unknown setting 'rule-file'\n--set: unknown setting ''\n");
	errors_fini(&errors);
	config_fini(&config);
}

/* ---- YAML ---- */

static unsigned load(struct config *config, const char *yaml, struct errors *errors)
{
	char path[] = "/tmp/stormglass-test-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, yaml, strlen(yaml)), (ssize_t)strlen(yaml));
	close(fd);
	config_init(config);
	config_load(config, path, errors);
	unlink(path);
	return errors->n;
}

static void yaml(void **state)
{
	struct errors errors = { 0 };
	struct config config;

	(void)state;
	assert_int_equal(load(&config,
	    "%YAML 1.1\n---\n"
	    "sensor-name: north   # a comment\n"
	    "outputs:\n"
	    "  eve:\n"
	    "    http: yes\n"
	    "    community-id-seed: 17\n"
	    "    filename: \"e.json\"\n"
	    "flow: { max: 500, timeouts: { closed: 5s } }\n"
	    "privacy:\n"
	    "  key-file: ~\n"
	    "trust:\n"
	    "  folders:\n"
	    "    - /a\n"
	    "    - '/b c'\n"
	    "rule-files: [x.rules]\n"
	    "classification-files:\n"
	    "vars:\n"
	    "  address-groups:\n"
	    "    HOME_NET: \"[10.0.0.0/8,!10.1.0.0/16]\"\n", &errors), 0);
	assert_string_equal(config.sensor_name, "north");
	assert_string_equal(config.filename, "e.json");
	assert_true(config.http);
	assert_int_equal(config.community_seed, 17);
	assert_int_equal(config.flow_max, 500);
	assert_int_equal(config.closed_ns, 5 * S);
	assert_null(config.key_file);
	assert_int_equal(config.trust_folders.n, 2);
	assert_string_equal(config.trust_folders.items[1], "/b c");
	assert_int_equal(config.rule_files.n, 1);
	assert_int_equal(config.classification_files.n, 0);
	assert_string_equal(config.variables.items[0], "HOME_NET=[10.0.0.0/8,!10.1.0.0/16]");
	config_fini(&config);
}

static const struct bad_yaml {
	const char *yaml;
	unsigned n;
	const char *lines[3]; /* what each must contain, in order: ":LINE: text" */
} bad_yamls[] = {
	{ "", 0, { NULL } },
	{ "# nothing\n", 0, { NULL } },
	{ "a: 1\noutputs:\n  eve:\n    http: perhaps\nflow:\n  max: x\n", 3, { ":1: unknown setting 'a'",
	    ":4: outputs.eve.http", ":6: flow.max" } },
	{ "- a\n- b\n", 1, { ":1: settings are a mapping" } },
	{ "just text\n", 1, { ":1: settings are a mapping" } },
	{ "outputs: yes\n", 1, { ":1: unknown setting 'outputs'" } },
	{ "a: [\n", 1, { ":2: " } },
	{ "a: b: c\n", 1, { ":1: " } },
	{ "sensor-name: \"open\n", 1, { ":" } },
	{ "\tsensor-name: x\n", 1, { ":1: " } },
	{ "[a, b]: c\n", 1, { ":1: a key must be a plain text" } },
	{ "rule-files:\n  - a\n  - [b]\n  - {c: d}\n", 2, { "rule-files: a list of plain texts",
	    "rule-files: a list of plain texts" } },
	{ "a:\n b:\n  c:\n   d:\n    e:\n     f:\n      g:\n       h:\n        i: 1\n", 1,
	    { ":9: nested too deeply" } },
	{ "sensor-name: \xff\xfe\n", 1, { ":" } },
	{ "x: &x\n  y: *x\n", 1, { "nested too deeply" } },
};

static void yaml_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_yamls / sizeof bad_yamls[0]; i++) {
		struct errors errors = { 0 };
		struct config config;
		const char *at;

		if (load(&config, bad_yamls[i].yaml, &errors) != bad_yamls[i].n)
			fail_msg("%u mistakes in:\n%s%s", errors.n, bad_yamls[i].yaml, errors.text ? errors.text : "");
		at = errors.text;
		for (size_t j = 0; j < 3 && bad_yamls[i].lines[j]; j++) {
			at = strstr(at, bad_yamls[i].lines[j]);
			if (!at)
				fail_msg("no \"%s\" for:\n%s%s", bad_yamls[i].lines[j], bad_yamls[i].yaml, errors.text);
			at++;
		}
		errors_fini(&errors);
		config_fini(&config);
	}
}

static void long_keys(void **state)
{
	struct errors errors = { 0 };
	struct config config;
	char text[600];

	(void)state;
	memset(text, 'k', sizeof text);
	memcpy(text + 500, ": 1\n", 5);
	assert_int_equal(load(&config, text, &errors), 1);
	assert_non_null(strstr(errors.text, ":1: key is too long"));
	errors_fini(&errors);
	config_fini(&config);
}

static void no_file(void **state)
{
	struct errors errors = { 0 };
	struct config config;

	(void)state;
	config_init(&config);
	config_load(&config, "/nonexistent/x.yaml", &errors);
	assert_string_equal(errors.text, "/nonexistent/x.yaml: cannot be opened\n");
	errors_fini(&errors);
	config_load(&config, "/tmp", &errors); /* a folder opens, and cannot be read */
	assert_int_equal(errors.n, 1);
	errors_fini(&errors);
	config_fini(&config);
}

/* All are counted, 1,000 are kept. */
static void many_errors(void **state)
{
	struct errors errors = { 0 };
	unsigned n_lines = 0;

	(void)state;
	for (unsigned i = 1; i <= 2500; i++)
		errors_add(&errors, "file", i, "%s", "wrong");
	errors_add(&errors, NULL, 3, "%5000d", 1); /* a long one is cut */
	assert_int_equal(errors.n, 2501);
	for (const char *at = errors.text; (at = strchr(at, '\n')); at++)
		n_lines++;
	assert_int_equal(n_lines, 1000);
	assert_int_equal(strlen(errors.text), errors.len);
	errors_fini(&errors);
	errors_add(&errors, NULL, 3, "%5000d", 1);
	assert_in_range(errors.len, 500, 1100);
	assert_int_equal(errors.text[errors.len - 1], '\n');
	errors_fini(&errors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_numbers),
		cmocka_unit_test(defaults),
		cmocka_unit_test(texts_and_lists),
		cmocka_unit_test(yaml),
		cmocka_unit_test(yaml_mistakes),
		cmocka_unit_test(long_keys),
		cmocka_unit_test(no_file),
		cmocka_unit_test(many_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
