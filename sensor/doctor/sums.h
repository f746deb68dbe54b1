/* sums: the Internet checksum (RFC 1071) of a packet's transport, and what a wrong one tells of where it was
 * captured. */
#ifndef STORMGLASS_DOCTOR_SUMS_H
#define STORMGLASS_DOCTOR_SUMS_H

#include "sensor/model/packet.h"

enum sums {
	SUMS_NOT_ASKED, /* neither TCP nor UDP over IP, a fragment, cut, or UDP that sent none */
	SUMS_RIGHT,
	SUMS_PARTIAL, /* the sum of the pseudo header alone: left to the sender's network card */
	SUMS_ZERO,	  /* TCP: nobody filled it in */
	SUMS_WRONG,
	SUMS_ANSWERS
};

enum sums sums_of(const struct packet *packet);

#endif
