/* label: what nDPI calls a flow: application, category, risks. The one door to nDPI.
 *
 * A flow that carries HTTP is labelled from its first message, any other from its first payload packets. nDPI costs microseconds
 * a flow, so a flow to a service that was labelled before takes that label: for HTTP the service is address, port, host and
 * user agent. Of what is no HTTP only UDP, of which there is much and no event tells, takes the label of address, port and protocol,
 * once LABEL_AGREE flows in a row were labelled alike: so no event depends on which flows a worker saw before. */
#ifndef STORMGLASS_FLOW_LABEL_H
#define STORMGLASS_FLOW_LABEL_H

#include "sensor/flow/flow.h"

enum { LABEL_AGREE = 8, LABEL_PACKETS = 8 };

/* What the labellers of all threads share: one nDPI for messages of HTTP, of which few need it, and the lock under which nDPI is
 * loaded, for it begins and ends with state of the whole process. Outlives the labellers. NULL: out of memory. */
struct label_source;

struct label_source *label_source_new(unsigned n_labellers);
void label_source_free(struct label_source *source);

struct labeller;

/* NULL: out of memory. nDPI itself is loaded with the first flow to label. */
struct labeller *labeller_new(struct budget *parent, struct label_source *source);
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
