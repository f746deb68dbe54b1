#include "sensor/input/inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/input/follow.h"
#include "sensor/input/remote.h"

#define SCHEME "tcp://"

enum { TEXT_LEN = PATH_MAX + 256 };

struct inputs {
	struct inputs_options options;
	size_t at;                  /* of options.names */
	struct folder folder;       /* the one that is read */
	struct follow *follow;
	struct remote *remote;      /* NULL: no connections */
	bool remote_last;           /* the last frame or end was a connection's */

	struct buffers *buffers; /* of files and pipes; NULL: their own */
	struct capture *capture;    /* the file that is read, or NULL */
	bool over;                  /* it has ended */
	int fd;                     /* the capture's */
	uint64_t size, serial;
	char name[PATH_MAX];
	char text[TEXT_LEN];
	bool has_text;
	struct inputs_counts counts;
};

/* ---- setting up ---- */

static bool is_folder(const char *name)
{
	struct stat st;

	return strcmp(name, "-") != 0 && stat(name, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_remote(const char *name)
{
	return strncmp(name, SCHEME, strlen(SCHEME)) == 0;
}

static bool inputs_follow(struct inputs *inputs, struct errors *errors)
{
	const struct inputs_options *options = &inputs->options;

	if (options->n_names != 1 || options->n_listen || options->recursive || is_remote(options->names[0])) {
		errors_add(errors, NULL, 0, "--follow: exactly one -r FOLDER is wanted, without --recursive and --listen-pcap");
		return false;
	}
	if (!is_folder(options->names[0])) {
		errors_add(errors, NULL, 0, "--follow: %s is no folder", options->names[0]);
		return false;
	}
	inputs->follow = follow_new(options->names[0], options->state_dir, options->poll_ns / 1000000, errors);
	return inputs->follow != NULL;
}

static bool inputs_remote(struct inputs *inputs, struct errors *errors)
{
	const struct inputs_options *options = &inputs->options;
	bool good = true;

	inputs->remote = remote_new(options->clients, options->once, &inputs->counts);
	if (!inputs->remote)
		return false;
	for (size_t i = 0; i < options->n_names; i++)
		good = (!is_remote(options->names[i]) || remote_dial(inputs->remote, options->names[i], errors)) && good;
	for (size_t i = 0; i < options->n_listen; i++)
		good = remote_listen(inputs->remote, options->listen[i], errors) && good;
	return good;
}

struct inputs *inputs_new(const struct inputs_options *options, struct errors *errors)
{
	struct inputs *inputs = calloc(1, sizeof *inputs);
	bool remote = options->n_listen != 0;

	if (!inputs)
		return NULL;
	inputs->options = *options;
	for (size_t i = 0; i < options->n_names; i++)
		remote |= is_remote(options->names[i]);
	if (options->follow ? inputs_follow(inputs, errors) : !remote || inputs_remote(inputs, errors))
		return inputs;
	inputs_free(inputs);
	return NULL;
}

static void inputs_close(struct inputs *inputs)
{
	capture_close(inputs->capture);
	inputs->capture = NULL;
	inputs->over = false;
	inputs->has_text = false;
}

void inputs_free(struct inputs *inputs)
{
	if (!inputs)
		return;
	inputs_close(inputs);
	folder_clear(&inputs->folder);
	follow_free(inputs->follow);
	remote_free(inputs->remote);
	free(inputs);
}

void inputs_use(struct inputs *inputs, struct buffers *buffers)
{
	inputs->buffers = buffers;
}

struct buffer *inputs_buffer(const struct inputs *inputs)
{
	return inputs->remote_last || !inputs->capture ? NULL : capture_buffer(inputs->capture);
}

bool inputs_endless(const struct inputs *inputs)
{
	return inputs->follow || (inputs->remote && !inputs->options.once);
}

/* ---- files ---- */

static void inputs_named(struct inputs *inputs, const char *name)
{
	inputs->serial++;
	snprintf(inputs->name, sizeof inputs->name, "%s", name);
}

static enum inputs_status inputs_bad(struct inputs *inputs, const char *why)
{
	inputs->counts.damaged++;
	inputs->has_text = true;
	snprintf(inputs->text, sizeof inputs->text, "%s: %s", inputs->name, why);
	return INPUTS_END;
}

/* FRAME: it is open and may be read. */
static enum inputs_status inputs_open(struct inputs *inputs, const char *name)
{
	struct stat st;

	inputs_named(inputs, name);
	inputs->counts.files++;
	inputs->size = 0;
	inputs->fd = strcmp(name, "-") == 0 ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);
	if (inputs->fd < 0)
		return inputs_bad(inputs, strerror(errno));
	bool plain = fstat(inputs->fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));

	if (plain && st.st_size > 0)
		inputs->size = (uint64_t)st.st_size;
	inputs->capture = capture_open_source(inputs->fd, name, plain ? CAPTURE_FILE : CAPTURE_PIPE, inputs->buffers);
	return inputs->capture ? INPUTS_FRAME : inputs_bad(inputs, "out of memory");
}

/* A file of a folder. */
static enum inputs_status inputs_found(struct inputs *inputs, const struct folder_file *file)
{
	if (file->kind != PEEK_OTHER)
		return inputs_open(inputs, file->path);
	inputs->counts.skipped++;
	inputs->has_text = true;
	snprintf(inputs->text, sizeof inputs->text, "%s: no capture, skipped", file->path);
	return INPUTS_SKIPPED;
}

