"""frames: what HTTP/2's frames can do beside a request and its answer: by the programs that do it."""
import signal
import time

from http2cases.basics import API, PRIOR, start_nghttpd
from http2cases.node import client as node_client, server as node_server
from lab import CLIENT


def get(path, token=None, **more):
    """A request for Node's client."""
    headers = {":path": path, **({"authorization": f"Bearer {token}"} if token else {})}
    return {"headers": {**headers, **more.pop("headers", {})}, **more}


def continuation(stage):
    """Header blocks over several frames.

    A token of some 20 KB (a user in many groups) by curl and by nghttp to nghttpd: HEADERS and CONTINUATION (RFC 9113 6.10).
    nghttp --continuation adds fields of 8 KB each, with a small token; Node sends a large token and a small one at once.
    Wanted: five requests, five tokens, whole.
    """
    groups = [f"test-group-{n:04}-of-the-organisation" for n in range(340)]
    large = stage.short(groups=groups)
    start_nghttpd(stage)
    stage.curl([*stage.bearer(large), f"{API}/mail/1"], always=PRIOR)
    stage.call("nghttp", "-n", "--no-dep", *stage.bearer(stage.short(groups=groups)), f"{API}/mail/2")
    stage.call("nghttp", "-n", "--no-dep", "--continuation", *stage.bearer(), f"{API}/mail/3")
    node_client(stage, [[get("/mail/4", stage.short(groups=groups[:300])), get("/mail/5", stage.short())]])


def padding(stage):
    """Padded frames.

    Both ends pad HEADERS and DATA by up to 255 bytes (RFC 9113 6.1, 6.2), then by up to 16. The first request has a body.
    Wanted: four requests, two tokens; lengths of bodies without their padding.
    """
    body = stage.tmp / "body"
    body.write_bytes(b"a line of what is sent\n" * 40)
    for port, most in ((8080, "255"), (8081, "16")):
        start_nghttpd(stage, "-b", most, port=port)
        token = stage.short()
        url = f"http://api.example:{port}"
        stage.call("nghttp", "-n", "--no-dep", "-b", most, *stage.bearer(token), "-d", body, f"{url}/mail/1")
        stage.call("nghttp", "-n", "--no-dep", "-b", most, *stage.bearer(token), f"{url}/mail/2")


def priority(stage):
    """Priorities.

    nghttp with weights: PRIORITY frames of streams that never open, and HEADERS that depend on them (RFC 7540 5.3); then the
    same with --no-rfc7540-pri and a `priority` field (RFC 9218) instead; then Node, whose second request depends exclusively on
    the first. Wanted: six requests, three tokens.
    """
    start_nghttpd(stage)
    stage.call("nghttp", "-n", "-p", "256", "-p", "1", "-p", "32", *stage.bearer(), *(f"{API}/mail/{n}" for n in range(1, 4)))
    stage.call("nghttp", "-n", "--no-rfc7540-pri", "-H", "priority: u=1, i", *stage.bearer(), f"{API}/mail/4")
    token = stage.short()
    after = {"exclusive": True, "parent": 1}
    node_client(stage, [[get("/mail/5", token, options={"weight": 200}), get("/mail/6", token, options=after)]])


def push(stage):
    """Server push.

    nghttpd pushes two files with the answer to a request (PUSH_PROMISE, RFC 9113 8.4), nghttp takes them; with --no-push it
    says that it wants none; Node pushes to Node. Wanted: three requests of clients, with their tokens, and what was promised as
    requests of the server's making, without one.
    """
    start_nghttpd(stage, "-p", "/mail/1=/mail/2,/mail/3")
    stage.call("nghttp", "-n", *stage.bearer(), f"{API}/mail/1")
    stage.call("nghttp", "-n", "--no-push", "--no-dep", *stage.bearer(), f"{API}/mail/1")
    node_server(stage, port=8081)
    node_client(stage, [[get("/push", stage.short())]], url="http://api.example:8081")


