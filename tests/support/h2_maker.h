/* h2_maker: HTTP/2 as libnghttp2 encodes header blocks, and frames as no library would make them, out of lines of text:
 *
 *   "PREFACE"                                   "SETTINGS 1=65536 5=32768"     "SETTINGS ack"
 *   "HEADERS 1 end | :method: GET | :path: /"   "PUSH 1 promise=2 | ..."       "DATA 1 end | content"
 *   "CONTINUATION 1 | bytes"                    "RST 1 8" code                 "GOAWAY 0 2" code
 *   "PING" "PING ack"                           "WINDOW 0 100"                 "PRIORITY 3"
 *   "FRAME 1 type=9 flags=4 | bytes"            "RAW | bytes"                  "TABLE | 0" the encoder's table is this large from here on
 *
 * Words after the stream: "end" END_STREAM, "open" no END_HEADERS, "pad=3", "prio=15" a weight, "cut=10" CONTINUATIONs of so many
 * bytes, "never" never-indexed fields, "len=9" another length than the true one. In "bytes", "\1" stands for NUL. */
#ifndef STORMGLASS_TESTS_SUPPORT_H2_MAKER_H
#define STORMGLASS_TESTS_SUPPORT_H2_MAKER_H

#include "tests/support/script.h"

struct nghttp2_hd_deflater;

struct h2_maker {
	struct nghttp2_hd_deflater *deflater[2]; /* by direction */
	uint8_t *data; /* what the last line became */
	size_t len, cap;
};

void h2_maker_init(struct h2_maker *maker);
void h2_maker_fini(struct h2_maker *maker);

/* The bytes of a line, sent in direction `dir`; they hold until the next call. */
struct bytes h2_maker_line(struct h2_maker *maker, enum direction dir, const char *line);

/* Runs a conversation: each step is its direction, ">" to the server, "<" to the client,
    and a line; or "#100" so many bytes lost,
 * "~" and a line of which all is lost, "$" nothing follows in this direction. NULL ends it, and the feeder. */
void h2_maker_run(struct feeder *feeder, const char *const *steps, script_cut *cut, void *with);

#endif
