/* HTTP/2 conversations, fed whole, byte by byte and in random pieces: what is said of them. */
#include "dissectors/app/redact.h"
#include "tests/support/h2_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { ARENA_CAP = 8 << 20, BODY_CAP = 65536 };

#define START ">PREFACE", ">SETTINGS 3=100"
#define BOTH START, "<SETTINGS 4=65535", "<SETTINGS ack"
#define GET(path) ":method: GET | :scheme: https | :authority: a | :path: " path
#define POST(path) ":method: POST | :scheme: https | :authority: a | :path: " path
#define CONNECT ":method: CONNECT | :authority: b:443"

struct conversation {
	const char *name;
	const char *steps[24];
	const char *requests, *responses; /* logs */
};

static const struct conversation conversations[] = {
	/* pairing */
	{ "one", { BOTH, ">HEADERS 1 end | " GET("/"), "<HEADERS 1 | :status: 200 | content-type: text/html; x=y",
	  "<DATA 1 end | hello" },
	  "Q0 GET / a\n", "R0 200 text/html\nE0 5\n" },
	{ "answers in another order", { BOTH, ">HEADERS 1 end | " GET("/1"), ">HEADERS 3 end | " GET("/2"),
	  "<HEADERS 3 end | :status: 204",
	  "<HEADERS 1 | :status: 200", "<DATA 1 | ab", "<DATA 1 end | cd" }, "Q0 GET /1 a\nQ1 GET /2 a\n",
	  "R1 204\nE1 0\nR0 200\nE0 4\n" },
	{ "frames alternate", { BOTH, ">HEADERS 1 end | " GET("/1"), ">HEADERS 3 end | " GET("/2"), "<HEADERS 1 | :status: 200",
	  "<HEADERS 3 | :status: 200", "<DATA 1 | a", "<DATA 3 | bb", "<DATA 1 end | a", "<DATA 3 end | bb" },
	  "Q0 GET /1 a\nQ1 GET /2 a\n", "R0 200\nR1 200\nE0 2\nE1 4\n" },
	{ "interim", { BOTH, ">HEADERS 1 end | " GET("/"), "<HEADERS 1 | :status: 103 | link: x",
	  "<HEADERS 1 end | :status: 200" },
	  "Q0 GET / a\n", "R0 200\nE0 0\n" },
	{ "request content", { BOTH, ">HEADERS 1 | " POST("/"), ">DATA 1 | hello", ">DATA 1 end | ",
	  "<HEADERS 1 end | :status: 200" },
	  "Q0 POST / a\nE0 5\n", "R0 200\nE0 0\n" },
	{ "requests alone", { START, ">HEADERS 1 end | " GET("/1"), ">HEADERS 3 end | " GET("/2") },
	  "Q0 GET /1 a\nQ1 GET /2 a\n", "" },
	{ "responses alone", { "<SETTINGS 3=100", "<HEADERS 1 | :status: 200", "<DATA 1 end | abc",
	  "<HEADERS 3 end | :status: 404" },
	  "", "R0 200\nE0 3\nR1 404\nE1 0\n" },
	{ "empty settings, the server first", { "<SETTINGS", START, ">HEADERS 1 end | " GET("/"),
	  "<HEADERS 1 end | :status: 200" },
	  "Q0 GET / a\n", "R0 200\nE0 0\n" },
	{ "cut off amid content", { BOTH, ">HEADERS 1 end | " GET("/"), "<HEADERS 1 | :status: 200", "<DATA 1 end len=9 | abc",
	  "<$" },
	  "Q0 GET / a\n", "R0 200\n" },

	/* heads */
	{ "host and port", { BOTH, ">HEADERS 1 end | :method: GET | :scheme: https | :path: / | :authority: a.b:8443" },
	  "Q0 GET / a.b 8443\n", "" },
	{ "Host alone", { BOTH, ">HEADERS 1 end | :method: GET | :scheme: https | :path: / | host: c:80" }, "Q0 GET / c 80\n",
	  "" },
	{ "Host is the same", { BOTH, ">HEADERS 1 end | " GET("/") " | host: A" }, "Q0 GET / a\n", "" },
	{ "Host is another", { BOTH, ">HEADERS 1 end | " GET("/") " | host: b" }, "Q0 GET / a\n!http2.host_mismatch\n", "" },
	{ "secrets in the path", { BOTH, ">HEADERS 1 end | " GET("/x?access_token=abc") },
	  "Q0 GET /x?access_token=REDACTED a\n", "" },
	{ "CONNECT", { BOTH, ">HEADERS 1 | " CONNECT, "<HEADERS 1 | :status: 200", ">DATA 1 | \x16\x03", "<DATA 1 end | abc",
	  ">DATA 1 end | x" },
	  "Q0 CONNECT b:443 b 443\nE0 3\n", "R0 200\nE0 3\n" },
	{ "no status", { BOTH, ">HEADERS 1 end | " GET("/"), "<HEADERS 1 end | server: x" }, "Q0 GET / a\n",
	  "R0\nE0 0\n!http2.missing_pseudo\n" },
	{ "a status of four digits", { BOTH, ">HEADERS 1 end | " GET("/"), "<HEADERS 1 end | :status: 2000" }, "Q0 GET / a\n",
	  "R0\nE0 0\n" },
	{ "CONTINUATIONs", { BOTH, ">HEADERS 1 end cut=3 | " GET("/") " | x-test: 0123456789" }, "Q0 GET / a\n", "" },
	{ "padding", { BOTH, ">HEADERS 1 pad=7 prio=3 | " POST("/"), ">DATA 1 pad=200 | abc", ">DATA 1 end pad=0 | d" },
	  "Q0 POST / a\nE0 4\n", "" },
	{ "all padding", { BOTH, ">HEADERS 1 | " POST("/"), ">DATA 1 end pad=5 | " }, "Q0 POST / a\n", "" },
	{ "trailers", { BOTH, ">HEADERS 1 end | " POST("/s/m"), "<HEADERS 1 | :status: 200 | content-type: application/grpc",
	  "<DATA 1 | abc",
	  "<HEADERS 1 end | grpc-status: 13" }, "Q0 POST /s/m a\n", "R0 200 application/grpc\nE0 3 http.grpc_status 13\n" },
	{ "trailers of a request", { BOTH, ">HEADERS 1 | " POST("/"), ">DATA 1 | abc", ">HEADERS 1 end | x-sum: 1" },
	  "Q0 POST / a\nE0 3\n", "" },
	{ "extended CONNECT of another protocol", { BOTH,
	  ">HEADERS 1 | :method: CONNECT | :protocol: test | :scheme: https | :path: /c | :authority: a",
	  "<HEADERS 1 | :status: 200", "<DATA 1 | x" }, "Q0 CONNECT /c a\n", "R0 200\n" },

	/* resets, pushes, ends */
	{ "the client takes it back", { BOTH, ">HEADERS 1 end | " GET("/"), ">RST 1 8", "<HEADERS 1 | :status: 200",
	  "<DATA 1 end | abc",
	  ">HEADERS 3 end | " GET("/2"), "<HEADERS 3 end | :status: 200" }, "Q0 GET / a\nQ1 GET /2 a\n",
	  "E0 0 http2.request_error CANCEL\nR1 200\nE1 0\n" },
	{ "the client takes it back amid its content", { BOTH, ">HEADERS 1 | " POST("/"), ">DATA 1 | abc", ">RST 1 8" },
	  "Q0 POST / a\nE0 3\n", "E0 0 http2.request_error CANCEL\n" },
	{ "the server refuses", { BOTH, ">HEADERS 1 end | " GET("/"), "<RST 1 7" }, "Q0 GET / a\n",
	  "E0 0 http2.response_error REFUSED_STREAM\n" },
	{ "the server answers early", { BOTH, ">HEADERS 1 | " POST("/"), "<HEADERS 1 end | :status: 413", "<RST 1 0",
	  ">DATA 1 | abc" },
	  "Q0 POST / a\n", "R0 413\nE0 0\n" },
	{ "an error that nobody knows", { BOTH, ">HEADERS 1 end | " GET("/"), "<RST 1 0x77" }, "Q0 GET / a\n",
	  "E0 0 http2.response_error UNKNOWN\n" },
	{ "pushed", { BOTH, ">HEADERS 1 end | " GET("/"), "<PUSH 1 promise=2 | " GET("/style"), "<HEADERS 1 end | :status: 200",
	  "<HEADERS 2 | :status: 200", "<DATA 2 end | a{}" }, "Q0 GET / a\nQ1 GET /style a\n", "R0 200\nE0 0\nR1 200\nE1 3\n" },
	{ "pushed on an odd stream", { BOTH, ">HEADERS 1 end | " GET("/"), "<PUSH 1 promise=3 | " GET("/style") },
	  "Q0 GET / a\n", "!http2.bad_stream_id\n" },
	{ "GOAWAY", { BOTH, ">HEADERS 1 end | " GET("/"), "<GOAWAY 0 0", "<HEADERS 1 end | :status: 200" }, "Q0 GET / a\n",
	  "R0 200\nE0 0\n" },
	{ "GOAWAY over an error", { BOTH, "<GOAWAY 0 11" }, "", "!http2.goaway_error\n" },

	/* frames that are ignored */
	{ "unknown types", { BOTH, ">FRAME 0 type=0xee flags=0xff | abc", ">FRAME 7 type=0x0b | ", ">HEADERS 1 end | " GET("/")
	  }, "Q0 GET / a\n", "" },
	{ "all the others", { BOTH, ">PING", "<PING ack", ">WINDOW 0 100", ">PRIORITY 3", "<FRAME 0 type=10 | \1\1",
	  ">HEADERS 1 end | " GET("/") },
	  "Q0 GET / a\n", "" },
	{ "a larger frame than by default", { BOTH, "<SETTINGS 5=20000", ">HEADERS 1 end | " GET("/") " | x: 1" },
	  "Q0 GET / a\n", "" },

	/* what is wrong */
	{ "upper case", { BOTH, ">HEADERS 1 end | " GET("/") " | X-Test: 1" }, "Q0 GET / a\n!http2.upper_case_header\n", "" },
	{ "Transfer-Encoding", { BOTH, ">HEADERS 1 | " POST("/") " | transfer-encoding: chunked" },
	  "Q0 POST / a\n!http2.connection_header\n", "" },
	{ "Connection", { BOTH, ">HEADERS 1 end | " GET("/") " | connection: close" }, "Q0 GET / a\n!http2.connection_header\n",
	  "" },
	{ "Keep-Alive", { BOTH, ">HEADERS 1 end | " GET("/") " | keep-alive: 5" }, "Q0 GET / a\n!http2.connection_header\n", "" },
	{ "TE", { BOTH, ">HEADERS 1 end | " GET("/") " | te: gzip" }, "Q0 GET / a\n!http2.connection_header\n", "" },
	{ "TE: trailers", { BOTH, ">HEADERS 1 end | " GET("/") " | te: trailers" }, "Q0 GET / a\n", "" },
	{ "CR LF in a value", { BOTH, ">HEADERS 1 end | " GET("/") " | x: a\r\nhost: b" }, "Q0 GET / a\n!http2.bad_header\n",
	  "" },
	{ "NUL in a value", { BOTH, ">HEADERS 1 end | " GET("/") " | x: a\1b" }, "Q0 GET / a\n!http2.bad_header\n", "" },
	{ "a blank in a name", { BOTH, ">HEADERS 1 end | " GET("/") " | x y: a" }, "Q0 GET / a\n!http2.bad_header\n", "" },
	{ "no path", { BOTH, ">HEADERS 1 end | :method: GET | :scheme: https | :authority: a" },
	  "Q0 GET a\n!http2.missing_pseudo\n", "" },
	{ "no method", { BOTH, ">HEADERS 1 end | :scheme: https | :authority: a | :path: /" },
	  "Q0 / a\n!http2.missing_pseudo\n", "" },
	{ "two paths", { BOTH, ">HEADERS 1 end | " GET("/1") " | :path: /2" }, "Q0 GET /1 a\n!http2.duplicate_pseudo\n", "" },
	{ "a pseudo-header behind others", { BOTH,
	  ">HEADERS 1 end | :method: GET | :scheme: https | x: 1 | :path: / | :authority: a" },
	  "Q0 GET / a\n!http2.bad_pseudo\n", "" },
	{ "a pseudo-header that is none", { BOTH, ">HEADERS 1 end | " GET("/") " | :x: 1" }, "Q0 GET / a\n!http2.bad_pseudo\n",
	  "" },
	{ "status in a request", { BOTH, ">HEADERS 1 end | " GET("/") " | :status: 200" }, "Q0 GET / a\n!http2.bad_pseudo\n",
	  "" },
	{ "pseudo-headers in trailers", { BOTH, ">HEADERS 1 | " POST("/"), ">HEADERS 1 end | :path: /x" },
	  "Q0 POST / a\n!http2.bad_pseudo\n", "" },
	{ "less content than said", { BOTH, ">HEADERS 1 | " POST("/") " | content-length: 6", ">DATA 1 end | hello" },
	  "Q0 POST / a\nE0 5\n!http2.length_mismatch\n", "" },
	{ "no content, but a length", { BOTH, ">HEADERS 1 end | " POST("/") " | content-length: 6" },
	  "Q0 POST / a\n!http2.length_mismatch\n", "" },
	{ "as much content as said", { BOTH, ">HEADERS 1 | " POST("/") " | content-length: 5", ">DATA 1 end pad=2 | hello" },
	  "Q0 POST / a\nE0 5\n", "" },
	{ "CONTINUATION alone", { BOTH, ">CONTINUATION 1 | \x82", ">HEADERS 1 end | " GET("/") },
	  "!http2.bad_continuation\nQ0 GET / a\n", "" },
	{ "another frame within a block", { BOTH, ">HEADERS 1 end | " GET("/1"), ">HEADERS 3 end open | " GET("/2"), ">PING",
	  ">CONTINUATION 3 | x",
	  ">HEADERS 5 end never | " GET("/3") }, "Q0 GET /1 a\n!http2.bad_continuation\nQ2 GET /3 a\n", "" },
	{ "another stream's CONTINUATION", { BOTH, ">HEADERS 1 end open | " GET("/1"), ">CONTINUATION 3 | x",
	  ">HEADERS 5 end | " GET("/2") },
	  "!http2.bad_continuation\nQ1 GET /2\n", "" },
	{ "DATA on the connection", { BOTH, ">DATA 0 | abc", ">HEADERS 1 end | " GET("/") },
	  "!http2.bad_stream_id\nQ0 GET / a\n", "" },
	{ "an even stream of the client's", { BOTH, ">HEADERS 2 end | " GET("/") }, "!http2.bad_stream_id\n", "" },
	{ "a stream behind later ones", { BOTH, ">HEADERS 5 end | " GET("/1"), "<HEADERS 5 end | :status: 200",
	  ">HEADERS 3 end | " GET("/2") },
	  "Q0 GET /1 a\nQ1 GET /2 a\n!http2.bad_stream_id\n", "R0 200\nE0 0\n" },
	{ "a PING of 7 bytes", { BOTH, ">PING len=8", ">FRAME 0 type=6 | 1234567", ">HEADERS 1 end | " GET("/") },
	  "!http2.bad_frame\nQ0 GET / a\n", "" },
	{ "SETTINGS of 5 bytes", { BOTH, ">FRAME 0 type=4 | 12345", ">HEADERS 1 end | " GET("/") },
	  "!http2.bad_frame\nQ0 GET / a\n", "" },
	{ "padding beyond the end", { BOTH, ">HEADERS 1 | " POST("/"), ">FRAME 1 type=0 flags=9 | \x09" "abc" },
	  "Q0 POST / a\n!http2.bad_frame\n", "" },
	{ "padding beyond a block's end", { BOTH, ">FRAME 1 type=1 flags=0xd | \x09" "abc", ">PING" }, "!http2.bad_frame\n", "" },
	{ "a frame that is too long", { BOTH, ">DATA 1 len=20000 | abc" }, "!http2.bad_frame\n", "" },
	{ "a size update behind a field", { BOTH, ">FRAME 1 type=1 flags=5 | \x82\x20\x86\x84\x41\2" "ab" },
	  "Q0 GET / ab\n!http2.bad_hpack\n", "" },
	{ "a bad index", { BOTH, ">FRAME 1 type=1 flags=5 | \x82\x86\x84\xfe", ">HEADERS 3 end | " GET("/") },
	  "Q0 damaged GET /\n!http2.bad_hpack\nQ1 GET / a\n", "" },
	{ "a block that the end cuts", { BOTH, ">HEADERS 1 open never end | " GET("/x"), ">$" },
	  "Q0 damaged GET /x a\n!http2.truncated_head\n", "" },
};

