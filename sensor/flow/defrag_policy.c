#include "sensor/flow/defrag_policy.h"

enum defrag_policy defrag_policy_of(size_t word)
{
	/* old-linux old-solaris hpux10 hpux11 irix macos vista windows2k3 */
	static const enum defrag_policy aliases[] = { DEFRAG_LINUX, DEFRAG_FIRST, DEFRAG_BSD, DEFRAG_FIRST, DEFRAG_BSD,
		DEFRAG_FIRST, DEFRAG_WINDOWS, DEFRAG_WINDOWS };

	if (word < DEFRAG_POLICIES)
		return (enum defrag_policy)word;
	word -= DEFRAG_POLICIES;
	return word < sizeof aliases / sizeof aliases[0] ? aliases[word] : DEFRAG_FIRST;
}

bool defrag_policy_new_wins(enum defrag_policy policy, struct stretch fresh, struct stretch old)
{
	switch (policy) {
	case DEFRAG_LAST:
		return true;
	case DEFRAG_BSD:
		return fresh.start < old.start;
	case DEFRAG_BSD_RIGHT:
		return fresh.start >= old.start;
	case DEFRAG_LINUX:
		return fresh.start <= old.start;
	case DEFRAG_WINDOWS:
		return fresh.start < old.start && fresh.end > old.end;
	case DEFRAG_SOLARIS:
		return fresh.start < old.start && fresh.end >= old.end;
	default:
		return false;
	}
}

bool defrag_policy_drops_ragged(enum defrag_policy policy)
{
	return policy == DEFRAG_BSD || policy == DEFRAG_BSD_RIGHT || policy == DEFRAG_DISCARD;
}
