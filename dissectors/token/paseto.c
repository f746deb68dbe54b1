#include "dissectors/token/paseto.h"

#include "dissectors/token/base64url.h"
#include "dissectors/token/jose.h"
#include "dissectors/token/keep.h"

enum {
	VERSION_LEN = 2,     /* "v4" */
	FOOTER_LEN = 16384,  /* decoded bytes looked at */
};

/* What each adds to a message: nonce and tag, or signature. */
static const struct paseto_form {
	char head[16];
	uint8_t purpose_len;
	uint16_t least; /* bytes */
} forms[] = {
	{ "v1.local.", 5, 32 + 48 },
	{ "v2.local.", 5, 24 + 16 },
	{ "v3.local.", 5, 32 + 48 },
	{ "v4.local.", 5, 32 + 32 },
	{ "v1.public.", 6, 256 },
	{ "v2.public.", 6, 64 },
	{ "v3.public.", 6, 96 },
	{ "v4.public.", 6, 64 },
};

struct paseto {
	const struct paseto_form *form;
	struct bytes payload, footer;
};

static bool split(struct bytes token, struct paseto *paseto)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct bytes head = bytes_text(forms[i].head);

		if (!bytes_equal(bytes_head(token, head.len), head))
			continue;
		paseto->form = &forms[i];
		paseto->payload = bytes_tail(token, head.len);
		const uint8_t *dot = memchr(paseto->payload.data, '.', paseto->payload.len);

		paseto->footer = bytes_of(token.data + token.len, 0);
		if (dot) {
			size_t len = (size_t)(dot - paseto->payload.data);

			paseto->footer = bytes_tail(paseto->payload, len + 1);
			paseto->payload.len = len;
		}
		return paseto->payload.len >= ((size_t)forms[i].least * 4 + 2) / 3;
	}
	return false;
}

/* base64url without padding is all there may be. */
bool paseto_is(struct bytes token)
{
	struct paseto paseto;

	return split(token, &paseto) && !(base64url_check(paseto.payload) & ~(uint32_t)BASE64URL_BITS) &&
	    !(base64url_check(paseto.footer) & ~(uint32_t)BASE64URL_BITS);
}

void paseto_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	struct paseto paseto;
	uint32_t spelling = 0;

	(void)subject;
	if (!split(credential_token(credential->secret), &paseto))
		return;
	struct bytes head = bytes_text(paseto.form->head);

	record_text(record, PASETO_VERSION, bytes_head(head, VERSION_LEN));
	record_text(record, PASETO_PURPOSE, bytes_head(bytes_tail(head, VERSION_LEN + 1), paseto.form->purpose_len));
	size_t room = base64url_room(paseto.footer.len), cap = room < FOOTER_LEN ? room : FOOTER_LEN;
	uint8_t *footer = paseto.footer.len ? arena_alloc(arena, cap) : NULL;

	if (!footer)
		return;
	struct bytes kid = jose_claim_text(
		bytes_of(footer, base64url_decode(paseto.footer, footer, cap, &spelling)), "kid", arena);

	if (kid.len)
		record_text(record, PASETO_KID, bytes_head(kid, KEEP_TEXT_LEN));
}
