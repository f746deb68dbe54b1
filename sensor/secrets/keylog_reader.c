#include "sensor/secrets/keylog_reader.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sensor/base/pages.h"

enum { BUFFER_LEN = PAGES_HUGE }; /* pages of its own, which can be kept out of dumps */

bool keylog_reader_init(struct keylog_reader *reader, struct secrets *secrets)
{
	*reader = (struct keylog_reader){ .buffer = pages_alloc(BUFFER_LEN), .secrets = secrets };
	if (reader->buffer)
		(void)madvise(reader->buffer, BUFFER_LEN, MADV_DONTDUMP);
	return reader->buffer != NULL;
}

void keylog_reader_fini(struct keylog_reader *reader)
{
	pages_free(reader->buffer, BUFFER_LEN);
}

enum keylog_reader_status keylog_reader_take(struct keylog_reader *reader, int fd, struct keylog *keylog, uint64_t number,
    uint64_t *len)
{
	uint64_t most = *len;
	ssize_t n = 0;

	for (*len = 0; *len < most; *len += (uint64_t)n) {
		do
			n = read(fd, reader->buffer, BUFFER_LEN);
		while (n < 0 && errno == EINTR);
		if (n < 0)
			return errno == EAGAIN ? KEYLOG_READER_NOTHING : KEYLOG_READER_FAILED;
		if (n == 0)
			return KEYLOG_READER_END;
		keylog_feed(keylog, bytes_of(reader->buffer, (size_t)n), reader->secrets, number, &reader->counts);
		secrets_wipe(reader->buffer, (size_t)n);
	}
	return KEYLOG_READER_MORE;
}

void keylog_reader_end(struct keylog_reader *reader, struct keylog *keylog, uint64_t number)
{
	keylog_end(keylog, reader->secrets, number, &reader->counts);
}
