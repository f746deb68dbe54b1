"""minting: TEST keys, certificates, key sets and tokens for the recordings. Standard library only.

Keys are derived from a seed, so the same seed gives the same keys, certificates and signatures on every machine:
nothing secret needs to be stored. They sign test tokens and nothing else. None of this resists side channels: never
use it elsewhere.
"""
import base64
import datetime
import hashlib
import json

CONSUMER_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
TEMPLATE = "https://login.microsoftonline.com/{tenantid}/v2.0"


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value):
    """JSON as identity providers write it: no blanks, order kept."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


class Stream:
    """Deterministic bytes of a seed: SHAKE-256 in counter mode."""

    def __init__(self, seed):
        self.seed, self.counter = seed.encode(), 0

    def take(self, n):
        self.counter += 1
        return hashlib.shake_256(self.seed + b"|%d" % self.counter).digest(n)

    def guid(self):
        h = self.take(16).hex()
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"


def _is_prime(n, stream):
    """Miller-Rabin with 24 bases out of the stream."""
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for _ in range(24):
        x = pow(int.from_bytes(stream.take(32), "big") + 2, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


_SMALL = [p for p in range(3, 2000, 2) if all(p % q for q in range(3, int(p ** 0.5) + 1, 2))]


def _prime(bits, e, stream):
    while True:
        n = int.from_bytes(stream.take(bits // 8), "big") | 3 << bits - 2 | 1
        if all(n % p for p in _SMALL) and (n - 1) % e and _is_prime(n, stream):
            return n


def _tlv(tag, *parts):
    """DER (X.690): tag, length, the parts."""
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    n = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(n)]) + n + body


def _der_int(n):
    return _tlv(0x02, n.to_bytes(n.bit_length() // 8 + 1, "big"))


_SHA256_RSA = _tlv(0x30, bytes.fromhex("06092a864886f70d01010b"), b"\x05\x00")
_RSA = _tlv(0x30, bytes.fromhex("06092a864886f70d010101"), b"\x05\x00")
_DIGEST_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


class RsaKey:
    """An RSA-2048 signing key with a self-signed certificate; kid = x5t = base64url(SHA-1(certificate)), 27 long."""
    alg = "RS256"

    def __init__(self, seed, cn, not_before=datetime.datetime(2026, 1, 1), days=1825):
        stream, self.e = Stream("rsa|" + seed), 65537
        p, q = _prime(1024, self.e, stream), _prime(1024, self.e, stream)
        self.n, self.d = p * q, pow(self.e, -1, (p - 1) * (q - 1))
        self.cn = cn
        self.certificate = self._certificate(stream, not_before, days)
        self.kid = b64u(hashlib.sha1(self.certificate).digest())

    def _certificate(self, stream, not_before, days):
        name = _tlv(0x30, _tlv(0x31, _tlv(0x30, b"\x06\x03\x55\x04\x03", _tlv(0x0C, self.cn.encode()))))
        when = [_tlv(0x17, (not_before + datetime.timedelta(d)).strftime("%y%m%d%H%M%SZ").encode()) for d in (0, days)]
        spki = _tlv(0x30, _RSA, _tlv(0x03, b"\0", _tlv(0x30, _der_int(self.n), _der_int(self.e))))
        serial = _der_int(int.from_bytes(stream.take(8), "big") | 1)
        tbs = _tlv(0x30, _tlv(0xA0, _der_int(2)), serial, _SHA256_RSA, name, _tlv(0x30, *when), name, spki)
        return _tlv(0x30, tbs, _SHA256_RSA, _tlv(0x03, b"\0", self.sign(tbs)))

    def sign(self, message):
        """RSASSA-PKCS1-v1_5 with SHA-256, RFC 8017 8.2.1."""
        k = (self.n.bit_length() + 7) // 8
        t = _DIGEST_SHA256 + hashlib.sha256(message).digest()
        em = b"\0\x01" + b"\xff" * (k - len(t) - 3) + b"\0" + t
        return pow(int.from_bytes(em, "big"), self.d, self.n).to_bytes(k, "big")

    def public_jwk(self):
        return {"kty": "RSA", "n": b64u(self.n.to_bytes(256, "big")), "e": b64u(self.e.to_bytes(3, "big"))}

    def jwk(self, cloud=None, issuer=None):
        """As a Microsoft key list shows it."""
        out = {"kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid, **self.public_jwk()}
        out["x5c"] = [base64.b64encode(self.certificate).decode()]
        if cloud:
            out["cloud_instance_name"] = cloud
        if issuer:
            out["issuer"] = issuer
        return out


_P = 2 ** 256 - 2 ** 224 + 2 ** 192 + 2 ** 96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
      0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def _add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % _P == 0:
            return None
        m = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, _P) % _P
    else:
        m = (b[1] - a[1]) * pow(b[0] - a[0], -1, _P) % _P
    x = (m * m - a[0] - b[0]) % _P
    return x, (m * (a[0] - x) - a[1]) % _P


def _times(k, point):
    out = None
    while k:
        if k & 1:
            out = _add(out, point)
        point, k = _add(point, point), k >> 1
    return out


class EcKey:
    """A P-256 signing key, ES256 (RFC 7518 3.4: r and s raw, 32 bytes each)."""
    alg = "ES256"

    def __init__(self, seed):
        self.d = int.from_bytes(Stream("ec|" + seed).take(40), "big") % (_N - 1) + 1
        self.q = _times(self.d, _G)

    def sign(self, message):
        h = hashlib.sha256(message).digest()
        k = int.from_bytes(hashlib.shake_256(self.d.to_bytes(32, "big") + h).digest(40), "big") % (_N - 1) + 1
        r = _times(k, _G)[0] % _N
        s = pow(k, -1, _N) * (int.from_bytes(h, "big") + r * self.d) % _N
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def public_jwk(self):
        return {"kty": "EC", "crv": "P-256", "x": b64u(self.q[0].to_bytes(32, "big")),
            "y": b64u(self.q[1].to_bytes(32, "big"))}


def jws(key, header, claims):
    """Compact JWS, RFC 7515 7.1. `header` and `claims` are dicts, or bytes taken as they are; no key: unsigned."""
    parts = [b64u(p if isinstance(p, bytes) else compact(p)) for p in (header, claims)]
    text = ".".join(parts)
    return text + "." + (b64u(key.sign(text.encode())) if key else "")


class Microsoft:
    """The three key families of tokens.md's old shared list, as TEST keys: organisations, US Government, consumers."""

    def __init__(self, seed, not_before=datetime.datetime(2026, 1, 1)):
        def key(name, cn):
            return RsaKey(f"{seed}|{name}", cn + " (stormglass TEST key)", not_before)
        self.organisations = key("organisations", "accounts.accesscontrol.windows.net")
        self.government = key("government", "login.microsoftonline.us")
        self.consumers = key("consumers", "Live ID STS Signing Public Key")

    def v2_keys(self):
        return [self.organisations.jwk("microsoftonline.com", TEMPLATE),
                # the old shared list gave US Government keys the global template too: `issuer` cannot separate them
                self.government.jwk("microsoftonline.us", TEMPLATE),
                self.consumers.jwk("microsoftonline.com", TEMPLATE.replace("{tenantid}", CONSUMER_TENANT))]

    def v1_keys(self):
        return [self.organisations.jwk("microsoftonline.com"), self.government.jwk("microsoftonline.us")]

    def write_trust(self, folder, v2_extra=()):
        """folder/keys/entra-v2.jwks.json and entra-v1.jwks.json."""
        (folder / "keys").mkdir(parents=True, exist_ok=True)
        for name, keys in (("entra-v2", self.v2_keys() + list(v2_extra)), ("entra-v1", self.v1_keys())):
            (folder / "keys" / f"{name}.jwks.json").write_text(json.dumps({"keys": keys}, indent=1) + "\n")


