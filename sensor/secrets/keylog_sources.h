/* keylog_sources: where key logs come from: files, which grow, are cut and are replaced; pipes; and a unix stream socket that
 * others write to. What they say goes to the store.
 *
 * Without `follow` files and pipes are read to their end when they are opened, and that was all of them. With it they are read
 * as far as they go and looked at again and again; nothing ever waits then. */
#ifndef STORMGLASS_SECRETS_KEYLOG_SOURCES_H
#define STORMGLASS_SECRETS_KEYLOG_SOURCES_H

#include <sys/types.h>

#include "sensor/base/errors.h"
#include "sensor/secrets/keylog.h"

struct keylog_sources;

struct keylog_sources_options {
	char *const *files;    /* borrowed until keylog_sources_free */
	size_t n_files;
	const char *listen;    /* path of the socket, likewise; NULL: none */
	uid_t uid;             /* whose socket it is to be; (uid_t)-1 and (gid_t)-1: as it comes */
	gid_t gid;
	bool follow;
};

/* Opens everything and reads what is there, as known before the first packet (number 0). NULL: `errors` says why. What is
 * missing, or is no key log, is an error; of a followed file it is news. */
struct keylog_sources *keylog_sources_open(const struct keylog_sources_options *options, struct secrets *secrets,
    struct errors *errors);

/* Closes all, and removes the socket where that may be done; NULL is fine. */
void keylog_sources_free(struct keylog_sources *sources);

/* Takes what came since, a bounded part of it at a call, as known before packet `number`. True: there was a secret. */
bool keylog_sources_read(struct keylog_sources *sources, uint64_t number);

/* Something a person should know, once; NULL: that was all. Lives until the next call. */
const char *keylog_sources_news(struct keylog_sources *sources);

const struct keylog_counts *keylog_sources_counts(const struct keylog_sources *sources);

#endif
