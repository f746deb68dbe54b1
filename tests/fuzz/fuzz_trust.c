/* fuzz_trust: files of any content, then a token of any content. The first byte chooses:
 *   0..2  the rest is issuers.json, a key set or compromised.json
 *   else  the rest is lines: iss, tid, kid, x5t, jku, judged by the descriptions below */
#include "sensor/trust/store.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define GUID "9188040d-6c67-4c5b-b112-36a304b66dad"

static const char issuers_json[] =
	"{\"issuers\":["
	"{\"name\":\"people\",\"iss\":\"https://login.example.com/" GUID "/v2.0\",\"tenant\":\"" GUID "\",\"tenant_claim\":\"tid\","
	"\"class\":\"consumers\",\"keys\":\"all\",\"jwk_issuer\":\"https://login.example.com/" GUID "/v2.0\"},"
	"{\"name\":\"firms\",\"iss\":\"https://login.example.com/{tenant:guid}/v2.0\",\"tenant_claim\":\"tid\",\"cloud\":\"one\","
	"\"class\":\"organisations\",\"keys\":\"all\",\"jwk_issuer\":\"https://login.example.com/{tenantid}/v2.0\","
	"\"expect\":{\"ver\":\"2.0\",\"x5t\":false}},"
	"{\"name\":\"pool\",\"iss\":\"https://idp.{r:label}.example.org/{r}_{tenant:word}\",\"class\":\"customers\"},"
	"{\"name\":\"open\",\"iss\":\"https://{h:authority}/realms/{tenant:segment}\",\"class\":\"self-hosted\"}"
	"]}";

static const char keys_json[] =
	"{\"keys\":[{\"kty\":\"AKP\",\"kid\":\"a-key-of-firms-in-general\",\"issuer\":\"https://login.example.com/{tenantid}/v2.0\"},"
	"{\"kty\":\"AKP\",\"kid\":\"a-key-of-people-only\",\"issuer\":\"https://login.example.com/" GUID "/v2.0\"}]}";

static struct bytes next_line(struct bytes *rest)
{
	size_t n = 0;

	while (n < rest->len && rest->data[n] != '\n')
		n++;
	struct bytes line = bytes_head(*rest, n);

	*rest = bytes_tail(*rest, n + 1);
	return line;
}

static void judge(const struct trust *trust, struct bytes lines)
{
	static const size_t fields[] = { JWT_ISS, JWT_TID, JWT_KID, JWT_X5T, JWT_JKU };
	struct budget budget;
	struct arena arena;

	budget_init(&budget, 1 << 20, NULL);
	arena_init(&arena, 4096, &budget);
	struct record *token = record_new(&token_record, &arena);

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		struct bytes line = next_line(&lines);

		if (line.len)
			record_text(token, fields[i], line);
	}
	trust_judge(trust, token, &arena);
	/* Whatever was said, a binding without a tenant claim is one too many: both bound issuers want it. */
	if (bytes_is(record_get(token, KEY_BINDING), "bound") && !record_has(token, JWT_TID))
		abort();
	if (bytes_is(record_get(token, KEY_BINDING), "bound") && !record_has(token, ISS_PROVIDER))
		abort();
	arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes input = bytes_of(data, len), rest = bytes_tail(input, 1);
	unsigned what = len ? data[0] % 4u : 3;
	struct errors errors = { 0 };
	struct trust *trust = store_new();

	if (!trust)
		return 0;
	store_issuers(trust, "issuers.json", bytes_text(issuers_json), &errors);
	store_keys(trust, bytes_text("all"), "all", bytes_text(keys_json), &errors);
	if (what == 0)
		store_issuers(trust, "issuers.json", rest, &errors);
	else if (what == 1)
		store_keys(trust, bytes_text("more"), "more", rest, &errors);
	else if (what == 2)
		store_compromised(trust, "compromised.json", rest, &errors);
	if (errors.n == 0)
		store_finish(trust, &errors);
	if (errors.n == 0)
		judge(trust, what == 3
				 ? rest
				 : bytes_text("https://login.example.com/" GUID "/v2.0\n\na-key-of-people-only\n"));
	store_free(trust);
	errors_fini(&errors);
	return 0;
}
