#include "sensor/trust/jwk.h"

#include "sensor/trust/digest.h"
#include "sensor/trust/jwk_openssl.h"

#include <stdio.h>

enum { CERT_LEN = 16384, CERTS_MAX = 16, THUMB_JSON_LEN = 4096 };

static const struct curve {
	const char *crv;
	const char *group; /* OpenSSL's name */
	enum jwk_type type;
	size_t len; /* of a coordinate: fixed, RFC 7518 6.2.1.2 and RFC 8037 2 */
} curves[] = {
	{ "P-256", "prime256v1", JWK_EC, 32 },
	{ "P-384", "secp384r1", JWK_EC, 48 },
	{ "P-521", "secp521r1", JWK_EC, 66 },
	{ "secp256k1", "secp256k1", JWK_EC, 32 },
	{ "Ed25519", "ED25519", JWK_OKP, 32 },
	{ "Ed448", "ED448", JWK_OKP, 57 },
	{ "X25519", "X25519", JWK_OKP, 32 },
	{ "X448", "X448", JWK_OKP, 56 },
};

/* One base64url number of a key. */
struct number {
	uint8_t data[JWK_NUMBER_LEN];
	size_t len; /* 0 after an error */
};

static void read_number(struct number *number, const struct members *members, const char *name)
{
	const json_t *value = json_object_get(members->object, name);
	struct bytes text = bytes_of("", 0);

	number->len = 0;
	if (json_is_string(value))
		text = bytes_of(json_string_value(value), json_string_length(value));
	size_t len = digest_base64(text, number->data, sizeof number->data);

	if (text.len == 0 || len == SIZE_MAX || len == 0)
		members_wrong(members, "%s is not a base64url number of at most 16,384 bits", name);
	else
		number->len = len;
}

/* RSA numbers have no leading zeros, RFC 7518 2 "Base64urlUInt"; some publishers send one all the same, and the
 * thumbprint must not depend on it. */
static void strip_zeros(struct number *number)
{
	size_t zeros = 0;

	while (zeros < number->len && number->data[zeros] == 0)
		zeros++;
	number->len -= zeros;
	memmove(number->data, number->data + zeros, number->len);
}

static struct bytes keep(const struct members *members, const void *data, size_t len)
{
	struct bytes copy = arena_copy(members->arena, bytes_of(data, len));

	if (!copy.data) {
		members_wrong(members, "out of memory");
		return bytes_of("", 0);
	}
	return copy;
}

static void append(uint8_t *json, size_t *len, const char *before, struct bytes raw)
{
	size_t n = strlen(before);

	memcpy(json + *len, before, n);
	*len += n;
	*len += digest_base64url(raw, json + *len);
}

static bool read_rsa(struct jwk *jwk, const struct members *members)
{
	struct number n, e;
	uint8_t json[THUMB_JSON_LEN], digest[DIGEST_SHA256_LEN];
	size_t len = 0;

	read_number(&n, members, "n");
	read_number(&e, members, "e");
	if (n.len == 0 || e.len == 0)
		return false;
	strip_zeros(&n);
	strip_zeros(&e);
	if (n.len < 2 || !(n.data[n.len - 1] & 1) || e.len == 0 || !(e.data[e.len - 1] & 1) ||
	    (e.len == 1 && e.data[0] == 1)) {
		members_wrong(members, "n and e are no RSA key: both are odd, and e is above 1");
		return false;
	}
	/* RFC 7638 3.2: the required members in the order of their names, without blanks. */
	append(json, &len, "{\"e\":\"", bytes_of(e.data, e.len));
	append(json, &len, "\",\"kty\":\"RSA\",\"n\":\"", bytes_of(n.data, n.len));
	append(json, &len, "\"}", bytes_of("", 0));
	digest_sha256(bytes_of(json, len), digest);
	jwk->thumbprint = keep(members, digest, sizeof digest);
	if (!jwk_openssl_rsa(bytes_of(n.data, n.len), bytes_of(e.data, e.len), digest)) {
		members_wrong(members, "n and e are refused as an RSA key");
		return false;
	}
	jwk->spki = keep(members, digest, sizeof digest);
	return true;
}

static const struct curve *find_curve(const struct members *members, enum jwk_type type)
{
	const char *crv = json_string_value(json_object_get(members->object, "crv"));

	for (size_t i = 0; crv && i < sizeof curves / sizeof *curves; i++)
		if (curves[i].type == type && strcmp(curves[i].crv, crv) == 0)
			return &curves[i];
	members_wrong(members, "crv is not a curve of this kty");
	return NULL;
}

static bool read_curve(struct jwk *jwk, const struct members *members)
{
	const struct curve *curve = find_curve(members, jwk->type);
	struct number x, y = { .len = 0 };
	uint8_t json[512], digest[DIGEST_SHA256_LEN];
	bool ec = jwk->type == JWK_EC;

	if (!curve)
		return false;
	read_number(&x, members, "x");
	if (ec)
		read_number(&y, members, "y");
	if (x.len != curve->len || (ec && y.len != curve->len)) {
		members_wrong(members, "a coordinate on %s has %zu bytes", curve->crv, curve->len);
		return false;
	}
	size_t len = (size_t)snprintf(
	    (char *)json, sizeof json, "{\"crv\":\"%s\",\"kty\":\"%s\"", curve->crv, ec ? "EC" : "OKP");

	append(json, &len, ",\"x\":\"", bytes_of(x.data, x.len));
	if (ec)
		append(json, &len, "\",\"y\":\"", bytes_of(y.data, y.len));
	append(json, &len, "\"}", bytes_of("", 0));
	digest_sha256(bytes_of(json, len), digest);
	jwk->thumbprint = keep(members, digest, sizeof digest);
	if (!jwk_openssl_curve(curve->group, bytes_of(x.data, x.len), bytes_of(y.data, y.len), digest)) {
		members_wrong(members, "not a point on %s", curve->crv);
		return false;
	}
	jwk->spki = keep(members, digest, sizeof digest);
	return true;
}

