#include "sensor/run/privileges.h"

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A user or group by its number. */
static bool number_of(const char *text, unsigned *number)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*number = (unsigned)value;
	return isdigit((unsigned char)*text) && !*end && value < UINT32_MAX;
}

static bool find_user(struct privileges *privileges, const char *name)
{
	const struct passwd *user = getpwnam(name);
	unsigned number;

	if (!user && number_of(name, &number)) {
		privileges->uid = number;
		privileges->gid = number;
		user = getpwuid(number);
	} else if (!user) {
		return false;
	}
	if (user) {
		privileges->uid = user->pw_uid;
		privileges->gid = user->pw_gid;
	}
	snprintf(privileges->name, sizeof privileges->name, "%s", name);
	return true;
}

static bool find_group(struct privileges *privileges, const char *name)
{
	const struct group *group = getgrnam(name);
	unsigned number;

	if (group)
		privileges->gid = group->gr_gid;
	else if (number_of(name, &number))
		privileges->gid = number;
	else
		return false;
	return true;
}

static bool find_named(struct privileges *privileges, const char *text, struct errors *errors)
{
	size_t len = strcspn(text, ":");
	char name[64];

	snprintf(name, sizeof name, "%.*s", (int)len, text);
	if (len >= sizeof name || !find_user(privileges, name)) {
		errors_add(errors, NULL, 0, "--user %s: there is no user %s", text, name);
		return false;
	}
	if (text[len] && !find_group(privileges, text + len + 1)) {
		errors_add(errors, NULL, 0, "--user %s: there is no group %s", text, text + len + 1);
		return false;
	}
	return true;
}

bool privileges_find(struct privileges *privileges, const char *user, bool allow_root, struct errors *errors)
{
	*privileges = (struct privileges){ .uid = geteuid(), .gid = getegid() };
	if (user && !find_named(privileges, user, errors))
		return false;
	if (!user && geteuid() == 0 && !allow_root && !find_user(privileges, "stormglass") &&
	    !find_user(privileges, "nobody")) {
		errors_add(errors, NULL, 0, "will not read an interface as root, and there is neither a user stormglass nor nobody: "
		    "make one, or name one with --user (--allow-root stays root)");
		return false;
	}
	if (geteuid() == 0 && privileges->uid == 0 && !allow_root) {
		errors_add(errors, NULL, 0, "will not read an interface as root: name another --user (--allow-root stays root)");
		return false;
	}
	privileges->change = privileges->uid != geteuid() || privileges->gid != getegid();
	if (privileges->change && geteuid() != 0) {
		errors_add(errors, NULL, 0, "--user %s: only root can become another user", user);
		return false;
	}
	return true;
}

/* Nothing this process could ever execute gets a capability. Without CAP_SETPCAP it may not be said; no_new_privs
 * says as much. */
static void empty_bounding_set(void)
{
	for (unsigned long cap = 0; cap < 64 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0)
			break;
}

static bool become(const struct privileges *privileges)
{
	return setgroups(1, &privileges->gid) == 0 && setresgid(privileges->gid, privileges->gid, privileges->gid) == 0 &&
	    setresuid(privileges->uid, privileges->uid, privileges->uid) == 0;
}

static bool empty_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return syscall(SYS_capset, &header, none) == 0;
}

/* A change of user sets this anew. */
static void forbid_dumps(void)
{
#ifdef __SANITIZE_ADDRESS__ /* its leak check traces this process */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
#else
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

bool privileges_drop(const struct privileges *privileges, struct errors *errors)
{
	empty_bounding_set();
	if (privileges->change && !become(privileges)) {
		errors_add(errors, NULL, 0, "cannot become the user %s: %s", privileges->name, strerror(errno));
		return false;
	}
	if (!empty_capabilities() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		errors_add(errors, NULL, 0, "cannot give up capabilities: %s", strerror(errno));
		return false;
	}
	forbid_dumps();
	if (privileges->uid != 0 && setuid(0) == 0) {
		errors_add(errors, NULL, 0, "cannot stop being root");
		return false;
	}
	return true;
}
