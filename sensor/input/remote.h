/* remote: PCAP-over-IP. Any number of ends that are called, and of ports on which others call; every connection is a capture
 * of its own, whose frames are merged as they come. One that is slow or silent keeps nobody waiting.
 *
 * When there are as many connections as may be, one that has not yet sent the header of a capture makes room for the next,
 * the oldest first; if all have, the next is refused. Ends that vanish are found by TCP's keep-alive. */
#ifndef STORMGLASS_INPUT_REMOTE_H
#define STORMGLASS_INPUT_REMOTE_H

#include "sensor/input/inputs.h"

struct remote;

enum { REMOTE_DIALERS = 64, REMOTE_LISTENERS = 8, REMOTE_TEXT_LEN = 512 };

struct remote *remote_new(size_t clients, bool once, struct inputs_counts *counts); /* NULL: out of memory */
void remote_free(struct remote *remote);

bool remote_dial(struct remote *remote, const char *name, struct errors *errors);
bool remote_listen(struct remote *remote, const char *where, struct errors *errors);

/* As inputs_next; of an empty one DONE. */
enum inputs_status remote_next(struct remote *remote, struct frame *frame, int timeout_ms);

/* That the last frame, secrets or end came from, until the next call; NULL: none. */
const struct capture *remote_capture(const struct remote *remote);

/* As those of inputs. */
const char *remote_name(const struct remote *remote);
uint64_t remote_serial(const struct remote *remote);
const char *remote_text(const struct remote *remote); /* after END, the error or NULL; after NOTICE, the notice */

#endif
