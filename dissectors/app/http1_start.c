#include "dissectors/app/http1_start.h"

enum { METHOD_CAP = 64, METHOD_KNOWN_CAP = 17 };

/* IANA's registry of methods and a few that are seen in the wild. None is longer than METHOD_KNOWN_CAP. */
static const char *const methods[] = {
	"GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "PROPFIND", "PROPPATCH", "REPORT",
	"MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH", "ACL", "BIND", "UNBIND", "REBIND", "LINK", "UNLINK", "LABEL",
	"MERGE", "MKACTIVITY", "MKCALENDAR", "MKREDIRECTREF", "MKWORKSPACE", "ORDERPATCH", "UPDATE", "UPDATEREDIRECTREF",
	"CHECKIN", "CHECKOUT", "UNCHECKOUT", "VERSION-CONTROL", "BASELINE-CONTROL", "QUERY", "PURGE", "BAN", "TRACK", "DEBUG",
	"SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "M-SEARCH", "BPROPFIND", "BPROPPATCH", "BCOPY", "BMOVE", "BDELETE", "POLL",
	"SOURCE", "RPC_IN_DATA", "RPC_OUT_DATA", "SSTP_DUPLEX_POST", "CCM_POST", "BITS_POST",
};

#define N_METHODS (sizeof methods / sizeof methods[0])

