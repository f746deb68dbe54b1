/* tls_keys: finds the secrets of a connection and makes protections of them. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_KEYS_H
#define STORMGLASS_DISSECTORS_APP_TLS_KEYS_H

#include "dissectors/app/tls_state.h"

enum tls_found {
	TLS_FOUND,
	TLS_MISSING,     /* no secret */
	TLS_UNSUPPORTED, /* OpenSSL offers no such cipher, or there is no memory for it */
};

/* Is there anything to find, now or later? */
bool tls_keys_are_hopeless(const struct tls_env *env);

/* Is any secret known by the client's random? */
bool tls_keys_are_there(const struct tls_turn *turn);

/* Before TLS 1.3: makes turn->side->protection for the records behind its ChangeCipherSpec. */
enum tls_found tls_keys_of_master(struct tls_turn *turn);

/* TLS 1.3: what the records of `epoch` by turn's side are protected with under `suite`; `secret` is filled, to be wiped by the
 * caller. The protection is the caller's. A secret of another length than the suite's is MISSING. */
enum tls_found tls_keys_of_epoch(struct tls_turn *turn, enum tls_epoch epoch, const struct suite *suite, struct secret *secret,
    struct protection **protection);

/* TLS 1.3: the keys that follow a KeyUpdate (RFC 8446 7.2), of turn->side->secret, which is replaced with them only by
 * tls_keys_adopt. NULL: none. */
struct protection *tls_keys_next(struct tls_turn *turn, struct secret *secret);

/* TLS 1.3: there is no secret for an epoch that the next record may be of, though there is one for content. */
bool tls_keys_are_partial(const struct tls_turn *turn);

/* turn's side goes on with these. */
void tls_keys_adopt(struct tls_turn *turn, struct protection *protection, enum tls_epoch epoch, const struct secret *secret);

/* Notes the master secret under the session id and under the new ticket, for connections that resume this session. */
void tls_keys_remember(struct tls_turn *turn);

#endif
