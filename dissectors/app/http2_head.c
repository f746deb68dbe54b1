#include "dissectors/app/http2_head.h"

#include "dissectors/app/http1_start.h"

enum { COOKIE = HTTP2_KNOWN, CONNECTION_FIELD, TE, OTHER };

/* Up to eight bytes as bytes_word has them. */
#define WORD(a, b, c, d, e, f, g, h)                                                                                        \
	((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | (uint64_t)(e) << 32 |             \
	 (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

struct name {
	uint64_t word; /* its first eight bytes */
	const char *rest;
	uint8_t what;
};

enum { NAME_LEN_MOST = 17, NAMES_OF_A_LENGTH = 5 };

/* By length. */
static const struct name names[NAME_LEN_MOST + 1][NAMES_OF_A_LENGTH] = {
	[2] = { { WORD('t', 'e', 0, 0, 0, 0, 0, 0), "", TE } },
	[4] = { { WORD('h', 'o', 's', 't', 0, 0, 0, 0), "", HTTP2_HOST } },
	[5] = { { WORD(':', 'p', 'a', 't', 'h', 0, 0, 0), "", HTTP2_PATH } },
	[6] = { { WORD('c', 'o', 'o', 'k', 'i', 'e', 0, 0), "", COOKIE },
		{ WORD('a', 'c', 't', 'i', 'o', 'n', 0, 0), "", HTTP2_ACTION } },
	[7] = { { WORD(':', 'm', 'e', 't', 'h', 'o', 'd', 0), "", HTTP2_METHOD },
		{ WORD(':', 's', 'c', 'h', 'e', 'm', 'e', 0), "", HTTP2_SCHEME },
		{ WORD(':', 's', 't', 'a', 't', 'u', 's', 0), "", HTTP2_STATUS },
		{ WORD('r', 'e', 'f', 'e', 'r', 'e', 'r', 0), "", HTTP2_REFERER },
		{ WORD('u', 'p', 'g', 'r', 'a', 'd', 'e', 0), "", CONNECTION_FIELD } },
	[8] = { { WORD('l', 'o', 'c', 'a', 't', 'i', 'o', 'n'), "", HTTP2_LOCATION } },
	[9] = { { WORD(':', 'p', 'r', 'o', 't', 'o', 'c', 'o'), "l", HTTP2_PROTOCOL } },
	[10] = { { WORD('u', 's', 'e', 'r', '-', 'a', 'g', 'e'), "nt", HTTP2_USER_AGENT },
		 { WORD(':', 'a', 'u', 't', 'h', 'o', 'r', 'i'), "ty", HTTP2_AUTHORITY },
		 { WORD('s', 'o', 'a', 'p', 'a', 'c', 't', 'i'), "on", HTTP2_SOAP_ACTION },
		 { WORD('c', 'o', 'n', 'n', 'e', 'c', 't', 'i'), "on", CONNECTION_FIELD },
		 { WORD('k', 'e', 'e', 'p', '-', 'a', 'l', 'i'), "ve", CONNECTION_FIELD } },
	[11] = { { WORD('g', 'r', 'p', 'c', '-', 's', 't', 'a'), "tus", HTTP2_GRPC_STATUS } },
	[12] = { { WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-'), "type", HTTP2_CONTENT_TYPE } },
	[13] = { { WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-'), "range", HTTP2_CONTENT_RANGE } },
	[14] = { { WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-'), "length", HTTP2_CONTENT_LENGTH } },
	[15] = { { WORD('x', '-', 'f', 'o', 'r', 'w', 'a', 'r'), "ded-for", HTTP2_XFF } },
	[16] = { { WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-'), "encoding", HTTP2_CONTENT_ENCODING },
		 { WORD('p', 'r', 'o', 'x', 'y', '-', 'c', 'o'), "nnection", CONNECTION_FIELD } },
	[17] = { { WORD('t', 'r', 'a', 'n', 's', 'f', 'e', 'r'), "-encoding", CONNECTION_FIELD } },
};

static unsigned name_of(struct bytes name, uint64_t word)
{
	if (name.len > NAME_LEN_MOST)
		return OTHER;
	const struct name *all = names[name.len];

	for (size_t i = 0; i < NAMES_OF_A_LENGTH && all[i].word; i++)
		if (all[i].word == word && (name.len <= 8 || memcmp(name.data + 8, all[i].rest, name.len - 8) == 0))
			return all[i].what;
	return OTHER;
}

/* Are these eight bytes small letters and dashes? */
static bool is_plain(uint64_t word)
{
	uint64_t high = word | SCAN_HIGH, others = (word ^ SCAN_ONES * '-') & ~SCAN_HIGH;
	uint64_t letters = (high - SCAN_ONES * 'a') & ~(high - SCAN_ONES * ('z' + 1)), dashes = ~(others + SCAN_ONES * 0x7f);

	return ((letters | dashes) & ~word & SCAN_HIGH) == SCAN_HIGH;
}

/* RFC 9113 8.2.1. */
static uint32_t name_odd_slow(struct bytes name)
{
	uint32_t odd = 0;

	if (name.len == 0 || http1_token_len(name, SIZE_MAX) < name.len)
		odd |= HTTP2_BAD_HEADER;
	for (size_t i = 0; i < name.len; i++)
		if ((uint8_t)(name.data[i] - 'A') < 26)
			return odd | HTTP2_UPPER_CASE_HEADER;
	return odd;
}

/* `word`: its first eight bytes. */
static uint32_t name_odd(struct bytes name, uint64_t word)
{
	if (name.len < 8)
		return is_plain(word | (SCAN_ONES * 'a') << (8 * name.len)) && name.len ? 0 : name_odd_slow(name);
	bool plain = is_plain(word);

	for (size_t at = 8; plain && at < name.len; at += 8)
		plain = is_plain(scan_word(name.data + (at + 8 <= name.len ? at : name.len - 8)));
	return plain ? 0 : name_odd_slow(name);
}

/* CR, LF or NUL in a value, RFC 9113 8.2.1. Blanks around it are forbidden too, but harmless. */
static uint32_t value_odd(struct bytes value)
{
	const uint8_t *end = value.data + value.len;
	bool clean;

	if (value.len >= 16)
		clean = scan_low(value.data, value.data + value.len / 16 * 16, '\r') == value.data + value.len / 16 * 16 &&
			scan_low(end - 16, end, '\r') == end;
	else if (value.len >= 8)
		clean = !scan_below(scan_word(value.data), '\r' + 1) && !scan_below(scan_word(end - 8), '\r' + 1);
	else
		clean = !value.len || !scan_below(bytes_word(value) | (SCAN_ONES * 'a') << (8 * value.len), '\r' + 1);
	return clean || scan_any(value.data, end, "\r\n\0") == end ? 0 : HTTP2_BAD_HEADER;
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
	struct bytes digits = http2_head_get(head, HTTP2_STATUS);
	unsigned status = 0;

	if (digits.len != 3)
		return;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return;
		status = status * 10 + (unsigned)(digits.data[i] - '0');
	}
	head->status = status;
}

static void head_length(struct http2_head *head)
{
	struct bytes digits = http2_head_get(head, HTTP2_CONTENT_LENGTH);
	uint64_t length = 0;

	if (digits.len == 0 || digits.len > 18)
		return;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return;
		length = length * 10 + (uint64_t)(digits.data[i] - '0');
	}
	head->length = length;
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

static void take_pseudo(struct http2_head *head, unsigned what, struct bytes value)
{
	if (what >= HTTP2_PSEUDO || head->n_headers)
		head->odd |= HTTP2_BAD_PSEUDO;
	if (what < HTTP2_PSEUDO)
		head_know(head, what, value);
}

static void take_header(struct http2_head *head, unsigned what, const struct http_header *field, struct crumbs *crumbs)
{
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

	head->headers = fields->headers;
	head->n_headers = 0;
	head->has = head->odd = head->status = 0;
	head->length = 0;
	head->has_length = head->damaged = head->no_memory = false;
	head->desync = fields->n_unknown != 0;
	for (size_t i = 0; i < fields->n; i++) {
		struct http_header field = fields->headers[i];
		uint64_t word = bytes_word(field.name);
		unsigned what = name_of(field.name, word);

		field.value = bytes_trim_blanks(field.value);
		head->odd |= value_odd(field.value);
		if (field.name.len == 0 && fields->n_unknown) /* nobody knows it */
			continue;
		if ((word & 0xff) == ':') {
			take_pseudo(head, what, field.value);
		} else {
			head->odd |= name_odd(field.name, word);
			take_header(head, what, &field, &crumbs);
		}
	}
	if (crumbs.n > 1)
		crumbs_join(head, &crumbs, arena);
	head_status(head);
	head_length(head);
}

void http2_head_judge(struct http2_head *head, enum http2_kind kind)
{
	const uint32_t pseudo = (1u << HTTP2_PSEUDO) - 1, response = 1u << HTTP2_STATUS, request = pseudo & ~response;
	uint32_t may = kind == HTTP2_REQUEST ? request : kind == HTTP2_RESPONSE ? response : 0, must = may;

	if (kind == HTTP2_REQUEST) {
		must = 1u << HTTP2_METHOD;
		if (!bytes_is(http2_head_get(head, HTTP2_METHOD), "CONNECT") || http2_head_has(head, HTTP2_PROTOCOL))
			must |= 1u << HTTP2_SCHEME | 1u << HTTP2_PATH;
	}
	if (head->has & pseudo & ~may)
		head->odd |= HTTP2_BAD_PSEUDO;
	if (!head->desync && !head->damaged && (head->has & must) != must)
		head->odd |= HTTP2_MISSING_PSEUDO;
}
