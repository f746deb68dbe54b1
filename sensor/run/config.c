#include "sensor/run/config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#include "sensor/flow/overlap.h"

enum setting_kind {
	SETTING_BOOL,
	SETTING_TEXT,
	SETTING_SIZE,
	SETTING_COUNT,
	SETTING_SECONDS,
	SETTING_WORD,
	SETTING_LIST,
	SETTING_THREADS,
	SETTING_PORTS,
};

struct setting {
	const char *key;
	enum setting_kind kind;
	size_t offset;
	const char *preset;
	const char *words; /* of SETTING_WORD, in the order of its enum */
};

#define PLACE(member) offsetof(struct config, member)

static const struct setting settings[] = {
	{ "sensor-name", SETTING_TEXT, PLACE(sensor_name), NULL, NULL },
	{ "inputs.state", SETTING_TEXT, PLACE(inputs_state), NULL, NULL },
	{ "inputs.poll", SETTING_SECONDS, PLACE(inputs_poll_ns), "5", NULL },
	{ "inputs.clients", SETTING_COUNT, PLACE(inputs_clients), "16", NULL },
	{ "outputs.eve.filename", SETTING_TEXT, PLACE(filename), "eve.json", NULL },
	{ "outputs.eve.alerts", SETTING_BOOL, PLACE(alerts), "yes", NULL },
	{ "outputs.eve.alert", SETTING_WORD, PLACE(alert), "first", "first each" },
	{ "outputs.eve.token", SETTING_WORD, PLACE(token), "first", "no first each" },
	{ "outputs.eve.http", SETTING_BOOL, PLACE(http), "no", NULL },
	{ "outputs.eve.tls", SETTING_BOOL, PLACE(tls), "no", NULL },
	{ "outputs.eve.anomaly", SETTING_BOOL, PLACE(anomaly), "yes", NULL },
	{ "outputs.eve.stats", SETTING_BOOL, PLACE(stats), "yes", NULL },
	{ "outputs.eve.stats-interval", SETTING_SECONDS, PLACE(stats_ns), "8", NULL },
	{ "outputs.eve.hash", SETTING_WORD, PLACE(hash), "keyed", "keyed plain" },
	{ "outputs.eve.community-id", SETTING_BOOL, PLACE(community_id), "yes", NULL },
	{ "outputs.eve.community-id-seed", SETTING_COUNT, PLACE(community_seed), "0", NULL },
	{ "outputs.eve.pcap-filename", SETTING_BOOL, PLACE(pcap_filename), "no", NULL },
	{ "privacy.key-file", SETTING_TEXT, PLACE(key_file), NULL, NULL },
	{ "live.ring-size", SETTING_SIZE, PLACE(live_ring), "64mb", NULL },
	{ "live.snaplen", SETTING_SIZE, PLACE(live_snaplen), "262144", NULL },
	{ "live.block-wait", SETTING_SECONDS, PLACE(live_wait_ns), "0.05", NULL },
	{ "live.promiscuous", SETTING_BOOL, PLACE(live_promiscuous), "yes", NULL },
	{ "live.fanout", SETTING_COUNT, PLACE(live_fanout), "1", NULL },
	{ "live.user", SETTING_TEXT, PLACE(live_user), NULL, NULL },
	{ "trust.folders", SETTING_LIST, PLACE(trust_folders), NULL, NULL },
	{ "rule-files", SETTING_LIST, PLACE(rule_files), NULL, NULL },
	{ "classification-files", SETTING_LIST, PLACE(classification_files), NULL, NULL },
	{ "threads", SETTING_THREADS, PLACE(threads), "1", NULL },
	{ "labels.ndpi", SETTING_BOOL, PLACE(labels), "yes", NULL },
	{ "decode.tunnel-ports", SETTING_PORTS, PLACE(tunnel_ports), NULL, NULL },
	{ "limits.memcap", SETTING_SIZE, PLACE(memcap), "2gb", NULL },
	{ "defrag.memcap", SETTING_SIZE, PLACE(defrag_memcap), "32mb", NULL },
	{ "defrag.policy", SETTING_WORD, PLACE(defrag_policy), "first", "first last bsd bsd-right linux windows solaris discard "
	  "old-linux old-solaris hpux10 hpux11 irix macos vista windows2k3" },
	{ "defrag.timeout", SETTING_SECONDS, PLACE(defrag_ipv4_ns), "30", NULL },
	{ "defrag.timeout-ipv6", SETTING_SECONDS, PLACE(defrag_ipv6_ns), "60", NULL },
	{ "defrag.max-datagrams", SETTING_COUNT, PLACE(defrag_max), "65536", NULL },
	{ "defrag.max-fragments", SETTING_COUNT, PLACE(defrag_fragments), "1024", NULL },
	{ "flow.memcap", SETTING_SIZE, PLACE(flow_memcap), "1gb", NULL },
	{ "flow.max", SETTING_COUNT, PLACE(flow_max), "2000000", NULL },
	{ "flow.timeouts.new", SETTING_SECONDS, PLACE(new_ns), "60", NULL },
	{ "flow.timeouts.established", SETTING_SECONDS, PLACE(established_ns), "600", NULL },
	{ "flow.timeouts.closed", SETTING_SECONDS, PLACE(closed_ns), "2", NULL },
	{ "tcp.memcap", SETTING_SIZE, PLACE(tcp_memcap), "256mb", NULL },
	{ "tcp.queue", SETTING_SIZE, PLACE(tcp_queue), "256kb", NULL },
	{ "tcp.hole-wait", SETTING_SECONDS, PLACE(hole_ns), "5", NULL },
	{ "tcp.hole-wait-acked", SETTING_SECONDS, PLACE(hole_acked_ns), "0.1", NULL },
	{ "tcp.policy", SETTING_WORD, PLACE(tcp_policy), "first", OVERLAP_NAMES },
	{ "tcp.checksum", SETTING_WORD, PLACE(tcp_checksum), "auto", "auto yes no" },
	{ "tcp.urgent", SETTING_WORD, PLACE(tcp_urgent), "inline", "inline oob drop" },
	{ "app-layer.memcap", SETTING_SIZE, PLACE(tx_memcap), "256mb", NULL },
	{ "app-layer.response-wait", SETTING_SECONDS, PLACE(response_ns), "30", NULL },
	{ "app-layer.body-size", SETTING_SIZE, PLACE(body_size), "1mb", NULL },
	{ "tls.keylog", SETTING_LIST, PLACE(tls_keylogs), NULL, NULL },
	{ "tls.keylog-listen", SETTING_TEXT, PLACE(tls_keylog_listen), NULL, NULL },
	{ "tls.keys", SETTING_LIST, PLACE(tls_keys), NULL, NULL },
	{ "tls.key-password-file", SETTING_TEXT, PLACE(tls_key_password_file), NULL, NULL },
	{ "tls.sessions", SETTING_COUNT, PLACE(tls_sessions), "1000000", NULL },
	{ "tls.memcap", SETTING_SIZE, PLACE(tls_memcap), "256mb", NULL },
	{ "tls.wait", SETTING_SECONDS, PLACE(tls_wait_ns), "300", NULL },
	{ "tls.wait-size", SETTING_SIZE, PLACE(tls_wait_size), "1mb", NULL },
	{ "tls.search", SETTING_COUNT, PLACE(tls_search), "4096", NULL },
	{ "token.memcap", SETTING_SIZE, PLACE(token_memcap), "128mb", NULL },
	{ "token.first-seen", SETTING_COUNT, PLACE(first_seen), "1048576", NULL },
	{ "token.headers", SETTING_LIST, PLACE(token_headers), NULL, NULL },
	{ "token.cookies", SETTING_LIST, PLACE(token_cookies), NULL, NULL },
	{ "token.parameters", SETTING_LIST, PLACE(token_parameters), NULL, NULL },
};

