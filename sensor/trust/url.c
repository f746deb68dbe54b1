#include "sensor/trust/url.h"

/* Index of the first byte that is in `set`, or the length. */
static size_t find_any(struct bytes text, const char *set)
{
	size_t i = 0;

	while (i < text.len && !(text.data[i] && strchr(set, text.data[i])))
		i++;
	return i;
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
	const uint8_t *mark = text.len ? memmem(text.data, text.len, "://", 3) : NULL;
	size_t cut;

	if (mark && find_any(text, "/?#") == (size_t)(mark - text.data) + 1) {
		url.has_scheme = true;
		url.scheme = bytes_head(text, (size_t)(mark - text.data));
		text = bytes_tail(text, url.scheme.len + 3);
	}
	cut = find_any(text, "#");
	url.has_fragment = cut < text.len;
	text = bytes_head(text, cut);
	cut = find_any(text, "?");
	url.has_query = cut < text.len;
	text = bytes_head(text, cut);
	cut = find_any(text, "/");
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
