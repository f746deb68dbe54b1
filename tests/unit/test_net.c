#include "dissectors/net/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/hex.h"

enum {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_SLL2 = 276
};

/* Pieces of frames, in hex; blanks are for the eye. */
#define MACS	       "020000000002 020000000001 "
#define ETHER4	       MACS "0800 "
#define ETHER6	       MACS "86dd "
#define ADDRESSES4     "0a000001 0a000002 "
#define ADDRESSES6     "20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define TCP	       "c000 0050 11223344 55667788 5018 ffff 0000 0000 " /* 20 bytes */
#define IP4(total)     "45 00 " total " 0001 4000 40 06 0000 " ADDRESSES4
#define IP6(len, next) "60000000 " len " " next " 40 " ADDRESSES6
#define HI	       "6869"

static const struct expected {
	const char *name;
	uint32_t link_type;
	const char *hex;
	uint32_t cut; /* bytes that the capture lacks at the end */
	enum net_status status;
	uint8_t version, proto;
	uint16_t src_port, dst_port;
	const char *payload; /* text */
	uint32_t payload_len;
	bool fragment, truncated;
} cases[] = {
	{ "tcp", LINK_ETHERNET, ETHER4 IP4("002a") TCP HI, 0, NET_OK, 4, 6, 49152, 80, "hi", 2, false, false },
	{ "padding", LINK_ETHERNET, ETHER4 IP4("0029") TCP "68 0000000000", 0, NET_OK, 4, 6, 49152, 80, "h", 1, false,
	  false },
	{ "padding only", LINK_ETHERNET, ETHER4 IP4("0028") TCP "000000000000", 0, NET_OK, 4, 6, 49152, 80, "", 0,
	  false, false },
	{ "padding that was cut", LINK_ETHERNET, ETHER4 IP4("002a") TCP HI, 4, NET_OK, 4, 6, 49152, 80, "hi", 2, false,
	  false },
	{ "total length 0", LINK_ETHERNET, ETHER4 IP4("0000") TCP HI, 0, NET_OK, 4, 6, 49152, 80, "hi", 2, false,
	  false },
	{ "total length 0, cut", LINK_ETHERNET, ETHER4 IP4("0000") TCP HI, 70000, NET_OK, 4, 6, 49152, 80, "hi", 70002,
	  false, true },
	{ "cut payload", LINK_ETHERNET, ETHER4 IP4("05dc") TCP HI, 1458, NET_OK, 4, 6, 49152, 80, "hi", 1460, false,
	  true },
	{ "shortened by a tool", LINK_ETHERNET, ETHER4 IP4("05dc") TCP HI, 0, NET_OK, 4, 6, 49152, 80, "hi", 1460,
	  false, true },
	{ "cut tcp header", LINK_ETHERNET, ETHER4 IP4("002a") "c000 0050 1122", 16, NET_SHORT, 4, 6, 0, 0, "", 0, false,
	  true },
	{ "cut tcp options", LINK_ETHERNET, ETHER4 IP4("002c") "c0000050 00000000 00000000 6002 0000 0000 0000", 4,
	  NET_SHORT, 4, 6, 49152, 80, "", 0, false, true },
	{ "tcp options", LINK_ETHERNET, ETHER4 IP4("002e") "c0000050 00000000 00000000 6002 0000 0000 0000 01010101" HI,
	  0, NET_OK, 4, 6, 49152, 80, "hi", 2, false, false },
	{ "tcp offset 4", LINK_ETHERNET, ETHER4 IP4("0028") "c0000050 00000000 00000000 4002 0000 0000 0000", 0,
	  NET_BAD_HEADER, 4, 6, 49152, 80, "", 0, false, false },
	{ "tcp offset beyond", LINK_ETHERNET,
	  ETHER4 IP4("0028") "c0000050 00000000 00000000 f002 0000 0000 0000 000000000000", 0, NET_BAD_HEADER, 4, 6,
	  49152, 80, "", 0, false, false },
	{ "tcp in 19 bytes", LINK_ETHERNET, ETHER4 IP4("0027") TCP HI, 0, NET_BAD_HEADER, 4, 6, 0, 0, "", 0, false,
	  false },
	{ "ipv4 options", LINK_ETHERNET, ETHER4 "46 00 002d 0001 0000 40 06 0000" ADDRESSES4 "01010101" TCP "68", 0,
	  NET_OK, 4, 6, 49152, 80, "h", 1, false, false },
	{ "ipv4 options cut", LINK_ETHERNET, ETHER4 "4f 00 005d 0001 0000 40 06 0000" ADDRESSES4 "0101", 51, NET_SHORT,
	  4, 6, 0, 0, "", 0, false, true },
	{ "ipv4 header length 4", LINK_ETHERNET, ETHER4 "44 00 0028 0001 0000 40 06 0000" ADDRESSES4 TCP, 0,
	  NET_BAD_HEADER, 0, 0, 0, 0, "", 0, false, false },
	{ "ipv4 total below header", LINK_ETHERNET, ETHER4 IP4("0013") TCP, 0, NET_BAD_HEADER, 0, 0, 0, 0, "", 0, false,
	  false },
	{ "ipv4 version 6", LINK_ETHERNET, ETHER4 IP6("0014", "06") TCP, 0, NET_BAD_HEADER, 0, 0, 0, 0, "", 0, false,
	  false },
	{ "ipv4 cut", LINK_ETHERNET, ETHER4 "45 00 002a", 38, NET_SHORT, 0, 0, 0, 0, "", 0, false, false },
	{ "first fragment", LINK_ETHERNET, ETHER4 "45 00 0030 0001 2000 40 06 0000" ADDRESSES4 TCP "3132333435363738",
	  0, NET_OK, 4, 6, 0, 0, "", 0, true, false },
	{ "last fragment", LINK_ETHERNET, ETHER4 "45 00 0016 0001 00b9 40 11 0000" ADDRESSES4 HI "0000", 0, NET_OK, 4,
	  17, 0, 0, "", 0, true, false },
	{ "fragment, cut", LINK_ETHERNET, ETHER4 "45 00 05dc 0001 2000 40 11 0000" ADDRESSES4 HI, 1478, NET_OK, 4, 17,
	  0, 0, "", 0, true, true },
	{ "don't fragment", LINK_ETHERNET, ETHER4 IP4("0028") TCP, 0, NET_OK, 4, 6, 49152, 80, "", 0, false, false },
	{ "udp", LINK_ETHERNET, ETHER4 "45 00 001e 0001 0000 40 11 0000" ADDRESSES4 "1f90 0035 000a 0000" HI, 0, NET_OK,
	  4, 17, 8080, 53, "hi", 2, false, false },
	{ "udp trims", LINK_ETHERNET, ETHER4 "45 00 001e 0001 0000 40 11 0000" ADDRESSES4 "1f90 0035 0009 0000" HI, 0,
	  NET_OK, 4, 17, 8080, 53, "h", 1, false, false },
	{ "udp cut", LINK_ETHERNET, ETHER4 "45 00 0024 0001 0000 40 11 0000" ADDRESSES4 "1f90 0035 0010 0000" HI, 6,
	  NET_OK, 4, 17, 8080, 53, "hi", 8, false, true },
	{ "udp length 0", LINK_ETHERNET, ETHER4 "45 00 001e 0001 0000 40 11 0000" ADDRESSES4 "1f90 0035 0000 0000" HI,
	  0, NET_OK, 4, 17, 8080, 53, "hi", 2, false, false },
	{ "udp length 7", LINK_ETHERNET, ETHER4 "45 00 001e 0001 0000 40 11 0000" ADDRESSES4 "1f90 0035 0007 0000" HI,
	  0, NET_BAD_HEADER, 4, 17, 8080, 53, "", 0, false, false },
	{ "udp too long", LINK_ETHERNET, ETHER4 "45 00 001e 0001 0000 40 11 0000" ADDRESSES4 "1f90 0035 000b 0000" HI,
	  0, NET_BAD_HEADER, 4, 17, 8080, 53, "", 0, false, false },
	{ "sctp", LINK_ETHERNET, ETHER4 "45 00 0022 0001 0000 40 84 0000" ADDRESSES4 "0b59 0b5a 00000001 00000000" HI,
	  0, NET_OK, 4, 132, 2905, 2906, "hi", 2, false, false },
	{ "icmp", LINK_ETHERNET, ETHER4 "45 00 0016 0001 0000 40 01 0000" ADDRESSES4 HI, 0, NET_OK, 4, 1, 0, 0, "hi", 2,
	  false, false },
	{ "esp", LINK_ETHERNET, ETHER4 "45 00 0016 0001 0000 40 32 0000" ADDRESSES4 HI, 0, NET_OK, 4, 50, 0, 0, "hi", 2,
	  false, false },
	{ "hop-by-hop in ipv4", LINK_ETHERNET, ETHER4 "45 00 0016 0001 0000 40 00 0000" ADDRESSES4 HI, 0, NET_OK, 4, 0,
	  0, 0, "hi", 2, false, false },
	{ "ah in ipv4", LINK_ETHERNET,
	  ETHER4 "45 00 0036 0001 0000 40 33 0000" ADDRESSES4 "0601 0000 00000001 00000001" TCP HI, 0, NET_OK, 4, 6,
	  49152, 80, "hi", 2, false, false },

	{ "ipv6", LINK_ETHERNET, ETHER6 IP6("0016", "06") TCP HI "ffff", 0, NET_OK, 6, 6, 49152, 80, "hi", 2, false,
	  false },
	{ "ipv6 cut", LINK_ETHERNET, ETHER6 IP6("0116", "06") TCP HI, 256, NET_OK, 6, 6, 49152, 80, "hi", 258, false,
	  true },
	{ "ipv6 header cut", LINK_ETHERNET, ETHER6 "60000000 0016 06 40 2001", 60, NET_SHORT, 0, 0, 0, 0, "", 0, false,
	  false },
	{ "ipv6 version 4", LINK_ETHERNET, ETHER6 IP4("002a") TCP HI, 0, NET_BAD_HEADER, 0, 0, 0, 0, "", 0, false,
	  false },
	{ "ipv6 length 0", LINK_ETHERNET, ETHER6 IP6("0000", "06") TCP HI, 0, NET_OK, 6, 6, 49152, 80, "hi", 2, false,
	  false },
	{ "ipv6 jumbo", LINK_ETHERNET, ETHER6 IP6("0000", "00") "0600 c204 00011170" TCP HI, 69970, NET_OK, 6, 6, 49152,
	  80, "hi", 69972, false, true },
	{ "ipv6 jumbo trims", LINK_ETHERNET, ETHER6 IP6("0000", "00") "0600 c204 0000001d" TCP HI, 0, NET_OK, 6, 6,
	  49152, 80, "h", 1, false, false },
	{ "ipv6 no jumbo", LINK_ETHERNET, ETHER6 IP6("0000", "00") "0600 0104 00000000" TCP HI, 0, NET_OK, 6, 6, 49152,
	  80, "hi", 2, false, false },
	{ "ipv6 jumbo with length", LINK_ETHERNET, ETHER6 IP6("001e", "00") "0600 c204 00000001" TCP HI, 0, NET_OK, 6,
	  6, 49152, 80, "hi", 2, false, false },
	{ "ipv6 chain", LINK_ETHERNET,
	  ETHER6 IP6("0042", "00") "2b00 010400000000 3c00 000000000000 2c00 010400000000"
				   "3300 0000 00000007 0601 0000 00000001 00000001" TCP HI,
	  0, NET_OK, 6, 6, 49152, 80, "hi", 2, false, false },
	{ "ipv6 atomic", LINK_ETHERNET, ETHER6 IP6("001e", "2c") "06ff 0006 00000007" TCP HI, 0, NET_OK, 6, 6, 49152,
	  80, "hi", 2, false, false },
	{ "ipv6 first fragment", LINK_ETHERNET, ETHER6 IP6("001e", "2c") "0600 0001 00000007" TCP HI, 0, NET_OK, 6, 6,
	  0, 0, "", 0, true, false },
	{ "ipv6 last fragment", LINK_ETHERNET, ETHER6 IP6("000a", "2c") "1100 0008 00000007" HI, 0, NET_OK, 6, 17, 0, 0,
	  "", 0, true, false },
	{ "ipv6 fragment header cut", LINK_ETHERNET, ETHER6 IP6("001e", "2c") "0600", 28, NET_SHORT, 6, 44, 0, 0, "", 0,
	  false, true },
	{ "ipv6 extension beyond", LINK_ETHERNET, ETHER6 IP6("0008", "00") "0601 010400000000" TCP, 0, NET_BAD_HEADER,
	  6, 0, 0, 0, "", 0, false, false },
	{ "ipv6 extension missing", LINK_ETHERNET, ETHER6 IP6("0001", "3c") "0600", 0, NET_BAD_HEADER, 6, 60, 0, 0, "",
	  0, false, false },
	{ "ipv6 no next header", LINK_ETHERNET, ETHER6 IP6("0002", "3b") HI, 0, NET_OK, 6, 59, 0, 0, "hi", 2, false,
	  false },
	{ "icmp6", LINK_ETHERNET, ETHER6 IP6("0002", "3a") HI, 0, NET_OK, 6, 58, 0, 0, "hi", 2, false, false },

	{ "short ethernet", LINK_ETHERNET, MACS "08", 0, NET_SHORT, 0, 0, 0, 0, "", 0, false, false },
	{ "empty", LINK_ETHERNET, "", 0, NET_SHORT, 0, 0, 0, 0, "", 0, false, false },
	{ "arp", LINK_ETHERNET, MACS "0806 00010800", 0, NET_NOT_IP, 0, 0, 0, 0, "", 0, false, false },
	{ "snap", LINK_ETHERNET, MACS "0032 aaaa03 000000 0800" IP4("002a") TCP HI "0000", 0, NET_OK, 4, 6, 49152, 80,
	  "hi", 2, false, false },
	{ "snap length trims", LINK_ETHERNET, MACS "0031 aaaa03 000000 0800" IP4("0000") TCP HI, 0, NET_OK, 4, 6, 49152,
	  80, "h", 1, false, false },
	{ "snap of another", LINK_ETHERNET, MACS "0032 aaaa03 00000c 2000 0000", 0, NET_NOT_IP, 0, 0, 0, 0, "", 0,
	  false, false },
	{ "spanning tree", LINK_ETHERNET, MACS "0026 424203 0000", 0, NET_NOT_IP, 0, 0, 0, 0, "", 0, false, false },
	{ "neither type nor length", LINK_ETHERNET, MACS "05ff" IP4("002a") TCP HI, 0, NET_NOT_IP, 0, 0, 0, 0, "", 0,
	  false, false },
	{ "vlan cut", LINK_ETHERNET, MACS "8100 0064 08", 60, NET_SHORT, 0, 0, 0, 0, "", 0, false, false },

	{ "raw 4", LINK_RAW, IP4("002a") TCP HI, 0, NET_OK, 4, 6, 49152, 80, "hi", 2, false, false },
	{ "raw 6", LINK_RAW, IP6("0016", "06") TCP HI, 0, NET_OK, 6, 6, 49152, 80, "hi", 2, false, false },
	{ "raw 5", LINK_RAW, "50", 0, NET_BAD_HEADER, 0, 0, 0, 0, "", 0, false, false },
	{ "raw nothing", LINK_RAW, "", 0, NET_SHORT, 0, 0, 0, 0, "", 0, false, false },
	{ "ipv4 link", 228, IP4("002a") TCP HI, 0, NET_OK, 4, 6, 49152, 80, "hi", 2, false, false },
	{ "dlt raw", 12, IP4("002a") TCP HI, 0, NET_OK, 4, 6, 49152, 80, "hi", 2, false, false },
	{ "null, little endian", LINK_NULL, "02000000" IP4("002a") TCP HI, 0, NET_OK, 4, 6, 49152, 80, "hi", 2, false,
	  false },
	{ "null, big endian", LINK_NULL, "0000001e" IP6("0016", "06") TCP HI, 0, NET_OK, 6, 6, 49152, 80, "hi", 2,
	  false, false },
	{ "loop", LINK_LOOP, "00000002" IP4("002a") TCP HI, 0, NET_OK, 4, 6, 49152, 80, "hi", 2, false, false },
	{ "null, other family", LINK_NULL, "07000000" HI, 0, NET_NOT_IP, 0, 0, 0, 0, "", 0, false, false },
	{ "null, short", LINK_NULL, "0200", 0, NET_SHORT, 0, 0, 0, 0, "", 0, false, false },
	{ "sll", LINK_SLL, "0000 0001 0006 0200000000010000 0800" IP4("002a") TCP HI, 0, NET_OK, 4, 6, 49152, 80, "hi",
	  2, false, false },
	{ "sll vlan", LINK_SLL, "0000 0001 0006 0200000000010000 8100 0007 0800" IP4("002a") TCP HI, 0, NET_OK, 4, 6,
	  49152, 80, "hi", 2, false, false },
	{ "sll llc", LINK_SLL, "0000 0001 0006 0200000000010000 0004 424203", 0, NET_NOT_IP, 0, 0, 0, 0, "", 0, false,
	  false },
	{ "sll short", LINK_SLL, "0000 0001 0006 0200000000010000 08", 0, NET_SHORT, 0, 0, 0, 0, "", 0, false, false },
	{ "sll2", LINK_SLL2, "86dd 0000 00000001 0001 00 06 0200000000010000" IP6("0016", "06") TCP HI, 0, NET_OK, 6, 6,
	  49152, 80, "hi", 2, false, false },
	{ "sll2 short", LINK_SLL2, "86dd 0000 00000001", 0, NET_SHORT, 0, 0, 0, 0, "", 0, false, false },
	{ "ppp", LINK_PPP, "0021" IP4("002a") TCP HI, 0, NET_OK, 4, 6, 49152, 80, "hi", 2, false, false },
	{ "ppp hdlc, compressed", LINK_PPP, "ff03 57" IP6("0016", "06") TCP HI, 0, NET_OK, 6, 6, 49152, 80, "hi", 2,
	  false, false },
	{ "ppp lcp", LINK_PPP, "c021 0101", 0, NET_NOT_IP, 0, 0, 0, 0, "", 0, false, false },
	{ "ppp short", LINK_PPP, "ff03 c0", 0, NET_SHORT, 0, 0, 0, 0, "", 0, false, false },
	{ "unknown link", 105 + 900, "08000000", 0, NET_UNKNOWN_LINK, 0, 0, 0, 0, "", 0, false, false },
	{ "hole in the table", 2, "08000000", 0, NET_UNKNOWN_LINK, 0, 0, 0, 0, "", 0, false, false },
	{ "huge link", 0xffffffff, "08000000", 0, NET_UNKNOWN_LINK, 0, 0, 0, 0, "", 0, false, false },
};

