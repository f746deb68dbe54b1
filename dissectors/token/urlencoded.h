/* urlencoded: name=value pairs joined by '&', of queries, fragments and forms (application/x-www-form-urlencoded, as URL
 * Standard 5.1 parses it), and percent-encoding (RFC 3986 2.1). */
#ifndef STORMGLASS_DISSECTORS_TOKEN_URLENCODED_H
#define STORMGLASS_DISSECTORS_TOKEN_URLENCODED_H

#include "sensor/base/arena.h"

struct urlencoded {
	struct bytes name, value; /* as sent; what has no '=' is a value without name */
	bool is_encoded;          /* the name is: '%' or '+' are in it */
};

/* The next pair of *rest, which becomes what follows it; empty ones are passed over. False: none is left. */
bool urlencoded_next(struct bytes *rest, struct urlencoded *pair);

/* A URL's parts; empty where there is none. */
struct urlencoded_url {
	struct bytes before;   /* the query, '?' and '#' */
	struct bytes query;    /* between '?' and '#' */
	struct bytes fragment; /* behind '#' */
};

struct urlencoded_url urlencoded_split(struct bytes url);

/* Writes what `text` stands for, up to `cap` bytes, which are never more than text.len; returns how many. Where no two hex
 * digits follow, '%' is itself. With `plus`, '+' is a blank. */
size_t urlencoded_decode(struct bytes text, bool plus, uint8_t *out, size_t cap);

/* The same in `arena`, or `text` itself where nothing is to be undone; NULL data where the arena refuses. */
struct bytes urlencoded_undo(struct bytes text, bool plus, struct arena *arena);

#endif
