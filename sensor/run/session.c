#include "sensor/run/session.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/input/capture.h"
#include "sensor/run/engine.h"
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
	struct engine *engine;
	bool damaged;             /* an input could not be read to its end */
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
	session->eve_fd = open(session->eve_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, EVE_MODE);
	if (session->eve_fd < 0)
		fprintf(stderr, "stormglass: %s: %s\n", session->eve_path, strerror(errno));
	return session->eve_fd >= 0;
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

	if (!open_eve_file(session))
		return false;
	session->eve = eve_new(session->eve_fd, &options);
	session->decode = (struct decode){ .trust = assets->trust, .hash_plain = config->hash == CONFIG_HASH_PLAIN };
	session->decode.fingerprint = fingerprint_new(config->key_file, &errors);
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
	if (session->eve_fd >= 0)
		close(session->eve_fd);
}

/* False once EVE cannot be written any more: reading on would find things for nobody. */
static bool read_capture(struct session *session, struct capture *capture, struct progress_bar *bar)
{
	struct frame frame = { 0 };
	enum capture_status status;

	while ((status = capture_next(capture, &frame)) == CAPTURE_FRAME) {
		if (!engine_frame(session->engine, &frame, capture_buffer(capture)))
			return false;
		if (progress_due(bar))
			progress_show(bar, capture_offset(capture));
	}
	if (status == CAPTURE_BAD) {
		session->damaged = true;
		fprintf(stderr, "stormglass: %s\n", capture_error(capture));
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
		bool go_on = true;

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
