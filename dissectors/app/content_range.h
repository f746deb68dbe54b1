/* content_range: the field Content-Range (RFC 9110 14.4) as members of a response's record, as Suricata tells it. Pure. */
#ifndef STORMGLASS_DISSECTORS_APP_CONTENT_RANGE_H
#define STORMGLASS_DISSECTORS_APP_CONTENT_RANGE_H

#include "sensor/model/http.h"

/* Sets the value as sent and, of "bytes first-last/size", the numbers that are there. Borrows `value`. */
void content_range_record(struct record *record, struct bytes value);

#endif
