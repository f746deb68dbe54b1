/* tls_certificate: test certificates made here, of every kind of name; messages that break their syntax; hostile DER. */
#include "dissectors/app/tls_certificate.h"
#include "tests/support/hex.h"
#include "tests/support/workspace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* One attribute of a name; `set` as X509_NAME_add_entry has it: 0 begins a new part, -1 joins the one before. */
struct attribute {
	const char *type;
	int encoding;
	const char *value;
	int set;
};

static const struct attribute plain_subject[] = {
	{ "C", V_ASN1_PRINTABLESTRING, "DE", 0 }, { "O", V_ASN1_UTF8STRING, "stormglass test, not for use", 0 },
	{ "CN", V_ASN1_UTF8STRING, "test server", 0 }, { NULL, 0, NULL, 0 },
};

static const struct attribute plain_issuer[] = { { "CN", V_ASN1_UTF8STRING, "test authority", 0 }, { NULL, 0, NULL, 0 } };

static X509_NAME *name_of(const struct attribute *attributes)
{
	X509_NAME *name = X509_NAME_new();

	assert_non_null(name);
	for (; attributes->type; attributes++) {
		ASN1_OBJECT *type = OBJ_txt2obj(attributes->type, 0);

		assert_int_equal(X509_NAME_add_entry_by_OBJ(name, type, attributes->encoding, (const unsigned char *)attributes->value,
		    (int)strlen(attributes->value), -1, attributes->set), 1);
		ASN1_OBJECT_free(type);
	}
	return name;
}

struct wanted {
	const struct attribute *subject, *issuer;
	const char *serial, *not_before, *not_after; /* ASN1_TIME_set_string's form; serial in hex */
};

static const struct wanted plain = { plain_subject, plain_issuer, "0A1B2C", "161116151806Z", "20991231235959Z" };

/* Its DER, of just that size; the caller frees. */
static struct bytes certificate_of(const struct wanted *wanted)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x509 = X509_new();
	X509_NAME *subject = name_of(wanted->subject), *issuer = name_of(wanted->issuer);
	BIGNUM *serial = NULL;
	unsigned char *der = NULL;

	assert_true(key && x509 && BN_hex2bn(&serial, wanted->serial) > 0);
	X509_set_version(x509, X509_VERSION_3);
	BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x509));
	X509_set_subject_name(x509, subject);
	X509_set_issuer_name(x509, issuer);
	assert_int_equal(ASN1_TIME_set_string(X509_getm_notBefore(x509), wanted->not_before), 1);
	assert_int_equal(ASN1_TIME_set_string(X509_getm_notAfter(x509), wanted->not_after), 1);
	X509_set_pubkey(x509, key);
	assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
	int len = i2d_X509(x509, &der);

	assert_true(len > 0);
	uint8_t *exact = malloc((size_t)len);

	memcpy(exact, der, (size_t)len);
	OPENSSL_free(der);
	BN_free(serial);
	X509_NAME_free(subject);
	X509_NAME_free(issuer);
	X509_free(x509);
	EVP_PKEY_free(key);
	return bytes_of(exact, (size_t)len);
}

static void assert_text(struct bytes got, const char *want)
{
	if (!bytes_is(got, want))
		fail_msg("'%.*s', not '%s'", (int)got.len, (const char *)got.data, want);
}

static void reads_one(void **state)
{
	struct bytes der = certificate_of(&plain);
	struct tls_certificate certificate;
	struct workspace workspace;

	(void)state;
	workspace_init(&workspace, 1 << 20, 4096);
	assert_true(tls_certificate_read(&certificate, der, &workspace.arena));
	assert_text(certificate.subject, "C=DE, O=stormglass test, not for use, CN=test server");
	assert_text(certificate.issuer, "CN=test authority");
	assert_text(certificate.serial, "0A:1B:2C");
	assert_text(certificate.not_before, "2016-11-16T15:18:06");
	assert_text(certificate.not_after, "2099-12-31T23:59:59");
	assert_ptr_equal(certificate.der.data, der.data);
	assert_int_equal(certificate.fingerprint.len, 59);
	assert_int_equal(certificate.x5t_s256.len, 43);
	assert_int_equal(ERR_peek_error(), 0);
	workspace_fini(&workspace);
	free((void *)(uintptr_t)der.data);
}

