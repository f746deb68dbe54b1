"""basics: HTTP/2 between programs as they come: how a connection begins, many streams, keys that may not sign for a tenant."""
import time

from http2cases.node import client as node_client, server as node_server
from lab import ADDRESS
from minting import CONSUMER_TENANT, Stream, b64u, jws, v1_claims, v1_header

API = "http://api.example:8080"
PRIOR = ("--http2-prior-knowledge",)


def start_nghttpd(stage, *options, port=8080, at=None, address=ADDRESS):
    return stage.serve(port, "nghttpd", "-a", address, "--no-tls", "-d", stage.www(), *options, port,
                       **({"at": at} if at else {}))


def nghttpd(stage):
    """curl and nghttp to nghttpd, by prior knowledge.

    In the clear, no upgrade (RFC 9113 3.3). curl asks three times, each with a token and a connection of its own; nghttp asks
    for three paths at once with one token, then posts a body; curl asks for what is not there without a token. Wanted: eight
    requests, five tokens.
    """
    start_nghttpd(stage)
    stage.curl(*([*stage.bearer(stage.token()), f"{API}/mail/{n}"] for n in range(1, 4)), always=PRIOR)
    stage.call("nghttp", "-n", *stage.bearer(stage.token()), *(f"{API}/mail/{n}" for n in range(4, 7)))
    body = stage.tmp / "body"
    body.write_bytes(b"a line of what is sent\n" * 100)
    stage.call("nghttp", "-n", *stage.bearer(), "-d", body, f"{API}/mail/7")
    stage.curl([f"{API}/missing"], always=PRIOR)


def nginx(stage):
    """curl and nghttp to nginx, by prior knowledge.

    nginx in the clear with `listen ... http2`. GET, HEAD, POST, a redirect and a refusal by curl, then nghttp, then Basic by
    curl. nginx's answers are coded with its own HPACK encoder. Wanted: seven requests, five tokens and a password.
    """
    stage.nginx(f"root {stage.www()}; location /moved {{ return 302 /mail/1; }}\n"
                'location /send { proxy_pass http://127.0.0.1:8082; } location /denied { return 401; }',
                http="server { listen 127.0.0.1:8082; return 200 '{}'; }")
    stage.curl([*stage.bearer(stage.token()), f"{API}/mail/1"], ["-I", *stage.bearer(stage.token()), f"{API}/mail/2"],
               [*stage.bearer(), "-d", "subject=Minutes", f"{API}/send"], [*stage.bearer(), f"{API}/moved"],
               [f"{API}/denied"], always=PRIOR)
    stage.call("nghttp", "-n", "--no-dep", *stage.bearer(stage.token()), f"{API}/mail/3")
    stage.curl(["-u", f"test-user:{stage.opaque('pw-', 16)}", f"{API}/mail/4"], always=PRIOR)


def node(stage):
    """Node.js to Node.js, curl and nghttp to Node.js.

    Node's client asks for two paths at once, then posts 3000 bytes which come back, then goes on after a pause; the server's
    answers have no priority and little else. Then curl and nghttp. Wanted: seven requests, seven tokens.
    """
    node_server(stage)
    auth = [f"Bearer {stage.token()}" for _ in range(2)] + [f"Bearer {stage.short()}" for _ in range(2)]
    node_client(stage, [
        [{"headers": {":path": f"/mail/{n}", "authorization": auth[n]}} for n in range(2)],
        [{"headers": {":path": "/echo", ":method": "POST", "content-type": "text/plain", "authorization": auth[2]},
          "body": "b" * 3000}],
        {"wait": 100}, {"ping": True},
        [{"headers": {":path": "/mail/after?n=1", "authorization": auth[3], "user-agent": "test"}}],
    ])
    stage.curl([*stage.bearer(stage.token()), f"{API}/mail/5"], [*stage.bearer(), "-X", "DELETE", f"{API}/mail/5"], always=PRIOR)
    stage.call("nghttp", "-n", *stage.bearer(), f"{API}/mail/6")


def upgrade(stage):
    """HTTP/1.1 becomes HTTP/2.

    `Upgrade: h2c` with HTTP2-Settings (RFC 7540 3.2), which nghttpx takes: the first request is HTTP/1.1 and is answered as
    stream 1 of HTTP/2. curl goes on with two requests on the connection, nghttp sends its token with the upgrade and asks twice
    more, nghttp with a body upgrades by OPTIONS. nghttpx asks nghttpd over a connection that is not seen. Wanted: eight
    requests, each once, those of an upgrade answered.
    """
    start_nghttpd(stage, port=8081, address="127.0.0.1")
    stage.serve(8080, "nghttpx", "-f", f"{ADDRESS},8080;no-tls", "-b", "127.0.0.1,8081;;proto=h2", "--no-ocsp", "-L", "ERROR",
                "--workers=1")
    stage.curl(*([*stage.bearer(stage.token()), f"{API}/mail/{n}"] for n in range(1, 4)), always=("--http2",))
    stage.call("nghttp", "-n", "-u", *stage.bearer(stage.token()), *(f"{API}/mail/{n}" for n in range(4, 7)))
    body = stage.tmp / "body"
    body.write_bytes(b"a line of what is sent\n" * 20)
    stage.call("nghttp", "-n", "-u", "-d", body, *stage.bearer(), f"{API}/mail/7")


