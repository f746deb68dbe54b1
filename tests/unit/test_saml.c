#include "dissectors/token/kinds.h"
#include "dissectors/token/saml.h"
#include "tests/support/fields.h"
#include "tests/support/saml_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct workspace workspace;

static int set_up(void **state)
{
	(void)state;
	saml_start();
	workspace_init(&workspace, 1 << 24, 16384);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	workspace_fini(&workspace);
	return 0;
}

struct sample {
	const char *what, *xml, *line;
};

static void check(const struct sample *samples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *line = saml_sample_line(&workspace, bytes_text(samples[i].xml));

		if (strcmp(line, samples[i].line) != 0)
			fail_msg("%s:\n%s\nnot\n%s", samples[i].what, line, samples[i].line);
	}
}

#define SIGNED_BY(what) what " rsa-sha256 " CERTIFICATE_SHA256
#define SOAP(header, body)                                                                                                       \
	"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:u=\"http://docs.oasis-open.org/wss/2004/01/"      \
	"oasis-200401-wss-wssecurity-utility-1.0.xsd\"><s:Header><o:Security xmlns:o=\"http://docs.oasis-open.org/wss/2004/01/"  \
	"oasis-200401-wss-wssecurity-secext-1.0.xsd\">" header "</o:Security></s:Header><s:Body>" body "</s:Body></s:Envelope>"
#define TRUST(content)                                                                                                           \
	"<t:RequestSecurityTokenResponse xmlns:t=\"http://schemas.xmlsoap.org/ws/2005/02/trust\"><t:Lifetime/>"                  \
	"<t:RequestedSecurityToken>" content "</t:RequestedSecurityToken></t:RequestSecurityTokenResponse>"
#define TRUST_13(content)                                                                                                        \
	"<t:RequestSecurityTokenResponseCollection xmlns:t=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\">"                \
	"<t:RequestSecurityTokenResponse><t:RequestedSecurityToken>" content "</t:RequestedSecurityToken>"                       \
	"</t:RequestSecurityTokenResponse></t:RequestSecurityTokenResponseCollection>"
#define SUBJECT_11                                                                                                               \
	"<saml:Subject><saml:NameIdentifier>ann</saml:NameIdentifier><saml:SubjectConfirmation><saml:ConfirmationMethod>"        \
	"urn:oasis:names:tc:SAML:1.0:cm:bearer</saml:ConfirmationMethod></saml:SubjectConfirmation></saml:Subject>"
#define ASSERTION_11(signature)                                                                                                  \
	"<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:1.0:assertion\" MajorVersion=\"1\" MinorVersion=\"1\" "            \
	"AssertionID=\"_old\""                                                                                                   \
	" Issuer=\"https://idp.test/old\" IssueInstant=\"2024-03-01T10:00:00.123Z\"><saml:Conditions "                           \
	"NotBefore=\"2024-03-01T09:55:00Z\""                                                                                     \
	" NotOnOrAfter=\"2024-03-01T12:00:00+01:00\"><saml:AudienceRestrictionCondition><saml:Audience>urn:sp:test</"            \
	"saml:Audience>"                                                                                                         \
	"</saml:AudienceRestrictionCondition></saml:Conditions><saml:AuthenticationStatement>" SUBJECT_11                        \
	"</saml:AuthenticationStatement><saml:AttributeStatement>" SUBJECT_11 "</saml:AttributeStatement>" signature             \
	"</saml:Assertion>"
#define SAID_11 "1.1 https://idp.test/old ann urn:sp:test 1709287200 1709286900 1709290800"
#define ENCRYPTED                                                                                                                \
	"<saml:EncryptedAssertion" SAML_NS                                                                                       \
	"><xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"><ds:KeyInfo" DS_NS ">"                            \
	"<ds:X509Data><ds:X509Certificate>" CERTIFICATE_2                                                                        \
	"</ds:X509Certificate></ds:X509Data></ds:KeyInfo></xenc:EncryptedData>"                                                  \
	"</saml:EncryptedAssertion>"
