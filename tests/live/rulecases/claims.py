"""cases of the C rules: encoding and claims."""
import base64

from minting import GRAPH_AUD, b64u, compact, jws, v2_claims, v2_header
from rulecases.common import (ADA, EC, FABRIKAM, NOW, alb, background, cognito, hit, minor, miss, noise, oidc, s2s,
                              uti, v1, v2)


def c01(m):
    def raw(header=None, claims=None):
        def make(now):
            h, c = compact(v2_header(m.organisations)), compact(v2_claims(ADA, now - 600, 4500, uti(f"{now}")))
            return jws(m.organisations, h[:-1] + header + b"}" if header else h,
                c[:-1] + claims + b"}" if claims else c)
        return make
    return [
        hit("alg twice in the header", raw(header=b',"alg":"none"')),
        hit("iss twice", raw(claims=b',"iss":"https://idp.invalid"')),
        hit("exp twice, same value aside", raw(claims=b',"exp":4102444800')),
        hit("a name twice, once written with an escape", raw(claims=b',"t\\u0069d":"%s"' % FABRIKAM.encode())),
        hit("tid twice but for case", raw(claims=b',"Tid":"%s"' % FABRIKAM.encode())),
        hit("a name twice within a nested object", raw(claims=b',"act":{"sub":"a","sub":"b"}')),
        miss("the same names at different depths",
            raw(claims=b',"act":{"iss":"a","tid":"b","sub":"c","act":{"sub":"d"}}')),
        miss("the same names in the objects of an array", raw(claims=b',"groups":[{"id":"1"},{"id":"2"},{"id":"3"}]')),
        miss("other names that differ by case alone", raw(claims=b',"Role":"a","role":"b"')),
        miss("the same name in header and claims", raw(claims=b',"alg":"x","kid":"y"')),
        miss("a name that occurs as a value", raw(claims=b',"note":"iss","list":["iss","iss"]')),
    ] + background(m)


def c02(m):
    def change(edit, part):
        """The signature is over the changed text: the encoding alone is what is wrong."""
        def make(now):
            parts = v2(m.organisations, padme="~" * 7)(now).split(".")[:2]
            if part < 2:
                parts[part] = edit(parts[part])
            signature = b64u(m.organisations.sign(".".join(parts).encode()))
            return ".".join(parts + [edit(signature) if part == 2 else signature])
        return make

    def plus(now):
        text = v2(m.organisations, note="?>~?>~?>~?>~?>~?>~")(now)
        assert "-" in text or "_" in text
        return text.replace("-", "+").replace("_", "/")

    def bits(text):
        """The last character of a segment whose length mod 4 is 3 (or 2) carries 2 (or 4) unused bits: set one."""
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        assert len(text) % 4 in (2, 3)
        return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]

    def pad(text):
        return text + "=" * (-len(text) % 4)
    return [
        minor("padding on the signature", change(pad, 2)),
        hit("'+' and '/' instead of '-' and '_'", plus),
        hit("unused bits set at the end of the signature", change(bits, 2)),
        hit("a length that cannot be: one character too many", change(lambda s: s + "A" * ((1 - len(s)) % 4), 2)),
        hit("a blank within the signature", change(lambda s: s[:9] + " " + s[9:], 2)),
        miss("ALB pads every segment, and names its signer", alb),
        miss("the ALB's token in its own header", headers=[("x-amzn-oidc-data", alb(NOW))]),
        miss("Cognito: the kid is standard base64, the encoding is not", cognito),
        miss("an opaque bearer with padding", "AQEBAQ==" + base64.b64encode(noise("opaque", 32)).decode()),
        miss("ES256: 86 characters, two bits unused and clear", oidc("https://idp.contoso.example", EC)),
    ] + background(m)


def c05(m):
    def expired(seconds):
        return v2(m.organisations, ago=4500 + seconds)
    return [
        hit("expired 301 s ago", expired(301)),
        hit("expired a day ago", expired(86400)),
        hit("expired an hour ago, created something", expired(3600), status=201, method="POST",
            path="/api/v2.0/me/sendmail", body=b"{}"),
        hit("v1, expired ten minutes ago", v1(m.organisations, ago=4500 + 600)),
        miss("expired 300 s ago: skew", expired(300)),
        miss("expired 200 s ago: skew", expired(200)),
        miss("expired a day ago, refused: a retry loop", expired(86400), status=401),
        miss("expired a day ago, forbidden", expired(86400), status=403),
        miss("expired a day ago, sent to log in", expired(86400), status=302),
        miss("expired a day ago, the server failed", expired(86400), status=500),
        minor("expired a day ago, never answered", expired(86400), status=None),
        miss("expired 300 s ago, never answered", expired(300), status=None),
        miss("expires this second", expired(0)),
        miss("never expires: Kubernetes' legacy token", oidc("kubernetes/serviceaccount", exp=None,
            sub="system:serviceaccount:a:b")),
        miss("valid for a year: Kubernetes", oidc("https://kubernetes.default.svc.cluster.local", exp=NOW + 31536000)),
    ] + background(m)


def c06(m):
    def times(iat=None, nbf=None, exp=None):
        def make(now):
            claims = v2_claims(ADA, now - 600, 4500, uti(f"{now}"))
            claims.update({k: now + v for k, v in (("iat", iat), ("nbf", nbf), ("exp", exp)) if v is not None})
            return jws(m.organisations, v2_header(m.organisations), claims)
        return make
    return [
        hit("nbf 301 s ahead", times(nbf=301)),
        hit("iat 301 s ahead", times(iat=301)),
        hit("issued tomorrow", times(iat=86400, nbf=86400, exp=90000)),
        hit("iat after exp", times(iat=-60, exp=-120)),
        hit("nbf after exp", times(nbf=-60, exp=-120)),
        miss("nbf and iat 300 s ahead: skew", times(iat=300, nbf=300)),
        miss("nbf and iat 200 s ahead: skew", times(iat=200, nbf=200)),
        miss("iat equals exp", times(iat=0, nbf=0, exp=0)),
        miss("nbf before iat: pre-dated by five minutes", times(iat=-600, nbf=-900)),
        miss("nbf after iat, both past", times(iat=-900, nbf=-600)),
        miss("no iat, no nbf", v2(m.organisations, iat=None, nbf=None)),
        miss("a long life is no time travel", oidc("https://kubernetes.default.svc.cluster.local", exp=NOW + 31536000)),
        miss("ACS writes times as strings", s2s),
        miss("a future date in another claim", v2(m.organisations, xms_cc=["cp1"], auth_time=NOW + 99999999,
            aud=GRAPH_AUD)),
    ] + background(m)
