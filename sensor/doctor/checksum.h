/* checksum: the Internet checksum (RFC 1071) of a packet's transport, and what a wrong one tells of where it was
 * captured. */
#ifndef STORMGLASS_DOCTOR_CHECKSUM_H
#define STORMGLASS_DOCTOR_CHECKSUM_H

#include "sensor/model/packet.h"

enum checksum {
	CHECKSUM_NOT_ASKED, /* neither TCP nor UDP over IP, a fragment, cut, or UDP that sent none */
	CHECKSUM_RIGHT,
	CHECKSUM_PARTIAL, /* the sum of the pseudo header alone: left to the sender's network card */
	CHECKSUM_ZERO,	  /* TCP: nobody filled it in */
	CHECKSUM_WRONG,
	CHECKSUM_ANSWERS
};

enum checksum checksum_of(const struct packet *packet);

#endif
