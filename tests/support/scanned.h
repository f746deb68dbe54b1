/* scanned: what a credential says of itself, as one line of text. The credential's own memory is given back before anybody reads
 * the fields, so that a sanitizer sees what was not copied. */
#ifndef STORMGLASS_TESTS_SUPPORT_SCANNED_H
#define STORMGLASS_TESTS_SUPPORT_SCANNED_H

#include "dissectors/token/credential.h"

enum { SCANNED_LEN = 8192 };

/* "keyword=value keyword=value ..." of all fields that kinds_scan sets, in their order; texts of an array are joined by '|'; last
 * "subject=..." where there is one. `scheme` may be NULL: there is none. */
void scanned_line(enum credential_kind kind, const char *scheme, struct bytes secret, char line[SCANNED_LEN]);

/* The same of each case of a table; fails where a line is not what is wanted. */
struct scanned_case {
	const char *scheme, *secret, *want;
};

void scanned_check(enum credential_kind kind, const struct scanned_case *cases, size_t n);

/* Scans every prefix of the credential, and the whole with every amount of memory up to what it needs. Then it says what it does
 * with plenty. */
void scanned_abuse(enum credential_kind kind, const char *scheme, struct bytes secret);

#endif
