#include "dissectors/token/carriers_cookies.h"

#include "dissectors/token/cookie.h"
#include "dissectors/token/tokentext.h"
#include "dissectors/token/urlencoded.h"

/* The row of a cookie, or of what a numbered one is a piece of. */
static const struct places_row *row_of(struct finds *finds, struct cookie *cookie)
{
	const struct places_row *row = places_cookie(cookie->name);
	struct bytes base;

	if (row)
		return row;
	if (finds_is_configured(finds->more->cookies, finds->more->n_cookies, cookie->name, false))
		return &places_configured;
	base = cookie_base(cookie->name);
	if (base.len == cookie->name.len)
		return NULL;
	row = places_cookie(base);
	if (!row && finds_is_configured(finds->more->cookies, finds->more->n_cookies, base, false))
		row = &places_configured;
	if (row)
		cookie->name = base;
	return row;
}

static void take(struct finds *finds, const char *carrier, struct cookie cookie)
{
	const struct places_row *row = row_of(finds, &cookie);
	struct finds_place place = { .carrier = carrier, .name = cookie.name };

	if (!cookie.value.data)
		return;
	if (row)
		finds_listed(finds, &place, row, urlencoded_undo(cookie.value, false, finds->arena));
	else if (cookie.value.len >= FINDS_VALUE_LEAST && tokentext_may(cookie.value))
		finds_search(finds, &place, urlencoded_undo(cookie.value, false, finds->arena), false);
}

/* Takes what is complete when this cookie comes, and begins with it. */
static void next(struct finds *finds, const char *carrier, struct cookie_chunks *chunks, bool *begun, struct cookie cookie)
{
	if (*begun && cookie_chunks_add(chunks, cookie))
		return;
	if (*begun)
		take(finds, carrier, cookie_chunks_join(chunks, finds->arena));
	cookie_chunks_begin(chunks, cookie);
	*begun = true;
}

size_t carriers_cookies_find(struct finds *finds, const struct http_message *message, size_t i)
{
	const bool sent = message->dir == TO_SERVER;
	const char *carrier = sent ? "cookie" : "set-cookie";
	const struct bytes name = bytes_text(carrier);
	struct cookie_chunks chunks;
	struct cookie cookie;
	bool begun = false;

	for (;; i++) {
		struct bytes rest = message->headers[i].value;

		if (!sent)
			next(finds, carrier, &chunks, &begun, cookie_set(rest));
		while (sent && cookie_next(&rest, &cookie))
			next(finds, carrier, &chunks, &begun, cookie);
		if (i + 1 == message->n_headers || !bytes_equal_fold(message->headers[i + 1].name, name))
			break;
	}
	if (begun)
		take(finds, carrier, cookie_chunks_join(&chunks, finds->arena));
	return i;
}
