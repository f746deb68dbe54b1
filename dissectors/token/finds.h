/* finds: the credentials of one message, gathered: those of listed places, then those only seen somewhere, each once. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_FINDS_H
#define STORMGLASS_DISSECTORS_TOKEN_FINDS_H

#include "dissectors/token/carriers.h"
#include "dissectors/token/places.h"

enum {
	FINDS_STRAY = 32,      /* seen somewhere, that are kept to be compared; more are only counted */
	FINDS_NAME_LEN = 64,   /* bytes of a name that are kept */
	FINDS_VALUE_LEAST = 40, /* bytes; no token is sought in what is shorter */
};

/* Where something stands. */
struct finds_place {
	const char *carrier;
	struct bytes name;   /* as sent, or as it was decoded; what becomes of it: finds_name */
	bool is_passing;     /* the name's bytes do not outlive the call: it is copied */
	bool fold;           /* it is kept in lower case */
};

struct finds {
	struct credential *out;
	size_t cap, n;
	struct arena *arena;
	const struct carriers_more *more; /* never NULL */
	size_t n_stray, n_stray_more;
	struct credential stray[FINDS_STRAY];
};

void finds_begin(struct finds *finds, struct credential *out, size_t cap, struct arena *arena, const struct carriers_more *more);

/* A credential that is complete. */
void finds_add(struct finds *finds, const struct credential *credential);

/* The value of a listed place, its encodings undone: one credential at most (rows that cut in more steps are the caller's), and
 * tokens within it that are not at its beginning. NULL data: the arena refused it; left out. */
void finds_listed(struct finds *finds, const struct finds_place *place, const struct places_row *row, struct bytes value);

/* The same of a value that was put into base64 once more. */
void finds_encoded(struct finds *finds, const struct finds_place *place, const struct places_row *row, struct bytes base64);

/* Tokens anywhere in a text (tokentext.h). */
void finds_search(struct finds *finds, const struct finds_place *place, struct bytes text, bool cut);

/* An Authorization value: never nothing, as before it may be empty. */
void finds_authorization(struct finds *finds, const struct finds_place *place, struct bytes value);

/* Adds what was only seen, but for secrets that are there already; returns how many credentials there are: of those that were not
 * kept only where `out` is full, for the first of what is returned are all there. */
size_t finds_end(struct finds *finds);

/* Is it one of these, the configured names? */
static inline bool finds_is_configured(const char *const *names, size_t n, struct bytes name, bool fold)
{
	for (size_t i = 0; i < n; i++)
		if (fold ? bytes_equal_fold(name, bytes_text(names[i])) : bytes_is(name, names[i]))
			return true;
	return false;
}

#endif
