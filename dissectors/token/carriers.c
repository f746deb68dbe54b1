#include "dissectors/token/carriers.h"

#include "dissectors/token/carriers_content.h"
#include "dissectors/token/carriers_cookies.h"
#include "dissectors/token/carriers_parameters.h"
#include "dissectors/token/tokentext.h"

/* ---- lists in header fields ---- */

/* The next member of a list of structured fields (RFC 9651 3.1, 3.2): commas within quotes and brackets do not part. */
static bool next_member(struct bytes *rest, struct bytes *member)
{
	size_t i = 0;
	bool quoted = false;

	while (rest->len > 0 && (rest->data[0] == ' ' || rest->data[0] == '\t' || rest->data[0] == ','))
		*rest = bytes_tail(*rest, 1);
	for (; i < rest->len && (quoted || rest->data[i] != ','); i++) {
		if (quoted && rest->data[i] == '\\')
			i++;
		else if (rest->data[i] == '"')
			quoted = !quoted;
	}
	*member = bytes_head(*rest, i);
	*rest = bytes_tail(*rest, i);
	while (member->len > 0 && (member->data[member->len - 1] == ' ' || member->data[member->len - 1] == '\t'))
		member->len--;
	return member->len > 0;
}

/* Signature-Input (RFC 9421 4.1): a signature for each label.
 *
 *   sig1=("@method" "@authority");created=1618884473;keyid="test-key", sig2=... */
static void find_signatures(struct finds *finds, const struct finds_place *place, struct bytes value)
{
	struct credential credential = { .carrier = place->carrier, .name = bytes_text("signature-input"),
		.scheme = bytes_of(value.data, 0), .kind = CREDENTIAL_HTTP_SIGNATURE };

	while (next_member(&value, &credential.secret))
		if (memchr(credential.secret.data, '(', credential.secret.len))
			finds_add(finds, &credential);
}

/* What announces that the next protocol offered is no protocol but a token. */
static bool announces_token(struct bytes protocol)
{
	static const char *const words[] = { "bearer", "access_token", "authorization", "token", "jwt", "id_token" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (bytes_equal_fold(protocol, bytes_text(words[i])))
			return true;
	return false;
}

/* Where browsers can set no other field, tokens are offered as protocols: encoded, as Kubernetes has it, or behind a word. */
static void find_protocols(struct finds *finds, struct bytes value)
{
	static const struct places_row offered = { "", PLACES_PLAIN, PLACES_LONG };
	const struct finds_place place = { .carrier = "websocket", .name = bytes_of("", 0) };
	static const char encoded[] = "base64url.bearer.authorization.k8s.io.";
	bool announced = false;
	struct bytes item;

	while (next_member(&value, &item)) {
		if (bytes_is(bytes_head(item, sizeof encoded - 1), encoded))
			finds_encoded(finds, &place, &offered, bytes_tail(item, sizeof encoded - 1));
		else if (announced)
			finds_listed(finds, &place, &offered, item);
		else if (item.len >= FINDS_VALUE_LEAST)
			finds_search(finds, &place, item, false);
		announced = announces_token(item);
	}
}

/* ---- heads ---- */

/* Takes header field `i`, which is listed, or more; returns the number of the last one taken. */
static size_t take_header(struct finds *finds, const struct http_message *message, size_t i, const struct places_row *row)
{
	const struct http_header *header = &message->headers[i];
	const bool sent = message->dir == TO_SERVER;
	struct finds_place place = { .carrier = row->name, .name = bytes_of("", 0) };

	if (!(row->flags & PLACES_OWN_WORD)) {
		place.carrier = sent ? "header" : "response-header";
		place.fold = row->name[0] == 0;
		place.name = place.fold ? header->name : bytes_text(row->name);
	}
	switch (row->cut) {
	case PLACES_AUTHORIZATION:
		finds_authorization(finds, &place, header->value);
		break;
	case PLACES_COOKIES:
	case PLACES_SET_COOKIE:
		return carriers_cookies_find(finds, message, i);
	case PLACES_URL:
		carriers_parameters_url(finds, place.carrier, place.carrier, header->value);
		break;
	case PLACES_SIGNATURES:
		find_signatures(finds, &place, header->value);
		break;
	case PLACES_PROTOCOLS:
		find_protocols(finds, header->value);
		break;
	default:
		finds_listed(finds, &place, row, header->value);
	}
	return i;
}

static void search_header(struct finds *finds, bool sent, const struct http_header *header)
{
	const struct finds_place place = { .carrier = sent ? "header" : "response-header", .name = header->name, .fold = true };

	finds_search(finds, &place, header->value, false);
}

static void find_in_head(struct finds *finds, const struct http_message *message)
{
	const bool sent = message->dir == TO_SERVER;
	const unsigned where = sent ? PLACES_OF_REQUESTS : PLACES_OF_RESPONSES;

	for (size_t i = 0; i < message->n_headers; i++) {
		const struct http_header *header = &message->headers[i];
		const struct places_row *row = places_header(header->name, where);

		if (!row && finds_is_configured(finds->more->headers, finds->more->n_headers, header->name, true))
			row = &places_configured;
		if (row)
			i = take_header(finds, message, i, row);
		else if (header->value.len >= FINDS_VALUE_LEAST && tokentext_may(header->value))
			search_header(finds, sent, header);
	}
	if (sent && message->target.len > 0)
		carriers_parameters_url(finds, "query", "path", message->target);
}

size_t carriers_find(const struct http_message *message, const struct carriers_more *more, struct arena *arena,
    struct credential *out, size_t cap)
{
	struct finds finds;

	finds_begin(&finds, out, cap, arena, more);
	if (message->is_end || message->is_text)
		carriers_content_find(&finds, message);
	else
		find_in_head(&finds, message);
	return finds_end(&finds);
}
