/* Every block, in the byte order of its section:
 *
 *	type u32 | total length u32 | body, padded to 32 bits | total length u32
 *
 * Section header:      byte order magic u32 | major u16 | minor u16 | section length i64 | options
 * Interface:           link type u16 | reserved u16 | snap length u32 | options
 * Enhanced packet:     interface u32 | time high u32 | time low u32 | captured length u32 | length u32 | data | options
 * Packet (obsolete):   interface u16 | drops u16 | then as the enhanced packet
 * Simple packet:       length u32 | data
 * Decryption secrets:  type of secrets u32 | length u32 | secrets, padded to 32 bits | options
 * Option:              code u16 | length u16 | value, padded to 32 bits
 */
#include "sensor/input/pcapng.h"

enum {
	BLOCK_INTERFACE = 0x00000001,
	BLOCK_PACKET = 0x00000002,
	BLOCK_SIMPLE = 0x00000003,
	BLOCK_ENHANCED = 0x00000006,
	BLOCK_SECRETS = 0x0000000a,
	BLOCK_SECTION = 0x0a0d0d0a, /* the same in both byte orders */
};

enum {
	BLOCK_HEAD_LEN = 8,
	BLOCK_TAIL_LEN = 4,
	BLOCK_LEN_LEAST = BLOCK_HEAD_LEN + BLOCK_TAIL_LEN,
	SECTION_LEN_LEAST = 28,
	SECRETS_HEAD_LEN = BLOCK_HEAD_LEN + 8,
	SECRETS_LINE_CAP = 64 * 1024, /* no line of a key log is so long */
	FRAME_CAP = 256 * 1024,
};

enum { OPTION_END = 0, OPTION_TSRESOL = 9, OPTION_TSOFFSET = 14, TSRESOL_DEFAULT = 6 };

/* "TLSK": lines as of SSLKEYLOGFILE. There are more, of SSH, WireGuard, ZigBee, OPC UA. */
static const uint32_t secrets_tls_key_log = 0x544c534b;

/* A block: where it starts and what its head says. */
struct block {
	uint64_t offset;
	uint32_t type;
	uint32_t len;
	bool big_endian;
};

static inline uint16_t read_u16(struct reader *r, bool big_endian)
{
	return big_endian ? read_be16(r) : read_le16(r);
}

static inline uint32_t read_u32(struct reader *r, bool big_endian)
{
	return big_endian ? read_be32(r) : read_le32(r);
}

bool pcapng_is(struct bytes magic)
{
	struct reader r = reader_of(magic);

	return read_le32(&r) == BLOCK_SECTION;
}

void pcapng_begin(struct pcapng *pcapng)
{
	pcapng->big_endian = false;
	pcapng->n_interfaces = 0;
	pcapng->time_ns = 0;
	pcapng->passing.len = 0;
	pcapng->secrets_left = 0;
	pcapng->secrets = (struct capture_secrets){ .last = true };
}

/* The whole block in memory, its tail checked and consumed: a reader over its body. */
static inline enum capture_status block_take(const struct block *block, struct window *window, struct reader *body)
{
	if (block->len > WINDOW_CARRY_LEN)
		return window_damage(window, block->offset,
				     "block of type 0x%08x says %u bytes; more than %d are not believed", block->type,
				     block->len, WINDOW_CARRY_LEN);
	if (!window_has(window, block->len))
		return window_short(window, block->offset, "a block");
	struct reader r = reader_of(window_peek(window, block->len));

	read_skip(&r, BLOCK_HEAD_LEN);
	*body = reader_of(read_bytes(&r, block->len - BLOCK_LEN_LEAST));
	uint32_t tail = read_u32(&r, block->big_endian);

	if (tail != block->len)
		return window_damage(window, block->offset, "block says %u bytes at its start and %u at its end",
				     block->len, tail);
	window->at += block->len;
	return CAPTURE_FRAME;
}

