#include "sensor/output/stats_text.h"

void stats_text(struct json *json, const struct stats *stats)
{
	const char *group = NULL;

	json_open(json, '{');
	for (size_t i = 0; i < stats_n_counters; i++) {
		const struct stats_counter *counter = &stats_counters[i];

		if (!stats->live && strcmp(counter->group, "capture") == 0)
			continue;
		if (!group || strcmp(group, counter->group) != 0) {
			if (group)
				json_close(json, '}');
			group = counter->group;
			json_key(json, group);
			json_open(json, '{');
		}
		json_key(json, counter->name);
		json_uint(json, stats_get(stats, counter));
	}
	json_close(json, '}');
	json_close(json, '}');
}
