"""packets: classic pcap files: hand-made TCP conversations, deterministic to the byte, and what tcpdump
wrote. Standard library only."""
import struct

MSS = 1460
FIN, SYN, PSH, ACK = 1, 2, 8, 16


def checksum(data):
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    s = sum(struct.unpack(f">{len(data) // 2}H", data))
    while s >> 16:
        s = (s & 0xFFFF) + (s >> 16)
    return ~s & 0xFFFF


def read(path):
    """(time in microseconds, frame) of each packet that tcpdump wrote on this machine."""
    with open(path, "rb") as f:
        f.read(24)
        while head := f.read(16):
            seconds, us, size, _ = struct.unpack("=IIII", head)
            yield seconds * 1000000 + us, f.read(size)


class Capture:
    """Classic pcap, microseconds; Ethernet, or another link type of tcpdump.org."""

    def __init__(self, link_type=1):
        self.frames, self.link_type = [], link_type

    def add(self, time_us, frame):
        self.frames.append((time_us, frame))

    def write(self, path):
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, self.link_type))
            for time_us, frame in sorted(self.frames, key=lambda x: x[0]):
                f.write(struct.pack("<IIII", time_us // 1000000, time_us % 1000000, len(frame), len(frame)) + frame)


class Connection:
    """One TCP connection over Ethernet and IPv4: handshake, data in segments of MSS with acknowledgements, close."""

    def __init__(self, capture, time_us, client, server, client_port, server_port=80):
        self.capture, self.time_us = capture, time_us
        self.ends = ((client, client_port, b"\x02\x00\x00\x00\x00\x01"), (server, server_port,
            b"\x02\x00\x00\x00\x00\x02"))
        self.seq = [0x10000000 + client_port, 0x20000000 + client_port]
        self.ident = 0
        self._segment(0, SYN, options=b"\x02\x04" + struct.pack(">H", MSS))
        self._segment(1, SYN | ACK, options=b"\x02\x04" + struct.pack(">H", MSS))
        self._segment(0, ACK)

    def _segment(self, side, flags, payload=b"", options=b""):
        src, dst = self.ends[side], self.ends[1 - side]
        self.ident += 1
        addresses = bytes(map(int, src[0].split("."))) + bytes(map(int, dst[0].split(".")))
        head = struct.pack(">HHIIBBHHH", src[1], dst[1], self.seq[side], self.seq[1 - side] if flags & ACK else 0,
                           (20 + len(options)) << 2, flags, 64240, 0, 0) + options
        tcp = head + payload
        total = checksum(addresses + struct.pack(">BBH", 0, 6, len(tcp)) + tcp)
        tcp = tcp[:16] + struct.pack(">H", total) + tcp[18:]
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), self.ident, 0x4000, 64, 6, 0) + addresses
        ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
        self.capture.add(self.time_us, dst[2] + src[2] + b"\x08\x00" + ip + tcp)
        self.time_us += 100
        self.seq[side] += len(payload) + (1 if flags & (SYN | FIN) else 0)

    def send(self, side, data):
        """side 0: the client sends."""
        for i in range(0, len(data), MSS):
            self._segment(side, ACK | PSH, data[i:i + MSS])
        self._segment(1 - side, ACK)

    def close(self):
        self._segment(0, FIN | ACK)
        self._segment(1, FIN | ACK)
        self._segment(0, ACK)
