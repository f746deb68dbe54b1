#include "sensor/input/peek.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "sensor/input/capture.h"

static bool ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

bool peek_wanted(const char *name)
{
	return name[0] != '.' && !ends_in(name, ".part") && !ends_in(name, ".tmp");
}

bool peek_mark(int dir, const char *name, struct file_mark *mark)
{
	struct stat st;

	if (fstatat(dir, name, &st, 0) != 0 || !S_ISREG(st.st_mode))
		return false;
	mark->inode = st.st_ino;
	mark->size = (uint64_t)st.st_size;
	mark->mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	return true;
}

enum peek_kind peek_file(int dir, const char *name, int64_t *time_ns)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct capture *capture = fd < 0 ? NULL : capture_open_source(fd, name, CAPTURE_PEEK, NULL);
	enum peek_kind kind = PEEK_CAPTURE;
	enum capture_status status;
	struct frame frame;

	*time_ns = INT64_MIN;
	if (!capture)
		return PEEK_UNREADABLE;
	while ((status = capture_next(capture, &frame)) == CAPTURE_SECRETS)
		;
	if (status == CAPTURE_FRAME)
		*time_ns = frame.time_ns;
	else if (!capture_known(capture))
		kind = PEEK_OTHER;
	capture_close(capture);
	return kind;
}
