#include "dissectors/app/content_range.h"

enum { DIGITS = 18 }; /* no number of so many overflows */

/* Takes a number off `text`; -1: there is none. */
static int64_t number(struct bytes *text)
{
	int64_t n = 0;
	size_t len = 0;

	while (len < text->len && len < DIGITS && text->data[len] >= '0' && text->data[len] <= '9')
		n = n * 10 + (text->data[len++] - '0');
	*text = bytes_tail(*text, len);
	return len ? n : -1;
}

static bool take(struct bytes *text, char c)
{
	if (text->len == 0 || text->data[0] != (uint8_t)c)
		return false;
	*text = bytes_tail(*text, 1);
	return true;
}

static void set(struct record *record, size_t field, int64_t n)
{
	if (n >= 0)
		record_int(record, field, n);
}

/* bytes first-last/size, where first-last or size may be "*". */
void content_range_record(struct record *record, struct bytes value)
{
	struct bytes unit = bytes_head(value, 6), rest = bytes_tail(value, 6);

	record_text(record, HTTP_RANGE_RAW, value);
	if (!bytes_equal_fold(unit, bytes_text("bytes ")))
		return;
	int64_t first = number(&rest), last = first >= 0 && take(&rest, '-') ? number(&rest) : -1;

	if (first < 0)
		(void)take(&rest, '*');
	set(record, HTTP_RANGE_START, last >= 0 ? first : -1);
	set(record, HTTP_RANGE_END, last);
	if (take(&rest, '/'))
		set(record, HTTP_RANGE_SIZE, number(&rest));
}
