/* tls_handshake: what handshake messages, sent in the clear or opened, say of a connection (RFC 8446 4, RFC 5246 7.4). */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_HANDSHAKE_H
#define STORMGLASS_DISSECTORS_APP_TLS_HANDSHAKE_H

#include "dissectors/app/tls_keys.h"

/* Takes the fragment of a handshake record by turn's side; what is wrong with it goes into the outbox. */
void tls_handshake_take(struct tls_turn *turn, struct bytes fragment, uint16_t record_version);

/* A ClientHello in SSLv2's form. */
void tls_handshake_take_v2(struct tls_turn *turn, struct bytes body);

#endif
