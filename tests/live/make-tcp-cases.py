#!/usr/bin/env python3
"""make-tcp-cases.py [NAME...]: writes pcaps/tcp-NAME/{in.pcap,args,README.md}: streams that no client of ours sends.

Deterministic to the byte. Each request's Host says what is expected: read.example must be in want.jsonl, never.example must
not: it is what an intruder would have the sensor read in place of what the server reads.
"""
import pathlib
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from packets import ACK, FIN, PSH, SYN, Capture, checksum  # noqa: E402

PCAPS = pathlib.Path(__file__).resolve().parents[2] / "pcaps"
ARGS = "--set\nprivacy.key-file=../test-only.key\n--set\noutputs.eve.http=yes\n"
START = 1768478400 * 1000000  # 2026-01-15 12:00 UTC
ENDS = (("10.20.0.9", b"\x02\x00\x00\x00\x00\x09"), ("192.0.2.80", b"\x02\x00\x00\x00\x00\x80"))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def get(path, host="read.example", token=None):
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{bearer}\r\n".encode()


class Wire:
    """Segments of one connection, each as it is told; a millisecond apart."""

    def __init__(self, port):
        self.capture, self.time_us, self.port, self.seq, self.ident = Capture(), START, port, [1000, 900000], 0

    def put(self, side, flags, payload=b"", seq=None, ack=None, ttl=64, vlan=None, bad=False, options=b"", ident=None, us=1000):
        if ident is None:
            self.ident += 1
        src, dst = ENDS[side], ENDS[1 - side]
        ports = (self.port, 80) if side == 0 else (80, self.port)
        at = self.seq[side] if seq is None else seq
        acked = (self.seq[1 - side] if ack is None else ack) if flags & ACK else 0
        tcp = struct.pack(">HHIIBBHHH", *ports, at, acked, (20 + len(options)) << 2, flags, 64240, 0, 0) + options + payload
        addresses = bytes(map(int, (src[0] + "." + dst[0]).split(".")))
        total = checksum(addresses + struct.pack(">BBH", 0, 6, len(tcp)) + tcp) ^ (0x5555 if bad else 0)
        tcp = tcp[:16] + struct.pack(">H", total) + tcp[18:]
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), self.ident if ident is None else ident, 0x4000, ttl, 6, 0) + addresses
        ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
        tag = struct.pack(">HH", 0x8100, vlan) if vlan else b""
        self.capture.add(self.time_us, dst[1] + src[1] + tag + b"\x08\x00" + ip + tcp)
        self.time_us += us

    def say(self, side, flags, payload=b"", **how):
        """As put, and the sender goes on behind it."""
        self.put(side, flags, payload, **how)
        self.seq[side] += len(payload) + (1 if flags & (SYN | FIN) else 0)

    def open(self, **how):
        self.say(0, SYN, **how)
        self.say(1, SYN | ACK, **how)
        self.say(0, ACK, **how)

    def ask(self, request, **how):
        self.say(0, ACK | PSH, request, **how)
        self.say(1, ACK | PSH, OK, **how)
        self.say(0, ACK, **how)

    def close(self):
        self.say(0, FIN | ACK)
        self.say(1, FIN | ACK)
        self.put(0, ACK)


def split_handshake(wire):
    """The server answers the SYN with its own SYN, which the client acknowledges: a handshake of four (Beardsley and Qian, 2010)."""
    wire.say(0, SYN)
    wire.say(1, SYN)
    wire.put(0, SYN | ACK, seq=wire.seq[0] - 1)
    wire.say(1, ACK)
    wire.ask(get("/split"))
    wire.close()


def simultaneous_open(wire):
    """Both send a SYN at once and acknowledge the other's with a second one (RFC 9293 3.5)."""
    wire.say(0, SYN)
    wire.say(1, SYN)
    wire.put(0, SYN | ACK, seq=wire.seq[0] - 1)
    wire.put(1, SYN | ACK, seq=wire.seq[1] - 1)
    wire.ask(get("/both"))
    wire.close()


def syn_data(wire):
    """A request on the SYN that the server does not take; what it then sends is another one."""
    wire.put(0, SYN, get("/on-the-syn", "never.example"))
    wire.seq[0] += 1
    wire.say(1, SYN | ACK)
    wire.ask(get("/after-the-syn"))
    wire.close()


def sslproxy(wire):
    """SSLproxy puts a line with the real addresses in front of what it decrypted."""
    wire.open()
    wire.ask(b"SSLproxy: [127.0.0.1]:34649,[10.20.0.9]:47286,[192.0.2.80]:443,s\r\n" + get("/behind-the-line"))
    wire.close()


