#include "sensor/run/session.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "sensor/output/eve_file.h"
#include "sensor/run/engine.h"
#include "sensor/run/live_loop.h"
#include "sensor/run/privileges.h"
#include "sensor/run/read_loop.h"
#include "sensor/run/signals.h"
#include "sensor/run/summary.h"

struct session {
	const struct config *config;
	const struct options *options;
	struct decode decode;
	struct key_material *material;
	struct keylogs keylogs;
	struct eve *eve;
	struct eve_file file;
	struct live *live;        /* NULL: files are read */
	struct inputs *inputs;    /* NULL: interfaces are */
	int signals;              /* of signals_open, for a run without an end; -1: not heard */
	struct summary *summary;
	struct engine *engine;
	bool damaged;             /* an input could not be read to its end */
};

/* A run without an end hears signals, and goes on in the file it finds when it is started again. */
static bool open_inputs(struct session *session, struct errors *errors)
{
	const struct options *options = session->options;

	session->inputs = read_loop_open(session->config, options);
	if (!session->inputs)
		return false;
	bool endless = inputs_endless(session->inputs);

	if (endless)
		session->signals = signals_open();
	return keylogs_open(&session->keylogs, session->config, session->material, endless, (uid_t)-1, (gid_t)-1, errors) &&
	    eve_file_make_folder(options->log_dir, (uid_t)-1, (gid_t)-1, errors) &&
	    eve_file_open(&session->file, options->log_dir, session->config->filename, endless, errors);
}

static bool open_live_keylogs(struct session *session, const struct privileges *privileges, struct errors *errors)
{
	uid_t uid = privileges->change ? privileges->uid : (uid_t)-1;
	gid_t gid = privileges->change ? privileges->gid : (gid_t)-1;

	return keylogs_open(&session->keylogs, session->config, session->material, true, uid, gid, errors);
}

/* Interfaces and key logs first, with the rights that takes; then whoever reads what anybody sends is nobody, and opens the
 * output as such: what it may not write it may not rotate either, and root follows no link in that user's folder. */
static bool open_ends(struct session *session, struct errors *errors)
{
	const struct options *options = session->options;
	const struct config *config = session->config;
	struct privileges privileges = { 0 };

	if (!options->interfaces.n)
		return open_inputs(session, errors);
	if (!privileges_find(&privileges, config->live_user, options->allow_root, errors))
		return false;
	session->live = live_loop_open(config, options, errors);
	if (!session->live || !open_live_keylogs(session, &privileges, errors) ||
	    !eve_file_make_folder(options->log_dir, privileges.uid, privileges.gid, errors) || !privileges_drop(&privileges, errors))
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
	bool begun = key_material_begin(session->material, config, n_workers(config));

	if (session->decode.fingerprint && begun && open_ends(session, &errors))
		session->eve = eve_new(session->file.fd, &options);
	session->summary = summary_new();
	if (session->eve && session->summary && session->decode.fingerprint) {
		struct alert_log log = summary_log(session->summary);

		session->engine = engine_new(config, &session->decode, assets->rules, session->eve, &log, session->material,
		    n_workers(config));
	}
	if (!session->engine && (errors.n || !begun || session->inputs || session->live)) /* read_loop_open has told */
		fprintf(stderr, "stormglass: %s", errors.n ? errors.text : "out of memory\n");
	errors_fini(&errors);
	return session->engine != NULL;
}

static void session_close(struct session *session)
{
	engine_free(session->engine);
	keylogs_close(&session->keylogs);
	summary_free(session->summary);
	fingerprint_free(session->decode.fingerprint);
	eve_free(session->eve);
	eve_file_close(&session->file);
	live_close(session->live);
	inputs_free(session->inputs); /* after those who knew its names */
	signals_close(session->signals);
}

static void tell_keylogs(const struct keylogs *keylogs, FILE *out)
{
	const struct keylog_counts counts = keylogs_counts(keylogs);

	if (counts.secrets || counts.junk)
		fprintf(out, "key logs: %" PRIu64 " secrets, %" PRIu64 " lines that are none\n", counts.secrets, counts.junk);
	if (counts.refused)
		fprintf(out, "%" PRIu64 " secrets were refused: they contradict others, or memory was short\n", counts.refused);
}

/* The summary goes where EVE does not. */
static void tell(const struct session *session)
{
	const char *dir = session->options->log_dir;
	FILE *out = dir ? stderr : stdout;

	if (dir && !session->options->verbose && !isatty(STDERR_FILENO))
		return;
	summary_print(session->summary, engine_stats(session->engine), out);
	const struct inputs_counts none = { 0 }, *counts = session->inputs ? inputs_counts(session->inputs) : &none;

	tell_keylogs(&session->keylogs, out);
	if (counts->skipped)
		fprintf(out, "%" PRIu64 " files of folders are no captures (-v names them)\n", counts->skipped);
	if (counts->refused)
		fprintf(out, "%" PRIu64 " connections were refused: inputs.clients was reached\n", counts->refused);
	if (*session->file.path)
		fprintf(out, "\n%" PRIu64 " events in %s\n", eve_n_lines(session->eve), session->file.path);
	if (!fingerprint_is_stable(session->decode.fingerprint))
		fputs("no machine id: keyed hashes of this run fit no other's (set privacy.key-file)\n", out);
}

static void read_interfaces(struct session *session, struct assets *assets)
{
	struct live_loop loop = { .live = session->live, .signals = session->signals, .engine = session->engine,
		.keylogs = &session->keylogs, .eve = session->eve, .file = &session->file, .assets = assets, .decode = &session->decode,
		.config = session->config, .options = session->options };

	if (!live_loop_run(&loop))
		session->damaged = true;
}

static void read_files(struct session *session)
{
	struct read_loop loop = { .inputs = session->inputs, .engine = session->engine, .eve = session->eve, .config = session->config,
		.options = session->options, .signals = session->signals, .keylogs = &session->keylogs };

	if (!read_loop_run(&loop))
		session->damaged = true;
}

enum exit_status session_run(const struct config *config, const struct options *options, struct assets *assets,
    struct key_material *material)
{
	struct session session = { .config = config, .options = options, .material = material, .file = { .fd = -1 }, .signals = -1 };
	enum exit_status status = EXIT_UNUSABLE;

	if (session_open(&session, assets)) {
		if (session.live)
			read_interfaces(&session, assets);
		else
			read_files(&session);
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
