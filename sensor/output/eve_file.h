/* eve_file: where EVE's lines go: a file in a folder, the standard output, or nowhere. */
#ifndef STORMGLASS_OUTPUT_EVE_FILE_H
#define STORMGLASS_OUTPUT_EVE_FILE_H

#include <limits.h>
#include <sys/types.h>

#include "sensor/base/errors.h"
#include "sensor/output/eve.h"

struct eve_file {
	int fd;              /* -1: not open */
	char path[PATH_MAX]; /* "": no file of ours */
};

/* Makes the folder if it is missing, and gives what it made to a user; uid -1: keeps it. "-" and NULL need none. */
bool eve_file_make_folder(const char *dir, uid_t uid, gid_t gid, struct errors *errors);

/* `dir` NULL: nowhere; "-": standard output. An older file is added to when `append`, else replaced. */
bool eve_file_open(struct eve_file *file, const char *dir, const char *name, bool append, struct errors *errors);

/* Opens the file's path anew, for whoever moved it away, and lets `eve` go on there. No line is lost or cut: on an
 * error it goes on with the file it has. */
bool eve_file_reopen(struct eve_file *file, struct eve *eve, struct errors *errors);
void eve_file_close(struct eve_file *file);

#endif
