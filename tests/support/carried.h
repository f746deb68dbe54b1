/* carried: what carriers_find finds in messages of a few texts. */
#ifndef STORMGLASS_TESTS_SUPPORT_CARRIED_H
#define STORMGLASS_TESTS_SUPPORT_CARRIED_H

#include "dissectors/token/carriers.h"
#include "tests/support/workspace.h"

/* {"alg":"HS256","typ":"JWT"} . {"sub":"test"} . test-signature */
#define CARRIED_HEADER "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
#define CARRIED_PAYLOAD "eyJzdWIiOiJ0ZXN0In0"
#define CARRIED_JWS CARRIED_HEADER "." CARRIED_PAYLOAD ".dGVzdC1zaWduYXR1cmU"
/* {"alg":"dir","enc":"A256GCM"} . . test-iv-test . test-text . test-tag */
#define CARRIED_JWE "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..dGVzdC1pdi10ZXN0.dGVzdC10ZXh0.dGVzdC10YWc"
#define CARRIED_OPAQUE "test-opaque-0123456789"

enum { CARRIED_CAP = 24 };

struct carried {
	struct workspace workspace;
	struct credential found[CARRIED_CAP];
	size_t n;
	const struct carriers_more *more;
};

void carried_init(struct carried *carried);
void carried_fini(struct carried *carried);

/* Each forgets what was found before. */
void carried_message(struct carried *carried, const struct http_message *message);
void carried_header(struct carried *carried, enum direction dir, const char *name, const char *value);
void carried_target(struct carried *carried, const char *target);
void carried_body(struct carried *carried, enum direction dir, enum http_content type, const char *content);
void carried_text(struct carried *carried, enum direction dir, const char *text); /* of a WebSocket */

/* Asserts that just this was found; kinds are told first. */
void carried_one(struct carried *carried, const char *carrier, const char *name, const char *secret, enum credential_kind kind);
void carried_none(const struct carried *carried);

/* The same of number `i`. */
void carried_is(struct carried *carried, size_t i, const char *carrier, const char *name, const char *secret);

#endif
