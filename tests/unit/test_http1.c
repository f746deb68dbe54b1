#include "dissectors/app/redact.h"
#include "tests/support/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { ARENA_CAP = 8 << 20 };

#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define OK0 "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define OK5 "HTTP/1.1 200 OK\r\nContent-Type: text/html; x=y\r\nContent-Length: 5\r\n\r\n"
#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
#define POST(headers) ">POST /p HTTP/1.1\r\nHost: a\r\n" headers "\r\n"

struct conversation {
	const char *name;
	const char *steps[12];
	const char *requests, *responses; /* logs */
};

static const struct conversation conversations[] = {
	/* pairing */
	{ "one", { ">" GET, "<" OK5 "hello" }, "Q0 GET / a\n", "R0 200 text/html\nE0 5\n" },
	{ "pipelined", { ">" GET GET GET, "<" OK0 OK5 "hello" OK0 }, "Q0 GET / a\nQ1 GET / a\nQ2 GET / a\n",
	  "R0 200\nE0 0\nR1 200 text/html\nE1 5\nR2 200\nE2 0\n" },
	{ "requests only", { ">" GET, ">" GET }, "Q0 GET / a\nQ1 GET / a\n", "" },
	{ "responses only", { "<" OK5 "hello", "<" OK0 }, "", "R0 200 text/html\nE0 5\nR1 200\nE1 0\n" },
	{ "interim", { ">" GET, "<HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n" OK0 }, "Q0 GET / a\n", "R0 200\nE0 0\n" },
	{ "HEAD", { ">HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" GET, "<HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" OK0 },
	  "Q0 HEAD / a\nQ1 GET / a\n", "R0 200\nE0 0\nR1 200\nE1 0\n" },
	{ "304 and 204", { ">" GET GET GET, "<HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\nHTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\n" OK0 },
	  "Q0 GET / a\nQ1 GET / a\nQ2 GET / a\n", "R0 304\nE0 0\nR1 204\nE1 0\nR2 200\nE2 0\n" },
	{ "response of an unseen request first", { "<" OK0, ">" GET, "<" OK0 }, "Q1 GET / a\n", "R0 200\nE0 0\nR1 200\nE1 0\n" },
	{ "request captured late", { ">" GET, "<" OK0 OK0, ">" GET }, "Q0 GET / a\nQ1 GET / a\n", "R0 200\nE0 0\nR1 200\nE1 0\n" },

	/* responses alone: was it a HEAD? */
	{ "HEAD unseen", { "<" OK5 OK0 OK5 "hello" OK5, "<" OK0 }, "", "R0 200 text/html\nE0 0\nR1 200\nE1 0\nR2 200 text/html\nE2 5\nR3 200 text/html\nE3 0\nR4 200\nE4 0\n" },
	{ "HEAD unseen, chunked", { "<" CHUNKED OK0 }, "", "R0 200\nE0 0\nR1 200\nE1 0\n" },
	{ "HEAD unseen, no length", { "<HTTP/1.1 200 OK\r\n\r\n" OK0, "<$" }, "", "R0 200\nE0 0\nR1 200\nE1 0\n" },
	{ "a body like a status line", { "<" OK5 "HTTP/" OK0, "<HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\nHTTP/1.1 2000 O", "<" OK0 }, "",
	  "R0 200 text/html\nE0 5\nR1 200\nE1 0\nR2 200\nE2 15\nR3 200\nE3 0\n" },
	{ "a body like a status line, request seen", { ">" GET, "<HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\nHTTP/1.1 200 OK" OK0 }, "Q0 GET / a\n",
	  "R0 200\nE0 15\nR1 200\nE1 0\n" },
	{ "in doubt at the end", { "<HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 20", "<$" }, "", "R0 200\nE0 11\n" },
	{ "in doubt, no end", { "<HTTP/1.1 200 OK\r\n\r\n" }, "", "R0 200\nE0 0\n" },
	{ "in doubt, then a gap", { "<" OK5, "<#5", "<" OK0 }, "", "R0 200 text/html\nE0 5\nR1 200\nE1 0\n" },
	{ "in doubt amid a start, then a gap", { "<" OK5 "HTTP/1", "<#50", "<\r\n" OK0 }, "", "R0 200 text/html\nR1 200\nE1 0\n" },

	/* bodies */
	{ "request body", { POST("Content-Length: 5\r\n") "hello" GET }, "Q0 POST /p a\nE0 5\nQ1 GET / a\n", "" },
	{ "body like a request", { POST("Content-Length: 16\r\n") "GET / HTTP/1.1\r\n" GET }, "Q0 POST /p a\nE0 16\nQ1 GET / a\n", "" },
	{ "to the end", { ">" GET, "<HTTP/1.0 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc", "<$" }, "Q0 GET / a\n", "R0 200\nE0 22\n" },
	{ "to the end that is not seen", { ">" GET, "<HTTP/1.0 200 OK\r\n\r\nabc" }, "Q0 GET / a\n", "R0 200\nE0 3\n" },
	{ "cut short", { ">" GET, "<" OK5 "hel", "<$" }, "Q0 GET / a\n", "R0 200 text/html\n" },
	{ "chunked", { ">" GET, "<" CHUNKED "5;a=\"b\"\r\nhello\r\n00A \r\n0123456789\r\n0\r\nX: y\r\n\r\n" OK0 }, "Q0 GET / a\n",
	  "R0 200\nE0 15\nR1 200\nE1 0\n" },
	{ "chunked by LF", { "<" CHUNKED "5\nhello\r\n0\r\n\r\n" OK0 }, "", "R0 200\n!http.bare_lf\nE0 5\nR1 200\nE1 0\n" },
	{ "chunk ends by LF", { "<" CHUNKED "5\r\nhello\n0\r\n\r\n" OK0 }, "", "R0 200\n!http.bare_lf\nE0 5\nR1 200\nE1 0\n" },
	{ "bare CR in an extension", { "<" CHUNKED "5;\rx\r\nhello\r\n0\r\n\r\n" OK0 }, "", "R0 200\n!http.bare_cr\nE0 5\nR1 200\nE1 0\n" },
	{ "chunk size 0x5", { "<" CHUNKED "0x5\r\nhello\r\n0\r\n\r\n" OK0 }, "", "R0 200\n!http.bad_chunk\nR1 200\nE1 0\n" },
	{ "chunk size of 17 digits", { "<" CHUNKED "00000000000000005\r\nhello\r\n0\r\n\r\n" OK0 }, "", "R0 200\n!http.bad_chunk\nR1 200\nE1 0\n" },
	{ "chunk longer than it says", { "<" CHUNKED "4\r\nhello\r\n0\r\n\r\n" OK0 }, "", "R0 200\n!http.bad_chunk\nR1 200\nE1 0\n" },

	/* framing that recipients differ on */
	{ "same length twice", { POST("Content-Length: 5\r\nContent-Length: 5, 5\r\n") "hello" GET }, "Q0 POST /p a\nE0 5\nQ1 GET / a\n", "" },
	{ "lengths differ", { POST("Content-Length: 5\r\nContent-Length: 6\r\n") "hello" GET },
	  "Q0 POST /p a\n!http.conflicting_length\nE0 5\nQ1 GET / a\n", "" },
	{ "lengths differ in a list", { POST("Content-Length: 5, 6\r\n") "hello" GET }, "Q0 POST /p a\n!http.conflicting_length\nE0 5\nQ1 GET / a\n", "" },
	{ "length +5", { POST("Content-Length: +5\r\n") "hello" GET }, "Q0 POST /p a\n!http.bad_length\nQ1 GET / a\n", "" },
	{ "length -1", { POST("Content-Length: -1\r\n") "hello" GET }, "Q0 POST /p a\n!http.bad_length\nQ1 GET / a\n", "" },
	{ "length 0x10", { POST("Content-Length: 0x10\r\n") "hello" GET }, "Q0 POST /p a\n!http.bad_length\nQ1 GET / a\n", "" },
	{ "length with a blank", { POST("Content-Length: 1 0\r\n") "hello" GET }, "Q0 POST /p a\n!http.bad_length\nQ1 GET / a\n", "" },
	{ "length empty", { POST("Content-Length:\r\n") "hello" GET }, "Q0 POST /p a\n!http.bad_length\nQ1 GET / a\n", "" },
	{ "length of 20 digits", { POST("Content-Length: 18446744073709551621\r\n") "hello" GET }, "Q0 POST /p a\n!http.bad_length\nQ1 GET / a\n", "" },
	{ "both", { POST("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") "5\r\nhello\r\n0\r\n\r\n" GET },
	  "Q0 POST /p a\n!http.both_lengths\nE0 5\nQ1 GET / a\n", "" },
	{ "xchunked", { POST("Transfer-Encoding: xchunked\r\n") "5\r\nhello\r\n0\r\n\r\n" GET }, "Q0 POST /p a\n!http.bad_transfer_encoding\nQ1 GET / a\n", "" },
	{ "chunked, identity", { POST("Transfer-Encoding: chunked, identity\r\n") "0\r\n\r\n" GET }, "Q0 POST /p a\n!http.bad_transfer_encoding\nQ1 GET / a\n", "" },
	{ "identity and a length", { POST("Transfer-Encoding: identity\r\nContent-Length: 5\r\n") "hello" GET },
	  "Q0 POST /p a\n!http.both_lengths\n!http.bad_transfer_encoding\nE0 5\nQ1 GET / a\n", "" },
	{ "chunked twice", { POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") "0\r\n\r\n" GET },
	  "Q0 POST /p a\n!http.bad_transfer_encoding\nQ1 GET / a\n", "" },
	{ "coding after a blank", { POST("Transfer-Encoding : chunked\r\n") "0\r\n\r\n" GET },
	  "Q0 POST /p a\n!http.bad_transfer_encoding\n!http.space_before_colon\nQ1 GET / a\n", "" },
	{ "coding after VT", { POST("Transfer-Encoding: \vchunked\r\n") "0\r\n\r\n" GET }, "Q0 POST /p a\n!http.bad_transfer_encoding\nQ1 GET / a\n", "" },
	{ "coding folded", { POST("Transfer-Encoding:\r\n chunked\r\n") "0\r\n\r\n" GET }, "Q0 POST /p a\n!http.obs_fold\nQ1 GET / a\n", "" },
	{ "VT in the name", { POST("Transfer-Encoding\v: chunked\r\n") GET }, "Q0 POST /p a\n!http.bad_header\nQ1 GET / a\n", "" },
	{ "coding in HTTP/1.0", { ">POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" GET },
	  "Q0 POST /\n!http.bad_transfer_encoding\nQ1 GET / a\n", "" },
	{ "gzip, chunked", { POST("Transfer-Encoding: gzip, CHUNKED\r\n") "0\r\n\r\n" GET }, "Q0 POST /p a\nQ1 GET / a\n", "" },
	{ "header after a blank line's blank", { ">GET / HTTP/1.1\r\n Content-Length: 5\r\nHost: a\r\n\r\n" GET },
	  "Q0 GET / a\n!http.space_before_header\nQ1 GET / a\n", "" },
	{ "one LF among CRLFs", { ">GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n" GET }, "Q0 GET / a\n!http.bare_lf\nQ1 GET / a\n", "" },

	/* tolerance */
	{ "LF only", { ">GET / HTTP/1.1\nHost: a\n\n" GET }, "Q0 GET / a\nQ1 GET / a\n", "" },
	{ "empty lines before", { ">\r\n\r\n\n" GET "\r\n" GET }, "Q0 GET / a\nQ1 GET / a\n", "" },
	{ "bare CR", { ">GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n" }, "Q0 GET / a\n!http.bare_cr\n", "" },
	{ "NUL", { ">GET / HTTP/1.1\r\nHost: a\r\nX: b\1c\r\n\r\n" }, "Q0 GET / a\n!http.nul\n", "" },
	{ "no colon", { ">GET / HTTP/1.1\r\nHost: a\r\nXbc\r\n: d\r\n\r\n" }, "Q0 GET / a\n!http.bad_header\n", "" },
	{ "two hosts", { ">GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" }, "Q0 GET / a\n!http.duplicate_host\n", "" },
	{ "host with port", { ">GET / HTTP/1.1\r\nHost: a.b:8080\r\n\r\n" }, "Q0 GET / a.b 8080\n", "" },
	{ "host is IPv6", { ">GET / HTTP/1.1\r\nHost: [2001:db8::1]:81\r\n\r\nGET / HTTP/1.1\r\nHost: [::1]\r\n\r\n" },
	  "Q0 GET / [2001:db8::1] 81\nQ1 GET / [::1]\n", "" },
	{ "port out of range", { ">GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n" }, "Q0 GET / a\n", "" },
	{ "absolute", { ">GET http://b:81/x HTTP/1.1\r\n\r\n" }, "Q0 GET http://b:81/x b 81\n", "" },
	{ "absolute, other host", { ">GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n" }, "Q0 GET http://b/x b\n!http.host_mismatch\n", "" },
	{ "absolute, same host", { ">GET http://A:80?x HTTP/1.1\r\nHost: a\r\n\r\n" }, "Q0 GET http://A:80?x A 80\n", "" },
	{ "absolute with userinfo", { ">GET http://joe:pw@b/x HTTP/1.1\r\n\r\n" }, "Q0 GET http://REDACTED@b/x b\n", "" },
	{ "lower case method", { ">get / HTTP/1.1\r\nHost: a\r\n\r\n" }, "Q0 get / a\n", "" },
	{ "unknown method", { ">X-FOO / HTTP/1.1\r\nHost: a\r\n\r\n" }, "Q0 X-FOO / a\n", "" },
	{ "tabs and blanks", { ">GET \t/x   HTTP/1.1 \r\nHost: a\r\n\r\n" }, "Q0 GET /x a\n!http.bad_request_line\n", "" },
	{ "blank in the target", { ">GET /x y HTTP/1.1\r\nHost: a\r\n\r\n" }, "Q0 GET /x a\n!http.bad_request_line\n", "" },
	{ "no target", { ">GET HTTP/1.1\r\nHost: a\r\n\r\n" }, "Q0 GET HTTP/1.1 a\n!http.bad_request_line\n", "" },
	{ "lower case version", { ">GET / http/1.1\r\nHost: a\r\n\r\n" }, "Q0 GET / a\n!http.bad_request_line\n!http.bad_version\n" , "" },
	{ "status without number", { "<HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n" OK0 }, "", "R0\nE0 0\n!http.bad_status\nR1 200\nE1 0\n" },
	{ "status without reason", { "<HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n" OK0 }, "", "R0 200\nE0 0\nR1 200\nE1 0\n" },
	{ "junk between", { ">" GET "junk\r\njunk " GET }, "Q0 GET / a\n!http.bad_start\nQ1 GET / a\n", "" },

	/* HTTP/0.9 */
	{ "0.9", { ">GET /x\r\n", "<hello", "<$" }, "Q0 GET /x\n!http.no_version\n", "E0 5\n" },
	{ "0.9 answered by 1.1", { ">GET /x\r\n", "<" OK0 }, "Q0 GET /x\n!http.no_version\n", "R0 200\nE0 0\n" },
	{ "no version, but headers", { ">GET /x\r\nHost: a:80\r\nX: y\r\n\r\n" GET, "<" OK0 OK0 },
	  "Q0 GET /x a 80\n!http.no_version\nQ1 GET / a\n", "R0 200\nE0 0\nR1 200\nE1 0\n" },
	{ "no version, headers by LF", { ">GET /HTTP/1.1\nHost: a\n\n", "<HTTP/1.0 403 F\r\n\r\nno", "<$" }, "Q0 GET /HTTP/1.1 a\n!http.no_version\n",
	  "R0 403\nE0 2\n" },
	{ "no version, but a body", { ">POST /x\r\nContent-Length: 5\r\n\r\nhello" GET }, "Q0 POST /x\n!http.no_version\nE0 5\nQ1 GET / a\n", "" },
	{ "no version, headers cut", { ">GET /x\r\nHost: a\r\nX: y", ">$" }, "Q0 damaged GET /x a\n!http.no_version\n!http.truncated_head\n", "" },
	{ "no version, headers answered late", { ">GET /x\r\nHos", ">t: a\r\n\r\n", "<" OK0 }, "Q0 GET /x a\n!http.no_version\n", "R0 200\nE0 0\n" },
	{ "0.9, an answer to what may be a name", { ">GET /x\r\nHos", "<" OK0, ">t: a\r\n\r\n" }, "Q0 GET /x\n!http.no_version\n", "R0 200\nE0 0\n" },
	{ "0.9, then no name", { ">GET /x\r\nHost a\r\n" GET }, "Q0 GET /x\n!http.no_version\nQ1 GET / a\n", "" },
	{ "0.9, then an empty line", { ">GET /x\r\n\r\n", "<" OK0 }, "Q0 GET /x\n!http.no_version\n", "R0 200\nE0 0\n" },
	{ "0.9, never answered", { ">GET /x\r\n", ">$" }, "Q0 GET /x\n!http.no_version\n", "" },
	{ "0.9, a gap behind it", { ">GET /x\r\n", ">#5", ">" GET }, "Q0 GET / a\n", "" },
	{ "0.9 only as the first", { ">" GET "GET /x\r\n" GET }, "Q0 GET / a\n!http.bad_start\nQ1 GET / a\n", "" },

	/* other protocols take over */
	{ "CONNECT", { ">CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n", "<HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", "<\x16\x03", ">\x16\x03" },
	  "Q0 CONNECT b:443 b 443\n", "R0 200\nE0 0\n^\n" },
	{ "CONNECT refused", { ">CONNECT b:443 HTTP/1.1\r\n\r\n", "<HTTP/1.1 407 N\r\nContent-Length: 0\r\n\r\n", ">" GET, "<" OK0 },
	  "Q0 CONNECT b:443 b 443\nQ1 GET / a\n", "R0 407\nE0 0\nR1 200\nE1 0\n" },
	{ "CONNECT, requests only", { ">CONNECT b:443 HTTP/1.1\r\n\r\n\x16\x03\x01", ">$" }, "Q0 CONNECT b:443 b 443\n^\n", "" },
	{ "websocket", { ">GET /s HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\n\r\n", "<HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n", "<\x81\x02hi" },
	  "Q0 GET /s a\n", "R0 101\nE0 0\n^websocket\n" },
	{ "h2c", { ">GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n", "<HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n", "<x" }, "Q0 GET / a\n", "^h2c\n" },
	{ "h2c, the client alone", { ">GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n", ">PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" }, "Q0 GET / a\n^h2c\n", "" },
	{ "HTTP/2 behind a request, not asked for", { ">" GET, "<" OK0, ">PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" }, "Q0 GET / a\n^http2\n", "R0 200\nE0 0\n" },
	{ "half of its preface", { ">" GET, "<" OK0, ">PRI * HTTP/2.0\r\n\r\nSM\r\n", ">$" }, "Q0 GET / a\n^http2\n", "R0 200\nE0 0\n" },
	{ "not its preface", { ">" GET, "<" OK0, ">PRI * HTTP/2.0\r\n\r\nSX\r\n\r\n" GET }, "Q0 GET / a\n!http.bad_start\nQ1 GET / a\n", "R0 200\nE0 0\n" },
	{ "its preface before the answer to CONNECT", { ">CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", ">PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "<HTTP/1.1 200 OK\r\n\r\n", "<x" },
	  "Q0 CONNECT a:1 a 1\n", "R0 200\nE0 0\n^\n" },
	{ "h2c, the server alone", { "<HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n", "<x" }, "", "^http2\n" },
	{ "upgrade declined", { ">GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n", "<" OK0, ">" GET }, "Q0 GET / a\nQ1 GET / a\n", "R0 200\nE0 0\n" },
	{ "upgrade to what we do not know", { "<HTTP/1.1 101 S\r\nUpgrade: TLS/1.0\r\n\r\n" }, "", "R0 101\nE0 0\n^\n" },

	/* loss */
	{ "gap in a body", { ">" GET, "<" OK5 "h", "<#3", "<o" OK0 }, "Q0 GET / a\n", "R0 200 text/html\nE0 5\nR1 200\nE1 0\n" },
	{ "gap over a body's end", { ">" GET, "<" OK5 "h", "<#20", "<lo\r\n\r\nxx" OK0 }, "Q0 GET / a\n",
	  "R0 200 text/html\nE0 5\nR1 200\nE1 0\n" },
	{ "gap in a head", { ">GET / HTTP/1.1\r\nAuthorization: Bearer a", ">#10", ">b\r\nHost: a\r\n\r\n" GET }, "Q0 GET / a\n", "" },
	{ "gap in a chunk", { "<" CHUNKED "a\r\n01", "<#5", "<789\r\n0\r\n\r\n" OK0 }, "", "R0 200\nE0 10\nR1 200\nE1 0\n" },
	{ "gap over a chunk's size", { "<" CHUNKED "a\r\n01", "<#50", "<789\r\n0\r\n\r\n" OK0 }, "", "R0 200\nR1 200\nE1 0\n" },
	{ "gap before a request line amid a body", { ">" GET, ">#100", ">{\"a\":1}POST /x HTTP/1.1\r\nHost: a\r\n\r\n" }, "Q0 GET / a\nQ1 POST /x a\n", "" },
	{ "lost response", { ">" GET, ">" GET, "<#100", "<\r\n\r\n" OK0, ">" GET, "<" OK0 }, "Q0 GET / a\nQ1 GET / a\nQ2 GET / a\n", "R1 200\nE1 0\nR2 200\nE2 0\n" },
	{ "lost request", { ">" GET, "<" OK0, ">#30", "<" OK0, ">" GET, "<" OK0 }, "Q0 GET / a\nQ2 GET / a\n", "R0 200\nE0 0\nR1 200\nE1 0\nR2 200\nE2 0\n" },
	{ "gap in a body to the end", { "<HTTP/1.0 200 OK\r\n\r\nabc", "<#7", "<d", "<$" }, "", "R0 200\nE0 11\n" },
	{ "what was passed by is passed by again", { ">#5", ">xx GET /s\r\nb HTTP/1.1\r\n\r\n" GET }, "Q0 GET / a\n", "" },
	{ "midstream", { ">ue: x\r\n\r\nbody GET no\nmore" GET, "<</html>" OK0 }, "Q0 GET / a\n", "R0 200\nE0 0\n" },

	/* the end comes early */
	{ "head cut", { ">GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc", ">$" }, "Q0 damaged GET / a\n!http.truncated_head\n", "" },
	{ "request line cut", { ">GET / HTTP/1.1", ">$" }, "", "" },
	{ "fold cut", { ">GET / HTTP/1.1\r\nHost: a\r\n b", ">$" }, "Q0 damaged GET /\n!http.truncated_head\n", "" },
};

static void check_logs(const struct conversation *c, const struct feeder *feeder, const char *how)
{
	for (int dir = 0; dir < 2; dir++) {
		const char *want = dir == TO_SERVER ? c->requests : c->responses, *have = feeder_log(feeder, (enum direction)dir);

		if (strcmp(want, have) != 0)
			fail_msg("%s, %s:\n%s--- wanted:\n%s", c->name, how, have, want);
	}
}

static void check_cut(const struct conversation *c, const char *how, script_cut *cut, void *with)
{
	struct feeder feeder;

	feeder_init(&feeder, &http1_dissector, ARENA_CAP);
	script_run(&feeder, c->steps, cut, with);
	check_logs(c, &feeder, how);
	feeder_fini(&feeder);
}

static void test_conversations(void **state)
{
	uint64_t seed = 0x5eed;

	(void)state;
	for (size_t i = 0; i < sizeof conversations / sizeof conversations[0]; i++) {
		check_cut(&conversations[i], "whole", script_whole, NULL);
		check_cut(&conversations[i], "byte by byte", script_bytewise, NULL);
		for (int round = 0; round < 50; round++)
			check_cut(&conversations[i], "cut at random", script_random, &seed);
	}
}

/* Feeds one side; the caller frees the log. */
static char *log_of(enum direction dir, struct bytes data, size_t piece, size_t arena_cap, bool with_headers)
{
	struct feeder feeder;

	feeder_init(&feeder, &http1_dissector, arena_cap);
	feeder.with_headers = with_headers;
	for (size_t at = 0; at < data.len; at += piece)
		feeder_send(&feeder, dir, bytes_head(bytes_tail(data, at), piece), false);
	feeder_send(&feeder, dir, bytes_of("", 0), true);
	feeder_finish(&feeder);
	char *log = strdup(feeder_log(&feeder, dir));

	feeder_fini(&feeder);
	return log;
}

static void test_headers(void **state)
{
	static const struct {
		const char *head, *log;
	} cases[] = {
		{ "GET /a HTTP/1.1\r\nHost: h\r\nauthorization:Bearer \t x  \r\nA: 1\r\nA: 2\r\nEmpty:\r\n\r\n",
		  "Q0\n  hostname: h\n  url: /a\n  http_method: GET\n  protocol: HTTP/1.1"
		  "\n  | Host=h\n  | authorization=Bearer \t x\n  | A=1\n  | A=2\n  | Empty=\n" },
		{ "GET /a HTTP/1.1\r\nAuthorization : Bearer\r\n\t x \r\n  \r\n y\r\nB: c\r\n\r\n",
		  "Q0\n  url: /a\n  http_method: GET\n  protocol: HTTP/1.1\n  | Authorization=Bearer x y\n  | B=c\n"
		  "!http.space_before_colon\n!http.obs_fold\n" },
		{ "GET /a HTTP/1.1\r\nA: b\rc\r\n\r\n",
		  "Q0\n  url: /a\n  http_method: GET\n  protocol: HTTP/1.1\n  | A=b c\n!http.bare_cr\n" },
		{ "POST /a?x=1&token=s HTTP/1.0\r\nUser-Agent: u\r\nReferer: http://r/?code=s&b=1\r\nX-Forwarded-For: 1.2.3.4\r\n"
		  "Content-Type: text/xml; charset=x\r\n\r\n",
		  "Q0\n  url: /a?x=1&token=REDACTED\n  http_user_agent: u\n  xff: 1.2.3.4\n  http_refer: http://r/?code=REDACTED&b=1"
		  "\n  http_method: POST\n  protocol: HTTP/1.0\n  http_request_content_type: text/xml; charset=x"
		  "\n  | User-Agent=u\n  | Referer=http://r/?code=s&b=1\n  | X-Forwarded-For=1.2.3.4\n  | Content-Type=text/xml; charset=x\n" },
		/* a header whose line end was not captured is not there */
		{ "GET /a HTTP/1.1\r\nAuthorization: Bearer whole\r\nCookie: hal",
		  "Q0 damaged\n  url: /a\n  http_method: GET\n  protocol: HTTP/1.1\n  | Authorization=Bearer whole\n!http.truncated_head\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bytes head = bytes_text(cases[i].head);

		for (size_t piece = 1; piece <= head.len; piece++) {
			char *log = log_of(TO_SERVER, head, piece, ARENA_CAP, true);

			assert_string_equal(log, cases[i].log);
			free(log);
		}
	}
}

static void test_response_fields(void **state)
{
	char *log = log_of(TO_CLIENT,
			   bytes_text("HTTP/1.1 302 F\r\nLocation: https://a/cb#access_token=s&x=1\r\ncontent-type: a/b ;c\r\nContent-Length: 0\r\n\r\n"),
			   7, ARENA_CAP, true);

	(void)state;
	assert_string_equal(log, "R0\n  http_content_type: a/b\n  status: 302\n  redirect: https://a/cb#access_token=REDACTED&x=1"
				 "\n  | Location=https://a/cb#access_token=s&x=1\n  | content-type=a/b ;c\n  | Content-Length=0\nE0 0\n");
	free(log);
	log = log_of(TO_CLIENT, bytes_text("HTTP/1.1 206 P\r\nCONTENT-RANGE: bytes 5-9/100\r\nContent-Length: 0\r\n\r\n"), 7, ARENA_CAP, true);
	assert_string_equal(log, "R0\n  content_range.raw: bytes 5-9/100\n  content_range.start: 5\n  content_range.end: 9\n"
				 "  content_range.size: 100\n  status: 206\n  | CONTENT-RANGE=bytes 5-9/100\n  | Content-Length=0\nE0 0\n");
	free(log);
}

/* A head of `len` bytes, a second request behind it. */
static struct bytes long_head(size_t len, const char *filler)
{
	static const char tail[] = "\r\n\r\n" GET;
	static const char head[] = "GET / HTTP/1.1\r\nX: ";
	size_t at = sizeof head - 1, total = len + sizeof GET - 1;
	uint8_t *data = malloc(total);

	assert_non_null(data);
	memcpy(data, head, at);
	while (at < len - 4)
		for (const char *c = filler; *c && at < len - 4; c++)
			data[at++] = (uint8_t)*c;
	memcpy(data + at, tail, sizeof tail - 1);
	return bytes_of(data, total);
}

static void test_header_cap(void **state)
{
	static const size_t pieces[] = { 1, 7, 1460, 65535, 65536, 65537, 1 << 20 };
	static const char *const fillers[] = { "a", "\r\nX: ", "b\r\n  ", "\n:" };

	(void)state;
	for (size_t f = 0; f < 4; f++) {
		for (size_t len = 65535; len <= 65537; len++) {
			struct bytes head = long_head(len, fillers[f]);

			for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
				char *log = log_of(TO_SERVER, head, pieces[i], ARENA_CAP, false);

				assert_int_equal(strstr(log, "!http.header_too_long") != NULL, len > 65536);
				assert_non_null(strstr(log, "Q1 GET / a\n"));
				assert_int_equal(strstr(log, "Q0 GET /\n") != NULL, len <= 65536);
				free(log);
			}
			free((void *)(uintptr_t)head.data);
		}
	}
}

static void test_memory_refused(void **state)
{
	struct bytes head = long_head(60000, "\r\nX: y\r\n z");

	(void)state;
	for (size_t cap = 0; cap < 20000; cap += 97) {
		char *log = log_of(TO_SERVER, head, 4000, cap, false);

		assert_non_null(strstr(log, "!http.memory\n"));
		assert_null(strstr(log, "Q0"));
		free(log);
	}
	free((void *)(uintptr_t)head.data);
}

/* Work must grow with the bytes, not with their square. */
static void test_no_rescans(void **state)
{
	static const char *const fillers[] = { "a", "\r\nX: ", "GET /", "eyJ.", "=", "%25", "//@", "eyJa" };
	enum { LEN = 60000 };

	(void)state;
	for (size_t f = 0; f < sizeof fillers / sizeof fillers[0]; f++) {
		struct bytes head = long_head(LEN, fillers[f]);
		char *log = log_of(TO_SERVER, head, 16, ARENA_CAP, false);

		assert_non_null(strstr(log, "Q1 GET / a\n"));
		free(log);
		memcpy((void *)(uintptr_t)head.data, "\x80RT / HTTP/1.1\r\nX: ", 19); /* not a start: RESYNC walks through it */
		log = log_of(TO_SERVER, head, 16, ARENA_CAP, false);
		assert_non_null(strstr(log, "GET / a\n"));
		free(log);
		free((void *)(uintptr_t)head.data);
	}
}

static void test_outbox_full(void **state)
{
	enum { N = 100 };
	static const char get[] = GET;
	char data[N * sizeof get];
	size_t len = 0;

	(void)state;
	for (int i = 0; i < N; i++, len += sizeof get - 1)
		memcpy(data + len, get, sizeof get - 1);
	char *log = log_of(TO_SERVER, bytes_of(data, len), len, ARENA_CAP, false);

	assert_non_null(strstr(log, "Q99 GET / a\n"));
	free(log);
}

static void test_head_ring(void **state)
{
	struct feeder feeder;

	(void)state;
	feeder_init(&feeder, &http1_dissector, ARENA_CAP);
	for (int i = 0; i < 65; i++)
		feeder_send(&feeder, TO_SERVER, bytes_text("HEAD / HTTP/1.1\r\n\r\n"), false);
	/* the oldest of 65 was forgotten: its answer is taken to have the body it speaks of */
	feeder_send(&feeder, TO_CLIENT, bytes_text("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" OK0), false);
	feeder_finish(&feeder);
	assert_string_equal(feeder_log(&feeder, TO_CLIENT), "R0 200\nE0 3\nR1 200\nE1 0\nR2 200\nE2 0\n");
	feeder_fini(&feeder);
}

static void test_probe(void **state)
{
	static const struct {
		const char *text;
		enum verdict to_server, to_client;
	} cases[] = {
		{ "GET / HTTP/1.1\r\n", VERDICT_YES, VERDICT_NO },
		{ "\r\nGET / HTTP/1.0\n", VERDICT_YES, VERDICT_NO },
		{ "FOO-BAR /x HTTP/1.1\r\n", VERDICT_YES, VERDICT_NO },
		{ "CONNECT a:443 HTTP/1.1\r\n", VERDICT_YES, VERDICT_NO },
		{ "GET /x\r\n", VERDICT_YES, VERDICT_NO },
		{ "GET /long HTTP/1.", VERDICT_YES, VERDICT_NO },
		{ "GE", VERDICT_MAYBE, VERDICT_NO },
		{ "", VERDICT_MAYBE, VERDICT_MAYBE },
		{ "GET /long", VERDICT_MAYBE, VERDICT_NO },
		{ "GET /\x01\x02", VERDICT_NO, VERDICT_NO },
		{ "GET key\r\n", VERDICT_NO, VERDICT_NO },
		{ "HTTP/1.1 200 OK\r\n", VERDICT_NO, VERDICT_YES },
		{ "HTTP/1", VERDICT_NO, VERDICT_MAYBE },
		{ "HTTP/2.0 200 OK\r\n", VERDICT_NO, VERDICT_NO },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", VERDICT_NO, VERDICT_NO },
		{ "OPTIONS sip:a SIP/2.0\r\n", VERDICT_NO, VERDICT_NO },
		{ "SIP/2.0 200 OK\r\n", VERDICT_NO, VERDICT_NO },
		{ "OPTIONS * RTSP/1.0\r\n", VERDICT_NO, VERDICT_NO },
		{ "RTSP/1.0 200 OK\r\n", VERDICT_NO, VERDICT_NO },
		{ "ICY 200 OK\r\n", VERDICT_NO, VERDICT_NO },
		{ "SSH-2.0-OpenSSH_9.2\r\n", VERDICT_NO, VERDICT_NO },
		{ "\x16\x03\x01\x02", VERDICT_NO, VERDICT_NO },
		{ "220 mail ESMTP\r\n", VERDICT_NO, VERDICT_NO },
		{ "EHLO a\r\n", VERDICT_NO, VERDICT_NO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct chunk chunk = { .data = bytes_text(cases[i].text), .dir = TO_SERVER };

		if (http1_dissector.probe(&chunk) != cases[i].to_server)
			fail_msg("%s to server", cases[i].text);
		chunk.dir = TO_CLIENT;
		if (http1_dissector.probe(&chunk) != cases[i].to_client)
			fail_msg("%s to client", cases[i].text);
	}
}

static void test_state_is_small(void **state)
{
	(void)state;
	assert_true(http1_dissector.state_size <= 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversations), cmocka_unit_test(test_headers),	     cmocka_unit_test(test_response_fields),
		cmocka_unit_test(test_header_cap),    cmocka_unit_test(test_memory_refused), cmocka_unit_test(test_no_rescans),
		cmocka_unit_test(test_outbox_full),   cmocka_unit_test(test_head_ring),	     cmocka_unit_test(test_probe),
		cmocka_unit_test(test_state_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
