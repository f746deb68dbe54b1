/* rejudge: other rules and other trust take the place of those a run began with, between two packets. */
#ifndef STORMGLASS_RUN_REJUDGE_H
#define STORMGLASS_RUN_REJUDGE_H

#include "sensor/run/reporter.h"

/* The rules that were left for what waits are found anew, among `rules`: where a token's record is kept, else the old
 * rules had nothing against it. The token cache is emptied: what it says of a token, the old trust said. Which tokens
 * were seen and which alerts given, by gid and sid, stays known. False: out of memory, nothing has changed. */
bool rejudge(struct credentials *credentials, struct reporter *reporter, struct transactions_memory *transactions,
    const struct decode *decode, const struct rules *rules);

#endif