#define TOKEN_POST \
	":method: POST | :scheme: https | :authority: login.test | :path: /oauth2/token | " \
	"content-type: application/x-www-form-urlencoded"
#define FORM "grant_type=password&password=test"
#define JSON "{\"access_token\":\"test\"}"
#define UPGRADED ":method: CONNECT | :protocol: websocket | :scheme: https | :authority: a | :path: /chat"

/* Content that is kept, and WebSockets. */
static const struct conversation contents[] = {
	{ "a token endpoint", { BOTH, ">HEADERS 1 | " TOKEN_POST, ">DATA 1 | grant_type=pass",
	  ">DATA 1 end pad=9 | word&password=test",
	  "<HEADERS 1 | :status: 200 | content-type: application/json", "<DATA 1 end | " JSON },
	  "Q0 POST /oauth2/token login.test +body +answer\nE0 33 form 33 " FORM "\n",
	  "R0 200 application/json +body\nE0 23 json 23 " JSON "\n" },
	{ "frames of others in between", { BOTH, ">HEADERS 1 | " TOKEN_POST, ">DATA 1 | grant_type=pass",
	  ">HEADERS 3 | " POST("/x"), ">DATA 3 end | abc",
	  ">DATA 1 end | word&password=test" },
	  "Q0 POST /oauth2/token login.test +body +answer\nQ1 POST /x a\nE1 3\nE0 33 form 33 " FORM "\n", "" },
	{ "ended by trailers", { BOTH, ">HEADERS 1 | " TOKEN_POST, ">DATA 1 | " FORM, ">HEADERS 1 end | x-sum: 1" },
	  "Q0 POST /oauth2/token login.test +body +answer\nE0 33 form 33 " FORM "\n", "" },
	{ "taken back", { BOTH, ">HEADERS 1 | " TOKEN_POST, ">DATA 1 | " FORM, ">RST 1 8" },
	  "Q0 POST /oauth2/token login.test +body +answer\nE0 33 form 33 " FORM "\n", "E0 0 http2.request_error CANCEL\n" },
	{ "never ended", { BOTH, ">HEADERS 1 | " TOKEN_POST, ">DATA 1 | " FORM },
	  "Q0 POST /oauth2/token login.test +body +answer\nE0 33 form cut 33 " FORM "\n", "" },
	{ "bytes are missing", { BOTH, ">HEADERS 1 | " TOKEN_POST, ">DATA 1 len=33 end | grant_type=password", ">#14",
	  ">HEADERS 3 end | " GET("/") },
	  "Q0 POST /oauth2/token login.test +body +answer\nE0 33 form cut 19 grant_type=password\nQ1 GET / a\n", "" },
	{ "more bytes are missing", { BOTH, ">HEADERS 1 | " TOKEN_POST, ">DATA 1 len=33 | grant_type=password", ">#99",
	  ">DATA 1 end | &x=y", ">PING" },
	  "Q0 POST /oauth2/token login.test +body +answer\nE0 37 form cut 19 grant_type=password\n", "" },
	{ "no content", { BOTH, ">HEADERS 1 end | " TOKEN_POST }, "Q0 POST /oauth2/token login.test +answer\n", "" },
	{ "an empty end", { BOTH, ">HEADERS 1 | " TOKEN_POST, ">DATA 1 | " FORM, ">DATA 1 end | " },
	  "Q0 POST /oauth2/token login.test +body +answer\nE0 33 form 33 " FORM "\n", "" },
	{ "WebSocket", { BOTH, ">HEADERS 1 | " UPGRADED, "<HEADERS 1 | :status: 200", "<DATA 1 | \x81\x10token=1234",
	  "<DATA 1 pad=5 | 567890", "<DATA 1 end | \x81\x10token=9876543210", ">DATA 1 end | x" }, "Q0 CONNECT /chat a +answer\n",
	  "R0 200\nE0 0\nT0 text token=1234567890\nT0 text token=9876543210\n" },
	{ "WebSocket refused", { BOTH, ">HEADERS 1 | " UPGRADED, "<HEADERS 1 | :status: 403",
	  "<DATA 1 | \x81\x10token=1234567890" },
	  "Q0 CONNECT /chat a +answer\n", "R0 403\n" },
	{ "WebSocket, bytes are missing", { BOTH, ">HEADERS 1 | " UPGRADED, "<HEADERS 1 | :status: 200",
	  "<DATA 1 len=18 | \x81\x10token=1234", "<#6",
	  "<DATA 1 | \x81\x10token=9876543210" }, "Q0 CONNECT /chat a +answer\n",
	  "R0 200\nE0 0\nT0 text cut token=1234\nT0 text token=9876543210\n" },
};

