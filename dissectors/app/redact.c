#include "dissectors/app/redact.h"

#include "sensor/base/scan.h"

#define REDACTED "REDACTED"

enum { REDACTED_LEN = sizeof REDACTED - 1, SPANS_CAP = 32, NAME_CAP = 40, JWT_HEAD_MIN = 8 };

/* OAuth (RFC 6749, 6750, 7521), OpenID Connect, SAML and WS-Federation, signed URLs of Azure, AWS and Google, passwords, keys,
 * sessions. Lower case, by length: most parameters are asked about and few are meant. */
static const char *const secret_names[][9] = {
	[3] = { "jwt", "key", "otp", "pwd", "sig" },
	[4] = { "auth", "code", "pass" },
	[5] = { "token" },
	[6] = { "apikey", "bearer", "passwd", "secret", "ticket" },
	[7] = { "api-key", "api_key", "samlart", "wresult" },
	[8] = { "id_token", "password" },
	[9] = { "assertion", "authtoken", "phpsessid", "sessionid", "signature", "user_code", "x-api-key" },
	[10] = { "access_key", "auth_token", "jsessionid", "secret_key" },
	[11] = { "actor_token", "device_code", "samlrequest" },
	[12] = { "access_token", "logout_token", "samlresponse" },
	[13] = { "authorization", "client_secret", "code_verifier", "id_token_hint", "private_token",
		 "refresh_token", "session_token", "subject_token" },
	[15] = { "x-amz-signature" },
	[16] = { "client_assertion", "subscription-key", "x-amz-credential", "x-goog-signature" },
	[17] = { "x-goog-credential" },
	[20] = { "x-amz-security-token" },
};

struct span {
	size_t from, to;
};

struct spans {
	struct span at[SPANS_CAP];
	size_t n;
};

/* One character of a URL as some recipient will see it: "=", "%3D" and "%253D" are the same. */
struct letter {
	uint8_t c;
	size_t len; /* as it stands in the text */
};

/* Many a harmless parameter has one of these names too. */
static bool redact_is_weak(struct bytes name)
{
	static const char *const weak[] = { "key", "otp", "pwd", "sig", "auth", "code", "pass", "token", "apikey", "passwd", "secret",
		"ticket", "api-key", "api_key", "password", "phpsessid", "sessionid", "signature", "user_code", "x-api-key",
		"access_key", "jsessionid", "subscription-key" };

	for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++)
		if (bytes_equal_fold(name, bytes_text(weak[i])))
			return true;
	return false;
}

static bool redact_hides(struct bytes name, bool reveal_weak)
{
	return redact_is_secret(name) && !(reveal_weak && redact_is_weak(name));
}

bool redact_is_secret(struct bytes name)
{
	if (name.len >= sizeof secret_names / sizeof secret_names[0])
		return false;
	for (const char *const *secret = secret_names[name.len]; *secret; secret++)
		if (bytes_lower(name.data[0]) == (uint8_t)**secret &&
		    bytes_equal_fold(name, bytes_of(*secret, name.len)))
			return true;
	return false;
}

static int redact_hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = bytes_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct letter redact_letter(struct bytes url, size_t at)
{
	size_t digits = at + 1;

	if (url.data[at] != '%')
		return (struct letter){ url.data[at], 1 };
	while (url.len - digits >= 4 && url.data[digits] == '2' && url.data[digits + 1] == '5')
		digits += 2;
	if (url.len - digits < 2 || redact_hex(url.data[digits]) < 0 || redact_hex(url.data[digits + 1]) < 0)
		return (struct letter){ '%', 1 };
	int c = redact_hex(url.data[digits]) << 4 | redact_hex(url.data[digits + 1]);

	return (struct letter){ (uint8_t)c, digits + 2 - at };
}

static bool redact_is_jwt_char(uint8_t c)
{
	return (c >= '0' && c <= '9') || (bytes_lower(c) >= 'a' && bytes_lower(c) <= 'z') || c == '-' || c == '_' || c == '=' ||
	       c == '+';
}

/* Adds a span behind all others; one that overlaps or touches the last extends it. Too many: all the rest goes. */
static void redact_add(struct spans *spans, size_t from, size_t to, size_t end)
{
	struct span *last = spans->n ? &spans->at[spans->n - 1] : NULL;

	if (last && from <= last->to) {
		last->to = to > last->to ? to : last->to;
	} else if (spans->n == SPANS_CAP) {
		last->to = end;
	} else if (from < to) {
		spans->at[spans->n++] = (struct span){ from, to };
	}
}

/* Where the run of JWT characters from `at` ends; a "." belongs to it or ends it. */
static size_t redact_run(struct bytes url, size_t at, bool with_dots)
{
	while (at < url.len) {
		struct letter l = redact_letter(url, at);

		if (!redact_is_jwt_char(l.c) && !(with_dots && l.c == '.'))
			break;
		at += l.len;
	}
	return at;
}

static bool redact_ends_parameter(uint8_t c)
{
	return c == '&' || c == '#' || c == ';' || c == '?' || c == ' ' || c == '"';
}

struct walk {
	struct bytes url;
	bool reveal_weak;
	struct spans *spans;
	uint8_t name[NAME_CAP]; /* the parameter name so far, decoded */
	size_t name_len;        /* more than NAME_CAP: too long to be one of ours */
	size_t secret_from;     /* 0: not in a secret value */
	size_t slashes_at;      /* where an authority started, just behind "//"; 0: none */
	size_t jwt_done;        /* no JWT can start before this: keeps a long run from being walked again and again */
};

