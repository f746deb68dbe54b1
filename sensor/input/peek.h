/* peek: what can be known of a file before it is read: which version of it this is, and when its first packet was. */
#ifndef STORMGLASS_INPUT_PEEK_H
#define STORMGLASS_INPUT_PEEK_H

#include <stdbool.h>
#include <stdint.h>

/* Tells versions of files apart, whatever they are called. */
struct file_mark {
	uint64_t inode, size;
	int64_t mtime_ns;
};

static inline bool file_mark_equal(const struct file_mark *a, const struct file_mark *b)
{
	return a->inode == b->inode && a->size == b->size && a->mtime_ns == b->mtime_ns;
}

enum peek_kind {
	PEEK_CAPTURE,
	PEEK_OTHER,      /* no capture by its first bytes; an empty file, too */
	PEEK_UNREADABLE,
};

/* Hidden files and those that are still written under another name are nobody's to read: ".x", "x.part", "x.tmp". */
bool peek_wanted(const char *name);

/* Of a regular file, or a symbolic link to one, below directory `dir` (an fd, or AT_FDCWD). False: it is none, or gone. */
bool peek_mark(int dir, const char *name, struct file_mark *mark);

/* *time_ns is that of the first packet; INT64_MIN where there is none. */
enum peek_kind peek_file(int dir, const char *name, int64_t *time_ns);

#endif
