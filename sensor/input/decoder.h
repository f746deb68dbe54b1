/* decoder: what lies between an input and its window: nothing, or one of the compressions of format.h, which its first
 * bytes tell. Compressed data passes in pieces; memory is bounded whatever it decodes to. */
#ifndef STORMGLASS_INPUT_DECODER_H
#define STORMGLASS_INPUT_DECODER_H

#include "sensor/input/capture.h"
#include "sensor/input/format.h"

#include <sys/types.h>

enum { DECODER_HEAD_LEN = 6 }; /* what tells every format apart */

struct decoder {
	int fd;
	enum capture_source source;
	const struct format *format;   /* NULL: plain */
	void *state;                   /* of the format */
	uint8_t *buffer;               /* of compressed bytes, of which [in_at, in_end) were not taken yet */
	size_t in_at, in_end;
	uint64_t offset;               /* bytes of the input that were taken */
	uint8_t head[DECODER_HEAD_LEN];
	uint8_t n_head;
	bool known;                    /* what it is was decided */
	bool ended;                    /* the input itself */
	bool pending;                  /* the format may have more to give without being given any */
	bool whole;                    /* the input may end here */
	const char *why;               /* damage in the compressed data, or NULL; its place is `offset` */
};

/* Takes over `fd`. */
void decoder_begin(struct decoder *decoder, int fd, enum capture_source source);
void decoder_end(struct decoder *decoder);

/* As read(2), of decoded bytes. -1 with errno EBADMSG: the compressed data is damaged or cut, `why` and `offset` say how and
 * where; everything before it was given. EAGAIN: nothing is there yet (never from a CAPTURE_FILE that is one). */
ssize_t decoder_read(struct decoder *decoder, void *to, size_t room);

#endif
