/* inputs: all that frames come from, in the order in which it was named: files, pipes, folders; then, at the same time, the
 * connections of PCAP-over-IP. Or one folder that is followed. Whoever wants frames asks here and nowhere else.
 *
 * An input is a file, a pipe or a connection; each is a capture of its own. Reading a file that is one blocks; nothing else
 * does for longer than it is told, so that whoever asks can look at signals in between. */
#ifndef STORMGLASS_INPUT_INPUTS_H
#define STORMGLASS_INPUT_INPUTS_H

#include <stddef.h>

#include "sensor/base/errors.h"
#include "sensor/input/capture.h"

struct inputs;

struct inputs_options {
	char *const *names;       /* of -r: files, "-", folders, tcp://host:port; borrowed */
	size_t n_names;
	char *const *listen;      /* [address:]port; borrowed */
	size_t n_listen;
	bool recursive;           /* folders with what is below them */
	bool follow;              /* the one folder that is named, for ever */
	bool once;                /* connections: not called again; the listener is done when all that came have gone */
	const char *state_dir;    /* what was read of a followed folder, kept over restarts; NULL: nowhere */
	int64_t poll_ns;          /* how often a followed folder is looked at unasked */
	size_t clients;           /* connections at a time, at most INPUTS_CLIENTS */
};

enum { INPUTS_CLIENTS = 64 };

enum inputs_status {
	INPUTS_FRAME,   /* *frame is filled */
	INPUTS_SECRETS, /* inputs_secrets says which; *frame is left alone */
	INPUTS_WAIT,    /* nothing came within the timeout, or a signal did */
	INPUTS_END,     /* an input ended; inputs_error says what was wrong with it, if anything was */
	INPUTS_SKIPPED, /* a file of a folder is no capture; inputs_text says which */
	INPUTS_NOTICE,  /* inputs_text is something that a person should know */
	INPUTS_DONE,    /* of everything */
};

struct inputs_counts {
	uint64_t files, skipped, damaged;        /* damaged: inputs that could not be read to their end */
	uint64_t left_out;                       /* of folders: more files than are kept, names that are too long */
	uint64_t connections, refused, redials;  /* refused: there were too many; redials: connections called again */
};

/* Ports are bound and the state of a followed folder is opened here. NULL: `errors` says why. */
struct inputs *inputs_new(const struct inputs_options *options, struct errors *errors);
void inputs_free(struct inputs *inputs);

/* Before the first frame: where frames of files and pipes, which are read one at a time, lie from then on. */
void inputs_use(struct inputs *inputs, struct buffers *buffers);

/* Where the last frame lies, to be held; NULL: it is only lent. */
struct buffer *inputs_buffer(const struct inputs *inputs);

/* frame->data is borrowed until the next call, or for as long as inputs_buffer is held; frame->number is the caller's to count.
 * `timeout_ms` bounds every wait. */
enum inputs_status inputs_next(struct inputs *inputs, struct frame *frame, int timeout_ms);

/* After SECRETS. Pieces of several connections may come in turns. */
struct capture_secrets inputs_secrets(const struct inputs *inputs);

/* After FRAME and SECRETS: may (more) secrets come from that input? */
bool inputs_may_hold_secrets(const struct inputs *inputs);

/* After END: what the input gave is written and will not be lost. Only then a followed folder takes its file for read.
 * False: that could not be noted; errno. */
bool inputs_commit(struct inputs *inputs);

/* Of the last frame or end. inputs_name keeps its address, its text changes with inputs_serial, which counts up when it does. */
const char *inputs_name(const struct inputs *inputs);
uint64_t inputs_serial(const struct inputs *inputs);

const char *inputs_error(const struct inputs *inputs); /* after END; NULL: it was read to its end */
const char *inputs_text(const struct inputs *inputs);  /* after SKIPPED and NOTICE */

/* Of the file that is read: bytes read of bytes in all; 0 of 0 where nobody knows. */
uint64_t inputs_offset(const struct inputs *inputs);
uint64_t inputs_size(const struct inputs *inputs);

/* Will it go on until it is told to stop? */
bool inputs_endless(const struct inputs *inputs);

const struct inputs_counts *inputs_counts(const struct inputs *inputs);

#endif
