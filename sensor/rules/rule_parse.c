#include "sensor/rules/rule_parse.h"

#include "sensor/rules/options.h"
#include "sensor/rules/text.h"

/* "alert jwt $A any -> [b, c] 80 (...)": */
enum header_word { HEADER_ACTION, HEADER_PROTOCOL, HEADER_SRC, HEADER_SPORT, HEADER_WAY, HEADER_DST, HEADER_DPORT,
	HEADER_WORDS };

const struct protocol program_protocols[PROGRAM_PROTOCOLS] = {
	[PROGRAM_JWT] = { "jwt", RECORD_TOKEN, 1u << RECORD_TOKEN | 1u << RECORD_USE | 1u << RECORD_HTTP | 1u << RECORD_TLS },
	[PROGRAM_TOKEN] = { "token", RECORD_TOKEN, 1u << RECORD_TOKEN | 1u << RECORD_USE | 1u << RECORD_HTTP | 1u << RECORD_TLS },
	[PROGRAM_HTTP] = { "http", RECORD_HTTP, 1u << RECORD_HTTP | 1u << RECORD_TLS },
	[PROGRAM_TLS] = { "tls", RECORD_TLS, 1u << RECORD_TLS },
	[PROGRAM_ANOMALY] = { "anomaly", RECORD_ANOMALY, 1u << RECORD_ANOMALY },
};

/* The next word; blanks within brackets belong to it. */
static struct bytes header_word(struct bytes *rest)
{
	size_t depth = 0, at = 0;

	*rest = text_trim(*rest);
	for (; at < rest->len && (depth || (rest->data[at] != ' ' && rest->data[at] != '\t')); at++) {
		if (rest->data[at] == '[')
			depth++;
		else if (rest->data[at] == ']' && depth)
			depth--;
	}
	struct bytes word = bytes_head(*rest, at);

	*rest = bytes_tail(*rest, at);
	return word;
}

static bool header_action(struct bytes word, struct reason *reason)
{
	static const char *const later[] = { "pass", "drop", "reject", "rejectsrc", "rejectdst", "rejectboth",
		"config" };

	if (bytes_is(word, "alert"))
		return true;
	for (size_t i = 0; i < sizeof later / sizeof later[0]; i++)
		if (bytes_is(word, later[i]))
			return reason_is(reason, "action '%s' is not supported by this version", later[i]);
	return reason_is(reason, "unknown action '%.*s'", TEXT_ARGS(word));
}

static bool header_protocol(struct bytes word, struct program *program, struct reason *reason)
{
	for (program->protocol = 0; program->protocol < PROGRAM_PROTOCOLS; program->protocol++)
		if (bytes_is(word, program_protocols[program->protocol].name))
			return true;
	return reason_is(reason, "unknown protocol '%.*s': jwt, token, http, tls and anomaly are known", TEXT_ARGS(word));
}

static bool header_parse(struct rules *rules, struct bytes text, struct program *program, struct reason *reason)
{
	struct bytes word[HEADER_WORDS];
	const struct variable *variables = rules->variables;
	struct arena *arena = &rules->arena;

	for (size_t i = 0; i < HEADER_WORDS; i++) {
		word[i] = header_word(&text);
		if (word[i].len == 0)
			return reason_is(reason,
				"the header needs 'action protocol src sport -> dst dport', %zu of 7 words found", i);
	}
	if (text_trim(text).len)
		return reason_is(reason, "too many words in the header at '%.*s'", TEXT_ARGS(text_trim(text)));
	if (!header_action(word[HEADER_ACTION], reason) || !header_protocol(word[HEADER_PROTOCOL], program, reason))
		return false;
	program->both_ways = bytes_is(word[HEADER_WAY], "<>");
	if (!program->both_ways && !bytes_is(word[HEADER_WAY], "->"))
		return reason_is(reason, "'%.*s' is no direction: -> or <> expected", TEXT_ARGS(word[HEADER_WAY]));
	if (!addresses_parse(word[HEADER_SRC], variables, arena, &program->src, reason) ||
		!addresses_parse_ports(word[HEADER_SPORT], variables, arena, &program->src_ports, reason) ||
		!addresses_parse(word[HEADER_DST], variables, arena, &program->dst, reason) ||
		!addresses_parse_ports(word[HEADER_DPORT], variables, arena, &program->dst_ports, reason))
		return false;
	program->any_endpoints = program->src.any && program->dst.any && program->src_ports.any &&
		program->dst_ports.any;
	return true;
}