def upgrade_refused(stage):
    """Upgrades that are not taken.

    curl offers `Upgrade: h2c` to nginx, which answers in HTTP/1.1 and stays there, and asks again on the connection. Then
    HTTP/2 by prior knowledge to a port where nginx speaks HTTP/1.1 alone, and HTTP/1.1 to one where it speaks HTTP/2 alone:
    each is refused. Wanted: four requests, the third in HTTP/2, though it was not understood.
    """
    both = f"location / {{ root {stage.www()}; }}"
    one = stage.nginx(both, port=8080, listen="")
    stage.curl([*stage.bearer(stage.token()), f"{API}/mail/1"], [*stage.bearer(stage.token()), f"{API}/mail/2"],
               always=("--http2",))
    stage.curl([*stage.bearer(), f"{API}/mail/3"], always=PRIOR, status=range(256))
    one.stop()
    stage.nginx(both)
    stage.curl([*stage.bearer(), f"{API}/mail/4"], always=("--http1.1",), status=range(256))


def tls(stage):
    """HTTP/2 behind TLS 1.3.

    By ALPN, with a key log: curl to nginx, three requests on a connection and one more with TLS 1.2 on another; h2load, four at
    once; Node's client. Wanted: ten requests, all decrypted.
    """
    key, pem = stage.certificate()
    stage.nginx(f"ssl_certificate {pem}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3; root {stage.www()};",
                port=443, listen="ssl http2")
    env, api = {"SSLKEYLOGFILE": str(stage.keylog)}, "https://api.example"
    stage.curl(*([*stage.bearer(stage.token()), f"{api}/mail/{n}"] for n in range(1, 4)), always=("--http2", "-k"), env=env)
    stage.curl([*stage.bearer(stage.token()), f"{api}/mail/4"], always=("--http2", "-k", "--tls-max", "1.2"), env=env)
    stage.call("h2load", "-n", "4", "-m", "4", *stage.bearer(), f"{api}/mail/5", env=env)
    plan = [[{"headers": {":path": "/mail/6", "authorization": f"Bearer {stage.short()}"}}],
            [{"headers": {":path": "/mail/7", "authorization": f"Bearer {stage.short()}"}}]]
    node_client(stage, plan, url=api, options=[f"--tls-keylog={stage.keylog}"])


def load(stage):
    """Many streams.

    h2load: fifty requests with one token, ten at a time, over two connections. Wanted: fifty requests, one token.
    """
    start_nghttpd(stage)
    stage.call("h2load", "-n", "50", "-c", "2", "-m", "10", *stage.bearer(), f"{API}/mail/1", f"{API}/mail/2", f"{API}/mail/3")


def scope(stage):
    """A consumer key speaks for an organisation, over HTTP/2.

    Tokens of three people at once on one connection: two that are right (an organisation's v2 and v1 token), a consumer's own
    that is right too, and one that names an organisation and is signed by the consumer key. The fourth is used twice, and once
    more on another connection by curl. Wanted: one alert, about the fourth.
    """
    node_server(stage)
    keys, person = stage.keys.microsoft, stage.keys.person
    good = stage.token()
    iat = int(time.time()) - 300
    v1 = stage.note(jws(keys.organisations, v1_header(keys.organisations),
                        v1_claims(person, iat, 3900, b64u(Stream("scope v1").take(16)))))
    consumer = stage.token(key=keys.consumers, tid=CONSUMER_TENANT,
                           iss=f"https://login.microsoftonline.com/{CONSUMER_TENANT}/v2.0")
    forged = stage.token(key=keys.consumers)
    asked = [("/mail/good", good), ("/mail/v1", v1), ("/mail/consumer", consumer), ("/mail/forged", forged)]
    node_client(stage, [
        [{"headers": {":path": path, "authorization": f"Bearer {token}"}} for path, token in asked],
        [{"headers": {":path": "/mail/forged-again", "authorization": f"Bearer {forged}"}}],
    ])
    stage.curl([*stage.bearer(forged), f"{API}/mail/forged-by-curl"], always=PRIOR)
