/* hdlc: what serial lines and their kin put before a protocol: Cisco's HDLC, Frame Relay (RFC 2427), SLIP, and the rings and ATM
 * that carry LLC. */
#ifndef STORMGLASS_DISSECTORS_NET_HDLC_H
#define STORMGLASS_DISSECTORS_NET_HDLC_H

#include "dissectors/net/layer.h"

enum net_status hdlc_cisco(struct layer *layer, struct packet *packet);
enum net_status hdlc_frame_relay(struct layer *layer, struct packet *packet);
enum net_status hdlc_slip(struct layer *layer, struct packet *packet);
enum net_status hdlc_atm(struct layer *layer, struct packet *packet);        /* RFC 2684: LLC, or NLPID in it */
enum net_status hdlc_sunatm(struct layer *layer, struct packet *packet);
enum net_status hdlc_token_ring(struct layer *layer, struct packet *packet); /* IEEE 802.5 */
enum net_status hdlc_fddi(struct layer *layer, struct packet *packet);
enum net_status hdlc_arcnet(struct layer *layer, struct packet *packet);     /* as Linux delivers it */
enum net_status hdlc_ip_over_fc(struct layer *layer, struct packet *packet); /* RFC 2625 */
enum net_status hdlc_with_direction(struct layer *layer, struct packet *packet); /* one byte, then Cisco's HDLC or Frame Relay */

#endif