/* One option off the front of *rest: "name;" or "name:value;". */
struct rule_option {
	struct bytes name, value;
	bool has_value;
};

static bool option_next(struct bytes *rest, struct rule_option *option, struct reason *reason)
{
	struct bytes text = text_trim(*rest);
	size_t end = 0;
	const uint8_t *colon;

	while (end < text.len && text.data[end] != ';')
		end += text.data[end] == '\\' ? 2 : 1;
	if (end >= text.len)
		return reason_is(reason, "no terminating \";\" found at '%.*s'", TEXT_ARGS(text));
	*rest = text_trim(bytes_tail(text, end + 1));
	text = bytes_head(text, end);
	colon = memchr(text.data, ':', text.len);
	size_t name_len = colon ? (size_t)(colon - text.data) : text.len;

	option->name = text_trim(bytes_head(text, name_len));
	option->value = text_trim(bytes_tail(text, name_len + 1));
	option->has_value = colon != NULL;
	return option->name.len || reason_is(reason, "option without a name");
}

/* The parts of a rule: what stands before '(' and what stands within the outer parentheses. */
static bool rule_split(struct bytes text, struct bytes *header, struct bytes *options, struct reason *reason)
{
	const uint8_t *open = memchr(text.data, '(', text.len);

	if (!open)
		return reason_is(reason, "no options: '(' expected");
	if (text.data[text.len - 1] != ')')
		return reason_is(reason, "the rule does not end with ')'");
	*header = bytes_of(text.data, (size_t)(open - text.data));
	*options = text_trim(bytes_of(open + 1, text.len - header->len - 2));
	return true;
}

/* `requires` is looked at before all else: it may excuse words that we do not know. */
static bool rule_is_excused(struct bytes options)
{
	struct rule_option option;
	struct reason ignored;

	while (options.len && option_next(&options, &option, &ignored))
		if (bytes_is(option.name, "requires") && !options_meet(option.value))
			return true;
	return false;
}

static bool rule_options(struct draft *draft, struct bytes options)
{
	struct rule_option option;

	while (options.len)
		if (!option_next(&options, &option, draft->env.reason) ||
			!options_apply(draft, option.name, option.has_value ? &option.value : NULL))
			return false;
	return options_check(draft) && draft_finish(draft);
}

enum rule_parse_result rule_parse(struct rules *rules, struct bytes text, struct rule_place place, struct program **out,
	struct reason *reason)
{
	struct bytes header = { 0 }, options = { 0 };

	if (!rule_split(text, &header, &options, reason))
		return RULE_WRONG;
	if (rule_is_excused(options))
		return RULE_SKIPPED;
	struct program *program = arena_alloc(&rules->arena, sizeof *program);
	const char *copy = text_string(text, &rules->arena);

	if (!program || !copy) {
		reason_is(reason, "out of memory");
		return RULE_WRONG;
	}
	*program = (struct program){ .rule = { .gid = 1, .file = place.file, .line = place.line, .text = copy },
		.next = PROGRAM_NONE };
	struct draft draft = {
		.rules = rules,
		.program = program,
		.env = { &rules->arena, &rules->scratch.patterns, reason },
	};

	if (!header_parse(rules, header, program, reason) || !rule_options(&draft, options))
		return RULE_WRONG;
	*out = program;
	return RULE_PARSED;
}