#define SAID_BY_RESPONSE "2.0 https://idp.test/response - - 1709287201 - - _of_response"

/* ---- what carries an assertion ---- */

static void test_shapes(void **state)
{
	static const struct sample samples[] = {
		{ "assertion", ASSERTION("_a", SIGNATURE("#_a")), SAID "; 1; " SIGNED_BY("assertion") "; -" },
		{ "response with a signed assertion", RESPONSE("_r", STATUS ASSERTION("_a", SIGNATURE("#_a"))),
		    SAID "; 1; " SIGNED_BY("assertion") "; -" },
		{ "signed response", RESPONSE("_r", SIGNATURE("#_r") STATUS ASSERTION("_a", "")),
		    SAID "; 1; " SIGNED_BY("response") "; -" },
		{ "both", RESPONSE("_r", SIGNATURE("#_r") STATUS ASSERTION("_a", SIGNATURE("#_a"))),
		    SAID "; 1; " SIGNED_BY("response|assertion") "; -" },
		{ "neither", RESPONSE("_r", STATUS ASSERTION("_a", "")), SAID "; 1; - - -; no_signature" },
		{ "encrypted", RESPONSE("_r", STATUS ENCRYPTED), SAID_BY_RESPONSE "; 0 encrypted; - - -; -" },
		{ "encrypted and signed", RESPONSE("_r", SIGNATURE("#_r") STATUS ENCRYPTED),
		    SAID_BY_RESPONSE "; 0 encrypted; " SIGNED_BY("response") "; -" },
		{ "no assertion", RESPONSE("_r", STATUS), SAID_BY_RESPONSE "; 0; - - -; no_signature" },
		{ "SAML 1.1", ASSERTION_11(SIGNATURE("#_old")), SAID_11 " -; 1; " SIGNED_BY("assertion") "; -" },
		{ "SAML 1.1 response",
		    "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:1.0:protocol\" ResponseID=\"_r\" InResponseTo=\"_q\""
		    " MajorVersion=\"1\" MinorVersion=\"1\" IssueInstant=\"2024-03-01T10:00:01Z\">" SIGNATURE("#_r")
			ASSERTION_11("") "</p:Response>",
		    SAID_11 " _q; 1; " SIGNED_BY("response") "; -" },
		{ "WS-Federation", TRUST(ASSERTION_11(SIGNATURE("#_old"))), SAID_11 " -; 1; " SIGNED_BY("assertion") "; -" },
		{ "WS-Trust 1.3", TRUST_13(ASSERTION("_a", SIGNATURE("#_a"))), SAID "; 1; " SIGNED_BY("assertion") "; -" },
		{ "SOAP", SOAP(ASSERTION("_a", SIGNATURE("#_a")), "<x/>"), SAID "; 1; " SIGNED_BY("assertion") "; -" },
		{ "SOAP, the message signed too",
		    SOAP(SIGNATURE_OF(SIGNED_INFO(RSA_SHA1, REFERENCE("#_body", "<ds:Transform Algorithm=\"x\"/>", DIGEST_SHA1)),
			     CERTIFICATE_2, "") ASSERTION("_a", SIGNATURE("#_a")),
			"<x u:Id=\"_body\"/>"),
		    SAID "; 1; " SIGNED_BY("assertion|other") "; -" },
		{ "nothing of the kind", "<html Version=\"1.0\"><Issuer>x</Issuer></html>", "- - - - - - - -; 0; - - -; -" },
		{ "text", "hello world", "- - - - - - - -; 0; - - -; bad_xml" },
		{ "nothing", "", "- - - - - - - -; 0; - - -; bad_xml" },
	};

	(void)state;
	check(samples, sizeof samples / sizeof *samples);
}

/* ---- where its fields stand ---- */

#define NOTHING_SAID "- - - - - - - -"

