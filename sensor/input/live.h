/* live: packets of interfaces as they pass, of all of them one after the other by their time. Linux: packet(7)
 * through libpcap. What the kernel has handed over of each is merged; it hands over after config.wait_ms at the
 * latest, so frames of different sockets may be out of order by as much. */
#ifndef STORMGLASS_INPUT_LIVE_H
#define STORMGLASS_INPUT_LIVE_H

#include "sensor/base/errors.h"
#include "sensor/model/packet.h"

enum { LIVE_FANOUT_MAX = 64 };

struct live_config {
	const char *const *interfaces; /* names, borrowed until live_close */
	size_t n_interfaces;
	unsigned fanout;               /* sockets for each interface, flows dealt out among them by the kernel; 0 is 1 */
	uint64_t ring_len;             /* bytes of each socket's ring in the kernel; below 2 GiB */
	uint32_t snaplen;
	uint32_t wait_ms;              /* a packet waits this long at most for others to be handed over with */
	bool promiscuous;
	const char *filter;            /* pcap-filter(7); NULL: everything */
};

struct live_stats {
	uint64_t received;  /* passed the filter, dropped ones included */
	uint64_t dropped;   /* by the kernel: the ring was full */
	uint64_t ifdropped; /* by the interface or its driver */
	uint64_t n_down;    /* times an interface was found down or gone */
};

enum live_status {
	LIVE_FRAME,       /* *frame is filled */
	LIVE_NOTHING_YET, /* none within the time */
	LIVE_END,         /* no interface is left */
	LIVE_BAD,         /* one interface is given up, live_error says which and why; the others go on */
};

struct live;

/* Opens all; NULL with an error for each that cannot be. Needs CAP_NET_RAW; nothing afterwards needs any privilege. */
struct live *live_open(const struct live_config *config, struct errors *errors);

/* The next frame, waiting up to `timeout_ms` for one. frame->data is borrowed until the next call; frame->number is
 * left alone. An interface that is down or gone is waited for. */
enum live_status live_next(struct live *live, struct frame *frame, int timeout_ms);

/* For poll(): readable when live_next may have a frame. While an interface is down, call live_next now and then all
 * the same. */
int live_fd(const struct live *live);

/* What happened to an interface ("eth0: down"), once; NULL: nothing since the last call. */
const char *live_news(struct live *live);

const char *live_error(const struct live *live);        /* after LIVE_BAD */
const struct live_stats *live_stats(struct live *live); /* since live_open; asks the kernel */
void live_close(struct live *live);                     /* NULL is fine */

#endif
