#include "dissectors/app/http1_head.h"

#include "sensor/base/scan.h"

enum { HEADERS_FIRST = 32, NAME_CAP = 64 };

static const uint64_t FOLD = 0x20 * SCAN_ONES;

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

struct line {
	struct bytes text;   /* without its end */
	const uint8_t *next; /* behind its end */
	bool bare_cr;        /* a CR in it, or before the one that belongs to its end */
};

/* The line at `start`, which has no line end, CR or NUL before `from`. False: its end is missing. One scan sees all
 * that matters: line ends, bare CRs and NULs. */
static bool head_line(struct http1_head *head, const uint8_t *start, const uint8_t *from, const uint8_t *end,
		      struct line *line)
{
	line->bare_cr = false;
	for (const uint8_t *at = from; (at = scan_low(at, end, '\r')) < end; at++) {
		bool is_crlf = *at == '\r' && end - at > 1 && at[1] == '\n';

		if (is_crlf || *at == '\n') {
			head->saw_crlf |= is_crlf;
			head->saw_lf |= !is_crlf;
			line->text = bytes_of(start, (size_t)(at - start));
			line->next = at + 1 + is_crlf;
			return true;
		}
		line->bare_cr |= *at == '\r';
		head->saw_nul |= *at == 0;
	}
	return false;
}