static void test_fields(void **state)
{
	static const struct sample samples[] = {
		{ "white space is trimmed, entities and sections are text",
		    "<Assertion><Issuer>\n\t https://idp.test/?a&amp;b&#x3D;<![CDATA[<c>]]> \n</Issuer></Assertion>",
		    "- https://idp.test/?a&b=<c> - - - - - -; 1; - - -; no_signature" },
		{ "other namespaces and none",
		    "<Assertion xmlns='urn:x' ID='_a' Version='2.0'><y:Issuer xmlns:y='urn:y'>i</y:Issuer></Assertion>",
		    "2.0 i - - - - - -; 1; - - -; no_signature" },
		{ "attributes of others",
		    "<Assertion xmlns:x='urn:x' x:Version='9' x:IssueInstant='y' Version='2.0' x:Issuer='z'/>",
		    "2.0 - - - - - - -; 1; - - -; no_signature" },
		{ "audiences, as many as there are",
		    "<Assertion><Conditions><AudienceRestriction><Audience>a</Audience><Audience/>"
		    "<Audience> </Audience><Audience>b</Audience></AudienceRestriction><AudienceRestriction><Audience>c"
		    "</Audience></AudienceRestriction><Audience>d</Audience></Conditions><Audience>e</Audience></Assertion>",
		    "- - - a|b|c - - - -; 1; - - -; no_signature" },
		{ "of the first assertion only",
		    "<Response>" ASSERTION("_a", SIGNATURE("#_a"))
		    "<Assertion Version='9'><Issuer>i</Issuer><Conditions NotBefore='x'><AudienceRestriction><Audience>a"
		    "</Audience></AudienceRestriction></Conditions><Subject><NameID>n</NameID></Subject></Assertion></Response>",
		    SAID "; 2; " SIGNED_BY("assertion") "; many_assertions" },
		{ "not of one in its advice",
		    "<Assertion><Advice><Assertion><Issuer>i</Issuer><Subject><NameID>n</NameID></Subject><Conditions"
		    " NotBefore='2024-03-01T10:00:00Z'/></Assertion></Advice><Issuer>real</Issuer></Assertion>",
		    "- real - - - - - -; 2; - - -; many_assertions no_signature" },
		{ "names that are not the subject's",
		    "<Assertion><NameID>a</NameID><Subject><SubjectConfirmation><NameID>b</NameID>"
		    "</SubjectConfirmation></Subject><Statement><Attribute><AttributeValue><Subject><NameID>c</NameID></Subject>"
		    "</AttributeValue></Attribute></Statement></Assertion>",
		    "- - - - - - - -; 1; - - -; no_signature" },
		{ "issuers that are not the assertion's",
		    "<Assertion Version='2.0' Issuer='x'><Statement><Issuer>y</Issuer></Statement></Assertion>",
		    "2.0 - - - - - - -; 1; - - -; no_signature" },
		{ "dates that are none",
		    "<Assertion IssueInstant='yesterday'><Conditions NotBefore='2024-03-01T09:55:00Z' NotOnOrAfter=''/>"
		    "</Assertion>",
		    "- - - - - 1709286900 - -; 1; - - -; bad_time no_signature" },
		{ "the request of the response", "<Response InResponseTo='q'><Assertion/></Response>",
		    "- - - - - - - q; 1; - - -; no_signature" },
		{ "elements within a name", "<Assertion><Subject><NameID>a<b ID='_x'>c</b>d</NameID></Subject></Assertion>",
		    "- - acd - - - - -; 1; - - -; no_signature" },
		{ "conditions that are not the assertion's",
		    "<Assertion><Statement><Conditions NotBefore='2024-03-01T09:55:00Z'/></Statement>"
		    "</Assertion>",
		    NOTHING_SAID "; 1; - - -; no_signature" },
		{ "a namespace that is no URI", "<Assertion xmlns='x y'/>", NOTHING_SAID "; 1; - - -; bad_xml no_signature" },
		{ "one that is a relative one", "<Assertion xmlns='x'/>", NOTHING_SAID "; 1; - - -; no_signature" },
		{ "another response's issuer", "<x><Response/><Response><Issuer>i</Issuer></Response></x>",
		    NOTHING_SAID "; 0; - - -; no_signature" },
		{ "SAML 1.0", "<Assertion MajorVersion='1' MinorVersion='0'/>", "1.0 - - - - - - -; 1; - - -; no_signature" },
		{ "half a version", "<Assertion MajorVersion='1'/>", "- - - - - - - -; 1; - - -; no_signature" },
	};

	(void)state;
	check(samples, sizeof samples / sizeof *samples);
}

