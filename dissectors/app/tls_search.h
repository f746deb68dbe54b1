/* tls_search: which record of which session is this? After lost bytes, a start midstream, or a secret that came late, only a tag
 * can tell: numbers, epochs, suites and sessions are tried within bounds. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_SEARCH_H
#define STORMGLASS_DISSECTORS_APP_TLS_SEARCH_H

#include "dissectors/app/tls_keys.h"

struct tls_opened {
	uint8_t type;
	size_t len;
	uint64_t n_missed;       /* records between the last that was read and this one, as far as that is known */
	uint64_t other_missed;   /* bytes in them that were no content */
	bool none_missed;        /* none of the content is missing */
};

/* The side's next epochs, each at its first record: what opens a record when keys changed. With it turn's side goes on.
 * `*missing`: a secret that could have was not there. */
bool tls_search_epochs(struct tls_turn *turn, const struct protected_record *record, uint8_t *out, struct tls_opened *opened,
    bool *missing);

/* The same, and any number that the bytes lost allow. */
bool tls_search_number(struct tls_turn *turn, const struct protected_record *record, uint8_t *out, struct tls_opened *opened,
    bool *missing);

/* A connection of TLS 1.3 without its handshake: any session that is known, newest first. Its other side is `joined` then. */
bool tls_search_session(struct tls_turn *turn, const struct protected_record *record, uint8_t *out, struct tls_opened *opened);

#endif