/* Takes the next line off `r`. */
static bool head_take(struct http1_head *head, struct reader *r, struct line *line)
{
	if (!head_line(head, r->at, r->at, r->end, line))
		return false;
	r->at = line->next;
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
static bool head_unfold(struct http1_head *head, struct reader *r, struct bytes *value, bool *bare_cr)
{
	struct reader ahead = *r;
	struct line line;
	size_t len = value->len;

	while (head_folds(&ahead)) {
		if (!head_take(head, &ahead, &line))
			return false;
		len += 1 + head_trim(line.text).len;
	}
	uint8_t *text = arena_alloc(head->arena, len);

	head->odd |= HTTP1_OBS_FOLD;
	head->no_memory |= !text;
	len = value->len;
	if (text && len)
		memcpy(text, value->data, len);
	while (head_folds(r) && head_take(head, r, &line)) {
		struct bytes more = head_trim(line.text);

		*bare_cr |= line.bare_cr;
		if (!text || more.len == 0)
			continue;
		if (len)
			text[len++] = ' ';
		memcpy(text + len, more.data, more.len);
		len += more.len;
	}
	*value = text ? bytes_of(text, len) : bytes_of("", 0);
	return true;
}

/* Is a token equal to `lower`, 4 bytes or more of small letters and dashes, but for case? What 0x20 makes such a byte
 * of is in a token its capital only. */
static inline bool head_is(struct bytes token, const char *lower)
{
	const uint8_t *name = token.data, *usual = (const uint8_t *)lower;
	size_t last = token.len - 8;

	if (token.len < 8) {
		uint32_t a, b, c, d;

		memcpy(&a, name, 4);
		memcpy(&b, usual, 4);
		memcpy(&c, name + token.len - 4, 4);
		memcpy(&d, usual + token.len - 4, 4);
		return (((a | (uint32_t)FOLD) ^ b) | ((c | (uint32_t)FOLD) ^ d)) == 0;
	}
	for (size_t at = 0; at < last; at += 8)
		if ((scan_word(name + at) | FOLD) != scan_word(usual + at))
			return false;
	return (scan_word(name + last) | FOLD) == scan_word(usual + last);
}

/* `name` is a token. */
static inline enum http1_known head_known(struct bytes name)
{
	static const struct {
		char lower[31];
		uint8_t known;
	} by_len[] = {
		[4] = { "host", HTTP1_HOST },
		[7] = { "referer", HTTP1_REFERER },
		[8] = { "location", HTTP1_LOCATION },
		[10] = { "user-agent", HTTP1_USER_AGENT },
		[12] = { "content-type", HTTP1_CONTENT_TYPE },
		[13] = { "content-range", HTTP1_CONTENT_RANGE },
		[14] = { "content-length", HTTP1_CONTENT_LENGTH },
		[15] = { "x-forwarded-for", HTTP1_XFF },
		[17] = { "transfer-encoding", HTTP1_TRANSFER_ENCODING },
	};

	static const unsigned lens = 1u << 4 | 1u << 7 | 1u << 8 | 1u << 10 | 1u << 12 | 1u << 13 | 1u << 14 | 1u << 15 | 1u << 17;

	if (name.len > 17 || !(lens >> name.len & 1))
		return HTTP1_KNOWN;
	if (head_is(name, by_len[name.len].lower))
		return by_len[name.len].known;
	return name.len == 7 && head_is(name, "upgrade") ? HTTP1_UPGRADE : HTTP1_KNOWN;
}

/* Apart from what is inlined for every header. */
static __attribute__((noinline)) void head_frame(struct http1_head *head, enum http1_known known, struct bytes value,
						 uint32_t odd)
{
	if (known == HTTP1_CONTENT_LENGTH) {
		head->odd |= http1_framing_length(&head->framing, value);
	} else if (known == HTTP1_TRANSFER_ENCODING) {
		head->odd |= http1_framing_coding(&head->framing, value);
		if (odd & HTTP1_SPACE_BEFORE_COLON)
			head->odd |= HTTP1_BAD_TRANSFER_ENCODING;
	}
}

static inline void head_note(struct http1_head *head, enum http1_known known, struct bytes value, uint32_t odd)
{
	if (known >= HTTP1_CONTENT_LENGTH)
		head_frame(head, known, value, odd);
	else if (known == HTTP1_HOST && head->has[HTTP1_HOST])
		head->odd |= HTTP1_DUPLICATE_HOST;
	if (!head->has[known])
		head->known[known] = value;
	head->has[known] = true;
}

static bool head_grow(struct http1_head *head)
{
	size_t cap = head->headers_cap ? head->headers_cap * 2 : HEADERS_FIRST;
	struct http_header *grown = arena_alloc(head->arena, cap * sizeof *grown);

	if (!grown) {
		head->no_memory = true;
		return false;
	}
	if (head->n_headers)
		memcpy(grown, head->headers, head->n_headers * sizeof *grown);
	head->headers = grown;
	head->headers_cap = cap;
	return true;
}

static inline void head_add(struct http1_head *head, struct bytes name, struct bytes value)
{
	if (head->n_headers == head->headers_cap && !head_grow(head))
		return;
	struct http_header *header = &head->headers[head->n_headers++];

	header->name = name;
	header->value = value;
}

/* field-name ":" of `line`; returns the name as it is to be read, sets what follows the colon. */
static struct bytes head_name(struct bytes line, struct bytes *value, uint32_t *odd)
{
	size_t len = http1_token_len(line, SIZE_MAX);
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

/* A header that is read to its end; `value` is trimmed. */
static inline void head_field(struct http1_head *head, struct bytes name, struct bytes value, uint32_t odd)
{
	head_add(head, name, value);
	if (odd & (HTTP1_BAD_HEADER | HTTP1_SPACE_BEFORE_HEADER))
		return;
	enum http1_known known = head_known(name);

	if (known != HTTP1_KNOWN)
		head_note(head, known, value, odd);
}

/* One header that is not a usual one (see below): with a bare CR, folds behind it, or a name that is not a token. False:
 * a fold's line end is missing. */
static bool head_odd_field(struct http1_head *head, struct reader *r, const struct line *line)
{
	uint32_t odd = 0;
	struct bytes text = line->text, value = bytes_of("", 0);
	bool bare_cr = line->bare_cr;

	if (head_is_blank(text.data[0])) {
		/* Blanks before the first header: RFC 9112 2.2 says not to process such lines. Some do, so it is shown,
		 * but it does not frame the body. */
		odd |= HTTP1_SPACE_BEFORE_HEADER | (text.data[0] == '\r' ? HTTP1_BARE_CR : 0);
		text = head_trim(text);
	}
	struct bytes name = head_name(text, &value, &odd);

	value = head_trim(value);
	if (head_folds(r) && !head_unfold(head, r, &value, &bare_cr))
		return false;
	if (bare_cr && value.len && memchr(value.data, '\r', value.len)) {
		odd |= HTTP1_BARE_CR;
		value = head_without_cr(head, value);
	}
	head->odd |= odd;
	if (name.len)
		head_field(head, name, value, odd);
	return true;
}

/* What every usual header is: "name: value" CRLF, no blank more and no fold behind it. Its name ends at `colon`, `stop`
 * is the first control byte of note behind it. */
static inline bool head_is_usual(const uint8_t *start, const uint8_t *colon, const uint8_t *stop, const uint8_t *end)
{
	return colon > start && end - stop > 2 && memcmp(stop, "\r\n", 2) == 0 && stop[2] != ' ' && stop[2] != '\t' &&
	       memcmp(colon, ": ", 2) == 0 && colon[2] > ' ' && stop[-1] > ' ';
}

/* The headers with the empty line. False: they do not end. A line that begins with a blank here is the first: the
 * others were taken as folds. */
static __attribute__((noinline)) bool head_fields(struct http1_head *head, struct reader *r)
{
	const uint8_t *at = r->at, *end = r->end;

	for (;;) {
		const uint8_t *colon = at + http1_token_len(bytes_of(at, (size_t)(end - at)), SIZE_MAX);
		struct line line;

		if (colon == at && end - at > 1 && memcmp(at, "\r\n", 2) == 0) {
			head->saw_crlf = true;
			r->at = at + 2;
			return true;
		}
		const uint8_t *stop = scan_low(colon, end, '\r');

		if (head_is_usual(at, colon, stop, end)) {
			head->saw_crlf = true;
			struct bytes value = bytes_of(colon + 2, (size_t)(stop - colon) - 2);

			head_field(head, bytes_of(at, (size_t)(colon - at)), value, 0);
			at = stop + 2;
			continue;
		}
		if (!head_line(head, at, stop, end, &line))
			return false;
		r->at = line.next;
		if (line.text.len == 0)
			return true;
		if (!head_odd_field(head, r, &line))
			return false;
		at = r->at;
	}
}

/* Is this a request's head that will go on in another packet? Parsing would be in vain, and dear: it is the heads with
 * long tokens that are cut. Asked only where the answer is probably yes: methods with content mostly begin with "P". */
static bool head_is_cut(const struct http1_head *head, struct bytes data)
{
	return head->start.method.len && head->start.method.data[0] != 'P' && data.data[data.len - 1] != '\n' &&
	       !http1_head_end(data, 0);
}

/* The head as a whole is read, or as much as there will ever be. */
static void head_close(struct http1_head *head)
{
	struct bytes version = head->start.version;

	head->odd |= head->start.odd;
	if (head->saw_nul)
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

/* Does a header follow a line without version? PARTIAL: not enough is there to say. */
static enum http1_fit head_follows(const struct reader *r)
{
	size_t len = http1_token_len(bytes_of(r->at, reader_left(r)), NAME_CAP + 1);

	if (len > NAME_CAP)
		return HTTP1_NO;
	if (len == reader_left(r))
		return HTTP1_PARTIAL;
	return len && r->at[len] == ':' ? HTTP1_FITS : HTTP1_NO;
}

/* The head is its one line, HTTP/0.9. */
static bool head_is_line(struct http1_head *head, const struct reader *r, bool is_more)
{
	enum http1_fit follows = head->start.version.len ? HTTP1_FITS : head_follows(r);

	head->undecided = follows == HTTP1_PARTIAL && is_more;
	return follows != HTTP1_FITS;
}

enum http1_fit http1_head_parse(struct http1_head *head, enum direction dir, struct bytes data, enum http1_place place,
				bool is_last, struct arena *arena)
{
	struct reader r = reader_of(bytes_head(data, HTTP1_HEAD_CAP));
	struct line line;

	memset(head, 0, sizeof *head);
	head->arena = arena;
	if (!head_take(head, &r, &line))
		return HTTP1_PARTIAL;
	if (!http1_start_parse(&head->start, dir, line.text, place != HTTP1_LATER))
		return HTTP1_NO;
	if (line.bare_cr)
		head->odd |= HTTP1_BARE_CR;
	if (!is_last && head->start.version.len && head_is_cut(head, bytes_head(data, HTTP1_HEAD_CAP)))
		return HTTP1_PARTIAL;
	bool is_line = head_is_line(head, &r, place != HTTP1_ANSWERED && !is_last && data.len <= HTTP1_HEAD_CAP);

	if (head->undecided)
		return HTTP1_PARTIAL;
	head->truncated = !is_line && !head_fields(head, &r);
	head->zero_nine = is_line;
	if (head->truncated && (!is_last || data.len > HTTP1_HEAD_CAP))
		return HTTP1_PARTIAL;
	head->len = head->truncated ? data.len : (size_t)(r.at - data.data);
	head_close(head);
	return HTTP1_FITS;
}
