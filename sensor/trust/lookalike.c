#include "sensor/trust/lookalike.h"

#include "sensor/trust/hostname.h"
#include "sensor/trust/url.h"

struct line {
	uint8_t text[LOOKALIKE_LEN + 16];
	size_t len;
};

static struct bytes line_bytes(const struct line *line)
{
	return bytes_of(line->text, line->len);
}

static void line_add(struct line *line, struct bytes text)
{
	if (text.len == 0 || text.len > sizeof line->text - line->len)
		return;
	memcpy(line->text + line->len, text.data, text.len);
	line->len += text.len;
}

static int hex_value(uint8_t c)
{
	uint8_t low = bytes_lower(c);

	if (c >= '0' && c <= '9')
		return c - '0';
	return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* Drops control characters and blanks. */
static unsigned drop_controls(struct line *line)
{
	size_t n = 0;
	unsigned found = 0;

	for (size_t i = 0; i < line->len; i++) {
		if (line->text[i] <= ' ' || line->text[i] == 0x7f)
			found = 1u << LOOKALIKE_CONTROL;
		else
			line->text[n++] = line->text[i];
	}
	line->len = n;
	return found;
}

static unsigned decode_percent(struct line *line)
{
	size_t n = 0;
	unsigned found = 0;

	for (size_t i = 0; i < line->len; i++) {
		int high = -1, low = -1;

		if (line->text[i] == '%' && line->len - i > 2) {
			high = hex_value(line->text[i + 1]);
			low = hex_value(line->text[i + 2]);
		}
		if (high < 0 || low < 0) {
			line->text[n++] = line->text[i];
			continue;
		}
		line->text[n++] = (uint8_t)(high << 4 | low);
		found = 1u << LOOKALIKE_ENCODED;
		i += 2;
	}
	line->len = n;
	return found;
}

/* Backslashes become slashes, and runs of slashes one, but for the two after the scheme. */
static unsigned mend_slashes(struct line *line)
{
	size_t n = 0;
	unsigned found = 0;

	for (size_t i = 0; i < line->len; i++) {
		uint8_t c = line->text[i];

		if (c == '\\') {
			c = '/';
			found = 1u << LOOKALIKE_SLASH;
		}
		bool after_slash = n > 0 && line->text[n - 1] == '/', after_scheme = n > 1 && line->text[n - 2] == ':';

		if (c == '/' && after_slash && !after_scheme)
			found = 1u << LOOKALIKE_SLASH;
		else
			line->text[n++] = c;
	}
	line->len = n;
	return found;
}

/* Is there nothing in it that clean() would change? */
static bool is_clean(const struct line *line)
{
	const uint8_t *text = line->text;

	for (size_t i = 0; i < line->len; i++) {
		uint8_t c = text[i];

		if (c <= ' ' || c == 0x7f || c == '%' || c == '\\')
			return false;
		if (c == '/' && i > 0 && text[i - 1] == '/' && (i == 1 || text[i - 2] != ':'))
			return false;
	}
	return true;
}

/* What a careless reader would make of the text. */
static unsigned clean(struct line *line)
{
	if (is_clean(line))
		return 0;
	unsigned found = drop_controls(line), decoded;

	/* Twice, for what was encoded twice ("%252e"); who does it three times fools nobody. */
	for (int round = 0; round < 2; round++) {
		decoded = decode_percent(line);
		if (!decoded)
			break;
		found |= decoded | drop_controls(line);
	}
	return found | mend_slashes(line);
}

static void fold(struct line *line)
{
	for (size_t i = 0; i < line->len; i++)
		line->text[i] = bytes_lower(line->text[i]);
}

/* The host in lower case and without its last dot. */
static unsigned clean_host(struct bytes host, struct line *out)
{
	unsigned found = 0;
	size_t dots = 0;

	while (dots < host.len && host.data[host.len - 1 - dots] == '.')
		dots++;
	if (dots)
		found |= 1u << LOOKALIKE_HOST;
	out->len = 0;
	line_add(out, bytes_head(host, host.len - dots));
	fold(out);
	if (!bytes_equal(line_bytes(out), bytes_head(host, out->len)))
		found |= 1u << LOOKALIKE_CASE;
	return found;
}

static void compose(
    struct line *line, const char *scheme, const struct line *host, struct bytes path, bool toggle_slash)
{
	bool ends = path.len && path.data[path.len - 1] == '/';

	line->len = 0;
	line_add(line, bytes_text(scheme));
	line_add(line, line_bytes(host));
	line_add(line, toggle_slash && ends ? bytes_head(path, path.len - 1) : path);
	if (toggle_slash && !ends)
		line_add(line, bytes_text("/"));
}

/* Tries schemes, a slash at the end, and either case, the least change first. What had to be changed for iss to fit;
 * *fits tells whether it then did. */
static unsigned mend(const struct issuers *issuers, const struct url *url, const struct line *host, bool *fits)
{
	static const char *const schemes[] = { "https://", "http://", "" };
	struct bytes tenant;
	struct line line;

	*fits = true;
	for (int folded = 0; folded < 2; folded++)
		for (int slash = 0; slash < 2; slash++)
			for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
				size_t scheme_len = strlen(schemes[i]) ? strlen(schemes[i]) - 3 : 0;
				bool same = bytes_equal_fold(url->scheme, bytes_of(schemes[i], scheme_len)) &&
					    url->has_scheme == (scheme_len > 0);

				compose(&line, schemes[i], host, url->path, slash);
				if (finder_find(&issuers->imitables, line_bytes(&line), folded, &tenant))
					return (unsigned)folded << LOOKALIKE_CASE | (unsigned)slash << LOOKALIKE_SLASH |
					       (unsigned)!same << LOOKALIKE_SCHEME;
			}
	*fits = false;
	return 0;
}

