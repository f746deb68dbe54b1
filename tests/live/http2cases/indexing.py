"""indexing: encoders that put tokens into HPACK's table: Go's and Chromium's. From the second time on a token is a byte or two
on the wire."""
from http2cases.basics import start_nghttpd
from http2cases.faults import rewrite
from http2cases.node import HERE, server as node_server
from lab import ADDRESS

PAGE = """<!doctype html><title>mail</title><pre id=said></pre><script>
(async () => {
  document.cookie = "CF_Authorization=%s; path=/";
  document.cookie = "theme=dark; path=/";
  for (const [n, token] of %s.entries()) {
    const answer = await fetch(`/mail/${n + 1}`, {headers: {Authorization: "Bearer " + token}});
    said.textContent += answer.status + " ";
  }
  said.textContent += "all done";
})();
</script>
"""


def go(stage, lines, url="http://api.example:8080", keylog=()):
    program = stage.tmp / "client"
    stage.note_version("Go", ["go", "env", "GOVERSION"])
    environment = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(stage.tmp / "gocache"), "GOFLAGS": ""}
    stage.call("go", "build", "-o", program, HERE / "client.go", env=environment)
    stage.call(program, url, *keylog, said="\n".join(lines).encode() + b"\n")


def go_client(stage):
    """Go's client.

    Go's net/http indexes everything but what is too large for the table. Ten requests on a connection in the clear, with two
    tokens in turn, one request without a token, three at once, and a token of 6 KB, which the table cannot hold, twice; to
    nghttpd. Wanted: ten requests, each with its token.
    """
    start_nghttpd(stage)
    one, two = stage.token(), stage.short()
    large = stage.short(groups=[f"test-group-{n:04}-of-the-organisation" for n in range(110)])
    tokens = [one, one, two, one, "-", two]
    lines = [line for n, token in enumerate(tokens) for line in (f"GET /mail/{n + 1} {token}", "")]
    lines += [f"GET /mail/7 {one}", f"GET /mail/8 {two}", "", f"POST /mail/9 {large}", "", f"GET /mail/1 {large}"]
    go(stage, lines)


def go_evicts(stage):
    """Tokens that drive each other out of the table.

    As http2-go, with six tokens of some 1.3 KB, of which the table's 4 KB hold two or three: a token that was driven out is
    sent whole again. Behind TLS 1.3, to Node. Wanted: fourteen requests, each with its token.
    """
    key, pem = stage.certificate()
    node_server(stage, key, pem)
    tokens = [stage.token() for _ in range(6)]
    order = (0, 1, 2, 0, 3, 4, 5, 5, 4, 0, 0, 1, 2, 2)
    lines = [line for n, at in enumerate(order) for line in (f"GET /mail/{n} {tokens[at]}", "")]
    go(stage, lines, "https://api.example:8080", [stage.keylog])


def go_midstream(stage):
    """Joined after the tokens went into the table.

    Two connections of Go's, in the clear, each with six requests of the same two tokens in turn, then one with a third token,
    twice. Of the first connection the packets before the third request are missing: its two tokens are unknown, and nothing may
    be made up for them; the third is known. Of the second is missing the segment with the second request, in which the second
    token was: from there on nobody knows where the first one stands. Wanted: of the first connection six requests, the last two
    with a token; of the second seven, the first and the last two with one.
    """
    start_nghttpd(stage)
    for _ in range(2):
        one, two, three = stage.short(), stage.short(), stage.short()
        tokens = [one, two, one, two, one, two, three, three]
        go(stage, [line for n, token in enumerate(tokens) for line in (f"GET /mail/{n + 1} {token}", "")])


def drop_tokens(stage):
    heads = {}

    def stays(n, from_client, data):
        if from_client and data[3:4] == b"\x01" and len(data) > 10:
            heads[n] = heads.get(n, 0) + 1
            return not (n == 1 and heads[n] == 2) and not (n == 0 and heads[n] < 3)
        return n == 1 or heads.get(n, 0) >= 3
    rewrite(stage, stays)


def chromium(stage):
    """A browser over HTTP/2.

    Chromium, headless, loads a page from nginx over TLS 1.3 whose script sets a cookie with a token and fetches five times with
    two bearers in turn. It indexes tokens, sends each cookie in a field of its own and a priority with each request. It opens
    connections in advance and may leave them unused. Wanted: five requests with a bearer and a cookie, and those of the page.
    """
    key, pem = stage.certificate()
    one, two = stage.short(), stage.short()
    page = PAGE % (stage.short(), [one, two, one, two, one])
    stage.nginx(f"ssl_certificate {pem}; ssl_certificate_key {key}; ssl_protocols TLSv1.3; root {stage.www(page=page.encode())};"
                "location /page { default_type text/html; } location /favicon.ico { return 204; }", port=443, listen="ssl http2")
    said = stage.call(
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
        "--disable-component-update", "--no-first-run", "--ignore-certificate-errors", f"--user-data-dir={stage.tmp / 'profile'}",
        f"--host-resolver-rules=MAP api.example {ADDRESS}", "--virtual-time-budget=8000", "--dump-dom",
        "https://api.example/page",
        env={"SSLKEYLOGFILE": str(stage.keylog), "HOME": str(stage.tmp)})
    if "all done</pre>" not in said:
        raise SystemExit(f"chromium did not fetch everything:\n{said[-500:]}")