/* SHA-1 and SHA-256 of "abc", FIPS 180's example, whatever the bytes are. */
static void digests_any_bytes(void **state)
{
	struct tls_certificate certificate;
	struct workspace workspace;

	(void)state;
	workspace_init(&workspace, 1 << 20, 4096);
	assert_true(tls_certificate_read(&certificate, bytes_text("abc"), &workspace.arena));
	assert_text(certificate.fingerprint, "a9:99:3e:36:47:06:81:6a:ba:3e:25:71:78:50:c2:6c:9c:d0:d8:9d");
	assert_text(certificate.x5t_s256, "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
	assert_true(certificate.subject.len == 0 && certificate.serial.len == 0 && certificate.not_before.len == 0);
	assert_true(tls_certificate_read(&certificate, bytes_of("", 0), &workspace.arena));
	assert_text(certificate.fingerprint, "da:39:a3:ee:5e:6b:4b:0d:32:55:bf:ef:95:60:18:90:af:d8:07:09");
	assert_int_equal(ERR_peek_error(), 0);
	workspace_fini(&workspace);
}

static void writes_names_as_suricata(void **state)
{
	static const struct attribute several[] = {
		{ "DC", V_ASN1_IA5STRING, "example", 0 }, { "L", V_ASN1_UTF8STRING, "M\xc3\xbcnchen", 0 },
		{ "ST", V_ASN1_UTF8STRING, "a+b, \"c\"\\", 0 }, { "OU", V_ASN1_T61STRING, "one", 0 }, { "CN", V_ASN1_PRINTABLESTRING, "two", -1 },
		{ "emailAddress", V_ASN1_IA5STRING, "a@b.example", 0 }, { "serialNumber", V_ASN1_PRINTABLESTRING, "7", 0 },
		{ "GN", V_ASN1_UTF8STRING, "x", 0 }, { "1.3.6.1.4.1.99999.1", V_ASN1_UTF8STRING, "own", 0 },
		{ "CN", V_ASN1_BMPSTRING, "Ab", 0 }, { "O", V_ASN1_UTF8STRING, "", 0 }, { NULL, 0, NULL, 0 },
	};
	static const struct attribute none[] = { { NULL, 0, NULL, 0 } };
	struct wanted wanted = { several, none, "80", "000101000000Z", "491231235959Z" };
	struct bytes der = certificate_of(&wanted);
	struct tls_certificate certificate;
	struct workspace workspace;

	(void)state;
	workspace_init(&workspace, 1 << 20, 4096);
	assert_true(tls_certificate_read(&certificate, der, &workspace.arena));
	assert_text(certificate.subject, "DC=example, L=M\xc3\xbcnchen, ST=a+b, \"c\"\\, CN=two + OU=one, Email=a@b.example, serialNumber=7, "
	    "givenName=x, OID(1.3.6.1.4.1.99999.1)=own, CN=4162, O=");
	assert_int_equal(certificate.issuer.len, 0);
	assert_text(certificate.serial, "00:80"); /* as it stands there: without the zero it would be negative */
	assert_text(certificate.not_before, "2000-01-01T00:00:00");
	assert_text(certificate.not_after, "2049-12-31T23:59:59");
	workspace_fini(&workspace);
	free((void *)(uintptr_t)der.data);
}

/* Cut anywhere, followed by anything, or with any byte changed, it is read as a certificate or not at all; nothing stays behind in
 * OpenSSL's queue. */
static void survives_hostile_der(void **state)
{
	struct bytes der = certificate_of(&plain);
	uint8_t *bytes = malloc(der.len + 1);
	struct tls_certificate certificate;
	struct workspace workspace;

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, der.data, der.len);
	bytes[der.len] = 0;
	workspace_init(&workspace, 1 << 20, 4096);
	for (size_t len = 0; len <= der.len + 1; len++) {
		uint8_t *cut = malloc(len ? len : 1);

		memcpy(cut, bytes, len);
		assert_true(tls_certificate_read(&certificate, bytes_of(cut, len), &workspace.arena));
		assert_int_equal(certificate.subject.len > 0, len == der.len);
		assert_int_equal(ERR_peek_error(), 0);
		free(cut);
		arena_reset(&workspace.arena);
	}
	for (size_t i = 0; i < der.len; i++) {
		static const uint8_t values[] = { 0, 1, 0x1e, 0x30, 0x7f, 0x80, 0x84, 0xff };

		for (size_t v = 0; v < sizeof values; v++) {
			bytes[i] = values[v];
			assert_true(tls_certificate_read(&certificate, bytes_of(bytes, der.len), &workspace.arena));
			assert_int_equal(ERR_peek_error(), 0);
			arena_reset(&workspace.arena);
		}
		bytes[i] = der.data[i];
	}
	workspace_fini(&workspace);
	free(bytes);
	free((void *)(uintptr_t)der.data);
}

