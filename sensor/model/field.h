/* field: one named, typed value of a record. The EVE writer, the rule keywords and the reference documentation
 * (`stormglass --fields`) all read these tables; to add a field is to add a line. */
#ifndef STORMGLASS_MODEL_FIELD_H
#define STORMGLASS_MODEL_FIELD_H

#include <stddef.h>
#include <stdint.h>

enum field_kind {
	FIELD_BOOL,
	FIELD_INT,   /* also times: seconds since 1970, as JWT's NumericDate */
	FIELD_TEXT,  /* bytes, UTF-8 not guaranteed */
	FIELD_TEXTS, /* an array of them */
};

enum {
	FIELD_RESPONSE = 1, /* known only once the response was seen, or never */
	FIELD_HIDDEN = 2,   /* for rules and carriers; not written to EVE */
	FIELD_METADATA = 4, /* copied into alert.metadata as "<keyword with _ for .>": ["value"] */
	FIELD_NESTED = 8,   /* in an object of its own within the record's: FIELD_EVE_IN */
};

enum { FIELD_MEMBER_LEN = 32 };

/* The leaf name in a row of a table. */
#define FIELD_EVE(name) name, "\"" name "\":", sizeof name + 2

/* The same of a field with FIELD_NESTED, within the object `group`, whose fields stand together in the table. */
#define FIELD_EVE_IN(group, name) group "." name, "\"" name "\":", sizeof name + 2

struct field {
	const char *keyword; /* in rules: "jwt.kid" */
	const char *eve;     /* name within the record's EVE object: "kid"; with FIELD_NESTED "ja3.hash" */
	char member[FIELD_MEMBER_LEN]; /* its leaf as JSON writes it: "\"kid\":", no NUL */
	uint8_t member_len;
	enum field_kind kind;
	unsigned flags;
	const char *doc;     /* one line */
};

/* Which record a keyword speaks of; also the index in struct subject. */
enum record_kind { RECORD_HTTP, RECORD_TOKEN, RECORD_USE, RECORD_ANOMALY, RECORD_TLS, RECORD_KINDS };

struct record_type {
	enum record_kind kind;
	const char *name;   /* "token" */
	const char *object; /* EVE object that holds the fields */
	const struct field *fields;
	size_t n_fields;
};

#endif
