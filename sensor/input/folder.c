#include "sensor/input/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void folder_add(struct folder *folder, const char *path, const struct folder_file *file)
{
	if (folder->n % 256 == 0) {
		struct folder_file *grown = NULL;

		if (folder->n < FOLDER_FILES)
			grown = realloc(folder->files, (folder->n + 256) * sizeof *grown);
		if (!grown) {
			folder->n_left_out++;
			return;
		}
		folder->files = grown;
	}
	folder->files[folder->n] = *file;
	folder->files[folder->n].path = strdup(path);
	if (folder->files[folder->n].path)
		folder->n++;
	else
		folder->n_left_out++;
}

static int by_time(const void *a, const void *b)
{
	const struct folder_file *left = a, *right = b;

	if (left->time_ns != right->time_ns)
		return left->time_ns < right->time_ns ? -1 : 1;
	return strcmp(left->path, right->path);
}

void folder_sort(struct folder *folder)
{
	if (folder->n > 1)
		qsort(folder->files, folder->n, sizeof *folder->files, by_time);
}

static void folder_unreadable(struct folder *folder, const char *path)
{
	const struct folder_file file = { .time_ns = INT64_MIN, .kind = PEEK_UNREADABLE };

	folder_add(folder, path, &file);
}

static void folder_walk(struct folder *folder, const char *path, bool recursive, unsigned depth);

static void folder_entry(struct folder *folder, int dir, const char *path, const char *name, bool recursive, unsigned depth)
{
	struct folder_file file = { .time_ns = INT64_MIN };
	char whole[PATH_MAX];
	struct stat st;
	bool bare = path[0] && path[strlen(path) - 1] != '/';
	int len = snprintf(whole, sizeof whole, "%s%s%s", path, bare ? "/" : "", name);

	if (!peek_wanted(name) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	if (len < 0 || (size_t)len >= sizeof whole) {
		folder->n_left_out++;
	} else if (S_ISDIR(st.st_mode)) {
		if (recursive)
			folder_walk(folder, whole, true, depth + 1);
	} else if (peek_mark(dir, name, &file.mark)) {
		file.kind = peek_file(dir, name, &file.time_ns);
		folder_add(folder, whole, &file);
	}
}

static void folder_walk(struct folder *folder, const char *path, bool recursive, unsigned depth)
{
	DIR *dir = depth < FOLDER_DEPTH ? opendir(path) : NULL;
	const struct dirent *entry;

	if (!dir) {
		folder_unreadable(folder, path);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		folder_entry(folder, dirfd(dir), path, entry->d_name, recursive, depth);
	closedir(dir);
}

void folder_list(struct folder *folder, const char *path, bool recursive)
{
	folder_walk(folder, path, recursive, 0);
	folder_sort(folder);
}

const struct folder_file *folder_next(struct folder *folder)
{
	return folder->at < folder->n ? &folder->files[folder->at++] : NULL;
}

void folder_clear(struct folder *folder)
{
	for (size_t i = 0; i < folder->n; i++)
		free(folder->files[i].path);
	free(folder->files);
	*folder = (struct folder){ 0 };
}
