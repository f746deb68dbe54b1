"""pcapng: blocks of a pcapng file, Decryption Secrets Blocks among them. Standard library only.

  type | total length | body, padded to 4 bytes | total length        little endian; draft-ietf-opsawg-pcapng 3.1
"""
import struct

SECTION, INTERFACE, ENHANCED_PACKET, DECRYPTION_SECRETS = 0x0A0D0D0A, 1, 6, 10
TLS_KEY_LOG = 0x544C534B


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length


def head(link_type=1):
    """A section and its one interface, whose times are in microseconds."""
    section = block(SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    return section + block(INTERFACE, struct.pack("<HHI", link_type, 0, 262144))


def packet(time_us, frame):
    return block(ENHANCED_PACKET, struct.pack("<IIIII", 0, time_us >> 32, time_us & 0xFFFFFFFF, len(frame), len(frame)) + frame)


def secrets(key_log):
    return block(DECRYPTION_SECRETS, struct.pack("<II", TLS_KEY_LOG, len(key_log)) + key_log)
