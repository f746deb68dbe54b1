/* worker: takes packets one by one through flow, dissectors, credentials, trust and rules to reports. Owns all the state of
 * its flows and shares nothing that changes, but for the nDPI that requests are shown to (label.h). One thread at a time. */
#ifndef STORMGLASS_RUN_WORKER_H
#define STORMGLASS_RUN_WORKER_H

#include "sensor/detect/decode.h"
#include "sensor/run/config.h"
#include "sensor/flow/label.h"
#include "sensor/run/item.h"
#include "sensor/run/key_material.h"
#include "sensor/run/report.h"
#include "sensor/rules/rules.h"

struct worker;

/* What the workers of a run have in common. */
struct worker_shared {
	unsigned n_workers;            /* each may use that part of the run's memory */
	const struct nh_key *hash_key; /* of flow tables and tokens */
	struct label_source *labels;   /* label.h */
	struct key_material *material; /* NULL: TLS is not decrypted */
};

/* The `index`-th of the workers. `rules` and decode->fingerprint are this worker's own, the rest is only read; all is borrowed
 * until worker_free. NULL: out of memory. */
struct worker *worker_new(const struct config *config, const struct decode *decode, const struct rules *rules,
    const struct worker_shared *shared, unsigned index);

/* Works through items; what is to be said is added to `out`, in the order of keys. */
void worker_take(struct worker *worker, const struct item *items, size_t n, struct report_list *out);

/* The input is over: every flow ends, all that waits is said. */
void worker_finish(struct worker *worker, struct report_list *out);

/* Judges by other rules from here on, and by decode->trust as it is now; what waits for a response too. */
void worker_reload(struct worker *worker, const struct rules *rules);

/* Takes back reports that were written; the list is empty then. */
void worker_release(struct worker *worker, struct report_list *spent);

const struct stats *worker_stats(struct worker *worker);
void worker_free(struct worker *worker);

#endif
