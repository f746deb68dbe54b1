/* datetime: an xs:dateTime (XML Schema 1.0 part 2, 3.2.7) as seconds since 1970. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_DATETIME_H
#define STORMGLASS_DISSECTORS_TOKEN_DATETIME_H

#include "sensor/base/bytes.h"

/* The floor of what `text` says, white space around it left aside. Without an offset it is taken for UTC, which is what SAML
 * wants (saml-core-2.0-os 1.3.3). False for what is no xs:dateTime, and for years before 1 or of more than nine digits. */
bool datetime_read(struct bytes text, int64_t *seconds);

#endif
