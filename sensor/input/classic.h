/* classic: the records of a classic pcap file (draft-ietf-opsawg-pcap) and of its variants. */
#ifndef STORMGLASS_INPUT_CLASSIC_H
#define STORMGLASS_INPUT_CLASSIC_H

#include "sensor/input/window.h"

/* Which of the two length fields of a record holds the captured length (see classic.c). */
enum classic_lengths { LENGTHS_STRAIGHT, LENGTHS_SWAPPED, LENGTHS_DOUBTFUL };

struct classic {
	bool big_endian;
	enum classic_lengths lengths;
	size_t record_len;     /* of a record's header */
	uint32_t unit_ns;      /* of its fraction of a second */
	uint32_t link_type;
};

/* Does a file that starts with these four bytes hold classic pcap? */
bool classic_is(struct bytes magic);

/* Reads the file header. CAPTURE_FRAME: records may follow. */
enum capture_status classic_begin(struct classic *classic, struct window *window);
enum capture_status classic_next(const struct classic *classic, struct window *window, struct frame *frame);

#endif
