/* keylog_socket: a unix stream socket that key logs are written to, by any number of clients one after the other and
 * KEYLOG_CLIENTS at a time. Each has its own line, and a bounded turn at every call: who is slow, silent or talks nonsense
 * holds up nobody. When all places are taken, who has not told a secret yet makes room for the next, the oldest first; if all
 * have, the next is refused. */
#ifndef STORMGLASS_SECRETS_KEYLOG_SOCKET_H
#define STORMGLASS_SECRETS_KEYLOG_SOCKET_H

#include <sys/types.h>

#include "sensor/base/errors.h"
#include "sensor/secrets/keylog_reader.h"

enum { KEYLOG_SOCKET_CLIENTS = 64 };

struct keylog_socket;

/* A socket that an earlier run left at `path`, which is borrowed, is replaced; anything else there is an error. Its mode is
 * 0600; it becomes `uid`'s and `gid`'s, where they are not -1. NULL, with an error. */
struct keylog_socket *keylog_socket_open(const char *path, uid_t uid, gid_t gid, struct errors *errors);
void keylog_socket_close(struct keylog_socket *socket); /* removes it, where that may be done; NULL is fine */

/* Takes what came. Never waits. */
void keylog_socket_read(struct keylog_socket *socket, struct keylog_reader *reader, uint64_t number);

/* Clients that were sent away for want of a place. */
uint64_t keylog_socket_n_refused(const struct keylog_socket *socket);

#endif