/* ---- signatures ---- */

#define BARE_SIGNATURE(references) "<Signature><SignedInfo>" references "</SignedInfo></Signature>"
#define EMPTY_ASSERTION(content) "<Assertion ID='a'>" content "</Assertion>"

static void test_references(void **state)
{
	static const struct sample samples[] = {
		{ "the whole document is the assertion", EMPTY_ASSERTION(BARE_SIGNATURE("<Reference URI=''/>")),
		    NOTHING_SAID "; 1; assertion - -; -" },
		{ "the whole document is the response",
		    "<Response>" BARE_SIGNATURE("<Reference URI=''/>") "<Assertion/></Response>",
		    NOTHING_SAID "; 1; response - -; -" },
		{ "the whole document is neither", "<x>" BARE_SIGNATURE("<Reference URI=''/>") "<Assertion/></x>",
		    NOTHING_SAID "; 1; other - -; -" },
		{ "no URI", EMPTY_ASSERTION(BARE_SIGNATURE("<Reference/>")), NOTHING_SAID "; 1; other - -; wrapped" },
		{ "of an empty name", "<Assertion ID=''>" BARE_SIGNATURE("<Reference URI='#'/>") "</Assertion>",
		    NOTHING_SAID "; 1; other - -; wrapped" },
		{ "elsewhere", EMPTY_ASSERTION(BARE_SIGNATURE("<Reference URI='http://evil.test/#a'/>")),
		    NOTHING_SAID "; 1; other - -; wrapped" },
		{ "nearly", EMPTY_ASSERTION(BARE_SIGNATURE("<Reference URI='#A'/><Reference URI='/a'/>")),
		    NOTHING_SAID "; 1; other - -; wrapped" },
		{ "one of several", EMPTY_ASSERTION(BARE_SIGNATURE("<Reference URI='#x'/><Reference URI='#a'/>")),
		    NOTHING_SAID "; 1; assertion|other - -; -" },
		{ "none", EMPTY_ASSERTION(BARE_SIGNATURE("")), NOTHING_SAID "; 1; - - -; no_signature" },
		{ "in a manifest",
		    EMPTY_ASSERTION("<Signature><Object><Manifest><Reference URI='#a'/></Manifest></Object></Signature>"),
		    NOTHING_SAID "; 1; - - -; no_signature" },
		{ "outside of signatures", EMPTY_ASSERTION("<SignedInfo><Reference URI='#a'/></SignedInfo>"),
		    NOTHING_SAID "; 1; - - -; no_signature" },
		{ "detached, before what it is of", "<x>" BARE_SIGNATURE("<Reference URI='#a'/>") EMPTY_ASSERTION("") "</x>",
		    NOTHING_SAID "; 1; assertion - -; -" },
		{ "a response that the assertion is not in",
		    "<x>" EMPTY_ASSERTION("") "<Response ID='r'>" BARE_SIGNATURE("<Reference URI='#r'/>") "</Response></x>",
		    NOTHING_SAID "; 1; response - -; wrapped" },
		{ "a response before that which it is in",
		    "<x><Response ID='r'>" BARE_SIGNATURE("<Reference URI='#r'/>") "</Response><Response"
										   " ID='s'>" EMPTY_ASSERTION(
										       "") "</Response></x>",
		    NOTHING_SAID "; 1; response - -; wrapped" },
	};

	(void)state;
	check(samples, sizeof samples / sizeof *samples);
}