/* The value that began at secret_from ends at `to`. */
static void redact_close(struct walk *walk, size_t to)
{
	if (walk->secret_from)
		redact_add(walk->spans, walk->secret_from, to, walk->url.len);
	walk->secret_from = 0;
}

static void redact_name(struct walk *walk, uint8_t c)
{
	if (walk->name_len < NAME_CAP)
		walk->name[walk->name_len] = c;
	if (walk->name_len <= NAME_CAP)
		walk->name_len++;
}

static void redact_jwt(struct walk *walk, size_t at)
{
	if (at < walk->jwt_done || !bytes_is(bytes_head(bytes_tail(walk->url, at), 3), "eyJ"))
		return;
	size_t dot = redact_run(walk->url, at, false);

	walk->jwt_done = dot;
	if (dot == walk->url.len || redact_letter(walk->url, dot).c != '.' || dot < at + JWT_HEAD_MIN)
		return;
	walk->jwt_done = redact_run(walk->url, dot, true);
	if (!walk->secret_from)
		redact_add(walk->spans, at, walk->jwt_done, walk->url.len);
}

/* Userinfo: from "//" to the last "@" before the authority ends, RFC 3986 3.2. */
static void redact_authority(struct walk *walk, size_t at, struct letter l)
{
	if (!walk->slashes_at)
		return;
	if (l.c == '@' && !walk->secret_from)
		redact_add(walk->spans, walk->slashes_at, at, walk->url.len);
	if (l.c == '/' || l.c == '?' || l.c == '#' || l.c == '&')
		walk->slashes_at = 0;
}

static void redact_step(struct walk *walk, size_t at, struct letter l, uint8_t previous)
{
	redact_jwt(walk, at);
	redact_authority(walk, at, l);
	if (redact_ends_parameter(l.c)) {
		redact_close(walk, at);
		walk->name_len = 0;
	} else if (l.c == '/') {
		if (previous == '/')
			walk->slashes_at = at + l.len;
		walk->name_len = 0; /* ".../token=x": a name may also start a path segment */
	} else if (l.c == '=') {
		if (!walk->secret_from && walk->name_len <= NAME_CAP && redact_hides(bytes_of(walk->name, walk->name_len), walk->reveal_weak))
			walk->secret_from = at + l.len;
		walk->name_len = 0;
	} else {
		redact_name(walk, l.c);
	}
}

static void redact_find(struct bytes url, bool reveal_weak, struct spans *spans)
{
	struct walk walk = { .url = url, .reveal_weak = reveal_weak, .spans = spans };
	uint8_t previous = 0;

	spans->n = 0;
	for (size_t at = 0; at < url.len;) {
		struct letter l = redact_letter(url, at);

		redact_step(&walk, at, l, previous);
		previous = l.c;
		at += l.len;
	}
	redact_close(&walk, url.len);
}

static struct bytes redact_build(struct bytes url, const struct spans *spans, struct arena *arena)
{
	uint8_t *text = arena_alloc(arena, url.len + spans->n * REDACTED_LEN);
	size_t len = 0, from = 0;

	if (!text)
		return bytes_text(REDACTED);
	for (size_t i = 0; i < spans->n; i++) {
		memcpy(text + len, url.data + from, spans->at[i].from - from);
		len += spans->at[i].from - from;
		memcpy(text + len, REDACTED, REDACTED_LEN);
		len += REDACTED_LEN;
		from = spans->at[i].to;
	}
	memcpy(text + len, url.data + from, url.len - from);
	return bytes_of(text, len + url.len - from);
}

/* Is the parameter whose "=" stands at `at` one of ours? Only where nothing is percent-encoded. */
static bool redact_suspects_name(struct bytes url, size_t at)
{
	static const bool ends[256] = {
		['/'] = true, ['='] = true, ['&'] = true, ['#'] = true, [';'] = true, ['?'] = true, [' '] = true, ['"'] = true,
	};
	const uint8_t *end = url.data + at, *from = end, *first = at > NAME_CAP ? end - NAME_CAP : url.data;

	while (from > first && !ends[from[-1]])
		from--;
	return redact_is_secret(bytes_of(from, (size_t)(end - from)));
}

/* Most URLs hold no sign of a secret and are not walked. */
static bool redact_suspects(struct bytes url)
{
	const uint8_t *end = url.data + url.len;

	for (const uint8_t *at = url.data; (at = scan_any(at, end, "%@=J")) < end; at++) {
		size_t place = (size_t)(at - url.data);

		if (*at == '%' || *at == '@')
			return true;
		if (*at == 'J' && place >= 2 && at[-2] == 'e' && at[-1] == 'y')
			return true;
		if (*at == '=' && redact_suspects_name(url, place))
			return true;
	}
	return false;
}

/* Apart, for the room that spans take. */
static struct bytes redact_suspect(struct bytes url, bool reveal_weak, struct arena *arena)
{
	struct spans spans;

	redact_find(url, reveal_weak, &spans);
	return spans.n ? redact_build(url, &spans, arena) : url;
}

struct bytes redact_url(struct bytes url, bool reveal_weak, struct arena *arena)
{
	return url.len && redact_suspects(url) ? redact_suspect(url, reveal_weak, arena) : url;
}
