#include "dissectors/app/http2_head.h"

#include "dissectors/app/http1_start.h"

enum { COOKIE = HTTP2_KNOWN, CONNECTION_FIELD, TE, OTHER };

struct name {
	const char *text;
	uint8_t what;
};

/* By length; few have the same. */
enum { NAME_LEN_MOST = 17, NAMES_OF_A_LENGTH = 3 };

static const struct name pseudo_names[] = {
	{ ":method", HTTP2_METHOD }, { ":path", HTTP2_PATH }, { ":scheme", HTTP2_SCHEME }, { ":authority", HTTP2_AUTHORITY },
	{ ":status", HTTP2_STATUS }, { ":protocol", HTTP2_PROTOCOL },
};

static const struct name names[NAME_LEN_MOST + 1][NAMES_OF_A_LENGTH] = {
	[2] = { { "te", TE } },
	[4] = { { "host", HTTP2_HOST } },
	[6] = { { "cookie", COOKIE }, { "action", HTTP2_ACTION } },
	[7] = { { "referer", HTTP2_REFERER }, { "upgrade", CONNECTION_FIELD } },
	[8] = { { "location", HTTP2_LOCATION } },
	[10] = { { "user-agent", HTTP2_USER_AGENT }, { "connection", CONNECTION_FIELD }, { "soapaction", HTTP2_SOAP_ACTION } },
	[11] = { { "grpc-status", HTTP2_GRPC_STATUS } },
	[12] = { { "content-type", HTTP2_CONTENT_TYPE } },
	[14] = { { "content-length", HTTP2_CONTENT_LENGTH } },
	[15] = { { "x-forwarded-for", HTTP2_XFF } },
	[16] = { { "content-encoding", HTTP2_CONTENT_ENCODING }, { "proxy-connection", CONNECTION_FIELD } },
	[17] = { { "transfer-encoding", CONNECTION_FIELD } },
};

static unsigned pseudo_of(struct bytes name)
{
	for (size_t i = 0; i < sizeof pseudo_names / sizeof pseudo_names[0]; i++)
		if (bytes_is(name, pseudo_names[i].text))
			return pseudo_names[i].what;
	return OTHER;
}

static unsigned name_of(struct bytes name)
{
	if (bytes_is(name, "keep-alive"))
		return CONNECTION_FIELD;
	for (size_t i = 0; name.len <= NAME_LEN_MOST && i < NAMES_OF_A_LENGTH && names[name.len][i].text; i++)
		if (memcmp(name.data, names[name.len][i].text, name.len) == 0)
			return names[name.len][i].what;
	return OTHER;
}

/* RFC 9113 8.2.1. Blanks around a value are forbidden too, but harmless. */
static uint32_t name_odd(struct bytes name)
{
	uint32_t odd = 0;

	if (name.len == 0 || http1_token_len(name, SIZE_MAX) < name.len)
		odd |= HTTP2_BAD_HEADER;
	for (size_t i = 0; i < name.len; i++)
		if ((uint8_t)(name.data[i] - 'A') < 26)
			return odd | HTTP2_UPPER_CASE_HEADER;
	return odd;
}

static uint32_t value_odd(struct bytes value)
{
	bool clean = !value.len || scan_any(value.data, value.data + value.len, "\r\n\0") == value.data + value.len;

	return clean ? 0 : HTTP2_BAD_HEADER;
}

static struct bytes value_trim(struct bytes value)
{
	while (value.len && (value.data[0] == ' ' || value.data[0] == '\t'))
		value = bytes_tail(value, 1);
	while (value.len && (value.data[value.len - 1] == ' ' || value.data[value.len - 1] == '\t'))
		value.len--;
	return value;
}

static void head_know(struct http2_head *head, unsigned known, struct bytes value)
{
	if (head->has >> known & 1) {
		if (known < HTTP2_PSEUDO)
			head->odd |= HTTP2_DUPLICATE_PSEUDO;
		return;
	}
	head->has |= 1u << known;
	head->known[known] = value;
}

/* Status, RFC 9110 15, in three digits. */
static void head_status(struct http2_head *head)
{
	struct bytes digits = head->known[HTTP2_STATUS];

	for (size_t i = 0; i < digits.len; i++) {
		if (digits.len != 3 || digits.data[i] < '0' || digits.data[i] > '9')
			return;
	}
	for (size_t i = 0; i < digits.len; i++)
		head->status = head->status * 10 + (unsigned)(digits.data[i] - '0');
}