def trailers(stage):
    """Trailers.

    nghttp posts a body with trailers behind it to nghttpd, which answers with trailers (RFC 9113 8.1). Node does the same,
    twice on a connection; its trailers name fields that are credentials elsewhere (`authorization`), which trailers must not
    have. Wanted: three requests, tokens of their heads.
    """
    body = stage.tmp / "body"
    body.write_bytes(b"a line of what is sent\n" * 20)
    start_nghttpd(stage, "--trailer", "x-checksum: test-1", "--echo-upload")
    stage.call("nghttp", "-n", "--no-dep", *stage.bearer(), "-d", body, "--trailer", "x-sum: test-2", f"{API}/mail/1")
    node_server(stage, port=8081)
    late = stage.opaque()
    node_client(stage, [
        [get("/trailers", stage.short(), headers={":method": "POST"}, body="b" * 200, trailers={"x-sum": "test-3"})],
        [get("/trailers", stage.short(), headers={":method": "POST"}, body="", trailers={"authorization": f"Bearer {late}"})],
    ], url="http://api.example:8081")


def cancel(stage):
    """Streams that are reset.

    By the client: before an answer comes, after its head, and in the middle of its body (RST_STREAM with CANCEL). By the
    server: before a head (INTERNAL_ERROR, REFUSED_STREAM), and in the middle of a body. Between them, on the same connection, a
    request that is answered. Wanted: seven requests, seven tokens; errors of six streams.
    """
    node_server(stage)
    node_client(stage, [
        [get("/never", stage.short(), cancel="at-once")],
        [get("/drip", stage.short(), cancel="headers")],
        [get("/drip", stage.short(), cancel="data")],
        [get("/mail/answered", stage.short())],
        [get("/reset", stage.short()), get("/refuse", stage.short())],
        [get("/broken", stage.short())],
    ])


def goaway(stage):
    """Connections that are given up.

    nginx with `keepalive_requests 3`: after h2load's third request it says GOAWAY, and h2load gives up, with a fourth request on
    the way. nginx that is told to reload while a request waits. Node that says ENHANCE_YOUR_CALM with a text (RFC 9113 6.8), and
    Node's client that says GOAWAY itself. Wanted: eight requests, of which seven are answered.
    """
    old = stage.nginx(f"root {stage.www()}; keepalive_requests 3; location /slow {{ proxy_pass http://127.0.0.1:8082; }}",
                      http=f"server {{ listen 127.0.0.1:8082; limit_rate 400; root {stage.tmp}/www/mail; rewrite .* /1 break; }}")
    stage.call("h2load", "-n", "7", "-m", "2", *stage.bearer(), f"{API}/mail/1")
    waits = stage.start(CLIENT, ["nghttp", "-n", "--no-dep", *stage.bearer(), f"{API}/slow"])
    time.sleep(0.3)
    old.process.send_signal(signal.SIGHUP)
    waits.end()
    old.stop()
    node_server(stage, port=8081)
    node_client(stage, [[get("/mail/1", stage.short())], [get("/goaway", stage.short())]], url="http://api.example:8081")
    node_client(stage, [[get("/mail/2", stage.short())], {"end": "goaway"}, {"wait": 50}], url="http://api.example:8081")


