#include "dissectors/token/saml_odd.h"

#include "sensor/model/token.h"

static const char *const words[SAML_ODDS] = {
	[SAML_ODD_BAD_BASE64] = "bad_base64",
	[SAML_ODD_ENCODING] = "encoding",
	[SAML_ODD_DOCTYPE] = "doctype",
	[SAML_ODD_BAD_XML] = "bad_xml",
	[SAML_ODD_TOO_LONG] = "too_long",
	[SAML_ODD_TOO_DEEP] = "too_deep",
	[SAML_ODD_BAD_TIME] = "bad_time",
	[SAML_ODD_COMMENT_IN_NAME] = "comment_in_name",
	[SAML_ODD_COMMENT_IN_SIGNATURE] = "comment_in_signature",
	[SAML_ODD_MANY_SIGNED_INFO] = "many_signed_info",
	[SAML_ODD_DUPLICATE_ID] = "duplicate_id",
	[SAML_ODD_MANY_ASSERTIONS] = "many_assertions",
	[SAML_ODD_NO_SIGNATURE] = "no_signature",
	[SAML_ODD_WRAPPED] = "wrapped",
	[SAML_ODD_TRANSFORMS] = "transforms",
	[SAML_ODD_WEAK_ALG] = "weak_alg",
};

void saml_odd_record(uint32_t odd, struct record *record, struct arena *arena)
{
	struct bytes *texts = odd ? arena_alloc(arena, (size_t)__builtin_popcount(odd) * sizeof *texts) : NULL;
	size_t n = 0;

	for (size_t i = 0; texts && i < SAML_ODDS; i++)
		if (odd >> i & 1)
			texts[n++] = bytes_text(words[i]);
	if (n)
		record_texts(record, SAML_ODD, texts, n);
}
