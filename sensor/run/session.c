#include "sensor/run/session.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sensor/input/inputs.h"
#include "sensor/run/progress.h"
#include "sensor/run/summary.h"

struct session {
	const struct config *config;
	const struct options *options;
	struct decode decode;
	struct eve *eve;
	int eve_fd;               /* -1: none */
	char eve_path[PATH_MAX];
	struct summary *summary;
	struct worker *worker;
	struct inputs *inputs;
	struct progress_bar bar;
	uint64_t serial;          /* of the input that the last frame was of */
	bool endless;             /* until a signal */
	sigset_t stop_signals;
	uint64_t n_frames;
	bool damaged;             /* an input could not be read to its end */
};

enum {
	WAIT_MS = 1000,      /* for frames, until signals are looked at */
	LOOK_FRAMES = 8192,  /* between two looks at them while there are frames */
};

/* EVE shows who talked to whom about what: it is the owner's and the group's to read. */
enum { EVE_MODE = 0640 };

static bool open_eve_file(struct session *session)
{
	const char *dir = session->options->log_dir;

	if (!dir) {
		session->eve_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
		return session->eve_fd >= 0;
	}
	if (strcmp(dir, "-") == 0) {
		session->eve_fd = dup(STDOUT_FILENO);
		return session->eve_fd >= 0;
	}
	if (mkdir(dir, 0750) != 0 && errno != EEXIST) {
		fprintf(stderr, "stormglass: %s: %s\n", dir, strerror(errno));
		return false;
	}
	int len = snprintf(session->eve_path, sizeof session->eve_path, "%s/%s", dir, session->config->filename);

	if (len < 0 || (size_t)len >= sizeof session->eve_path)
		return false;
	/* A run without an end that is started again goes on where it was. */
	session->eve_fd = open(session->eve_path, O_WRONLY | O_CREAT | O_CLOEXEC | (session->endless ? O_APPEND : O_TRUNC), EVE_MODE);
	if (session->eve_fd < 0)
		fprintf(stderr, "stormglass: %s: %s\n", session->eve_path, strerror(errno));
	return session->eve_fd >= 0;
}

static struct inputs *open_inputs(const struct config *config, const struct options *options)
{
	const struct inputs_options asked = {
		.names = options->inputs.items,
		.n_names = options->inputs.n,
		.listen = options->listen.items,
		.n_listen = options->listen.n,
		.recursive = options->recursive,
		.follow = options->follow,
		.once = options->once,
		.state_dir = options->state ? options->state : config->inputs_state,
		.poll_ns = config->inputs_poll_ns,
		.clients = config->inputs_clients < INPUTS_CLIENTS ? (size_t)config->inputs_clients : INPUTS_CLIENTS,
	};
	struct errors errors = { 0 };
	struct inputs *inputs = inputs_new(&asked, &errors);

	if (!inputs)
		fprintf(stderr, "stormglass: %s", errors.n ? errors.text : "out of memory\n");
	errors_fini(&errors);
	return inputs;
}

/* An endless run ends by SIGINT or SIGTERM, which wait until they are asked for. */
static void block_stop_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigprocmask(SIG_BLOCK, set, NULL);
}

static bool session_open(struct session *session, const struct assets *assets)
{
	const struct config *config = session->config;
	struct eve_options options = { .sensor_name = config->sensor_name, .community_id = config->community_id,
		.community_seed = (uint16_t)config->community_seed };
	struct errors errors = { 0 };

	session->inputs = open_inputs(config, session->options);
	if (!session->inputs)
		return false;
	session->endless = inputs_endless(session->inputs);
	if (session->endless)
		block_stop_signals(&session->stop_signals);
	if (!open_eve_file(session))
		return false;
	session->eve = eve_new(session->eve_fd, &options);
	session->decode = (struct decode){ .trust = assets->trust, .hash_plain = config->hash == CONFIG_HASH_PLAIN };
	session->decode.fingerprint = fingerprint_new(config->key_file, &errors);
	session->summary = summary_new();
	if (session->eve && session->summary && session->decode.fingerprint) {
		struct alert_log log = summary_log(session->summary);

		session->worker = worker_new(config, &session->decode, assets->rules, session->eve, &log);
	}
	if (!session->worker)
		fprintf(stderr, "stormglass: %s", errors.n ? errors.text : "out of memory\n");
	errors_fini(&errors);
	return session->worker != NULL;
}

