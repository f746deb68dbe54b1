/* websocket_search: where a frame begins, after bytes were lost. A header is little evidence (about one place in forty of random
 * bytes looks like one), so several must follow each other: at the end of each frame's payload the next one, and none that
 * could not come there. Right behind a gap two are enough, for that is one place, and segments mostly begin with a frame. */
#ifndef STORMGLASS_DISSECTORS_APP_WEBSOCKET_SEARCH_H
#define STORMGLASS_DISSECTORS_APP_WEBSOCKET_SEARCH_H

#include "dissectors/app/websocket_frame.h"

enum {
	WEBSOCKET_SEARCH_LEN = 16 * 1024, /* so far from the loss a beginning is looked for ... */
	WEBSOCKET_SEARCH_CAP = 64 * 1024, /* ... and through so much in one direction altogether */
	WEBSOCKET_SEARCH_CHAIN = 5,       /* headers that must follow each other; right behind a gap 2 */
};

/* Zeroed at first. */
struct websocket_search {
	uint8_t *data;      /* what came since; from found on what is still to be read starts at `at` */
	uint32_t len, cap;
	uint32_t at;
	uint32_t spent;     /* bytes searched before, some of them again */
	bool behind_gap;
};

enum websocket_found { WEBSOCKET_FOUND, WEBSOCKET_FOUND_NOT_YET, WEBSOCKET_FOUND_NEVER };

/* Begins. What was found and not read yet is searched again, or, behind a gap, forgotten. */
void websocket_search_begin(struct websocket_search *search, bool behind_gap);

/* Takes from *data what it wants. FOUND: a frame begins at search->at, and what was taken is there up to search->len, to be read
 * first. NEVER: a cap, or the budget refuses. The answer does not depend on how the bytes were cut. */
enum websocket_found websocket_search_take(struct websocket_search *search, struct bytes *data, enum direction dir,
    struct budget *budget);

/* Nothing will follow: is there a beginning in what was taken? */
bool websocket_search_end(struct websocket_search *search, enum direction dir);

/* Gives back what was kept; what was spent stays. */
void websocket_search_drop(struct websocket_search *search, struct budget *budget);

#endif
