/* tls_probe: could a stream start like this, and is it TLS? */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_PROBE_H
#define STORMGLASS_DISSECTORS_APP_TLS_PROBE_H

#include "dissectors/app/dissector.h"

/* See struct dissector. A handshake from its start or from the middle, or protected records. Pure. */
enum verdict tls_probe(const struct chunk *first);

#endif
