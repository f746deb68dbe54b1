"""places: where requests carry credentials: fields of proxies, cookies, URLs, Referer."""
import base64
import urllib.parse
import zlib

from carriercases import made
from carriercases.origin import serve
from lab import CLIENT, CLIENT_ADDRESS
from minting import b64u, compact

API = "http://api.example:8080"


def proxied(stage, locations):
    """nginx, which adds fields to what it passes on to a server in the clients' namespace: both legs are seen."""
    serve(stage, 8081, at=CLIENT, address=CLIENT_ADDRESS)
    lines = []
    for path, fields in locations.items():
        added = " ".join(f'proxy_set_header {name} "{value}";' for name, value in fields.items())
        lines.append(f"location /{path} {{ proxy_pass http://origin.example:8081; {added} }}")
    stage.nginx("\n".join(lines), listen="", http="proxy_headers_hash_max_size 4096; proxy_headers_hash_bucket_size 128;")
    for path in locations:
        stage.curl(["-b", f"session=test-{path}", f"{API}/{path}"])


def proxy_headers(stage):
    """What authenticating proxies add.

    curl asks nginx, nginx asks a server of Python's and adds what the real ones add, each its own path:

    - `/oauth2-proxy`: X-Forwarded-Access-Token, X-Auth-Request-Access-Token (the same token), Authorization with an id token;
    - `/cloudflare`: Cf-Access-Jwt-Assertion and the cookie CF_Authorization with the same;
    - `/iap`: x-goog-iap-jwt-assertion;
    - `/alb`: x-amzn-oidc-data, whose parts are padded with `=`, and x-amzn-oidc-accesstoken;
    - `/easyauth`: X-MS-TOKEN-AAD-ACCESS-TOKEN, -ID-TOKEN, -REFRESH-TOKEN, and X-ZUMO-AUTH;
    - `/pomerium`: X-Pomerium-Jwt-Assertion;
    - `/gitlab`: PRIVATE-TOKEN; `/job`: JOB-TOKEN; `/keys`: X-Api-Key, X-Auth-Token, X-Vault-Token;
    - `/aws`: X-Amz-Security-Token;
    - `/nothing`: near misses: what the proxies say of a user beside the token, ids, digests. Only
      X-MS-CLIENT-PRINCIPAL is told, which App Service's applications take for the user's identity.

    Wanted: each request twice, the second time with its tokens; one credential of `/nothing`.
    """
    forwarded, cloudflare, alb = stage.short(), stage.short(), stage.short()
    padded = ".".join(part + "=" * (-len(part) % 4) for part in stage.short(header={"signer": "arn:aws:test"}).split("."))
    principal = base64.b64encode(compact({"auth_typ": "aad", "claims": [{"typ": "name", "val": "tess"}]})).decode()
    proxied(stage, {
        "oauth2-proxy": {"X-Forwarded-Access-Token": forwarded, "X-Auth-Request-Access-Token": forwarded,
                         "Authorization": f"Bearer {stage.short(nonce='test')}", "X-Forwarded-User": "tess"},
        "cloudflare": {"Cf-Access-Jwt-Assertion": cloudflare, "Cookie": f"theme=dark; CF_Authorization={cloudflare}"},
        "iap": {"x-goog-iap-jwt-assertion": stage.short(), "x-goog-authenticated-user-id": "accounts.google.com:4711"},
        "alb": {"x-amzn-oidc-data": stage.note(padded), "x-amzn-oidc-accesstoken": alb, "x-amzn-oidc-identity": "test-user-4711"},
        "easyauth": {"X-MS-TOKEN-AAD-ACCESS-TOKEN": stage.token(), "X-MS-TOKEN-AAD-ID-TOKEN": stage.short(),
                     "X-MS-TOKEN-AAD-REFRESH-TOKEN": stage.opaque("1.TEST", 60), "X-ZUMO-AUTH": stage.short(),
                     "X-MS-TOKEN-AAD-EXPIRES-ON": "2027-01-01T00:00:00Z"},
        "pomerium": {"X-Pomerium-Jwt-Assertion": stage.short()},
        "gitlab": {"PRIVATE-TOKEN": stage.opaque("glpat-TEST", 16)},
        "job": {"JOB-TOKEN": stage.opaque("", 24)},
        "keys": {"X-Api-Key": stage.opaque(), "X-Auth-Token": stage.opaque("gAAAAAB", 60),
                 "X-Vault-Token": stage.opaque("hvs.TEST", 24)},
        "aws": {"X-Amz-Security-Token": stage.note(made.aws_session_token("proxy")), "X-Amz-Date": "20261125T000000Z"},
        "nothing": {"X-MS-CLIENT-PRINCIPAL": principal, "X-MS-TOKEN-AAD-EXPIRES-ON": "2027-01-01T00:00:00Z",
                    "X-Forwarded-Access-Token-Expires": "3600", "X-Amz-Content-Sha256": "e3b0c44298fc1c149afbf4c8996fb924" * 2,
                    "X-Request-Id": "3f0c0c1e-54c1-4d0e-9d5c-0a1b2c3d4e5f", "X-Token-Count": "17", "Private-Tokens": "none",
                    "X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
                    "If-None-Match": "aGVsbG8td29ybGQtdGhpcy1pcy1uby10b2tlbg"},
    })


