#!/usr/bin/env python3
"""narrow.py NETNS-A DEVICE-A NETNS-B DEVICE-B BYTES: makes a TUN device in each of two network namespaces and carries packets
between them. IPv6 packets above BYTES are cut up, as a host would (RFC 8200 4.5) that knew a narrow path: Linux sends TCP over
IPv6 whole or not at all. They come in every order, and some twice. Prints "ready"."""
import ctypes
import errno
import fcntl
import os
import select
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
HEAD, FRAGMENT = 40, 44


def device(netns, name):
    with open(f"/run/netns/{netns}") as f:
        if ctypes.CDLL(None, use_errno=True).setns(f.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), netns)
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return fd


def cut_up(packet, most, ident):
    """Fragments in an order that depends on the identification."""
    room = (most - HEAD - 8) & ~7
    data, parts = packet[HEAD:], []
    for at in range(0, len(data), room):
        part = data[at:at + room]
        head = packet[:4] + struct.pack(">HB", 8 + len(part), FRAGMENT) + packet[7:HEAD]
        parts.append(head + struct.pack(">BBHI", packet[6], 0, at | (at + len(part) < len(data)), ident) + part)
    order = (parts, parts[::-1], parts[1:] + parts[:1], [parts[0], *parts], parts[::2] + parts[1::2])
    return order[ident % len(order)]


def pass_on(fd, packet):
    try:
        os.write(fd, packet)
    except OSError as error:
        if error.errno != errno.EIO:  # the device is not up yet
            raise


def main():
    most = int(sys.argv[5])
    a, b = device(sys.argv[1], sys.argv[2]), device(sys.argv[3], sys.argv[4])
    print("ready", flush=True)
    ident = 0x5A000000
    while True:
        for fd in select.select([a, b], [], [])[0]:
            packet = os.read(fd, 65536)
            to = b if fd == a else a
            if packet[0] >> 4 != 6 or len(packet) <= most:
                pass_on(to, packet)
                continue
            ident += 1
            for part in cut_up(packet, most, ident):
                pass_on(to, part)


if __name__ == "__main__":
    main()
