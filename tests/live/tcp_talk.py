"""tcp_talk.py serve ADDRESS | ask ADDRESS | fastopen ADDRESS: the two ends of record-tcp-oddities. Standard library only."""
import socket
import sys

N_REQUESTS = 12
PAUSES = 3  # requests are written in pieces, so that heads are in several segments


def request(n):
    cookie = "".join(f"k{i}={n * 1000 + i:08d}; " for i in range(90))
    return f"GET /{n} HTTP/1.1\r\nHost: read.example\r\nCookie: {cookie}\r\nX-Last: {n}\r\n\r\n".encode()


def read_head(sock, held=b""):
    while b"\r\n\r\n" not in held:
        data = sock.recv(4096)
        if not data:
            return None, b""
        held += data
    head, _, rest = held.partition(b"\r\n\r\n")
    return head, rest


def serve(address):
    listener = socket.create_server((address, 80), backlog=8)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 8)
    while True:
        sock, _ = listener.accept()
        head, rest = read_head(sock)
        while head is not None:
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n")
            head, rest = read_head(sock, rest)
        sock.close()


def ask(address):
    with socket.create_connection((address, 80)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for n in range(N_REQUESTS):
            data = request(n)
            step = len(data) // PAUSES
            for at in range(0, len(data), step):
                sock.sendall(data[at:at + step])
            head, rest = read_head(sock)
            while len(rest) < 3:
                rest += sock.recv(3 - len(rest))


def fastopen(address):
    """The first gets the cookie, the second has its request on the SYN (RFC 7413)."""
    for n in range(2):
        with socket.socket() as sock:
            sock.sendto(f"GET /fast-{n} HTTP/1.1\r\nHost: read.example\r\n\r\n".encode(), socket.MSG_FASTOPEN, (address, 80))
            read_head(sock)


if __name__ == "__main__":
    {"serve": serve, "ask": ask, "fastopen": fastopen}[sys.argv[1]](sys.argv[2])
