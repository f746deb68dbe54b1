#include "sensor/output/stats_text.h"

/* A name with a dot is a member of an object within the group: "ipv4.fragments". *inner: the object that is open, or NULL. */
static void enter(struct json *json, const char *name, const char **inner)
{
	size_t len = strcspn(name, "."), open_len = *inner ? strcspn(*inner, ".") : 0;

	if (*inner && (open_len != len || memcmp(*inner, name, len) != 0)) {
		json_close(json, '}');
		*inner = NULL;
	}
	if (name[len] == '\0') {
		json_key(json, name);
		return;
	}
	if (!*inner) {
		json_key_plain(json, name, len);
		json_open(json, '{');
		*inner = name;
	}
	json_key(json, name + len + 1);
}

/* The counters, as they stand or, with `before`, as they grew. */
static void groups(struct json *json, const struct stats *stats, const struct stats *before, const struct stats_span *span)
{
	const char *group = NULL, *inner = NULL;

	for (size_t i = 0; i < stats_n_counters; i++) {
		const struct stats_counter *counter = &stats_counters[i];
		uint64_t value = stats_get(stats, counter) - (before ? stats_get(before, counter) : 0);

		if ((counter->local && !span->local) || (counter->gauge && before) || (counter->live && !span->live) ||
		    (counter->sparse && value == 0))
			continue;
		if (!group || strcmp(group, counter->group) != 0) {
			if (inner)
				json_close(json, '}');
			inner = NULL;
			if (group)
				json_close(json, '}');
			group = counter->group;
			json_key(json, group);
			json_open(json, '{');
		}
		enter(json, counter->name, &inner);
		json_uint(json, value);
	}
	if (inner)
		json_close(json, '}');
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
