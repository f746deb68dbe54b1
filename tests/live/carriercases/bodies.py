"""bodies: credentials in the content of messages: forms and answers of token endpoints, key sets, OWA, SAML, SOAP."""
import base64
import gzip
import json
import subprocess
import time
import urllib.parse
import zlib

from carriercases import made
from carriercases.origin import prepare, serve
from http2cases.faults import rewrite
from lab import CLIENT, CLIENT_ADDRESS
from minting import EcKey, b64u, jws

LOGIN = "http://login.example:8080"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TYPE = "urn:ietf:params:oauth:token-type:"
OAUTH = {"Content_Type": "application/json;charset=UTF-8", "Cache_Control": "no-store"}


def form(**fields):
    """curl's arguments for a form."""
    return [part for name, value in fields.items() for part in ("--data-urlencode", f"{name}={value}")]


def tokens(stage, **more):
    """What a token endpoint answers."""
    return {"token_type": "Bearer", "scope": "Mail.Read", "expires_in": 3599, "ext_expires_in": 3599,
            "access_token": stage.short(),
            "refresh_token": stage.opaque("0.TEST", 60), "id_token": stage.short(nonce="test"), **more}


def grants(stage):
    """Requests to a token endpoint.

    Forms of every grant, each answered with `{"error":"invalid_grant"}`: client_credentials with a secret, with
    `client_assertion` (RFC 7523), with Basic; authorization_code with PKCE; refresh_token, opaque and a JWT; password;
    device_code; token exchange with subject_token and actor_token (RFC 8693); jwt-bearer; saml2-bearer (RFC 7522). Revocation
    and introspection, whose `token` it is. A near miss: a form of words alone, `token_type_hint`, `tokens`. Wanted: fourteen
    requests, each with what it carries: secrets and codes by a keyed hash alone, the password of the password grant not at all.
    """
    prepare(stage, "/tenant/oauth2/v2.0/token", '{"error":"invalid_grant","error_description":"TEST"}', 400, **OAUTH)
    serve(stage)
    secret, client = stage.opaque("TEST~", 34), "4a1e1c5e-0000-4000-8000-000000000001"
    assertion = own_assertion(stage, client)
    saml = stage.note(b64u(made.assertion(stage, "alice.grant@contoso.example").encode()))
    subject, actor = stage.short(), stage.short()
    forms = [
        form(grant_type="client_credentials", client_id=client, client_secret=secret,
             scope="https://graph.microsoft.com/.default"),
        form(grant_type="client_credentials", client_id=client, client_assertion_type=ASSERTION, client_assertion=assertion),
        ["-u", f"test-client:{stage.opaque('pw~', 20)}", *form(grant_type="client_credentials", scope="mail read")],
        form(grant_type="authorization_code", client_id=client, code=stage.opaque("0.TEST-", 80),
             redirect_uri="https://app.example/cb",
             code_verifier=stage.opaque("", 43)),
        form(grant_type="refresh_token", client_id=client, refresh_token=stage.opaque("M.C5_TEST.", 60)),
        form(grant_type="refresh_token", client_id=client, refresh_token=stage.short(typ="Refresh")),
        form(grant_type="password", username="tess@contoso.example", password=stage.note("pass word & TEST+percent%1")),
        form(grant_type="urn:ietf:params:oauth:grant-type:device_code", client_id=client, device_code=stage.opaque("", 60)),
        form(grant_type="urn:ietf:params:oauth:grant-type:token-exchange", subject_token=subject,
             subject_token_type=TYPE + "access_token",
             actor_token=actor, actor_token_type=TYPE + "jwt"),
        form(grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=stage.token(),
             requested_token_use="on_behalf_of"),
        form(grant_type="urn:ietf:params:oauth:grant-type:saml2-bearer", assertion=saml, client_id=client),
    ]
    stage.curl(*([*fields, f"{LOGIN}/tenant/oauth2/v2.0/token"] for fields in forms),
               [*form(token=stage.opaque("", 50), token_type_hint="refresh_token"), f"{LOGIN}/oauth2/revoke"],
               [*form(token=stage.short(), client_id=client), f"{LOGIN}/oauth2/introspect"],
               [*form(comment="the token is a token is a token", token_type_hint="none", tokens="12", page="3"),
                f"{LOGIN}/comments"])


def own_assertion(stage, client):
    """What a client says of itself, signed with its own key (RFC 7523 2.2)."""
    now = int(time.time())
    claims = {"iss": client, "sub": client, "aud": f"{LOGIN}/tenant/oauth2/v2.0/token", "iat": now, "exp": now + 300,
              "jti": "test-1"}
    return stage.note(jws(EcKey("TEST client"), {"alg": "ES256", "typ": "JWT", "kid": "test-client-key-of-its-own"}, claims))