static enum net_status dissect(uint32_t link_type, struct bytes data, uint32_t cut, struct packet *packet)
{
	struct frame frame = { 123456789, 42, link_type, (uint32_t)data.len + cut, data };

	memset(packet, 0xa5, sizeof *packet); /* what net_dissect leaves alone shows */
	return net_dissect(&frame, packet);
}

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct expected *want = &cases[i];
		struct packet got;
		size_t len;
		uint8_t *data = hex_bytes(want->hex, &len);
		enum net_status status = dissect(want->link_type, bytes_of(data, len), want->cut, &got);

		if (status != want->status || got.ip_version != want->version || got.ip_proto != want->proto)
			fail_msg("%s: status %s, IPv%d, protocol %d", want->name, net_status_name(status),
				 got.ip_version, got.ip_proto);
		if (got.src_port != want->src_port || got.dst_port != want->dst_port)
			fail_msg("%s: ports %d %d", want->name, got.src_port, got.dst_port);
		if (!bytes_is(got.payload, want->payload) || got.payload_len != want->payload_len)
			fail_msg("%s: payload of %zu of %u", want->name, got.payload.len, got.payload_len);
		if (got.fragment != want->fragment || got.truncated != want->truncated)
			fail_msg("%s: fragment %d, truncated %d", want->name, got.fragment, got.truncated);
		assert_int_equal(got.time_ns, 123456789);
		assert_int_equal(got.number, 42);
		assert_int_equal(got.wire_len, len + want->cut);
		free(data);
	}
}

