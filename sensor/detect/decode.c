#include "sensor/detect/decode.h"

#include "dissectors/token/kinds.h"

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
	if ((credential->weak || credential_guessable(credential->kind, credential->secret.len)) && !decode->hash_plain)
		set_text(record, TOKEN_HASH, fingerprint_keyed(decode->fingerprint, credential->secret, arena));
	else
		set_text(record, TOKEN_SHA256, fingerprint_sha256(decode->fingerprint, credential->secret, arena));
	struct bytes subject = bytes_of("", 0);

	kinds_scan(credential, record, &subject, arena);
	if (subject.len)
		set_text(record, kinds_subject_field(credential->kind), fingerprint_subject(decode->fingerprint, subject, arena));
	if (kinds_is_jose(credential->kind))
		trust_judge(decode->trust, record, arena);
	return record;
}