def answers(stage):
    """Answers of a token endpoint, in every coding.

    Content-Length and chunks; gzip (also by nginx on the fly), deflate with zlib's frame and without, br, zstd, two codings one
    after the other. Each has an access token, a refresh token that says nothing of itself and an id token. Near misses: an
    error, an answer without a token, one that says gzip and is not. Wanted: fourteen answers, of the first eleven three tokens
    each.
    """
    def packed(module, call, data):
        program = f"import sys, {module}; sys.stdout.buffer.write({call}(sys.stdin.buffer.read()))"
        python = stage.python(module, "origin.py")[0]
        return subprocess.run([python, "-c", program], input=data, stdout=subprocess.PIPE, check=True).stdout

    def deflate_raw(data):
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(data) + packer.flush()
    codings = {
        "gzip": gzip.compress, "deflate": zlib.compress, "deflate-raw": deflate_raw,
        "br": lambda data: packed("brotli", "brotli.compress", data),
        "zstd": lambda data: packed("zstandard", "zstandard.ZstdCompressor().compress", data),
    }
    plain = json.dumps(tokens(stage))
    prepare(stage, "/token/length", plain, **OAUTH)
    prepare(stage, "/token/chunks", json.dumps(tokens(stage), indent=2), Transfer_Encoding="chunked", **OAUTH)
    for name, pack in codings.items():
        coding = {"Content_Encoding": name.removesuffix("-raw"), **OAUTH}
        prepare(stage, f"/token/{name}", pack(json.dumps(tokens(stage)).encode()), **coding)
        if name in ("br", "zstd"):
            prepare(stage, f"/token/{name}-chunks", pack(json.dumps(tokens(stage)).encode()), Transfer_Encoding="chunked",
                    **coding)
    prepare(stage, "/token/twice", gzip.compress(zlib.compress(json.dumps(tokens(stage)).encode())),
            Content_Encoding="deflate, gzip", **OAUTH)
    prepare(stage, "/token/nginx", json.dumps(tokens(stage)), **OAUTH)
    prepare(stage, "/token/error", '{"error":"invalid_grant","error_description":"TEST: no"}', 400, **OAUTH)
    prepare(stage, "/token/without",
            '{"token_type":"Bearer","expires_in":3599,"tokens":[],"access_token":null,"note":"no token"}', **OAUTH)
    prepare(stage, "/token/no-gzip", b'{"token_type":"Bearer","access_token":"', Content_Encoding="gzip", **OAUTH)
    serve(stage, 8081, at=CLIENT, address=CLIENT_ADDRESS)
    serve(stage, 8082, address="127.0.0.1")
    stage.nginx("gzip on; gzip_types application/json; gzip_min_length 1; gzip_proxied any;\n"
                "location / { proxy_pass http://127.0.0.1:8082; }",
                listen="")
    every = ["length", "chunks", *codings, "br-chunks", "zstd-chunks", "twice", "nginx", "error", "without", "no-gzip"]
    for name in every:
        asked = form(grant_type="client_credentials", client_id="test")
        squeeze = ["-H", "Accept-Encoding: gzip"] if name in ("nginx",) else []
        stage.curl([*asked, *squeeze, f"{LOGIN}/token/{name}"])


