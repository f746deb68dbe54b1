#!/usr/bin/env python3
"""make-encap-cases.py [NAME...]: writes pcaps/encap-NAME/{in.pcap,args,README.md}, all or those named.

One conversation of HTTP, wrapped by hand into each encapsulation: deterministic to the byte, and on any kernel. What Linux
itself makes of a tunnel is recorded by record-encap. `want.jsonl` comes from tests/golden/accept.
"""
import pathlib
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from packets import Capture, Connection, checksum  # noqa: E402

PCAPS = pathlib.Path(__file__).resolve().parents[2] / "pcaps"
ARGS = "--set\nprivacy.key-file=../test-only.key\n--set\noutputs.eve.http=yes\n"
TIME_US = 1_768_478_400_000_000
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJlbmNhcCIsInN1YiI6InRlc3QifQ.c3Rvcm1nbGFzcyBURVNUIG9ubHk"
REQUEST = (f"GET /encap HTTP/1.1\r\nHost: api.example\r\nAuthorization: Bearer {TOKEN}\r\n\r\n").encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
MACS = bytes.fromhex("02aa0000000202aa00000001")
WIFI = bytes.fromhex("0000 0a0000000001 0a0000000002 0a0000000003 1000")
SNAP = bytes.fromhex("aaaa03000000")


def conversation():
    """Frames of it, Ethernet over IPv4, with who sends: 0 the client."""
    inner = Capture()
    connection = Connection(inner, TIME_US, "10.1.2.3", "192.0.2.10", 40001)
    connection.send(0, REQUEST)
    connection.send(1, ANSWER)
    connection.close()
    return [(at, frame, frame[5] == 1) for at, frame in inner.frames]


def six(frame, src="20010db8000000000000000000000003", dst="20010db8000000000000000000000010"):
    """The same segment over IPv6, without Ethernet; `src` is the client's."""
    ends = [bytes.fromhex(src), bytes.fromhex(dst)]
    if frame[5] == 1:
        ends.reverse()
    tcp = frame[34:50] + b"\0\0" + frame[52:]
    pseudo = ends[0] + ends[1] + struct.pack(">IHBB", len(tcp), 0, 0, 6)
    tcp = tcp[:16] + struct.pack(">H", checksum(pseudo + tcp)) + tcp[18:]
    return struct.pack(">IHBB", 6 << 28, len(tcp), 6, 64) + ends[0] + ends[1] + tcp


def ip(proto, payload, back=False, ends=("c6336401", "c6336402")):
    src, dst = reversed(ends) if back else ends
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, proto, 0) + bytes.fromhex(src + dst)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def udp(port, payload, back=False, src_port=49152):
    return ip(17, struct.pack(">HHHH", src_port, port, 8 + len(payload), 0) + payload, back)


def ether(payload, kind=0x0800):
    return MACS + struct.pack(">H", kind) + payload


def h(text):
    return bytes.fromhex(text)


def wifi(frame):
    return h("8802") + WIFI + h("0000") + SNAP + frame[12:]


