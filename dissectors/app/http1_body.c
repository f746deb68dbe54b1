#include "dissectors/app/http1_body.h"

enum {
	LENGTH_DIGITS = 19,  /* never overflows 64 bits */
	SIZE_DIGITS = 16,
	SIZE_LINE_CAP = 4096,
	TRAILER_LINE_CAP = 8192,
};

/* Takes the next item off a comma list; false at its end. "a," has two items, the second is empty. */
static bool body_item(struct bytes *list, bool *more, struct bytes *item)
{
	if (!*more)
		return false;
	const uint8_t *comma = list->len ? memchr(list->data, ',', list->len) : NULL;
	size_t len = comma ? (size_t)(comma - list->data) : list->len;

	*item = bytes_trim_blanks(bytes_head(*list, len));
	*more = comma != NULL;
	*list = bytes_tail(*list, len + 1);
	return true;
}

static bool body_decimal(struct bytes text, uint64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		*number = *number * 10 + (uint64_t)(text.data[i] - '0');
	}
	return text.len > 0 && text.len <= LENGTH_DIGITS;
}

uint32_t http1_framing_length(struct http1_framing *framing, struct bytes value)
{
	uint32_t odd = 0;
	uint64_t length;
	struct bytes item;

	if (!framing->has_length && body_decimal(value, &length)) { /* all but always */
		framing->length = length;
		framing->has_length = true;
		return 0;
	}
	for (bool more = true; body_item(&value, &more, &item);) {
		if (!body_decimal(item, &length)) {
			framing->bad_length = true;
			odd |= HTTP1_BAD_LENGTH;
		} else if (!framing->has_length) {
			framing->length = length;
			framing->has_length = true;
		} else if (framing->length != length) {
			/* The first one counts, as it did for most recipients before RFC 7230 told them to refuse. If
			 * it was the wrong one, the next message's start is not where it says and we look for it. */
			odd |= HTTP1_CONFLICTING_LENGTH;
		}
	}
	return odd;
}

static bool body_known_coding(struct bytes name)
{
	static const char *const codings[] = { "gzip", "x-gzip", "deflate", "compress", "x-compress" };

	for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++)
		if (bytes_equal_fold(name, bytes_text(codings[i])))
			return true;
	return false;
}

uint32_t http1_framing_coding(struct http1_framing *framing, struct bytes value)
{
	uint32_t odd = framing->has_coding ? HTTP1_BAD_TRANSFER_ENCODING : 0;
	struct bytes item;

	for (bool more = true; body_item(&value, &more, &item);) {
		/* "identity" is gone since RFC 7230: some recipients still skip it. */
		if (bytes_equal_fold(item, bytes_text("identity"))) {
			odd |= HTTP1_BAD_TRANSFER_ENCODING;
			continue;
		}
		bool chunked = bytes_equal_fold(item, bytes_text("chunked"));

		/* chunked is applied once and last, RFC 9112 6.1 */
		if (framing->chunked || (!chunked && !body_known_coding(item)))
			odd |= HTTP1_BAD_TRANSFER_ENCODING;
		framing->chunked = chunked;
		framing->has_coding = true;
	}
	return odd;
}

struct http1_body http1_body_of(const struct http1_framing *framing, enum direction dir)
{
	struct http1_body body = { .part = HTTP1_BODY_NONE };

	if (framing->chunked) {
		body.part = HTTP1_BODY_SIZE;
	} else if (framing->has_coding) {
		body.part = dir == TO_CLIENT ? HTTP1_BODY_TO_END : HTTP1_BODY_UNKNOWN;
	} else if (framing->bad_length) {
		body.part = HTTP1_BODY_UNKNOWN;
	} else if (framing->has_length) {
		body.part = framing->length ? HTTP1_BODY_LENGTH : HTTP1_BODY_NONE;
		body.left = framing->length;
	} else if (dir == TO_CLIENT) {
		body.part = HTTP1_BODY_TO_END;
	}
	return body;
}

static int body_hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = bytes_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* chunk-size [ chunk-ext ]; blanks after the size are common padding. */
static bool body_size(struct bytes line, uint64_t *size)
{
	size_t n = 0;

	*size = 0;
	while (n < line.len && n < SIZE_DIGITS && body_hex(line.data[n]) >= 0)
		*size = *size << 4 | (uint64_t)body_hex(line.data[n++]);
	if (n == 0)
		return false;
	while (n < line.len && (line.data[n] == ' ' || line.data[n] == '\t'))
		n++;
	return n == line.len || line.data[n] == ';';
}

/* A line of framing, without its end; .then is AGAIN when there is one. */
static struct http1_step body_line(struct bytes data, size_t cap, struct bytes *line)
{
	struct bytes head = bytes_head(data, cap);
	const uint8_t *lf = head.len ? memchr(head.data, '\n', head.len) : NULL;

	if (!lf)
		return data.len >= cap ? (struct http1_step){ .then = HTTP1_LOST, .odd = HTTP1_BAD_CHUNK } :
					 (struct http1_step){ .then = HTTP1_WAIT };
	size_t len = (size_t)(lf - head.data);
	struct http1_step step = { .then = HTTP1_AGAIN, .used = len + 1 };