def table_sizes(stage):
    """Sizes of the header table.

    Size updates (RFC 7541 6.3) in header blocks: the decoder allows nothing, 64 KB, or a small size first and then a large one,
    in which case two updates begin the next block; the encoder uses less than it may. Then Node's server lowers the size twice
    in the midst of a connection whose fields stand in the table: they are gone. Wanted: nine requests, nine tokens, and the
    agent of each of the last five.
    """
    for port, options in ((8080, ("-c", "0")), (8081, ("-c", "65536", "--encoder-header-table-size=65536"))):
        start_nghttpd(stage, *options, port=port)
        url = f"http://api.example:{port}"
        stage.call("nghttp", "-n", "--no-dep", "-c", "128", "-c", "8192", *stage.bearer(), f"{url}/mail/1")
        stage.call("nghttp", "-n", "--no-dep", "-c", "0", "--encoder-header-table-size=256", *stage.bearer(), f"{url}/mail/2")
    node_server(stage, port=8083)
    fields = {f"x-test-{n}": "the same in every request" for n in range(12)}
    steps = [get(path, stage.short(), headers={"user-agent": "TEST client that stays in the table", "x-size": size, **fields})
             for path, size in (("/mail/1", "0"), ("/table", "0"), ("/mail/2", "0"), ("/table", "300"), ("/mail/3", "0"))]
    node_client(stage, [[step] for step in steps], url="http://api.example:8083")


def settings(stage):
    """Settings and large frames.

    Node's client begins with settings of its own (frames of up to 1 MiB, windows of 2 GiB), takes 12 KB in one answer, changes
    its settings between requests and pings. nghttp has windows of 8 KB, so that the server stops and goes on with
    WINDOW_UPDATE, and of two answers at once the frames alternate. Wanted: four requests, two tokens; whole lengths of bodies.
    """
    node_server(stage)
    token = stage.short()
    first = {"headerTableSize": 65536, "maxFrameSize": 1 << 20, "initialWindowSize": (1 << 31) - 1, "maxHeaderListSize": 1 << 20}
    node_client(stage, [{"first": first}, [get("/big", token)], {"settings": {"maxFrameSize": 16384, "initialWindowSize": 100}},
                        {"ping": True},
                        [get("/mail/1", token)]])
    stage.call("nghttp", "-n", "--no-dep", "-w", "13", "-W", "14", *stage.bearer(), "-m", "2", f"{API}/big")


def cookies(stage):
    """Cookies in crumbs.

    Over HTTP/2 a client may send each cookie in a field of its own (RFC 9113 8.2.3): Node sends five, of which two are tokens,
    twice, the second time out of the table; curl sends them in one field. The server sets two. Wanted: three requests, each of
    whose cookies carries the same two tokens.
    """
    node_server(stage)
    first, second = stage.short(), stage.short()
    crumbs = ["theme=dark", f"CF_Authorization={first}", "lang=en", f"access_token={second}", "n=5"]
    node_client(stage, [[get("/cookies", headers={"cookie": crumbs})], [get("/mail/2", headers={"cookie": crumbs})]])
    stage.curl(["-H", "cookie: " + "; ".join(crumbs), f"{API}/mail/3"], always=PRIOR)


def informational(stage):
    """Answers before the answer.

    103 Early Hints by Node (RFC 8297), then 200; 100 Continue by nghttpd to nghttp, which waits for it before it sends its
    body. Wanted: two requests, each answered 200.
    """
    node_server(stage)
    node_client(stage, [[get("/hints", stage.short())]])
    body = stage.tmp / "body"
    body.write_bytes(b"a line of what is sent\n" * 20)
    start_nghttpd(stage, port=8081)
    stage.call("nghttp", "-n", "--no-dep", "--expect-continue", *stage.bearer(), "-d", body, "http://api.example:8081/mail/1")


def never_indexed(stage):
    """Fields that must not be indexed, and such that are.

    libnghttp2 (curl, nghttp, Node) sends `authorization` as a literal never indexed (RFC 7541 7.1.3) unless told otherwise;
    Node marks a field of the caller's choice so. A proxy's token header is indexed, so from the second request on it is one
    byte. Wanted: four requests, each with its bearer and the same proxy token.
    """
    node_server(stage)
    proxied = stage.short()
    node_client(stage, [[get(f"/mail/{n}", stage.short(), headers={"x-forwarded-access-token": proxied,
                                                                   "x-private": "TEST private value",
                                                                   "x-agent": "the same each time"}, sensitive=["x-private"])]
                        for n in range(4)])
