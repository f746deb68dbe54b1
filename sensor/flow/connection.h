/* connection: what SYN and RST mean for a TCP flow that is already followed. Either may be forged or stray, and then the ends
 * do not heed it (RFC 9293 3.10.7.4, RFC 5961 3 and 4): a sensor that did would lose the conversation from there on. */
#ifndef STORMGLASS_FLOW_CONNECTION_H
#define STORMGLASS_FLOW_CONNECTION_H

#include "sensor/flow/flow.h"

/* Does this packet begin another connection between the same ports (RFC 9293 3.6.1)? A SYN with another start does so where the
 * old one is over; else it is noted, and begins one once the server acknowledges it or the client goes on from there. */
bool connection_begins_anew(struct flow *flow, unsigned side, const struct packet *packet);

/* A connection that began anew with a packet after its SYN: the new flow learns of it from the old one. */
struct connection_start {
	bool known;
	uint8_t client;
	uint32_t base; /* of the client's stream */
};

struct connection_start connection_start_of(const struct flow *old);
void connection_adopt(struct flow *flow, const struct connection_start *start);

/* A SYN that is not the one that this stream began with: nothing of it is the stream's. */
bool connection_is_foreign_syn(const struct flow *flow, unsigned side, const struct packet *packet);

/* Could the receiver heed this RST, going by where the stream stands? */
bool connection_reset_fits(const struct flow *flow, unsigned side, const struct packet *packet);

/* Every direction that was seen came to its FIN. */
bool connection_is_over(const struct flow *flow);

#endif
