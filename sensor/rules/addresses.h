/* addresses: the address and port lists of rule headers as sets of spans: any, one, a-b, CIDR, [a,!b], !a, $NAME.
 *
 *     [10.0.0.0/8,!10.1.0.0/16]    all of the first but not of the second
 *     !$HOME_NET                   everything but
 *     [80,8000:8099,!8080] 1024:   ports
 *
 * IPv4 stands in ::ffff:0:0/96, so one order holds for both; a port is an address whose other bytes are
 * zero. */
#ifndef STORMGLASS_RULES_ADDRESSES_H
#define STORMGLASS_RULES_ADDRESSES_H

#include "sensor/base/arena.h"
#include "sensor/rules/reason.h"
#include "sensor/model/packet.h"

struct address_span {
	struct address low, high; /* both within */
};

struct addresses {
	const struct address_span *spans; /* ascending, disjoint */
	size_t n;
	bool any;
};

/* $NAME, newest first. */
struct variable {
	const struct variable *next;
	const char *name;
	struct bytes value;
};

bool addresses_parse(struct bytes text, const struct variable *variables, struct arena *arena,
	struct addresses *addresses, struct reason *reason);
bool addresses_parse_ports(struct bytes text, const struct variable *variables, struct arena *arena,
	struct addresses *addresses, struct reason *reason);

bool addresses_hold(const struct addresses *addresses, const struct address *address);
bool addresses_hold_port(const struct addresses *addresses, uint16_t port);

#endif
