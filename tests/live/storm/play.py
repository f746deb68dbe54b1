#!/usr/bin/env python3
"""play.py OUTDIR KEYSEED ORIGIN-NETNS CAFILE: plays the story's clients and records each case at the origin.

Runs in the clients' namespace; clients are curl and http.client, each from the address of its person.
"""
import http.client
import json
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from minting import (CONSUMER_TENANT, GRAPH_AUD, Microsoft, Person, Stream, b64u, compact, jws,  # noqa: E402
                     v1_claims, v1_header, v2_claims, v2_header)

FRONT, ORIGIN_IF, ORIGIN_PORT = "10.55.8.1", "sgo1", 8080
ENTERPRISE, CONSUMER, GRAPH = "outlook.office365.com", "outlook.live.com", "graph.microsoft.com"
IDS = Stream("storm-0558 story")
STATE, COMMERCE = IDS.guid(), IDS.guid()
ADA, BEN = (Person(name, STATE, "state.example") for name in ("ada", "ben"))
CAT = Person("cat", COMMERCE, "commerce.example")
DOT, ELI = (Person(name, CONSUMER_TENANT, "outlook.example") for name in ("dot", "eli"))
ADDRESS = {ADA: "10.55.8.21", BEN: "10.55.8.22", CAT: "10.55.8.23", DOT: "10.55.8.31", ELI: "10.55.8.32"}
ATTACKER = "198.51.100.66"  # RFC 5737
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/114.0.0.0 Safari/537.36 Edg/114.0.1823.51"
MINT = "/owa/service.svc?action=GetAccessTokenForResource"
READ = "/owa/service.svc?action=GetConversationItems"


class Recorder:
    """tcpdump on the clear side, from entering to leaving the block."""

    def __init__(self, namespace, path, only=""):
        self.command = ["ip", "netns", "exec", namespace, "tcpdump", "-i", ORIGIN_IF, "-n", "-U", "-s", "0",
                        "-Z", "root", "-w", str(path), f"tcp and {only} port {ORIGIN_PORT}"]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "listening on" in line:
                break
        time.sleep(0.3)
        return self

    def __exit__(self, *_):
        time.sleep(0.7)  # let the last acknowledgements pass
        self.process.send_signal(signal.SIGINT)
        rest = self.process.stderr.read()
        self.process.wait()
        if "0 packets dropped by kernel" not in rest:
            raise SystemExit(f"tcpdump lost packets: {rest}")


