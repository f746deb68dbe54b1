"""programs: servers and clients that people use: nginx, curl, GnuTLS, nghttp2, a browser, a proxy."""
import pathlib
import time

from tlscases import tls12
from tlscases.stage import HOST, SERVER

LIVE = pathlib.Path(__file__).parents[1]
PAGE = """<!doctype html><title>mail</title><pre id=said></pre><script>
(async () => {
  for (const [n, token] of %s.entries()) {
    const answer = await fetch(`/mail/${n}`, {headers: {Authorization: "Bearer " + token}});
    said.textContent += answer.status + " ";
  }
  said.textContent += "all done";
})();
</script>
"""


def nginx(stage, *server_lines, port=443, listen="ssl"):
    """nginx with answers of some 2 KB under /mail/; `server_lines` go into its server block."""
    root = stage.tmp / "nginx"
    root.mkdir(exist_ok=True)
    (root / "www").mkdir(exist_ok=True)
    (root / "www" / "mail.json").write_bytes(stage.answer(2000).partition(b"\r\n\r\n")[2])
    conf, more = root / "nginx.conf", "".join(f"{line};\n" for line in server_lines)
    conf.write_text(f"""
daemon off; user root; worker_processes 1; pid {root}/pid; error_log {root}/error.log; events {{}}
http {{
access_log off; client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; default_type application/json;
server {{
listen {SERVER}:{port} {listen}; ssl_certificate {stage.tmp}/ec.pem; ssl_certificate_key {stage.tmp}/ec.key; root {root}/www;
{more}
location /mail/ {{ try_files /mail.json =404; }}
location /page {{ default_type text/html; try_files /page.html =404; }}
location /favicon.ico {{ return 204; }}
}} }}
""")
    (root / "pid").unlink(missing_ok=True)
    server = stage.start(stage.ns_server, ["nginx", "-p", root, "-e", root / "error.log", "-c", conf])
    for _ in range(100):
        if (root / "pid").exists() and (root / "pid").read_text().strip():
            break
        time.sleep(0.05)
    return server


def curl(stage, n_requests, *options, port=443, scheme="https"):
    """Requests on one connection, each with a token of its own."""
    command = ["curl"]
    for n in range(n_requests):
        command += ["--next"] if n else []
        command += ["-sSk", "-o", "/dev/null", "-w", "got %{http_code}\n"]
        command += ["--noproxy", "" if "-x" in options else "*", "--resolve", f"{HOST}:{port}:{SERVER}", *options]
        command += ["-H", f"Authorization: Bearer {stage.token()}", f"{scheme}://{HOST}:{port}/mail/{stage.serial}"]
    client = stage.start(stage.ns_client, command, {"SSLKEYLOGFILE": str(stage.keys)})
    for _ in range(n_requests):
        client.expect(b"got 200")
    client.end()


def nginx_curl_12(stage):
    """nginx and curl, TLS 1.2.

    As they come, with HTTP/1.1 by ALPN; then with AES-CBC. Wanted: eight requests on two connections.
    """
    nginx(stage, "ssl_protocols TLSv1.2", "ssl_ciphers DEFAULT")
    curl(stage, 5, "--http1.1")
    curl(stage, 3, "--http1.1", "--ciphers", "ECDHE-ECDSA-AES256-SHA384")


def nginx_curl_13(stage):
    """nginx and curl, TLS 1.3.

    As they come, with HTTP/1.1 by ALPN; then without ALPN; then with a body of 7000 bytes. Wanted: nine requests on three
    connections.
    """
    nginx(stage, "ssl_protocols TLSv1.3")
    curl(stage, 5, "--http1.1")
    curl(stage, 3, "--http1.1", "--no-alpn")
    upload = stage.tmp / "upload"
    upload.write_bytes(b"a line of what is sent\n" * 300)
    curl(stage, 1, "--http1.1", "-H", "Expect:", "-H", "Content-Type: text/plain", "-X", "GET", "--data-binary", f"@{upload}")


def python(stage):
    """Python's http.client.

    To nginx, TLS 1.3 then TLS 1.2, in each two requests on one connection and again on one that resumes its session. Wanted:
    eight requests.
    """
    nginx(stage, "ssl_protocols TLSv1.2 TLSv1.3", "ssl_session_cache shared:a:1m")
    for version in ("TLSv1_3", "TLSv1_2"):
        client = stage.start(stage.ns_client, ["python3", LIVE / "tls_client.py", SERVER, "443", HOST, version, stage.token(),
                                               stage.token()], {"SSLKEYLOGFILE": str(stage.keys)})
        for _ in range(4):
            client.expect(b"got 200")
        client.end()


def node(stage):
    """Node.js.

    Its https to nginx over a connection that it keeps, TLS 1.3, three requests. Wanted: three requests.
    """
    nginx(stage, "ssl_protocols TLSv1.2 TLSv1.3")
    client = stage.start(stage.ns_client, ["node", f"--tls-keylog={stage.keys}", LIVE / "tls_client.js", SERVER, "443", HOST,
                                           *(stage.token() for _ in range(3))])
    for _ in range(3):
        client.expect(b"got 200")
    client.end()


