#include "sensor/rules/program.h"
#include "sensor/model/token.h"

static bool is_jwt(const struct record *token)
{
	struct bytes kind = record_get(token, TOKEN_KIND);

	return bytes_is(kind, TOKEN_KIND_JWS) || bytes_is(kind, TOKEN_KIND_JWE);
}

static bool endpoints_hold(const struct program *program, const struct address *src, uint16_t src_port,
	const struct address *dst, uint16_t dst_port)
{
	return addresses_hold_port(&program->src_ports, src_port) &&
		addresses_hold_port(&program->dst_ports, dst_port) &&
		addresses_hold(&program->src, src) && addresses_hold(&program->dst, dst);
}

static bool endpoints_match(const struct program *program, const struct subject *subject)
{
	if (program->any_endpoints)
		return true;
	if (endpoints_hold(program, &subject->src, subject->src_port, &subject->dst, subject->dst_port))
		return true;
	return program->both_ways &&
		endpoints_hold(program, &subject->dst, subject->dst_port, &subject->src, subject->src_port);
}

static bool could_match(const struct program *program, const struct record *record, const struct scratch *scratch)
{
	for (size_t i = 0; i < program->n_conditions; i++) {
		const struct condition *condition = &program->conditions[i];

		if (condition->record == record->type->kind &&
			condition_judge(condition, record, false, scratch) == MATCH_NO)
			return false;
	}
	return true;
}

size_t rules_candidates(const struct rules *rules, const struct record *record, uint16_t *out, size_t cap)
{
	const struct shortlist *list = &rules->shortlists[record->type->kind];
	size_t n = 0;

	if (list->n == 0)
		return 0;
	uint64_t present = presence_of(record, rules->asked[record->type->kind]);
	bool jwt = record->type->kind == RECORD_TOKEN && is_jwt(record);

	for (size_t i = 0; i < list->n && n < cap; i++) {
		const struct shortlist_entry *entry = &list->entries[i];

		if (!presence_holds(entry->presence, present) || (entry->jwt && !jwt))
			continue;
		if (could_match(rules->programs[entry->rule], record, &rules->scratch))
			out[n++] = entry->rule;
	}
	return n;
}

size_t rules_narrow(const struct rules *rules, const struct record *record, const uint16_t *in, size_t n_in,
	uint16_t *out)
{
	enum record_kind kind = record->type->kind;
	uint64_t present = n_in ? presence_of(record, rules->asked[kind]) : 0;
	size_t n = 0;

	for (size_t i = 0; i < n_in; i++) {
		const struct program *program = rules->programs[in[i]];

		if (presence_holds(program->presence[kind], present) && could_match(program, record, &rules->scratch))
			out[n++] = in[i];
	}
	return n;
}

enum match rules_match(const struct rules *rules, size_t index, const struct subject *subject)
{
	const struct program *program = rules->programs[index];
	const struct record *record = subject->records[program_protocols[program->protocol].record];
	enum match match = MATCH_YES;

	if (!record || (program->protocol == PROGRAM_JWT && !is_jwt(record)) || !endpoints_match(program, subject))
		return MATCH_NO;
	for (size_t i = 0; i < program->n_conditions; i++) {
		const struct condition *condition = &program->conditions[i];
		enum match judged = condition_judge(condition, subject->records[condition->record], subject->final,
			&rules->scratch);

		if (judged == MATCH_NO)
			return MATCH_NO;
		if (judged == MATCH_WAIT)
			match = MATCH_WAIT;
	}
	return match;
}