/* Joined midstream, or with bytes missing: right values or none. */
static const struct conversation losses[] = {
	{ "midstream, two frames", { ">HEADERS 5 end | " GET("/5"), ">WINDOW 0 100", "<HEADERS 5 | :status: 200",
	  "<DATA 5 end | abc" },
	  "Q0 GET /5 a\n", "R0 200\nE0 3\n" },
	{ "midstream, one frame at a time", { ">HEADERS 5 end | " GET("/5"), "<HEADERS 5 end | :status: 200",
	  ">HEADERS 7 end | " GET("/7"),
	  "<HEADERS 7 end | :status: 204" }, "Q0 GET /5 a\nQ1 GET /7 a\n", "R0 200\nE0 0\nR1 204\nE1 0\n" },
	{ "midstream, amid content", { "<RAW | 00\1\1 content of some response", "<DATA 3 end | abc",
	  "<HEADERS 5 end | :status: 200", "<PING",
	  ">HEADERS 5 end | " GET("/5"), ">PING" }, "Q1 GET /5 a\n", "R0 200\nE0 0\n" },
	{ "midstream, what the table held is missing", { ">~HEADERS 1 end | " GET("/1") " | x-test: 1", ">PING",
	  ">HEADERS 3 end | " GET("/1") " | x-test: 1",
	  ">HEADERS 5 end | " GET("/5") " | x-test: 2" }, "Q0 GET /1\nQ1 GET /5\n", "" },
	{ "content that is frames itself", { BOTH, ">HEADERS 5 | " POST("/5"), ">DATA 5 | abc", ">#30",
	  ">HEADERS 1 end never | " GET("/not"), ">PING", ">HEADERS 7 end never | " GET("/7") },
	  "Q0 POST /5 a\nQ1 GET /7 a\n", "" },
	{ "midstream, SETTINGS first", { ">SETTINGS 4=100000", ">FRAME 7 type=1 flags=5 | \xbe\x82\x86\x84\xbf", ">PING" },
	  "Q0 GET /\n", "" },
	{ "midstream, SETTINGS first, of the server", { ">HEADERS 7 end | " GET("/"), ">PING", "<SETTINGS 4=100000",
	  "<FRAME 7 type=1 flags=5 | \xbe\x88\xbf", "<PING" },
	  "Q0 GET / a\n", "R0 200\nE0 0\n" },
	{ "midstream, trailers", { ">DATA 5 | abc", ">HEADERS 5 end never | x-sum: 1", ">PING", ">HEADERS 7 end | " GET("/7"),
	  "<HEADERS 5 end | :status: 204" }, "Q0 GET /7 a\n", "R1 204\nE1 0\n" },
	{ "no head of a request, nothing missing", { BOTH, ">HEADERS 1 end | x-sum: 1" }, "Q0\n!http2.missing_pseudo\n", "" },
	{ "an interim answer whose status is missing", { BOTH, ">HEADERS 1 end | " GET("/"), ">HEADERS 3 end | " GET("/"),
	  "<~HEADERS 1 | :status: 103 | x-a: b", "<HEADERS 3 | :status: 103 | x-a: b", "<PING",
	  "<HEADERS 3 | :status: 204 | x-a: b", "<HEADERS 3 end | grpc-status: 3" },
	  "Q0 GET / a\nQ1 GET / a\n", "R1\nR1 204\nE1 0 http.grpc_status 3\n" },
	{ "responses to requests from before", { ">HEADERS 9 end | " GET("/9"), ">PING", "<HEADERS 7 end | :status: 404",
	  "<HEADERS 9 end | :status: 200" },
	  "Q0 GET /9 a\n", "R1 404\nE1 0\nR0 200\nE0 0\n" },
	{ "an answer is seen before its request", { BOTH, "<HEADERS 1 | :status: 404", "<DATA 1 end | abc",
	  ">HEADERS 1 end | " GET("/1"),
	  ">HEADERS 3 end | " GET("/3") }, "Q0 GET /1 a\nQ1 GET /3 a\n", "R0 404\nE0 3\n" },
	{ "the head of an answer is seen before its request", { BOTH, "<HEADERS 1 | :status: 404", "<DATA 1 | abc",
	  ">HEADERS 1 | " POST("/1"), ">DATA 1 end | x",
	  "<HEADERS 1 end | grpc-status: 3" }, "Q0 POST /1 a\nE0 1\n", "R0 404\nE0 3 http.grpc_status 3\n" },
	{ "within content that nobody wants", { BOTH, ">HEADERS 1 end | " GET("/"), "<HEADERS 1 | :status: 200",
	  "<DATA 1 end len=30 | 0123456789",
	  "<#20", ">HEADERS 3 end | " GET("/"), "<HEADERS 3 end | :status: 204" }, "Q0 GET / a\nQ1 GET / a\n",
	  "R0 200\nE0 30\nR1 204\nE1 0\n" },
	{ "within content and the next frame", { BOTH, ">HEADERS 1 end | " GET("/"), "<HEADERS 1 | :status: 200",
	  "<DATA 1 len=30 | 0123456789",
	  "<#25", "<RAW | junk", ">HEADERS 3 end | " GET("/"), "<HEADERS 3 end | :status: 204", "<PING" },
	  "Q0 GET / a\nQ1 GET / a\n", "R0 200\nR1 204\nE1 0\n" },
	{ "a whole request", { BOTH, ">HEADERS 1 end | " GET("/1"), ">~HEADERS 3 end | " GET("/3"),
	  ">HEADERS 5 end | " GET("/5"), ">PING",
	  "<HEADERS 3 end | :status: 404", "<HEADERS 1 end | :status: 200" }, "Q0 GET /1 a\nQ1 GET /5\n",
	  "R2 404\nE2 0\nR0 200\nE0 0\n" },
	{ "a whole response", { BOTH, ">HEADERS 1 end | " GET("/1"), ">HEADERS 3 end | " GET("/3"),
	  "<~HEADERS 1 | :status: 200 | x-a: b", "<DATA 1 end | abc",
	  "<HEADERS 3 end | :status: 404" }, "Q0 GET /1 a\nQ1 GET /3 a\n", "E0 3\nR1 404\nE1 0\n" },
	{ "the beginning of a block", { BOTH, ">HEADERS 1 end open never | " GET("/1"), ">~CONTINUATION 1 open | abc",
	  ">CONTINUATION 1 | \x82\x86",
	  ">HEADERS 3 end never | " GET("/3"), ">PING" }, "Q0 GET /3 a\n", "" },
	{ "CONTINUATION of a lost block", { BOTH, ">~HEADERS 1 end open | " GET("/1"), ">CONTINUATION 1 | \x82\x86",
	  ">HEADERS 3 end never | " GET("/3"), ">PING" },
	  "Q0 GET /3 a\n", "" },
	{ "content whose length does not fit", { BOTH, ">HEADERS 1 | " POST("/") " | content-length: 9", ">DATA 1 len=5 | ab",
	  ">#3", ">DATA 1 end len=4 | ab", ">#2",
	  ">HEADERS 3 end | " GET("/") }, "Q0 POST / a\nE0 9\nQ1 GET / a\n", "" },
	{ "content of unknown length", { BOTH, ">HEADERS 1 | " POST("/") " | content-length: 9", ">DATA 1 | ab", ">#30",
	  ">DATA 1 end | cd", ">PING" },
	  "Q0 POST / a\nE0 4\n", "" },
	{ "a gap in a frame's header", { BOTH, ">RAW | \1\1", ">#7", ">HEADERS 1 end | " GET("/"), ">PING" }, "Q0 GET / a\n",
	  "" },
	{ "a gap at once", { ">#100", ">HEADERS 5 end | " GET("/5"), ">PING" }, "Q0 GET /5 a\n", "" },
	{ "SETTINGS were lost that allow for a larger table", { ">#80", ">HEADERS 1 end | " GET("/1"), ">PING", "<SETTINGS 3=1",
	  "<TABLE | 65536", "<HEADERS 1 end | :status: 200 | x-test: a", ">HEADERS 3 end | " GET("/3"),
	  "<HEADERS 3 end | :status: 404 | x-test: a" }, "Q0 GET /1 a\nQ1 GET /3 a\n", "R0 200\nE0 0\nR1 404\nE1 0\n" },
	{ "likewise later on", { BOTH, ">HEADERS 1 end | " GET("/1"), ">~SETTINGS 1=65536", ">HEADERS 3 end never | " GET("/3"), ">PING",
	  "<TABLE | 65536", "<HEADERS 1 end | :status: 200 | x-test: a", "<HEADERS 3 end | :status: 404 | x-test: a" },
	  "Q0 GET /1 a\nQ1 GET /3 a\n", "R0 200\nE0 0\nR1 404\nE1 0\n" },
	{ "half of SETTINGS", { BOTH, ">HEADERS 1 end | " GET("/1"), ">SETTINGS 3=100 len=12", ">#6",
	  ">HEADERS 3 end never | " GET("/3"), "<TABLE | 65536",
	  "<HEADERS 1 end | :status: 200 | x-test: a", "<HEADERS 3 end | :status: 404 | x-test: a" },
	  "Q0 GET /1 a\nQ1 GET /3 a\n", "R0 200\nE0 0\nR1 404\nE1 0\n" },
	{ "the other side begins with a gap", { START, ">HEADERS 1 end | " GET("/"), "<#9", "<HEADERS 1 end | :status: 200",
	  "<PING" }, "Q0 GET / a\n", "R0 200\nE0 0\n" },
};

