/* saml_sample: made-up SAML, in parts to be put together, and what a scan says of it in one line. */
#ifndef STORMGLASS_TESTS_SUPPORT_SAML_SAMPLE_H
#define STORMGLASS_TESTS_SUPPORT_SAML_SAMPLE_H

#include "tests/support/workspace.h"

#define SAML_NS " xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\""
#define SAMLP_NS " xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\""
#define DS_NS " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\""

#define RSA_SHA256 "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
#define RSA_SHA1 "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
#define DIGEST_SHA256 "http://www.w3.org/2001/04/xmlenc#sha256"
#define DIGEST_SHA1 "http://www.w3.org/2000/09/xmldsig#sha1"
#define ENVELOPED "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>"
#define EXC_C14N "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"

/* Base64 of "a made-up test certificate", and its SHA-256. */
#define CERTIFICATE "YSBtYWRlLXVwIHRlc3QgY2VydGlmaWNhdGU="
#define CERTIFICATE_SHA256 "034ab0a63503e36b9e780a556eab6f534f4ac158af8c334b64615babf11bb773"
/* The same of "another test certificate". */
#define CERTIFICATE_2 "YW5vdGhlciB0ZXN0IGNlcnRpZmljYXRl"
#define CERTIFICATE_2_SHA256 "6874755e006bd3a93a7833114f61d1108d16b29dc46475baf3ff5bc00811d12a"

#define REFERENCE(uri, transforms, digest)                                                                                       \
	"<ds:Reference URI=\"" uri "\"><ds:Transforms>" transforms "</ds:Transforms><ds:DigestMethod Algorithm=\"" digest "\"/>" \
	"<ds:DigestValue>dGVzdA==</ds:DigestValue></ds:Reference>"
#define SIGNED_INFO(method, references)                                                                                          \
	"<ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"                      \
	"<ds:SignatureMethod Algorithm=\"" method "\"/>" references "</ds:SignedInfo>"
#define SIGNATURE_OF(signed_info, certificate, more)                                                                             \
	"<ds:Signature" DS_NS ">" signed_info "<ds:SignatureValue>dGVzdCBzaWduYXR1cmU=</ds:SignatureValue>"                      \
	"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>" certificate "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>" more      \
	"</ds:Signature>"
#define SIGNATURE_WITH(uri, more)                                                                                                \
	SIGNATURE_OF(SIGNED_INFO(RSA_SHA256, REFERENCE(uri, ENVELOPED EXC_C14N, DIGEST_SHA256)), CERTIFICATE, more)
#define SIGNATURE(uri) SIGNATURE_WITH(uri, "")

#define SUBJECT(name)                                                                                                            \
	"<saml:Subject><saml:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">" name "</saml:NameID>"    \
	"<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><saml:SubjectConfirmationData"               \
	" InResponseTo=\"_request\" NotOnOrAfter=\"2024-03-01T10:05:00Z\" "                                                      \
	"Recipient=\"https://sp.test/acs\"/></saml:SubjectConfirmation>"                                                         \
	"</saml:Subject>"
#define CONDITIONS                                                                                                               \
	"<saml:Conditions NotBefore=\"2024-03-01T09:55:00Z\" NotOnOrAfter=\"2024-03-01T11:00:00Z\"><saml:AudienceRestriction>"   \
	"<saml:Audience>https://sp.test</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
#define STATEMENT                                                                                                                \
	"<saml:AttributeStatement><saml:Attribute "                                                                              \
	"Name=\"role\"><saml:AttributeValue>admin</saml:AttributeValue></saml:Attribute>"                                        \
	"</saml:AttributeStatement>"
/* An assertion whose parts are there in the order of the schema. */
#define ASSERTION_OF(id, signature, name)                                                                                        \
	"<saml:Assertion" SAML_NS " ID=\"" id "\" Version=\"2.0\" IssueInstant=\"2024-03-01T10:00:00Z\">"                        \
	"<saml:Issuer>https://idp.test</saml:Issuer>" signature                                                                  \
	SUBJECT(name)                                                                                                            \
	CONDITIONS STATEMENT "</saml:Assertion>"
#define ASSERTION(id, signature) ASSERTION_OF(id, signature, "ann@idp.test")
#define RESPONSE(id, content)                                                                                                    \
	"<samlp:Response" SAMLP_NS " ID=\"" id                                                                                   \
	"\" Version=\"2.0\" IssueInstant=\"2024-03-01T10:00:01Z\" InResponseTo=\"_of_response\">"                                \
	"<saml:Issuer" SAML_NS ">https://idp.test/response</saml:Issuer>" content "</samlp:Response>"
#define STATUS "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>"

/* Scans in the workspace, and fails the test where anything is left charged. The line lives until the next:
 *   version issuer subject audiences iat nbf exp in_response_to; assertions [encrypted]; signed alg cert; odd
 * "-" stands for what is not set. */
const char *saml_sample_line(struct workspace *workspace, struct bytes secret);

/* The words of SAML_ODD of what was scanned last, with blanks between. */
const char *saml_sample_odd(void);

/* What the line begins with where the sample is ASSERTION. */
#define SAID_OF(name) "2.0 https://idp.test " name " https://sp.test 1709287200 1709286900 1709290800 _request"
#define SAID SAID_OF("ann@idp.test")

#endif
