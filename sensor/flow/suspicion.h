/* suspicion: what speaks against a segment before its stream takes it. Whoever injects segments makes them so that the sensor
 * reads them and the receiver does not (Ptacek and Newsham, "Insertion, Evasion, and Denial of Service", 1998): a wrong checksum,
 * too few hops to live, a stale timestamp, an acknowledgement of nothing. The stream holds such a segment back until the receiver
 * acknowledges its bytes or another copy of them comes (stream.h), so a wrong suspicion costs a delay and no byte. */
#ifndef STORMGLASS_FLOW_SUSPICION_H
#define STORMGLASS_FLOW_SUSPICION_H

#include "sensor/flow/flow.h"

/* Judges a TCP segment and notes what it shows of its sender. Once for each packet, before the stream sees it. */
enum suspicion suspicion_of(struct flow *flow, unsigned side, const struct packet *packet, struct stream_memory *memory);

/* Is a segment that would end or replace its connection to be believed? Notes nothing. */
bool suspicion_believes(const struct flow *flow, unsigned side, const struct packet *packet, const struct stream_memory *memory);

/* A copy that differs is no disagreement where its checksum says that the wire spoilt it. */
bool suspicion_explains(const struct flow *flow, unsigned side, const struct packet *packet, struct stream_memory *memory);

/* The packet before it of the same sender once more, be it under another VLAN or a hop later: a mirror of both directions of a
 * port. It brings nothing new. */
bool suspicion_is_duplicate(struct flow *flow, unsigned side, const struct packet *packet, struct stream_memory *memory);

#endif
