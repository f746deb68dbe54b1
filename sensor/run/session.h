/* session: one run over the inputs, captures or interfaces: -> worker -> EVE, and what to tell the user. */
#ifndef STORMGLASS_RUN_SESSION_H
#define STORMGLASS_RUN_SESSION_H

#include "sensor/run/assets.h"
#include "sensor/run/key_material.h"

/* Exit status of the program, sysexits aside: as Suricata's users expect. */
enum exit_status { EXIT_DONE = 0, EXIT_UNUSABLE = 1, EXIT_INPUT = 2 };

/* `assets` may be replaced by newer ones while it runs. `material` is loaded, and begun here. */
enum exit_status session_run(const struct config *config, const struct options *options, struct assets *assets,
    struct key_material *material);

#endif