class Session(http.client.HTTPSConnection):
    """One keep-alive connection through the TLS terminator from `address`."""

    def __init__(self, host, address, cafile):
        context = ssl.create_default_context(cafile=cafile)
        super().__init__(host, 443, source_address=(address, 0), context=context, timeout=10)

    def connect(self):
        plain = socket.create_connection((FRONT, 443), self.timeout, self.source_address)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)

    def ask(self, method, path, token=None, agent="Python-http.client/3", body=None, **headers):
        head = {"User-Agent": agent, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if token:
            head["Authorization"] = "Bearer " + token
        self.request(method, path, body, head)
        response = self.getresponse()
        text = response.read()
        return response.status, text


class Story:
    def __init__(self, out, seed, namespace, cafile):
        self.out, self.namespace, self.cafile, self.keys, self.serial = out, namespace, cafile, Microsoft(seed), 0

    def record(self, case, only=""):
        folder = self.out / case
        folder.mkdir(parents=True, exist_ok=True)
        self.keys.write_trust(folder / "trust")
        return Recorder(self.namespace, folder / "in.pcap", only)

    def uti(self):
        self.serial += 1
        return b64u(Stream(f"uti {self.serial}").take(16))

    def v1(self, person, aud="https://outlook.office365.com/", key=None):
        iat, key = int(time.time()) - 300 - 60 * (self.serial % 20), key or self.keys.organisations
        return jws(key, v1_header(key), v1_claims(person, iat, 3900 + 97 * (self.serial % 15), self.uti(), aud))

    def v2(self, person, key=None, aud="00000002-0000-0ff1-ce00-000000000000"):
        iat, key = int(time.time()) - 300 - 60 * (self.serial % 20), key or self.keys.organisations
        return jws(key, v2_header(key), v2_claims(person, iat, 3900 + 97 * (self.serial % 15), self.uti(), aud))

    def msa(self, person):
        return self.v2(person, self.keys.consumers)

    def forged(self, victim):
        """What Storm-0558 did: everything as for the victim's own tenant, signed by the consumer key."""
        return self.v2(victim, self.keys.consumers)

    def session(self, host, address):
        return Session(host, address, self.cafile)

    def curl(self, address, host, path, token=None, *more):
        command = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", self.cafile, "--noproxy", "*",
                   "--interface", address, "--resolve", f"{host}:443:{FRONT}", f"https://{host}{path}", *more]
        if token:
            command += ["-H", f"Authorization: Bearer {token}"]
        return int(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)

    def ordinary(self):
        """People at work: v1 and v2 tokens, consumers, Basic, none, a token that the service refuses."""
        for person, token in ((ADA, self.v1(ADA)), (BEN, self.v2(BEN)), (CAT, self.v1(CAT))):
            mail = self.session(ENTERPRISE, ADDRESS[person])
            expect(mail.ask("GET", "/owa/favicon.ico", agent=EDGE)[0], 200)
            expect(mail.ask("GET", "/api/v2.0/me/messages?$top=5", token, EDGE)[0], 200)
            self.read(mail, token, 1, EDGE)
            mail.close()
        expect(self.curl(ADDRESS[ADA], GRAPH, "/v1.0/me", self.v1(ADA, GRAPH_AUD)), 200)
        expect(self.curl(ADDRESS[CAT], GRAPH, "/v1.0/me/messages", self.v2(CAT, aud=GRAPH_AUD)), 200)
        for person in (DOT, ELI):
            expect(self.curl(ADDRESS[person], CONSUMER, "/api/v2.0/me/messages", self.msa(person)), 200)
        expect(self.curl(ADDRESS[BEN], ENTERPRISE, "/owa/", None, "-u", "ben:TEST-ONLY"), 401)
        expect(self.curl(ADDRESS[BEN], ENTERPRISE, "/v1.0/me"), 401)
        expect(self.curl(ADDRESS[BEN], ENTERPRISE, "/v1.0/me", self.v2(BEN), "-I"), 200)

    def mint(self, session, token, resource="https://graph.microsoft.com/"):
        """The call of tokens minted from tokens, with the headers it is known by."""
        data = urllib.parse.quote(compact({"__type": "TokenRequest:#Exchange", "Resource": resource}))
        status, text = session.ask("POST", MINT, token, "Client=REST;Client=RESTSystem;;", b"",
                                   action="GetAccessTokenForResource", x_owa_urlpostdata=data, x_req_source="Mail",
                                   x_owa_canary="TESTcanary0000000000000000000000000000.",
                                   Content_Type="application/json; charset=utf-8")
        expect(status, 200)
        return json.loads(text)["AccessToken"]

    def read(self, session, token, times, agent="python-requests/2.28.2"):
        for n in range(times):
            status, _ = session.ask("POST", READ, token, agent, b'{"ConversationId":"%d"}' % n,
                                    Content_Type="application/json", action="GetConversationItems")
            expect(status, 200)

    def attack(self):
        """Forge, mint, renew from the minted, read; then the next victim, and one in another tenant."""
        session = self.session(ENTERPRISE, ATTACKER)
        minted = self.mint(session, self.forged(ADA))
        for _ in range(3):
            minted = self.mint(session, minted)
        session.close()
        session = self.session(ENTERPRISE, ATTACKER)
        self.read(session, minted, 4)
        for victim in (BEN, CAT):
            forged = self.forged(victim)
            minted = self.mint(session, forged)
            self.read(session, minted, 2)
            self.read(session, forged, 1)
        session.close()

    def storm(self):
        with self.record("storm-0558"):
            self.ordinary()
            self.attack()
            self.curl(ADDRESS[ADA], ENTERPRISE, "/api/v2.0/me/messages", self.v1(ADA))

    def clean(self):
        with self.record("clean"):
            self.ordinary()

    def midstream(self):
        """The recorder comes when the connection, and its keep-alive towards the origin, is some requests old."""
        session = self.session(ENTERPRISE, ATTACKER)
        self.read(session, self.v1(ADA), 2)
        with self.record("midstream"):
            self.read(session, self.v1(ADA), 1)
            self.mint(session, self.forged(ADA))
            self.read(session, self.v1(BEN), 1)
        session.close()

    def one_sided(self):
        """Only packets towards the origin."""
        with self.record("one-sided", "dst"):
            self.curl(ADDRESS[CAT], GRAPH, "/v1.0/me", self.v1(CAT, GRAPH_AUD))
            session = self.session(ENTERPRISE, ATTACKER)
            self.read(session, self.v1(ADA), 1)
            self.mint(session, self.forged(ADA))
            session.close()


def expect(status, wanted):
    if status != wanted:
        raise SystemExit(f"play.py: the origin answered {status}, not {wanted}")


def main():
    out, seed, namespace, cafile = sys.argv[1:]
    story = Story(pathlib.Path(out), seed, namespace, cafile)
    story.storm()
    time.sleep(2)  # the terminator's idle connections to the origin end before the next case
    story.clean()
    time.sleep(2)
    story.midstream()
    time.sleep(2)
    story.one_sided()


if __name__ == "__main__":
    main()
