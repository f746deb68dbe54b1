/* read_loop: a run over files, folders and captures that come over TCP: frames to the engine, what is wrong to the person. */
#ifndef STORMGLASS_RUN_READ_LOOP_H
#define STORMGLASS_RUN_READ_LOOP_H

#include "sensor/input/inputs.h"
#include "sensor/input/kept.h"
#include "sensor/run/engine.h"
#include "sensor/run/keylogs.h"
#include "sensor/run/options.h"
#include "sensor/run/progress.h"

/* Borrowed, all open. */
struct read_loop {
	struct inputs *inputs;
	struct engine *engine;
	struct eve *eve;
	struct keylogs *keylogs;
	const struct config *config;
	const struct options *options;
	int signals;              /* of signals_open, for a run without an end; -1: not heard */
	/* its own */
	struct kept kept;
	struct progress_bar bar;
	uint64_t serial;          /* of the input that the last frame was of */
	uint32_t n_frames;        /* since signals were looked at */
	bool filter_failed;       /* told that the filter means nothing for a link type */
	bool damaged;             /* an input could not be read to its end */
};

/* The inputs that options name; what is wrong is told. NULL then. */
struct inputs *read_loop_open(const struct config *config, const struct options *options);

/* Reads on until all is read, EVE has failed, or somebody asked it to end. False: an input could not be read to its end. */
bool read_loop_run(struct read_loop *loop);

#endif