enum { N_SETTINGS = sizeof settings / sizeof settings[0] };

/* ---- texts ---- */

void texts_add(struct texts *texts, const char *text)
{
	char **items = realloc(texts->items, (texts->n + 1) * sizeof *items);

	if (!items)
		abort();
	texts->items = items;
	items[texts->n] = strdup(text);
	if (!items[texts->n++])
		abort();
}

void texts_clear(struct texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		free(texts->items[i]);
	free(texts->items);
	*texts = (struct texts){ 0 };
}

/* ---- values ---- */

static bool parse_bool(const char *value, bool *flag)
{
	static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcasecmp(value, words[i]) == 0) {
			*flag = i & 1;
			return true;
		}
	}
	return false;
}

/* A number not below zero and the scale its unit gives. */
static bool parse_scaled(const char *value, const char *const units[], const double scales[], double *number)
{
	char *end;

	*number = strtod(value, &end);
	if (end == value || !(*number >= 0 && *number < 9e15))
		return false;
	while (*end == ' ')
		end++;
	for (size_t i = 0; units[i]; i++) {
		if (strcasecmp(end, units[i]) == 0) {
			*number *= scales[i];
			return *number < 9e18;
		}
	}
	return false;
}

static bool parse_word(const char *value, const char *words, int64_t *number)
{
	size_t len = strlen(value);

	*number = 0;
	for (const char *at = words; *at; ++*number) {
		size_t word = strcspn(at, " ");

		if (word == len && strncasecmp(at, value, len) == 0)
			return true;
		at += word + strspn(at + word, " ");
	}
	return false;
}