def cookies(stage):
    """Cookies.

    1. CF_Authorization, KEYCLOAK_IDENTITY, and a token in a cookie of anybody's.
    2. A token in two parts, `access_tokenC1` and `access_tokenC2` behind `access_token=chunks-2`, as ASP.NET Core cuts what is
       too long, and in two parts as a balancer does: `AWSELBAuthSessionCookie-0` and `-1`, which say nothing of themselves.
    3. ESTSAUTH, FedAuth, rtFa, OpenIdConnect.token.v1, `__Host-MSAAUTHP`.
    4. x-ms-RefreshTokenCredential, a token of a device's.
    5. A token in double quotes, and one whose dots are percent-encoded.
    6. Near misses: theme, language, analytics, consent as JSON in percent-encoding, a session of Flask's (three parts, of which
       the first is JSON, but no JOSE header), Django's csrftoken, a cookie whose name alone is like a token's.

    Wanted: six requests; tokens of the first five.
    """
    serve(stage, 8080)
    long = stage.short(groups=[f"test-group-{n}" for n in range(40)])
    prt = stage.short(header={"ctx": b64u(b"test-context-of-a-device")}, is_primary="true")
    flask = "eyJ1c2VyIjoidGVzdCIsImxhbmciOiJlbiJ9.aSVkXg.TESTtestTESTtestTESTtestTES"
    consent = "%7B%22necessary%22%3Atrue%2C%22token%22%3Afalse%7D"
    quoted, dotted = stage.short(), stage.short()
    stage.note(dotted.replace(".", "%2E"))
    sets = (
        f"CF_Authorization={stage.short()}; KEYCLOAK_IDENTITY={stage.short()}; whatever={stage.short()}",
        f"access_token=chunks-2; access_tokenC1={long[:500]}; access_tokenC2={long[500:]}; "
        f"AWSELBAuthSessionCookie-0={stage.opaque('', 120)}; AWSELBAuthSessionCookie-1={stage.opaque('', 60)}",
        f"ESTSAUTH={stage.opaque('0.TEST', 60)}; ESTSAUTHPERSISTENT={stage.opaque('0.TEST', 60)}; "
        f"FedAuth={stage.opaque('77u', 80)}; "
        f"rtFa={stage.opaque('', 80)}; OpenIdConnect.token.v1={stage.short()}; __Host-MSAAUTHP={stage.opaque('', 80)}",
        f"x-ms-RefreshTokenCredential={prt}",
        f'a="{quoted}"; b={dotted.replace(".", "%2E")}',
        f"theme=dark; lang=en; _ga=GA1.2.1234567890.1234567890; consent={consent}; session={flask}; "
        "csrftoken=TESTtestTESTtestTESTtestTESTtest; access_token_expires=3600; tokens=",
    )
    stage.curl(*(["-H", f"Cookie: {cookie}", f"{API}/cookies/{n}"] for n, cookie in enumerate(sets, 1)))


def query(stage):
    """Tokens in URLs.

    `access_token` (RFC 6750 2.3), `id_token_hint` on logout, `jwt`, `SAMLRequest` (deflated, base64, percent-encoded), a code
    with its state come back to a client, a shared access signature of Azure (`sig`), a token in percent-encoding within a URL
    within a parameter, a token in the path. Near misses: `tokens`, `access_token_type`, an empty `access_token`, a state that
    looks like two parts of a token. Wanted: ten requests, no URL with a token in it.
    """
    serve(stage, 8080)
    request = f'<samlp:AuthnRequest {made.NS} ID="_test-request-1" Version="2.0" IssueInstant="{made.iso(0)}"/>'
    packer = zlib.compressobj(wbits=-15)
    packed = base64.b64encode(packer.compress(request.encode()) + packer.flush()).decode()
    code = stage.note_weak(made.letters("code", 40))
    signature = stage.note_weak(base64.b64encode(made.Stream("sas").take(32)).decode())
    inner = stage.short()
    redirect = urllib.parse.quote(f"https://app.example/?access_token={inner}&n=1", safe="")
    sas = f"sv=2022-11-02&sp=r&se=2027-01-01T00%3A00%3A00Z&sr=b&sig={urllib.parse.quote(signature, safe='')}"
    stage.curl(*([f"{API}{path}"] for path in (
        f"/files?access_token={stage.short()}&n=1", f"/logout?id_token_hint={stage.short()}&state=test",
        f"/page?jwt={stage.short()}",
        f"/saml?SAMLRequest={urllib.parse.quote(packed, safe='')}&RelayState=test", f"/callback?code={code}&state=test-state",
        f"/container/blob.txt?{sas}", f"/login?redirect={redirect}", f"/verify/{stage.short()}/mail",
        "/near?tokens=12&access_token_type=bearer&access_token=&token_type=Bearer",
        "/near?state=eyJub3QiOiJhIHRva2VuIn0.c3RhdGU&n=2")))


def referer(stage):
    """Referer.

    A page whose URL has a token links on, and the browser tells where it came from: `access_token`, then a code; then one
    without either. Wanted: three requests, one or two credentials, no Referer with one in it.
    """
    serve(stage, 8080)
    code = stage.note_weak(made.letters("referer code", 40))
    stage.curl(["-e", f"https://app.example/page?access_token={stage.short()}&n=1", f"{API}/style.css"],
               ["-e", f"https://app.example/callback?code={code}&state=test", f"{API}/script.js"],
               ["-e", "https://app.example/page?tokens=12", f"{API}/image.png"])
