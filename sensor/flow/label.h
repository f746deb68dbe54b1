/* label: what nDPI calls a flow: application, category, risks. The one door to nDPI.
 *
 * A flow that carries HTTP is labelled from its first message, any other from its first payload packets. nDPI costs microseconds
 * a flow, so a flow to a service that was labelled before takes that label: for HTTP the service is address, port, host and
 * user agent. Of what is no HTTP only UDP, of which there is much and no event tells, takes the label of address, port and protocol,
 * once LABEL_AGREE flows in a row were labelled alike: so no event depends on which flows a worker saw before. */
#ifndef STORMGLASS_FLOW_LABEL_H
#define STORMGLASS_FLOW_LABEL_H

#include <pthread.h>

#include "sensor/flow/flow.h"

enum { LABEL_AGREE = 8, LABEL_PACKETS = 8 };

struct labeller;

/* NULL: out of memory. nDPI itself is loaded with the first flow to label; it begins and ends with state of the whole process, so
 * `loading`, which outlives the labeller, lets one thread at a time do that. NULL: there are no others. */
struct labeller *labeller_new(struct budget *parent, pthread_mutex_t *loading);
void labeller_free(struct labeller *labeller);

/* Labels a flow from a request or response head; nothing of its credentials is shown to nDPI. */
void labeller_http(struct labeller *labeller, struct flow *flow, const struct http_message *message);

/* Shows nDPI a payload packet of a flow that none of our dissectors recognised, until it has decided or gives up. */
void labeller_packet(struct labeller *labeller, struct flow *flow, const struct packet *packet, unsigned side);

/* The flow is over: frees what nDPI kept for it. */
void labeller_end(struct labeller *labeller, struct flow *flow);

uint64_t labeller_n_asked(const struct labeller *labeller);   /* flows that nDPI looked at */
uint64_t labeller_n_service(const struct labeller *labeller); /* flows that took their service's label */

#endif
