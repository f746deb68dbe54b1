/* basic: user name and password in base64 (RFC 7617). The password is looked at by nobody. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_BASIC_H
#define STORMGLASS_DISSECTORS_TOKEN_BASIC_H

#include "dissectors/token/credential.h"
#include "sensor/model/token.h"

/* *subject: the user name, in `arena`; left alone where there is none. Sets no field. */
void basic_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);

#endif
