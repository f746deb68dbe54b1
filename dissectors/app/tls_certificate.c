#include "dissectors/app/tls_certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <time.h>

#include "dissectors/app/tls_text.h"

enum { CERTIFICATE_CAP = 64 << 10, SHA1_LEN = 20, SHA256_LEN = 32, X5T_LEN = 43, OID_TEXT_CAP = 128 };

static struct bytes vector24(struct reader *r)
{
	size_t len = (size_t)read_u8(r) << 16;

	len |= read_be16(r);
	return read_bytes(r, len);
}

/* opaque context<0..2^8-1> (TLS 1.3); CertificateEntry list<0..2^24-1>, each: opaque cert<1..2^24-1>; and in
 * TLS 1.3 Extension extensions<0..2^16-1>; */
bool tls_certificate_leaf(struct bytes body, bool tls13, struct bytes *der)
{
	struct reader r = reader_of(body), list;

	*der = bytes_of(body.data, 0);
	if (tls13)
		read_skip(&r, read_u8(&r));
	list = reader_of(vector24(&r));
	if (r.over || reader_left(&r) > 0)
		return false;
	while (!list.over && reader_left(&list) > 0) {
		struct bytes certificate = vector24(&list);

		if (tls13)
			read_skip(&list, read_be16(&list));
		if (certificate.len == 0 || list.over)
			return false;
		if (der->len == 0)
			*der = certificate;
	}
	return !list.over;
}

/* ---- names, as x509-parser of Rust writes them for Suricata ---- */

/* The attribute types of X.520 that it has a short name for. */
static const char *attribute_name(int nid)
{
	switch (nid) {
	case NID_commonName:
		return "CN";
	case NID_countryName:
		return "C";
	case NID_localityName:
		return "L";
	case NID_stateOrProvinceName:
		return "ST";
	case NID_organizationName:
		return "O";
	case NID_organizationalUnitName:
		return "OU";
	case NID_domainComponent:
		return "DC";
	case NID_pkcs9_emailAddress:
		return "Email";
	case NID_surname:
	case NID_serialNumber:
	case NID_streetAddress:
	case NID_title:
	case NID_description:
	case NID_businessCategory:
	case NID_postalCode:
	case NID_name:
	case NID_givenName:
	case NID_initials:
	case NID_generationQualifier:
	case NID_dnQualifier:
		return OBJ_nid2ln(nid);
	default:
		return NULL;
	}
}

static void attribute_type(struct tls_text *text, const ASN1_OBJECT *type)
{
	const char *name = attribute_name(OBJ_obj2nid(type));
	char dotted[OID_TEXT_CAP] = "";

	if (name) {
		tls_text_add(text, bytes_text(name));
		return;
	}
	(void)OBJ_obj2txt(dotted, sizeof dotted, type, 1);
	tls_text_add(text, bytes_text("OID("));
	tls_text_add(text, bytes_text(dotted));
	tls_text_char(text, ')');
}

/* Strings of bytes as they are, all others (BMPString ...) in hex. */
static void attribute_value(struct tls_text *text, const ASN1_STRING *value)
{
	struct bytes b = bytes_of(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));

	switch (ASN1_STRING_type(value)) {
	case V_ASN1_UTF8STRING:
	case V_ASN1_PRINTABLESTRING:
	case V_ASN1_IA5STRING:
	case V_ASN1_NUMERICSTRING:
	case V_ASN1_VISIBLESTRING:
	case V_ASN1_T61STRING:
	case V_ASN1_VIDEOTEXSTRING:
	case V_ASN1_GRAPHICSTRING:
	case V_ASN1_GENERALSTRING:
		tls_text_add(text, b);
		break;
	default:
		tls_text_hex(text, b, TLS_TEXT_UPPER, 0);
	}
}

/* ", " between the parts of a name, " + " between the attributes of one. */
static void name_write(struct tls_text *text, const X509_NAME *name)
{
	int n = X509_NAME_entry_count(name), part = 0;

	for (int i = 0; i < n; i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);

		if (i > 0)
			tls_text_add(text, bytes_text(X509_NAME_ENTRY_set(entry) == part ? " + " : ", "));
		part = X509_NAME_ENTRY_set(entry);
		attribute_type(text, X509_NAME_ENTRY_get_object(entry));
		tls_text_char(text, '=');
		attribute_value(text, X509_NAME_ENTRY_get_data(entry));
	}
}