/* Every field of one frame with everything. */
static void test_fields(void **state)
{
	static const uint8_t src[16] = { [10] = 0xff, 0xff, 10, 0, 0, 1 }, dst[16] = { [10] = 0xff, 0xff, 10, 0, 0, 2 };
	static const char hex[] = MACS "88a8 e064 9100 0fff 8100 0001 8100 0004 0800" IP4("002a") TCP HI "00";
	struct packet p;
	size_t len;
	uint8_t *data = hex_bytes(hex, &len);

	(void)state;
	assert_int_equal(dissect(LINK_ETHERNET, bytes_of(data, len), 0, &p), NET_OK);
	assert_true(p.has_ether);
	assert_memory_equal(p.dst_mac, "\x02\0\0\0\0\x02", 6);
	assert_memory_equal(p.src_mac, "\x02\0\0\0\0\x01", 6);
	assert_int_equal(p.n_vlan, 3); /* of four, the outer three */
	assert_int_equal(p.vlan[0], 100);
	assert_int_equal(p.vlan[1], 4095);
	assert_int_equal(p.vlan[2], 1);
	assert_memory_equal(p.src.b, src, 16);
	assert_memory_equal(p.dst.b, dst, 16);
	assert_ptr_equal(p.network.data, data + 14 + 4 * 4);
	assert_int_equal(p.network.len, 42);
	assert_int_equal(p.tcp_flags, TCP_PSH | TCP_ACK);
	assert_int_equal(p.tcp_seq, 0x11223344);
	assert_int_equal(p.tcp_ack, 0x55667788);
	free(data);

	data = hex_bytes("60000000 0000 00 40" ADDRESSES6 "0600 c204 0000001d" TCP HI, &len);
	assert_int_equal(dissect(LINK_RAW, bytes_of(data, len), 0, &p), NET_OK);
	assert_false(p.has_ether);
	assert_int_equal(p.n_vlan + p.vlan[0] + p.vlan[1] + p.vlan[2] + p.src_mac[0] + p.dst_mac[5], 0);
	assert_memory_equal(p.src.b, data + 8, 16);
	assert_memory_equal(p.dst.b, data + 24, 16);
	assert_ptr_equal(p.network.data, data);
	assert_int_equal(p.network.len, 40 + 29); /* without what the jumbo length leaves out */
	free(data);

	data = hex_bytes(MACS "0806", &len); /* no IP: nothing of the packet before */
	assert_int_equal(dissect(LINK_ETHERNET, bytes_of(data, len), 0, &p), NET_NOT_IP);
	assert_int_equal(p.src.b[0] + p.src.b[15] + p.dst.b[0] + p.dst.b[15], 0);
	assert_int_equal(p.tcp_flags + p.tcp_seq + p.tcp_ack + p.payload_len + p.network.len + p.payload.len, 0);
	free(data);
}

