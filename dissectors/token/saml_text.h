/* saml_text: the XML that a secret is, or that it encodes in base64 (saml-bindings-2.0-os 3.5.4, RFC 7522 2.1), as far as it can
 * be shown to a parser: without a prolog, so without a document type, and without what would take the parser long. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_SAML_TEXT_H
#define STORMGLASS_DISSECTORS_TOKEN_SAML_TEXT_H

#include "sensor/base/bytes.h"

enum {
	SAML_TEXT_LEN = 256 << 10,  /* bytes of XML looked at */
	SAML_TEXT_ATTRIBUTES = 64,  /* in one tag, declarations of namespaces among them; parsers compare each with each */
};

struct saml_text {
	struct bytes xml; /* from the root on, without a tag that does not end; borrowed from the secret or from `room` */
	uint32_t odd;     /* bits of enum saml_odd */
	bool cut;         /* the secret has more XML than this */
};

/* Bytes of memory that saml_text_of needs. */
size_t saml_text_room(struct bytes secret);

struct saml_text saml_text_of(struct bytes secret, uint8_t *room, size_t room_len);

#endif
