#include "sensor/trust/keyurl.h"

#include "sensor/trust/url.h"

static bool only_url_bytes(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (c <= ' ' || c >= 0x7f || c == '\\' || c == '"' || c == '<' || c == '>' || c == '^' || c == '`' ||
		    c == '{' || c == '|' || c == '}')
			return false;
	}
	return true;
}

/* The port, or the scheme's own. */
static struct bytes port_of(const struct url *url)
{
	if (url->port.len)
		return url->port;
	return bytes_text(bytes_equal_fold(url->scheme, bytes_text("http")) ? "80" : "443");
}

unsigned keyurl_judge(struct bytes url, struct bytes iss, bool iss_known)
{
	struct url parts = url_split(url), origin = url_split(iss);
	unsigned found = 0;

	if (!parts.has_scheme || parts.scheme.len == 0 || parts.host.len == 0 || !only_url_bytes(url))
		return 1u << KEYURL_MALFORMED;
	if (!bytes_equal_fold(parts.scheme, bytes_text("https")))
		found |= 1u << KEYURL_INSECURE;
	if (parts.has_userinfo)
		found |= 1u << KEYURL_USERINFO;
	if (url_host_is_address(parts.host))
		found |= 1u << KEYURL_IP_LITERAL;
	if (!iss_known || !origin.has_scheme)
		found |= 1u << KEYURL_UNKNOWN_ISSUER;
	if (origin.has_scheme &&
	    (!bytes_equal_fold(parts.host, origin.host) || !bytes_equal(port_of(&parts), port_of(&origin))))
		found |= 1u << KEYURL_FOREIGN_ORIGIN;
	return found;
}

const char *keyurl_word(enum keyurl word)
{
	static const char *const words[KEYURL_WORDS] = { "foreign_origin", "insecure", "ip_literal", "userinfo",
		"malformed", "unknown_issuer" };

	return words[word];
}