class Person:
    """A made-up user: the ids that stay the same from token to token."""

    def __init__(self, name, tenant, domain="contoso.example"):
        ids = Stream("person|" + name + "|" + tenant)
        self.name, self.tenant, self.mail = name, tenant, f"{name}@{domain}"
        self.oid, self.sub = ids.guid(), b64u(ids.take(32))
        self.rh, self.sid = "0." + b64u(ids.take(38)) + ".", ids.guid()


OUTLOOK_APP = "d3590ed6-52b3-4102-aeff-aad2292ab01c"
GRAPH_AUD = "https://graph.microsoft.com/"
OUTLOOK_AUD = "https://outlook.office365.com/"


def v1_claims(person, iat, lifetime, uti, aud=OUTLOOK_AUD, **more):
    """An Entra v1.0 access token's claims in their usual order."""
    return {"aud": aud, "iss": f"https://sts.windows.net/{person.tenant}/", "iat": iat, "nbf": iat,
        "exp": iat + lifetime,
            "acct": 0, "acr": "1", "aio": b64u(hashlib.sha256(uti.encode()).digest()), "amr": ["pwd", "mfa"],
            "app_displayname": "Mail client", "appid": OUTLOOK_APP, "appidacr": "0", "idtyp": "user",
                "name": person.name,
            "oid": person.oid, "rh": person.rh, "scp": "Mail.ReadWrite Mail.Send User.Read", "sid": person.sid,
            "sub": person.sub, "tid": person.tenant, "unique_name": person.mail, "upn": person.mail, "uti": uti,
            "ver": "1.0", **more}


def v2_claims(person, iat, lifetime, uti, aud="00000002-0000-0ff1-ce00-000000000000", **more):
    """An Entra v2.0 access token's claims in their usual order."""
    return {"aud": aud, "iss": f"https://login.microsoftonline.com/{person.tenant}/v2.0", "iat": iat, "nbf": iat,
            "exp": iat + lifetime, "aio": b64u(hashlib.sha256(uti.encode()).digest()), "azp": OUTLOOK_APP,
                "azpacr": "0",
            "name": person.name, "oid": person.oid, "preferred_username": person.mail, "rh": person.rh,
            "scp": "Mail.ReadWrite Mail.Send User.Read", "sid": person.sid, "sub": person.sub, "tid": person.tenant,
            "uti": uti, "ver": "2.0", **more}


def v1_header(key):
    return {"typ": "JWT", "alg": key.alg, "x5t": key.kid, "kid": key.kid}


def v2_header(key):
    return {"typ": "JWT", "alg": key.alg, "kid": key.kid}
