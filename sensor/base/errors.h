/* errors: what is wrong with arguments, configuration, rules or trust files: all of it, each with its place.
 * Set-up code adds and goes on to the next line; main prints the text and ends with status 1. */
#ifndef STORMGLASS_BASE_ERRORS_H
#define STORMGLASS_BASE_ERRORS_H

#include <stddef.h>

struct errors {
	char *text; /* lines "file:line: what\n", NUL-ended; NULL while there are none */
	size_t len;
	unsigned n;
};

/* Adds "place:line: message\n"; no ":line" for line 0, no place for NULL. At most 1,000 are kept, all are counted. */
__attribute__((format(printf, 4, 5)))
void errors_add(struct errors *errors, const char *place, unsigned line, const char *format, ...);
void errors_fini(struct errors *errors);

#endif
