/* File header, 24 bytes, in the byte order of the machine that wrote it:
 *
 *	magic u32 | major u16 | minor u16 | reserved u32 | reserved u32 | snap length u32 | FCS bits and link type u32
 *
 * Record header, 16 bytes, or 24 in the variant of A. Kuznetzov's patches to libpcap of 1999:
 *
 *	seconds u32 | fraction u32 | captured length u32 | length on the wire u32
 *	[| interface u32 | protocol u16 | type u8 | pad u8]
 */
#include "sensor/input/classic.h"

enum { HEADER_LEN = 24, RECORD_LEN = 16, RECORD_LEN_KUZNETZOV = 24, FRAME_CAP = 256 * 1024 };

static const struct variant {
	uint32_t magic;
	uint32_t unit_ns;
	size_t record_len;
} variants[] = {
	{ 0xa1b2c3d4, 1000, RECORD_LEN },
	{ 0xa1b23c4d, 1, RECORD_LEN },
	{ 0xa1b2cd34, 1000, RECORD_LEN_KUZNETZOV },
};

static inline uint32_t read_u32(struct reader *r, bool big_endian)
{
	return big_endian ? read_be32(r) : read_le32(r);
}

static const struct variant *classic_variant(struct bytes magic, bool big_endian)
{
	struct reader r = reader_of(magic);
	uint32_t number = read_u32(&r, big_endian);

	for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
		if (!r.over && variants[i].magic == number)
			return &variants[i];
	return NULL;
}

bool classic_is(struct bytes magic)
{
	return classic_variant(magic, false) || classic_variant(magic, true);
}

/* Before version 2.3 the captured length came second, in 2.3 either way was written; DG/UX says 543.0 and swaps. */
static enum classic_lengths classic_lengths_of(uint16_t major, uint16_t minor)
{
	if (major == 543 || (major == 2 && minor < 3))
		return LENGTHS_SWAPPED;
	return major == 2 && minor == 3 ? LENGTHS_DOUBTFUL : LENGTHS_STRAIGHT;
}

enum capture_status classic_begin(struct classic *classic, struct window *window)
{
	if (!window_has(window, HEADER_LEN))
		return window_short(window, 0, "the pcap file header");
	struct reader r = reader_of(window_peek(window, HEADER_LEN));
	struct bytes magic = read_bytes(&r, 4);
	bool big_endian = !classic_variant(magic, false);
	const struct variant *variant = classic_variant(magic, big_endian);
	uint16_t major = big_endian ? read_be16(&r) : read_le16(&r);
	uint16_t minor = big_endian ? read_be16(&r) : read_le16(&r);

	if (!variant || (major != 2 && major != 543))
		return window_damage(window, 0, "pcap version %u.%u is not known", major, minor);
	read_skip(&r, 4 + 4 + 4); /* the snap length lies too often to be of use */
	*classic = (struct classic){
		.big_endian = big_endian,
		.lengths = classic_lengths_of(major, minor),
		.record_len = variant->record_len,
		.unit_ns = variant->unit_ns,
		.link_type = read_u32(&r, big_endian) & 0xffff, /* above: FCS length and its flags */
	};
	window->at += HEADER_LEN;
	return CAPTURE_FRAME;
}

static enum capture_status classic_stop(struct window *window)
{
	if (window_left(window) == 0 && window->ended && !window->error)
		return CAPTURE_END;
	return window_short(window, window_offset(window), "a record header");
}

enum capture_status classic_next(const struct classic *classic, struct window *window, struct frame *frame)
{
	const size_t record_len = classic->record_len;
	const bool big_endian = classic->big_endian;

	if (!window_has(window, record_len))
		return classic_stop(window);
	struct reader r = reader_of(bytes_of(window->at, RECORD_LEN)); /* never more than record_len */
	uint32_t seconds = read_u32(&r, big_endian);
	uint32_t fraction = read_u32(&r, big_endian);
	uint32_t len = read_u32(&r, big_endian);
	uint32_t wire_len = read_u32(&r, big_endian);

	if (classic->lengths != LENGTHS_STRAIGHT && (classic->lengths == LENGTHS_SWAPPED || len > wire_len)) {
		uint32_t swap = len;

		len = wire_len;
		wire_len = swap;
	}
	if (len > FRAME_CAP)
		return window_damage(window, window_offset(window),
				     "record says %u bytes; more than %d are not believed", len, FRAME_CAP);
	if (!window_has(window, record_len + len))
		return window_short(window, window_offset(window), "a record");
	frame->time_ns = (int64_t)seconds * 1000000000 + (int64_t)fraction * classic->unit_ns;
	frame->link_type = classic->link_type;
	frame->wire_len = wire_len < len ? len : wire_len;
	frame->data = bytes_of(window->at + record_len, len);
	window->at += record_len + len;
	return CAPTURE_FRAME;
}
