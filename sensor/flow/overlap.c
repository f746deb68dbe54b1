#include "sensor/flow/overlap.h"

/* One bit for each of the nine ways to lie: begins before, with, after the earlier one; ends before, with, after it. */
enum {
	BEFORE_BEFORE = 1 << 0, BEFORE_WITH = 1 << 1, BEFORE_AFTER = 1 << 2,
	WITH_BEFORE = 1 << 3, WITH_WITH = 1 << 4, WITH_AFTER = 1 << 5,
	AFTER_BEFORE = 1 << 6, AFTER_WITH = 1 << 7, AFTER_AFTER = 1 << 8,
	BEGINS_BEFORE = BEFORE_BEFORE | BEFORE_WITH | BEFORE_AFTER,
	BEGINS_WITH = WITH_BEFORE | WITH_WITH | WITH_AFTER,
	BEGINS_AFTER = AFTER_BEFORE | AFTER_WITH | AFTER_AFTER,
	COVERS = BEFORE_WITH | BEFORE_AFTER | WITH_WITH | WITH_AFTER,
};

static const uint16_t later_wins[OVERLAP_POLICIES] = {
	[OVERLAP_FIRST] = 0,
	[OVERLAP_VISTA] = 0,
	[OVERLAP_OLD_SOLARIS] = 0,
	[OVERLAP_LAST] = BEGINS_BEFORE | BEGINS_WITH | BEGINS_AFTER,
	[OVERLAP_BSD] = BEGINS_BEFORE,
	[OVERLAP_HPUX10] = BEGINS_BEFORE,
	[OVERLAP_IRIX] = BEGINS_BEFORE,
	[OVERLAP_MACOS] = BEGINS_BEFORE,
	[OVERLAP_WINDOWS] = BEGINS_BEFORE,
	[OVERLAP_WINDOWS2K3] = BEGINS_BEFORE,
	[OVERLAP_BSD_RIGHT] = BEGINS_WITH | BEGINS_AFTER,
	[OVERLAP_LINUX] = BEGINS_BEFORE | WITH_AFTER,
	[OVERLAP_OLD_LINUX] = BEGINS_BEFORE | WITH_WITH | WITH_AFTER,
	[OVERLAP_SOLARIS] = COVERS | AFTER_AFTER,
	[OVERLAP_HPUX11] = COVERS | AFTER_AFTER,
};

static unsigned order(uint64_t a, uint64_t b)
{
	return a < b ? 0 : a == b ? 1 : 2;
}

bool overlap_later_wins(enum overlap_policy policy, struct span later, struct span earlier)
{
	return later_wins[policy] >> (3 * order(later.from, earlier.from) + order(later.to, earlier.to)) & 1;
}
