#include "sensor/rules/presence.h"

struct presence presence_asked(const struct condition *conditions, size_t n, enum record_kind kind)
{
	struct presence asked = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct condition *condition = &conditions[i];

		if (condition->record != kind || condition->field >= PRESENCE_FIELDS)
			continue;
		if (condition->op == CONDITION_IS_ABSENT)
			asked.unset |= UINT64_C(1) << condition->field;
		else if (!condition->or_absent && !condition->is_response)
			asked.set |= UINT64_C(1) << condition->field;
	}
	return asked;
}

uint64_t presence_of(const struct record *record, uint64_t fields)
{
	uint64_t present = 0;

	for (; fields; fields &= fields - 1) {
		unsigned field = (unsigned)__builtin_ctzll(fields);

		present |= (uint64_t)record->values[field].set << field;
	}
	return present;
}