def gnutls_13(stage):
    """GnuTLS speaks TLS 1.3.

    gnutls-cli to a server of GnuTLS with each of its ciphers, then to OpenSSL, and resumed there. gnutls-cli sends a request
    line by line, each in a record. Wanted: twelve requests.
    """
    base = "NORMAL:-VERS-ALL:+VERS-TLS1.3"
    ciphers = ("AES-256-GCM", "AES-128-GCM", "CHACHA20-POLY1305", "AES-128-CCM")
    tls12.gnutls(stage, [f"{base}:-CIPHER-ALL:+{cipher}" for cipher in ciphers])
    server = stage.s_server("-tls1_3")
    client = stage.gnutls_client(base)
    client.expect(b"Simple Client Mode")
    stage.exchange(client, server, 2)
    client.end()
    server.expect(b"DONE")
    client = stage.gnutls_client(base, "--resume", "--waitresumption")
    server.expect(b"DONE")
    client.expect(b"This is a resumed session")
    client.expect(b"Simple Client Mode")
    stage.exchange(client, server, 2)
    client.end()
    server.expect(b"DONE")


def http2(stage):
    """HTTP/2 inside TLS 1.3.

    curl to nghttpd, three requests one after the other; h2load to nghttpd, four at once (nghttp itself writes no key log).
    What is inside is decrypted and not yet looked into. Wanted: the handshakes.
    """
    root = stage.tmp / "www"
    (root / "mail").mkdir(parents=True, exist_ok=True)
    for n in range(1, 4):
        (root / "mail" / str(n)).write_bytes(stage.answer().partition(b"\r\n\r\n")[2])
    stage.start(stage.ns_server, ["nghttpd", "--address", SERVER, "-d", root, "443", stage.tmp / "ec.key", stage.tmp / "ec.pem"])
    time.sleep(0.5)
    curl(stage, 3, "--http2")
    client = stage.start(stage.ns_client, ["h2load", "-n", "4", "-m", "4", "-H", f"authorization: Bearer {stage.token()}",
                                           f"https://{SERVER}/mail/1"], {"SSLKEYLOGFILE": str(stage.keys)})
    client.expect(b"4 succeeded")
    client.end()


def chromium(stage):
    """A browser.

    Chromium, headless, loads a page from nginx whose script fetches three times with a token of its own. Its ClientHellos
    have GREASE (RFC 8701) and extensions in random order. It opens connections in advance and may leave them unused. Wanted:
    three requests with tokens, two of the page.
    """
    tokens = [stage.token() for _ in range(3)]
    nginx(stage, "ssl_protocols TLSv1.3")
    (stage.tmp / "nginx" / "www" / "page.html").write_text(PAGE % tokens)
    profile = stage.tmp / "profile"
    client = stage.start(stage.ns_client, [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
        "--disable-component-update", "--no-first-run", "--ignore-certificate-errors", f"--user-data-dir={profile}",
        f"--host-resolver-rules=MAP {HOST} {SERVER}", "--virtual-time-budget=8000", "--dump-dom", f"https://{HOST}/page"],
        {"SSLKEYLOGFILE": str(stage.keys), "HOME": str(stage.tmp)})
    client.expect(b"all done</pre>")
    client.end()


def connect(stage):
    """TLS behind CONNECT.

    curl through a proxy that it asks in plain HTTP/1.1 for a tunnel; in the tunnel is TLS 1.3, then on a second connection
    TLS 1.2. Wanted: the two CONNECTs and the four requests in the tunnels.
    """
    proxied(stage, "http", 3128)


def tls_in_tls(stage):
    """TLS inside of TLS.

    curl speaks TLS to the proxy, asks it for a tunnel, and speaks TLS to the server in it: TLS 1.3 in TLS 1.3, then TLS 1.2
    in TLS 1.3. The key log has both. Wanted: the two CONNECTs and the four requests in the tunnels.
    """
    proxied(stage, "https", 3129, stage.tmp / "rsa.pem", stage.tmp / "rsa.key")


def proxied(stage, scheme, port, *certificate):
    nginx(stage, "ssl_protocols TLSv1.2 TLSv1.3", port=8443)
    # the tunnel's far side is the loopback of the servers' namespace: the recorder sees one side only
    proxy = stage.start(stage.ns_server, ["python3", LIVE / "tls_proxy.py", SERVER, port, SERVER, "8443", *certificate])
    proxy.expect(b"ready")
    for more in ((), ("--tls-max", "1.2")):
        curl(stage, 2, "--http1.1", "-x", f"{scheme}://{SERVER}:{port}", "--proxy-insecure", *more, port=8443)


def mixed_ports(stage):
    """TLS on port 80 and on a port of nobody's, plain HTTP on port 443.

    What a flow speaks is found by its content. Wanted: two requests on each.
    """
    for port, listen, scheme in ((80, "ssl", "https"), (34567, "ssl", "https"), (443, "", "http")):
        server = nginx(stage, port=port, listen=listen)
        curl(stage, 2, "--http1.1", port=port, scheme=scheme)
        server.stop()