static bool set_number(const struct setting *setting, const char *value, int64_t *number)
{
	static const char *const sizes[] = { "", "b", "kb", "mb", "gb", "kib", "mib", "gib", NULL };
	static const double size_scales[] = { 1, 1, 1024, 1048576, 1073741824, 1024, 1048576, 1073741824 };
	static const char *const times[] = { "", "s", "ms", "m", "h", NULL };
	static const double time_scales[] = { 1e9, 1e9, 1e6, 60e9, 3600e9 };
	static const char *const none[] = { "", NULL };
	double scaled = 0;
	bool ok = false;

	if (setting->kind == SETTING_WORD)
		return parse_word(value, setting->words, number);
	if (setting->kind == SETTING_SIZE)
		ok = parse_scaled(value, sizes, size_scales, &scaled);
	else if (setting->kind == SETTING_SECONDS) /* a century: added to any time it does not overflow */
		ok = parse_scaled(value, times, time_scales, &scaled) && scaled <= 3.2e18;
	else if (setting->kind == SETTING_THREADS && strcmp(value, "auto") == 0)
		ok = true;
	else
		ok = parse_scaled(value, none, size_scales, &scaled);
	*number = (int64_t)scaled;
	if (setting->kind == SETTING_THREADS && strcmp(value, "auto") != 0)
		ok = ok && *number >= 1 && *number <= CONFIG_THREADS_MAX;
	return ok;
}

static const char *kind_text(const struct setting *setting)
{
	switch (setting->kind) {
	case SETTING_BOOL:
		return "yes or no";
	case SETTING_SIZE:
		return "a size such as 256mb";
	case SETTING_COUNT:
		return "a number";
	case SETTING_SECONDS:
		return "a time such as 60, 2s or 100ms";
	case SETTING_WORD:
		return setting->words;
	case SETTING_THREADS:
		return "auto, or a number from 1 to 64";
	case SETTING_PORTS:
		return "a tunnel and its UDP port such as vxlan=14789";
	default:
		return "a text";
	}
}

static bool set_value(struct config *config, const struct setting *setting, const char *value)
{
	void *place = (char *)config + setting->offset;
	char **text = place;

	switch (setting->kind) {
	case SETTING_BOOL:
		return parse_bool(value, place);
	case SETTING_TEXT:
		free(*text);
		*text = *value ? strdup(value) : NULL;
		return true;
	case SETTING_LIST:
		texts_add(place, value);
		return true;
	case SETTING_PORTS:
		return ports_add(place, value);
	default:
		return set_number(setting, value, place);
	}
}

void config_set(struct config *config, const char *key, const char *value, const char *place, unsigned line, struct errors *errors)
{
	static const char *const groups[] = { "vars.address-groups.", "vars.port-groups." };

	for (size_t i = 0; i < 2; i++) {
		if (strncmp(key, groups[i], strlen(groups[i])) == 0) {
			char variable[1024];

			snprintf(variable, sizeof variable, "%s=%s", key + strlen(groups[i]), value);
			texts_add(&config->variables, variable);
			return;
		}
	}
	for (size_t i = 0; i < N_SETTINGS; i++) {
		if (strcmp(key, settings[i].key) != 0)
			continue;
		if (!set_value(config, &settings[i], value))
			errors_add(errors, place, line, "%s: '%s' is not %s", key, value, kind_text(&settings[i]));
		return;
	}
	errors_add(errors, place, line, "unknown setting '%s'", key);
}