def clienthello(wire):
    """A decrypting firewall leaves the handshake's first records as they were, then writes plaintext."""
    def hello(kind, size):
        body = struct.pack(">B", kind) + struct.pack(">I", size)[1:] + bytes(i & 255 for i in range(size))
        return b"\x16\x03\x01" + struct.pack(">H", len(body)) + body
    wire.open()
    record = hello(1, 1700)  # longer than a segment; plaintext follows in its last one
    wire.say(0, ACK, record[:1460])
    wire.say(0, ACK | PSH, record[1460:] + get("/behind-the-hello"))
    wire.say(1, ACK | PSH, hello(2, 90) + hello(11, 2000)[:1300])
    wire.say(1, ACK | PSH, hello(11, 2000)[1300:] + OK)
    wire.ask(get("/and-another"))
    wire.close()


def vlans(wire):
    """The two directions carry different tags, as one port of a trunk on either side of a firewall does."""
    wire.say(0, SYN, vlan=110)
    wire.say(1, SYN | ACK, vlan=220)
    wire.say(0, ACK, vlan=110)
    wire.say(0, ACK | PSH, get("/tagged"), vlan=110)
    wire.say(1, ACK | PSH, OK, vlan=220)
    wire.close()


def duplicates(wire):
    """A mirror of both directions of a port has every packet twice, here a hop later and under another tag."""
    def twice(side, flags, payload=b""):
        wire.ident += 1
        wire.put(side, flags, payload, vlan=10, ident=wire.ident, us=5)
        wire.say(side, flags, payload, vlan=20, ttl=63, ident=wire.ident)
    for side, flags, payload in ((0, SYN, b""), (1, SYN | ACK, b""), (0, ACK, b""), (0, ACK | PSH, get("/once")),
                                 (1, ACK | PSH, OK), (0, ACK | PSH, get("/once-more")), (1, ACK | PSH, OK), (0, FIN | ACK, b""),
                                 (1, FIN | ACK, b""), (0, ACK, b"")):
        twice(side, flags, payload)


def insertion(wire):
    """Before each request comes one that the server never reads: a wrong checksum, 3 hops to live, no acknowledgement, one of
    what was never sent."""
    wire.open()
    for n, how in enumerate(({"bad": True}, {"ttl": 3}, {"ack": wire.seq[1] + 5000})):
        wire.put(0, ACK | PSH, get(f"/{n}", "never.example"), **how)
        wire.ask(get(f"/{n}"))
    wire.put(0, PSH, get("/3", "never.example"))
    wire.ask(get("/3"))
    wire.close()


def keepalive(wire):
    """Keep-alives with a byte of garbage, and a probe of a shut window."""
    wire.open()
    wire.ask(get("/1"))
    for _ in range(3):
        wire.put(0, ACK, b"\xff", seq=wire.seq[0] - 1, us=45000000)
        wire.put(1, ACK)
    wire.ask(get("/2"))
    wire.close()


def gap(wire):
    """A segment is lost in a head, with the first half of its token, then one in a body: that head is not reported, all that follows is."""
    token = "eyJhbGciOiJub25lIn0." + "A" * 2000 + "."
    wire.open()
    wire.ask(get("/before"))
    request = get("/lost", "never.example", token)
    cut = request.index(b"rization")
    wire.say(0, ACK, request[:cut])
    wire.seq[0] += 1000
    wire.say(0, ACK | PSH, request[cut + 1000:])
    wire.say(1, ACK | PSH, OK)
    wire.ask(get("/after", "read.example", "c2Vjb25k.dG9rZW4.b2Y"))
    body = b"POST /body HTTP/1.1\r\nHost: read.example\r\nContent-Length: 5000\r\n\r\n" + b"b" * 1000
    wire.say(0, ACK, body)
    wire.seq[0] += 1000
    wire.say(0, ACK | PSH, b"b" * 3000)
    wire.say(1, ACK | PSH, OK)
    wire.ask(get("/end"))
    wire.close()


CASES = {"split-handshake": split_handshake, "simultaneous-open": simultaneous_open, "syn-data": syn_data, "sslproxy": sslproxy,
         "clienthello": clienthello, "vlans": vlans, "duplicates": duplicates, "insertion": insertion, "keepalive": keepalive,
         "gap": gap}


def main():
    for name in sys.argv[1:] or CASES:
        folder = PCAPS / f"tcp-{name}"
        folder.mkdir(parents=True, exist_ok=True)
        wire = Wire(40000 + list(CASES).index(name))
        CASES[name](wire)
        wire.capture.write(folder / "in.pcap")
        (folder / "args").write_text(ARGS)
        text = " ".join(CASES[name].__doc__.split())
        (folder / "README.md").write_text(f"# tcp-{name}\n\n{text}\n\nHand-made by `tests/live/make-tcp-cases.py {name}`. "
                                          "Requests to `read.example` must be reported, those to `never.example` must not.\n")


if __name__ == "__main__":
    main()