static bool name_read(struct bytes *out, const X509_NAME *name, struct arena *arena)
{
	struct tls_text text = { 0 };

	name_write(&text, name);
	text = (struct tls_text){ .at = arena_alloc(arena, text.len) };
	if (text.at)
		name_write(&text, name);
	*out = bytes_of(text.at, text.len);
	return text.at != NULL;
}

/* ---- the other fields ---- */

/* The content octets of the INTEGER, as they stand in the certificate: a leading zero is theirs. */
static bool serial_read(struct bytes *out, const ASN1_INTEGER *serial, struct arena *arena)
{
	unsigned char *der = NULL;
	int der_len = i2d_ASN1_INTEGER(serial, &der);
	const unsigned char *content = der;
	long len = 0;
	int tag, class;
	struct tls_text text = { 0 };

	if (der_len <= 0 || ASN1_get_object(&content, &len, &tag, &class, der_len) & 0x80 || len <= 0) {
		OPENSSL_free(der);
		return true;
	}
	text.at = arena_alloc(arena, (size_t)len * 3);
	if (text.at)
		tls_text_hex(&text, bytes_of(content, (size_t)len), TLS_TEXT_UPPER, ':');
	OPENSSL_free(der);
	*out = bytes_of(text.at, text.len);
	return text.at != NULL;
}

/* UTC, without saying so; unset where it is no time. */
static bool time_read(struct bytes *out, const ASN1_TIME *time, struct arena *arena)
{
	struct tm tm;
	char text[64];

	if (!time || !ASN1_TIME_to_tm(time, &tm))
		return true;
	int len = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);

	*out = arena_copy(arena, bytes_of(text, (size_t)len));
	return out->data != NULL;
}

static bool digests_read(struct tls_certificate *certificate, struct arena *arena)
{
	uint8_t sha1[SHA1_LEN], sha256[SHA256_LEN];
	char base64[4 * ((SHA256_LEN + 2) / 3) + 1];
	struct tls_text text = { .at = arena_alloc(arena, 3 * SHA1_LEN) };

	if (!text.at || !EVP_Digest(certificate->der.data, certificate->der.len, sha1, NULL, EVP_sha1(), NULL) ||
	    !EVP_Digest(certificate->der.data, certificate->der.len, sha256, NULL, EVP_sha256(), NULL))
		return false;
	tls_text_hex(&text, bytes_of(sha1, sizeof sha1), TLS_TEXT_LOWER, ':');
	certificate->fingerprint = bytes_of(text.at, text.len);
	EVP_EncodeBlock((unsigned char *)base64, sha256, sizeof sha256);
	for (size_t i = 0; i < X5T_LEN; i++)
		base64[i] = base64[i] == '+' ? '-' : base64[i] == '/' ? '_' : base64[i];
	certificate->x5t_s256 = arena_copy(arena, bytes_of(base64, X5T_LEN));
	return certificate->x5t_s256.data != NULL;
}

static bool fields_read(struct tls_certificate *certificate, const X509 *x509, struct arena *arena)
{
	return name_read(&certificate->subject, X509_get_subject_name(x509), arena) &&
	    name_read(&certificate->issuer, X509_get_issuer_name(x509), arena) &&
	    serial_read(&certificate->serial, X509_get0_serialNumber(x509), arena) &&
	    time_read(&certificate->not_before, X509_get0_notBefore(x509), arena) &&
	    time_read(&certificate->not_after, X509_get0_notAfter(x509), arena);
}

bool tls_certificate_read(struct tls_certificate *certificate, struct bytes der, struct arena *arena)
{
	const unsigned char *at = der.data;
	X509 *x509 = NULL;

	*certificate = (struct tls_certificate){ .der = der };
	bool ok = digests_read(certificate, arena);

	if (ok && der.len <= CERTIFICATE_CAP)
		x509 = d2i_X509(NULL, &at, (long)der.len);
	if (x509 && at == der.data + der.len)
		ok = fields_read(certificate, x509, arena);
	X509_free(x509);
	ERR_clear_error(); /* what others sent is no error of ours */
	return ok;
}
