#!/usr/bin/env python3
"""make-fragment-case.py: writes pcaps/fragments-odd/in.pcap: requests in fragments as no host sends them. Hand-made,
deterministic to the byte. Each connection's path says what the sensor must make of it."""
import pathlib
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from packets import Capture, Connection, checksum  # noqa: E402

PCAPS = pathlib.Path(__file__).resolve().parents[2] / "pcaps"
START_US = 1_767_225_600_000_000
TOKEN = "4fN9zq-R7uKk1vW_0yTgYh3bLxQe8sAmCdJpZo6i"
ETHER, PATH_AT = 14, 24  # the path stands in bytes 24 to 31 of the IP payload, behind TCP's header and "GET "


def request(path):
    assert len(path) == 8
    return f"GET {path} HTTP/1.1\r\nHost: odd.example\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()


def as_ipv6(frame):
    """The same segment between fd58:: addresses."""
    tcp, ends = frame[ETHER + 20:], (frame[ETHER + 12:ETHER + 16], frame[ETHER + 16:ETHER + 20])
    ends = [bytes.fromhex("fd58") + bytes(10) + end for end in ends]
    tcp = tcp[:16] + b"\0\0" + tcp[18:]
    total = checksum(ends[0] + ends[1] + struct.pack(">II", len(tcp), 6) + tcp)
    tcp = tcp[:16] + struct.pack(">H", total) + tcp[18:]
    return frame[:12] + b"\x86\xdd\x60\0\0\0" + struct.pack(">HBB", len(tcp), 6, 64) + ends[0] + ends[1] + tcp


def part(frame, at, data, more):
    """A fragment of a frame's datagram: these bytes at this place."""
    ident = 0x5A00 + frame[ETHER + 5]
    if frame[12:14] == b"\x86\xdd":
        head = frame[ETHER:ETHER + 4] + struct.pack(">HB", 8 + len(data), 44) + frame[ETHER + 7:ETHER + 40]
        return frame[:ETHER] + head + struct.pack(">BBHI", 6, 0, at | more, ident) + data
    head = frame[ETHER:ETHER + 2] + struct.pack(">HHH", 20 + len(data), ident, (0x2000 if more else 0) | at // 8)
    head += frame[ETHER + 8:ETHER + 10] + b"\0\0" + frame[ETHER + 12:ETHER + 20]
    return frame[:ETHER] + head[:10] + struct.pack(">H", checksum(head)) + head[12:] + data


def payload(frame):
    return frame[ETHER + (40 if frame[12:14] == b"\x86\xdd" else 20):]


def tiny(frame):
    """Eight bytes each, the last first."""
    data = payload(frame)
    return [part(frame, at, data[at:at + 8], at + 8 < len(data)) for at in range(0, len(data), 8)][::-1]


def agreeing(frame):
    data = payload(frame)
    return [part(frame, 0, data[:48], True), part(frame, 24, data[24:80], True), part(frame, 64, data[64:], False)]


def copied(frame):
    """Two parts, the first twice: the copy has another path."""
    data, other = payload(frame), payload(frame).replace(b"/first--", b"/second-")
    return [part(frame, 0, data[:48], True), part(frame, 0, other[:48], True), part(frame, 48, data[48:], False)]


def overlapping(frame):
    """The second part reaches back over the path and says another."""
    data = payload(frame)
    other = data.replace(b"/first--", b"/second-").replace(b"/never--", b"/nowhere")
    return [part(frame, 0, data[:48], True), part(frame, PATH_AT, other[PATH_AT:], False)]


def too_long(frame):
    """A part that ends beyond 65,535 bytes before the others."""
    data = payload(frame)
    return [part(frame, 65504, bytes(64), False), part(frame, 0, data[:48], True), part(frame, 48, data[48:], False)]


def incomplete(frame):
    return [part(frame, 0, payload(frame)[:48], True)]


TALKS = (  # path, IPv6, how the request is cut up, is it sent whole afterwards
    ("/tiny---", False, tiny, False),
    ("/tiny6--", True, tiny, False),
    ("/agrees-", False, agreeing, False),
    ("/agrees6", True, agreeing, False),
    ("/first--", False, copied, False),
    ("/first--", True, copied, False),
    ("/first--", False, overlapping, False),
    ("/never--", True, overlapping, True),  # given up (RFC 5722): what comes again whole is what the host takes
    ("/long---", False, too_long, False),
    ("/long6--", True, too_long, False),
    ("/partial", False, incomplete, False),
)


def main():
    whole = Capture()
    for n, (path, ipv6, cut, again) in enumerate(TALKS):
        talk = Capture()
        connection = Connection(talk, START_US + n * 1_000_000, "10.58.3.21", "10.58.3.2", 40000 + n)
        at = len(talk.frames)
        connection.send(0, request(path))
        connection.send(1, b"HTTP/1.1 204 No Content\r\n\r\n")
        connection.close()
        for k, (time_us, frame) in enumerate(talk.frames):
            frame = as_ipv6(frame) if ipv6 else frame
            if k != at:
                whole.add(time_us, frame)
                continue
            for j, fragment in enumerate(cut(frame)):
                whole.add(time_us + j, fragment)
            if again:
                whole.add(time_us + 50, as_ipv6(talk.frames[at][1]).replace(b"/never--", b"/whole--"))
    folder = PCAPS / "fragments-odd"
    folder.mkdir(exist_ok=True)
    whole.write(folder / "in.pcap")
    print(f"fragments-odd: {len(whole.frames)} frames")


main()