#define EVIL(content) ASSERTION_OF("_evil", content, "eve@idp.test")
#define SAID_BY_EVIL SAID_OF("eve@idp.test")
#define EVIL_RESPONSE(content) RESPONSE("_evil_response", content)

/* Signature wrapping: Somorovsky et al., On Breaking SAML: Be Whoever You Want to Be, as SAML Raider counts its ways. */
static void test_wrapping(void **state)
{
	static const struct sample samples[] = {
		{ "1: the signed response within the signature of a copy",
		    EVIL_RESPONSE(SIGNATURE_WITH("#_r", RESPONSE("_r", ASSERTION("_a", ""))) EVIL("")),
		    SAID "; 2; " SIGNED_BY("other") "; many_assertions wrapped" },
		{ "2: before it", EVIL_RESPONSE(RESPONSE("_r", ASSERTION("_a", "")) SIGNATURE("#_r") EVIL("")),
		    SAID "; 2; " SIGNED_BY("other") "; many_assertions wrapped" },
		{ "3: a copy before the signed assertion", RESPONSE("_r", EVIL("") ASSERTION("_a", SIGNATURE("#_a"))),
		    SAID_BY_EVIL "; 2; " SIGNED_BY("other") "; many_assertions wrapped" },
		{ "4: around it", RESPONSE("_r", EVIL(ASSERTION("_a", SIGNATURE("#_a")))),
		    SAID_BY_EVIL "; 2; " SIGNED_BY("other") "; many_assertions wrapped" },
		{ "5: with its signature", RESPONSE("_r", EVIL(SIGNATURE("#_a")) ASSERTION("_a", "")),
		    SAID_BY_EVIL "; 2; " SIGNED_BY("other") "; many_assertions wrapped" },
		{ "6: with it in its signature", RESPONSE("_r", EVIL(SIGNATURE_WITH("#_a", ASSERTION("_a", "")))),
		    SAID_BY_EVIL "; 2; " SIGNED_BY("other") "; many_assertions wrapped" },
		{ "7: in extensions",
		    RESPONSE("_r", "<samlp:Extensions>" EVIL("") "</samlp:Extensions>" ASSERTION("_a", SIGNATURE("#_a"))),
		    SAID_BY_EVIL "; 2; " SIGNED_BY("other") "; many_assertions wrapped" },
		{ "8: in an object of its signature",
		    RESPONSE("_r", EVIL(SIGNATURE_WITH("#_a", "<ds:Object>" ASSERTION("_a", "") "</ds:Object>"))),
		    SAID_BY_EVIL "; 2; " SIGNED_BY("other") "; many_assertions wrapped" },
		{ "with the same id", RESPONSE("_r", ASSERTION_OF("_a", "", "eve@idp.test") ASSERTION("_a", SIGNATURE("#_a"))),
		    SAID_BY_EVIL "; 2; " SIGNED_BY("assertion") "; duplicate_id many_assertions" },
		{ "with the response's id", RESPONSE("_a", ASSERTION("_a", SIGNATURE("#_a"))),
		    SAID "; 1; " SIGNED_BY("assertion") "; duplicate_id" },
		{ "the assertion's id, the response being signed",
		    "<Response ID='r'>" BARE_SIGNATURE("<Reference URI='#r'/>") EMPTY_ASSERTION("")
			EMPTY_ASSERTION("") "</Response>",
		    NOTHING_SAID "; 2; response - -; duplicate_id many_assertions" },
		{ "the response's id, the assertion being signed",
		    "<Response ID='r'>" EMPTY_ASSERTION(BARE_SIGNATURE("<Reference URI='#a'/>")) "<x Id='r'/></Response>",
		    NOTHING_SAID "; 1; assertion - -; duplicate_id" },
		{ "another id that is signed", EMPTY_ASSERTION("<x Id='x'/><x Id='x'/>" BARE_SIGNATURE("<Reference URI='#x'/>")),
		    NOTHING_SAID "; 1; other - -; duplicate_id wrapped" },
		{ "ids that nobody signs", RESPONSE("_r", "<x Id='1'/><x Id='1'/>" ASSERTION("_a", SIGNATURE("#_a"))),
		    SAID "; 1; " SIGNED_BY("assertion") "; -" },
		{ "no assertion at all", RESPONSE("_r", SIGNATURE("#_a")),
		    "2.0 https://idp.test/response - - 1709287201 - - _of_response; 0; " SIGNED_BY("other") "; wrapped" },
	};

	(void)state;
	check(samples, sizeof samples / sizeof *samples);
}

