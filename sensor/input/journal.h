/* journal: which files of a followed folder were read, kept over restarts. A text file in a directory of its own:
 *
 *	stormglass follow 1 FOLDER
 *	INODE SIZE MTIME-NS NAME
 *
 * Names are escaped as in URLs. A line is appended and synced for each file that was read; the file is made anew, beside the
 * old one and renamed over it, when too many of its lines are of files that are gone. A line without its end is none. */
#ifndef STORMGLASS_INPUT_JOURNAL_H
#define STORMGLASS_INPUT_JOURNAL_H

#include <stddef.h>
#include <stdio.h>

#include "sensor/base/errors.h"
#include "sensor/input/peek.h"

enum { JOURNAL_NAME_LEN = 256 }; /* NAME_MAX and a NUL */

struct journal {
	int dir;           /* -1: nothing is kept */
	FILE *file;
	size_t n_lines;
};

/* Opens, and locks, the journal in `dir`, which is made if it is missing; `dir` NULL: keep nothing. False: `errors` says why,
 * e.g. that it is another folder's or another process's. */
bool journal_open(struct journal *journal, const char *dir, const char *folder, struct errors *errors);
void journal_close(struct journal *journal);

/* The lines that were there, one by one, before anything is written. False: that was all. */
bool journal_read(struct journal *journal, struct file_mark *mark, char name[JOURNAL_NAME_LEN]);

/* Remembers one more file, on the disk when it returns. False: errno says why not. */
bool journal_add(struct journal *journal, const struct file_mark *mark, const char *name);

/* Makes it anew: begin, journal_put for each file, commit. False: errno; the old one stays. */
bool journal_begin(struct journal *journal, const char *folder, FILE **file);
void journal_put(FILE *file, const struct file_mark *mark, const char *name);
bool journal_commit(struct journal *journal, FILE *file, size_t n_lines);

#endif
