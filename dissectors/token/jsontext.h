/* jsontext: a JSON text (RFC 8259) read from front to back, one event a call, without allocation and without recursion.
 *
 * Grammar is strict: no comment, no comma too many, no leading zero; the first error is the end. What a string may not
 * hold is no error but a fault: noted, stepped over, so that one bad byte cannot hide the members that follow it.
 * A text is valid where JSONTEXT_END was reached, only blanks are left, and `faults` has none of JSONTEXT_INVALID. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_JSONTEXT_H
#define STORMGLASS_DISSECTORS_TOKEN_JSONTEXT_H

#include "sensor/base/bytes.h"

enum { JSONTEXT_DEPTH = 1024 }; /* of nested arrays and objects; deeper is an error */

enum jsontext_event {
	JSONTEXT_ERROR, /* and so is every later call */
	JSONTEXT_END,   /* the value is complete; jsontext_rest is what follows */
	JSONTEXT_OBJECT,
	JSONTEXT_OBJECT_END,
	JSONTEXT_ARRAY,
	JSONTEXT_ARRAY_END,
	JSONTEXT_NAME,   /* raw: between the quotes, as sent */
	JSONTEXT_STRING, /* the same */
	JSONTEXT_NUMBER, /* raw: its text */
	JSONTEXT_TRUE,
	JSONTEXT_FALSE,
	JSONTEXT_NULL,
};

enum {
	JSONTEXT_UTF8 = 1,      /* not UTF-8: overlong, a surrogate, beyond U+10FFFF, cut */
	JSONTEXT_CONTROL = 2,   /* a control character as itself */
	JSONTEXT_NUL = 4,       /* \u0000: allowed, but where C strings end */
	JSONTEXT_SURROGATE = 8, /* half a pair of \u escapes: allowed, but no character */
	JSONTEXT_INVALID = JSONTEXT_UTF8 | JSONTEXT_CONTROL,
};

struct jsontext {
	const uint8_t *at;
	const uint8_t *end;
	struct bytes raw;  /* of the last event; of '{' '[' ']' '}' the bracket itself */
	bool escaped;      /* raw holds escapes */
	uint8_t state;
	uint16_t depth;    /* after '{' or '[' counts it, after '}' or ']' no more */
	uint32_t faults;   /* so far */
	uint64_t objects[JSONTEXT_DEPTH / 64]; /* bit n: level n is an object, else an array */
};

void jsontext_init(struct jsontext *text, struct bytes b);
enum jsontext_event jsontext_next(struct jsontext *text);

/* What is behind the value, without blanks at its start. */
struct bytes jsontext_rest(const struct jsontext *text);

/* Writes the characters that `raw`, of a string or name, stands for, up to `cap` bytes; returns how many it wrote. They
 * are never more than raw.len. Half a surrogate pair becomes U+FFFD. */
size_t jsontext_unescape(struct bytes raw, uint8_t *out, size_t cap);

/* Takes one byte or one whole escape from `r`, over such a text and not at its end; returns how many bytes it wrote. */
size_t jsontext_unescape_one(struct reader *r, uint8_t out[4]);

/* Do two raw strings stand for the same characters? */
bool jsontext_equal(struct bytes a, struct bytes b);

#endif