# name -> (title, link type, wrap(frame, back), what it shows)
CASES = {
    "vlan": ("three tags", 1, lambda f, b: f[:12] + h("88a80064 9100000a 81000003") + f[12:],
             "802.1ad around QinQ around 802.1Q: `vlan` has the three, outer first."),
    "pbb": ("802.1ah", 1, lambda f, b: MACS + h("88a80064 88e700000141") + f,
            "A provider backbone's B-TAG and I-TAG around a customer's frame."),
    "vntag": ("VN-tag", 1, lambda f, b: f[:12] + h("8926 80010002") + f[12:], "A tag of Cisco's fabric extenders."),
    "fabricpath": ("FabricPath and MetaData", 1, lambda f, b: MACS + h("8903 0060") + f[:12] + h("8909 01010001002a") + f[12:],
                   "Cisco's FabricPath around a frame with a TrustSec tag, as a core port mirrors it."),
    "pppoe": ("PPPoE", 1, lambda f, b: ether(struct.pack(">BBHH", 0x11, 0, 7, len(f) - 12) + h("0021") + f[14:], 0x8864),
              "A DSL line."),
    "mpls": ("two labels", 1, lambda f, b: ether(h("00010040 00011140") + f[14:], 0x8847), "IP below two labels."),
    "mpls-pw": ("a pseudowire", 1, lambda f, b: ether(h("00011140 00000000") + f, 0x8847),
                "Ethernet below a label and a control word; nothing in the frame says so."),
    "wifi": ("802.11 of a monitor interface", 127, lambda f, b: h("0000080000000000") + wifi(f) + h("00000000"),
             "Radiotap, an unencrypted QoS data frame, its check sequence."),
    "nflog": ("netfilter's log", 239, lambda f, b: h("02000001 0600010008000000") + struct.pack("<HH", len(f) - 10, 9) + f[14:] +
              bytes(-(len(f) - 10) % 4), "`tcpdump -i nflog:1`."),
    "gre": ("GRE with a key", 1, lambda f, b: ether(ip(47, h("20000800 00000007") + f[14:], b)), "`tunnel.id` is the key."),
    "pptp": ("PPTP", 1, lambda f, b: ether(ip(47, struct.pack(">HHHHI", 0x3001, 0x880B, len(f) - 10, 9, 1) + h("ff030021") + f[14:], b)),
             "Enhanced GRE; `tunnel.id` is the call."),
    "aruba": ("an access point's mirror", 1, lambda f, b: ether(ip(47, h("00008200") + wifi(f))),
              "802.11 in GRE, as Aruba's access points send frames to their controller."),
    "erspan1": ("ERSPAN type I", 1, lambda f, b: ether(ip(47, h("000088be") + f)), "No header but GRE's."),
    "erspan2": ("ERSPAN type II", 1, lambda f, b: ether(ip(47, h("100088be 00000001 1064 0805 00000003") + f)),
                "The mirrored port's VLAN, 100, is in `vlan`; `tunnel.id` is the session."),
    "erspan3": ("ERSPAN type III", 1, lambda f, b: ether(ip(47, h("100022eb 00000001 2064 0005 00000000 0000 0001 0000000000000000") + f)),
                "With its platform's own header."),
    "vxlan-gpe": ("VXLAN-GPE with NSH", 1, lambda f, b: ether(udp(4790, h("0c000004 00002a00 0fc20201 00002aff") + f[14:])),
                  "Protocol 4 and a service header before IP."),
    "vxlan-port": ("VXLAN on a port of its own", 1, lambda f, b: ether(udp(31789, h("08000000 00002a00") + f)),
                   "Found by its content: flags, reserved bytes, an Ethernet header, an IPv4 header with its checksum."),
    "geneve": ("GENEVE with options", 1, lambda f, b: ether(udp(6081, h("01006558 00002a00 01020300") + f)), "`tunnel.id` is the VNI."),
    "gateway-load-balancer": ("GENEVE around VXLAN", 1, lambda f, b: ether(udp(6081, h("00000800 00000000") +
                              udp(4789, h("08000000 00002a00") + f))),
                              "What a cloud's traffic mirroring sends through a gateway load balancer: depth 2."),
    "gtp": ("GTP-U with an extension", 1, lambda f, b: ether(udp(2152, struct.pack(">BBHI", 0x34, 255, len(f) - 14 + 8, 9 if b else 7) +
            h("000000 85 01 0001 00") + f[14:], b, 2152)), "A mobile core's user plane; the first packet's TEID is `tunnel.id`."),
    "ipip": ("IP in IP", 1, lambda f, b: ether(ip(4, f[14:], b)), "Nothing in between."),
    "6in4": ("IPv6 in IPv4", 1, lambda f, b: ether(ip(41, six(f), b)), "6in4, 6to4 and 6rd look the same."),
    "teredo": ("Teredo", 1, lambda f, b: ether(udp(3544, h("0000 3f57 3f8f9af5") + six(f, "20010000c63364010000000000000003"), b)),
               "With an origin indication."),
    "l2tp": ("L2TP", 1, lambda f, b: ether(udp(1701, struct.pack(">HHHH", 0x4002, len(f) - 14 + 12, 1, 2) + h("ff030021") + f[14:], b, 1701)),
             "Version 2: PPP in UDP; `tunnel.id` is tunnel and session."),
    "l2tpv3": ("L2TP version 3", 1, lambda f, b: ether(ip(115, h("00000007 0102030405060708") + f, b)),
               "Ethernet in IP behind a cookie that only the ends know of."),
    "capwap": ("CAPWAP", 1, lambda f, b: ether(udp(5247, h("00100300 00000000") + bytes((wifi(f)[1], wifi(f)[0])) + wifi(f)[2:])),
               "802.11 with the first two bytes swapped, as Cisco's controllers have it."),
    "tzsp": ("TZSP", 1, lambda f, b: ether(udp(37008, h("01000001 0a012a 01") + f)), "A router's sniffer."),
    "near-miss": ("tunnels that are none", 1, lambda f, b: ether(udp(4789, h("08000000 00002a00") + f[:12] + h("0806") + f[14:])),
                  "VXLAN whose frames say ARP, whatever their bytes: nothing inside is believed, and nothing is reported."),
}


def write(name):
    title, link_type, wrap, shows = CASES[name]
    folder, capture = PCAPS / f"encap-{name}", Capture(link_type)
    for at, frame, back in conversation():
        capture.add(at, wrap(frame, back))
    folder.mkdir(exist_ok=True)
    capture.write(folder / "in.pcap")
    (folder / "args").write_text(ARGS)
    wanted = "Wanted: nothing." if name == "near-miss" else "Wanted: the one request and its token."
    (folder / "README.md").write_text(f"# encap-{name}: {title}\n\n{shows} {wanted}\nHand-made by "
                                      f"`tests/live/make-encap-cases.py {name}`.\n")


def main():
    for name in sys.argv[1:] or CASES:
        if name not in CASES:
            sys.exit(f"make-encap-cases.py: no case {name}; there are {' '.join(CASES)}")
        write(name)


if __name__ == "__main__":
    main()