void config_init(struct config *config)
{
	struct errors errors = { 0 };

	*config = (struct config){ 0 };
	for (size_t i = 0; i < N_SETTINGS; i++)
		if (settings[i].preset)
			config_set(config, settings[i].key, settings[i].preset, NULL, 0, &errors);
}

void config_fini(struct config *config)
{
	for (size_t i = 0; i < N_SETTINGS; i++) {
		void *place = (char *)config + settings[i].offset;

		if (settings[i].kind == SETTING_TEXT)
			free(*(char **)place);
		if (settings[i].kind == SETTING_LIST)
			texts_clear(place);
	}
	texts_clear(&config->variables);
}

/* ---- YAML ---- */

enum { YAML_DEPTH = 8, KEY_LEN = 256 };

struct walk {
	struct config *config;
	const char *file;
	struct errors *errors;
	yaml_document_t document;
};

static const char *scalar_text(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

static unsigned node_line(const yaml_node_t *node)
{
	return (unsigned)node->start_mark.line + 1;
}

static void walk_node(struct walk *walk, const char *key, const yaml_node_t *node, unsigned depth);

static void walk_mapping(struct walk *walk, const char *key, const yaml_node_t *node, unsigned depth)
{
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
		const yaml_node_t *name = yaml_document_get_node(&walk->document, pair->key);
		const yaml_node_t *value = yaml_document_get_node(&walk->document, pair->value);
		char path[KEY_LEN];

		if (!name || !value || name->type != YAML_SCALAR_NODE) {
			errors_add(walk->errors, walk->file, node_line(node), "a key must be a plain text");
			continue;
		}
		int len = snprintf(path, sizeof path, "%s%s%s", key, *key ? "." : "", scalar_text(name));

		if (len < 0 || (size_t)len >= sizeof path)
			errors_add(walk->errors, walk->file, node_line(name), "key is too long");
		else
			walk_node(walk, path, value, depth + 1);
	}
}

static void walk_node(struct walk *walk, const char *key, const yaml_node_t *node, unsigned depth)
{
	if (depth > YAML_DEPTH) {
		errors_add(walk->errors, walk->file, node_line(node), "nested too deeply");
	} else if (node->type == YAML_MAPPING_NODE) {
		walk_mapping(walk, key, node, depth);
	} else if (node->type == YAML_SCALAR_NODE) {
		bool null = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		    (!*scalar_text(node) || strcmp(scalar_text(node), "~") == 0);

		if (!null)
			config_set(walk->config, key, scalar_text(node), walk->file, node_line(node), walk->errors);
	} else if (node->type == YAML_SEQUENCE_NODE) {
		for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
			const yaml_node_t *value = yaml_document_get_node(&walk->document, *item);

			if (value && value->type == YAML_SCALAR_NODE)
				config_set(walk->config, key, scalar_text(value), walk->file, node_line(value), walk->errors);
			else
				errors_add(walk->errors, walk->file, node_line(node), "%s: a list of plain texts is wanted", key);
		}
	}
}

void config_load(struct config *config, const char *file, struct errors *errors)
{
	struct walk walk = { .config = config, .file = file, .errors = errors };
	FILE *input = fopen(file, "rb");
	yaml_parser_t parser;

	if (!input) {
		errors_add(errors, file, 0, "cannot be opened");
		return;
	}
	if (!yaml_parser_initialize(&parser)) {
		fclose(input);
		return;
	}
	yaml_parser_set_input_file(&parser, input);
	if (!yaml_parser_load(&parser, &walk.document)) {
		errors_add(errors, file, (unsigned)parser.problem_mark.line + 1, "%s", parser.problem ? parser.problem : "not YAML");
	} else {
		const yaml_node_t *root = yaml_document_get_root_node(&walk.document);

		if (root && root->type == YAML_MAPPING_NODE)
			walk_node(&walk, "", root, 0);
		else if (root)
			errors_add(errors, file, 1, "settings are a mapping: key: value");
		yaml_document_delete(&walk.document);
	}
	yaml_parser_delete(&parser);
	fclose(input);
}
