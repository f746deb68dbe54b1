"""stage: what a case is played on: two namespaces, TEST certificates, HTTP with tokens, a recorder at the server."""
import base64
import hashlib
import pathlib
import re
import subprocess
import time

from minting import Microsoft, Person, Stream, b64u, compact, jws, v2_claims, v2_header
from recording import Recording
from tlscases.program import Program

CLIENT, SERVER, HOST = "10.59.1.21", "10.59.1.1", "api.example"
KEY_LOG = ["-k", "keys.log"]
ANY = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
VERSIONS = {  # program -> how to ask it, and what of the answer is its version
    "openssl": (["openssl", "version"], r"OpenSSL \S+"), "curl": (["curl", "--version"], r"curl \S+"),
    "nginx": (["nginx", "-v"], r"nginx/\S+"), "gnutls-cli": (["gnutls-cli", "--version"], r"gnutls-cli \S+"),
    "nghttpd": (["nghttpd", "--version"], r"nghttpd \S+"), "python3": (["python3", "--version"], r"Python \S+"),
    "node": (["node", "-p", "'Node.js ' + process.versions.node"], r"Node\S+ \S+"),
    "editcap": (["editcap", "--version"], r"Editcap \S+ \S+"), "chromium": (["chromium", "--version"], r"Chromium \S+"),
}


class Stage:
    def __init__(self, tmp, namespaces, folder, seed):
        self.tmp, self.folder, self.keys = pathlib.Path(tmp), folder, folder / "keys.log"
        self.ns_client, self.ns_server = namespaces
        self.args, self.serial, self.programs, self.made_with = KEY_LOG, 0, [], []
        self.microsoft, self.person = seed, Person("tess", "5f0d6b52-8a54-4c1e-9f0b-3e1f9a7d2c11")
        folder.mkdir(parents=True, exist_ok=True)
        self.keys.unlink(missing_ok=True)
        self.credentials = folder / "credentials"
        self.credentials.write_text("")

    def __enter__(self):
        self.recording = Recording(self.ns_server, "sgts", self.folder / "in.pcap")
        self.recording.begin()
        return self

    def __exit__(self, *_):
        for program in reversed(self.programs):
            program.stop()
        self.recording.end()

    def start(self, namespace, argv, env=None):
        if argv[0] in VERSIONS and argv[0] not in self.made_with:
            self.made_with.append(argv[0])
        program = Program(namespace, argv, env)
        self.programs.append(program)
        return program

    def versions(self):
        for name in self.made_with:
            command, pattern = VERSIONS[name]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            yield re.search(pattern, done.stdout).group()

    def openssl_conf(self, **settings):
        """An environment in which every context of OpenSSL is made with these settings (SSL_CONF_cmd(3))."""
        path = self.tmp / f"openssl-{len(self.programs)}.cnf"
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        path.write_text(f"openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n{lines}")
        return {"OPENSSL_CONF": str(path)}

    # ---- the ends of a connection
    def certificate(self, name):
        """Arguments of s_server and s_client for the TEST certificate `name`: ec, rsa, client."""
        return ["-cert", self.tmp / f"{name}.pem", "-key", self.tmp / f"{name}.key"]

    def thumbprint(self, name):
        """x5t#S256, RFC 8705 3.1."""
        lines = (self.tmp / f"{name}.pem").read_text().splitlines()
        return b64u(hashlib.sha256(base64.b64decode("".join(lines[1:-1]))).digest())

    def s_server(self, *options, certificate="ec", port=443, env=None):
        own = self.certificate(certificate) if certificate else ["-nocert"]
        server = self.start(self.ns_server, ["openssl", "s_server", "-accept", f"{SERVER}:{port}", *own, *options], env)
        server.expect(b"ACCEPT")
        return server

    def s_client(self, *options, port=443, env=None):
        return self.start(self.ns_client, ["openssl", "s_client", "-connect", f"{SERVER}:{port}", "-servername", HOST,
                                           "-keylogfile", self.keys, *options], env)

    def gnutls_server(self, priority, certificate="rsa", port=443):
        own = [self.tmp / f"{certificate}.pem", self.tmp / f"{certificate}.key"]
        script = pathlib.Path(__file__).parents[1] / "gnutls_server.py"
        server = self.start(self.ns_server, ["python3", script, SERVER, port, *own, priority])
        server.expect(b"ready")
        return server

    def gnutls_client(self, priority, *options, port=443):
        return self.start(self.ns_client, ["gnutls-cli", "--insecure", "--sni-hostname", HOST, "--port", port,
                                           "--priority", priority, *options, SERVER], {"SSLKEYLOGFILE": str(self.keys)})

    # ---- HTTP
    def token(self, **more):
        """A new token; what is sent is noted in the folder's `credentials`."""
        self.serial += 1
        uti = b64u(Stream(f"{self.folder.name} {self.serial}").take(16))
        key = self.microsoft.organisations
        token = jws(key, v2_header(key), v2_claims(self.person, int(time.time()) - 300, 3900, uti, **more))
        with self.credentials.open("a") as sent:
            sent.write(f"Bearer {token}\n")
        return token

    def request(self, **claims):
        token = self.token(**claims)
        return (f"GET /mail/{self.serial} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n"
                "User-Agent: Mail client (stormglass TEST)/1.0\r\nAccept: application/json\r\nAccept-Encoding: identity\r\n"
                f"X-Request: {self.serial}\r\n\r\n").encode()

    def answer(self, size=1200):
        items, n = [], 0
        while n < size:
            items.append({"id": len(items), "subject": f"Minutes of meeting {self.serial}.{len(items)}", "unread": True})
            n += 70
        body = compact({"items": items, "last": self.serial})
        return (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)) + body

    def exchange(self, client, server, n_requests=1, size=1200, **claims):
        """Requests, each with a token of its own and its answer."""
        for _ in range(n_requests):
            request, answer = self.request(**claims), self.answer(size)
            client.send(request)
            server.expect(request[-20:])
            server.send(answer)
            client.expect(answer[-16:])

    def connection(self, client, server, n_requests=2, **more):
        """A whole connection of s_client to s_server."""
        self.exchange(client, server, n_requests, **more)
        client.end(b"Q\n")
        server.expect(b"DONE")


def new_keys():
    return Microsoft(b64u(Stream(str(time.time_ns())).take(16)))


def write_args(folder, args):
    always = ["--set", "privacy.key-file=../test-only.key", "--set", "outputs.eve.http=yes", "--set", "outputs.eve.tls=yes"]
    (folder / "args").write_text("".join(a + "\n" for a in [*args, *always]))
