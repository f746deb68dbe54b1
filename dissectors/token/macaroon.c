#include "dissectors/token/macaroon.h"

#include "dissectors/token/base64reader.h"
#include "dissectors/token/keep.h"

enum {
	SIGNATURE_LEN = 32,
	LOCATION_LEN = 1024, /* bytes of it that are kept */
	V1_HEAD_LEN = 4,
	V1_KEY_LEN = 10,     /* of the longest key, "identifier" */
};

enum v2_type { FIELD_END = 0, FIELD_LOCATION = 1, FIELD_IDENTIFIER = 2, FIELD_VID = 4, FIELD_SIGNATURE = 6 };

struct macaroon {
	struct base64reader location; /* empty where there is none */
	int64_t n_caveats;
};

/* ---- version 1 ---- */

struct v1_packet {
	uint8_t key[V1_KEY_LEN];
	size_t key_len;
	struct base64reader value;
};

/* -1: not four hex digits. */
static int read_length(struct base64reader *r)
{
	int len = 0;

	for (size_t i = 0; i < V1_HEAD_LEN; i++) {
		uint8_t c = base64reader_u8(r);

		if (c >= '0' && c <= '9')
			len = len << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			len = len << 4 | (c - 'a' + 10);
		else
			return -1;
	}
	return len;
}

static bool read_packet(struct base64reader *r, struct v1_packet *packet)
{
	int len = read_length(r);
	struct base64reader body;

	if (len <= V1_HEAD_LEN)
		return false;
	body = base64reader_part(r, (uint64_t)(len - V1_HEAD_LEN));
	for (packet->key_len = 0; base64reader_left(&body) > 0; packet->key_len++) {
		uint8_t c = base64reader_u8(&body);

		if (c == ' ')
			break;
		if (packet->key_len == V1_KEY_LEN)
			return false;
		packet->key[packet->key_len] = c;
	}
	if (base64reader_left(&body) == 0)
		return false;
	packet->value = base64reader_part(&body, base64reader_left(&body) - 1);
	return base64reader_u8(&body) == '\n' && !r->over;
}

static bool is_key(const struct v1_packet *packet, const char *key)
{
	return bytes_is(bytes_of(packet->key, packet->key_len), key);
}

static bool read_v1(struct base64reader *r, struct macaroon *macaroon)
{
	struct v1_packet packet;

	if (!read_packet(r, &packet) || !is_key(&packet, "location"))
		return false;
	macaroon->location = packet.value;
	if (!read_packet(r, &packet) || !is_key(&packet, "identifier"))
		return false;
	while (read_packet(r, &packet)) {
		if (is_key(&packet, "signature"))
			return base64reader_left(&packet.value) == SIGNATURE_LEN && base64reader_left(r) == 0;
		if (is_key(&packet, "cid"))
			macaroon->n_caveats++;
		else if (!is_key(&packet, "vid") && !is_key(&packet, "cl"))
			break;
	}
	return false;
}

/* ---- version 2 ---- */

/* The type, and a reader over the bytes of any but FIELD_END. */
static uint64_t read_field(struct base64reader *r, struct base64reader *value)
{
	uint64_t type = base64reader_varint(r);

	if (type != FIELD_END)
		*value = base64reader_part(r, base64reader_varint(r));
	return type;
}

/* [location] identifier [vid] 00; false where it is anything else. *location is left alone where there is none. */
static bool read_section(struct base64reader *r, uint64_t type, struct base64reader *location, bool is_caveat)
{
	struct base64reader value = *r;

	if (type == FIELD_LOCATION) {
		*location = base64reader_part(r, base64reader_varint(r));
		type = read_field(r, &value);
	} else if (type == FIELD_IDENTIFIER) {
		value = base64reader_part(r, base64reader_varint(r));
	}
	if (type != FIELD_IDENTIFIER)
		return false;
	type = read_field(r, &value);
	if (is_caveat && type == FIELD_VID)
		type = read_field(r, &value);
	return type == FIELD_END && !r->over;
}

static bool read_v2(struct base64reader *r, struct macaroon *macaroon)
{
	struct base64reader other, signature;
	uint64_t type;

	if (!read_section(r, base64reader_varint(r), &macaroon->location, false))
		return false;
	while ((type = base64reader_varint(r)) != FIELD_END && !r->over) {
		if (!read_section(r, type, &other, true))
			return false;
		macaroon->n_caveats++;
	}
	return !r->over && read_field(r, &signature) == FIELD_SIGNATURE && base64reader_left(&signature) == SIGNATURE_LEN &&
	    base64reader_left(r) == 0 && !r->over;
}

/* The digits of version 1 are no version of their own. */
static bool read_any(struct bytes token, struct macaroon *macaroon)
{
	struct base64reader r, start;

	*macaroon = (struct macaroon){ 0 };
	if (!base64reader_init(&r, token))
		return false;
	start = r;
	if (base64reader_u8(&r) == 2)
		return read_v2(&r, macaroon);
	return read_v1(&start, macaroon);
}

bool macaroon_is(struct bytes token)
{
	struct macaroon macaroon;

	return token.len > 2 && (token.data[0] == 'M' || token.data[0] == 'A') && read_any(token, &macaroon);
}

void macaroon_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	struct macaroon macaroon;

	(void)subject;
	if (!read_any(credential_token(credential->secret), &macaroon))
		return;
	record_int(record, MACAROON_CAVEATS, macaroon.n_caveats);
	size_t len = base64reader_left(&macaroon.location);

	if (len > LOCATION_LEN)
		len = LOCATION_LEN;
	uint8_t *text = len ? arena_alloc(arena, len) : NULL;

	if (!text)
		return;
	base64reader_copy(&macaroon.location, text, len);
	record_text(record, MACAROON_LOCATION, bytes_of(text, len));
}