#define ONLY_SIGNED_INFO(content) ASSERTION("_a", SIGNATURE_OF(content, CERTIFICATE, ""))
#define SIGNED_WITH(alg) SAID "; 1; assertion " alg " " CERTIFICATE_SHA256 "; "

static void test_algorithms(void **state)
{
	static const struct sample samples[] = {
		{ "SHA-1", ONLY_SIGNED_INFO(SIGNED_INFO(RSA_SHA1, REFERENCE("#_a", ENVELOPED, DIGEST_SHA256))),
		    SIGNED_WITH("rsa-sha1") "weak_alg" },
		{ "of the digest", ONLY_SIGNED_INFO(SIGNED_INFO(RSA_SHA256, REFERENCE("#_a", ENVELOPED, DIGEST_SHA1))),
		    SIGNED_WITH("rsa-sha256") "weak_alg" },
		{ "MD5",
		    ONLY_SIGNED_INFO(
			SIGNED_INFO("http://www.w3.org/2001/04/xmldsig-more#rsa-MD5", REFERENCE("#_a", "", DIGEST_SHA256))),
		    SIGNED_WITH("rsa-MD5") "weak_alg" },
		{ "another URI", ONLY_SIGNED_INFO(SIGNED_INFO("urn/x/y", REFERENCE("#_a", "", "z"))), SIGNED_WITH("y") "-" },
		{ "an empty one", ONLY_SIGNED_INFO(SIGNED_INFO("", REFERENCE("#_a", "", "z"))), SIGNED_WITH("-") "-" },
		{ "with comments",
		    ONLY_SIGNED_INFO(SIGNED_INFO(RSA_SHA256,
			REFERENCE("#_a",
			    ENVELOPED "<ds:Transform Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#WithComments'/>",
			    DIGEST_SHA256))),
		    SIGNED_WITH("rsa-sha256") "-" },
		{ "XSLT",
		    ONLY_SIGNED_INFO(SIGNED_INFO(
			RSA_SHA256, REFERENCE("#_a", "<ds:Transform Algorithm='http://www.w3.org/TR/1999/REC-xslt-19991116'/>",
					DIGEST_SHA256))),
		    SIGNED_WITH("rsa-sha256") "transforms" },
		{ "XSLT in a key's place",
		    ASSERTION("_a", SIGNATURE_WITH("#_a", "<ds:KeyInfo><ds:RetrievalMethod><ds:Transforms><ds:Transform"
							  " Algorithm='http://www.w3.org/TR/1999/REC-xslt-19991116'/></"
							  "ds:Transforms></ds:RetrievalMethod></ds:KeyInfo>")),
		    SIGNED_WITH("rsa-sha256") "transforms" },
		{ "of what is only held by a signature",
		    ASSERTION(
			"_a", SIGNATURE_WITH("#_a",
				  "<ds:Object>" SIGNED_INFO(RSA_SHA1,
				      "") "</ds:Object>"
					  "<ds:KeyInfo><EncryptedKey><EncryptionMethod><ds:DigestMethod Algorithm='" DIGEST_SHA1
					  "'/></EncryptionMethod></EncryptedKey>"
					  "</ds:KeyInfo><ds:SignatureMethod Algorithm='" RSA_SHA1 "'/>")),
		    SIGNED_WITH("rsa-sha256") "-" },
		{ "and before what it signs",
		    ASSERTION("_a", SIGNATURE_OF("<ds:SignatureMethod Algorithm='x'/>" SIGNED_INFO(RSA_SHA256,
			REFERENCE("#_a", "", DIGEST_SHA256)), CERTIFICATE, "")), SIGNED_WITH("rsa-sha256") "-" },
		{ "of the response, which does not count",
		    RESPONSE("_r", SIGNATURE_OF(SIGNED_INFO(RSA_SHA1, REFERENCE("#_r", "", DIGEST_SHA256)), "", "")
				       ASSERTION("_a", SIGNATURE("#_a"))),
		    SAID "; 1; response|assertion rsa-sha256 " CERTIFICATE_SHA256 "; weak_alg" },
		{ "of a detached signature",
		    "<x>" SIGNATURE_OF(SIGNED_INFO(RSA_SHA1, REFERENCE("#_a", "", DIGEST_SHA256)), CERTIFICATE, "")
			ASSERTION("_a", "") "</x>",
		    SIGNED_WITH("rsa-sha1") "weak_alg" },
		{ "two SignedInfo",
		    ONLY_SIGNED_INFO(SIGNED_INFO(RSA_SHA256, REFERENCE("#_a", "", DIGEST_SHA256)) SIGNED_INFO(RSA_SHA256, "")),
		    SIGNED_WITH("rsa-sha256") "many_signed_info" },
		{ "a comment in a digest",
		    ONLY_SIGNED_INFO(SIGNED_INFO(RSA_SHA256, "<ds:Reference URI='#_a'><ds:DigestValue><!--eA==-->dGVzdA=="
							     "</ds:DigestValue></ds:Reference>")),
		    SIGNED_WITH("rsa-sha256") "comment_in_signature" },
		{ "a comment elsewhere", ASSERTION("_a", SIGNATURE_WITH("#_a", "<!-- x -->")), SIGNED_WITH("rsa-sha256") "-" },
	};

	(void)state;
	check(samples, sizeof samples / sizeof *samples);
}

