#!/usr/bin/env python3
"""origin.py ADDRESS PORT KEYSEED: a mail service in the manner of Outlook on the web, with the flaw of 2023.

It looks the key id up in the shared key list and checks the signature: and never asks whether that key may speak for
the token's issuer. What it mints it signs with a key of its own (Exchange's, an {app}@{realm} issuer), as the real
service did; and it takes tokens it minted earlier for new ones, which made the renewal loop.
"""
import base64
import http.server
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from minting import Microsoft, RsaKey, b64u, jws  # noqa: E402

EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
SUBJECTS = ("Quarterly figures", "Travel to the summit", "Re: draft statement", "Minutes of Tuesday", "Visa list")


def decode(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Mail(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keep-alive
    server_version = sys_version = ""

    def version_string(self):
        return "Microsoft-IIS/10.0 (stormglass TEST origin)"

    def log_message(self, *_):
        pass

    def claims(self):
        """The token's claims, None unless its signature holds under any key of the shared list: the flaw."""
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token.count(".") != 2:
            return None
        text, _, signature = token.rpartition(".")
        header, claims = map(decode, text.split("."))
        key = self.server.keys.get(header.get("kid") or header.get("x5t"))
        good = key and b64u(key.sign(text.encode())) == signature and claims["exp"] > time.time()
        return claims if good else None

    def reply(self, status, value, **headers):
        body = json.dumps(value).encode()
        self.send_response(status)
        headers = {"Content-Type": "application/json; charset=utf-8", "Content-Length": len(body), **headers}
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), str(text))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def mint(self, claims):
        now, self.server.minted = int(time.time()), self.server.minted + 1
        realm = claims["tid"] if "tid" in claims else claims["iss"].partition("@")[2]
        key = self.server.exchange
        token = jws(key, {"typ": "JWT", "alg": "RS256", "x5t": key.kid}, {
            "aud": f"{EXCHANGE}/outlook.office365.com@{realm}", "iss": f"{EXCHANGE}@{realm}",
            "nbf": now, "exp": now + 28800, "nameid": claims.get("nameid") or claims["oid"],
            "appctxsender": f"Owa@{realm}", "isbrowserhostedapp": "true",
            "appctx": json.dumps({"msexchprot": "owa", "primarysid": "S-1-5-21-1-2-3-1001", "n": self.server.minted})})
        answer = {"__type": "TokenResponse:#Exchange", "AccessToken": token, "ExpiresIn": 28800}
        self.reply(200, answer, X_OWA_Version="15.20.6433.24")

    def do_GET(self):
        if self.path.startswith("/owa/favicon.ico"):
            return self.reply(200, {})
        if self.headers.get("Authorization", "").startswith("Basic "):
            return self.reply(401, {"error": "Basic is off"}, WWW_Authenticate='Basic realm="mail"')
        claims = self.claims()
        if not claims:
            return self.reply(401, {"error": {"code": "InvalidAuthenticationToken"}}, WWW_Authenticate="Bearer")
        if "/messages" in self.path:
            return self.reply(200, {"value": [{"id": f"AAMk{n}", "subject": s} for n, s in enumerate(SUBJECTS)]})
        self.reply(200, {"displayName": claims.get("name", "service"), "id": claims.get("oid", "")})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        claims, path = self.claims(), self.path.lower()
        if not claims:
            return self.reply(401, {"error": {"code": "InvalidAuthenticationToken"}}, WWW_Authenticate="Bearer")
        if "action=getaccesstokenforresource" in path:
            return self.mint(claims)
        if "action=getconversationitems" in path:
            items = [{"Subject": s, "Body": {"BodyType": "Text", "Value": "(test text) " * 12}} for s in SUBJECTS]
            return self.reply(200, {"Body": {"ResponseClass": "Success", "Items": items}})
        self.reply(202, {})

    do_HEAD = do_GET


def main():
    address, port, seed = sys.argv[1:]
    server = http.server.ThreadingHTTPServer((address, int(port)), Mail)
    server.daemon_threads = True
    microsoft = Microsoft(seed)
    server.exchange = RsaKey(seed + "|exchange", "Exchange service (stormglass TEST key)")
    keys = (microsoft.organisations, microsoft.government, microsoft.consumers, server.exchange)
    server.keys = {k.kid: k for k in keys}
    server.minted = 0
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
