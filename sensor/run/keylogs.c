#include "sensor/run/keylogs.h"

#include <stdio.h>
#include <time.h>

enum { LOOK_MS = 20 }; /* at least, between two looks */

bool keylogs_open(struct keylogs *keylogs, const struct config *config, struct key_material *material, bool follow, uid_t uid,
    gid_t gid, struct errors *errors)
{
	const struct keylog_sources_options options = { .files = config->tls_keylogs.items, .n_files = config->tls_keylogs.n,
		.listen = config->tls_keylog_listen, .uid = uid, .gid = gid, .follow = follow };

	*keylogs = (struct keylogs){ .material = material, .inside = { .origin = SECRET_OF_DSB } };
	if (!options.n_files && !options.listen)
		return true;
	keylogs->sources = keylog_sources_open(&options, material->secrets, errors);
	keylogs->watched = follow || options.listen;
	if (keylogs->watched)
		key_material_expect(material, 0);
	return keylogs->sources != NULL;
}

void keylogs_close(struct keylogs *keylogs)
{
	keylog_sources_free(keylogs->sources);
	secrets_wipe(keylogs->inside.line, sizeof keylogs->inside.line);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct keylog_counts keylogs_counts(const struct keylogs *keylogs)
{
	struct keylog_counts sum = keylogs->inside_counts;

	if (keylogs->sources) {
		const struct keylog_counts *counts = keylog_sources_counts(keylogs->sources);

		sum.secrets += counts->secrets;
		sum.other += counts->other;
		sum.junk += counts->junk;
		sum.refused += counts->refused;
	}
	return sum;
}

static void count(const struct keylogs *keylogs, struct engine *engine)
{
	const struct keylog_counts sum = keylogs_counts(keylogs);

	engine_keylogs(engine, &sum);
}

void keylogs_look(struct keylogs *keylogs, struct engine *engine)
{
	const char *news;

	if (!keylogs->sources || (keylogs->looked_ms && (!keylogs->watched || now_ms() - keylogs->looked_ms < LOOK_MS)))
		return;
	keylogs->looked_ms = now_ms();
	keylogs_settle(keylogs, engine);
	keylogs->unsaid = keylog_sources_read(keylogs->sources, engine_next_number(engine));
	keylogs_settle(keylogs, engine);
	count(keylogs, engine);
	while ((news = keylog_sources_news(keylogs->sources)))
		fprintf(stderr, "stormglass: %s\n", news);
}

/* Workers do not hear of it yet: another block may follow before the next frame. */
void keylogs_take(struct keylogs *keylogs, struct engine *engine, const struct capture_secrets *secrets)
{
	uint64_t number = engine_next_number(engine), before = keylogs->inside_counts.secrets;
	struct secrets *store = keylogs->material->secrets;

	keylog_feed(&keylogs->inside, secrets->text, store, number, &keylogs->inside_counts);
	if (secrets->last)
		keylog_end(&keylogs->inside, store, number, &keylogs->inside_counts);
	keylogs->unsaid |= keylogs->inside_counts.secrets > before;
	count(keylogs, engine);
}

void keylogs_settle(struct keylogs *keylogs, struct engine *engine)
{
	if (keylogs->unsaid)
		engine_secrets(engine);
	keylogs->unsaid = false;
}
