"""tls_callers: TLS clients of `tls-live`: curl, OpenSSL's s_client, and connections of Python's that stay. Each request has a
URL and a TEST token of its own; each connection of Python's a key log of its own, whose lines others hand out when they like."""
import collections
import hashlib
import http.client
import itertools
import os
import pathlib
import socket
import ssl
import subprocess
import threading
import time

from lab import ADDRESS
from minting import EcKey, jws

HOST, NGINX, S_SERVER = "api.example", 8443, 8444
KEY = EcKey("tls-live TEST key")
# What was asked, SHA-256 of its token, and the time it took.
Call = collections.namedtuple("Call", "url digest begin end")


class Callers:
    """Their key logs lie in `folder`, the answers of s_server in `www`."""
    def __init__(self, folder, www):
        self.folder, self.www, self.serial, self.tokens = folder, www, itertools.count(), []
        folder.mkdir()

    def token(self, url):
        token = jws(KEY, {"alg": "ES256", "typ": "JWT", "kid": "TEST"}, {"iss": "https://test.example", "sub": url})
        self.tokens.append(token)
        return token

    def next(self, name):
        """A URL nobody asked for yet."""
        return f"/{name}/{next(self.serial)}"

    def requests(self, name, n):
        urls = [self.next(name) for _ in range(n)]
        return {url: self.token(url) for url in urls}

    def _called(self, requests, command, **more):
        begin = time.time()
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, **more)
        if done.stdout.count("hello") != len(requests):
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")
        return [Call(url, digest(token), begin, time.time()) for url, token in requests.items()]

    def curl(self, name, keys, n=2, *options):
        """Some requests on one connection."""
        requests, command = self.requests(name, n), ["curl"]
        for url, token in requests.items():
            command += ["--next"] if len(command) > 1 else []
            command += ["-sSk", *options, "--noproxy", "*", "--resolve", f"{HOST}:{NGINX}:{ADDRESS}", "-H",
                        f"Authorization: Bearer {token}", f"https://{HOST}:{NGINX}{url}"]
        return self._called(requests, command, env={**os.environ, "SSLKEYLOGFILE": str(keys)})

    def s_client(self, name, keys, port, *options):
        """One request, after which the server closes."""
        requests = self.requests(name, 1)
        (url, token), = requests.items()
        (self.www / name).mkdir(exist_ok=True)
        (self.www / url[1:]).write_text("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        command = ["openssl", "s_client", "-quiet", "-connect", f"{ADDRESS}:{port}", "-servername", HOST, "-keylogfile", keys,
                   *options]
        text = f"GET {url} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        return self._called(requests, command, input=text)

    def connect(self, version="TLSv1_3", keys=None):
        return Connection(self, version, keys or self.folder / self.next("keys")[1:].replace("/", "."))


class Connection:
    """To nginx, by Python, until it is closed. `keys`: where its key log is, which may be others' too."""
    def __init__(self, callers, version, keys):
        self.callers, self.keys = callers, keys
        self.context = context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
        context.keylog_filename = str(keys)
        self.client = http.client.HTTPConnection(HOST, NGINX)
        self.open()

    def open(self):
        self.client.sock = self.context.wrap_socket(socket.create_connection((ADDRESS, NGINX), 10), server_hostname=HOST)

    def ask(self, name, n=1, pause=0.0):
        calls = []
        for _ in range(n):
            url = self.callers.next(name)
            token, begin = self.callers.token(url), time.time()
            self.client.request("GET", url, headers={"Authorization": f"Bearer {token}"})
            if self.client.getresponse().read() != b"hello":
                raise RuntimeError(f"{url}: not greeted")
            calls.append(Call(url, digest(token), begin, time.time()))
            time.sleep(pause)
        return calls

    def lines(self):
        """Of its key log."""
        return pathlib.Path(self.keys).read_bytes()

    def close(self):
        self.client.close()


def crowd(n, n_callers=4):
    """Connections without a key log, a few at a time, a request on each."""
    callers = [threading.Thread(target=one_of_crowd, args=(n // n_callers,)) for _ in range(n_callers)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()


def one_of_crowd(n):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    request = f"GET /crowd HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {'x' * 400}\r\nConnection: close\r\n\r\n".encode()
    for _ in range(n):
        with context.wrap_socket(socket.create_connection((ADDRESS, NGINX), 10), server_hostname=HOST) as client:
            client.sendall(request)
            while client.recv(4096):
                pass


def digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
