#include "dissectors/token/msa.h"

#include "dissectors/token/base64reader.h"
#include "dissectors/token/keep.h"

enum {
	HEAD_LEN = 31,
	KEY_ID_AT = 12,  /* in characters: byte 9 begins a group of four */
	KEY_ID_LEN = 27, /* characters: the byte behind the key id is 0, so the last of them has no bits but its own */
};

bool msa_is(struct bytes token)
{
	struct base64reader r;
	uint8_t head[HEAD_LEN];

	if (token.len < 2 || token.data[0] != 'E' || token.data[1] != 'w' || !base64reader_init(&r, token))
		return false;
	size_t len = base64reader_left(&r);

	base64reader_copy(&r, head, HEAD_LEN);
	return !r.over && head[0] == 0x13 && head[1] == 0 && len == ((size_t)head[2] | (size_t)head[3] << 8) && head[8] == 0x14 &&
	    head[29] == 0 && head[30] == 1;
}

void msa_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	struct bytes token = credential_token(credential->secret);
	uint8_t key_id[KEY_ID_LEN];

	(void)subject;
	if (!msa_is(token))
		return;
	for (size_t i = 0; i < KEY_ID_LEN; i++) {
		uint8_t c = token.data[KEY_ID_AT + i];

		key_id[i] = c == '+' ? '-' : c == '/' ? '_' : c;
	}
	keep_text(record, MSA_KEY_ID, bytes_of(key_id, sizeof key_id), arena);
}