static void run_with(const struct dissector *dissector, const struct conversation *c, script_cut *cut, void *with,
    const char *how)
{
	struct feeder feeder;

	feeder_init(&feeder, dissector, ARENA_CAP);
	feeder_keep(&feeder, BODY_CAP, 1 << 20);
	h2_maker_run(&feeder, c->steps, cut, with);
	if (strcmp(feeder_log(&feeder, TO_SERVER), c->requests) != 0 || strcmp(feeder_log(&feeder, TO_CLIENT), c->responses) != 0)
		fail_msg("%s, %s: requests\n%sresponses\n%s", c->name, how, feeder_log(&feeder, TO_SERVER), feeder_log(&feeder,
		    TO_CLIENT));
	feeder_fini(&feeder);
}

static void run_one(const struct conversation *c, script_cut *cut, void *with, const char *how)
{
	run_with(&http2_dissector, c, cut, with, how);
}

static void run_all(const struct conversation *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t seed = 1 + i;

		run_one(&all[i], script_whole, NULL, "whole");
		run_one(&all[i], script_bytewise, NULL, "byte by byte");
		for (int round = 0; round < 5; round++)
			run_one(&all[i], script_random, &seed, "in pieces");
	}
}

static void test_conversations(void **state)
{
	(void)state;
	run_all(conversations, sizeof conversations / sizeof conversations[0]);
}

