/* filter: an expression of pcap-filter(7), compiled once for each link type it meets. */
#ifndef STORMGLASS_INPUT_FILTER_H
#define STORMGLASS_INPUT_FILTER_H

#include "sensor/base/errors.h"
#include "sensor/model/packet.h"

struct filter;

/* NULL, with an error: not an expression for any common link type. `text` is copied. */
struct filter *filter_new(const char *text, struct errors *errors);

/* False too where the expression means nothing for the frame's link type: filter_error then says so. */
bool filter_passes(struct filter *filter, const struct frame *frame);

const char *filter_text(const struct filter *filter);
const char *filter_error(const struct filter *filter); /* the first; NULL: none yet */
void filter_free(struct filter *filter);               /* NULL is fine */

#endif
