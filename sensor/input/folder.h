/* folder: the files of a directory in the order of their first packets; names break ties. None of them is held open. */
#ifndef STORMGLASS_INPUT_FOLDER_H
#define STORMGLASS_INPUT_FOLDER_H

#include <stddef.h>

#include "sensor/input/peek.h"

enum { FOLDER_FILES = 1 << 20, FOLDER_DEPTH = 64 }; /* what is beyond them is counted as left out */

struct folder_file {
	char *path;
	int64_t time_ns;
	enum peek_kind kind;
	struct file_mark mark;
};

struct folder {
	struct folder_file *files;
	size_t n, at;
	uint64_t n_left_out;
};

/* Lists what is in `path`, with `recursive` also below it; symbolic links are followed to files, never to directories.
 * A directory that cannot be listed stands in the list itself, as PEEK_UNREADABLE. */
void folder_list(struct folder *folder, const char *path, bool recursive);

/* Or one by one, then sorted. */
void folder_add(struct folder *folder, const char *path, const struct folder_file *file); /* its `path` is not looked at */
void folder_sort(struct folder *folder);

/* The next file, borrowed; NULL: that was all. */
const struct folder_file *folder_next(struct folder *folder);

void folder_clear(struct folder *folder);

#endif