/* A datagram that was put together keeps the link facts of its fragment. */
static void test_datagram(void **state)
{
	struct packet p;
	size_t len;
	uint8_t *data = hex_bytes(MACS "8100 0007 0800 45 00 0030 0001 2000 40 06 0000" ADDRESSES4 TCP "3132333435363738", &len);

	(void)state;
	assert_int_equal(dissect(LINK_ETHERNET, bytes_of(data, len), 0, &p), NET_OK);
	assert_true(p.fragment);
	free(data);
	data = hex_bytes(IP4("002a") TCP HI, &len);
	assert_int_equal(net_dissect_ip(bytes_of(data, len), &p), NET_OK);
	assert_false(p.fragment || p.truncated);
	assert_int_equal(p.vlan[0], 7);
	assert_int_equal(p.number, 42);
	assert_int_equal(p.dst_port, 80);
	assert_true(bytes_is(p.payload, "hi"));
	assert_int_equal(net_dissect_ip(bytes_of(data, 10), &p), NET_SHORT);
	assert_int_equal(p.ip_version + p.dst_port + p.payload_len, 0);
	free(data);
}

/* Ethernet and n VLAN tags, IPv4 and TCP: many are fine, senselessly many are not. */
static void test_headers(void **state)
{
	enum { HEADERS_MOST = 64 };

	(void)state;
	for (int n_tags = HEADERS_MOST - 8; n_tags <= 200; n_tags++) {
		char hex[4000] = MACS;
		struct packet p;
		size_t len;

		for (int i = 0; i < n_tags; i++)
			strcat(hex, "8100 0001 ");
		strcat(hex, "0800" IP4("002a") TCP HI);
		uint8_t *data = hex_bytes(hex, &len);

		assert_int_equal(dissect(LINK_ETHERNET, bytes_of(data, len), 0, &p),
				 n_tags + 3 <= HEADERS_MOST ? NET_OK : NET_TOO_DEEP);
		assert_int_equal(p.n_vlan, 3);
		free(data);
	}
}

