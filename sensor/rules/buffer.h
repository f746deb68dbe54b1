/* buffer: a sticky buffer and what is asked of the text in it.
 *
 *     jwt.kid; content:"../"; pcre:"/passwd$/i"; bsize:<64;
 *
 * Of a field with several texts one text must satisfy all of it. Time is linear in the text: contents are found by
 * Knuth-Morris-Pratt, a chain of relative contents that backtracks does so over a bounded number of bytes (then: no
 * match, also for a negated content), patterns have PCRE2's limits. Nothing is allocated while matching. */
#ifndef STORMGLASS_RULES_BUFFER_H
#define STORMGLASS_RULES_BUFFER_H

#include "sensor/rules/numbers.h"
#include "sensor/rules/patterns.h"

enum {
	BUFFER_ITEMS = 32,
	BUFFER_CONTENT = 1024,     /* bytes of one content */
	BUFFER_TRANSFORMED = 65536, /* bytes of a text that a transform looks at */
	BUFFER_WORK = 1 << 20,      /* bytes read for one text, backtracking included */
	BUFFER_PATTERN_WORK = 1 << 15, /* what one run of a pattern counts for at least */
};

enum buffer_item_kind { BUFFER_HAS_CONTENT, BUFFER_HAS_PATTERN, BUFFER_HAS_DATA_AT };

struct buffer_item {
	enum buffer_item_kind kind;
	bool negated, nocase, ends, starts;
	bool relative;            /* counted from the end of the match before */
	bool has_start, has_end;  /* offset or distance; depth or within */
	bool retries;             /* a later match of it could help what follows */
	int64_t start, end;       /* offset and depth, or distance and within; isdataat's N in start */
	struct bytes content;
	const uint16_t *borders;  /* of content: Knuth-Morris-Pratt's failure function */
	const pcre2_code *code;
};

struct buffer {
	const struct buffer_item *items;
	size_t n;
	struct numbers size;      /* bsize; n 0: none */
	bool lower, strip;        /* to_lowercase, strip_whitespace */
};

/* A buffer that is still being written. */
struct buffer_draft {
	struct buffer_item items[BUFFER_ITEMS];
	struct buffer buffer;
};

/* What reading an option of a buffer may need. */
struct buffer_env {
	struct arena *arena;
	struct patterns *patterns;
	struct reason *reason;
};

bool buffer_content(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);
bool buffer_pcre(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);
bool buffer_bsize(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);
bool buffer_isdataat(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);
bool buffer_nocase(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);
bool buffer_startswith(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);
bool buffer_endswith(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);
bool buffer_offset(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);
bool buffer_depth(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);
bool buffer_distance(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);
bool buffer_within(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);
bool buffer_to_lowercase(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);
bool buffer_strip_whitespace(struct buffer_draft *draft, struct bytes value, const struct buffer_env *env);

/* The finished buffer in the arena; NULL and the reason where the draft makes no sense. */
const struct buffer *buffer_close(struct buffer_draft *draft, const struct buffer_env *env);

/* Is there a pattern in it: judged last. */
bool buffer_is_costly(const struct buffer *buffer);

#endif
