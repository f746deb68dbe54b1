#include "sensor/rules/conditions.h"

#include "sensor/rules/text.h"

static struct condition condition_of(struct keyword keyword, enum condition_op op)
{
	return (struct condition){
		.op = (uint8_t)op,
		.record = (uint8_t)keyword.type->kind,
		.field = (uint16_t)keyword.field,
		.is_response = keywords_field(keyword)->flags & FIELD_RESPONSE,
	};
}

struct condition condition_of_presence(struct keyword keyword, bool present)
{
	return condition_of(keyword, present ? CONDITION_IS_PRESENT : CONDITION_IS_ABSENT);
}

struct condition condition_of_buffer(struct keyword keyword, const struct buffer *buffer, bool or_absent)
{
	struct condition condition =
		condition_of(keyword, buffer_is_costly(buffer) ? CONDITION_IN_PATTERN : CONDITION_IN_BUFFER);

	condition.buffer = buffer;
	condition.or_absent = or_absent;
	return condition;
}

static bool condition_flag(struct bytes value, struct condition *condition, struct reason *reason)
{
	condition->op = CONDITION_IS_FLAG;
	condition->flag = bytes_is(value, "true") || bytes_is(value, "yes");
	if (condition->flag || bytes_is(value, "false") || bytes_is(value, "no"))
		return true;
	return reason_is(reason, "'%.*s' is not true, false, absent or present", TEXT_ARGS(value));
}

static bool condition_words(struct bytes value, struct arena *arena, struct condition *condition, struct reason *reason)
{
	struct bytes words[CONDITION_WORDS], item, *kept;
	size_t n = 0;

	condition->op = CONDITION_IN_WORDS;
	for (; text_item(&value, ',', &item); n++) {
		bool negated = text_skip(&item, "!");

		if (n == CONDITION_WORDS)
			return reason_is(reason, "more than %d words", CONDITION_WORDS);
		if (n && negated != condition->words.negated)
			return reason_is(reason, "put '!' before all of the words or before none");
		if (item.len == 0 || bytes_is(item, "absent") || bytes_is(item, "present"))
			return reason_is(reason,
				"'absent' may only stand first, 'present' alone, and no word may be empty");
		condition->words.negated = negated;
		if (!text_word(item, arena, &words[n], reason))
			return false;
	}
	kept = arena_alloc(arena, n * sizeof *kept);
	if (!kept)
		return reason_is(reason, "out of memory");
	memcpy(kept, words, n * sizeof *kept);
	condition->words.items = kept;
	condition->words.n = n;
	return true;
}

bool condition_parse(struct keyword keyword, struct bytes value, struct arena *arena, struct condition *condition,
	struct reason *reason)
{
	struct bytes rest = value, first;
	bool or_absent = text_item(&rest, ',', &first) && bytes_is(first, "absent");

	if (bytes_is(value, "absent") || bytes_is(value, "present")) {
		*condition = condition_of_presence(keyword, bytes_is(value, "present"));
		return true;
	}
	*condition = condition_of(keyword, CONDITION_IS_ABSENT);
	condition->or_absent = or_absent;
	value = or_absent ? text_trim(rest) : value;
	switch (keywords_field(keyword)->kind) {
	case FIELD_BOOL:
		return condition_flag(value, condition, reason);
	case FIELD_INT:
		condition->op = CONDITION_IN_NUMBERS;
		return numbers_parse(value, arena, &condition->numbers, reason);
	case FIELD_TEXT:
	case FIELD_TEXTS:
		return condition_words(value, arena, condition, reason);
	}
	return reason_is(reason, "this field cannot be asked");
}

static bool words_have(const struct words *words, struct bytes text)
{
	for (size_t i = 0; i < words->n; i++)
		if (bytes_equal(words->items[i], text))
			return true;
	return false;
}

/* The texts of a value: one, or its array. */
static const struct bytes *value_texts(const struct value *value, enum field_kind kind, struct bytes *one, size_t *n)
{
	*n = kind == FIELD_TEXTS ? value->len : 1;
	if (kind == FIELD_TEXTS)
		return value->texts;
	*one = bytes_of(value->text, value->len);
	return one;
}

static bool condition_words_hold(const struct words *words, const struct bytes *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (words_have(words, texts[i]))
			return !words->negated;
	return words->negated;
}

static bool condition_buffer_holds(const struct buffer *buffer, const struct bytes *texts, size_t n,
	const struct scratch *scratch)
{
	for (size_t i = 0; i < n; i++)
		if (buffer_match(buffer, texts[i], scratch))
			return true;
	return false;
}

static bool condition_holds(const struct condition *condition, const struct value *value, enum field_kind kind,
	const struct scratch *scratch)
{
	const struct bytes *texts;
	struct bytes one;
	size_t n;

	switch ((enum condition_op)condition->op) {
	case CONDITION_IS_ABSENT:
		return false;
	case CONDITION_IS_PRESENT:
		return true;
	case CONDITION_IS_FLAG:
		return value->flag == condition->flag;
	case CONDITION_IN_NUMBERS:
		return numbers_hold(&condition->numbers, value->number);
	case CONDITION_IN_WORDS:
		texts = value_texts(value, kind, &one, &n);
		return condition_words_hold(&condition->words, texts, n);
	case CONDITION_IN_BUFFER:
	case CONDITION_IN_PATTERN:
		texts = value_texts(value, kind, &one, &n);
		return condition_buffer_holds(condition->buffer, texts, n, scratch);
	}
	return false;
}

enum match condition_judge(const struct condition *condition, const struct record *record, bool final,
	const struct scratch *scratch)
{
	if (!record_has(record, condition->field)) {
		if (condition->is_response && !final)
			return MATCH_WAIT;
		return condition->or_absent || condition->op == CONDITION_IS_ABSENT ? MATCH_YES : MATCH_NO;
	}
	return condition_holds(condition, &record->values[condition->field],
		record->type->fields[condition->field].kind, scratch) ? MATCH_YES : MATCH_NO;
}
