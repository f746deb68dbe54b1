/* template: a key's `issuer` member, an iss in which "{tenantid}" stands for the tenant. */
#ifndef STORMGLASS_TRUST_TEMPLATE_H
#define STORMGLASS_TRUST_TEMPLATE_H

#include "sensor/base/bytes.h"

/* Does "{tenantid}" occur in it? */
bool template_open(struct bytes issuer);

/* Is `text` what `issuer` becomes for `tenant`, byte for byte? An open one never is for an empty tenant. */
bool template_equals(struct bytes issuer, struct bytes tenant, struct bytes text);

/* Writes what `issuer` becomes for `tenant`; an empty view when that is longer than `cap`. */
struct bytes template_fill(struct bytes issuer, struct bytes tenant, uint8_t *out, size_t cap);

#endif
