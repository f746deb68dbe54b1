#include "dissectors/token/kinds.h"

#include "dissectors/token/basic.h"
#include "dissectors/token/biscuit.h"
#include "dissectors/token/digest.h"
#include "dissectors/token/http_signature.h"
#include "dissectors/token/jose.h"
#include "dissectors/token/jws_json.h"
#include "dissectors/token/macaroon.h"
#include "dissectors/token/msa.h"
#include "dissectors/token/paseto.h"
#include "dissectors/token/provider_prefix.h"
#include "dissectors/token/saml.h"
#include "dissectors/token/sigv4.h"
#include "dissectors/token/spnego.h"

static void scan_jose(
    const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	jose_scan(credential->secret, record, subject, arena);
}

static void scan_saml(
    const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	saml_scan(credential->secret, record, subject, arena);
}

/* Kinds without a row say nothing but what they are. */
static const struct kind {
	void (*scan)(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);
	enum token_field subject;
	bool is_jose;
} kinds[CREDENTIAL_KINDS] = {
	[CREDENTIAL_JWS] = { scan_jose, JWT_SUB_HASH, true },
	[CREDENTIAL_JWE] = { scan_jose, JWT_SUB_HASH, true },
	[CREDENTIAL_BASIC] = { basic_scan, AUTH_USER_HASH, false },
	[CREDENTIAL_DIGEST] = { digest_scan, AUTH_USER_HASH, false },
	[CREDENTIAL_NTLM] = { .scan = spnego_scan },
	[CREDENTIAL_NEGOTIATE] = { .scan = spnego_scan },
	[CREDENTIAL_SIGV4] = { .scan = sigv4_scan },
	[CREDENTIAL_HTTP_SIGNATURE] = { .scan = http_signature_scan },
	[CREDENTIAL_JWS_JSON] = { jws_json_scan, JWT_SUB_HASH, true },
	[CREDENTIAL_MSA] = { .scan = msa_scan },
	[CREDENTIAL_GOOGLE] = { .scan = provider_prefix_scan },
	[CREDENTIAL_GITHUB] = { .scan = provider_prefix_scan },
	[CREDENTIAL_GITLAB] = { .scan = provider_prefix_scan },
	[CREDENTIAL_SLACK] = { .scan = provider_prefix_scan },
	[CREDENTIAL_PASETO] = { .scan = paseto_scan },
	[CREDENTIAL_MACAROON] = { .scan = macaroon_scan },
	[CREDENTIAL_BISCUIT] = { .scan = biscuit_scan },
	[CREDENTIAL_SAML] = { scan_saml, SAML_SUB_HASH, false },
};

void kinds_start(void)
{
	saml_start();
}

void kinds_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	*subject = bytes_of("", 0);
	if (kinds[credential->kind].scan)
		kinds[credential->kind].scan(credential, record, subject, arena);
}

enum token_field kinds_subject_field(enum credential_kind kind)
{
	return kinds[kind].subject;
}

bool kinds_is_jose(enum credential_kind kind)
{
	return kinds[kind].is_jose;
}
