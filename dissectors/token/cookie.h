/* cookie: the pairs of a Cookie field and the first pair of a Set-Cookie field (RFC 6265 4.2.1, 5.2), and values that are too
 * long for one cookie put together again. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_COOKIE_H
#define STORMGLASS_DISSECTORS_TOKEN_COOKIE_H

#include "sensor/base/arena.h"

struct cookie {
	struct bytes name, value; /* as sent, without blanks and quotes around; what has no '=' is a value without name */
};

/* The next pair of a Cookie field's value. False: none is left. */
bool cookie_next(struct bytes *rest, struct cookie *cookie);

/* What a Set-Cookie field's value sets; attributes are left out. */
struct cookie cookie_set(struct bytes value);

/* A name without the number at its end and what parts it from the name: of "nameC1", "name.0", "name-1", "name_2" and "name3" it
 * is "name". The name itself where it has no such end. */
struct bytes cookie_base(struct bytes name);

enum {
	COOKIE_CHUNKS_CAP = 32,
	COOKIE_CHUNK_LEAST = 1024, /* bytes; who parts a value fills every cookie but the last one */
};

/* Cookies that follow each other and are one value. */
struct cookie_chunks {
	struct cookie first;
	struct bytes pieces[COOKIE_CHUNKS_CAP];
	size_t n;
	struct bytes stem; /* of the last one's name: without its number */
	unsigned number;
};

/* Begins with this cookie. */
void cookie_chunks_begin(struct cookie_chunks *chunks, struct cookie cookie);

/* Adds the cookie if it goes on where the last one ended: the same name with the next number, counted from 0 or 1, after a name
 * without or with a number; the one before is long, or says "chunks-N" as those of ASP.NET do. */
bool cookie_chunks_add(struct cookie_chunks *chunks, struct cookie cookie);

/* What was begun and added: the cookie itself, or the base of the name and the value joined in `arena`; NULL data: refused. */
struct cookie cookie_chunks_join(const struct cookie_chunks *chunks, struct arena *arena);

#endif
