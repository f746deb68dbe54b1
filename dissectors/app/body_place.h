/* body_place: whether a request's target is one of those that hand out tokens, keys or what is known of an issuer. */
#ifndef STORMGLASS_DISSECTORS_APP_BODY_PLACE_H
#define STORMGLASS_DISSECTORS_APP_BODY_PLACE_H

#include "sensor/base/bytes.h"

enum body_place {
	BODY_PLACE_OTHER,
	BODY_PLACE_TOKEN,   /* takes credentials and gives tokens */
	BODY_PLACE_ANSWER,  /* only gives: metadata services, key sets, discovery */
	BODY_PLACE_SERVICE, /* one address for many calls: which it is says "action" */
	BODY_PLACE_ROOT,    /* "/": of AWS, one address for all calls of a service */
};

/* Of a target as sent. Cheap: its last two segments are looked up by their length. */
enum body_place body_place_of(struct bytes target);

/* Does it look like a security token service that speaks SOAP? Not as cheap. */
bool body_place_is_sts(struct bytes target);

/* Does a value of the query's parameter Action (or action) ask for a token? */
bool body_place_mints(struct bytes target);

/* The same of the value of a field "action" or "SOAPAction". */
bool body_place_action_mints(struct bytes action);

#endif
