/* keylogs: secrets on their way into a run: from files, pipes and a socket (sensor/secrets/keylog_sources.h), and from within
 * captures. */
#ifndef STORMGLASS_RUN_KEYLOGS_H
#define STORMGLASS_RUN_KEYLOGS_H

#include "sensor/input/capture.h"
#include "sensor/run/engine.h"
#include "sensor/secrets/keylog_sources.h"

struct keylogs {
	struct key_material *material;
	struct keylog_sources *sources;  /* NULL: none were named */
	struct keylog inside;            /* of the capture that is read: the block at hand */
	struct keylog_counts inside_counts;
	bool unsaid;                     /* secrets were added that workers have not heard of */
	bool watched;                    /* sources may have more to say while the run lasts */
	int64_t looked_ms;               /* by the monotonic clock */
};

/* Opens what settings name; `follow`: the run has no end of its own. The socket becomes `uid`'s and `gid`'s, unless they are
 * -1. False with errors. */
bool keylogs_open(struct keylogs *keylogs, const struct config *config, struct key_material *material, bool follow, uid_t uid,
    gid_t gid, struct errors *errors);
void keylogs_close(struct keylogs *keylogs); /* of a zeroed one too */

/* Looks at the sources, if the last look is not just over, and says what a person should know. Cheap, never waits. */
void keylogs_look(struct keylogs *keylogs, struct engine *engine);

/* Adds what a capture says before its next frame. */
void keylogs_take(struct keylogs *keylogs, struct engine *engine, const struct capture_secrets *secrets);

/* Before the next frame, a pause or the end: workers hear of what was taken. */
void keylogs_settle(struct keylogs *keylogs, struct engine *engine);

/* What there was in all of them. */
struct keylog_counts keylogs_counts(const struct keylogs *keylogs);

#endif
