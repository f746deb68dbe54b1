#include "dissectors/app/redact.h"

#include "sensor/base/scan.h"

#define REDACTED "REDACTED"

enum { REDACTED_LEN = sizeof REDACTED - 1, SPANS_CAP = 32, NAME_CAP = 40, JWT_HEAD_MIN = 8, JWT_LEAST = JWT_HEAD_MIN + 2 };

/* What carriers find in a URL (dissectors/token/places.c), all of it, and what else is said in one that nobody is to read: OAuth (RFC
 * 6749, 6750, 7521), OpenID Connect, SAML and WS-Federation, signed URLs of Azure, AWS and Google, passwords, keys, sessions. Lower
 * case, by length: most parameters are asked about and few are meant. */
static const char *const secret_names[][16] = {
	[3] = { "jwt", "key", "otp", "pin", "pwd", "sig" },
	[4] = { "auth", "code", "pass" },
	[5] = { "token" },
	[6] = { "apikey", "bearer", "passwd", "secret", "ticket" },
	[7] = { "api-key", "api_key", "idtoken", "samlart", "wresult" },
	[8] = { "id-token", "id_token", "passcode", "password" },
	[9] = { "assertion", "authtoken", "phpsessid", "secretkey", "sessionid", "signature", "user_code", "x-api-key" },
	[10] = { "access_key", "auth-token", "auth_token", "jsessionid", "passphrase", "secret_key", "session_id" },
	[11] = { "accesstoken", "actor_token", "device_code", "oauth_token", "reset_token", "samlrequest" },
	[12] = { "access-token", "access_token", "clientsecret", "logout_token", "new_password", "old_password", "refreshtoken",
		 "samlresponse", "sessiontoken", "x-auth-token" },
	[13] = { "authorization", "client-secret", "client_secret", "code_verifier", "id_token_hint", "private_token",
		 "refresh-token", "refresh_token", "session_token", "subject_token" },
	[14] = { "oauth_verifier" },
	[15] = { "oauth_signature", "x-amz-signature" },
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
	uint8_t depth; /* how many times it is encoded, as far as we count */
	size_t len;    /* as it stands in the text */
};

/* "login_password", "newPassword" ... */
static bool redact_is_password(struct bytes name)
{
	const struct bytes word = bytes_text("password");

	return name.len > word.len && bytes_equal_fold(bytes_tail(name, name.len - word.len), word);
}

/* Many a harmless parameter has one of these names too. */
static bool redact_is_weak(struct bytes name)
{
	static const char *const weak[] = { "key", "otp", "pin", "pwd", "sig", "auth", "code", "pass", "token", "apikey", "passwd", "secret",
		"ticket", "api-key", "api_key", "password", "phpsessid", "sessionid", "signature", "user_code", "x-api-key",
		"access_key", "jsessionid", "subscription-key" };

	for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++)
		if (bytes_equal_fold(name, bytes_text(weak[i])))
			return true;
	return redact_is_password(name);
}

static bool redact_is_configured(const struct redact *how, struct bytes name)
{
	for (size_t i = 0; i < how->n_more; i++)
		if (bytes_equal_fold(name, bytes_text(how->more[i])))
			return true;
	return false;
}

static bool redact_hides(const struct redact *how, struct bytes name)
{
	return (redact_is_secret(name) && !(how->reveal_weak && redact_is_weak(name))) || redact_is_configured(how, name);
}

bool redact_is_secret(struct bytes name)
{
	if (redact_is_password(name))
		return true;
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
		return (struct letter){ url.data[at], 0, 1 };
	while (url.len - digits >= 4 && url.data[digits] == '2' && url.data[digits + 1] == '5')
		digits += 2;
	if (url.len - digits < 2 || redact_hex(url.data[digits]) < 0 || redact_hex(url.data[digits + 1]) < 0)
		return (struct letter){ '%', 0, 1 };
	int c = redact_hex(url.data[digits]) << 4 | redact_hex(url.data[digits + 1]);

	size_t depth = (digits + 1 - at) / 2;

	return (struct letter){ (uint8_t)c, depth < UINT8_MAX ? (uint8_t)depth : UINT8_MAX, digits + 2 - at };
}