/* The request that upgraded is the one before the first; its answer comes on stream 1. */
static const struct conversation upgrades[] = {
	{ "upgraded", { "<SETTINGS 3=100", "<HEADERS 1 | :status: 200", START, "<DATA 1 end | abc", ">HEADERS 3 end | " GET("/3"),
	  "<HEADERS 3 end | :status: 204" }, "Q0 GET /3 a\n", "R-1 200\nE-1 3\nR0 204\nE0 0\n" },
	{ "a table that HTTP2-Settings allowed", { "<TABLE | 16384", "<SETTINGS 3=100", "<HEADERS 1 end | :status: 200", START },
	  "", "R-1 200\nE-1 0\n" },
	{ "upgraded, the client alone", { START, ">HEADERS 3 end | " GET("/3") }, "Q0 GET /3 a\n", "" },
	{ "upgraded, taken back", { "<SETTINGS 3=100", START, ">RST 1 8" }, "", "E-1 0 http2.request_error CANCEL\n" },
	{ "stream 1 again", { "<SETTINGS 3=100", START, ">HEADERS 1 end | " GET("/1"), "<HEADERS 1 end | :status: 200" },
	  "!http2.bad_pseudo\n", "R-1 200\nE-1 0\n" },
};

static void test_upgrades(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof upgrades / sizeof upgrades[0]; i++) {
		run_with(&h2c_dissector, &upgrades[i], script_whole, NULL, "whole");
		run_with(&h2c_dissector, &upgrades[i], script_bytewise, NULL, "byte by byte");
	}
}

