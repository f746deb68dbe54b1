/* 802.11:     version 2 bits, type 2 bits, subtype 4 bits | to DS, from DS, more, retry, power, more data, protected, order
 *             duration u16 | address 6 | address 6 | address 6 | sequence u16 | [address 6: to and from DS]
 *             [QoS u16: subtype 8 to 15 | HT control u32: order] | [mesh] | LLC
 * A-MSDU:     destination 6 | source 6 | length u16 | LLC
 * Mesh:       flags u8: number of addresses 2 bits | time to live u8 | sequence u32 | [addresses]
 * Prism:      message u32 | length u32, of header and fields, in either byte order
 * AVS:        magic and version u32 = 802110xx | length u32
 * Radiotap:   version u8 | u8 | length u16 little endian
 * PPI:        version u8 | flags u8 | length u16 | link type u32, little endian */
#include "dissectors/net/wifi.h"

#include "dissectors/net/ethernet.h"

enum { TYPE_DATA = 0x08, TYPE_MASK = 0x0f, SUBTYPE_NO_DATA = 0x40, SUBTYPE_QOS = 0x80 };
enum { TO_DS = 0x01, FROM_DS = 0x02, PROTECTED = 0x40, ORDER = 0x80 };
enum { HEADER_LEN = 24, LLC_LEN = 8, PRIVACY_LEN = 8 };
enum { QOS_AMSDU = 0x0080, QOS_MESH = 0x0100 };

/* Cisco's controllers swap the first two bytes in CAPWAP. In order, a data frame begins with 08, 88 ... and version 0; swapped, with
 * flags of which to DS or from DS is set, where the version stands. */
static struct bytes wifi_control(struct bytes frame, uint8_t control[2])
{
	bool swapped = frame.len >= 2 && (frame.data[0] & 0x03) != 0 && (frame.data[1] & TYPE_MASK) == TYPE_DATA;

	control[0] = frame.len >= 2 ? frame.data[swapped] : 0;
	control[1] = frame.len >= 2 ? frame.data[!swapped] : 0;
	return bytes_of(control, 2);
}

static bool is_snap(struct bytes data)
{
	return data.len >= 3 && memcmp(data.data, "\xaa\xaa\x03", 3) == 0;
}

/* The length of the header, with what of it is mesh control. */
static size_t wifi_header_len(struct bytes frame, struct bytes control, uint16_t *qos)
{
	uint8_t flags = control.data[1];
	size_t len = HEADER_LEN + ((flags & TO_DS) && (flags & FROM_DS) ? 6 : 0);

	*qos = 0;
	if (!(control.data[0] & SUBTYPE_QOS))
		return len;
	struct reader r = reader_of(bytes_tail(frame, len));

	*qos = read_le16(&r);
	return len + 2 + (flags & ORDER ? 4 : 0);
}

static size_t wifi_mesh_len(struct bytes mesh)
{
	return mesh.len ? 6u + (mesh.data[0] & 3u) * 6u : 6u;
}

/* Where LLC begins. Some captures pad the header to four bytes, or keep what privacy put between. */
static size_t wifi_llc_at(struct bytes frame, size_t header_len, uint16_t qos, bool is_protected)
{
	const size_t after[] = { 0, header_len % 4, is_protected ? PRIVACY_LEN : 0 };

	for (size_t i = 0; i < sizeof after / sizeof *after; i++)
		if (is_snap(bytes_tail(frame, header_len + after[i])))
			return header_len + after[i];
	if (qos & QOS_AMSDU && is_snap(bytes_tail(frame, header_len + 14)))
		return header_len + 14;
	size_t mesh_len = wifi_mesh_len(bytes_tail(frame, header_len));

	if (qos & QOS_MESH && is_snap(bytes_tail(frame, header_len + mesh_len)))
		return header_len + mesh_len;
	return header_len;
}

