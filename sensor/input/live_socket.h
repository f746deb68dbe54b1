/* live_socket: one AF_PACKET socket on one interface, with its ring: libpcap's, version 3 of packet(7)'s ring.
 *
 *   wire -> kernel: filter -> [block][block][block] ring -> live_socket
 *
 * The kernel hands over a block when it is full or `wait_ms` old. The socket outlives its interface's going down.
 * When the interface is deleted and one of its name is made, the same socket is bound to the new one: that needs no
 * privilege, a new socket would. Sockets of a fanout group cannot be bound again. */
#ifndef STORMGLASS_INPUT_LIVE_SOCKET_H
#define STORMGLASS_INPUT_LIVE_SOCKET_H

#include "sensor/base/errors.h"
#include "sensor/input/live.h"

struct live_socket;

enum live_socket_status {
	LIVE_SOCKET_FRAME,
	LIVE_SOCKET_NOTHING,
	LIVE_SOCKET_DOWN,  /* nothing, and the interface is down or gone; it is looked for again */
	LIVE_SOCKET_DEAD,  /* nothing will ever come: live_socket_error says why */
};

/* NULL with an error. Everything in `config` but the texts is copied; `name` is borrowed. */
struct live_socket *live_socket_open(const struct live_config *config, const char *name, struct errors *errors);

/* Shares the interface's packets with `first`, by flow; with itself only: begins a group. */
bool live_socket_join(struct live_socket *socket, struct live_socket *first, struct errors *errors);

/* Never waits. The frame's data is borrowed until the next call. */
enum live_socket_status live_socket_next(struct live_socket *socket, struct frame *frame);

const char *live_socket_error(const struct live_socket *socket);
const char *live_socket_name(const struct live_socket *socket);
int live_socket_fd(const struct live_socket *socket);

/* Adds what was counted since the last call. */
void live_socket_count(struct live_socket *socket, struct live_stats *stats);
void live_socket_close(struct live_socket *socket); /* NULL is fine */

#endif
