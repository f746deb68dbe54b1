/* tunnel: what the dissectors say of the tunnel a packet came in. The one place here that knows how they say it. */
#ifndef STORMGLASS_DOCTOR_TUNNEL_H
#define STORMGLASS_DOCTOR_TUNNEL_H

#include "sensor/model/packet.h"

struct tunnel {
	unsigned depth; /* 0: none */
	unsigned type;	/* for tunnel_name; the outermost */
	bool has_id;
	uint64_t id; /* VNI, key, session */
};

struct tunnel tunnel_of(const struct packet *packet);
const char *tunnel_name(unsigned type);

#endif
