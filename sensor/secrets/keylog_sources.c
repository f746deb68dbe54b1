#include "sensor/secrets/keylog_sources.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "sensor/secrets/keylog_file.h"
#include "sensor/secrets/keylog_socket.h"

enum { TEXT_LEN = PATH_MAX + 256 };

struct keylog_sources {
	struct keylog_reader reader;
	struct keylog_socket *socket; /* NULL: none */
	const char *listen;
	uint64_t n_refused_told;
	bool follow;
	char text[TEXT_LEN];
	size_t n_files;
	struct keylog_file files[];
};

/* Every file is looked at, so that all that is wrong is told at once. */
static bool open_all(struct keylog_sources *sources, const struct keylog_sources_options *options, struct errors *errors)
{
	bool good = true;

	for (size_t i = 0; i < options->n_files; i++) {
		good = keylog_file_open(&sources->files[i], options->files[i], options->follow, &sources->reader, errors) && good;
		sources->n_files++;
	}
	if (!options->listen)
		return good;
	sources->socket = keylog_socket_open(options->listen, options->uid, options->gid, errors);
	sources->listen = options->listen;
	return good && sources->socket;
}

struct keylog_sources *keylog_sources_open(const struct keylog_sources_options *options, struct secrets *secrets,
    struct errors *errors)
{
	struct keylog_sources *sources = calloc(1, sizeof *sources + options->n_files * sizeof *sources->files);

	if (!sources || !keylog_reader_init(&sources->reader, secrets)) {
		errors_add(errors, NULL, 0, "out of memory");
		free(sources);
		return NULL;
	}
	sources->follow = options->follow;
	if (open_all(sources, options, errors))
		return sources;
	keylog_sources_free(sources);
	return NULL;
}

void keylog_sources_free(struct keylog_sources *sources)
{
	if (!sources)
		return;
	for (size_t i = 0; i < sources->n_files; i++)
		keylog_file_close(&sources->files[i]);
	keylog_socket_close(sources->socket);
	keylog_reader_fini(&sources->reader);
	free(sources);
}

bool keylog_sources_read(struct keylog_sources *sources, uint64_t number)
{
	uint64_t before = sources->reader.counts.secrets;

	for (size_t i = 0; i < sources->n_files && sources->follow; i++)
		keylog_file_read(&sources->files[i], &sources->reader, number);
	if (sources->socket)
		keylog_socket_read(sources->socket, &sources->reader, number);
	return sources->reader.counts.secrets > before;
}

const char *keylog_sources_news(struct keylog_sources *sources)
{
	for (size_t i = 0; i < sources->n_files; i++)
		if (keylog_file_news(&sources->files[i], sources->text, sizeof sources->text))
			return sources->text;
	if (!sources->socket || sources->n_refused_told || !keylog_socket_n_refused(sources->socket))
		return NULL;
	sources->n_refused_told = keylog_socket_n_refused(sources->socket); /* once: there may be many */
	snprintf(sources->text, sizeof sources->text, "%s: more than %d clients: some are sent away", sources->listen,
	    KEYLOG_SOCKET_CLIENTS);
	return sources->text;
}

const struct keylog_counts *keylog_sources_counts(const struct keylog_sources *sources)
{
	return &sources->reader.counts;
}