/* A client may know how much the server is going to allow, before the server said so: nginx takes 16 MiB. Where frames were found
 * again, and SETTINGS of the other side were not seen, that may be allowed. */
static void test_long_frames(void **state)
{
	static const struct {
		const char *first, *frame;
		const char *want;
	} cases[] = {
		{ "SETTINGS 3=1", "DATA 1 len=40000 | ", "Q0 POST /1 a\n!http2.bad_frame\nE0 40000\nQ1 GET /3 a\n" },
		{ "PING", "DATA 1 len=40000 | ", "Q0 POST /1 a\nE0 40000\nQ1 GET /3 a\n" }, /* midstream */
		{ "PING", "FRAME 1 type=0x77 len=40000 | ", "Q0 POST /1 a\nQ1 GET /9 a\nQ2 GET /3 a\n" }, /* what looks like one */
	};
	static uint8_t content[40000];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct feeder feeder;
		struct h2_maker maker;
		bool midstream = strcmp(cases[i].first, "PING") == 0;

		feeder_init(&feeder, &http2_dissector, ARENA_CAP);
		h2_maker_init(&maker);
		memset(content, 'x', sizeof content);
		struct bytes within = h2_maker_line(&maker, TO_SERVER, "HEADERS 9 end never | " GET("/9"));

		memcpy(content + 100, within.data, within.len);
		for (size_t n = 0; n < 3; n++)
			memcpy(content + 100 + within.len + 17 * n, "\0\0\x08\6\0\0\0\0\0abcdefgh", 17);
		if (!midstream)
			feeder_send(&feeder, TO_SERVER, h2_maker_line(&maker, TO_SERVER, "PREFACE"), false);
		else
			feeder_send(&feeder, TO_SERVER, bytes_text("xxx"), false);
		feeder_send(&feeder, TO_SERVER, h2_maker_line(&maker, TO_SERVER, cases[i].first), false);
		feeder_send(&feeder, TO_SERVER, h2_maker_line(&maker, TO_SERVER, "HEADERS 1 | " POST("/1")), false);
		feeder_send(&feeder, TO_SERVER, h2_maker_line(&maker, TO_SERVER, cases[i].frame), false);
		feeder_send(&feeder, TO_SERVER, bytes_of(content, sizeof content), false);
		feeder_send(&feeder, TO_SERVER, h2_maker_line(&maker, TO_SERVER, "DATA 1 end | "), false);
		feeder_send(&feeder, TO_SERVER, h2_maker_line(&maker, TO_SERVER, "HEADERS 3 end never | " GET("/3")), false);
		feeder_send(&feeder, TO_SERVER, h2_maker_line(&maker, TO_SERVER, "PING"), false);
		assert_string_equal(feeder_log(&feeder, TO_SERVER), cases[i].want);
		h2_maker_fini(&maker);
		feeder_fini(&feeder);
	}
}