/* True: its files may be read now. False: something was left out, which inputs_text says. */
static bool inputs_list(struct inputs *inputs, const char *name)
{
	folder_clear(&inputs->folder);
	folder_list(&inputs->folder, name, inputs->options.recursive);
	inputs->counts.left_out += inputs->folder.n_left_out;
	if (!inputs->folder.n_left_out)
		return true;
	inputs_named(inputs, name);
	(void)inputs_bad(inputs, "too many files, or too long names: some are left out");
	return false;
}

/* The next file is opened. DONE: there is none any more. */
static enum inputs_status inputs_advance(struct inputs *inputs)
{
	const struct folder_file *file = folder_next(&inputs->folder);

	if (file)
		return inputs_found(inputs, file);
	while (inputs->at < inputs->options.n_names) {
		const char *name = inputs->options.names[inputs->at++];

		if (is_remote(name))
			continue;
		if (!is_folder(name))
			return inputs_open(inputs, name);
		if (!inputs_list(inputs, name))
			return INPUTS_END;
		file = folder_next(&inputs->folder);
		if (file)
			return inputs_found(inputs, file);
	}
	return INPUTS_DONE;
}

/* The file that is read has no frame at once: it ended, or it is a pipe that is waited for. Apart, as it is rare: the way of
 * each frame stays short. */
__attribute__((noinline)) static enum inputs_status inputs_pause(struct inputs *inputs, enum capture_status status,
    int timeout_ms)
{
	struct pollfd ready = { .fd = inputs->fd, .events = POLLIN };

	if (status == CAPTURE_SECRETS)
		return INPUTS_SECRETS;
	if (status == CAPTURE_MORE) {
		(void)poll(&ready, 1, timeout_ms);
		return INPUTS_WAIT;
	}
	inputs->over = true;
	if (status == CAPTURE_BAD) {
		inputs->counts.damaged++;
		inputs->has_text = true;
		snprintf(inputs->text, sizeof inputs->text, "%s", capture_error(inputs->capture));
	}
	return INPUTS_END;
}

/* ---- all of them ---- */

static enum inputs_status inputs_followed(struct inputs *inputs, int timeout_ms)
{
	const struct folder_file *file;

	if (follow_next(inputs->follow, timeout_ms, &file) == FOLLOW_WAIT)
		return INPUTS_WAIT;
	return inputs_found(inputs, file);
}

static enum inputs_status inputs_elsewhere(struct inputs *inputs, struct frame *frame, int timeout_ms)
{
	if (!inputs->remote)
		return INPUTS_DONE;
	enum inputs_status status = remote_next(inputs->remote, frame, timeout_ms);

	inputs->remote_last = true;
	return status;
}

static enum inputs_status inputs_of_capture(struct inputs *inputs, struct frame *frame, int timeout_ms)
{
	enum capture_status got = capture_next(inputs->capture, frame);

	return got == CAPTURE_FRAME ? INPUTS_FRAME : inputs_pause(inputs, got, timeout_ms);
}

/* No capture is being read: on to the next, or to what comes over connections. */
__attribute__((noinline)) static enum inputs_status inputs_go_on(struct inputs *inputs, struct frame *frame, int timeout_ms)
{
	if (inputs->remote_last)
		return inputs_elsewhere(inputs, frame, timeout_ms);
	inputs_close(inputs);
	enum inputs_status status = inputs->follow ? inputs_followed(inputs, timeout_ms) : inputs_advance(inputs);

	if (status == INPUTS_DONE)
		return inputs_elsewhere(inputs, frame, timeout_ms);
	return status == INPUTS_FRAME ? inputs_of_capture(inputs, frame, timeout_ms) : status;
}

enum inputs_status inputs_next(struct inputs *inputs, struct frame *frame, int timeout_ms)
{
	if (inputs->remote_last || !inputs->capture || inputs->over)
		return inputs_go_on(inputs, frame, timeout_ms);
	return inputs_of_capture(inputs, frame, timeout_ms);
}

/* The capture that the last frame or the last secrets are of; NULL: none is open. */
static const struct capture *inputs_capture(const struct inputs *inputs)
{
	return inputs->remote_last ? remote_capture(inputs->remote) : inputs->capture;
}

struct capture_secrets inputs_secrets(const struct inputs *inputs)
{
	const struct capture_secrets none = { .last = true };
	const struct capture *capture = inputs_capture(inputs);

	return capture ? capture_secrets(capture) : none;
}

bool inputs_may_hold_secrets(const struct inputs *inputs)
{
	const struct capture *capture = inputs_capture(inputs);

	return capture && capture_may_hold_secrets(capture);
}

bool inputs_commit(struct inputs *inputs)
{
	return !inputs->follow || !inputs->over || follow_done(inputs->follow);
}

const char *inputs_name(const struct inputs *inputs)
{
	return inputs->remote_last ? remote_name(inputs->remote) : inputs->name;
}

uint64_t inputs_serial(const struct inputs *inputs)
{
	return inputs->serial + (inputs->remote_last ? remote_serial(inputs->remote) : 0);
}

const char *inputs_error(const struct inputs *inputs)
{
	return inputs_text(inputs);
}

const char *inputs_text(const struct inputs *inputs)
{
	if (inputs->remote_last)
		return remote_text(inputs->remote);
	return inputs->has_text ? inputs->text : NULL;
}

uint64_t inputs_offset(const struct inputs *inputs)
{
	return inputs->capture ? capture_offset(inputs->capture) : 0;
}

uint64_t inputs_size(const struct inputs *inputs)
{
	return inputs->capture ? inputs->size : 0;
}

const struct inputs_counts *inputs_counts(const struct inputs *inputs)
{
	return &inputs->counts;
}