static void session_close(struct session *session)
{
	worker_free(session->worker);
	summary_free(session->summary);
	fingerprint_free(session->decode.fingerprint);
	eve_free(session->eve);
	inputs_free(session->inputs); /* after those who knew its names */
	if (session->eve_fd >= 0)
		close(session->eve_fd);
}

/* False once there is nobody to read on for: EVE cannot be written any more, or somebody said stop. */
static bool go_on(struct session *session)
{
	const struct timespec at_once = { 0 };

	if (session->endless && sigtimedwait(&session->stop_signals, NULL, &at_once) > 0)
		return false;
	return !eve_errno(session->eve);
}

/* Another input than that of the last frame. */
static void enter_input(struct session *session)
{
	const char *name = inputs_name(session->inputs);

	session->serial = inputs_serial(session->inputs);
	progress_end(&session->bar);
	progress_begin(&session->bar, name, inputs_size(session->inputs));
	eve_set_pcap_filename(session->eve, session->config->pcap_filename ? name : NULL);
}

/* What an input gave is written before it is taken for read. */
static void end_input(struct session *session)
{
	const char *error = inputs_error(session->inputs);

	progress_end(&session->bar);
	if (error) {
		session->damaged = true;
		fprintf(stderr, "stormglass: %s\n", error);
	}
	if (!session->options->follow)
		return;
	eve_flush(session->eve);
	if (!eve_errno(session->eve) && !inputs_commit(session->inputs)) {
		session->damaged = true;
		fprintf(stderr, "stormglass: %s: cannot remember that it was read: %s\n", inputs_name(session->inputs), strerror(errno));
	}
}

static void read_frame(struct session *session, struct frame *frame)
{
	if (session->serial != inputs_serial(session->inputs))
		enter_input(session);
	frame->number = ++session->n_frames;
	worker_frame(session->worker, frame);
}

/* False: that was all, or go_on says so. */
static bool read_on(struct session *session)
{
	struct frame frame = { 0 };

	switch (inputs_next(session->inputs, &frame, WAIT_MS)) {
	case INPUTS_FRAME:
		read_frame(session, &frame);
		if (progress_due(&session->bar))
			progress_show(&session->bar, inputs_offset(session->inputs));
		return session->n_frames % LOOK_FRAMES || go_on(session);
	case INPUTS_END:
		end_input(session);
		return go_on(session);
	case INPUTS_WAIT: /* somebody may be reading along */
		eve_flush(session->eve);
		return go_on(session);
	case INPUTS_SKIPPED:
		if (session->options->verbose)
			fprintf(stderr, "stormglass: %s\n", inputs_text(session->inputs));
		return go_on(session);
	case INPUTS_NOTICE:
		fprintf(stderr, "stormglass: %s\n", inputs_text(session->inputs));
		return go_on(session);
	case INPUTS_DONE:
	default:
		return false;
	}
}

static void read_inputs(struct session *session)
{
	while (read_on(session))
		;
	progress_end(&session->bar);
}

/* The summary goes where EVE does not. */
static void tell(const struct session *session)
{
	const char *dir = session->options->log_dir;
	FILE *out = dir ? stderr : stdout;

	if (dir && !session->options->verbose && !isatty(STDERR_FILENO))
		return;
	summary_print(session->summary, worker_stats(session->worker), out);
	const struct inputs_counts *counts = inputs_counts(session->inputs);

	if (counts->skipped)
		fprintf(out, "%" PRIu64 " files of folders are no captures (-v names them)\n", counts->skipped);
	if (counts->refused)
		fprintf(out, "%" PRIu64 " connections were refused: inputs.clients was reached\n", counts->refused);
	if (*session->eve_path)
		fprintf(out, "\n%" PRIu64 " events in %s\n", eve_n_lines(session->eve), session->eve_path);
	if (!fingerprint_is_stable(session->decode.fingerprint))
		fputs("no machine id: keyed hashes of this run fit no other's (set privacy.key-file)\n", out);
}

enum exit_status session_run(const struct config *config, const struct options *options, const struct assets *assets)
{
	struct session session = { .config = config, .options = options, .eve_fd = -1 };
	enum exit_status status = EXIT_UNUSABLE;

	if (session_open(&session, assets)) {
		read_inputs(&session);
		worker_finish(session.worker);
		eve_flush(session.eve);
		status = session.damaged ? EXIT_INPUT : EXIT_DONE;
		if (eve_errno(session.eve)) {
			fprintf(stderr, "stormglass: writing EVE: %s\n", strerror(eve_errno(session.eve)));
			status = EXIT_UNUSABLE;
		}
		tell(&session);
	}
	session_close(&session);
	return status;
}