static void wifi_addresses(struct bytes frame, uint8_t flags, struct packet *packet)
{
	const size_t first = 4, second = 10, third = 16, fourth = 24;
	size_t dst = flags & TO_DS ? third : first;
	size_t src = !(flags & FROM_DS) ? second : flags & TO_DS ? fourth : third;

	memcpy(packet->dst_mac, frame.data + dst, sizeof packet->dst_mac);
	memcpy(packet->src_mac, frame.data + src, sizeof packet->src_mac);
	packet->has_ether = true;
}

bool wifi_is_data(struct bytes frame)
{
	uint8_t first[2];
	struct bytes control = wifi_control(frame, first);
	uint16_t qos;
	size_t header_len = wifi_header_len(frame, control, &qos);

	return frame.len > header_len && (first[0] & TYPE_MASK) == TYPE_DATA && !(first[0] & SUBTYPE_NO_DATA) &&
	    is_snap(bytes_tail(frame, wifi_llc_at(frame, header_len, qos, first[1] & PROTECTED)));
}

enum net_status wifi_dissect(struct layer *layer, struct packet *packet)
{
	struct bytes frame = layer_bytes(layer);
	uint8_t first[2];
	struct bytes control = wifi_control(frame, first);
	uint16_t qos;

	if (frame.len < 2)
		return layer_short(layer, 2);
	if ((first[0] & TYPE_MASK) != TYPE_DATA || first[0] & SUBTYPE_NO_DATA)
		return NET_NOT_IP; /* management, control, and data frames without data */
	size_t header_len = wifi_header_len(frame, control, &qos);

	if (frame.len < header_len)
		return layer_short(layer, header_len);
	if (frame.data[22] & 0x0f) /* a fragment, not the first */
		return NET_NOT_IP;
	wifi_addresses(frame, first[1], packet);
	size_t llc_at = wifi_llc_at(frame, header_len, qos, first[1] & PROTECTED);

	if (first[1] & PROTECTED && !is_snap(bytes_tail(frame, llc_at)))
		return NET_NOT_IP;
	read_skip(&layer->in, llc_at);
	return layer_wire_len(layer) < LLC_LEN ? NET_NOT_IP : ethernet_llc(layer);
}

/* Passes a capture's header to a frame of `link_type`. */
static enum net_status wifi_pass(struct layer *layer, uint64_t header_len, uint32_t link_type)
{
	if (header_len > layer_wire_len(layer))
		return NET_BAD_HEADER;
	if (header_len > reader_left(&layer->in))
		return NET_SHORT;
	read_skip(&layer->in, header_len);
	return layer_link(layer, link_type);
}

enum net_status wifi_prism(struct layer *layer, struct packet *packet)
{
	struct reader be = layer->in, le = layer->in;
	uint32_t message = read_be32(&be), len = read_be32(&be);

	(void)packet;
	if (be.over)
		return layer_short(layer, 8);
	if (message >> 8 != 0x802110) {
		read_skip(&le, 4);
		uint32_t len_le = read_le32(&le);

		len = len_le < len ? len_le : len;
	}
	return len < 8 ? NET_BAD_HEADER : wifi_pass(layer, len, LINK_WIFI);
}

enum net_status wifi_radiotap(struct layer *layer, struct packet *packet)
{
	struct reader r = layer->in;
	uint8_t version = read_u8(&r);

	(void)packet;
	read_skip(&r, 1);
	uint16_t len = read_le16(&r);

	if (r.over)
		return layer_short(layer, 4);
	return version != 0 || len < 8 ? NET_BAD_HEADER : wifi_pass(layer, len, LINK_WIFI);
}

enum net_status wifi_ppi(struct layer *layer, struct packet *packet)
{
	struct reader r = layer->in;
	uint8_t version = read_u8(&r);

	(void)packet;
	read_skip(&r, 1);
	uint16_t len = read_le16(&r);
	uint32_t link_type = read_le32(&r);

	if (r.over)
		return layer_short(layer, 8);
	return version != 0 || len < 8 ? NET_BAD_HEADER : wifi_pass(layer, len, link_type);
}