/* Many steps of one line each, `n` times, then a request. */
static void run_flood(const char *line, unsigned n, bool numbered, const char *want)
{
	struct feeder feeder;
	struct h2_maker maker;
	enum direction dir = *line == '>' ? TO_SERVER : TO_CLIENT;
	char text[256];

	feeder_init(&feeder, &http2_dissector, ARENA_CAP);
	h2_maker_init(&maker);
	feeder_send(&feeder, TO_SERVER, h2_maker_line(&maker, TO_SERVER, "PREFACE"), false);
	feeder_send(&feeder, TO_SERVER, h2_maker_line(&maker, TO_SERVER, "SETTINGS 3=1"), false);
	feeder_send(&feeder, TO_CLIENT, h2_maker_line(&maker, TO_CLIENT, "SETTINGS 3=1"), false);
	for (unsigned i = 0; i < n; i++) {
		if (numbered) {
			snprintf(text, sizeof text, "HEADERS %u | " GET("/"), 1 + 2 * i);
			feeder_send(&feeder, TO_SERVER, h2_maker_line(&maker, TO_SERVER, text), false);
		}
		snprintf(text, sizeof text, line + 1, 1 + 2 * i);
		feeder_send(&feeder, dir, h2_maker_line(&maker, dir, text), false);
	}
	bool told = strstr(feeder_log(&feeder, dir), want);

	if (told == (n < 1000 && n % 2))
		fail_msg("%u times %s: %s", n, line, told ? want : "nothing was told");
	if (told)
		assert_null(strstr(strstr(feeder_log(&feeder, dir), want) + 1, want)); /* once */
	h2_maker_fini(&maker);
	feeder_fini(&feeder);
}

