"""common: what the cases are made of: requests, people, other providers' tokens.

A case's token is made for the second its request is sent in, so that limits of time can be tested to the second.
"""
import base64
import hashlib

from minting import (CONSUMER_TENANT, GRAPH_AUD, EcKey, Person, RsaKey, Stream, b64u, compact, jws, v1_claims,
                     v1_header, v2_claims, v2_header)

NOW = 1768478400  # 2026-01-15T12:00:00Z
IDS = Stream("rule cases")
CONTOSO, FABRIKAM = IDS.guid(), IDS.guid()
ADA, BOB = Person("ada", CONTOSO), Person("bob", FABRIKAM, "fabrikam.example")
MSA = Person("carol", CONSUMER_TENANT, "outlook.example")
STORM_KID = "1LTMzakihiRla_8z2BEJVXeWMqo"
OTHER = RsaKey("rule cases|other", "some other identity provider (stormglass TEST key)")
EC = EcKey("rule cases|other")


class Case:
    """One request. `token` is the credential, or a function of the time that makes it; `scheme` stands before it."""

    def __init__(self, what, token=None, status=200, kind="miss", scheme="Bearer", method="GET",
        path="/api/v2.0/me/messages",
                 headers=(), body=None):
        self.what, self.token, self.status, self.kind, self.scheme = what, token, status, kind, scheme
        self.method, self.path, self.headers, self.body = method, path, headers, body
        self.authorization = None

    def at(self, now):
        if self.token is not None:
            token = self.token(now) if callable(self.token) else self.token
            self.authorization = f"{self.scheme} {token}" if self.scheme else token
        return self


def noise(label, n):
    return hashlib.shake_256(b"noise|" + label.encode()).digest(n)


def hit(*args, **kw):
    return Case(*args, kind="hit", **kw)


def minor(*args, **kw):
    """Raises the rule, but with less severity than any hit."""
    return Case(*args, kind="minor", **kw)


miss = Case


def uti(text):
    return b64u(hashlib.sha256(text.encode()).digest()[:16])


def v2(key, person=ADA, header=None, ago=600, **more):
    """A v2.0 token issued `ago` seconds before use; `more` replaces claims, None removes one."""
    return lambda now: _make(key, {**v2_header(key), **(header or {})}, v2_claims(person, now - ago, 4500,
        uti(f"{now}")), more)


def v1(key, person=ADA, header=None, ago=600, **more):
    return lambda now: _make(key, {**v1_header(key), **(header or {})}, v1_claims(person, now - ago, 4500,
        uti(f"{now}")), more)


def _make(key, header, claims, more):
    claims = {k: v for k, v in {**claims, **more}.items() if v is not None}
    return jws(key, {k: v for k, v in header.items() if v is not None}, claims)


def oidc(iss, key=OTHER, header=None, **more):
    """Some other provider's token."""
    def make(now):
        base = {"iss": iss, "sub": "user-1", "aud": "api://default", "iat": now - 600, "exp": now + 3000,
            "jti": uti(f"{iss}{now}")}
        return _make(key, {"alg": key.alg, "typ": "JWT", "kid": b64u(hashlib.sha256(iss.encode()).digest()),
            **(header or {})}, base, more)
    return make


COGNITO_ISS = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
COGNITO_KID = "q/9Ax0+Ch/Wl1NlDH3Nz+NLFOsY3Mmjc/wVQ8BzbkEM="  # 44 characters of standard base64
GOOGLE_KID = hashlib.sha1(b"rule cases").hexdigest()
B2C_ISS = f"https://contoso.b2clogin.com/{CONTOSO}/v2.0/"
ADFS_ISS = "http://fs.contoso.example/adfs/services/trust"
ACS_APP = "00000003-0000-0ff1-ce00-000000000000"


def google(iss="accounts.google.com", key=OTHER, **header):
    return oidc(iss, key, header={"kid": GOOGLE_KID, **header}, azp="1234.apps.googleusercontent.com",
        email_verified=True)


def cognito(now):
    return oidc(COGNITO_ISS, header={"kid": COGNITO_KID}, token_use="access", client_id="4f5g6h7j8k9l0", version=2,
        aud=None)(now)


def b2c(**more):
    return oidc(B2C_ISS, header={"kid": "X5eXk4xyojNFum1kl2Ytv8dlNP4-c57dO6QGTVBwaNk"}, ver="1.0", tfp="B2C_1_signin",
        **more)


def adfs(**more):
    return oidc(ADFS_ISS, header={"kid": OTHER.kid, "x5t": OTHER.kid},
        aud="microsoft:identityserver:https://app.contoso.example/",
                appid="b1c5ab11-8c4f-4f5b-9c3f-1f0c2d8fbe11", apptype="Confidential",
                    authmethod="urn:federation:authentication:windows",
                ver="1.0", **more)


def alb(now):
    """AWS ALB: ES256 with `signer` in the header, and every segment padded with '='."""
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/front/0123456789abcdef"
    header = compact({"typ": "JWT", "kid": "0a1b2c3d-1111-4222-8333-444455556666", "alg": "ES256",
        "iss": "https://idp.contoso.example",
                      "client": "front", "signer": arn, "exp": now + 120})
    claims = compact({"sub": "user-2", "name": "Müller", "email": "m@contoso.example", "exp": now + 120,
        "iss": "https://idp.contoso.example"})
    pad = lambda raw: base64.urlsafe_b64encode(raw).decode()  # noqa: E731
    text = pad(header) + "." + pad(claims)
    assert "=" in text
    return text + "." + pad(EC.sign(text.encode()))


def s2s(now):
    """SharePoint server-to-server: the outer token is alg none on purpose, the inner actor token is signed."""
    text = str(now + 3000)  # ACS writes its times as strings
    who = {"aud": f"{ACS_APP}/sharepoint.contoso.example@{CONTOSO}", "nbf": str(now - 60), "exp": text}
    inner = jws(OTHER, {"typ": "JWT", "alg": "RS256", "x5t": OTHER.kid},
                {**who, "iss": f"0f0f0f0f-1111-4222-8333-444455556666@{CONTOSO}",
                 "nameid": f"0f0f0f0f-1111-4222-8333-444455556666@{CONTOSO}", "trustedfordelegation": "true"})
    return jws(None, {"typ": "JWT", "alg": "none"},
               {**who, "iss": f"0f0f0f0f-1111-4222-8333-444455556666@{CONTOSO}", "nameid": "s-1-5-21-1-2-3-1001",
                "nii": "urn:office:idp:activedirectory", "actortoken": inner})


MSA_TICKET = "EwB" + base64.b64encode(Stream("ticket").take(300)).decode()


def background(m):
    """What stands beside every rule's hits: ordinary credentials of each family."""
    return [miss("a v2 token of organisations", v2(m.organisations)),
            miss("a v1 token of organisations", v1(m.organisations)),
            miss("a consumer's token under the consumer key", v2(m.consumers, MSA)),
            miss("no credential at all"),
            miss("Basic", base64.b64encode(b"svc:TEST-ONLY").decode(), scheme="Basic"),
            miss("an opaque bearer: a Microsoft account ticket", MSA_TICKET)]


