/* wire: what frames tell by themselves: their times, lengths, link layers, VLANs, tunnels. */
#ifndef STORMGLASS_DOCTOR_WIRE_H
#define STORMGLASS_DOCTOR_WIRE_H

#include "sensor/doctor/tally.h"

struct wire {
	bool has_time;	 /* a frame of this input was seen ... */
	int64_t time_ns; /* ... and the last one's time */
};

/* Another input begins: its times need not follow the last one's. */
void wire_input(struct wire *wire);
void wire_frame(struct wire *wire, const struct frame *frame, const struct packet *packet, enum net_status status,
    struct tally *tally);

#endif
