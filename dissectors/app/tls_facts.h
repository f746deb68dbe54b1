/* tls_facts: what there is to say of a TLS connection, as a tls_record. Made when somebody asks: fingerprints and certificates
 * cost more than all the rest of a handshake. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_FACTS_H
#define STORMGLASS_DISSECTORS_APP_TLS_FACTS_H

#include "dissectors/app/tls_state.h"

/* The record; NULL: no memory. The same until tls_facts_stale or tls_facts_drop. */
const struct record *tls_facts_of(struct tls *tls);

void tls_facts_stale(struct tls *tls); /* more is known: make it anew */
void tls_facts_drop(struct tls *tls);

#endif