static bool redact_is_jwt_char(uint8_t c)
{
	return (c >= '0' && c <= '9') || (bytes_lower(c) >= 'a' && bytes_lower(c) <= 'z') || c == '-' || c == '_' || c == '=' ||
	       c == '+';
}

/* Adds a span that ends behind all others; those that it overlaps or touches become part of it. Too many: all the rest goes. */
static void redact_add(struct spans *spans, size_t from, size_t to, size_t end)
{
	if (from >= to)
		return;
	while (spans->n && from <= spans->at[spans->n - 1].to) {
		struct span last = spans->at[--spans->n];

		from = last.from < from ? last.from : from;
		to = last.to > to ? last.to : to;
	}
	if (spans->n == SPANS_CAP)
		spans->at[SPANS_CAP - 1].to = end;
	else
		spans->at[spans->n++] = (struct span){ from, to };
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

struct walk {
	struct bytes url;
	const struct redact *how;
	struct spans *spans;
	uint8_t name[NAME_CAP];  /* the parameter name so far, decoded */
	size_t name_len;         /* more than NAME_CAP: too long to be one of ours */
	bool name_is_secret;     /* already: "token" of "token[0]" */
	bool member_is_secret;   /* of JSON: the last one in quotes */
	uint8_t equals_depth;    /* of the last "=" */
	bool in_parameters;      /* behind the path */
	bool in_fragment;
	size_t secret_from;      /* 0: not in a secret value */
	uint8_t secret_depth;    /* of the "=" before it: what is encoded more often is part of the value */
	size_t authority_from;   /* just behind "//" */
	uint8_t authority_depth;
	bool in_authority;
	size_t jwt_done;         /* no JWT can start before this: keeps a long run from being walked again and again */
};

/* The value that began at secret_from ends at `to`. */
static void redact_close(struct walk *walk, size_t to)
{
	if (walk->secret_from)
		redact_add(walk->spans, walk->secret_from, to, walk->url.len);
	walk->secret_from = 0;
}

/* Does the secret value end here? Where recipients differ it does not. */
static bool redact_ends_value(const struct walk *walk, struct letter l)
{
	if (l.depth > walk->secret_depth)
		return false;
	if (l.c == ';' || l.c == '?')
		return !walk->in_parameters;
	return l.c == '&' || (l.c == '#' && !(walk->in_fragment && walk->secret_depth == 0));
}

static void redact_name(struct walk *walk, uint8_t c)
{
	if (walk->name_len < NAME_CAP)
		walk->name[walk->name_len] = c;
	if (walk->name_len <= NAME_CAP)
		walk->name_len++;
}

/* Forgets the name so far; true: it is that of a secret. */
static bool redact_take_name(struct walk *walk)
{
	bool is_secret = walk->name_len <= NAME_CAP && redact_hides(walk->how, bytes_of(walk->name, walk->name_len));

	walk->name_len = 0;
	return is_secret;
}

static void redact_open(struct walk *walk, size_t from, uint8_t depth)
{
	if (walk->secret_from)
		return;
	walk->secret_from = from;
	walk->secret_depth = depth;
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

/* Userinfo: from "//" to the last "@" before the authority ends, RFC 3986 3.2. What is encoded once more ends nothing. */
static void redact_authority(struct walk *walk, size_t at, struct letter l, uint8_t previous)
{
	if (walk->in_authority && l.depth > walk->authority_depth)
		return;
	if (walk->in_authority && l.c == '@')
		redact_add(walk->spans, walk->authority_from, at, walk->url.len);
	if (l.c == '/' && previous == '/') {
		walk->in_authority = true;
		walk->authority_from = at + l.len;
		walk->authority_depth = l.depth;
	} else if (l.c == '/' || l.c == '?' || l.c == '#' || l.c == '&') {
		walk->in_authority = false;
	}
}

/* What parts names from each other, and from their values. */
static void redact_part(struct walk *walk, size_t at, struct letter l, uint8_t previous)
{
	switch (l.c) {
	case '[':
		walk->name_is_secret |= redact_take_name(walk);
		return;
	case ']':
		return;
	case '=':
		if (redact_take_name(walk) || walk->name_is_secret)
			redact_open(walk, at + l.len, l.depth);
		walk->equals_depth = l.depth;
		break;
	case ':': /* as of JSON: where such a value ends is not told */
		if (previous == '"' && walk->member_is_secret)
			redact_open(walk, at + l.len, walk->equals_depth);
		redact_name(walk, l.c);
		return;
	case '"':
		walk->member_is_secret = redact_take_name(walk);
		break;
	default: /* ".../token=x": a name may also start a path segment */
		walk->name_len = 0;
	}
	walk->name_is_secret = false;
}

static void redact_step(struct walk *walk, size_t at, struct letter l, uint8_t previous)
{
	static const bool parts[256] = { ['&'] = true, ['#'] = true, [';'] = true, ['?'] = true, [' '] = true, ['"'] = true,
		['/'] = true, ['='] = true, ['['] = true, [']'] = true, [':'] = true, ['+'] = true };

	for (size_t i = 0; i < l.len; i++) /* as sent: "%2eyJ..." may be read as it stands */
		redact_jwt(walk, at + i);
	redact_authority(walk, at, l, previous);
	if (walk->secret_from && redact_ends_value(walk, l))
		redact_close(walk, at);
	walk->in_parameters |= l.c == '?' || l.c == '#' || l.c == '&';
	walk->in_fragment |= l.c == '#' && l.depth == 0;
	if (parts[l.c])
		redact_part(walk, at, l, previous);
	else
		redact_name(walk, l.c);
}

/* The form of CONNECT, an authority alone, begins with one. */
static void redact_find(struct bytes url, const struct redact *how, struct spans *spans)
{
	struct walk walk = { .url = url, .how = how, .spans = spans, .in_authority = url.data[0] != '/' };
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
static bool redact_suspects_name(const struct redact *how, struct bytes url, size_t at)
{
	static const bool ends[256] = {
		['/'] = true, ['='] = true, ['&'] = true, ['#'] = true, [';'] = true, ['?'] = true, [' '] = true, ['"'] = true,
		['+'] = true, ['['] = true,
	};
	const uint8_t *end = url.data + at, *from = end, *first = at > NAME_CAP ? end - NAME_CAP : url.data;

	if (at > 0 && url.data[at - 1] == ']')
		return true;
	while (from > first && !ends[from[-1]])
		from--;
	return redact_is_secret(bytes_of(from, (size_t)(end - from))) ||
	    redact_is_configured(how, bytes_of(from, (size_t)(end - from)));
}

/* Most URLs hold no sign of a secret and are not walked. */
static bool redact_suspects(const struct redact *how, struct bytes url)
{
	const uint8_t *end = url.data + url.len;

	for (const uint8_t *at = url.data; (at = scan_any(at, end, "%@=J")) < end; at++) {
		size_t place = (size_t)(at - url.data);

		if (*at == '%' || *at == '@')
			return true;
		if (*at == 'J' && place >= 2 && at[-2] == 'e' && at[-1] == 'y')
			return true;
		if (*at == '=' && redact_suspects_name(how, url, place))
			return true;
	}
	return memchr(url.data, '"', url.len);
}

/* Apart, for the room that spans take. */
static struct bytes redact_suspect(struct bytes url, const struct redact *how, struct arena *arena)
{
	struct spans spans;

	redact_find(url, how, &spans);
	return spans.n ? redact_build(url, &spans, arena) : url;
}

struct bytes redact_url(struct bytes url, const struct redact *how, struct arena *arena)
{
	static const struct redact plain;

	how = how ? how : &plain;
	return url.len && redact_suspects(how, url) ? redact_suspect(url, how, arena) : url;
}

static struct bytes redact_suspect_text(struct bytes text, struct arena *arena)
{
	struct spans spans = { .n = 0 };
	struct walk walk = { .url = text, .spans = &spans };

	for (size_t at = 0; at < text.len; at++)
		redact_jwt(&walk, at);
	return spans.n ? redact_build(text, &spans, arena) : text;
}

struct bytes redact_text(struct bytes text, struct arena *arena)
{
	if (text.len < JWT_LEAST)
		return text;
	const uint8_t *end = text.data + text.len;

	return scan_jwt(text.data, end) < end ? redact_suspect_text(text, arena) : text;
}