static bool is_known(const struct issuers *issuers, const struct hostname *host)
{
	for (size_t i = 0; i < issuers->n_hosts; i++)
		if (hostname_is(host, &issuers->hosts[i]))
			return true;
	return false;
}

/* Does the description that iss fits begin with that very host: "https://kubernetes.default.svc.{domain:host}"? */
static bool begins_with(const struct issuers_hit *hit, const struct hostname_known *known)
{
	struct bytes host = bytes_of(known->name.text, known->name.len), start;

	if (!hit->issuer || hit->grammar->pieces[0].kind != GRAMMAR_LITERAL)
		return false;
	start = url_split(hit->grammar->pieces[0].text).host;
	return start.len == host.len + 1 && start.data[host.len] == '.' && bytes_equal(bytes_head(start, host.len), host);
}

/* What makes the host of `url`, which is none that is known, pass for one. */
static unsigned judge_host(
    const struct issuers *issuers, const struct url *url, const struct hostname *name, const struct issuers_hit *hit)
{
	unsigned found = 0;

	for (size_t i = 0; !found && i < issuers->n_hosts; i++)
		if (hostname_imitates(name, &issuers->hosts[i]) && !begins_with(hit, &issuers->hosts[i]))
			found = 1u << LOOKALIKE_HOST | (unsigned)(name->aliens > 0) << LOOKALIKE_PUNYCODE;
	/* "https://login.microsoftonline.com@evil.example/" or "...com:443@": the part before @ is no host at all. */
	if (url->has_userinfo) {
		struct hostname user = hostname_of(url_split(url->userinfo).host);

		if (user.len && is_known(issuers, &user))
			found |= 1u << LOOKALIKE_HOST | 1u << LOOKALIKE_USERINFO;
	}
	return found;
}

/* Everything of `url` that an iss has no use for. */
static unsigned judge_parts(const struct url *url)
{
	unsigned found =
	    (unsigned)url->has_port << LOOKALIKE_PORT | (unsigned)url->has_userinfo << LOOKALIKE_USERINFO |
	    (unsigned)url->has_query << LOOKALIKE_QUERY | (unsigned)url->has_fragment << LOOKALIKE_FRAGMENT;

	for (size_t i = 0; i < url->scheme.len; i++)
		found |= (unsigned)(url->scheme.data[i] != bytes_lower(url->scheme.data[i])) << LOOKALIKE_CASE;
	return found;
}

static unsigned judge_text(const struct issuers *issuers, struct bytes iss, const struct issuers_hit *hit)
{
	struct line line = { .len = 0 }, host;
	unsigned found, reason;
	bool fits = false;

	line_add(&line, iss);
	found = clean(&line);
	struct url url = url_split(line_bytes(&line));

	/* Text without "://" may be {guid}@{guid} or a mailbox: its @ is no userinfo. */
	if (!url.has_scheme && url.has_userinfo)
		return 0;
	found |= clean_host(url.host, &host) | judge_parts(&url);
	struct hostname name = hostname_of(line_bytes(&host));
	bool genuine = is_known(issuers, &name);

	/* A genuine host is never an imitation of another one that is known; and without one only fixed texts are
	 * left to mend. */
	reason = genuine || !url.has_scheme ? mend(issuers, &url, &host, &fits) : 0;
	if (fits)
		return found | reason;
	reason = genuine ? 0 : judge_host(issuers, &url, &name, hit);
	return reason ? reason | found : 0;
}

/* As much of iss as a reader of C strings sees. */
static struct bytes before_nul(struct bytes iss)
{
	const uint8_t *nul = memchr(iss.data, 0, iss.len), *encoded = memchr(iss.data, '%', iss.len);

	if (encoded)
		encoded = memmem(iss.data, iss.len, "%00", 3);
	if (!nul || (encoded && encoded < nul))
		nul = encoded;
	return nul ? bytes_head(iss, (size_t)(nul - iss.data)) : iss;
}

unsigned lookalike_judge(const struct issuers *issuers, struct bytes iss, const struct issuers_hit *hit)
{
	unsigned found;

	if (iss.len == 0 || iss.len > LOOKALIKE_LEN || (hit->issuer && grammar_imitable(hit->grammar)))
		return 0;
	found = judge_text(issuers, iss, hit);
	struct bytes head = before_nul(iss);

	if (found || head.len == 0 || head.len == iss.len)
		return found;
	struct issuers_hit cut = issuers_find(issuers, head);
	bool fits = cut.issuer && grammar_imitable(cut.grammar);

	found = fits ? 0 : judge_text(issuers, head, &cut);
	if (fits || found)
		found |= 1u << LOOKALIKE_CONTROL | (unsigned)(iss.data[head.len] == '%') << LOOKALIKE_ENCODED;
	return found;
}

const char *lookalike_word(enum lookalike word)
{
	static const char *const words[LOOKALIKE_WORDS] = { "scheme", "port", "userinfo", "case", "slash", "encoded",
		"control", "punycode", "host", "query", "fragment" };

	return words[word];
}