static void head_length(struct http2_head *head)
{
	struct bytes digits = head->known[HTTP2_CONTENT_LENGTH];

	if (digits.len == 0 || digits.len > 18)
		return;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return;
		head->length = head->length * 10 + (uint64_t)(digits.data[i] - '0');
	}
	head->has_length = true;
}

/* Crumbs of one cookie, joined where the first of them stands. */
struct crumbs {
	size_t first, n, len;
};

static void crumbs_join(struct http2_head *head, const struct crumbs *crumbs, struct arena *arena)
{
	uint8_t *joined = arena_alloc(arena, crumbs->len + 2 * crumbs->n);
	size_t len = 0, n = crumbs->first;

	if (!joined) {
		head->no_memory = true;
		return;
	}
	for (size_t i = crumbs->first; i < head->n_headers; i++) {
		struct http_header header = head->headers[i];

		if (!bytes_is(header.name, "cookie")) {
			head->headers[n++] = header;
			continue;
		}
		if (i == crumbs->first)
			n++;
		else
			memcpy(joined + len, "; ", 2), len += 2;
		if (header.value.len)
			memcpy(joined + len, header.value.data, header.value.len);
		len += header.value.len;
	}
	head->headers[crumbs->first].value = bytes_of(joined, len);
	head->n_headers = n;
}

static void head_take(struct http2_head *head, const struct http_header *field, struct crumbs *crumbs)
{
	unsigned what = name_of(field->name);

	head->odd |= name_odd(field->name);
	if (what == COOKIE) {
		if (crumbs->n++ == 0)
			crumbs->first = head->n_headers;
		crumbs->len += field->value.len;
	} else if (what == CONNECTION_FIELD || (what == TE && !bytes_is(field->value, "trailers"))) {
		head->odd |= HTTP2_CONNECTION_HEADER;
	} else if (what < HTTP2_KNOWN) {
		head_know(head, what, field->value);
	}
	head->headers[head->n_headers++] = *field;
}

void http2_head_sort(struct http2_head *head, struct hpack_fields *fields, struct arena *arena)
{
	struct crumbs crumbs = { 0 };

	*head = (struct http2_head){ .headers = fields->headers, .desync = fields->n_unknown != 0 };
	for (size_t i = 0; i < fields->n; i++) {
		struct http_header field = fields->headers[i];

		field.value = value_trim(field.value);
		head->odd |= value_odd(field.value);
		if (field.name.len == 0 && fields->n_unknown) /* nobody knows it */
			continue;
		if (field.name.len == 0 || field.name.data[0] != ':') {
			head_take(head, &field, &crumbs);
			continue;
		}
		unsigned known = pseudo_of(field.name);

		if (known == OTHER || head->n_headers)
			head->odd |= HTTP2_BAD_PSEUDO;
		if (known != OTHER)
			head_know(head, known, field.value);
	}
	if (crumbs.n > 1)
		crumbs_join(head, &crumbs, arena);
	head_status(head);
	head_length(head);
}

void http2_head_judge(struct http2_head *head, enum http2_kind kind)
{
	const uint32_t request = 1u << HTTP2_METHOD | 1u << HTTP2_SCHEME | 1u << HTTP2_AUTHORITY | 1u << HTTP2_PATH | 1u << HTTP2_PROTOCOL;
	const uint32_t response = 1u << HTTP2_STATUS, pseudo = (1u << HTTP2_PSEUDO) - 1;
	uint32_t may = kind == HTTP2_REQUEST ? request : kind == HTTP2_RESPONSE ? response : 0, must = may;

	if (kind == HTTP2_REQUEST) {
		must = 1u << HTTP2_METHOD;
		if (!bytes_is(head->known[HTTP2_METHOD], "CONNECT") || http2_head_has(head, HTTP2_PROTOCOL))
			must |= 1u << HTTP2_SCHEME | 1u << HTTP2_PATH;
	}
	if (head->has & pseudo & ~may)
		head->odd |= HTTP2_BAD_PSEUDO;
	if (!head->desync && !head->damaged && (head->has & must) != must)
		head->odd |= HTTP2_MISSING_PSEUDO;
}
