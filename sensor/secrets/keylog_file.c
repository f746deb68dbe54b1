#include "sensor/secrets/keylog_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAKE_LEN = 4 << 20 }; /* at a call, of one that is followed */

enum file_news { NEWS_ERROR = 1, NEWS_APPEARED = 2, NEWS_TRUNCATED = 4, NEWS_REPLACED = 8, NEWS_JUNK = 16 };

/* strerror(3) has no word for what ENODEV stands for here. */
static const char *error_text(int error)
{
	return error == ENODEV ? "neither a file nor a pipe" : strerror(error);
}

/* Opens what is at `path` now in place of what was open. False: it cannot be, file->error says why, and what was open still is.
 * A pipe without `follow` waits for its writer. */
static bool open_path(struct keylog_file *file, bool follow)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (follow ? O_NONBLOCK : 0));
	struct stat st;
	int error = 0;

	if (fd < 0 || fstat(fd, &st) != 0)
		error = errno;
	else if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		error = S_ISDIR(st.st_mode) ? EISDIR : ENODEV;
	file->error = error;
	if (error) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (file->fd >= 0)
		close(file->fd);
	file->fd = fd;
	file->is_pipe = S_ISFIFO(st.st_mode);
	file->device = st.st_dev;
	file->inode = st.st_ino;
	file->offset = 0;
	return true;
}

static enum keylog_reader_status take(struct keylog_file *file, struct keylog_reader *reader, uint64_t number, uint64_t most)
{
	uint64_t len = most;
	enum keylog_reader_status status = keylog_reader_take(reader, file->fd, &file->keylog, number, &len);

	file->offset += len;
	if (status == KEYLOG_READER_END && file->is_pipe)
		keylog_reader_end(reader, &file->keylog, number);
	if (status == KEYLOG_READER_FAILED && file->error != errno) { /* it is tried again, but told once */
		file->error = errno;
		file->news |= NEWS_ERROR;
	}
	return status;
}

static bool has_only_junk(const struct keylog_counts *now, const struct keylog_counts *before)
{
	return now->junk > before->junk && now->secrets == before->secrets && now->refused == before->refused;
}

bool keylog_file_open(struct keylog_file *file, const char *path, bool follow, struct keylog_reader *reader,
    struct errors *errors)
{
	const struct keylog_counts before = reader->counts;

	*file = (struct keylog_file){ .path = path, .fd = -1, .keylog = { .origin = SECRET_OF_KEYLOG } };
	if (open_path(file, follow))
		(void)take(file, reader, 0, follow && file->is_pipe ? TAKE_LEN : UINT64_MAX);
	bool junk = has_only_junk(&reader->counts, &before);

	if (file->error)
		file->news |= NEWS_ERROR;
	if (junk)
		file->news |= NEWS_JUNK;
	if (follow && file->error != EISDIR)
		return true;
	if (file->error)
		errors_add(errors, path, 0, "cannot be read as a key log: %s", error_text(file->error));
	else
		keylog_reader_end(reader, &file->keylog, 0);
	junk = has_only_junk(&reader->counts, &before);
	if (junk)
		errors_add(errors, path, 0, "not a key log: there is no secret in it");
	return !file->error && !junk;
}

void keylog_file_close(struct keylog_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	secrets_wipe(file->keylog.line, sizeof file->keylog.line);
	file->fd = -1;
}

/* Whoever truncates it begins anew; the line that was begun is nobody's any more. */
static void look_for_truncation(struct keylog_file *file)
{
	struct stat st;

	if (file->is_pipe || fstat(file->fd, &st) != 0 || st.st_size < 0 || (uint64_t)st.st_size >= file->offset)
		return;
	if (lseek(file->fd, 0, SEEK_SET) != 0)
		return;
	file->offset = 0;
	file->news |= NEWS_TRUNCATED;
	secrets_wipe(file->keylog.line, sizeof file->keylog.line);
	file->keylog = (struct keylog){ .origin = SECRET_OF_KEYLOG };
}

/* Is there another file of this name than the one that is open? While there is none, its writer may still have the old one. */
static bool is_replaced(const struct keylog_file *file)
{
	struct stat st;

	return stat(file->path, &st) == 0 && (file->fd < 0 || st.st_dev != file->device || st.st_ino != file->inode);
}

/* True: another one is open. */
static bool look_for_another(struct keylog_file *file, struct keylog_reader *reader, uint64_t number)
{
	const bool was_open = file->fd >= 0;
	const int told = file->error;

	if (!is_replaced(file))
		return false;
	if (!open_path(file, true)) {
		if (file->error != told)
			file->news |= NEWS_ERROR;
		return false;
	}
	keylog_reader_end(reader, &file->keylog, number);
	file->news |= was_open ? NEWS_REPLACED : NEWS_APPEARED;
	return true;
}

void keylog_file_read(struct keylog_file *file, struct keylog_reader *reader, uint64_t number)
{
	if (file->fd >= 0) {
		look_for_truncation(file);
		if (take(file, reader, number, TAKE_LEN) == KEYLOG_READER_MORE)
			return;
	}
	if (look_for_another(file, reader, number))
		(void)take(file, reader, number, TAKE_LEN);
}

bool keylog_file_news(struct keylog_file *file, char *text, size_t len)
{
	static const struct {
		enum file_news news;
		const char *text;
	} all[] = {
		{ NEWS_APPEARED, "the key log is there now" },
		{ NEWS_TRUNCATED, "the key log was truncated: it is read anew" },
		{ NEWS_REPLACED, "the key log was replaced: the new one is read" },
		{ NEWS_JUNK, "there is no secret in it so far: is it a key log?" },
	};

	if (file->news & NEWS_ERROR) {
		file->news &= ~(unsigned)NEWS_ERROR;
		snprintf(text, len, "%s: cannot be read as a key log, but is waited for: %s", file->path, error_text(file->error));
		return true;
	}
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (!(file->news & all[i].news))
			continue;
		file->news &= ~(unsigned)all[i].news;
		snprintf(text, len, "%s: %s", file->path, all[i].text);
		return true;
	}
	return false;
}
