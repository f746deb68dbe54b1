#include "sensor/trust/url.h"

const uint8_t *url_mark(struct bytes text)
{
	while (text.len) {
		const uint8_t *colon = memchr(text.data, ':', text.len);

		if (!colon)
			break;
		text = bytes_tail(text, (size_t)(colon - text.data) + 1);
		if (text.len >= 2 && text.data[0] == '/' && text.data[1] == '/')
			return colon;
	}
	return NULL;
}

/* Index of the first `c`, or the length. */
static size_t find(struct bytes text, uint8_t c)
{
	const uint8_t *at = text.len ? memchr(text.data, c, text.len) : NULL;

	return at ? (size_t)(at - text.data) : text.len;
}

/* Does none of / ? # stand in it? */
static bool is_scheme(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '/' || text.data[i] == '?' || text.data[i] == '#')
			return false;
	return true;
}

static void split_authority(struct url *url, struct bytes authority)
{
	size_t at = authority.len, digits = authority.len;

	while (at > 0 && authority.data[at - 1] != '@')
		at--;
	if (at > 0) {
		url->has_userinfo = true;
		url->userinfo = bytes_head(authority, at - 1);
		authority = bytes_tail(authority, at);
		digits = authority.len;
	}
	while (digits > 0 && authority.data[digits - 1] >= '0' && authority.data[digits - 1] <= '9')
		digits--;
	url->host = authority;
	if (digits > 0 && authority.data[digits - 1] == ':') {
		url->has_port = true;
		url->port = bytes_tail(authority, digits);
		url->host = bytes_head(authority, digits - 1);
	}
}

struct url url_split(struct bytes text)
{
	struct bytes none = bytes_of("", 0);
	struct url url = { .scheme = none, .userinfo = none, .host = none, .port = none, .path = none };
	const uint8_t *mark = url_mark(text);
	size_t cut;

	if (mark && is_scheme(bytes_head(text, (size_t)(mark - text.data)))) {
		url.has_scheme = true;
		url.scheme = bytes_head(text, (size_t)(mark - text.data));
		text = bytes_tail(text, url.scheme.len + 3);
	}
	cut = find(text, '#');
	url.has_fragment = cut < text.len;
	text = bytes_head(text, cut);
	cut = find(text, '?');
	url.has_query = cut < text.len;
	text = bytes_head(text, cut);
	cut = find(text, '/');
	url.path = bytes_tail(text, cut);
	split_authority(&url, bytes_head(text, cut));
	return url;
}

bool url_host_is_address(struct bytes host)
{
	size_t from = host.len;

	if (host.len && (host.data[0] == '[' || memchr(host.data, ':', host.len)))
		return true;
	while (from > 0 && host.data[from - 1] != '.')
		from--;
	struct bytes last = bytes_tail(host, from);

	if (last.len > 2 && last.data[0] == '0' && bytes_lower(last.data[1]) == 'x')
		return true;
	for (size_t i = 0; i < last.len; i++)
		if (last.data[i] < '0' || last.data[i] > '9')
			return false;
	return last.len > 0;
}
