#include "sensor/rules/rule_file.h"

#include "sensor/rules/rule_parse.h"
#include "sensor/rules/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	RULE_FILE_LEN = 128 << 20,
	RULE_LEN = 65535, /* bytes of one rule, its continuation lines joined */
};

uint8_t *rule_file_read(const char *name, size_t *len, struct errors *errors)
{
	FILE *file = fopen(name, "rbe");
	uint8_t *data = NULL;
	size_t cap = 0, n = 0;

	*len = 0;
	if (!file) {
		errors_add(errors, name, 0, "cannot be opened: %s", strerror(errno));
		return NULL;
	}
	do {
		if (*len == cap) {
			cap = cap ? cap * 2 : 65536;
			uint8_t *grown = cap <= RULE_FILE_LEN ? realloc(data, cap) : NULL;

			if (!grown) {
				errors_add(errors, name, 0, "is too large to be read");
				goto fail;
			}
			data = grown;
		}
		n = fread(data + *len, 1, cap - *len, file);
		*len += n;
	} while (n);
	if (ferror(file)) {
		errors_add(errors, name, 0, "cannot be read: %s", strerror(errno));
		goto fail;
	}
	fclose(file);
	return data;
fail:
	free(data);
	fclose(file);
	return NULL;
}

/* Lines, and the rule that is gathered from them. */
struct lines {
	struct bytes rest;
	unsigned number;  /* of the line last taken */
	uint8_t *joined;  /* as long as the whole text */
	size_t len;
};

static bool lines_next(struct lines *lines, struct bytes *line)
{
	if (lines->rest.len == 0)
		return false;
	const uint8_t *end = memchr(lines->rest.data, '\n', lines->rest.len);
	size_t len = end ? (size_t)(end - lines->rest.data) : lines->rest.len;

	*line = bytes_head(lines->rest, len);
	if (line->len && line->data[line->len - 1] == '\r')
		line->len--;
	lines->rest = bytes_tail(lines->rest, len + 1);
	lines->number++;
	return true;
}

/* Appends a line; blanks around the place where two lines meet become one. */
static void lines_join(struct lines *lines, struct bytes line)
{
	bool blank = lines->len && (lines->joined[lines->len - 1] == ' ' || lines->joined[lines->len - 1] == '\t');
	struct bytes text = line;

	while (lines->len && (lines->joined[lines->len - 1] == ' ' || lines->joined[lines->len - 1] == '\t'))
		lines->len--;
	while (text.len && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = bytes_tail(text, 1);
	/* the backslash that is replaced leaves room for the blank */
	if (lines->len && (blank || text.len < line.len))
		lines->joined[lines->len++] = ' ';
	memcpy(lines->joined + lines->len, text.data, text.len);
	lines->len += text.len;
}

/* The next rule in one line, and the number of its first line; comments and empty lines are passed over. */
static bool lines_rule(struct lines *lines, struct bytes *rule, unsigned *first)
{
	struct bytes line;

	lines->len = 0;
	while (lines_next(lines, &line)) {
		bool open = lines->len > 0;
		struct bytes text = text_trim(line);

		if (!open && (text.len == 0 || text.data[0] == '#'))
			continue;
		if (!open)
			*first = lines->number;
		if (text.len && text.data[text.len - 1] == '\\') {
			line.len = (size_t)(text.data + text.len - 1 - line.data);
			lines_join(lines, line);
			continue;
		}
		lines_join(lines, line);
		break;
	}
	*rule = text_trim(bytes_of(lines->joined, lines->len));
	return lines->len > 0;
}

static bool shortlist_add(struct rules *rules, const struct program *program, uint16_t number)
{
	enum record_kind kind = program_protocols[program->protocol].record;
	struct shortlist *list = &rules->shortlists[kind];

	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 64;
		struct shortlist_entry *grown = realloc(list->entries, cap * sizeof *grown);

		if (!grown)
			return false;
		list->entries = grown;
		list->cap = cap;
	}
	list->entries[list->n++] = (struct shortlist_entry){ program->presence[kind], number,
		program->protocol == PROGRAM_JWT };
	for (size_t i = 0; i < RECORD_KINDS; i++)
		rules->asked[i] |= program->presence[i].set | program->presence[i].unset;
	return true;
}

static bool rule_add(struct rules *rules, struct program *program, struct reason *reason)
{
	const struct rule *rule = &program->rule;
	uint16_t *head = &rules->heads[(rule->sid * 2654435761u + rule->gid) % PROGRAM_HEADS];

	for (uint16_t i = *head; i != PROGRAM_NONE; i = rules->programs[i]->next) {
		const struct rule *have = &rules->programs[i]->rule;

		if (have->sid == rule->sid && have->gid == rule->gid)
			return reason_is(reason, "duplicate signature: sid %u is already used at %s:%u", rule->sid,
				have->file, have->line);
	}
	if (rules->n == RULES_MAX)
		return reason_is(reason, "more than %d rules", RULES_MAX);
	if (rules->n == rules->cap) {
		size_t cap = rules->cap ? rules->cap * 2 : 64;
		struct program **grown = realloc(rules->programs, cap * sizeof(struct program *));

		if (!grown)
			return reason_is(reason, "out of memory");
		rules->programs = grown;
		rules->cap = cap;
	}
	if (!shortlist_add(rules, program, (uint16_t)rules->n))
		return reason_is(reason, "out of memory");
	program->next = *head;
	*head = (uint16_t)rules->n;
	rules->programs[rules->n++] = program;
	return true;
}

static void rule_read(struct rules *rules, struct bytes text, struct rule_place place, struct errors *errors)
{
	struct program *program = NULL;
	struct reason reason;
	enum rule_parse_result result = RULE_WRONG;

	if (text.len > RULE_LEN || memchr(text.data, '\0', text.len))
		reason_is(&reason, "longer than %d bytes, or with a NUL in it", RULE_LEN);
	else
		result = rule_parse(rules, text, place, &program, &reason);
	if (result == RULE_SKIPPED || (result == RULE_PARSED && rule_add(rules, program, &reason)))
		return;
	errors_add(errors, place.file, place.line, "%s: error parsing signature \"%.*s%s\" from file %s at line %u",
		reason.text, TEXT_ARGS(text), text.len > TEXT_SHOWN ? "..." : "", place.file, place.line);
}

void rule_file_rules(struct rules *rules, const char *name, struct bytes text, struct errors *errors)
{
	struct lines lines = { .rest = text, .joined = malloc(text.len + 1) };
	const char *file = text_string(bytes_text(name), &rules->arena);
	struct bytes rule;
	unsigned first = 0;

	if (!lines.joined || !file)
		errors_add(errors, name, 0, "out of memory");
	else
		while (lines_rule(&lines, &rule, &first))
			rule_read(rules, rule, (struct rule_place){ file, first }, errors);
	free(lines.joined);
}

void rule_file_classifications(struct rules *rules, const char *name, struct bytes text, struct errors *errors)
{
	struct lines lines = { .rest = text };
	struct bytes line;
	struct reason reason;

	while (lines_next(&lines, &line)) {
		line = text_trim(line);
		if (line.len && line.data[0] != '#' &&
			!classifications_read(&rules->classifications, line, &rules->arena, &reason))
			errors_add(errors, name, lines.number, "%s", reason.text);
	}
}