/* One byte over the cap a certificate is hashed, and not looked into. */
static void leaves_large_ones_alone(void **state)
{
	enum { CAP = 64 << 10, VALUE = 1000 };
	static struct attribute subject[128];
	static char value[VALUE + 1];
	struct wanted wanted = plain;
	struct tls_certificate certificate;
	struct workspace workspace;

	(void)state;
	memset(value, 'x', VALUE);
	for (size_t i = 0; i < 128; i++)
		subject[i] = (struct attribute){ i < 60 ? "1.3.6.1.4.1.99999.1" : NULL, V_ASN1_UTF8STRING, value, 0 };
	wanted.subject = subject;
	workspace_init(&workspace, 1 << 20, 4096);
	struct bytes small = certificate_of(&wanted);

	assert_in_range(small.len, VALUE * 60, CAP);
	assert_true(tls_certificate_read(&certificate, small, &workspace.arena));
	assert_true(certificate.subject.len > VALUE * 60);
	for (size_t i = 60; i < 66; i++)
		subject[i].type = "1.3.6.1.4.1.99999.1";
	struct bytes large = certificate_of(&wanted);

	assert_in_range(large.len, CAP + 1, 2 * CAP);
	assert_true(tls_certificate_read(&certificate, large, &workspace.arena));
	assert_true(certificate.subject.len == 0 && certificate.fingerprint.len == 59);
	workspace_fini(&workspace);
	free((void *)(uintptr_t)small.data);
	free((void *)(uintptr_t)large.data);
}

static void survives_want_of_memory(void **state)
{
	struct bytes der = certificate_of(&plain);
	unsigned n_refused = 0;

	(void)state;
	for (size_t cap = 0; cap < 1024; cap += 32) {
		struct tls_certificate certificate;
		struct workspace workspace;

		workspace_init(&workspace, cap, 32);
		if (!tls_certificate_read(&certificate, der, &workspace.arena))
			n_refused++;
		else
			assert_true(certificate.not_after.len == 19);
		workspace_fini(&workspace);
	}
	assert_in_range(n_refused, 1, 31);
	free((void *)(uintptr_t)der.data);
}

static void finds_the_leaf(void **state)
{
	static const struct {
		const char *hex, *leaf;
		bool ok, tls13;
	} cases[] = {
		{ "000006 000003 616263", "abc", true, false },
		{ "00000a 000003 616263 000001 64", "abc", true, false },
		{ "000000", "", true, false },
		{ "", "", false, false },
		{ "0000", "", false, false },
		{ "000007 000003 616263", "", false, false },
		{ "000006 000003 616263 00", "", false, false },
		{ "000006 000004 616263", "", false, false },
		{ "000003 000000", "", false, false },
		{ "000009 000003 616263 000000", "", false, false },
		{ "000008 000003 616263 0000", "", false, false },
		{ "00 000008 000003 616263 0000", "abc", true, true },
		{ "02 aabb 00000a 000003 616263 0002 ffff", "abc", true, true },
		{ "00 00000e 000003 616263 0000 000001 64 0000", "abc", true, true },
		{ "00 000000", "", true, true },
		{ "00 000006 000003 616263", "", false, true },
		{ "00 000008 000003 616263 0001", "", false, true },
		{ "01", "", false, true },
		{ "000006 000003 616263", "", false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bytes der;
		size_t len;
		uint8_t *body = hex_bytes(cases[i].hex, &len);

		if (tls_certificate_leaf(bytes_of(body, len), cases[i].tls13, &der) != cases[i].ok)
			fail_msg("%s: %s", cases[i].hex, cases[i].ok ? "refused" : "taken");
		if (cases[i].ok)
			assert_text(der, cases[i].leaf);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_one),
		cmocka_unit_test(digests_any_bytes),
		cmocka_unit_test(writes_names_as_suricata),
		cmocka_unit_test(survives_hostile_der),
		cmocka_unit_test(leaves_large_ones_alone),
		cmocka_unit_test(survives_want_of_memory),
		cmocka_unit_test(finds_the_leaf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
