#include "dissectors/token/sigv4.h"

#include "dissectors/token/authparam.h"
#include "dissectors/token/keep.h"
#include "dissectors/token/numericdate.h"
#include "dissectors/token/urlencoded.h"

enum {
	ACCOUNT_DIGITS = 12,
	KEY_ID_LEN = 20,
	PREFIX_LEN = 4,  /* AKIA, ASIA ...: what the id stands for */
	ACCOUNT_LEN = 10 /* characters in which the account is */
};

/* What is known of one signature, wherever it stood; empty where it was not there. */
struct sigv4 {
	struct bytes alg, scope, region_set, signed_headers, expires;
	bool presigned, session_token;
};

/* ---- key ids ---- */

static int base32_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

/* Ten characters in base32, 50 bits:
 *
 *   1 | account, 40 bits | 9 bits of something else
 *
 * The first bit is 0 in ids of before 2019, which tell no account. */
bool sigv4_account(struct bytes key_id, uint64_t *account)
{
	uint64_t bits = 0;

	if (key_id.len != KEY_ID_LEN || (!bytes_is(bytes_head(key_id, PREFIX_LEN), "AKIA") &&
		!bytes_is(bytes_head(key_id, PREFIX_LEN), "ASIA")))
		return false;
	for (size_t i = PREFIX_LEN; i < KEY_ID_LEN; i++) {
		int five = base32_value(key_id.data[i]);

		if (five < 0)
			return false;
		if (i < PREFIX_LEN + ACCOUNT_LEN)
			bits = bits << 5 | (uint64_t)five;
	}
	*account = bits >> 9 & ((UINT64_C(1) << 40) - 1);
	return bits >> 49 == 1 && *account < UINT64_C(1000000000000);
}

static void set_key_id(struct record *record, struct bytes key_id, struct arena *arena)
{
	struct bytes prefix = bytes_head(key_id, PREFIX_LEN);
	const char *type = bytes_is(prefix, "AKIA") ? "long_term" : bytes_is(prefix, "ASIA") ? "temporary" : "other";
	uint8_t digits[ACCOUNT_DIGITS];
	uint64_t account;

	keep_text(record, AWS_KEY_ID, key_id, arena);
	record_text(record, AWS_KEY_TYPE, bytes_text(type));
	if (!sigv4_account(key_id, &account))
		return;
	for (size_t i = ACCOUNT_DIGITS; i-- > 0; account /= 10)
		digits[i] = (uint8_t)('0' + account % 10);
	keep_text(record, AWS_ACCOUNT, bytes_of(digits, sizeof digits), arena);
}

/* ---- the scope ---- */

/* Takes what is behind the last '/', and the '/'; false where there is none. */
static bool take_last(struct bytes *scope, struct bytes *part)
{
	const uint8_t *slash = scope->len ? memrchr(scope->data, '/', scope->len) : NULL;

	if (!slash)
		return false;
	size_t len = (size_t)(slash - scope->data);

	*part = bytes_tail(*scope, len + 1);
	scope->len = len;
	return true;
}

/* Split from its end: ids of others than AWS may hold a '/'. SigV4A has no region here. A scope with parts missing says only
 * what comes first in it. */
static void set_scope(struct record *record, const struct sigv4 *sigv4, struct arena *arena)
{
	bool no_region = bytes_equal_fold(bytes_head(sigv4->alg, 10), bytes_text("AWS4-ECDSA"));
	struct bytes left = sigv4->scope, end, service, region = sigv4->region_set, date;

	if (left.len == 0)
		return;
	if (take_last(&left, &end) && take_last(&left, &service) && (no_region || take_last(&left, &region)) &&
	    take_last(&left, &date)) {
		set_key_id(record, left, arena);
		keep_text(record, AWS_DATE, date, arena);
		keep_text(record, AWS_SERVICE, service, arena);
	} else {
		const uint8_t *slash = memchr(sigv4->scope.data, '/', sigv4->scope.len);

		size_t len = slash ? (size_t)(slash - sigv4->scope.data) : sigv4->scope.len;

		set_key_id(record, bytes_head(sigv4->scope, len), arena);
		region = sigv4->region_set;
	}
	if (region.len)
		keep_text(record, AWS_REGION, region, arena);
}

static bool is_signed(struct bytes headers, const char *name)
{
	while (headers.len > 0) {
		const uint8_t *end = memchr(headers.data, ';', headers.len);
		size_t len = end ? (size_t)(end - headers.data) : headers.len;

		if (bytes_equal_fold(bytes_head(headers, len), bytes_text(name)))
			return true;
		headers = bytes_tail(headers, len + 1);
	}
	return false;
}

static void set_fields(struct record *record, const struct sigv4 *sigv4, struct arena *arena)
{
	int64_t expires;
	bool plain;

	if (sigv4->alg.len)
		keep_text(record, AWS_ALG, sigv4->alg, arena);
	set_scope(record, sigv4, arena);
	if (sigv4->presigned || sigv4->signed_headers.len)
		record_flag(record, AWS_SESSION_TOKEN,
			sigv4->session_token || is_signed(sigv4->signed_headers, "x-amz-security-token"));
	if (!sigv4->presigned)
		return;
	record_flag(record, AWS_PRESIGNED, true);
	if (sigv4->expires.len && numericdate_read(sigv4->expires, &expires, &plain) && plain)
		record_int(record, AWS_EXPIRES, expires);
}

/* ---- the two places ---- */

static void read_header(struct sigv4 *sigv4, const struct credential *credential, struct arena *arena)
{
	struct bytes left = credential->secret;
	struct authparam param;

	sigv4->alg = credential->scheme;
	while (authparam_next(&left, &param)) {
		if (authparam_is(&param, "credential") && sigv4->scope.len == 0)
			sigv4->scope = authparam_text(&param, arena);
		else if (authparam_is(&param, "signedheaders") && sigv4->signed_headers.len == 0)
			sigv4->signed_headers = authparam_text(&param, arena);
	}
}

/* Where the value of a parameter goes; NULL: nowhere. */
static struct bytes *place_of(struct sigv4 *sigv4, struct bytes name)
{
	const struct {
		const char *name;
		struct bytes *place;
	} places[] = {
		{ "x-amz-algorithm", &sigv4->alg },
		{ "x-amz-credential", &sigv4->scope },
		{ "x-amz-expires", &sigv4->expires },
		{ "x-amz-region-set", &sigv4->region_set },
		{ "x-amz-signedheaders", &sigv4->signed_headers },
	};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (bytes_equal_fold(name, bytes_text(places[i].name)))
			return places[i].place;
	return NULL;
}

static void read_query(struct sigv4 *sigv4, struct bytes query, struct arena *arena)
{
	struct urlencoded pair;

	sigv4->presigned = true;
	while (urlencoded_next(&query, &pair)) {
		struct bytes *place = place_of(sigv4, pair.name);

		if (place && place->len == 0)
			*place = urlencoded_undo(pair.value, false, arena);
		if (bytes_equal_fold(pair.name, bytes_text("x-amz-security-token")) && pair.value.len > 0)
			sigv4->session_token = true; /* some libraries send it empty where there is none */
	}
}

void sigv4_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	struct sigv4 sigv4 = { 0 };

	(void)subject;
	if (credential->scheme.len)
		read_header(&sigv4, credential, arena);
	else
		read_query(&sigv4, credential->secret, arena);
	set_fields(record, &sigv4, arena);
}
