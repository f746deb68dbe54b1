#include "dissectors/token/kinds.h"

#include "dissectors/token/jose.h"
#include "dissectors/token/saml.h"

static void scan_jose(struct bytes secret, struct record *record, struct bytes *subject, struct arena *arena)
{
	jose_scan(secret, record, subject, arena);
}

/* Kinds without a row say nothing but what they are. */
static const struct kind {
	void (*scan)(struct bytes secret, struct record *record, struct bytes *subject, struct arena *arena);
	enum token_field subject;
	bool is_jose;
} kinds[CREDENTIAL_KINDS] = {
	[CREDENTIAL_JWS] = { scan_jose, JWT_SUB_HASH, true },
	[CREDENTIAL_JWE] = { scan_jose, JWT_SUB_HASH, true },
	[CREDENTIAL_SAML] = { saml_scan, SAML_SUB_HASH, false },
};

void kinds_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	if (kinds[credential->kind].scan)
		kinds[credential->kind].scan(credential->secret, record, subject, arena);
}

enum token_field kinds_subject_field(enum credential_kind kind)
{
	return kinds[kind].subject;
}

bool kinds_is_jose(enum credential_kind kind)
{
	return kinds[kind].is_jose;
}
