/* elements: the few elements of an XML text that are credentials, cut out by a scan for their tags; no XML parser. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_ELEMENTS_H
#define STORMGLASS_DISSECTORS_TOKEN_ELEMENTS_H

#include "sensor/base/bytes.h"

enum elements_kind {
	ELEMENTS_NONE,
	ELEMENTS_ASSERTION,      /* SAML's Assertion or EncryptedAssertion */
	ELEMENTS_SESSION_TOKEN,  /* SessionToken, of AWS's token service */
	ELEMENTS_SECURITY_TOKEN, /* BinarySecurityToken (WSS SOAP Message Security 1.1, 6.3): a certificate, a ticket, a JWT */
};

struct element {
	struct bytes name; /* without prefix */
	struct bytes text; /* an assertion whole; of the others what is between their tags, without blanks around */
};

/* The next of them in *rest, which becomes what follows it. Names are compared without their prefix. Of elements within each
 * other the outermost counts; one that is not closed does not. Comments, CDATA sections and processing instructions are passed
 * over. Linear over all calls. */
enum elements_kind elements_next(struct bytes *rest, struct element *element);

/* Does the text name SAML's namespace, of either version? */
bool elements_names_saml(struct bytes text);

#endif
