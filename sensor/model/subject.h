/* subject: what a rule looks at: the records of one event and who talked to whom. */
#ifndef STORMGLASS_MODEL_SUBJECT_H
#define STORMGLASS_MODEL_SUBJECT_H

#include "sensor/model/packet.h"
#include "sensor/model/record.h"

struct subject {
	const struct record *records[RECORD_KINDS]; /* NULL: not part of this event */
	struct address src, dst;                    /* client and server */
	uint16_t src_port, dst_port;
	bool final;                                 /* no more will be learnt: what is absent stays absent */
};

#endif
