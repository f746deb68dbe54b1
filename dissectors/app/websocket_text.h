/* websocket_text: whether a message of a WebSocket is worth a closer look. Most are not, so most of them end here. */
#ifndef STORMGLASS_DISSECTORS_APP_WEBSOCKET_TEXT_H
#define STORMGLASS_DISSECTORS_APP_WEBSOCKET_TEXT_H

#include "sensor/base/bytes.h"

/* Could a text hold a credential: the beginning of a token ("eyJ"), or one of a few words that name one? Linear, quick. */
bool websocket_text_may_tell(struct bytes text);

/* ... and what is not known to be text: only the beginning of a token counts. */
bool websocket_text_has_token(struct bytes data);

/* Where it is JSON, an object or an array: that, without what stands before it: blanks, or the type of a packet of Socket.IO
 * (42["event",...], 40/space,{...}). Else empty. */
struct bytes websocket_text_json(struct bytes text);

#endif
