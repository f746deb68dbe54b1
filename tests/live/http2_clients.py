"""http2_clients: the load of http2-real: curl, nghttp, h2load and Node over HTTP/2 to nginx, to Node and through nghttpx.

The servers' log has a line a request: port, method, URI, status, Authorization, with tabs between."""
from http2cases.node import client as node_client, server as node_server
from lab import ADDRESS

CLEAR, NODE, UPGRADED, SECURE = 8080, 8081, 8082, 8443
LOG = r"log_format sensor escape=none '{port}\t$request_method\t$request_uri\t$status\t$sent';"


def servers(stage, log):
    key, pem = stage.certificate()
    www = stage.www(big=b"a line of what is big\n" * 3000)
    behind = f"""
map $http_authorization $sent {{ '' '-'; default $http_authorization; }}
{LOG.format(port="$server_port")}
{LOG.replace("sensor", "upgraded").format(port=UPGRADED)}
large_client_header_buffers 4 64k; client_max_body_size 1m;
server {{ listen 127.0.0.1:8083; return 200 '{{}}'; }}
server {{ listen 127.0.0.1:8084; access_log {log} upgraded; root {www}; }}
"""
    stage.nginx(f"listen {ADDRESS}:{SECURE} ssl http2; ssl_certificate {pem}; ssl_certificate_key {key};\n"
                f"access_log {log} sensor; root {www}; location /send {{ proxy_pass http://127.0.0.1:8083; }}\n"
                "location /moved { return 301 /mail/1; } location /denied { return 401; } location /empty { return 204; }",
                port=CLEAR, http=behind)
    node_server(stage, port=NODE, env={"LOG": str(log)})
    stage.serve(UPGRADED, "nghttpx", "-f", f"{ADDRESS},{UPGRADED};no-tls", "-b", "127.0.0.1,8084", "--no-ocsp", "-L", "ERROR",
                "--workers=1")


def curls(stage, url, *how, env=None):
    body = stage.tmp / "upload"
    body.write_bytes(b"a line of what is sent\n" * 400)
    stage.curl([f"{url}/mail/1"], [*stage.bearer(), f"{url}/mail/2"], ["-I", *stage.bearer(), f"{url}/mail/3"],
               [*stage.bearer(stage.token()), f"{url}/missing"], [*stage.bearer(), f"{url}/moved"],
               [*stage.bearer(), f"{url}/empty"],
               [*stage.bearer(), f"{url}/denied"], [*stage.bearer(), "-d", "a=b", f"{url}/send/form"],
               [*stage.bearer(), "--data-binary", f"@{body}", f"{url}/send/upload"], ["-u", "user:TEST-ONLY", f"{url}/mail/4"],
               [*stage.bearer(), f"{url}/mail/5?q=%20%C3%A4&a=1"], [*stage.bearer(), f"{url}/big"],
               [*stage.bearer(stage.opaque("test-")), f"{url}/mail/6"], always=how, env=env)


def nghttps(stage, url):
    groups = [f"test-group-{n:04}-of-the-organisation" for n in range(340)]
    ask = ("nghttp", "-n")
    stage.call(*ask, *stage.bearer(), *(f"{url}/mail/{n}?nghttp" for n in range(1, 7)))
    stage.call(*ask, "--no-dep", "-b", "255", *stage.bearer(), "-m", "5", f"{url}/mail/1?padded")
    stage.call(*ask, "--no-dep", "--continuation", *stage.bearer(), f"{url}/mail/2?continued")
    stage.call(*ask, "--no-dep", *stage.bearer(stage.short(groups=groups)), f"{url}/mail/2?large")
    for size in ("0", "100", "65536"):
        stage.call(*ask, "-c", size, f"--encoder-header-table-size={size}", *stage.bearer(), "-m", "4",
                   f"{url}/mail/3?table={size}")

def nodes(stage):
    """Requests at once and one after the other on a connection, with trailers, early hints, large answers."""
    def request(path, **more):
        return {"headers": {":path": path, "authorization": f"Bearer {stage.short()}", **more.pop("headers", {})}, **more}
    same = {f"x-test-{n}": "the same in every request" for n in range(10)}
    node_client(stage, [
        [request(f"/mail/{n}?at-once") for n in range(20)],
        *([request(f"/mail/{n}?in-turn", headers=same)] for n in range(10)),
        [request("/trailers"), request("/hints"), request("/big"), request("/cookies", headers={"cookie": ["a=1", "b=2"]})],
        [request("/echo", headers={":method": "POST"}, body="b" * 40000, trailers={"x-sum": "1"})],
        {"settings": {"headerTableSize": 0}}, [request("/mail/after?settings", headers=same)],
        {"settings": {"headerTableSize": 65536}}, [request("/mail/after?more", headers=same)],
    ], url=f"http://api.example:{NODE}")


def play(stage, log):
    servers(stage, log)
    clear, env = f"http://api.example:{CLEAR}", {"SSLKEYLOGFILE": str(stage.keylog)}
    curls(stage, clear, "--http2-prior-knowledge")
    curls(stage, f"https://api.example:{SECURE}", "--http2", "-k", env=env)
    nghttps(stage, clear)
    stage.call("h2load", "-n", "200", "-c", "4", "-m", "10", *stage.bearer(), f"{clear}/mail/1?load", f"{clear}/mail/2?load")
    stage.call("h2load", "-n", "100", "-c", "2", "-m", "20", *stage.bearer(stage.token()),
               f"https://api.example:{SECURE}/mail/3?load", env=env)
    nodes(stage)
    upgraded = f"http://api.example:{UPGRADED}"
    stage.curl(*([*stage.bearer(), f"{upgraded}/mail/{n}"] for n in range(1, 4)), always=("--http2",))
    stage.call("nghttp", "-n", "-u", *stage.bearer(), *(f"{upgraded}/mail/{n}?nghttp" for n in range(1, 4)))