const bool http1_token_chars[256] = {
	['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true, ['*'] = true, ['+'] = true,
	['-'] = true, ['.'] = true, ['^'] = true, ['_'] = true, ['`'] = true, ['|'] = true, ['~'] = true,
	['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true,
	['8'] = true, ['9'] = true,
	['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true, ['G'] = true, ['H'] = true,
	['I'] = true, ['J'] = true, ['K'] = true, ['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true,
	['Q'] = true, ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true, ['X'] = true,
	['Y'] = true, ['Z'] = true,
	['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true,
	['i'] = true, ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true, ['p'] = true,
	['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true, ['u'] = true, ['v'] = true, ['w'] = true, ['x'] = true,
	['y'] = true, ['z'] = true,
};

/* Blanks that lenient recipients part a request line at, RFC 9112 3. */
static bool start_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static bool start_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool start_begins(struct bytes b, const char *text)
{
	size_t len = strlen(text);

	return b.len >= len && memcmp(b.data, text, len) == 0;
}

static bool start_begins_fold(struct bytes b, const char *text)
{
	return bytes_equal_fold(bytes_head(b, strlen(text)), bytes_text(text));
}

static bool start_known_method(struct bytes method)
{
	for (size_t i = 0; i < N_METHODS; i++)
		if (bytes_equal_fold(method, bytes_text(methods[i])))
			return true;
	return false;
}

/* "HTTP/1.0" or "HTTP/1.1". */
static bool start_good_version(struct bytes version)
{
	return version.len == 8 && memcmp(version.data, "HTTP/1.", 7) == 0 && (version.data[7] | 1) == '1';
}

/* Takes a word and the blanks before it off `line`. */
static struct bytes start_word(struct bytes *line)
{
	size_t from = 0, to;

	while (from < line->len && start_is_blank(line->data[from]))
		from++;
	to = from;
	while (to < line->len && !start_is_blank(line->data[to]))
		to++;
	struct bytes word = bytes_of(line->data + from, to - from);

	*line = bytes_tail(*line, to);
	return word;
}

/* A request line that is not just "METHOD SP target SP version". Of several words in the target's place the first
 * is the target: so cut servers that part the line at blanks. "GET HTTP/1.1" has its one word for both. */
static bool start_parse_odd(struct http1_start *start, struct bytes rest, bool first)
{
	struct bytes word = start_word(&rest);
	size_t n_words = 0;

	start->odd |= HTTP1_BAD_REQUEST_LINE;
	start->target = word;
	start->version = bytes_of("", 0);
	for (; word.len; word = start_word(&rest), n_words++)
		if (start_begins_fold(word, "HTTP/"))
			start->version = word;
	if (start->version.len) {
		if (!start_good_version(start->version))
			start->odd |= HTTP1_BAD_VERSION;
		return true;
	}
	if (!first || n_words != 1 || !start_known_method(start->method))
		return false;
	start->odd = HTTP1_NO_VERSION;
	return start->target.data[0] == '/' || start_begins_fold(start->target, "http://");
}

static bool start_is_one_word(struct bytes target)
{
	const uint8_t *end = target.data + target.len, *at = target.data;

	while ((at = scan_low(at, end, ' ')) < end && *at != ' ' && *at != '\t' && *at != '\r')
		at++;
	return at == end;
}

static bool start_parse_request(struct http1_start *start, struct bytes line, bool first)
{
	size_t method_len = http1_token_len(line, METHOD_CAP + 1);

	if (method_len == 0 || method_len > METHOD_CAP || method_len == line.len)
		return false;
	start->method = bytes_head(line, method_len);
	if (!start_is_blank(line.data[method_len]))
		return false;
	if (line.len > method_len + 9 && line.data[method_len] == ' ' && line.data[line.len - 9] == ' ') {
		struct bytes target = bytes_of(line.data + method_len + 1, line.len - 9 - method_len - 1);

		start->version = bytes_of(line.data + line.len - 8, 8);
		if (target.len && start_good_version(start->version) && start_is_one_word(target)) {
			start->target = target;
			return true;
		}
	}
	/* The HTTP/2 preface is made so that we stumble here (RFC 9113 3.4). */
	if (bytes_is(start->method, "PRI"))
		return false;
	return start_parse_odd(start, bytes_tail(line, method_len), first);
}

static bool start_parse_status(struct http1_start *start, struct bytes line)
{
	if (line.len < 6 || !start_begins(line, "HTTP/") || !start_is_digit(line.data[5]))
		return false;
	struct bytes rest = line, code;
	bool is_usual = line.len > 12 && start_good_version(bytes_head(line, 8)) && line.data[8] == ' ' &&
			start_is_digit(line.data[9]) && start_is_digit(line.data[10]) && start_is_digit(line.data[11]) &&
			line.data[12] == ' ';

	start->version = is_usual ? bytes_head(line, 8) : start_word(&rest);
	if (!start_good_version(start->version))
		start->odd |= HTTP1_BAD_VERSION;
	code = is_usual ? bytes_of(line.data + 9, 3) : start_word(&rest);

	if (code.len == 3 && start_is_digit(code.data[0]) && start_is_digit(code.data[1]) && start_is_digit(code.data[2]))
		start->status = (unsigned)(code.data[0] - '0') * 100 + (unsigned)(code.data[1] - '0') * 10 + code.data[2] - '0';
	if (start->status < 100 || start->status > 599) /* RFC 9110 15 */
		start->odd |= HTTP1_BAD_STATUS;
	return true;
}

bool http1_start_parse(struct http1_start *start, enum direction dir, struct bytes line, bool first)
{
	*start = (struct http1_start){ .version = bytes_of("", 0), .method = bytes_of("", 0), .target = bytes_of("", 0) };
	return dir == TO_SERVER ? start_parse_request(start, line, first) : start_parse_status(start, line);
}

bool http1_start_viable(enum direction dir, struct bytes prefix)
{
	if (dir == TO_CLIENT) {
		size_t len = prefix.len < 5 ? prefix.len : 5;

		return memcmp(prefix.data, "HTTP/", len) == 0 && (prefix.len < 6 || start_is_digit(prefix.data[5]));
	}
	size_t len = http1_token_len(prefix, METHOD_CAP + 1);

	if (len == prefix.len)
		return len <= METHOD_CAP;
	return len > 0 && len <= METHOD_CAP && start_is_blank(prefix.data[len]);
}

/* Could more bytes make `prefix` a known method and a target? */
static enum http1_fit start_probe_method(struct bytes prefix)
{
	size_t len = http1_token_len(prefix, METHOD_CAP + 1);
	struct bytes method = bytes_head(prefix, len);

	if (len < prefix.len) {
		if (prefix.data[len] != ' ' || !start_known_method(method))
			return HTTP1_NO;
		for (size_t i = len; i < prefix.len; i++)
			if (prefix.data[i] < ' ' || prefix.data[i] == 0x7f)
				return HTTP1_NO;
		return HTTP1_PARTIAL;
	}
	for (size_t i = 0; i < N_METHODS; i++)
		if (bytes_equal_fold(bytes_head(bytes_text(methods[i]), len), method))
			return HTTP1_PARTIAL;
	return HTTP1_NO;
}

enum http1_fit http1_start_probe(enum direction dir, struct bytes data)
{
	struct http1_start start;

	while (data.len && (data.data[0] == '\r' || data.data[0] == '\n')) /* RFC 9112 2.2 */
		data = bytes_tail(data, 1);
	if (data.len == 0)
		return HTTP1_PARTIAL;
	if (dir == TO_CLIENT) {
		if (data.len < 9)
			return memcmp(data.data, "HTTP/1.", data.len < 7 ? data.len : 7) == 0 ? HTTP1_PARTIAL : HTTP1_NO;
		return start_begins(data, "HTTP/1.") && start_is_digit(data.data[7]) && start_is_blank(data.data[8]) ? HTTP1_FITS :
															HTTP1_NO;
	}
	const uint8_t *lf = memchr(data.data, '\n', data.len);
	struct bytes line = bytes_head(data, lf ? (size_t)(lf - data.data) : data.len);

	if (lf && line.len && line.data[line.len - 1] == '\r')
		line.len--;
	if (lf)
		return http1_start_parse(&start, dir, line, true) && (!start.version.len || start_begins_fold(start.version, "HTTP/1")) ?
			   HTTP1_FITS :
			   HTTP1_NO;
	size_t len = http1_token_len(line, METHOD_CAP + 1);

	if (len && len < line.len && line.data[len] == ' ' && memmem(line.data, line.len, " HTTP/1.", 8))
		return HTTP1_FITS;
	return start_probe_method(line);
}

/* Length of the known method that ends where `b` ends, 0: none. */
static size_t start_method_before(struct bytes b)
{
	size_t best = 0;

	if (b.len == 0 || b.data[b.len - 1] < 'A' || b.data[b.len - 1] > 'Z')
		return 0;
	for (size_t i = 0; i < N_METHODS; i++) {
		size_t len = strlen(methods[i]);

		if (len > best && len <= b.len && memcmp(b.data + b.len - len, methods[i], len) == 0)
			best = len;
	}
	return best;
}

/* Is [sp, lf) " target HTTP/1.x" and its end? */
static bool start_tail_fits(const uint8_t *sp, const uint8_t *lf)
{
	struct bytes tail = bytes_of(sp + 1, (size_t)(lf - sp - 1));

	if (tail.len && tail.data[tail.len - 1] == '\r')
		tail.len--;
	const uint8_t *next = tail.len ? memchr(tail.data, ' ', tail.len) : NULL;

	return next && next > tail.data && tail.data + tail.len - next == 9 && start_good_version(bytes_of(next + 1, 8));
}

static bool start_target_begins(uint8_t c)
{
	return c > ' ' && c < 0x7f;
}

/* Each blank is looked at once, the line's end once for all of them: linear, whatever the bytes are. */
static enum http1_fit start_find_request(struct bytes data, size_t cap, size_t *searched, size_t *at)
{
	const uint8_t *end = data.data + data.len;
	const uint8_t *sp = data.data, *lf = data.data;

	for (; (sp = memchr(sp, ' ', (size_t)(end - sp))); sp++) {
		size_t method_len = start_method_before(bytes_of(data.data, (size_t)(sp - data.data)));
		const uint8_t *start = sp - method_len;

		*at = (size_t)(start - data.data);
		if (!method_len || (sp + 1 < end && !start_target_begins(sp[1])))
			continue;
		if (lf && lf <= sp) {
			const uint8_t *from = sp > data.data + *searched ? sp : data.data + *searched;

			lf = memchr(from, '\n', (size_t)(end - from));
		}
		if (lf ? (size_t)(lf - start) >= cap : (size_t)(end - start) > cap)
			continue;
		if (!lf) {
			*searched = data.len - *at;
			return HTTP1_PARTIAL;
		}
		if (start_tail_fits(sp, lf))
			return HTTP1_FITS;
	}
	*searched = 0;
	*at = data.len > METHOD_KNOWN_CAP ? data.len - METHOD_KNOWN_CAP : 0;
	return HTTP1_PARTIAL;
}

enum http1_fit http1_start_is_status(struct bytes data)
{
	static const char form[] = "HTTP/1.# ###"; /* and a blank or a line end */
	const size_t len = sizeof form - 1;

	for (size_t i = 0; i < data.len && i < len; i++)
		if (form[i] == '#' ? !start_is_digit(data.data[i]) : data.data[i] != (uint8_t)form[i])
			return HTTP1_NO;
	if (data.len <= len)
		return HTTP1_PARTIAL;
	return data.data[len] == ' ' || data.data[len] == '\r' || data.data[len] == '\n' ? HTTP1_FITS : HTTP1_NO;
}

static enum http1_fit start_find_status(struct bytes data, size_t *at)
{
	const uint8_t *end = data.data + data.len;

	for (const uint8_t *p = data.data; (p = memmem(p, (size_t)(end - p), "HTTP/1.", 7)); p++) {
		enum http1_fit fit = http1_start_is_status(bytes_of(p, (size_t)(end - p)));

		*at = (size_t)(p - data.data);
		if (fit != HTTP1_NO)
			return fit;
	}
	*at = data.len > 6 ? data.len - 6 : 0;
	return HTTP1_PARTIAL;
}

enum http1_fit http1_start_find(enum direction dir, struct bytes data, size_t cap, size_t *searched, size_t *at)
{
	*at = 0;
	if (data.len == 0)
		return HTTP1_PARTIAL;
	return dir == TO_SERVER ? start_find_request(data, cap, searched, at) : start_find_status(data, at);
}
