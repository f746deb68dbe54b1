#include "sensor/output/eve_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* EVE shows who talked to whom about what: it is the owner's and the group's to read. */
enum { FOLDER_MODE = 0750, FILE_MODE = 0640 };

static bool is_folder(const char *dir)
{
	return dir && strcmp(dir, "-") != 0;
}

bool eve_file_make_folder(const char *dir, uid_t uid, gid_t gid, struct errors *errors)
{
	if (!is_folder(dir))
		return true;
	if (mkdir(dir, FOLDER_MODE) == 0) {
		/* one that was there is its owner's affair; a link that took this one's place meanwhile is not followed */
		if (uid == (uid_t)-1 || lchown(dir, uid, gid) == 0)
			return true;
	} else if (errno == EEXIST) {
		return true;
	}
	errors_add(errors, dir, 0, "%s", strerror(errno));
	return false;
}

static int open_path(const char *path, int how, struct errors *errors)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | how, FILE_MODE);

	if (fd < 0 && errno == EACCES && geteuid() != 0)
		errors_add(errors, path, 0, "%s for the user with id %u: chown it and its folder to that user", strerror(errno),
		    (unsigned)geteuid());
	else if (fd < 0)
		errors_add(errors, path, 0, "%s", strerror(errno));
	return fd;
}

bool eve_file_open(struct eve_file *file, const char *dir, const char *name, bool append, struct errors *errors)
{
	file->fd = -1;
	file->path[0] = '\0';
	if (!is_folder(dir)) {
		file->fd = dir ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0) : open("/dev/null", O_WRONLY | O_CLOEXEC);
		if (file->fd < 0)
			errors_add(errors, dir ? "standard output" : "/dev/null", 0, "%s", strerror(errno));
		return file->fd >= 0;
	}
	int len = snprintf(file->path, sizeof file->path, "%s/%s", dir, name);

	if (len < 0 || (size_t)len >= sizeof file->path) {
		errors_add(errors, dir, 0, "the name is too long");
		return false;
	}
	file->fd = open_path(file->path, append ? O_APPEND : O_TRUNC, errors);
	return file->fd >= 0;
}

bool eve_file_reopen(struct eve_file *file, struct eve *eve, struct errors *errors)
{
	if (!file->path[0])
		return true;
	int fd = open_path(file->path, O_APPEND, errors);

	if (fd < 0)
		return false;
	bool ok = eve_reopen(eve, fd);

	close(file->fd);
	file->fd = fd;
	return ok;
}

void eve_file_close(struct eve_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}
