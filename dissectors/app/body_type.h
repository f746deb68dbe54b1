/* body_type: media types (RFC 9110 8.3.1), as far as tokens travel in them. */
#ifndef STORMGLASS_DISSECTORS_APP_BODY_TYPE_H
#define STORMGLASS_DISSECTORS_APP_BODY_TYPE_H

#include "sensor/model/http.h"

enum body_type {
	BODY_TYPE_OTHER,
	BODY_TYPE_FORM, /* application/x-www-form-urlencoded */
	BODY_TYPE_JSON,
	BODY_TYPE_XML,
	BODY_TYPE_SOAP, /* 1.2 (RFC 3902): 1.1 is text/xml */
	BODY_TYPE_JWT,  /* a token and nothing else (RFC 7519 10.3.1) */
	BODY_TYPE_TEXT, /* anything */
};

/* Of the value of Content-Type. */
enum body_type body_type_of(struct bytes value);

enum http_content body_type_content(enum body_type type);

#endif
