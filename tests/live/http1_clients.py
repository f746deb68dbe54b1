#!/usr/bin/env python3
"""http1_clients.py NGINX-PORT PYTHON-PORT: real clients, every form of HTTP/1.x they know.

Tokens are made up here: `test-N` opaque ones and unsigned JWTs; a request without a token has none on purpose.
"""
import base64
import http.client
import json
import socket
import subprocess
import sys

NGINX, PYTHON = int(sys.argv[1]), int(sys.argv[2])
QUIET = ("-sS", "-o", "/dev/null", "--noproxy", "*")


def jwt(n):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    header, claims = {"alg": "RS256", "kid": f"test-{n}"}, {"iss": "https://test.example", "sub": f"u{n}"}
    signature = base64.urlsafe_b64encode(bytes([n]) * 256).rstrip(b"=").decode()
    return f"{part(header)}.{part(claims)}.{signature}"


def bearer(n):
    return "Bearer " + (jwt(n) if n % 3 else f"test-{n}-opaque-token-of-nobody")


def curl(path, *more, port=NGINX, token=None):
    command = ["curl", *QUIET, "--max-time", "20", f"http://127.0.0.1:{port}{path}", *more]
    if token is not None:
        command += ["-H", "Authorization: " + bearer(token)]
    subprocess.run(command, check=True)


def curls():
    curl("/small")
    curl("/small", token=1)
    curl("/small", "-I", token=2)
    curl("/big", token=3)
    curl("/missing", token=4)
    curl("/empty", token=5)
    curl("/moved", token=6)
    curl("/zip", "--compressed", token=7)                       # gzip, chunked
    curl("/big", "-r", "1000-1999", token=8)                    # 206
    curl("/big", "-r", "0-9,100-109", token=9)                  # 206 multipart/byteranges
    curl("/big", "-H", "If-Modified-Since: Fri, 31 Dec 2100 00:00:00 GMT", token=10)  # 304
    curl("/upload", "-d", "a=b", token=11)
    curl("/upload", "-d", "x" * 100000, "-H", "Expect: 100-continue", token=12)
    curl("/upload", "-T", __file__, "-H", "Transfer-Encoding: chunked", token=13)
    curl("/upload", "-X", "DELETE", token=14)
    curl("/small", "-X", "OPTIONS", token=15)
    curl("/small", "-0", token=16)                              # HTTP/1.0
    curl("/small", "-u", "user:TEST-ONLY")                      # Basic
    curl("/small?q=%20%C3%A4&a=1", token=17)
    again = [x for n in range(5) for x in ("--next", *QUIET, f"http://127.0.0.1:{NGINX}/small?again={n}")]
    curl("/small", *again, token=18)                            # keep-alive
    curl("/proxied/hello", token=19)                            # nginx to Python, chunked on the way back
    curl("/small", "-H", "Connection: close", token=20)
    curl("/small", "-H", "X-Long: " + "y" * 6000, token=21)     # head over several segments


def raw(text, port=NGINX, pieces=1):
    """Sends `text`, in `pieces` writes, and reads until the server closes."""
    with socket.create_connection(("127.0.0.1", port), 20) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data, step = text.encode(), -(-len(text) // pieces)
        for at in range(0, len(data), step):
            s.sendall(data[at:at + step])
        while s.recv(65536):
            pass


def request(method, path, token, *headers, body="", last=False):
    lines = [f"{method} {path} HTTP/1.1", "Host: raw.example", "Authorization: " + bearer(token), *headers]
    return "\r\n".join(lines + (["Connection: close"] if last else []) + ["", ""]) + body


def pipelines():
    raw("".join(request("GET", f"/small?pipe={n}", 30 + n, last=n == 4) for n in range(5)))
    raw(request("GET", "/big", 35) + request("HEAD", "/big", 36) + request("GET", "/empty", 37) +
        request("POST", "/upload", 38, "Transfer-Encoding: chunked", body="5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n") +
        request("GET", "/small", 39, last=True))
    raw(request("GET", "/small?slow", 40, "lower-case: yes", last=True), pieces=60)
    raw("\r\n" + request("GET", "/small?blank-line-before", 41, last=True))   # RFC 9112 2.2


def python_clients():
    c = http.client.HTTPConnection("127.0.0.1", NGINX, timeout=20)
    for n in range(50, 56):
        c.request("GET", f"/small?keepalive={n}", headers={"authorization": bearer(n)})
        c.getresponse().read()
    c.request("POST", "/upload", iter([b"one", b"two"]), {"Authorization": bearer(56)}, encode_chunked=True)
    c.getresponse().read()
    c.close()
    for n in range(57, 60):                                    # HTTP/1.0 server: body ends with the connection
        c = http.client.HTTPConnection("127.0.0.1", PYTHON, timeout=20)
        c.request("GET", f"/direct?n={n}", headers={"Authorization": bearer(n)})
        c.getresponse().read()
        c.close()
    curl("/direct/post", "-d", "a=b", port=PYTHON, token=60)
    curl("/direct/head", "-I", port=PYTHON, token=61)


curls()
pipelines()
python_clients()