def requests_coded(stage):
    """Forms that come in other ways.

    A form in chunks, one after `Expect: 100-continue`, one that is gzipped (Content-Encoding of a request), a refresh in JSON,
    one of multipart/form-data, a form over HTTP/2 with a gzipped answer. Then a form of 20 KB whose token is its last field,
    and one of 100 KB, in chunks, whose token is its first. Wanted: eight requests, tokens of the first four, of the sixth and
    its answer, and of the eighth.
    """
    prepare(stage, "/oauth/token", json.dumps(tokens(stage)), **OAUTH)
    serve(stage)
    chunks = ["-H", "Transfer-Encoding: chunked", "-H", "Content-Type: application/x-www-form-urlencoded"]
    body, squeezed = stage.tmp / "form", stage.tmp / "form.gz"
    body.write_bytes(f"grant_type=refresh_token&refresh_token={stage.short()}".encode())
    squeezed.write_bytes(gzip.compress(f"grant_type=refresh_token&refresh_token={stage.short()}".encode()))
    in_json = json.dumps({"grant_type": "refresh_token", "refresh_token": stage.short(),
                          "nested": {"client_secret": stage.opaque()}})
    large = "comment=" + "a+word+" * 3000
    first, last = stage.tmp / "first", stage.tmp / "last"
    first.write_text(f"access_token={stage.short()}&{large * 5}")
    last.write_text(f"{large}&access_token={stage.short()}")
    url = f"{LOGIN}/oauth/token"
    stage.curl([*chunks, "-d", f"@{body}", url], ["-H", "Expect: 100-continue", *form(refresh_token=stage.short(),
                                                                                      grant_type="refresh_token"), url],
               ["-H", "Content-Encoding: gzip", "--data-binary", f"@{squeezed}", url],
               ["-H", "Content-Type: application/json", "-d", in_json, url], ["-F", f"token={stage.short()}", "-F", "n=1",
                                                                              f"{LOGIN}/upload"])
    stage.nginx("gzip on; gzip_types application/json; gzip_proxied any; location / { proxy_pass http://login.example:8080; }",
                port=8081)
    stage.curl([*form(grant_type="refresh_token", refresh_token=stage.short()), "-H", "Accept-Encoding: gzip",
                "http://login.example:8081/oauth/token"], always=("--http2-prior-knowledge",))
    stage.curl(["-d", f"@{last}", url], [*chunks, "-d", f"@{first}", url])


def key_sets(stage):
    """Key sets and discovery.

    A discovery document, Entra's key list with certificates, the TEST issuer's key set, and a list that has a private key
    (`d`), which nobody should publish; gzipped, in chunks. Wanted: five requests, no credential: public keys are none.
    """
    keys = stage.keys
    discovery = {"issuer": "https://idp.example", "jwks_uri": "https://idp.example/keys",
                 "token_endpoint": "https://idp.example/token",
                 "id_token_signing_alg_values_supported": ["ES256", "RS256"], "claims_supported": ["sub", "iss"]}
    prepare(stage, "/.well-known/openid-configuration", json.dumps(discovery), Content_Type="application/json")
    prepare(stage, "/common/discovery/v2.0/keys", json.dumps({"keys": keys.microsoft.v2_keys()}), Content_Type="application/json")
    prepare(stage, "/keys", gzip.compress(json.dumps({"keys": [keys.jwk()]}).encode()), Content_Type="application/jwk-set+json",
            Content_Encoding="gzip", Transfer_Encoding="chunked")
    private = {**keys.jwk(), "kid": "test-private", "d": stage.note(b64u(made.Stream("private").take(32)))}
    prepare(stage, "/private/keys", json.dumps({"keys": [private]}), Content_Type="application/json")
    serve(stage)
    stage.curl(*([f"{LOGIN}/{path}"] for path in (".well-known/openid-configuration", "common/discovery/v2.0/keys", "keys",
                                                  "private/keys",
                                                   "keys?again=1")))


def owa(stage):
    """Outlook on the web mints a token.

    `POST /owa/service.svc?action=GetAccessTokenforResource` with the token of before and OWA's fields; the answer is
    `{"AccessToken": ...}`, as in the intrusion of 2023. Then with another spelling of the action. A near miss: another action
    of the same service, whose answer has no token. Wanted: three requests with their bearer, of two answers the token.
    """
    path = "/owa/service.svc"
    prepare(stage, path, json.dumps({"Header": {"ServerVersionInfo": {"MajorVersion": 15}}, "AccessToken": stage.token(),
                                     "ExpiresIn": 3600, "Resource": "https://graph.microsoft.com/"}),
            Content_Type="application/json; charset=utf-8")
    serve(stage)
    asked = urllib.parse.quote(json.dumps({"__type": "TokenRequest:#Exchange", "Resource": "https://graph.microsoft.com/"}),
                               safe="")
    for action in ("GetAccessTokenforResource", "GETACCESSTOKENFORRESOURCE"):
        canary = stage.opaque("", 60)
        stage.curl([*stage.bearer(stage.token()), "-X", "POST", "-H", f"action: {action}", "-H", f"x-owa-urlpostdata: {asked}",
                    "-H", f"x-owa-canary: {canary}", "-b", f"X-OWA-CANARY={canary}", "-H", "x-req-source: Mail",
                    f"http://mail.example:8080{path}?action={action}&UA=0&app=Mail&n=7"])
    prepare(stage, path, '{"Body":{"ResponseMessages":{"Items":[{"ResponseCode":"NoError"}]}}}',
            Content_Type="application/json; charset=utf-8")
    stage.curl([*stage.bearer(stage.token()), "-X", "POST", "-H", "action: GetConversationItems",
                f"http://mail.example:8080{path}?action=GetConversationItems&app=Mail&n=8"])