/* The signature over the assertion goes before that over the response, and both before any other. */
static void test_certificate(void **state)
{
#define OTHER_SIGNATURE(uri) SIGNATURE_OF(SIGNED_INFO("urn#x", REFERENCE(uri, ENVELOPED, DIGEST_SHA256)), CERTIFICATE_2, "")
	static const struct sample samples[] = {
		{ "response, assertion", RESPONSE("_r", OTHER_SIGNATURE("#_r") ASSERTION("_a", SIGNATURE("#_a"))),
		    SAID "; 1; response|assertion rsa-sha256 " CERTIFICATE_SHA256 "; -" },
		{ "assertion, response", RESPONSE("_r", ASSERTION("_a", SIGNATURE("#_a")) OTHER_SIGNATURE("#_r")),
		    SAID "; 1; response|assertion rsa-sha256 " CERTIFICATE_SHA256 "; -" },
		{ "other, response", RESPONSE("_r", OTHER_SIGNATURE("#_x") ASSERTION("_a", "") SIGNATURE("#_r")),
		    SAID "; 1; response|other rsa-sha256 " CERTIFICATE_SHA256 "; -" },
		{ "others", RESPONSE("_r", OTHER_SIGNATURE("#_x") ASSERTION("_a", "") SIGNATURE("#_y")),
		    SAID "; 1; other x " CERTIFICATE_2_SHA256 "; wrapped" },
		{ "in lines",
		    ASSERTION("_a", SIGNATURE_OF(SIGNED_INFO(RSA_SHA256, REFERENCE("#_a", "", DIGEST_SHA256)),
					"\n  YSBtYWRlLXVwIHRl\r\n  c3QgY2VydGlmaWNhdGU=\n", "")),
		    SIGNED_WITH("rsa-sha256") "-" },
		{ "the first of a chain",
		    ASSERTION("_a", SIGNATURE_OF(SIGNED_INFO(RSA_SHA256, REFERENCE("#_a", "", DIGEST_SHA256)),
					CERTIFICATE "</ds:X509Certificate><ds:X509Certificate>" CERTIFICATE_2, "")),
		    SIGNED_WITH("rsa-sha256") "-" },
		{ "none",
		    EMPTY_ASSERTION(
			"<Signature><SignedInfo><Reference URI='#a'/></SignedInfo><KeyInfo><X509Data><X509Certificate>"
			"</X509Certificate></X509Data></KeyInfo></Signature>"),
		    NOTHING_SAID "; 1; assertion - -; -" },
		{ "no one's of the signer",
		    EMPTY_ASSERTION(
			"<Signature><SignedInfo><Reference URI='#a'/></SignedInfo><Object><KeyInfo><X509Data>"
			"<X509Certificate>" CERTIFICATE "</X509Certificate></X509Data></KeyInfo></Object></Signature>"),
		    NOTHING_SAID "; 1; assertion - -; -" },
	};

	(void)state;
	check(samples, sizeof samples / sizeof *samples);
}