	/* Everything but CRLF is read differently by some: RFC 9112 7.1.1, 2.2. */
	if (len && head.data[len - 1] == '\r')
		len--;
	else
		step.odd |= HTTP1_BARE_LF;
	*line = bytes_head(head, len);
	if (len && memchr(line->data, '\r', len))
		step.odd |= HTTP1_BARE_CR;
	return step;
}

static struct http1_step body_step_size(struct http1_body *body, struct bytes data)
{
	struct bytes line;
	struct http1_step step = body_line(data, SIZE_LINE_CAP, &line);

	if (step.then != HTTP1_AGAIN)
		return step;
	if (!body_size(line, &body->left))
		return (struct http1_step){ .then = HTTP1_LOST, .odd = HTTP1_BAD_CHUNK };
	body->part = body->left ? HTTP1_BODY_DATA : HTTP1_BODY_TRAILER;
	return step;
}

static struct http1_step body_step_crlf(struct http1_body *body, struct bytes data)
{
	bool is_lf = data.len && data.data[0] == '\n';

	if (data.len == 0 || (data.len == 1 && data.data[0] == '\r'))
		return (struct http1_step){ .then = HTTP1_WAIT };
	if (!is_lf && (data.data[0] != '\r' || data.data[1] != '\n'))
		return (struct http1_step){ .then = HTTP1_LOST, .odd = HTTP1_BAD_CHUNK };
	body->part = HTTP1_BODY_SIZE;
	return (struct http1_step){ .then = HTTP1_AGAIN, .used = is_lf ? 1 : 2, .odd = is_lf ? HTTP1_BARE_LF : 0 };
}

static struct http1_step body_step_trailer(struct bytes data)
{
	struct bytes line;
	struct http1_step step = body_line(data, TRAILER_LINE_CAP, &line);

	if (step.then == HTTP1_AGAIN && line.len == 0)
		step.then = HTTP1_DONE;
	return step;
}

/* Takes what there is of `left`. */
static size_t body_take(struct http1_body *body, struct bytes data)
{
	size_t len = data.len < body->left ? data.len : (size_t)body->left;

	body->left -= len;
	body->len += len;
	return len;
}

/* The last byte is not skipped, so that the end is told when it arrives and not with the next message. */
static struct http1_step body_step_length(struct http1_body *body, struct bytes data)
{
	struct http1_step step = { .used = body_take(body, data), .then = HTTP1_DONE, .content = true };

	if (body->left == 0)
		return step;
	step.then = HTTP1_SKIP;
	if (body->keep)
		return step;
	step.skip = body->left - 1;
	body->len += step.skip;
	body->left = 1;
	return step;
}

static struct http1_step body_step_data(struct http1_body *body, struct bytes data)
{
	struct http1_step step = { .used = body_take(body, data), .then = HTTP1_AGAIN, .content = true };

	if (body->left) {
		step.then = HTTP1_SKIP;
		if (body->keep)
			return step;
		step.skip = body->left;
		body->len += body->left;
		body->left = 0;
	}
	body->part = HTTP1_BODY_CRLF;
	return step;
}

struct http1_step http1_body_step(struct http1_body *body, struct bytes data)
{
	switch (body->part) {
	case HTTP1_BODY_LENGTH:
		return body_step_length(body, data);
	case HTTP1_BODY_SIZE:
		return body_step_size(body, data);
	case HTTP1_BODY_DATA:
		return body_step_data(body, data);
	case HTTP1_BODY_CRLF:
		return body_step_crlf(body, data);
	case HTTP1_BODY_TRAILER:
		return body_step_trailer(data);
	case HTTP1_BODY_TO_END:
		/* Counted rather than skipped to the end: nobody else would tell us how many there were. */
		body->len += data.len;
		return (struct http1_step){ .then = HTTP1_SKIP, .used = data.len, .content = true };
	case HTTP1_BODY_NONE:
		return (struct http1_step){ .then = HTTP1_DONE };
	case HTTP1_BODY_UNKNOWN:
		break;
	}
	return (struct http1_step){ .then = HTTP1_LOST };
}

enum http1_then http1_body_gap(struct http1_body *body, uint64_t *gap)
{
	if (body->part == HTTP1_BODY_TO_END) {
		body->len += *gap;
		*gap = 0;
		return HTTP1_AGAIN;
	}
	if (body->part != HTTP1_BODY_LENGTH && body->part != HTTP1_BODY_DATA)
		return HTTP1_LOST;
	uint64_t taken = *gap < body->left ? *gap : body->left;

	*gap -= taken;
	body->left -= taken;
	body->len += taken;
	if (body->part == HTTP1_BODY_LENGTH)
		return body->left ? HTTP1_AGAIN : HTTP1_DONE;
	if (body->left == 0)
		body->part = HTTP1_BODY_CRLF;
	return *gap ? HTTP1_LOST : HTTP1_AGAIN;
}
