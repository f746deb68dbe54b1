/* eve_alert: the alert object and its metadata. */
#ifndef STORMGLASS_OUTPUT_EVE_ALERT_H
#define STORMGLASS_OUTPUT_EVE_ALERT_H

#include "sensor/output/eve.h"

/* The member "alert". Metadata is an object of arrays of strings, for the readers that lose everything else beside
 * alert.* (Security Onion) or cannot read arrays of objects (Wazuh): the rule's own metadata, the event's fields flagged
 * FIELD_METADATA under their keyword with _ for ., and "why". No key comes twice. */
void eve_alert_write(struct json *json, const struct event *event);

#endif
