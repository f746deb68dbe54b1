#include "sensor/rules/draft.h"

#include <stdlib.h>

static bool draft_add(struct draft *draft, struct condition condition)
{
	if (draft->n_conditions == DRAFT_CONDITIONS)
		return reason_is(draft->env.reason, "more than %d conditions", DRAFT_CONDITIONS);
	draft->conditions[draft->n_conditions++] = condition;
	return true;
}

bool draft_allows(const struct draft *draft, struct keyword keyword)
{
	return program_protocols[draft->program->protocol].records & 1u << keyword.type->kind;
}

bool draft_close_buffer(struct draft *draft)
{
	const char *name = draft->open ? keywords_field(draft->keyword)->keyword : NULL;
	bool asked = draft->buffer.buffer.n || draft->buffer.buffer.size.n;

	if (!draft->open)
		return true;
	draft->open = false;
	if (draft->presence == DRAFT_ABSENT || draft->presence == DRAFT_PRESENT) {
		if (asked)
			return reason_is(draft->env.reason,
				"%s: absent and present stand alone (or write absent:or_else)", name);
		return draft_add(draft, condition_of_presence(draft->keyword, draft->presence == DRAFT_PRESENT));
	}
	if (!asked)
		return reason_is(draft->env.reason,
			"nothing is asked of buffer '%s': content, pcre, bsize, absent or present expected",
			name);
	const struct buffer *buffer = buffer_close(&draft->buffer, &draft->env);

	return buffer && 
		draft_add(draft, condition_of_buffer(draft->keyword, buffer, draft->presence == DRAFT_OR_ABSENT));
}

bool draft_keyword(struct draft *draft, struct keyword keyword, const struct bytes *value)
{
	const struct field *field = keywords_field(keyword);
	struct condition condition;

	if (!draft_allows(draft, keyword))
		return reason_is(draft->env.reason, "%s rules know nothing of it",
			program_protocols[draft->program->protocol].name);
	if (value)
		return condition_parse(keyword, *value, draft->env.arena, &condition, draft->env.reason) &&
			draft_add(draft, condition);
	if (field->kind != FIELD_TEXT && field->kind != FIELD_TEXTS)
		return reason_is(draft->env.reason, "needs a value: it is %s",
			field->kind == FIELD_BOOL ? "true or false" : "a number");
	if (!draft_close_buffer(draft))
		return false;
	draft->open = true;
	draft->keyword = keyword;
	draft->presence = DRAFT_TEXT;
	draft->buffer.buffer = (struct buffer){ 0 };
	return true;
}

static int condition_order(const void *a, const void *b)
{
	const struct condition *x = a, *y = b;

	return x->op - y->op;
}

bool draft_finish(struct draft *draft)
{
	struct arena *arena = draft->env.arena;
	struct program *program = draft->program;
	struct condition *conditions = arena_alloc(arena, draft->n_conditions * sizeof *conditions);
	struct rule_metadata *metadata = arena_alloc(arena, draft->n_metadata * sizeof *metadata);

	if (!conditions || !metadata)
		return reason_is(draft->env.reason, "out of memory");
	qsort(draft->conditions, draft->n_conditions, sizeof *conditions, condition_order);
	memcpy(conditions, draft->conditions, draft->n_conditions * sizeof *conditions);
	memcpy(metadata, draft->metadata, draft->n_metadata * sizeof *metadata);
	program->conditions = conditions;
	program->n_conditions = draft->n_conditions;
	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		program->presence[kind] = presence_asked(conditions, draft->n_conditions, (enum record_kind)kind);
	program->rule.metadata = metadata;
	program->rule.n_metadata = draft->n_metadata;
	program->rule.category = draft->class ? draft->class->description : "";
	program->rule.severity = draft->priority ? draft->priority : draft->class ? draft->class->severity : 3;
	return true;
}
