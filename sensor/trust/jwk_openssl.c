#include "sensor/trust/jwk_openssl.h"

#include <stdio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

/* Takes the key. */
static bool spki_of(EVP_PKEY *key, uint8_t spki[DIGEST_SHA256_LEN])
{
	unsigned char *der = NULL;
	int len = key ? i2d_PUBKEY(key, &der) : -1;

	EVP_PKEY_free(key);
	ERR_clear_error();
	if (len <= 0)
		return false;
	digest_sha256(bytes_of(der, (size_t)len), spki);
	OPENSSL_free(der);
	return true;
}

static EVP_PKEY *key_of(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (context && EVP_PKEY_fromdata_init(context) == 1)
		EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(context);
	return key;
}

bool jwk_openssl_rsa(struct bytes n, struct bytes e, uint8_t spki[DIGEST_SHA256_LEN])
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *n_number = BN_bin2bn(n.data, (int)n.len, NULL), *e_number = BN_bin2bn(e.data, (int)e.len, NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (build && n_number && e_number && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n_number) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e_number) == 1)
		params = OSSL_PARAM_BLD_to_param(build);
	if (params)
		key = key_of("RSA", params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(n_number);
	BN_free(e_number);
	return spki_of(key, spki);
}

static EVP_PKEY *ec_key(const char *group, struct bytes x, struct bytes y)
{
	uint8_t point[1 + 2 * 66] = { 4 }; /* uncompressed: 04 x y, SEC 1 2.3.3 */
	char name[32];
	OSSL_PARAM params[3];

	memcpy(point + 1, x.data, x.len);
	memcpy(point + 1 + x.len, y.data, y.len);
	snprintf(name, sizeof name, "%s", group);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + x.len + y.len);
	params[2] = OSSL_PARAM_construct_end();
	return key_of("EC", params);
}

bool jwk_openssl_curve(const char *group, struct bytes x, struct bytes y, uint8_t spki[DIGEST_SHA256_LEN])
{
	if (x.len > 66 || y.len > 66)
		return false;
	if (y.len)
		return spki_of(ec_key(group, x, y), spki);
	return spki_of(EVP_PKEY_new_raw_public_key_ex(NULL, group, NULL, x.data, x.len), spki);
}

static void common_name(X509 *x509, struct jwk_openssl_cert *cert)
{
	const X509_NAME *subject = X509_get_subject_name(x509);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	unsigned char *text = NULL;

	cert->cn_len = 0;
	if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0)
		return;
	int len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));

	if (len > 0 && len <= JWK_CN_LEN) {
		memcpy(cert->cn, text, (size_t)len);
		cert->cn_len = (size_t)len;
	}
	if (len >= 0)
		OPENSSL_free(text);
}

bool jwk_openssl_cert(struct bytes der, struct jwk_openssl_cert *cert)
{
	const unsigned char *at = der.data;
	X509 *x509 = d2i_X509(NULL, &at, (long)der.len);
	bool ok = false;

	if (x509 && at == der.data + der.len) {
		common_name(x509, cert);
		ok = spki_of(X509_get_pubkey(x509), cert->spki);
	}
	X509_free(x509);
	ERR_clear_error();
	return ok;
}
