#!/usr/bin/env python3
"""offload.py INTERFACE...: turns checksum and segmentation offload off, as `ethtool -K` does, so that a recorder sees
the frames a wire would carry: whole checksums and no segment above the MTU."""
import array
import fcntl
import socket
import struct
import sys

SIOCETHTOOL = 0x8946
OFF = (0x1F, 0x24, 0x2C, 0x17)  # ETHTOOL_STSO, SGSO, SGRO, STXCSUM; linux/ethtool.h

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    for name in sys.argv[1:]:
        for command in OFF:
            value = array.array("B", struct.pack("II", command, 0))
            try:
                fcntl.ioctl(s, SIOCETHTOOL, struct.pack("16sP", name.encode(), value.buffer_info()[0]))
            except OSError as error:
                print(f"offload.py: {name}: command {command:#x}: {error}", file=sys.stderr)
