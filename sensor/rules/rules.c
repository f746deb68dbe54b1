#include "sensor/rules/rules.h"

#include "sensor/rules/program.h"
#include "sensor/rules/rule_file.h"
#include "sensor/rules/text.h"

#include <stdlib.h>

enum { RULES_BLOCK_LEN = 65536 };

struct rules *rules_new(void)
{
	struct rules *rules = calloc(1, sizeof *rules);

	if (!rules)
		return NULL;
	budget_init(&rules->budget, PROGRAM_MEMORY, NULL);
	arena_init(&rules->arena, RULES_BLOCK_LEN, &rules->budget);
	for (size_t i = 0; i < PROGRAM_HEADS; i++)
		rules->heads[i] = PROGRAM_NONE;
	rules->scratch.transformed = malloc(BUFFER_TRANSFORMED);
	if (!patterns_init(&rules->scratch.patterns) || !rules->scratch.transformed) {
		rules_free(rules);
		return NULL;
	}
	/* Until a configuration says which networks are its own. */
	struct errors none = { 0 };

	rules_set_variable(rules, "HOME_NET", "any", &none);
	rules_set_variable(rules, "EXTERNAL_NET", "any", &none);
	errors_fini(&none);
	return rules;
}

struct rules *rules_view(const struct rules *rules)
{
	struct rules *view = malloc(sizeof *view);

	if (!view)
		return NULL;
	*view = *rules;
	view->is_view = true;
	view->scratch.transformed = malloc(BUFFER_TRANSFORMED);
	if (!patterns_init(&view->scratch.patterns) || !view->scratch.transformed) {
		rules_free(view);
		return NULL;
	}
	return view;
}

void rules_free(struct rules *rules)
{
	if (!rules)
		return;
	patterns_fini(&rules->scratch.patterns);
	free(rules->scratch.transformed);
	if (rules->is_view) {
		free(rules);
		return;
	}
	free(rules->programs);
	for (size_t i = 0; i < RECORD_KINDS; i++)
		free(rules->shortlists[i].entries);
	arena_fini(&rules->arena);
	free(rules);
}

void rules_load_classifications(struct rules *rules, const char *file, struct errors *errors)
{
	size_t len;
	uint8_t *text = rule_file_read(file, &len, errors);

	if (text)
		rule_file_classifications(rules, file, bytes_of(text, len), errors);
	free(text);
}

void rules_load(struct rules *rules, const char *file, struct errors *errors)
{
	size_t len;
	uint8_t *text = rule_file_read(file, &len, errors);

	if (text)
		rule_file_rules(rules, file, bytes_of(text, len), errors);
	free(text);
}

void rules_set_variable(struct rules *rules, const char *name, const char *value, struct errors *errors)
{
	struct variable *variable = arena_alloc(&rules->arena, sizeof *variable);
	const char *own_name = text_string(bytes_text(name), &rules->arena);
	const char *own_value = text_string(text_trim(bytes_text(value)), &rules->arena);
	struct addresses ignored;
	struct reason reason, ports;

	if (!variable || !own_name || !own_value) {
		errors_add(errors, NULL, 0, "$%s: out of memory", name);
		return;
	}
	struct bytes text = bytes_text(own_value);

	/* One that mentions others is judged where a rule uses it: they may yet be set, in any order. */
	if (!memchr(text.data, '$', text.len) &&
		!addresses_parse(text, rules->variables, &rules->arena, &ignored, &reason) &&
		!addresses_parse_ports(text, rules->variables, &rules->arena, &ignored, &ports)) {
		errors_add(errors, NULL, 0, "$%s: %s", name, reason.text);
		return;
	}
	*variable = (struct variable){ rules->variables, own_name, text };
	rules->variables = variable;
}

size_t rules_count(const struct rules *rules)
{
	return rules->n;
}

bool rules_are_about(const struct rules *rules, enum record_kind kind)
{
	return rules->shortlists[kind].n > 0;
}

const struct rule *rules_get(const struct rules *rules, size_t index)
{
	return &rules->programs[index]->rule;
}
