/* http1_start: the first line of an HTTP/1.x message (RFC 9112 3 and 4): parsed, foreseen, and found again. Pure. */
#ifndef STORMGLASS_DISSECTORS_APP_HTTP1_START_H
#define STORMGLASS_DISSECTORS_APP_HTTP1_START_H

#include "dissectors/app/http1_odd.h"
#include "sensor/base/scan.h"

enum http1_fit { HTTP1_NO, HTTP1_PARTIAL, HTTP1_FITS };

struct http1_start {
	struct bytes method, target; /* of a request */
	struct bytes version;        /* empty: none, HTTP/0.9 */
	unsigned status;             /* of a response; 0: not three digits */
	uint32_t odd;
};

/* Parses a line without its end. False: no message starts like this in direction `dir`. A request without a version
 * is one only where it may be HTTP/0.9: `first` on its connection, by a known method, for a path. */
bool http1_start_parse(struct http1_start *start, enum direction dir, struct bytes line, bool first);

/* Could `prefix`, which holds no line end, begin a line that http1_start_parse accepts? Looks at the first few bytes. */
bool http1_start_viable(enum direction dir, struct bytes prefix);

/* The same for a first look at a stream, where we must not claim what is not ours: known methods only. */
enum http1_fit http1_start_probe(enum direction dir, struct bytes data);

/* Finds a message start in bytes that may begin amid a body: strict HTTP/1.x start lines by known methods. FITS: one
 * starts at *at. PARTIAL: none does, and none can before *at: keep what is behind it, and *searched for the next call with it
 * and more (0 in a first one; that is how far the line end of a candidate at *at was looked for in vain).
 * Candidates longer than `cap` are passed by. */
enum http1_fit http1_start_find(enum direction dir, struct bytes data, size_t cap, size_t *searched, size_t *at);

/* Do these bytes begin with a strict status line of HTTP/1.x, as far as its code? */
enum http1_fit http1_start_is_status(struct bytes data);

/* tchar of RFC 9110 5.6.2, by byte. */
extern const bool http1_token_chars[256];

/* How many bytes from the start of `b`, up to `cap`, make a token? */
static inline size_t http1_token_len(struct bytes b, size_t cap)
{
	const uint8_t *at = b.data, *end = b.data + (b.len < cap ? b.len : cap);

	if (end - at >= 16) { /* most names are shorter, and of few kinds of bytes */
		at += scan_name16(at);
		if (at < end && !http1_token_chars[*at])
			return (size_t)(at - b.data);
	}
	while (end - at >= 4 &&
	       (http1_token_chars[at[0]] & http1_token_chars[at[1]] & http1_token_chars[at[2]] & http1_token_chars[at[3]]))
		at += 4;
	while (at < end && http1_token_chars[*at])
		at++;
	return (size_t)(at - b.data);
}

#endif
