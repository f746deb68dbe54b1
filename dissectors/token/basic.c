#include "dissectors/token/basic.h"

#include "dissectors/token/base64url.h"

enum { USER_LEN = 4096 }; /* decoded bytes in which the user name must end */

/* Without a colon there is no telling which of the two it is: it may be a password. */
void basic_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	size_t room = base64url_room(credential->secret.len), cap = room < USER_LEN ? room : USER_LEN, len;
	uint8_t *text = arena_alloc(arena, cap), *colon;
	uint32_t spelling = 0;

	(void)record;
	if (!text)
		return;
	len = base64url_decode(credential->secret, text, cap, &spelling);
	colon = memchr(text, ':', len);
	if (colon)
		*subject = bytes_of(text, (size_t)(colon - text));
}
