"""traffic: a capture of what the recorded cases lack: VLANs, IPv6, every scheme, anomalies, holes."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "live"))
import packets  # noqa: E402

TOKEN = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2V4YW1wbGUvIiwiYXVkIjpbImEiLCJiIl0sImV4cCI6MX0."
OPAQUE = "4fN9zq-R7uKk1vW_0yTgYh3bLxQe8sAmCdJpZo6i"
REQUESTS = (
    f"Authorization: Bearer {TOKEN}\r\nAuthorization: bearer {OPAQUE}\r\n",
    "Authorization: Basic dGVzdC11c2VyOmNvcnJlY3QtaG9yc2UtYmF0dGVyeS1zdGFwbGU=\r\nX-Forwarded-For: 192.0.2.1\r\n",
    'Authorization: Digest username="u", realm="r", nonce="c0ffee", uri="/", '
    'response="6629fae49393a05397450978507c4ef1"\r\n',
    "authorization: NTLM TlRMTVNTUAADAAAAGAAYAHIAAAAYABgAigAAAA==\r\n"
    f"Referer: http://a.example/?access_token={OPAQUE}\r\n",
    f"Authorization : Negotiate YIIJvwYGKwYBBQUCoIIJszCCCa+gJDAiBgkqhkiC9x\r\nProxy-Authorization: DPoP {TOKEN}\r\n",
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, "
    "Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024\r\n",
    f"Authorization: Bearer\r\n {OPAQUE[::-1]}\r\nX: folded\r\n",
    f"Authorization: {OPAQUE}{OPAQUE}\r\n",
    "Authorization: Bearer \xff\xfe\x00\x01" + OPAQUE[7:] + "\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
    "Content-Length: 3\r\nContent-Length: 4\r\n",
    "X: a\rb\r\nHost : twice.example:8080\r\n",
)


def tagged(frame, *tags):
    return frame[:12] + b"".join(b"\x81\x00" + t.to_bytes(2, "big") for t in tags) + frame[12:]


def as_ipv6(frame):
    """The same segment between the same ends, their IPv4 addresses under 2001:db8::/96. Checksums are not looked at."""
    head, tcp = frame[14:34], frame[34:]
    prefix = bytes.fromhex("20010db8") + bytes(8)
    ip = b"\x60\0\0\0" + len(tcp).to_bytes(2, "big") + b"\x06\x40" + prefix + head[12:16] + prefix + head[16:20]
    return frame[:12] + b"\x86\xdd" + ip + tcp


def make(path):
    changes = (lambda f: f, lambda f: tagged(f, 100), lambda f: tagged(f, 100, 7), as_ipv6)
    whole = packets.Capture()
    for n, request in enumerate(REQUESTS * len(changes)):
        part = packets.Capture()
        talk = packets.Connection(part, 1_767_225_600_000_000 + n * 500_000, f"10.0.{n}.1", "10.0.200.1", 40000 + n)
        head = f"GET http://a{n}.example:8080/?access_token=x HTTP/1.1\r\nHost: a{n}.example\r\n{request}\r\n"
        talk.send(0, head.encode("latin-1"))
        talk.send(1, b"HTTP/1.1 302 Found\r\nLocation: /l?code=1\r\nContent-Type: text/html\r\n"
                     b"Content-Length: 0\r\n\r\n")
        if n % 3 == 0:  # a hole: what was lost never comes again
            talk.seq[0] += 700
            talk.send(0, b"GET / HTTP/1.1\r\nHost: after.example\r\n\r\n")
        talk.close()
        for time_us, frame in part.frames:
            whole.add(time_us, changes[n // len(REQUESTS)](frame))
    whole.write(path)
