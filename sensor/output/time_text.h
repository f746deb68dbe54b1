/* time_text: "2023-11-14T22:13:20.130455+0000", the form EVE's readers expect: always UTC, so that a capture gives the same
 * text wherever it is read, and never "Z", which Suricata's schema refuses. */
#ifndef STORMGLASS_OUTPUT_TIME_TEXT_H
#define STORMGLASS_OUTPUT_TIME_TEXT_H

#include <stdbool.h>
#include <stdint.h>

enum { TIME_TEXT_LEN = 31, TIME_TEXT_SECOND_LEN = 20 };

/* Zeroed at first. Remembers the text of the last second: packets come in bursts. */
struct time_text {
	int64_t second;
	bool filled;
	char text[TIME_TEXT_SECOND_LEN]; /* "2023-11-14T22:13:20." */
};

/* TIME_TEXT_LEN bytes, no NUL. Nanoseconds are cut, not rounded. Any time_ns is fine: they end in 1677 and 2262. */
void time_text(struct time_text *last, char *out, int64_t time_ns);

#endif
