#include "sensor/trust/template.h"

#define MARK "{tenantid}"
#define MARK_LEN (sizeof MARK - 1)

/* The bytes before the next mark; all of them where there is none. */
static struct bytes before_mark(struct bytes rest)
{
	const uint8_t *mark = rest.len ? memmem(rest.data, rest.len, MARK, MARK_LEN) : NULL;

	return mark ? bytes_head(rest, (size_t)(mark - rest.data)) : rest;
}

bool template_open(struct bytes issuer)
{
	return before_mark(issuer).len < issuer.len;
}

bool template_equals(struct bytes issuer, struct bytes tenant, struct bytes text)
{
	if (tenant.len == 0 && template_open(issuer))
		return false;
	for (;;) {
		struct bytes literal = before_mark(issuer);

		if (!bytes_equal(bytes_head(text, literal.len), literal))
			return false;
		text = bytes_tail(text, literal.len);
		if (literal.len == issuer.len)
			return text.len == 0;
		if (!bytes_equal(bytes_head(text, tenant.len), tenant))
			return false;
		text = bytes_tail(text, tenant.len);
		issuer = bytes_tail(issuer, literal.len + MARK_LEN);
	}
}

struct bytes template_fill(struct bytes issuer, struct bytes tenant, uint8_t *out, size_t cap)
{
	size_t len = 0;

	for (;;) {
		struct bytes literal = before_mark(issuer);
		bool last = literal.len == issuer.len;
		size_t more = literal.len + (last ? 0 : tenant.len);

		if (more > cap - len)
			return bytes_of(out, 0);
		if (literal.len)
			memcpy(out + len, literal.data, literal.len);
		if (!last && tenant.len)
			memcpy(out + len + literal.len, tenant.data, tenant.len);
		len += more;
		if (last)
			return bytes_of(out, len);
		issuer = bytes_tail(issuer, literal.len + MARK_LEN);
	}
}
