#include "dissectors/app/tls_gather.h"

enum { CAP_FIRST = 2048 };

void tls_gather_drop(struct tls_gather *gather, struct budget *budget)
{
	budget_free(budget, gather->data, gather->cap);
	*gather = (struct tls_gather){ 0 };
}

static size_t message_len(struct bytes data)
{
	struct reader r = reader_of(data);

	return TLS_MESSAGE_HEADER + (read_be32(&r) & 0xffffff);
}

static bool reserve(struct tls_gather *gather, size_t len, struct budget *budget)
{
	size_t cap = gather->cap ? gather->cap : CAP_FIRST;

	while (cap < len)
		cap *= 2;
	if (cap == gather->cap)
		return true;
	uint8_t *data = budget_alloc(budget, cap);

	if (!data)
		return false;
	memcpy(data, gather->data ? gather->data : gather->header, gather->len);
	budget_free(budget, gather->data, gather->cap);
	gather->data = data;
	gather->cap = (uint32_t)cap;
	return true;
}

/* Moves up to `len` bytes over. */
static bool take(struct tls_gather *gather, struct bytes *fragment, size_t len, struct budget *budget)
{
	struct bytes part = bytes_head(*fragment, len);

	if (!reserve(gather, gather->len + part.len, budget))
		return false;
	if (part.len)
		memcpy(gather->data + gather->len, part.data, part.len);
	gather->len += (uint32_t)part.len;
	*fragment = bytes_tail(*fragment, part.len);
	return true;
}

static enum tls_gathered hand_out(struct bytes whole, struct tls_message *message)
{
	*message = (struct tls_message){ whole.data[0], bytes_tail(whole, TLS_MESSAGE_HEADER), whole };
	return TLS_GATHERED;
}

/* A message that is not kept: `len` is its whole length, of which gather->len bytes came. */
static enum tls_gathered refuse(struct tls_gather *gather, size_t len, struct budget *budget)
{
	uint32_t left = (uint32_t)(len - gather->len);

	tls_gather_drop(gather, budget);
	gather->pass = left;
	return TLS_GATHER_REFUSED;
}

static enum tls_gathered go_on(struct tls_gather *gather, struct bytes *fragment, struct budget *budget, struct tls_message *message)
{
	while (gather->len < TLS_MESSAGE_HEADER && fragment->len) {
		gather->header[gather->len++] = fragment->data[0];
		*fragment = bytes_tail(*fragment, 1);
	}
	if (gather->len < TLS_MESSAGE_HEADER)
		return TLS_GATHER_MORE;
	size_t len = message_len(bytes_of(gather->header, sizeof gather->header));

	if (len > TLS_MESSAGE_CAP || !take(gather, fragment, len - gather->len, budget))
		return refuse(gather, len, budget);
	if (gather->len < len)
		return TLS_GATHER_MORE;
	gather->taken = true;
	return hand_out(bytes_of(gather->data, gather->len), message);
}

enum tls_gathered tls_gather_next(struct tls_gather *gather, struct bytes *fragment, struct budget *budget, struct tls_message *message)
{
	if (gather->taken)
		tls_gather_drop(gather, budget);
	if (gather->pass) {
		size_t pass = gather->pass < fragment->len ? gather->pass : fragment->len;

		*fragment = bytes_tail(*fragment, pass);
		gather->pass -= (uint32_t)pass;
	}
	if (!fragment->len)
		return TLS_GATHER_MORE;
	size_t len = gather->len || fragment->len < TLS_MESSAGE_HEADER ? SIZE_MAX : message_len(*fragment);

	if (len > fragment->len)
		return go_on(gather, fragment, budget, message);
	struct bytes whole = bytes_head(*fragment, len);

	*fragment = bytes_tail(*fragment, len);
	return hand_out(whole, message);
}
