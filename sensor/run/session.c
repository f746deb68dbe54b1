#include "sensor/run/session.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "sensor/input/capture.h"
#include "sensor/output/eve_file.h"
#include "sensor/run/engine.h"
#include "sensor/run/live_loop.h"
#include "sensor/run/privileges.h"
#include "sensor/run/progress.h"
#include "sensor/run/signals.h"
#include "sensor/run/summary.h"

struct session {
	const struct config *config;
	const struct options *options;
	struct decode decode;
	struct eve *eve;
	struct eve_file file;
	struct live *live;        /* NULL: files are read */
	int signals;              /* of signals_open, for interfaces; -1: not heard */
	struct summary *summary;
	struct engine *engine;
	bool damaged;             /* an input could not be read to its end */
	bool filter_failed;       /* told that the filter means nothing for a link type */
};

/* Interfaces first, with the rights that takes; then whoever reads what anybody sends is nobody, and opens the output
 * as such: what it may not write it may not rotate either, and root follows no link in that user's folder. */
static bool open_ends(struct session *session, struct errors *errors)
{
	const struct options *options = session->options;
	const struct config *config = session->config;
	struct privileges privileges = { 0 };

	if (!options->interfaces.n)
		return eve_file_make_folder(options->log_dir, (uid_t)-1, (gid_t)-1, errors) &&
		    eve_file_open(&session->file, options->log_dir, config->filename, false, errors);
	if (!privileges_find(&privileges, config->live_user, options->allow_root, errors))
		return false;
	session->live = live_loop_open(config, options, errors);
	if (!session->live || !eve_file_make_folder(options->log_dir, privileges.uid, privileges.gid, errors) ||
	    !privileges_drop(&privileges, errors))
		return false;
	session->signals = signals_open();
	return session->signals >= 0 && eve_file_open(&session->file, options->log_dir, config->filename, true, errors);
}

static unsigned n_workers(const struct config *config)
{
	long n = config->threads ? (long)config->threads : sysconf(_SC_NPROCESSORS_ONLN);

	return (unsigned)(n < 1 ? 1 : n < ENGINE_WORKERS_MAX ? n : ENGINE_WORKERS_MAX);
}

static bool session_open(struct session *session, const struct assets *assets)
{
	const struct config *config = session->config;
	struct eve_options options = { .sensor_name = config->sensor_name, .community_id = config->community_id,
		.community_seed = (uint16_t)config->community_seed };
	struct errors errors = { 0 };

	session->decode = (struct decode){ .trust = assets->trust, .hash_plain = config->hash == CONFIG_HASH_PLAIN };
	session->decode.fingerprint = fingerprint_new(config->key_file, &errors);
	if (session->decode.fingerprint && open_ends(session, &errors))
		session->eve = eve_new(session->file.fd, &options);
	session->summary = summary_new();
	if (session->eve && session->summary && session->decode.fingerprint) {
		struct alert_log log = summary_log(session->summary);

		session->engine = engine_new(config, &session->decode, assets->rules, session->eve, &log, n_workers(config));
	}
	if (!session->engine)
		fprintf(stderr, "stormglass: %s", errors.n ? errors.text : "out of memory\n");
	errors_fini(&errors);
	return session->engine != NULL;
}

static void session_close(struct session *session)
{
	engine_free(session->engine);
	summary_free(session->summary);
	fingerprint_free(session->decode.fingerprint);
	eve_free(session->eve);
	eve_file_close(&session->file);
	live_close(session->live);
	signals_close(session->signals);
}

/* False once EVE cannot be written any more: reading on would find things for nobody. */
static bool read_capture(struct session *session, struct capture *capture, struct progress_bar *bar)
{
	struct frame frame = { 0 };
	enum capture_status status;
	struct filter *filter = session->options->filter;

	while ((status = capture_next(capture, &frame)) == CAPTURE_FRAME) {
		if (filter && !filter_passes(filter, &frame))
			engine_pass_by(session->engine);
		else if (!engine_frame(session->engine, &frame, capture_buffer(capture)))
			return false;
		if (progress_due(bar))
			progress_show(bar, capture_offset(capture));
	}
	if (status == CAPTURE_BAD) {
		session->damaged = true;
		fprintf(stderr, "stormglass: %s\n", capture_error(capture));
	}
	if (filter && filter_error(filter) && !session->filter_failed) {
		session->filter_failed = session->damaged = true;
		fprintf(stderr, "stormglass: %s\n", filter_error(filter));
	}
	return true;
}

static bool read_input(struct session *session, const char *name)
{
	struct progress_bar bar;
	int fd = strcmp(name, "-") == 0 ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		session->damaged = true;
		fprintf(stderr, "stormglass: %s: %s\n", name, strerror(errno));
		return true;
	}
	progress_begin(&bar, name, fd);
	struct capture *capture = capture_open_in(fd, name, engine_buffers(session->engine));

	if (!capture) {
		session->damaged = true;
		fprintf(stderr, "stormglass: %s: out of memory\n", name);
		return true;
	}
	engine_input(session->engine, session->config->pcap_filename ? name : NULL);
	bool go_on = read_capture(session, capture, &bar);

	progress_end(&bar);
	capture_close(capture);
	return go_on;
}

/* The summary goes where EVE does not. */
static void tell(const struct session *session)
{
	const char *dir = session->options->log_dir;
	FILE *out = dir ? stderr : stdout;

	if (dir && !session->options->verbose && !isatty(STDERR_FILENO))
		return;
	summary_print(session->summary, engine_stats(session->engine), out);
	if (*session->file.path)
		fprintf(out, "\n%" PRIu64 " events in %s\n", eve_n_lines(session->eve), session->file.path);
	if (!fingerprint_is_stable(session->decode.fingerprint))
		fputs("no machine id: keyed hashes of this run fit no other's (set privacy.key-file)\n", out);
}

static void read_interfaces(struct session *session, struct assets *assets)
{
	struct live_loop loop = { .live = session->live, .signals = session->signals, .engine = session->engine,
		.eve = session->eve, .file = &session->file, .assets = assets, .decode = &session->decode, .config = session->config,
		.options = session->options };

	if (!live_loop_run(&loop))
		session->damaged = true;
}

enum exit_status session_run(const struct config *config, const struct options *options, struct assets *assets)
{
	struct session session = { .config = config, .options = options, .file = { .fd = -1 }, .signals = -1 };
	enum exit_status status = EXIT_UNUSABLE;

	if (session_open(&session, assets)) {
		bool go_on = true;

		if (session.live)
			read_interfaces(&session, assets);
		for (size_t i = 0; i < options->inputs.n && go_on; i++)
			go_on = read_input(&session, options->inputs.items[i]);
		engine_finish(session.engine);
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
