#include "sensor/input/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "follow.state"
#define NAME_NEW "follow.state.new"
#define TITLE "stormglass follow 1 "

enum { LINE_LEN = 3 * PATH_MAX + 128 };

static void put_escaped(FILE *file, const char *name)
{
	for (const unsigned char *at = (const unsigned char *)name; *at; at++)
		if (*at <= ' ' || *at == '%' || *at == 0x7f)
			fprintf(file, "%%%02x", *at);
		else
			fputc(*at, file);
}

/* False: it does not fit, or an escape is none. */
static bool unescape(const char *text, char *name, size_t room)
{
	size_t n = 0;

	for (; *text; text++) {
		unsigned c = (unsigned char)*text;

		if (c == '%' && sscanf(text + 1, "%2x", &c) != 1)
			return false;
		if (*text == '%' && (!text[1] || !text[2]))
			return false;
		text += *text == '%' ? 2 : 0;
		if (n + 1 >= room || c == 0)
			return false;
		name[n++] = (char)c;
	}
	name[n] = '\0';
	return n != 0;
}

/* A whole line without its end. False: there is none any more. */
static bool read_line(FILE *file, char line[LINE_LEN])
{
	if (!fgets(line, LINE_LEN, file))
		return false;
	char *end = strchr(line, '\n');

	if (!end)
		return false; /* the machine stopped while it was written */
	*end = '\0';
	return true;
}

/* What is there must be of this folder. */
static bool check_title(struct journal *journal, const char *dir, const char *folder, struct errors *errors)
{
	char line[LINE_LEN], title[PATH_MAX];
	struct stat st;

	if (fstat(fileno(journal->file), &st) == 0 && st.st_size == 0)
		return true;
	if (!read_line(journal->file, line) || strncmp(line, TITLE, strlen(TITLE)) != 0 ||
	    !unescape(line + strlen(TITLE), title, sizeof title)) {
		errors_add(errors, NULL, 0, "%s/" NAME ": not a state of followed files", dir);
		return false;
	}
	if (strcmp(title, folder) == 0)
		return true;
	errors_add(errors, NULL, 0, "%s/" NAME " is the state of %s: give %s another folder for its state", dir, title, folder);
	return false;
}

bool journal_open(struct journal *journal, const char *dir, const char *folder, struct errors *errors)
{
	*journal = (struct journal){ .dir = -1 };
	if (!dir)
		return true;
	if (mkdir(dir, 0750) != 0 && errno != EEXIST) {
		errors_add(errors, NULL, 0, "%s: %s", dir, strerror(errno));
		return false;
	}
	journal->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = journal->dir < 0 ? -1 : openat(journal->dir, NAME, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);

	journal->file = fd < 0 ? NULL : fdopen(fd, "a+");
	if (!journal->file) {
		errors_add(errors, NULL, 0, "%s/" NAME ": %s", dir, strerror(errno));
		return false;
	}
	if (flock(journal->dir, LOCK_EX | LOCK_NB) != 0) {
		errors_add(errors, NULL, 0, "%s: another process keeps its state there", dir);
		return false;
	}
	rewind(journal->file);
	return check_title(journal, dir, folder, errors);
}

void journal_close(struct journal *journal)
{
	if (journal->file)
		fclose(journal->file);
	if (journal->dir >= 0)
		close(journal->dir);
	*journal = (struct journal){ .dir = -1 };
}

bool journal_read(struct journal *journal, struct file_mark *mark, char name[JOURNAL_NAME_LEN])
{
	char line[LINE_LEN];
	int at = 0;

	while (journal->file && read_line(journal->file, line)) {
		journal->n_lines++;
		if (sscanf(line, "%" SCNu64 " %" SCNu64 " %" SCNd64 " %n", &mark->inode, &mark->size, &mark->mtime_ns, &at) == 3 &&
		    at && unescape(line + at, name, JOURNAL_NAME_LEN))
			return true;
		at = 0;
	}
	return false;
}

void journal_put(FILE *file, const struct file_mark *mark, const char *name)
{
	fprintf(file, "%" PRIu64 " %" PRIu64 " %" PRId64 " ", mark->inode, mark->size, mark->mtime_ns);
	put_escaped(file, name);
	fputc('\n', file);
}

static bool on_disk(FILE *file)
{
	return fflush(file) == 0 && fdatasync(fileno(file)) == 0;
}

bool journal_add(struct journal *journal, const struct file_mark *mark, const char *name)
{
	if (!journal->file)
		return true;
	clearerr(journal->file);
	journal_put(journal->file, mark, name);
	journal->n_lines++;
	return on_disk(journal->file);
}

bool journal_begin(struct journal *journal, const char *folder, FILE **file)
{
	*file = NULL;
	if (journal->dir < 0)
		return false;
	int fd = openat(journal->dir, NAME_NEW, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0640);

	*file = fd < 0 ? NULL : fdopen(fd, "a+");
	if (!*file)
		return false;
	fputs(TITLE, *file);
	put_escaped(*file, folder);
	fputc('\n', *file);
	return true;
}

bool journal_commit(struct journal *journal, FILE *file, size_t n_lines)
{
	if (!on_disk(file) || renameat(journal->dir, NAME_NEW, journal->dir, NAME) != 0) {
		int error = errno;

		fclose(file);
		errno = error;
		return false;
	}
	(void)fsync(journal->dir);
	fclose(journal->file);
	journal->file = file;
	journal->n_lines = n_lines;
	return true;
}
