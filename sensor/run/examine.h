/* examine: `stormglass doctor`, from its arguments to its report. */
#ifndef STORMGLASS_RUN_EXAMINE_H
#define STORMGLASS_RUN_EXAMINE_H

/* argv[0] is "doctor". Returns the exit status. */
int examine(int argc, char **argv);

#endif
