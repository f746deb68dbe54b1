/* tls_flight: the handshake messages of a connection that are kept, and where in them is what. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_FLIGHT_H
#define STORMGLASS_DISSECTORS_APP_TLS_FLIGHT_H

#include "sensor/base/budget.h"
#include "sensor/base/bytes.h"

enum { TLS_FLIGHT_CAP = 192 * 1024 };

/* Whole messages, one behind the other. Zeroed at first. */
struct tls_flight {
	uint8_t *data;
	uint32_t len, cap;
	uint32_t end_of_key_exchange; /* 0: there was none */
	bool cut;                /* something is missing */
};

/* Part of the flight. len 0: none. */
struct tls_part {
	uint32_t at, len;
};

/* Adds a message, and says where its bytes are; len 0: there was no room, and the flight is cut. */
struct tls_part tls_flight_add(struct tls_flight *flight, struct bytes message, struct budget *budget);

/* The part that `view`, within `message`, is of what was added as `part`. */
struct tls_part tls_flight_within(struct tls_part part, struct bytes message, struct bytes view);

struct bytes tls_flight_part(const struct tls_flight *flight, struct tls_part part);
void tls_flight_drop(struct tls_flight *flight, struct budget *budget);

#endif
