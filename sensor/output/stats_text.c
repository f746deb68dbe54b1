#include "sensor/output/stats_text.h"

/* The counters, as they stand or, with `before`, as they grew. */
static void groups(struct json *json, const struct stats *stats, const struct stats *before, const struct stats_span *span)
{
	const char *group = NULL;

	for (size_t i = 0; i < stats_n_counters; i++) {
		const struct stats_counter *counter = &stats_counters[i];

		if ((counter->local && !span->local) || (counter->gauge && before) || (counter->live && !span->live))
			continue;
		if (!group || strcmp(group, counter->group) != 0) {
			if (group)
				json_close(json, '}');
			group = counter->group;
			json_key(json, group);
			json_open(json, '{');
		}
		json_key(json, counter->name);
		json_uint(json, stats_get(stats, counter) - (before ? stats_get(before, counter) : 0));
	}
	if (group)
		json_close(json, '}');
}

void stats_text(struct json *json, const struct stats *stats, const struct stats_span *span)
{
	json_open(json, '{');
	json_key(json, "uptime");
	json_int(json, span->uptime);
	groups(json, stats, NULL, span);
	json_key(json, "interval");
	json_open(json, '{');
	json_key(json, "seconds");
	json_int(json, span->seconds);
	groups(json, stats, span->before, span);
	json_close(json, '}');
	json_close(json, '}');
}