/* ---- names ---- */

/* CVE-2017-11427 and its kin: readers that take the text before the comment for all of it. */
static void test_comments(void **state)
{
	static const struct sample samples[] = {
		{ "in a name", ASSERTION_OF("_a", SIGNATURE("#_a"), "admin@idp.test<!-- x -->.evil.test"),
		    SAID_OF("admin@idp.test.evil.test") "; 1; " SIGNED_BY("assertion") "; comment_in_name" },
		{ "before it", ASSERTION_OF("_a", SIGNATURE("#_a"), "<!---->ann@idp.test"),
		    SAID "; 1; " SIGNED_BY("assertion") "; comment_in_name" },
		{ "in an old one",
		    "<Assertion><Statement><Subject><NameIdentifier>a<!--x-->b</NameIdentifier></Subject></Statement></"
		    "Assertion>",
		    "- - ab - - - - -; 1; - - -; comment_in_name no_signature" },
		{ "in an attribute's value", "<Assertion><AttributeValue>a<!--x-->b</AttributeValue></Assertion>",
		    NOTHING_SAID "; 1; - - -; comment_in_name no_signature" },
		{ "elsewhere", "<Assertion><!--x--><Subject><!--x--><NameID>ab</NameID><!--x--></Subject><!--x--></Assertion>",
		    "- - ab - - - - -; 1; - - -; no_signature" },
		{ "what only looks like one",
		    "<Assertion><Subject><NameID>a&lt;!--x--&gt;<![CDATA[<!--y-->]]></NameID></Subject></Assertion>",
		    "- - a<!--x--><!--y--> - - - - -; 1; - - -; no_signature" },
	};

	(void)state;
	check(samples, sizeof samples / sizeof *samples);
}

/* Attributes and values, names and what was signed are not for fields. */
static void test_nothing_more(void **state)
{
	const char *line = saml_sample_line(&workspace, bytes_text(RESPONSE("_r", ASSERTION("_a", SIGNATURE("#_a")))));

	(void)state;
	assert_null(strstr(line, "role"));
	assert_null(strstr(line, "admin"));
	assert_null(strstr(line, "dGVzd"));
	assert_null(strstr(line, "sp.test/acs"));
}

static void test_kind(void **state)
{
	struct credential credential = { .kind = CREDENTIAL_SAML, .secret = bytes_text(ASSERTION("_a", "")) };
	struct record *record = workspace_token(&workspace);
	struct bytes subject = bytes_of("", 0);

	(void)state;
	kinds_scan(&credential, record, &subject, &workspace.arena);
	assert_true(bytes_is(subject, "ann@idp.test"));
	fields_assert_text(record, SAML_ISSUER, "https://idp.test");
	assert_int_equal(kinds_subject_field(CREDENTIAL_SAML), SAML_SUB_HASH);
	assert_false(kinds_is_jose(CREDENTIAL_SAML));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_shapes), cmocka_unit_test(test_fields),
		cmocka_unit_test(test_references), cmocka_unit_test(test_wrapping), cmocka_unit_test(test_algorithms),
		cmocka_unit_test(test_certificate), cmocka_unit_test(test_comments), cmocka_unit_test(test_nothing_more),
		cmocka_unit_test(test_kind) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
