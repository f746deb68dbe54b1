#include "sensor/secrets/keylog_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { TAKE_LEN = 256 * 1024, BACKLOG = 16, ACCEPTED = 16 }; /* at a call: of each client; new clients */

struct client {
	int fd;
	uint64_t came;          /* it was the n-th */
	bool told;              /* a secret */
	struct keylog keylog;
};

struct keylog_socket {
	int fd;                 /* -1: not open */
	const char *path;
	dev_t device;           /* of `path`, to remove no other */
	ino_t inode;
	uint64_t n_came, n_refused;
	size_t n;
	struct client clients[KEYLOG_SOCKET_CLIENTS];
};

/* ---- opening ---- */

static bool address_of(struct sockaddr_un *address, const char *path, struct errors *errors)
{
	size_t len = strlen(path);

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (len == 0 || len >= sizeof address->sun_path) {
		errors_add(errors, path, 0, "a path of 1 to %zu bytes is wanted for a socket", sizeof address->sun_path - 1);
		return false;
	}
	memcpy(address->sun_path, path, len);
	return true;
}

/* Nobody answers at a socket whose process is gone. */
static bool is_answered(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool answered = fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno != ECONNREFUSED;

	if (fd >= 0)
		close(fd);
	return answered;
}

/* Removes a socket that was left over. False: something else is at its place. */
static bool make_place(const struct sockaddr_un *address, const char *path, struct errors *errors)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return true; /* binding says what else is wrong */
	if (!S_ISSOCK(st.st_mode))
		errors_add(errors, path, 0, "exists, and is no socket");
	else if (is_answered(address))
		errors_add(errors, path, 0, "another process listens there");
	else if (unlink(path) != 0)
		errors_add(errors, path, 0, "a socket of an earlier run cannot be removed: %s", strerror(errno));
	else
		return true;
	return false;
}

static bool bind_to(struct keylog_socket *sock, const struct sockaddr_un *address, uid_t uid, gid_t gid)
{
	mode_t mask = umask(0177); /* there is no moment at which it is open to others */
	bool bound = bind(sock->fd, (const struct sockaddr *)address, sizeof *address) == 0;
	int error = errno;
	struct stat st;

	umask(mask);
	errno = error;
	if (!bound || lstat(sock->path, &st) != 0)
		return false;
	sock->device = st.st_dev;
	sock->inode = st.st_ino;
	bool given = (uid == (uid_t)-1 && gid == (gid_t)-1) || lchown(sock->path, uid, gid) == 0;

	return given && listen(sock->fd, BACKLOG) == 0;
}

struct keylog_socket *keylog_socket_open(const char *path, uid_t uid, gid_t gid, struct errors *errors)
{
	struct keylog_socket *sock = NULL;
	struct sockaddr_un address;

	if (!address_of(&address, path, errors) || !make_place(&address, path, errors))
		return NULL;
	sock = calloc(1, sizeof *sock);
	if (!sock) {
		errors_add(errors, NULL, 0, "out of memory");
		return NULL;
	}
	sock->path = path;
	sock->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (sock->fd >= 0 && bind_to(sock, &address, uid, gid))
		return sock;
	errors_add(errors, path, 0, "cannot be listened on: %s", strerror(errno));
	keylog_socket_close(sock);
	return NULL;
}

static void client_close(struct client *client)
{
	close(client->fd);
	secrets_wipe(client, sizeof *client);
}

void keylog_socket_close(struct keylog_socket *sock)
{
	struct stat st;

	if (!sock)
		return;
	for (size_t i = 0; i < sock->n; i++)
		client_close(&sock->clients[i]);
	if (sock->fd >= 0)
		close(sock->fd);
	if (sock->inode && lstat(sock->path, &st) == 0 && st.st_dev == sock->device && st.st_ino == sock->inode)
		(void)unlink(sock->path);
	free(sock);
}

/* ---- clients come and go ---- */

static void client_drop(struct keylog_socket *sock, size_t i)
{
	client_close(&sock->clients[i]);
	sock->n--;
	if (i < sock->n)
		sock->clients[i] = sock->clients[sock->n];
	secrets_wipe(&sock->clients[sock->n], sizeof sock->clients[sock->n]);
}

/* False: everybody who is there has told a secret. */
static bool make_room(struct keylog_socket *sock)
{
	size_t oldest = sock->n;

	if (sock->n < KEYLOG_SOCKET_CLIENTS)
		return true;
	for (size_t i = 0; i < sock->n; i++)
		if (!sock->clients[i].told && (oldest == sock->n || sock->clients[i].came < sock->clients[oldest].came))
			oldest = i;
	sock->n_refused++;
	if (oldest == sock->n)
		return false;
	client_drop(sock, oldest);
	return true;
}

static void accept_all(struct keylog_socket *sock)
{
	int fd;

	for (int i = 0; i < ACCEPTED && (fd = accept4(sock->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0; i++) {
		if (!make_room(sock)) {
			close(fd);
			continue;
		}
		sock->clients[sock->n++] = (struct client){ .fd = fd, .came = ++sock->n_came, .keylog = { .origin = SECRET_OF_KEYLOG } };
	}
}

/* False: it has gone. */
static bool client_read(struct client *client, struct keylog_reader *reader, uint64_t number)
{
	uint64_t before = reader->counts.secrets, len = TAKE_LEN;
	enum keylog_reader_status status = keylog_reader_take(reader, client->fd, &client->keylog, number, &len);

	if (status == KEYLOG_READER_END || status == KEYLOG_READER_FAILED)
		keylog_reader_end(reader, &client->keylog, number);
	client->told |= reader->counts.secrets > before;
	return status == KEYLOG_READER_MORE || status == KEYLOG_READER_NOTHING;
}

void keylog_socket_read(struct keylog_socket *sock, struct keylog_reader *reader, uint64_t number)
{
	struct pollfd fds[1 + KEYLOG_SOCKET_CLIENTS] = { { .fd = sock->fd, .events = POLLIN } };
	size_t n = sock->n;

	for (size_t i = 0; i < n; i++)
		fds[1 + i] = (struct pollfd){ .fd = sock->clients[i].fd, .events = POLLIN };
	if (poll(fds, (nfds_t)(1 + n), 0) <= 0)
		return;
	for (size_t i = n; i-- > 0;) /* from the last: who is dropped is replaced by one who had his turn */
		if (fds[1 + i].revents && !client_read(&sock->clients[i], reader, number))
			client_drop(sock, i);
	if (fds[0].revents)
		accept_all(sock);
}

uint64_t keylog_socket_n_refused(const struct keylog_socket *sock)
{
	return sock->n_refused;
}
