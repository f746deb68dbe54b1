/* pcapng: the packets of a pcapng file (draft-ietf-opsawg-pcapng), over all its sections and interfaces. */
#ifndef STORMGLASS_INPUT_PCAPNG_H
#define STORMGLASS_INPUT_PCAPNG_H

#include "sensor/input/resolution.h"
#include "sensor/input/window.h"

enum { PCAPNG_INTERFACES = 8192 }; /* in a section */

struct pcapng_interface {
	struct resolution resolution;
	uint32_t snap_len;  /* 0: none */
	uint32_t link_type;
};

struct pcapng {
	bool big_endian;        /* of the section */
	uint32_t n_interfaces;  /* of the section */
	int64_t time_ns;        /* of the last packet that had one: simple packets have none */
	struct {
		uint64_t offset, left;
		uint32_t len;       /* 0: none */
	} passing;              /* the block that is being skipped, of which the input may have only a part yet */
	uint32_t secrets_left;  /* of it: bytes of a key log that are still to be handed out */
	struct capture_secrets secrets;
	struct pcapng_interface interfaces[PCAPNG_INTERFACES];
};

/* Does a file that starts with these four bytes hold pcapng? */
bool pcapng_is(struct bytes magic);

void pcapng_begin(struct pcapng *pcapng);

/* CAPTURE_SECRETS fills pcapng->secrets. */
enum capture_status pcapng_next(struct pcapng *pcapng, struct window *window, struct frame *frame);

#endif
