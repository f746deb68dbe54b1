#include "dissectors/token/digest.h"

#include "dissectors/token/authparam.h"
#include "dissectors/token/keep.h"
#include "dissectors/token/urlencoded.h"

/* RFC 8187 3.2.1: charset'language'value; what is not like that is taken as it is. */
static struct bytes extended(struct bytes value, struct arena *arena)
{
	for (unsigned n = 0; n < 2; n++) {
		const uint8_t *quote = value.len ? memchr(value.data, '\'', value.len) : NULL;

		if (!quote)
			break;
		value = bytes_tail(value, (size_t)(quote - value.data) + 1);
	}
	value = urlencoded_undo(value, false, arena);
	return value.data ? value : bytes_of("", 0);
}

void digest_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	struct bytes left = credential->secret, text;
	struct authparam param;

	while (authparam_next(&left, &param)) {
		text = authparam_text(&param, arena);
		if (authparam_is(&param, "realm"))
			keep_text(record, AUTH_REALM, text, arena);
		else if (authparam_is(&param, "algorithm"))
			keep_text(record, AUTH_ALG, text, arena);
		else if (authparam_is(&param, "username*") && subject->len == 0)
			*subject = extended(text, arena);
		else if (authparam_is(&param, "username") && subject->len == 0)
			*subject = text;
	}
}
