#include "sensor/detect/decode.h"

#include "dissectors/token/jose.h"

static void set_text(struct record *record, size_t field, struct bytes text)
{
	if (text.data)
		record_text(record, field, text);
}

struct record *decode_credential(const struct decode *decode, const struct credential *credential, struct arena *arena)
{
	struct record *record = record_new(&token_record, arena);

	if (!record)
		return NULL;
	record_text(record, TOKEN_KIND, bytes_text(credential_kind_name(credential->kind)));
	record_int(record, TOKEN_SIZE, (int64_t)credential->secret.len);
	if (credential_guessable(credential->kind, credential->secret.len) && !decode->hash_plain)
		set_text(record, TOKEN_HASH, fingerprint_keyed(decode->fingerprint, credential->secret, arena));
	else
		set_text(record, TOKEN_SHA256, fingerprint_sha256(decode->fingerprint, credential->secret, arena));
	if (credential->kind != CREDENTIAL_JWS && credential->kind != CREDENTIAL_JWE)
		return record;
	struct bytes subject = bytes_of("", 0);

	jose_scan(credential->secret, record, &subject, arena);
	if (subject.len)
		set_text(record, JWT_SUB_HASH, fingerprint_subject(decode->fingerprint, subject, arena));
	trust_judge(decode->trust, record, arena);
	return record;
}
