#include "tests/support/jwk_maker.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void want(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "jwk_maker: %s failed\n", what);
	abort();
}

static void base64url(const unsigned char *raw, size_t len, char *out)
{
	size_t n = (size_t)EVP_EncodeBlock((unsigned char *)out, raw, (int)len);

	while (n > 0 && out[n - 1] == '=')
		n--;
	out[n] = 0;
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i]);
}

static void hex(const unsigned char *raw, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++)
		snprintf(out + 2 * i, 3, "%02x", raw[i]);
}

static void make_numbers(struct jwk_maker *key, EVP_PKEY *pkey)
{
	unsigned char point[65], digest[32], *der = NULL;
	char x[48], y[48], json[256];
	size_t len = 0;

	want(EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) == 1 &&
		 len == 65,
	    "point");
	base64url(point + 1, 32, x);
	base64url(point + 33, 32, y);
	snprintf(key->numbers, sizeof key->numbers, "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"", x, y);
	snprintf(json, sizeof json, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", x, y);
	SHA256((unsigned char *)json, strlen(json), digest);
	base64url(digest, sizeof digest, key->thumbprint);
	int der_len = i2d_PUBKEY(pkey, &der);

	want(der_len > 0, "public key");
	SHA256(der, (size_t)der_len, digest);
	hex(digest, sizeof digest, key->spki_hex);
	OPENSSL_free(der);
}

static void make_cert(struct jwk_maker *key, EVP_PKEY *pkey, const char *cn)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);
	unsigned char *der = NULL, digest[32];

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0);
	X509_set_issuer_name(cert, name);
	X509_set_pubkey(cert, pkey);
	want(X509_sign(cert, pkey, EVP_sha256()) > 0, "certificate");
	int len = i2d_X509(cert, &der);

	want(len > 0 && (size_t)len * 4 / 3 + 8 < sizeof key->cert, "certificate size");
	EVP_EncodeBlock((unsigned char *)key->cert, der, len);
	SHA1(der, (size_t)len, digest);
	base64url(digest, 20, key->x5t);
	hex(digest, 20, key->x5t_hex);
	SHA256(der, (size_t)len, digest);
	base64url(digest, 32, key->x5t_s256);
	OPENSSL_free(der);
	X509_free(cert);
}

void jwk_maker_new(struct jwk_maker *key, const char *cn)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");

	want(pkey != NULL, "key");
	memset(key, 0, sizeof *key);
	make_numbers(key, pkey);
	if (cn)
		make_cert(key, pkey, cn);
	EVP_PKEY_free(pkey);
}

char *jwk_maker_text(
    const struct jwk_maker *key, const char *kid, int with_cert, const char *more, char *out, size_t cap)
{
	char id[256] = "";

	if (kid)
		snprintf(id, sizeof id, ",\"kid\":\"%s\"", kid);
	snprintf(out, cap, "{%s%s%s%s%s%s}", key->numbers, id, with_cert ? ",\"x5c\":[\"" : "",
	    with_cert ? key->cert : "", with_cert ? "\"]" : "", more);
	return out;
}