def saml(stage):
    """SAML in forms.

    SAMLResponse (HTTP-POST binding): one signed assertion; an encrypted one; two assertions, the second without a signature (as
    wrapping attacks have it); one whose issuer is split by a comment. `wresult` of WS-Federation with an assertion of SAML 1.1.
    A SAMLResponse by redirect, which is deflated: opaque. Near misses: a SAMLRequest; a SAMLResponse that is a status alone,
    which has no assertion; one that is no XML, opaque. Wanted: nine requests; assertions of four, an encrypted one of a fifth; no name of a person and no signature value.
    """
    serve(stage)
    one = made.assertion(stage, "alice.one@contoso.example")
    two = made.assertion(stage, "mallory.two@contoso.example", signed=False)
    split = made.assertion(stage, "carol.three@contoso.example", issuer="https://idp.example<!-- TEST -->.evil.example/saml")
    request = f'<samlp:AuthnRequest {made.NS} ID="_test-request-2" Version="2.0" IssueInstant="{made.iso(int(time.time()))}"/>'
    wresult = ('<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust"><t:RequestedSecurityToken>'
               + made.assertion_11(stage,
                                   "bob.eleven@contoso.example") + "</t:RequestedSecurityToken></t:RequestSecurityTokenResponse>")

    def post(text, field="SAMLResponse", **more):
        coded = base64.b64encode(text.encode()).decode()
        return [*form(**{field: stage.note(coded) if field == "SAMLResponse" else coded}, RelayState="test", **more),
                "http://api.example:8080/acs"]
    stage.curl(post(made.response(one)), post(made.response(made.encrypted_assertion(stage))), post(made.response(two + one)),
               post(made.response(split)))
    stage.curl([*form(wa="wsignin1.0", wctx="test", wresult=wresult), "http://api.example:8080/wsfed"])
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(made.response(made.assertion(stage, "dave.four@contoso.example")).encode()) + packer.flush()
    redirect = urllib.parse.quote(stage.note(base64.b64encode(packed).decode()), safe="")
    stage.curl([f"http://api.example:8080/acs?SAMLResponse={redirect}&RelayState=test"], post(request, "SAMLRequest"))
    stage.curl([*form(SAMLResponse=base64.b64encode(made.response("").encode()).decode()), "http://api.example:8080/acs"],
               [*form(SAMLResponse="bm8gWE1MIGF0IGFsbA=="), "http://api.example:8080/acs"])


def soap(stage):
    """SOAP with WS-Security.

    SOAP 1.1 (SOAPAction) and 1.2 with a `wsse:Security` header that holds an assertion of SAML 2.0; a UsernameToken with a
    password; WS-Trust's answer with an assertion of SAML 1.1 to a request with a UsernameToken; a BinarySecurityToken with a
    JWT, as on-premises Exchange has it. A near miss: SOAP without Security. Wanted: five requests, three of them with an
    assertion or a token, one answer with an assertion.
    """
    wsse = ('xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"')

    def envelope(security, body, version="http://schemas.xmlsoap.org/soap/envelope/"):
        head = f'<s:Header><wsse:Security {wsse} s:mustUnderstand="1">{security}</wsse:Security></s:Header>' if security else ""
        return f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{version}">{head}<s:Body>{body}</s:Body></s:Envelope>'
    user = ("<wsse:UsernameToken><wsse:Username>tess@contoso.example</wsse:Username>"
            f"<wsse:Password>{stage.opaque('pw-', 20)}</wsse:Password></wsse:UsernameToken>")
    get = '<m:GetItem xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"/>'
    coding = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
    binary = (f'<wsse:BinarySecurityToken ValueType="urn:ietf:params:oauth:token-type:jwt" EncodingType="{coding}">'
              f'{stage.note_base64(stage.short())}</wsse:BinarySecurityToken>')
    trust = '<t:RequestSecurityToken xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust"/>'
    minted = ('<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust"><t:RequestedSecurityToken>'
              + made.assertion_11(stage,
                                  "erin.five@contoso.example") + "</t:RequestedSecurityToken></t:RequestSecurityTokenResponse>")
    prepare(stage, "/adfs/services/trust/2005/usernamemixed", envelope("", minted), Content_Type="text/xml; charset=utf-8")
    prepare(stage, "/EWS/Exchange.asmx", envelope("", "<m:GetItemResponse/>"), Content_Type="text/xml; charset=utf-8")
    serve(stage)
    ews = "http://mail.example:8080/EWS/Exchange.asmx"
    eleven, twelve = ["-H", "Content-Type: text/xml; charset=utf-8", "-H", 'SOAPAction: "urn:test:GetItem"'], \
        ["-H", "Content-Type: application/soap+xml; charset=utf-8"]
    stage.curl([*eleven, "-d", envelope(made.assertion(stage, "frank.six@contoso.example"), get), ews],
               [*twelve, "-d", envelope(made.assertion(stage, "grace.seven@contoso.example"), get,
                                        "http://www.w3.org/2003/05/soap-envelope"), ews],
               [*twelve, "-d", envelope(user, trust, "http://www.w3.org/2003/05/soap-envelope"),
                f"{LOGIN}/adfs/services/trust/2005/usernamemixed"],
               [*eleven, "-d", envelope(binary, get), ews], [*eleven, "-d", envelope("", get), ews])


