#include "dissectors/token/biscuit.h"

#include "dissectors/token/base64reader.h"

enum wire { WIRE_VARINT = 0, WIRE_LEN = 2 };

/* In bytes: Ed25519 and P-256 keys, raw or compressed; signatures, raw or DER; secret keys. */
enum { KEY_LEAST = 32, KEY_MOST = 65, SIGNATURE_LEAST = 64, SIGNATURE_MOST = 72 };

struct part {
	uint64_t number;
	unsigned wire;
	uint64_t value;             /* of a varint */
	struct base64reader bytes;  /* of the others */
};

struct biscuit {
	bool has_root_key_id;
	uint64_t root_key_id;
	int64_t n_blocks;
};

/* The next part of a message; false at its end and where it is of a type that none of ours has (then it is over). */
static bool next_part(struct base64reader *r, struct part *part)
{
	if (base64reader_left(r) == 0)
		return false;
	uint64_t tag = base64reader_varint(r);

	*part = (struct part){ .number = tag >> 3, .wire = tag & 7 };
	if (part->wire == WIRE_VARINT)
		part->value = base64reader_varint(r);
	else if (part->wire == WIRE_LEN)
		part->bytes = base64reader_part(r, base64reader_varint(r));
	else
		r->over = true;
	return !r->over;
}

static bool is_bytes(const struct part *part, size_t least, size_t most)
{
	size_t len = base64reader_left(&part->bytes);

	return part->wire == WIRE_LEN && len >= least && len <= most;
}

static bool is_public_key(const struct part *message)
{
	struct base64reader r = message->bytes;
	struct part algorithm, key;

	return message->wire == WIRE_LEN && next_part(&r, &algorithm) && algorithm.number == 1 && algorithm.wire == WIRE_VARINT &&
	    algorithm.value < 16 && next_part(&r, &key) && key.number == 2 && is_bytes(&key, KEY_LEAST, KEY_MOST) &&
	    base64reader_left(&r) == 0;
}

static bool is_signed_block(const struct part *message)
{
	struct base64reader r = message->bytes;
	struct part part;

	if (message->wire != WIRE_LEN || !next_part(&r, &part) || part.number != 1 || !is_bytes(&part, 1, SIZE_MAX) ||
	    !next_part(&r, &part) || part.number != 2 || !is_public_key(&part) || !next_part(&r, &part) ||
	    part.number != 3 || !is_bytes(&part, SIGNATURE_LEAST, SIGNATURE_MOST))
		return false;
	while (next_part(&r, &part))
		; /* signature of a third party, version */
	return !r.over;
}

static bool is_proof(const struct part *message)
{
	struct base64reader r = message->bytes;
	struct part part;

	if (message->wire != WIRE_LEN || !next_part(&r, &part) || base64reader_left(&r) > 0)
		return false;
	return (part.number == 1 && is_bytes(&part, KEY_LEAST, KEY_MOST)) ||
	    (part.number == 2 && is_bytes(&part, SIGNATURE_LEAST, SIGNATURE_MOST));
}

/* In the order of their numbers, as every serialiser writes them. */
static bool read_parts(struct base64reader *r, struct biscuit *biscuit)
{
	struct part part;
	bool more = next_part(r, &part);

	if (more && part.number == 1 && part.wire == WIRE_VARINT && part.value <= UINT32_MAX) {
		biscuit->has_root_key_id = true;
		biscuit->root_key_id = part.value;
		more = next_part(r, &part);
	}
	if (!more || part.number != 2 || !is_signed_block(&part))
		return false;
	while ((more = next_part(r, &part)) && part.number == 3) {
		if (!is_signed_block(&part))
			return false;
		biscuit->n_blocks++;
	}
	return more && part.number == 4 && is_proof(&part) && base64reader_left(r) == 0;
}

static bool read_biscuit(struct bytes token, struct biscuit *biscuit)
{
	struct bytes prefix = bytes_text("biscuit:");
	struct base64reader r;

	if (bytes_equal(bytes_head(token, prefix.len), prefix))
		token = bytes_tail(token, prefix.len);
	return base64reader_init(&r, token) && read_parts(&r, biscuit);
}

/* Tag 2 begins with 'E', tag 1 with 'C'. */
bool biscuit_is(struct bytes token)
{
	struct biscuit biscuit = { 0 };

	return token.len > 0 && (token.data[0] == 'E' || token.data[0] == 'C' || token.data[0] == 'b') &&
	    read_biscuit(token, &biscuit);
}

void biscuit_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	struct biscuit biscuit = { 0 };

	(void)subject;
	(void)arena;
	if (!read_biscuit(credential_token(credential->secret), &biscuit))
		return;
	if (biscuit.has_root_key_id)
		record_int(record, BISCUIT_ROOT_KEY_ID, (int64_t)biscuit.root_key_id);
	record_int(record, BISCUIT_BLOCKS, biscuit.n_blocks);
}
