/* live_loop: a run over interfaces: packets as they come, signals between them, time when none come. */
#ifndef STORMGLASS_RUN_LIVE_LOOP_H
#define STORMGLASS_RUN_LIVE_LOOP_H

#include "sensor/input/live.h"
#include "sensor/output/eve_file.h"
#include "sensor/run/assets.h"
#include "sensor/run/engine.h"
#include "sensor/run/keylogs.h"

/* Borrowed, all open; `assets` and `decode` are replaced when rules are reloaded. */
struct live_loop {
	struct live *live;
	int signals;                /* of signals_open */
	struct engine *engine;
	struct keylogs *keylogs;
	struct eve *eve;
	struct eve_file *file;
	struct assets *assets;
	struct decode *decode;
	const struct config *config;
	const struct options *options;
};

/* Opens the interfaces that options name, as settings say. NULL with errors. */
struct live *live_loop_open(const struct config *config, const struct options *options, struct errors *errors);

/* Until it is asked to end: then what came before is still read. False: no interface was left. EVE that failed ends
 * it too. */
bool live_loop_run(struct live_loop *loop);

#endif
