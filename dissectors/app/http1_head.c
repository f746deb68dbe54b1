#include "dissectors/app/http1_head.h"

enum { HEADERS_FIRST = 32 };

size_t http1_head_end(struct bytes data, size_t searched)
{
	/* "LF CRLF" or "LF LF" may lie across the border */
	const uint8_t *at = data.data + (searched > 2 ? searched - 2 : 0), *end = data.data + data.len;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		if (at < end && *at == '\n')
			return (size_t)(at + 1 - data.data);
		if (end - at >= 2 && at[0] == '\r' && at[1] == '\n')
			return (size_t)(at + 2 - data.data);
	}
	return 0;
}

/* Takes the next line off `r`, without its end. False: its end is missing. */
static inline bool head_line(struct http1_head *head, struct reader *r, struct bytes *line)
{
	size_t left = reader_left(r);
	const uint8_t *lf = left ? memchr(r->at, '\n', left) : NULL;

	if (!lf)
		return false;
	*line = bytes_of(r->at, (size_t)(lf - r->at));
	r->at = lf + 1;
	if (line->len && line->data[line->len - 1] == '\r') {
		line->len--;
		head->saw_crlf = true;
	} else {
		head->saw_lf = true;
	}
	return true;
}

static bool head_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static inline struct bytes head_trim(struct bytes b)
{
	while (b.len && head_is_blank(b.data[0]))
		b = bytes_of(b.data + 1, b.len - 1);
	while (b.len && head_is_blank(b.data[b.len - 1]))
		b.len--;
	return b;
}

/* A CR that ends no line is a blank (RFC 9112 2.2): for some recipients it ends the line. */
static struct bytes head_without_cr(struct http1_head *head, struct bytes value)
{
	uint8_t *copy = arena_alloc(head->arena, value.len);

	if (!copy) {
		head->no_memory = true;
		return bytes_of("", 0);
	}
	for (size_t i = 0; i < value.len; i++)
		copy[i] = value.data[i] == '\r' ? ' ' : value.data[i];
	return bytes_of(copy, value.len);
}

static bool head_folds(const struct reader *r)
{
	return reader_left(r) && (*r->at == ' ' || *r->at == '\t');
}

/* obs-fold, RFC 9112 5.2: the lines' contents joined by one space. Measured first, so that it is copied once. */
static bool head_unfold(struct http1_head *head, struct reader *r, struct bytes *value)
{
	struct reader ahead = *r;
	struct bytes line;
	size_t len = value->len;

	while (head_folds(&ahead)) {
		if (!head_line(head, &ahead, &line))
			return false;
		len += 1 + head_trim(line).len;
	}
	uint8_t *text = arena_alloc(head->arena, len);

	head->odd |= HTTP1_OBS_FOLD;
	head->no_memory |= !text;
	len = value->len;
	if (text && len)
		memcpy(text, value->data, len);
	while (head_folds(r) && head_line(head, r, &line)) {
		line = head_trim(line);
		if (!text || line.len == 0)
			continue;
		if (len)
			text[len++] = ' ';
		memcpy(text + len, line.data, line.len);
		len += line.len;
	}
	*value = text ? bytes_of(text, len) : bytes_of("", 0);
	return true;
}

static enum http1_known head_known(struct bytes name)
{
	static const struct {
		const char *name;
		enum http1_known known;
	} by_len[] = {
		[4] = { "Host", HTTP1_HOST },
		[7] = { "Referer", HTTP1_REFERER },
		[8] = { "Location", HTTP1_LOCATION },
		[10] = { "User-Agent", HTTP1_USER_AGENT },
		[12] = { "Content-Type", HTTP1_CONTENT_TYPE },
		[14] = { "Content-Length", HTTP1_CONTENT_LENGTH },
		[15] = { "X-Forwarded-For", HTTP1_XFF },
		[17] = { "Transfer-Encoding", HTTP1_TRANSFER_ENCODING },
	};

	if (name.len >= sizeof by_len / sizeof by_len[0] || !by_len[name.len].name)
		return HTTP1_KNOWN;
	struct bytes usual = bytes_of(by_len[name.len].name, name.len);

	if (bytes_equal(name, usual) || bytes_equal_fold(name, usual))
		return by_len[name.len].known;
	return name.len == 7 && bytes_equal_fold(name, bytes_of("Upgrade", 7)) ? HTTP1_UPGRADE : HTTP1_KNOWN;
}

static void head_note(struct http1_head *head, enum http1_known known, struct bytes value, uint32_t odd)
{
	if (known == HTTP1_CONTENT_LENGTH) {
		head->odd |= http1_framing_length(&head->framing, value);
	} else if (known == HTTP1_TRANSFER_ENCODING) {
		head->odd |= http1_framing_coding(&head->framing, value);
		if (odd & HTTP1_SPACE_BEFORE_COLON)
			head->odd |= HTTP1_BAD_TRANSFER_ENCODING;
	} else if (known == HTTP1_HOST && head->has[HTTP1_HOST]) {
		head->odd |= HTTP1_DUPLICATE_HOST;
	}
	if (!head->has[known])
		head->known[known] = value;
	head->has[known] = true;
}

