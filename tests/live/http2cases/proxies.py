"""proxies: HTTP/2 on one side of a proxy and something else on the other; both sides cross the wire, for the origin is in the
clients' namespace."""
from http2cases.basics import API, PRIOR, start_nghttpd
from http2cases.frames import get
from http2cases.node import client as node_client
from lab import ADDRESS, CLIENT, CLIENT_ADDRESS


def nghttpx(stage, backend, *options, port=8080):
    stage.serve(port, "nghttpx", "-f", f"{ADDRESS},{port};no-tls", "-b", f"{CLIENT_ADDRESS},{backend}", "--no-ocsp", "-L",
                "ERROR",
                "--workers=1", *options)


def to_http1(stage):
    """HTTP/2 in front of a proxy, HTTP/1.1 behind it.

    nghttpx takes HTTP/2 from nghttp and curl and asks a server of Python's in HTTP/1.1, with `Via` and `X-Forwarded-For`. Every
    request passes twice, with the same token. Wanted: four requests in HTTP/2, four in HTTP/1.1, four tokens.
    """
    origin(stage)
    nghttpx(stage, 8081, "--add-x-forwarded-for")
    stage.curl([*stage.bearer(stage.token()), f"{API}/mail/1"], [*stage.bearer(stage.token()), "-d", "a=b", f"{API}/send"],
               always=PRIOR)
    node_client(stage, [[get("/mail/2", stage.short()), get("/mail/3", stage.short())]])


def to_http2(stage):
    """HTTP/1.1 in front of a proxy, HTTP/2 behind it.

    nghttpx takes HTTP/1.1 from curl, two requests on a connection, and asks nghttpd in HTTP/2, all over one connection; then
    HTTP/2 from curl. Wanted: three requests in HTTP/1.1 and HTTP/2, three in HTTP/2 behind, three tokens.
    """
    start_nghttpd(stage, port=8081, at=CLIENT, address=CLIENT_ADDRESS)
    nghttpx(stage, "8081;;proto=h2")
    stage.curl([*stage.bearer(stage.token()), f"{API}/mail/1"], [*stage.bearer(), f"{API}/mail/2"], always=("--http1.1",))
    stage.curl([*stage.bearer(), f"{API}/mail/3"], always=PRIOR)


def mixed(stage):
    """HTTP/1.1 and HTTP/2 on one port.

    nghttpx takes both in the clear, as they come, and answers out of nghttpd, which is not seen: HTTP/1.1, HTTP/2 by prior
    knowledge, an upgrade, each with a bearer and each twice. Wanted: six requests, six tokens.
    """
    start_nghttpd(stage, port=8081, address="127.0.0.1")
    stage.serve(8080, "nghttpx", "-f", f"{ADDRESS},8080;no-tls", "-b", "127.0.0.1,8081;;proto=h2", "--no-ocsp", "-L", "ERROR",
                "--workers=1")
    for n, how in enumerate(("--http1.1", "--http2-prior-knowledge", "--http2")):
        stage.curl([*stage.bearer(), f"{API}/mail/{n + 1}"], [*stage.bearer(), f"{API}/mail/{n + 4}"], always=(how,))


def origin(stage, port=8081):
    """A server of Python's in the clients' namespace, which answers anything with a little JSON."""
    return stage.serve(port, "python3", stage.here / "origin.py", CLIENT_ADDRESS, port, at=CLIENT)