/* Goes on with the block that passes. */
static enum capture_status pcapng_pass(struct pcapng *pcapng, struct window *window)
{
	if (!window_skip(window, &pcapng->passing.left) || !window_has(window, BLOCK_TAIL_LEN))
		return window_short(window, pcapng->passing.offset, "a block");
	struct reader r = reader_of(window_peek(window, BLOCK_TAIL_LEN));
	uint32_t tail = read_u32(&r, pcapng->big_endian);

	if (tail != pcapng->passing.len)
		return window_damage(window, pcapng->passing.offset, "block says %u bytes at its start and %u at its end",
				     pcapng->passing.len, tail);
	window->at += BLOCK_TAIL_LEN;
	pcapng->passing.len = 0;
	return CAPTURE_FRAME;
}

/* Blocks that are not kept may be of any length: they pass by without being in memory as a whole. */
static enum capture_status pcapng_skip(struct pcapng *pcapng, struct window *window, const struct block *block)
{
	pcapng->passing.offset = block->offset;
	pcapng->passing.left = block->len - BLOCK_TAIL_LEN;
	pcapng->passing.len = block->len;
	return pcapng_pass(pcapng, window);
}

/* Hands out the lines that are there. A line whose end is not there yet waits for it, so that captures that are read in turns do
 * not tear each other's lines apart; of one that is too long to be a line what is there is handed out. */
static enum capture_status pcapng_secrets_piece(struct pcapng *pcapng, struct window *window)
{
	const size_t left = pcapng->secrets_left;
	struct bytes piece = bytes_of(window->at, 0);

	while (piece.len < left && piece.len < SECRETS_LINE_CAP) {
		if (!window_has(window, piece.len + 1))
			return window_short(window, pcapng->passing.offset, "a block");
		piece = window_peek(window, left);
		const uint8_t *end = piece.len < left ? memrchr(piece.data, '\n', piece.len) : NULL;

		if (!end)
			continue;
		piece.len = (size_t)(end + 1 - piece.data);
		break;
	}
	window->at += piece.len;
	pcapng->passing.left -= piece.len;
	pcapng->secrets_left -= (uint32_t)piece.len;
	pcapng->secrets = (struct capture_secrets){ .text = piece, .last = pcapng->secrets_left == 0 };
	return CAPTURE_SECRETS;
}

/* Secrets may be of any length: they are handed out in pieces, and what else the block holds passes by. */
static enum capture_status pcapng_secrets(struct pcapng *pcapng, struct window *window, const struct block *block)
{
	if (block->len < SECRETS_HEAD_LEN + BLOCK_TAIL_LEN)
		return window_damage(window, block->offset, "secrets block says %u bytes", block->len);
	if (!window_has(window, SECRETS_HEAD_LEN))
		return window_short(window, block->offset, "a block");
	struct reader r = reader_of(window_peek(window, SECRETS_HEAD_LEN));

	read_skip(&r, BLOCK_HEAD_LEN);
	uint32_t type = read_u32(&r, block->big_endian), len = read_u32(&r, block->big_endian);

	if (len > block->len - SECRETS_HEAD_LEN - BLOCK_TAIL_LEN)
		return window_damage(window, block->offset, "secrets of %u bytes in a block of %u", len, block->len);
	if (type != secrets_tls_key_log || len == 0)
		return pcapng_skip(pcapng, window, block);
	window->at += SECRETS_HEAD_LEN;
	pcapng->passing.offset = block->offset;
	pcapng->passing.left = block->len - SECRETS_HEAD_LEN - BLOCK_TAIL_LEN;
	pcapng->passing.len = block->len;
	pcapng->secrets_left = len;
	return pcapng_secrets_piece(pcapng, window);
}

