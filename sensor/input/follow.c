#include "sensor/input/follow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LINES_SPARE = 1000, EVENTS_LEN = 64 * 1024 };

enum file_state {
	FILE_NEW,     /* perhaps still written */
	FILE_HANDED,  /* handed on in this run: queued, being read, or no capture */
	FILE_DONE,
};

struct known_file {
	char *name;
	struct file_mark mark;
	enum file_state state;
	int64_t since_ms;  /* it had this mark */
	bool closed;       /* after writing, or moved in: inotify said so */
	bool seen;         /* by the look that is being taken */
};

struct follow {
	char *folder;             /* its real path */
	struct known_file *files; /* by name */
	size_t n, room;
	struct folder queue;
	const struct folder_file *handed;
	struct journal journal;
	int notify, watch;        /* inotify; -1: none */
	bool looked;              /* at least once */
	int64_t poll_ms, next_ms; /* next_ms: of the next look */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the files that are known, by name ---- */

static size_t place_of(const struct follow *follow, const char *name)
{
	size_t low = 0, high = follow->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(follow->files[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct known_file *find(const struct follow *follow, const char *name)
{
	size_t at = place_of(follow, name);

	return at < follow->n && strcmp(follow->files[at].name, name) == 0 ? &follow->files[at] : NULL;
}

/* The file of this name, new if it was not known. NULL: no room; it is seen again at the next look. */
static struct known_file *know(struct follow *follow, const char *name)
{
	struct known_file *file = find(follow, name);
	size_t at = place_of(follow, name);

	if (file || follow->n == FOLDER_FILES)
		return file;
	if (follow->n == follow->room) {
		size_t room = follow->room ? 2 * follow->room : 64;
		struct known_file *grown = realloc(follow->files, room * sizeof *grown);

		if (!grown)
			return NULL;
		follow->files = grown;
		follow->room = room;
	}
	char *copy = strdup(name);

	if (!copy)
		return NULL;
	file = &follow->files[at];
	memmove(file + 1, file, (follow->n - at) * sizeof *file);
	*file = (struct known_file){ .name = copy };
	follow->n++;
	return file;
}

/* Files that are gone are forgotten. */
static void forget_unseen(struct follow *follow)
{
	size_t kept = 0;

	for (size_t i = 0; i < follow->n; i++) {
		if (follow->files[i].seen)
			follow->files[kept++] = follow->files[i];
		else
			free(follow->files[i].name);
	}
	follow->n = kept;
}

static bool was_read(const struct follow *follow, const struct file_mark *mark)
{
	for (size_t i = 0; i < follow->n; i++)
		if (follow->files[i].state == FILE_DONE && file_mark_equal(&follow->files[i].mark, mark))
			return true;
	return false;
}

/* ---- is it finished? ---- */

/* A lease to read is granted while nobody writes. Should somebody begin to at this moment, the signal is one nobody notices. */
static bool lease_says(int fd, bool *written)
{
	if (fcntl(fd, F_SETSIG, SIGURG) == 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
		(void)fcntl(fd, F_SETLEASE, F_UNLCK);
		*written = false;
		return true;
	}
	*written = errno == EAGAIN;
	return *written;
}

static bool is_finished(const struct follow *follow, int dir, const struct known_file *file)
{
	int fd = openat(dir, file->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool written = false, said = fd >= 0 && lease_says(fd, &written);

	if (fd >= 0)
		close(fd);
	if (said)
		return !written;
	return file->closed || now_ms() - file->since_ms >= follow->poll_ms;
}

/* ---- a look at the folder ---- */

static void hand_on(struct follow *follow, int dir, struct known_file *file)
{
	struct folder_file found = { .mark = file->mark };
	char path[PATH_MAX];
	int len = snprintf(path, sizeof path, "%s/%s", follow->folder, file->name);

	if (len < 0 || (size_t)len >= sizeof path)
		return;
	found.kind = peek_file(dir, file->name, &found.time_ns);
	folder_add(&follow->queue, path, &found);
	file->state = FILE_HANDED;
	file->closed = false; /* until it is closed again */
}

static void look_at(struct follow *follow, int dir, const char *name)
{
	struct file_mark mark;

	if (!peek_wanted(name) || !peek_mark(dir, name, &mark))
		return;
	struct known_file *file = know(follow, name);

	if (!file)
		return;
	file->seen = true;
	if (!file_mark_equal(&file->mark, &mark)) {
		bool renamed = was_read(follow, &mark);

		file->mark = mark;
		file->state = renamed ? FILE_DONE : FILE_NEW;
		file->since_ms = now_ms();
		if (renamed)
			(void)journal_add(&follow->journal, &mark, name);
	}
	if (file->state == FILE_NEW && is_finished(follow, dir, file))
		hand_on(follow, dir, file);
}

/* The journal anew, of the files that are still there. */
static void tidy(struct follow *follow)
{
	size_t n = 0;
	FILE *file;

	if (!journal_begin(&follow->journal, follow->folder, &file))
		return;
	for (size_t i = 0; i < follow->n; i++) {
		if (follow->files[i].state == FILE_DONE) {
			journal_put(file, &follow->files[i].mark, follow->files[i].name);
			n++;
		}
	}
	(void)journal_commit(&follow->journal, file, n);
}

static void watch(struct follow *follow)
{
	if (follow->notify >= 0 && follow->watch < 0)
		follow->watch = inotify_add_watch(follow->notify, follow->folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR);
}

/* A folder that cannot be listed for a while keeps what is known of it. */
static void look(struct follow *follow)
{
	watch(follow); /* before the look, so that nothing falls between */
	DIR *dir = opendir(follow->folder);
	const struct dirent *entry;

	follow->next_ms = now_ms() + follow->poll_ms;
	folder_clear(&follow->queue);
	follow->handed = NULL;
	if (!dir)
		return;
	for (size_t i = 0; i < follow->n; i++)
		follow->files[i].seen = false;
	errno = 0;
	while ((entry = readdir(dir)) != NULL)
		look_at(follow, dirfd(dir), entry->d_name);
	closedir(dir);
	forget_unseen(follow);
	if (!follow->looked || follow->journal.n_lines > 2 * follow->n + LINES_SPARE)
		tidy(follow);
	follow->looked = true;
	folder_sort(&follow->queue);
}

/* ---- what inotify reports ---- */

/* True: something that is worth a look. */
static bool take_event(struct follow *follow, const struct inotify_event *event)
{
	if (event->mask & IN_IGNORED) {
		follow->watch = -1; /* the folder is gone, perhaps to come back */
		return true;
	}
	if (!event->len)
		return (event->mask & IN_Q_OVERFLOW) != 0;
	if (!peek_wanted(event->name))
		return false;
	struct known_file *file = know(follow, event->name);

	if (file)
		file->closed = true;
	return true;
}

static bool take_events(struct follow *follow)
{
	_Alignas(struct inotify_event) char events[EVENTS_LEN];
	bool worth = false;
	ssize_t len;

	while ((len = read(follow->notify, events, sizeof events)) > 0) {
		for (char *at = events; at < events + len;) {
			const struct inotify_event *event = (const struct inotify_event *)(void *)at;

			worth |= take_event(follow, event);
			at += sizeof *event + event->len;
		}
	}
	return worth;
}

/* ---- the outside ---- */

/* The journal in the folder itself would be a file that changes for ever. */
static bool apart(const char *folder, const char *state_dir, struct errors *errors)
{
	struct stat a, b;

	if (!state_dir || stat(folder, &a) != 0 || stat(state_dir, &b) != 0 || a.st_dev != b.st_dev || a.st_ino != b.st_ino)
		return true;
	errors_add(errors, NULL, 0, "%s: the state of a followed folder cannot be in it", state_dir);
	return false;
}

static void load(struct follow *follow)
{
	char name[JOURNAL_NAME_LEN];
	struct file_mark mark;

	while (journal_read(&follow->journal, &mark, name)) {
		struct known_file *file = know(follow, name);

		if (file) {
			file->mark = mark;
			file->state = FILE_DONE;
		}
	}
	tidy(follow);
}

struct follow *follow_new(const char *folder, const char *state_dir, int64_t poll_ms, struct errors *errors)
{
	struct follow *follow = calloc(1, sizeof *follow);

	if (!follow)
		return NULL;
	follow->notify = follow->watch = follow->journal.dir = -1;
	follow->poll_ms = poll_ms > 0 ? poll_ms : 1;
	follow->folder = realpath(folder, NULL);
	if (!follow->folder) {
		errors_add(errors, NULL, 0, "%s: %s", folder, strerror(errno));
		follow_free(follow);
		return NULL;
	}
	if (!apart(folder, state_dir, errors) || !journal_open(&follow->journal, state_dir, follow->folder, errors)) {
		follow_free(follow);
		return NULL;
	}
	load(follow);
	follow->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC); /* without it every look is by the clock */
	return follow;
}

void follow_free(struct follow *follow)
{
	if (!follow)
		return;
	if (follow->notify >= 0)
		close(follow->notify);
	journal_close(&follow->journal);
	folder_clear(&follow->queue);
	for (size_t i = 0; i < follow->n; i++)
		free(follow->files[i].name);
	free(follow->files);
	free(follow->folder);
	free(follow);
}

static bool handed(struct follow *follow, const struct folder_file **file)
{
	*file = follow->handed = folder_next(&follow->queue);
	return *file != NULL;
}

enum follow_status follow_next(struct follow *follow, int timeout_ms, const struct folder_file **file)
{
	struct pollfd report = { .fd = follow->notify, .events = POLLIN };

	if (handed(follow, file))
		return FOLLOW_FILE;
	int64_t wait_ms = follow->next_ms - now_ms();

	if (wait_ms > 0) {
		int n = poll(&report, 1, wait_ms < timeout_ms ? (int)wait_ms : timeout_ms);

		if ((n > 0 && take_events(follow)) || now_ms() >= follow->next_ms)
			wait_ms = 0;
	}
	if (wait_ms <= 0)
		look(follow);
	return handed(follow, file) ? FOLLOW_FILE : FOLLOW_WAIT;
}

bool follow_done(struct follow *follow)
{
	if (!follow->handed)
		return true;
	struct known_file *file = find(follow, strrchr(follow->handed->path, '/') + 1);

	/* Not if it has changed since: then it is another file, and read again. */
	if (file && file->state == FILE_HANDED && file_mark_equal(&file->mark, &follow->handed->mark))
		file->state = FILE_DONE;
	return !file || journal_add(&follow->journal, &follow->handed->mark, file->name);
}
