/* keylog_reader: takes a key log from a descriptor, through one buffer that is wiped whenever it was used. */
#ifndef STORMGLASS_SECRETS_KEYLOG_READER_H
#define STORMGLASS_SECRETS_KEYLOG_READER_H

#include "sensor/secrets/keylog.h"

struct keylog_reader {
	uint8_t *buffer;
	struct secrets *secrets; /* where they go */
	struct keylog_counts counts;
};

enum keylog_reader_status {
	KEYLOG_READER_MORE,      /* there may be more */
	KEYLOG_READER_NOTHING,   /* for now */
	KEYLOG_READER_END,       /* of the file; nobody writes to the pipe or socket */
	KEYLOG_READER_FAILED,    /* errno */
};

bool keylog_reader_init(struct keylog_reader *reader, struct secrets *secrets); /* false: out of memory */
void keylog_reader_fini(struct keylog_reader *reader);                          /* of a zeroed one too */

/* Takes at most *len bytes, or somewhat more, and says in it how many there were. `keylog` remembers the line that is not
 * over. */
enum keylog_reader_status keylog_reader_take(struct keylog_reader *reader, int fd, struct keylog *keylog, uint64_t number,
    uint64_t *len);

/* The line that is not over is one. */
void keylog_reader_end(struct keylog_reader *reader, struct keylog *keylog, uint64_t number);

#endif
