#include "sensor/rules/numbers.h"

#include "sensor/rules/text.h"

/* ">N", ">=N", "<N", "<=N" */
static bool numbers_bound(struct bytes text, struct number_span *span)
{
	bool above = text.data[0] == '>';
	int64_t n;

	*span = (struct number_span){ INT64_MIN, INT64_MAX };
	text = text_trim(bytes_tail(text, 1));
	int64_t step = text_skip(&text, "=") ? 0 : 1; /* text_number never yields the extremes, so N +- 1 fits */

	if (!text_number(&text, &n) || text.len)
		return false;
	if (above)
		span->low = n + step;
	else
		span->high = n - step;
	return true;
}

/* "N", "N-M", "N<>M" */
static bool numbers_span(struct bytes text, struct number_span *span)
{
	if (text.len && (text.data[0] == '>' || text.data[0] == '<'))
		return numbers_bound(text, span);
	if (!text_number(&text, &span->low))
		return false;
	span->high = span->low;
	if (text.len == 0)
		return true;
	bool exclusive = text_skip(&text, "<>");

	if (!exclusive && !text_skip(&text, "-"))
		return false;
	if (!text_number(&text, &span->high) || text.len)
		return false;
	if (exclusive) {
		span->low++;
		span->high--;
	}
	return true;
}

bool numbers_parse(struct bytes text, struct arena *arena, struct numbers *numbers, struct reason *reason)
{
	struct number_span spans[NUMBERS_MAX], *kept;
	struct bytes rest = text, item;
	size_t n = 0;

	for (; text_item(&rest, ',', &item); n++) {
		bool negated = text_skip(&item, "!");

		if (n == NUMBERS_MAX)
			return reason_is(reason, "more than %d numbers", NUMBERS_MAX);
		if (n && negated != numbers->negated)
			return reason_is(reason, "put '!' before all of the numbers or before none");
		numbers->negated = negated;
		if (!numbers_span(item, &spans[n]))
			return reason_is(reason, "'%.*s' is not a number, N-M, N<>M, >N, >=N, <N or <=N",
				TEXT_ARGS(item));
		if (spans[n].low > spans[n].high)
			return reason_is(reason, "'%.*s' holds for no number", TEXT_ARGS(item));
	}
	kept = arena_alloc(arena, n * sizeof *kept);
	if (!kept)
		return reason_is(reason, "out of memory");
	memcpy(kept, spans, n * sizeof *kept);
	numbers->spans = kept;
	numbers->n = n;
	return true;
}

bool numbers_hold(const struct numbers *numbers, int64_t number)
{
	for (size_t i = 0; i < numbers->n; i++)
		if (number >= numbers->spans[i].low && number <= numbers->spans[i].high)
			return !numbers->negated;
	return numbers->negated;
}
