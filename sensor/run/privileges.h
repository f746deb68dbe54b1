/* privileges: who the sensor becomes once its sources are open. It reads what anybody sends: from then on it is a
 * user without rights, holds no capability(7), and nothing it could start would gain one. */
#ifndef STORMGLASS_RUN_PRIVILEGES_H
#define STORMGLASS_RUN_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include "sensor/base/errors.h"

struct privileges {
	bool change;  /* user and group below are other than now */
	uid_t uid;
	gid_t gid;
	char name[64]; /* of the user, for messages */
};

/* Whom to become: `user` is "NAME[:GROUP]", numbers too; NULL: stormglass, else nobody. For a process that is not
 * root: itself. False, with an error, where that would leave root as it is, unless `allow_root`. */
bool privileges_find(struct privileges *privileges, const char *user, bool allow_root, struct errors *errors);

/* Becomes it, for good: no supplementary groups, all capability sets empty, the bounding set too where that may be
 * done, no_new_privs, not dumpable. Before any thread is made: all but the ids are a thread's own. False with an
 * error: end then. */
bool privileges_drop(const struct privileges *privileges, struct errors *errors);

#endif
