/* carriers_content: credentials in what is no head: bodies and messages of WebSockets. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_CARRIERS_CONTENT_H
#define STORMGLASS_DISSECTORS_TOKEN_CARRIERS_CONTENT_H

#include "dissectors/token/finds.h"

/* The content of a message with is_end or is_text. */
void carriers_content_find(struct finds *finds, const struct http_message *message);

/* A wresult parameter, decoded: SAML as a whole, else what else may be in XML. */
void carriers_content_wresult(struct finds *finds, const struct finds_place *place, struct bytes value);

#endif
