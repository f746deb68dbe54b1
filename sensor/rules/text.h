/* text: the small syntax that all of a rule's options share: blanks, quotes, escapes, numbers. */
#ifndef STORMGLASS_RULES_TEXT_H
#define STORMGLASS_RULES_TEXT_H

#include "sensor/base/arena.h"
#include "sensor/rules/reason.h"

/* For printf's "%.*s": error texts show at most so much of what the author wrote. */
enum { TEXT_SHOWN = 60 };
#define TEXT_ARGS(b) ((int)((b).len < TEXT_SHOWN ? (b).len : TEXT_SHOWN)), (const char *)(b).data

struct bytes text_trim(struct bytes text);

/* Drops `prefix` from the front of *text and the blanks after it; false, and nothing dropped, where it is not there. */
bool text_skip(struct bytes *text, const char *prefix);

/* The next item of a list, trimmed; separators within quotes or after a backslash do not count. False at the end. */
bool text_item(struct bytes *rest, uint8_t separator, struct bytes *item);

/* What stands between the quotes that enclose all of `text`. */
bool text_quoted(struct bytes text, struct bytes *inside);

/* A decimal number at the front of *rest, with an optional '-', is taken off it. False where none fits. */
bool text_number(struct bytes *rest, int64_t *number);

/* All of `text` is a number from `low` to `high`. */
bool text_number_in(struct bytes text, int64_t low, int64_t high, int64_t *number);

/* `text` without the backslashes of \; \" \\ \: \, in `arena`. */
bool text_unescape(struct bytes text, struct arena *arena, struct bytes *plain, struct reason *reason);

/* The same for a value that may stand in quotes. */
bool text_word(struct bytes text, struct arena *arena, struct bytes *plain, struct reason *reason);

/* A NUL-ended copy; NULL when the arena refused. */
const char *text_string(struct bytes text, struct arena *arena);

/* How many letters must be changed, added or dropped to turn one into the other; capped lengths, for short names. */
size_t text_distance(struct bytes a, struct bytes b);

#endif