/* Reads a block's head without consuming it. CAPTURE_FRAME: *block is filled. */
static inline enum capture_status block_begin(struct pcapng *pcapng, struct window *window, struct block *block)
{
	const size_t len_least = BLOCK_LEN_LEAST;

	if (!window_has(window, len_least)) {
		if (window_left(window) == 0 && window->ended && !window->error)
			return CAPTURE_END;
		return window_short(window, window_offset(window), "a block");
	}
	struct reader r = reader_of(bytes_of(window->at, len_least));

	block->offset = window_offset(window);
	block->type = read_u32(&r, pcapng->big_endian);
	if (block->type == BLOCK_SECTION) {
		struct reader order = reader_of(bytes_of(window->at + BLOCK_HEAD_LEN, 4));
		uint32_t magic = read_be32(&order);

		if (magic != 0x1a2b3c4d && magic != 0x4d3c2b1a)
			return window_damage(window, block->offset,
					     "section header without a byte order magic (0x%08x)", magic);
		pcapng->big_endian = magic == 0x1a2b3c4d;
	}
	block->big_endian = pcapng->big_endian;
	block->len = read_u32(&r, block->big_endian);
	if (block->len < len_least || block->len % 4 != 0)
		return window_damage(window, block->offset, "block of type 0x%08x says %u bytes", block->type,
				     block->len);
	return CAPTURE_FRAME;
}

/* A section starts with no interfaces. Its length is not used: blocks say their own, and writers leave it unknown. */
static enum capture_status pcapng_section(struct pcapng *pcapng, struct window *window, const struct block *block)
{
	if (block->len < SECTION_LEN_LEAST)
		return window_damage(window, block->offset, "section header says %u bytes", block->len);
	if (!window_has(window, SECTION_LEN_LEAST))
		return window_short(window, block->offset, "a section header");
	struct reader r = reader_of(window_peek(window, SECTION_LEN_LEAST));

	read_skip(&r, BLOCK_HEAD_LEN + 4);
	uint16_t major = read_u16(&r, block->big_endian);
	uint16_t minor = read_u16(&r, block->big_endian);

	if (major != 1)
		return window_damage(window, block->offset, "pcapng version %u.%u is not known", major, minor);
	pcapng->n_interfaces = 0;
	return pcapng_skip(pcapng, window, block);
}

static int64_t read_i64(struct bytes value, bool big_endian)
{
	struct reader r = reader_of(value);
	uint64_t a = read_u32(&r, big_endian), b = read_u32(&r, big_endian);

	return (int64_t)(big_endian ? a << 32 | b : b << 32 | a);
}

static struct resolution pcapng_resolution(struct reader *options, bool big_endian)
{
	uint8_t tsresol = TSRESOL_DEFAULT;
	int64_t offset_s = 0;

	while (reader_left(options) >= 4) {
		uint16_t code = read_u16(options, big_endian);
		uint16_t len = read_u16(options, big_endian);
		struct bytes value = read_bytes(options, len);

		if (options->over || code == OPTION_END)
			break; /* options that overrun their block are worth no more than none */
		if (code == OPTION_TSRESOL && len == 1)
			tsresol = value.data[0];
		else if (code == OPTION_TSOFFSET && len == 8)
			offset_s = read_i64(value, big_endian);
		read_skip(options, (4u - len % 4u) % 4u);
	}
	return resolution_of(tsresol, offset_s);
}

static enum capture_status pcapng_interface(struct pcapng *pcapng, struct window *window, const struct block *block)
{
	struct reader body = { 0 };
	enum capture_status status = block_take(block, window, &body);

	if (status != CAPTURE_FRAME)
		return status;
	if (pcapng->n_interfaces == PCAPNG_INTERFACES)
		return window_damage(window, block->offset, "more than %d interfaces in a section", PCAPNG_INTERFACES);
	struct pcapng_interface *interface = &pcapng->interfaces[pcapng->n_interfaces++];

	interface->link_type = read_u16(&body, block->big_endian);
	read_skip(&body, 2);
	interface->snap_len = read_u32(&body, block->big_endian);
	if (body.over)
		return window_damage(window, block->offset, "interface block says %u bytes", block->len);
	interface->resolution = pcapng_resolution(&body, block->big_endian);
	return CAPTURE_FRAME;
}

/* The enhanced packet block and its obsolete forerunner, which differ in the width of the interface number. */
static inline enum capture_status pcapng_packet(struct pcapng *pcapng, struct window *window, const struct block *block,
						struct frame *frame)
{
	const bool big_endian = block->big_endian;
	struct reader body = { 0 };
	enum capture_status status = block_take(block, window, &body);

