#include "dissectors/token/carriers.h"
#include "dissectors/token/jws_json.h"

static bool split(const struct credential *outer, struct jose_parts *parts, struct arena *arena)
{
	if (outer->kind == CREDENTIAL_JWS)
		*parts = jose_split(credential_token(outer->secret));
	return outer->kind == CREDENTIAL_JWS ||
	    (outer->kind == CREDENTIAL_JWS_JSON && jws_json_split(outer->secret, parts, arena));
}

/* What Exchange, SharePoint and ACS put into a wrapper whose own alg is none is a token with a key, an issuer and a tenant: the
 * one that is worth judging. */
bool carriers_inner(const struct credential *outer, struct arena *arena, struct credential *inner)
{
	struct jose_parts parts;
	struct bytes payload;
	bool nested;

	if (!split(outer, &parts, arena))
		return false;
	payload = jose_payload(&parts, &nested, arena);
	*inner = (struct credential){ .carrier = nested ? "nested" : "actortoken", .kind = CREDENTIAL_UNTOLD };
	inner->secret = nested ? payload : jose_claim_text(payload, "actortoken", arena);
	inner->name = inner->scheme = bytes_of(inner->secret.data, 0);
	if (inner->secret.len == 0)
		return false;
	credential_classify(inner);
	return true;
}
