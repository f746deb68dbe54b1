#include "dissectors/app/tls_record.h"

enum { V2_HEADER = 2, V2_LEAST = 9 + 16, V2_CAP = 4096 };

enum tls_fit tls_record_parse(struct bytes data, struct protected_record *record, size_t *len)
{
	struct reader r = reader_of(data);
	uint8_t type = read_u8(&r), major = read_u8(&r), minor = read_u8(&r);
	uint16_t fragment_len = read_be16(&r);

	*len = TLS_RECORD_HEADER;
	if (data.len && (type < TLS_CHANGE_CIPHER_SPEC || type > TLS_HEARTBEAT))
		return TLS_NO;
	if ((data.len > 1 && major != 3) || (data.len > 2 && minor > 4))
		return TLS_NO;
	if (r.over)
		return TLS_PARTIAL;
	if (fragment_len > TLS_FRAGMENT_CAP)
		return TLS_NO;
	*len = (size_t)TLS_RECORD_HEADER + fragment_len;
	record->type = type;
	record->version = (uint16_t)(major << 8 | minor);
	record->fragment = read_bytes(&r, fragment_len);
	return r.over ? TLS_PARTIAL : TLS_FITS;
}

/* A ChangeCipherSpec is always the same. */
static bool is_change(struct bytes data)
{
	static const uint8_t change[] = { TLS_CHANGE_CIPHER_SPEC, 3, 0, 0, 1, 1 };
	bool is = true;

	for (size_t i = 0; i < data.len && i < sizeof change; i++)
		is = is && (i == 2 || data.data[i] == change[i]);
	return is;
}

size_t tls_record_find(struct bytes data, bool in_clear)
{
	struct protected_record record;
	size_t len;

	for (size_t at = 0; at < data.len; at++) {
		uint8_t type = data.data[at];
		struct bytes rest = bytes_tail(data, at);
		bool may_be = type == TLS_APPLICATION_DATA || (in_clear && (type == TLS_HANDSHAKE || is_change(rest)));

		if (may_be && tls_record_parse(rest, &record, &len) != TLS_NO)
			return at;
	}
	return data.len;
}

/*	length u16, top bit set | type u8 (1) | version u16 (3.x) | suites length u16 | session id length u16 | challenge length u16 | ... */
enum tls_fit tls_record_parse_v2(struct bytes data, struct bytes *body, size_t *len)
{
	struct reader r = reader_of(data);
	uint16_t body_len = read_be16(&r);
	uint8_t type = read_u8(&r), major = read_u8(&r), minor = read_u8(&r);

	*len = V2_HEADER + V2_LEAST;
	if (!data.len || !(data.data[0] & 0x80) || (data.len > 2 && type != 1) || (data.len > 3 && major != 3) ||
	    (data.len > 4 && minor > 3))
		return TLS_NO;
	if (r.over)
		return TLS_PARTIAL;
	body_len &= 0x7fff;
	uint16_t suites = read_be16(&r), session = read_be16(&r), challenge = read_be16(&r);

	if (body_len < V2_LEAST || body_len > V2_CAP)
		return TLS_NO;
	if (!r.over && (suites % 3 != 0 || challenge < 16 || challenge > 32 || 9u + suites + session + challenge != body_len))
		return TLS_NO;
	*len = (size_t)V2_HEADER + body_len;
	if (data.len < *len)
		return TLS_PARTIAL;
	*body = bytes_of(data.data + V2_HEADER, body_len);
	return TLS_FITS;
}
