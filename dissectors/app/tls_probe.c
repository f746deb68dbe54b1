#include "dissectors/app/tls_probe.h"

#include "dissectors/app/tls_gather.h"
#include "dissectors/app/tls_record.h"

/* A handshake message that is sent in the clear, and by whom. */
static enum verdict probe_message(struct bytes fragment, enum direction dir)
{
	struct reader r = reader_of(fragment);
	uint8_t type = read_u8(&r);
	uint32_t len = (uint32_t)read_u8(&r) << 16;

	len |= read_be16(&r);
	if (r.over)
		return fragment.len ? VERDICT_MAYBE : VERDICT_NO;
	if (len > TLS_MESSAGE_CAP)
		return VERDICT_NO;
	switch (type) {
	case TLS_CLIENT_HELLO:
	case TLS_CLIENT_KEY_EXCHANGE:
		return dir == TO_SERVER ? VERDICT_YES : VERDICT_NO;
	case TLS_SERVER_HELLO:
	case TLS_SERVER_HELLO_DONE:
		return dir == TO_CLIENT ? VERDICT_YES : VERDICT_NO;
	case TLS_CERTIFICATE:
		return VERDICT_EITHER;
	default:
		return VERDICT_NO;
	}
}

/* Midstream: three bytes and a length would be little, were there not the next record's. */
static enum verdict probe_protected(struct bytes data, size_t len)
{
	struct protected_record next;
	size_t next_len;

	if (data.len > len && tls_record_parse(bytes_tail(data, len), &next, &next_len) == TLS_NO)
		return VERDICT_NO;
	return len > TLS_RECORD_HEADER + 16 ? VERDICT_EITHER : VERDICT_NO;
}

enum verdict tls_probe(const struct chunk *first)
{
	struct protected_record record = { 0 };
	struct bytes body;
	size_t len;
	enum tls_fit fit = tls_record_parse(first->data, &record, &len);

	if (fit == TLS_NO) {
		fit = first->dir == TO_SERVER ? tls_record_parse_v2(first->data, &body, &len) : TLS_NO;
		return fit == TLS_FITS ? VERDICT_YES : fit == TLS_PARTIAL ? VERDICT_MAYBE : VERDICT_NO;
	}
	if (first->data.len < TLS_RECORD_HEADER + TLS_MESSAGE_HEADER && fit == TLS_PARTIAL)
		return first->is_last ? VERDICT_NO : VERDICT_MAYBE;
	if (first->data.data[0] == TLS_HANDSHAKE)
		return probe_message(bytes_tail(bytes_head(first->data, len), TLS_RECORD_HEADER), first->dir);
	return first->data.data[0] == TLS_APPLICATION_DATA ? probe_protected(first->data, len) : VERDICT_NO;
}