	if (status != CAPTURE_FRAME)
		return status;
	struct reader r = reader_of(read_bytes(&body, 20));
	uint32_t number = block->type == BLOCK_ENHANCED ? read_u32(&r, big_endian) : read_u16(&r, big_endian);

	if (block->type == BLOCK_PACKET)
		read_skip(&r, 2);
	uint64_t ticks = (uint64_t)read_u32(&r, big_endian) << 32;

	ticks |= read_u32(&r, big_endian);
	uint32_t len = read_u32(&r, big_endian);
	uint32_t wire_len = read_u32(&r, big_endian);

	if (len > FRAME_CAP)
		return window_damage(window, block->offset, "record says %u bytes; more than %d are not believed", len,
				     FRAME_CAP);
	frame->data = read_bytes(&body, len);
	if (r.over || body.over)
		return window_damage(window, block->offset, "packet of %u bytes in a block of %u", len, block->len);
	if (number >= pcapng->n_interfaces)
		return window_damage(window, block->offset, "packet of interface %u, of which nothing was said",
				     number);
	const struct pcapng_interface *interface = &pcapng->interfaces[number];

	frame->time_ns = pcapng->time_ns = resolution_ns(&interface->resolution, ticks);
	frame->link_type = interface->link_type;
	frame->wire_len = wire_len < len ? len : wire_len;
	return CAPTURE_FRAME;
}

/* A simple packet belongs to the first interface. Its captured length is what the snap length leaves. */
static enum capture_status pcapng_simple(struct pcapng *pcapng, struct window *window, const struct block *block,
					 struct frame *frame)
{
	struct reader body = { 0 };
	enum capture_status status = block_take(block, window, &body);

	if (status != CAPTURE_FRAME)
		return status;
	uint32_t wire_len = read_u32(&body, block->big_endian);
	uint32_t len = wire_len;

	if (pcapng->n_interfaces == 0)
		return window_damage(window, block->offset, "packet of interface 0, of which nothing was said");
	const struct pcapng_interface *interface = &pcapng->interfaces[0];

	if (interface->snap_len != 0 && len > interface->snap_len)
		len = interface->snap_len;
	if (len > FRAME_CAP)
		return window_damage(window, block->offset, "record says %u bytes; more than %d are not believed", len,
				     FRAME_CAP);
	frame->data = read_bytes(&body, len);
	if (body.over)
		return window_damage(window, block->offset, "packet of %u bytes in a block of %u", len, block->len);
	frame->time_ns = pcapng->time_ns;
	frame->link_type = interface->link_type;
	frame->wire_len = wire_len;
	return CAPTURE_FRAME;
}

enum capture_status pcapng_next(struct pcapng *pcapng, struct window *window, struct frame *frame)
{
	enum capture_status status;
	struct block block = { 0 };

	if (pcapng->secrets_left)
		return pcapng_secrets_piece(pcapng, window);
	if (pcapng->passing.len && (status = pcapng_pass(pcapng, window)) != CAPTURE_FRAME)
		return status;
	while ((status = block_begin(pcapng, window, &block)) == CAPTURE_FRAME) {
		switch (block.type) {
		case BLOCK_ENHANCED:
		case BLOCK_PACKET:
			return pcapng_packet(pcapng, window, &block, frame);
		case BLOCK_SIMPLE:
			return pcapng_simple(pcapng, window, &block, frame);
		case BLOCK_INTERFACE:
			status = pcapng_interface(pcapng, window, &block);
			break;
		case BLOCK_SECTION:
			status = pcapng_section(pcapng, window, &block);
			break;
		case BLOCK_SECRETS:
			status = pcapng_secrets(pcapng, window, &block);
			break;
		default: /* name resolution, statistics, and whatever is invented later */
			status = pcapng_skip(pcapng, window, &block);
			break;
		}
		if (status != CAPTURE_FRAME)
			break;
	}
	return status;
}