/* Digests and name of x5c[0]; the key in it must be the key beside it. */
static bool read_x5c(struct jwk *jwk, const struct members *members)
{
	const json_t *x5c = json_object_get(members->object, "x5c");
	uint8_t der[CERT_LEN], sha1[DIGEST_SHA1_LEN], sha256[DIGEST_SHA256_LEN];
	struct jwk_openssl_cert cert;

	if (!x5c)
		return true;
	if (!json_is_array(x5c) || json_array_size(x5c) == 0 || json_array_size(x5c) > CERTS_MAX) {
		members_wrong(members, "x5c is not an array of 1 to 16 certificates");
		return false;
	}
	for (size_t i = json_array_size(x5c); i-- > 0;) {
		const json_t *item = json_array_get(x5c, i);
		struct bytes text = bytes_of("", 0);

		if (json_is_string(item))
			text = bytes_of(json_string_value(item), json_string_length(item));
		size_t len = digest_base64(text, der, sizeof der);

		if (len == SIZE_MAX || !jwk_openssl_cert(bytes_of(der, len), &cert)) {
			members_wrong(members, "x5c[%zu] is not a certificate", i);
			return false;
		}
		if (i > 0)
			continue;
		digest_sha1(bytes_of(der, len), sha1);
		digest_sha256(bytes_of(der, len), sha256);
	}
	if (jwk->spki.len && memcmp(jwk->spki.data, cert.spki, sizeof cert.spki) != 0) {
		members_wrong(members, "the first certificate of x5c holds another key");
		return false;
	}
	jwk->cn = keep(members, cert.cn, cert.cn_len);
	jwk->x5t = keep(members, sha1, sizeof sha1);
	jwk->x5t_s256 = keep(members, sha256, sizeof sha256);
	return true;
}

/* A digest sent beside the certificate, or instead of it. */
static bool read_digest(struct bytes *field, const struct members *members, const char *name, size_t len)
{
	struct bytes text = members_text(members, name);
	uint8_t digest[DIGEST_SHA256_LEN];

	if (text.len == 0)
		return true;
	if (!digest_parse(text, digest, len)) {
		members_wrong(members, "%s is not a digest of %zu bytes", name, len);
		return false;
	}
	if (field->len && memcmp(field->data, digest, len) != 0) {
		members_wrong(members, "%s is not the digest of the first certificate of x5c", name);
		return false;
	}
	*field = keep(members, digest, len);
	return true;
}

static bool signs(const struct members *members)
{
	const json_t *use = json_object_get(members->object, "use"),
		     *ops = json_object_get(members->object, "key_ops"), *op;
	const char *word = json_string_value(use);
	size_t i;

	if (use && (!word || (strcmp(word, "sig") != 0 && strcmp(word, "jwt-svid") != 0)))
		return false;
	if (!ops)
		return true;
	json_array_foreach(ops, i, op)
	{
		word = json_string_value(op);
		if (word && strcmp(word, "verify") == 0)
			return true;
	}
	return false;
}

static bool read_public(struct jwk *jwk, const struct members *members)
{
	static const char *const private_names[] = { "d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv" };
	const char *kty = json_string_value(json_object_get(members->object, "kty"));

	for (size_t i = 0; i < sizeof private_names / sizeof *private_names; i++) {
		if (!json_object_get(members->object, private_names[i]))
			continue;
		members_wrong(
		    members, "private key material: member %s; key sets hold public keys only", private_names[i]);
		return false;
	}
	if (!kty) {
		members_wrong(members, "kty is missing");
		return false;
	}
	if (strcmp(kty, "RSA") == 0) {
		jwk->type = JWK_RSA;
		return read_rsa(jwk, members);
	}
	jwk->type = strcmp(kty, "EC") == 0 ? JWK_EC : strcmp(kty, "OKP") == 0 ? JWK_OKP : JWK_OTHER;
	return jwk->type == JWK_OTHER || read_curve(jwk, members);
}

static void read_kid(struct jwk *jwk, const struct members *members)
{
	const json_t *kid = json_object_get(members->object, "kid");
	uint8_t text[DIGEST_TEXT_LEN + 1];

	if (kid && !(json_is_string(kid) && json_string_length(kid) == 0))
		jwk->kid = members_text(members, "kid");
	else if (jwk->thumbprint.len)
		jwk->kid = keep(members, text, digest_base64url(jwk->thumbprint, text));
	else
		members_wrong(members, "kid is missing, and the kty is not one a thumbprint is known for");
}

bool jwk_read(struct jwk *jwk, const struct members *members)
{
	struct bytes none = bytes_of("", 0);
	unsigned n_before = members->errors->n;

	*jwk = (struct jwk){ JWK_OTHER, false, none, none, none, none, none, none, none, none };
	if (!read_public(jwk, members) || !read_x5c(jwk, members))
		return false;
	jwk->signs = signs(members);
	read_digest(&jwk->x5t, members, "x5t", DIGEST_SHA1_LEN);
	read_digest(&jwk->x5t_s256, members, "x5t#S256", DIGEST_SHA256_LEN);
	read_kid(jwk, members);
	jwk->issuer = members_text(members, "issuer");
	jwk->cloud = members_text(members, "cloud_instance_name");
	return members->errors->n == n_before;
}
