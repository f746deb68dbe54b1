/* examine_live: the doctor's look at an interface, for some seconds or until it is asked to end (SIGINT, SIGTERM). */
#ifndef STORMGLASS_RUN_EXAMINE_LIVE_H
#define STORMGLASS_RUN_EXAMINE_LIVE_H

#include "sensor/base/errors.h"
#include "sensor/doctor/doctor.h"

/* Opens the interface, becomes nobody, looks. False, with an error, when there was nothing to be looked at. */
bool examine_live(struct doctor *doctor, const char *interface, unsigned seconds, struct errors *errors);

#endif
