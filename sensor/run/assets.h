/* assets: what a run judges by: rules, classifications, issuers, keys. Found beside the program, in the source tree, or where
 * `make install` put them; settings and options add to or replace them. */
#ifndef STORMGLASS_RUN_ASSETS_H
#define STORMGLASS_RUN_ASSETS_H

#include "sensor/rules/rules.h"
#include "sensor/run/options.h"
#include "sensor/trust/trust.h"

struct assets {
	struct rules *rules;
	struct trust *trust;
};

/* Loads all of it; every mistake is added to `errors`. */
void assets_load(struct assets *assets, const struct config *config, const struct options *options, struct errors *errors);
void assets_free(struct assets *assets);

#endif
