/* pipeline: the whole way from frames to events with the shipped rules and trust, fed with frames; what it wrote is read back as EVE.
 * Run from the top of the tree. */
#ifndef STORMGLASS_TESTS_SUPPORT_PIPELINE_H
#define STORMGLASS_TESTS_SUPPORT_PIPELINE_H

#include "sensor/run/engine.h"
#include "tests/support/frames.h"

/* What does not change from run to run, and takes long to load. */
struct pipeline_assets {
	struct rules *rules;
	struct trust *trust;
	struct decode decode;
};

void pipeline_assets_load(struct pipeline_assets *assets);
void pipeline_assets_free(struct pipeline_assets *assets);

/* A group's setup and teardown for cmocka: *state is a struct pipeline_assets. */
int pipeline_setup(void **state);
int pipeline_teardown(void **state);

struct pipeline {
	struct config config; /* between init and begin the caller's to change: every event on, stats and labels off */
	struct eve *eve;
	struct engine *engine;
	unsigned n_workers;   /* 1 unless changed */
	struct key_material *material; /* NULL unless changed: TLS is not decrypted */
	struct alert_log log;
	int fd;               /* of a nameless file */
	char *text;           /* after end: all lines, NUL-ended */
};

void pipeline_init(struct pipeline *pipeline);
bool pipeline_begin(struct pipeline *pipeline, const struct pipeline_assets *assets); /* false: it refused to start */
void pipeline_send(struct pipeline *pipeline, const struct frames_spec *spec, int64_t time_ns);
void pipeline_frame(struct pipeline *pipeline, struct frame *frame);
void pipeline_end(struct pipeline *pipeline);
void pipeline_fini(struct pipeline *pipeline);

/* How often `what` stands in the text; after end. */
unsigned pipeline_count(const struct pipeline *pipeline, const char *what);

#endif
