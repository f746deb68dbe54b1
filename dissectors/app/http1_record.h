/* http1_record: the http fields (sensor/model/http.h) of one parsed head. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP1_RECORD_H
#define STORMGLASS_DISSECTORS_APP_HTTP1_RECORD_H

#include "dissectors/app/http1_head.h"

/* A record of the request's or response's fields, URLs redacted; borrows from head. NULL: the arena refused.
 * Adds to `head->odd` what shows only when fields are compared. */
struct record *http1_record_new(struct http1_head *head, enum direction dir, struct arena *arena);

#endif
