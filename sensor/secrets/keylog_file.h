/* keylog_file: a key log in a file or a pipe: read once, or followed while the file grows, is truncated (then it is read anew:
 * the store knows what it had) and is replaced by another of its name, and while writers of the pipe come and go. */
#ifndef STORMGLASS_SECRETS_KEYLOG_FILE_H
#define STORMGLASS_SECRETS_KEYLOG_FILE_H

#include <sys/types.h>

#include "sensor/base/errors.h"
#include "sensor/secrets/keylog_reader.h"

struct keylog_file {
	const char *path;
	int fd;               /* -1: it is not there, or may not be read */
	bool is_pipe;
	dev_t device;         /* of what is open */
	ino_t inode;
	uint64_t offset;      /* bytes read of it */
	int error;            /* why it cannot be opened, as was told */
	unsigned news;        /* bits, private */
	struct keylog keylog;
};

/* Opens it and reads what is there; of a pipe that is followed only a part. `path` is borrowed. False, with an error: it
 * cannot be read, or nothing in it is a secret. With `follow` only a directory is an error; the rest is news. */
bool keylog_file_open(struct keylog_file *file, const char *path, bool follow, struct keylog_reader *reader,
    struct errors *errors);
void keylog_file_close(struct keylog_file *file);

/* Of one that is followed: takes what came, a bounded part of it. Never waits. */
void keylog_file_read(struct keylog_file *file, struct keylog_reader *reader, uint64_t number);

/* The next news, written into `text`. False: there are none. */
bool keylog_file_news(struct keylog_file *file, char *text, size_t len);

#endif