/* Every prefix of every frame, as a snap length would leave it: never NET_BAD_HEADER where the whole is fine, views
 * inside. */
static void test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t len;
		uint8_t *data = hex_bytes(cases[i].hex, &len);

		for (size_t cut = 0; cut <= len; cut++) {
			uint8_t *copy = malloc(len - cut + 1);
			struct packet p;

			assert_non_null(copy);
			memcpy(copy + 1, data, len - cut); /* and at an odd address */
			enum net_status status = dissect(cases[i].link_type, bytes_of(copy + 1, len - cut),
							 (uint32_t)cut + cases[i].cut, &p);

			if (cases[i].status == NET_OK && status != NET_OK && status != NET_SHORT &&
			    status != NET_NOT_IP)
				fail_msg("%s without %zu: %s", cases[i].name, cut, net_status_name(status));
			assert_true(p.network.data >= copy + 1 &&
				    p.network.data + p.network.len <= copy + 1 + len - cut);
			assert_true(p.payload.data >= copy + 1 &&
				    p.payload.data + p.payload.len <= copy + 1 + len - cut);
			assert_true(p.payload_len >= p.payload.len);
			free(copy);
		}
		free(data);
	}
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < NET_STATUSES; i++)
		assert_string_not_equal(net_status_name((enum net_status)i), "?");
	assert_string_equal(net_status_name(NET_UNKNOWN_LINK), "unknown_link");
	assert_string_equal(net_status_name(NET_STATUSES), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	 cmocka_unit_test(test_fields), cmocka_unit_test(test_headers),
		cmocka_unit_test(test_datagram), cmocka_unit_test(test_prefixes), cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
