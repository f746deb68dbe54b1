#include "sensor/rules/patterns.h"

#include "sensor/rules/text.h"

#include <stdlib.h>

enum {
	PATTERNS_LEN = 4096,          /* of one expression */
	PATTERNS_MAX = 65536,
	PATTERNS_MATCH_LIMIT = 10000, /* backtracks: some hundred microseconds at worst */
	PATTERNS_DEPTH_LIMIT = 1000,
	PATTERNS_HEAP_KIB = 1024,
};

bool patterns_init(struct patterns *patterns)
{
	*patterns = (struct patterns){
		.match = pcre2_match_data_create(1, NULL),
		.limits = pcre2_match_context_create(NULL),
	};
	if (!patterns->match || !patterns->limits)
		return false;
	pcre2_set_match_limit(patterns->limits, PATTERNS_MATCH_LIMIT);
	pcre2_set_depth_limit(patterns->limits, PATTERNS_DEPTH_LIMIT);
	pcre2_set_heap_limit(patterns->limits, PATTERNS_HEAP_KIB);
	return true;
}

void patterns_fini(struct patterns *patterns)
{
	for (size_t i = 0; i < patterns->n; i++)
		pcre2_code_free(patterns->codes[i]);
	free(patterns->codes);
	pcre2_match_data_free(patterns->match);
	pcre2_match_context_free(patterns->limits);
}

static bool patterns_flags(struct bytes flags, uint32_t *options, bool *relative, struct reason *reason)
{
	static const struct {
		char letter;
		uint32_t option;
	} table[] = {
		{ 'i', PCRE2_CASELESS }, { 'm', PCRE2_MULTILINE }, { 's', PCRE2_DOTALL },  { 'x', PCRE2_EXTENDED },
		{ 'A', PCRE2_ANCHORED }, { 'E', PCRE2_DOLLAR_ENDONLY }, { 'G', PCRE2_UNGREEDY }, { 'R', 0 },
	};

	/* Tokens and header values are bytes: no pattern may demand that they be UTF-8. */
	*options = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C;
	*relative = false;
	for (size_t i = 0; i < flags.len; i++) {
		size_t t = 0;

		while (t < sizeof table / sizeof table[0] && table[t].letter != (char)flags.data[i])
			t++;
		if (t == sizeof table / sizeof table[0])
			return reason_is(reason, "unknown flag in '%.*s': i m s x A E G R are known", TEXT_ARGS(flags));
		*options |= table[t].option;
		*relative |= table[t].letter == 'R';
	}
	return true;
}

/* Room first, so that a compiled pattern always has an owner. */
static bool patterns_grow(struct patterns *patterns)
{
	if (patterns->n < patterns->cap)
		return true;
	size_t cap = patterns->cap ? patterns->cap * 2 : 16;
	pcre2_code **grown = cap <= PATTERNS_MAX ? realloc(patterns->codes, cap * sizeof *grown) : NULL;

	if (!grown)
		return false;
	patterns->codes = grown;
	patterns->cap = cap;
	return true;
}

const pcre2_code *patterns_compile(struct patterns *patterns, struct bytes text, bool *relative, struct reason *reason)
{
	size_t last = text.len, at;
	uint32_t options;
	int number;
	char what[160];

	while (last > 1 && text.data[last - 1] != '/')
		last--;
	if (last < 2 || text.data[0] != '/') {
		reason_is(reason, "is written \"/expression/flags\"");
		return NULL;
	}
	struct bytes body = bytes_of(text.data + 1, last - 2);

	if (!patterns_flags(bytes_tail(text, last), &options, relative, reason))
		return NULL;
	if (body.len > PATTERNS_LEN || !patterns_grow(patterns)) {
		reason_is(reason, "is too long, or there are too many of them");
		return NULL;
	}
	pcre2_code *code = pcre2_compile(body.data, body.len, options, &number, &at, NULL);

	if (!code) {
		pcre2_get_error_message(number, (PCRE2_UCHAR *)what, sizeof what);
		reason_is(reason, "%s at offset %zu", what, at);
		return NULL;
	}
	(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* slower, not wrong, without */
	patterns->codes[patterns->n++] = code;
	return code;
}

enum patterns_result patterns_match(const struct patterns *patterns, const pcre2_code *code, struct bytes subject,
	size_t *end)
{
	const uint8_t *data = subject.len ? subject.data : (const uint8_t *)"";
	int n = pcre2_jit_match(code, data, subject.len, 0, 0, patterns->match, patterns->limits);

	if (n == PCRE2_ERROR_JIT_BADOPTION) /* not compiled to machine code */
		n = pcre2_match(code, data, subject.len, 0, 0, patterns->match, patterns->limits);
	if (n == PCRE2_ERROR_NOMATCH)
		return PATTERNS_NO;
	if (n < 0)
		return PATTERNS_LIMIT;
	*end = pcre2_get_ovector_pointer(patterns->match)[1];
	return PATTERNS_YES;
}