/* An odd number of times is not yet too many. */
static void test_floods(void **state)
{
	(void)state;
	run_flood(">RST %u 8", 99, true, "http2.rapid_reset");
	run_flood(">RST %u 8", 102, true, "http2.rapid_reset");
	run_flood("<RST %u 1", 99, true, "http2.made_reset");
	run_flood("<RST %u 1", 102, true, "http2.made_reset");
	run_flood("<RST %u 7", 499, true, "http2.made_reset"); /* a server that is busy */
	run_flood(">SETTINGS 3=1", 97, false, "http2.settings_flood");
	run_flood(">SETTINGS 3=1", 102, false, "http2.settings_flood");
	run_flood(">SETTINGS ack", 999, false, "http2.settings_flood");
	run_flood(">PING", 999, false, "http2.ping_flood");
	run_flood(">PING", 1002, false, "http2.ping_flood");
	run_flood(">DATA 1 | ", 199, false, "http2.empty_frames");
	run_flood(">DATA 1 | ", 202, false, "http2.empty_frames");
	run_flood(">DATA 1 pad=3 | ", 202, false, "http2.empty_frames");
	run_flood(">DATA 1 | x", 999, false, "http2.empty_frames");
	run_flood(">PRIORITY 1", 999, false, "http2.priority_flood");
	run_flood(">PRIORITY 1", 1002, false, "http2.priority_flood");
}

static void expect_requests(const char *const *steps, const char *want)
{
	struct conversation c = { .name = steps[0], .requests = want, .responses = "" };

	for (size_t i = 0; steps[i]; i++)
		c.steps[i] = steps[i];
	run_one(&c, script_whole, NULL, "whole");
	run_one(&c, script_bytewise, NULL, "byte by byte");
}

/* "x-N: VVVV | " n times. */
static char *many_fields(const char *head, unsigned n, unsigned value_len)
{
	size_t cap = strlen(head) + n * (value_len + 32) + 1;
	char *text = malloc(cap), *at = text;

	assert_non_null(text);
	at += sprintf(at, "%s", head);
	for (unsigned i = 0; i < n; i++) {
		at += sprintf(at, " | x-%u: ", i);
		memset(at, 'v', value_len);
		at += value_len;
	}
	*at = 0;
	return text;
}

static void test_long_heads(void **state)
{
	char *fits = many_fields(">HEADERS 1 end cut=16000 | " GET("/"), 300, 200);
	char *flood = many_fields(">HEADERS 1 end cut=8 | " GET("/"), 20, 100);
	char *bomb = many_fields(">HEADERS 1 end | " GET("/"), 1, 3000);
	char *longer = many_fields(">HEADERS 1 end cut=16000 | " GET("/"), 900, 200);

	(void)state;
	expect_requests((const char *[]){ START, fits, ">HEADERS 3 end never | " GET("/3"), NULL }, "Q0 GET / a\nQ1 GET /3 a\n");
	expect_requests((const char *[]){ START, longer, ">HEADERS 3 end never | " GET("/3"), NULL },
	    "!http2.continuation_flood\nQ1 GET /3 a\n");
	expect_requests((const char *[]){ START, flood, ">HEADERS 3 end never | " GET("/3"), NULL },
	    "Q0 GET / a\n!http2.continuation_flood\nQ1 GET /3 a\n");
	bomb = realloc(bomb, 120 * 3020);
	assert_non_null(bomb);
	for (char *field = strstr(bomb, " | x-0"), *end = bomb + strlen(bomb),
	    *at = end; at < end + 99 * (end - field); at += end - field)
		memcpy(at, field, (size_t)(end - field)), at[end - field] = 0; /* an index each */
	expect_requests((const char *[]){ START, bomb, ">HEADERS 3 end | " GET("/3"), NULL },
	    "Q0 damaged GET / a\n!http2.header_list_too_long\nQ1 GET /3 a\n");
	free(fits);
	free(flood);
	free(bomb);
	free(longer);
}

static void test_contents(void **state)
{
	(void)state;
	run_all(contents, sizeof contents / sizeof contents[0]);
}

static void test_losses(void **state)
{
	(void)state;
	run_all(losses, sizeof losses / sizeof losses[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversations),
		cmocka_unit_test(test_contents),
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_upgrades),
		cmocka_unit_test(test_long_frames),
		cmocka_unit_test(test_floods),
		cmocka_unit_test(test_long_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
