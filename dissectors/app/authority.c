#include "dissectors/app/authority.h"

#include "sensor/base/scan.h"

static int authority_port(struct bytes digits)
{
	int port = 0;

	if (digits.len == 0 || digits.len > 5)
		return -1;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return -1;
		port = port * 10 + (digits.data[i] - '0');
	}
	return port <= 65535 ? port : -1;
}

struct authority authority_of(struct bytes text)
{
	/* mostly just a name */
	if (text.len == 0 || scan_any(text.data, text.data + text.len, "@:]:") == text.data + text.len)
		return (struct authority){ text, -1 };
	const uint8_t *at = memrchr(text.data, '@', text.len);

	if (at)
		text = bytes_tail(text, (size_t)(at - text.data) + 1);
	struct authority authority = { text, -1 };
	const uint8_t *colon = text.len ? memrchr(text.data, ':', text.len) : NULL;
	const uint8_t *bracket = text.len ? memrchr(text.data, ']', text.len) : NULL;

	if (colon && colon > bracket) {
		authority.host = bytes_head(text, (size_t)(colon - text.data));
		authority.port = authority_port(bytes_tail(text, authority.host.len + 1));
	}
	return authority;
}

bool authority_differs(const struct authority *authority, const struct authority *second)
{
	return second->host.len && (!bytes_equal_fold(authority->host, second->host) ||
				    (authority->port >= 0 && second->port >= 0 && authority->port != second->port));
}

void authority_record(const struct authority *authority, struct record *record)
{
	if (authority->host.len)
		record_text(record, HTTP_HOSTNAME, authority->host);
	if (authority->port >= 0)
		record_int(record, HTTP_PORT, authority->port);
}