def set_by_answers(stage):
    """Credentials that answers set.

    Set-Cookie with a token among others; Location with a code; Location with a token in its fragment (implicit flow); a page
    that posts an id token and a code by itself (form_post); a token in the answer to a login in JSON, nested;
    Authentication-Info. Near misses: a Location without any, a cookie that is deleted. Wanted: eight requests; tokens of
    answers, no Location with one in it.
    """
    code = stage.note_weak(made.letters("answer code", 44))
    prepare(stage, "/login", "", 302, Set_Cookie=f"CF_Authorization={stage.short()}; Path=/; Secure; HttpOnly; SameSite=None",
            Location="/home")
    prepare(stage, "/authorize", "", 302, Location=f"https://app.example/callback?code={code}&state=test-state")
    prepare(stage, "/implicit", "", 302,
            Location=f"https://app.example/#access_token={stage.short()}&token_type=bearer&state=test")
    page = ('<html><body onload="document.forms[0].submit()"><form method="post" action="https://app.example/callback">'
            f'<input type="hidden" name="id_token" value="{stage.short()}"/>'
            f'<input type="hidden" name="code" value="{stage.opaque("0.T", 50)}"/>'
            "</form></body></html>")
    prepare(stage, "/form-post", page, Content_Type="text/html; charset=utf-8")
    prepare(stage, "/api/login", json.dumps({"user": {"id": 4711, "session": {"token": stage.short(), "kind": "jwt"}},
                                             "ok": True}),
            Content_Type="application/json")
    prepare(stage, "/api/session", json.dumps({"data": json.dumps({"access_token": stage.short()})}),
            Content_Type="application/json")
    prepare(stage, "/moved", "", 302, Location="https://app.example/home?code_of_conduct=1&tokens=none")
    prepare(stage, "/logout", "", 302, Set_Cookie="CF_Authorization=; Path=/; Max-Age=0", Location="/")
    serve(stage)
    stage.curl(*([f"{LOGIN}/{path}"] for path in ("login", "authorize", "implicit", "form-post")),
               *(["-H", "Content-Type: application/json", "-d", '{"user":"tess"}', f"{LOGIN}/{path}"]
                 for path in ("api/login", "api/session")),
               *([f"{LOGIN}/{path}"] for path in ("moved", "logout")))


def gap(stage):
    """Bodies with holes.

    Three answers of a token endpoint, each over three segments: whole; without the second segment; without the last. Then a
    form whose last segment is missing, and a request behind it. Wanted: five requests, the tokens that stand before a hole;
    nothing made of both sides of one.
    """
    for n in range(1, 4):
        long = {"groups": [f"test-group-{i:04}" for i in range(40)]}
        prepare(stage, f"/token/{n}", json.dumps({"access_token": stage.short(**long),
                                                  "refresh_token": stage.opaque("0.TEST", 400),
                                                   "id_token": stage.short(**long)}), **OAUTH)
    serve(stage)
    for n in range(1, 4):
        stage.curl([*form(grant_type="client_credentials"), f"{LOGIN}/token/{n}"])
    long = stage.short(groups=[f"test-group-{i:04}" for i in range(120)])
    stage.curl([*form(access_token=stage.short(), assertion=long), f"{LOGIN}/oauth/token"], [f"{LOGIN}/after"])


def lose_parts(stage):
    sizes = {}

    def arrives(n, from_client, data):
        if not data:
            return True
        mine = sizes.setdefault((n, from_client), [])
        mine.append(len(data))
        if from_client:
            return not (n == 3 and len(mine) == 3)
        return not (n == 1 and len(mine) == 3 or n == 2 and len(mine) == 4)
    rewrite(stage, arrives)
