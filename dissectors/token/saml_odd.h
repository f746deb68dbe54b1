/* saml_odd: what can be wrong with a SAML assertion, or with what is around it, so that two readers see two things. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_SAML_ODD_H
#define STORMGLASS_DISSECTORS_TOKEN_SAML_ODD_H

#include "sensor/model/record.h"

enum saml_odd {
	SAML_ODD_BAD_BASE64,           /* characters of no alphabet, padding within, or one character too many */
	SAML_ODD_ENCODING,             /* not UTF-8: UTF-16 is not read, what is only declared is read as if it were UTF-8 */
	SAML_ODD_DOCTYPE,              /* a document type, which saml-bindings-2.0-os and WS-Security forbid; skipped */
	SAML_ODD_BAD_XML,              /* not well-formed, or without declarations of its prefixes */
	SAML_ODD_TOO_LONG,             /* longer, or more of something, than is read */
	SAML_ODD_TOO_DEEP,             /* elements nested deeper than is read */
	SAML_ODD_BAD_TIME,             /* a date that is no xs:dateTime */
	SAML_ODD_COMMENT_IN_NAME,      /* in a NameID or attribute value: some readers take the text before it for all of it */
	SAML_ODD_COMMENT_IN_SIGNATURE, /* in SignedInfo: the same with digests */
	SAML_ODD_MANY_SIGNED_INFO,     /* in one signature: which of them was verified? */
	SAML_ODD_DUPLICATE_ID,         /* two elements have the id of the assertion, of the response or of what was signed */
	SAML_ODD_MANY_ASSERTIONS,      /* more than one */
	SAML_ODD_NO_SIGNATURE,         /* nothing is signed, nor encrypted */
	SAML_ODD_WRAPPED,              /* signed is something else than the first assertion and the response around it */
	SAML_ODD_TRANSFORMS,           /* others than saml-core-2.0-os 5.4.4 allows */
	SAML_ODD_WEAK_ALG,             /* SHA-1 or MD5 */
	SAML_ODDS
};

static inline uint32_t saml_odd_bit(enum saml_odd odd)
{
	return UINT32_C(1) << odd;
}

/* Sets SAML_ODD of a token record to the words of the bits of `odd`, if there are any and `arena` allows. */
void saml_odd_record(uint32_t odd, struct record *record, struct arena *arena);

#endif