static void head_add(struct http1_head *head, struct bytes name, struct bytes value)
{
	if (head->n_headers == head->headers_cap) {
		size_t cap = head->headers_cap ? head->headers_cap * 2 : HEADERS_FIRST;
		struct http_header *grown = arena_alloc(head->arena, cap * sizeof *grown);

		if (!grown) {
			head->no_memory = true;
			return;
		}
		if (head->n_headers)
			memcpy(grown, head->headers, head->n_headers * sizeof *grown);
		head->headers = grown;
		head->headers_cap = cap;
	}
	head->headers[head->n_headers++] = (struct http_header){ name, value };
}

/* field-name ":" of `line`; returns the name's length as it is to be read, sets what follows the colon. */
static struct bytes head_name(struct bytes line, struct bytes *value, uint32_t *odd)
{
	size_t len = http1_token_len(line, SIZE_MAX);

	if (len && len < line.len && line.data[len] == ':') {
		*value = bytes_of(line.data + len + 1, line.len - len - 1);
		return bytes_of(line.data, len);
	}
	const uint8_t *colon = line.len ? memchr(line.data, ':', line.len) : NULL;

	if (!colon) {
		*odd |= HTTP1_BAD_HEADER;
		return bytes_of(line.data, 0);
	}
	size_t before = (size_t)(colon - line.data);
	struct bytes name = bytes_of(line.data, before);

	*value = bytes_of(colon + 1, line.len - before - 1);
	while (name.len && head_is_blank(name.data[name.len - 1]))
		name.len--;
	if (name.len < before)
		*odd |= HTTP1_SPACE_BEFORE_COLON;
	if (name.len == 0 || name.len != len)
		*odd |= HTTP1_BAD_HEADER;
	return name;
}

/* One header with its folds. False: a fold's line end is missing. */
static bool head_field(struct http1_head *head, struct reader *r, struct bytes line)
{
	uint32_t odd = 0;
	struct bytes value = bytes_of("", 0);
	bool is_early = head_is_blank(line.data[0]);

	if (is_early) {
		/* Blanks before the first header: RFC 9112 2.2 says not to process such lines. Some do, so it is shown,
		 * but it does not frame the body. */
		odd |= HTTP1_SPACE_BEFORE_HEADER | (line.data[0] == '\r' ? HTTP1_BARE_CR : 0);
		line = head_trim(line);
	}
	struct bytes name = head_name(line, &value, &odd);

	value = head_trim(value);
	if (head_folds(r) && !head_unfold(head, r, &value))
		return false;
	if (value.len && memchr(value.data, '\r', value.len)) {
		odd |= HTTP1_BARE_CR;
		value = head_without_cr(head, value);
	}
	head->odd |= odd;
	if (name.len == 0)
		return true;
	head_add(head, name, value);
	enum http1_known known = head_known(name);

	if (known != HTTP1_KNOWN && !is_early)
		head_note(head, known, value, odd);
	return true;
}

/* The head as a whole is read, or as much as there will ever be. */
static void head_close(struct http1_head *head, struct bytes data)
{
	struct bytes version = head->start.version;

	head->odd |= head->start.odd;
	if (memchr(data.data, 0, head->len))
		head->odd |= HTTP1_NUL;
	if (head->saw_crlf && head->saw_lf)
		head->odd |= HTTP1_BARE_LF;
	if (head->has[HTTP1_TRANSFER_ENCODING]) {
		if (head->has[HTTP1_CONTENT_LENGTH])
			head->odd |= HTTP1_BOTH_LENGTHS;
		if (version.len && version.data[version.len - 1] == '0') /* HTTP/1.0 has none, RFC 9112 6.1 */
			head->odd |= HTTP1_BAD_TRANSFER_ENCODING;
	}
}

enum http1_fit http1_head_parse(struct http1_head *head, enum direction dir, struct bytes data, bool first, bool is_last,
				struct arena *arena)
{
	struct reader r = reader_of(bytes_head(data, HTTP1_HEAD_CAP));
	struct bytes line;

	memset(head, 0, sizeof *head);
	head->arena = arena;
	if (!head_line(head, &r, &line))
		return HTTP1_PARTIAL;
	if (!http1_start_parse(&head->start, dir, line, first))
		return HTTP1_NO;
	if (line.len && memchr(line.data, '\r', line.len))
		head->odd |= HTTP1_BARE_CR;
	while (dir == TO_CLIENT || head->start.version.len) { /* an HTTP/0.9 request is its one line */
		if (!head_line(head, &r, &line)) {
			head->truncated = true;
			break;
		}
		if (line.len == 0)
			break;
		/* A line that begins with a blank here is the first: the others were taken as folds. */
		if (!head_field(head, &r, line)) {
			head->truncated = true;
			break;
		}
	}
	if (head->truncated && (!is_last || data.len > HTTP1_HEAD_CAP))
		return HTTP1_PARTIAL;
	head->len = head->truncated ? data.len : (size_t)(r.at - data.data);
	head_close(head, data);
	return HTTP1_FITS;
}
