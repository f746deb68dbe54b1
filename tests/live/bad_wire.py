"""bad_wire.py A B [good]: a bad network between two interfaces. Loses, delays, reorders, duplicates and corrupts what goes from A to B,
loses and duplicates what goes back; the same way each time, but for the times. `good`: it does not. Standard library only."""
import heapq
import itertools
import random
import select
import socket
import sys
import time

#         loses, twice, late, corrupt
TO_B = (0.06, 0.08, 0.30, 0.06)
TO_A = (0.03, 0.08, 0.00, 0.00)
GOOD = (0, 0, 0, 0)
DELAY, LATE = 0.004, 0.012
HEADERS = 14 + 20 + 20


def frame_socket(name):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    sock.bind((name, 0))
    return sock


def ways(chance, frame, odds):
    """When each copy is sent, and what."""
    lose, twice, late, corrupt = odds
    if frame[12:14] != b"\x08\x00" or chance.random() >= lose:
        yield DELAY + (LATE if chance.random() < late else 0), frame
    if chance.random() < twice:
        yield DELAY + 0.001, frame
    if chance.random() < corrupt and len(frame) > HEADERS + 40:
        spoilt = bytearray(frame)
        spoilt[chance.randrange(HEADERS + 12, len(frame))] ^= 1 << chance.randrange(6)
        yield 0.001, bytes(spoilt)  # ahead of the good one


def main():
    ends = [frame_socket(name) for name in sys.argv[1:3]]
    odds = (GOOD, GOOD) if sys.argv[3:] == ["good"] else (TO_B, TO_A)
    chance, waiting, order = random.Random(20260115), [], itertools.count()
    while True:
        timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        for ready in select.select(ends, [], [], timeout)[0]:
            frame, address = ready.recvfrom(65535)
            if address[2] == socket.PACKET_OUTGOING:
                continue
            side = ends.index(ready)
            for delay, copy in ways(chance, frame, odds[side]):
                heapq.heappush(waiting, (time.monotonic() + delay, next(order), 1 - side, copy))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, side, frame = heapq.heappop(waiting)
            ends[side].send(frame)


if __name__ == "__main__":
    main()
