"""kinds: what a credential is: each kind beside near misses that must not be taken for it."""
import base64
import hashlib
import json
import subprocess
import time

from carriercases import made
from carriercases.bodies import form
from carriercases.origin import prepare, serve
from minting import EcKey, RsaKey, Stream, b64u, compact, jws

API = "http://api.example:8080"
S3 = "http://s3.eu-central-1.example:8080"
ACS = RsaKey("TEST access control service", "accounts.accesscontrol.windows.net (stormglass TEST key)")  # in no key set
REALM = "00000003-0000-0ff1-ce00-000000000000"


def bearers(stage, *secrets, scheme="Bearer "):
    """A request for each secret, in their order: /1, /2 ..."""
    stage.curl(*(["-H", f"Authorization: {scheme}{stage.note(secret)}", f"{API}/{n}"] for n, secret in enumerate(secrets, 1)))


def opaque(stage):
    """Tokens that say of what provider they are.

    Bearers, in this order: GitHub's `ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_` (30 letters and their check sum) and `github_pat_`;
    GitLab's `glpat-` and `gldt-`; Slack's `xoxb-`, `xoxp-` and `xapp-`; Google's `ya29.` and `1//`. Then near misses, which are
    opaque: `ghp_` with too few letters, `ghx_`, `GHP_`, `glpat` without its hyphen, `xox-`, `ya29` without its dot,
    `github_patent`, a UUID, a session of forty letters. Wanted: twenty-two requests, the first thirteen with their kind.
    """
    serve(stage)
    name = stage.folder.name
    hits = [made.github(f"{name} {n}", prefix) for n, prefix in enumerate(("ghp_", "gho_", "ghu_", "ghs_", "ghr_"))]
    hits += ["github_pat_11TEST" + made.letters("pat", 18) + "_" + made.letters("pat2", 59),
             "glpat-TEST" + made.letters("gl", 16),
             "gldt-TEST" + made.letters("gd", 16), "xoxb-000000000000-000000000000-TEST" + made.letters("xb", 20),
             "xoxp-000000000000-000000000000-000000000000-" + hashlib.md5(b"TEST").hexdigest(),
             "xapp-1-ATEST0000-000000000000-" + hashlib.sha256(b"TEST").hexdigest(), "ya29.a0TEST" + made.letters("ya", 150),
             "1//0gTEST" + made.letters("g1", 80)]
    misses = ["ghp_TEST" + made.letters("m1", 8), "ghx_TEST" + made.letters("m2", 32), "GHP_TEST" + made.letters("m3", 32),
              "glpatTEST" + made.letters("m4", 16), "xox-TEST" + made.letters("m5", 30), "ya29TEST" + made.letters("m6", 40),
              "github_patent_TEST" + made.letters("m7", 30), "7f0c0c1e-54c1-4d0e-9d5c-0a1b2c3d4e5f", stage.opaque()]
    bearers(stage, *hits, *misses)


def tickets(stage):
    """PASETO, macaroons, biscuits and Microsoft's compact tickets.

    Bearers: PASETO v1.local, v2.public, v3.public, v4.local, and v4.public with a footer that names a key; macaroons of the
    first format (one without caveats, one with three) and of the second; biscuits with one block, with three, and with a root
    key's number; compact tickets of 864 and of 1004 bytes. Near misses: `v5.public.`, `v4.secret.`, `v4.public.` with nothing
    behind; `MDA` and letters, a macaroon whose second packet is longer than what is there; protocol buffers without a block;
    `EwB` and letters, a ticket whose length is not its own. Wanted: twenty-one requests, the first thirteen with their kind.
    """
    serve(stage)
    footer = compact({"kid": "test-paseto-key-1"})
    caveats = ["account = 4711", "action = read", "time < 2027-01-01T00:00"]
    macaroon = made.macaroon_v1("https://api.example/", [], "one")
    cut = base64.urlsafe_b64decode(macaroon + "=" * (-len(macaroon) % 4)).replace(b"002did", b"02fdid", 1)
    wrong = bytearray(base64.b64decode(made.msa_ticket("wrong")))
    wrong[2:4] = (900).to_bytes(2, "little")
    hits = [made.paseto("a", "v1", "local"), made.paseto("b", "v2", "public"), made.paseto("c", "v3", "public"),
            made.paseto("d", "v4", "local"), made.paseto("e", "v4", "public", footer), macaroon,
            made.macaroon_v1("https://api.example/", caveats, "two"), made.macaroon_v2("https://api.example/", caveats, "three"),
            made.biscuit("one"), made.biscuit("three", n_blocks=3), made.biscuit("root", root_key_id=7),
            made.msa_ticket("one"), made.msa_ticket("two", 1004)]
    misses = [made.paseto("f", "v5", "public"), made.paseto("g", "v4", "secret"), "v4.public.TESTtest",
              "MDATESTtest" + made.letters("n1", 60), b64u(cut), b64u(made.field(1, 7) + made.field(5, Stream("n2").take(90))),
              "EwBTESTtest" + made.letters("n3", 80), base64.b64encode(bytes(wrong)).decode()]
    bearers(stage, *hits, *misses)


def jose(stage):
    """JOSE beyond compact JWS.

    1. JWS in JSON, flattened and general (RFC 7515 7.2), as a bearer; the general one in a body too.
    2. A nested JWT: `cty` is JWT and the payload a signed token of another key (RFC 7519 5.2).
    3. JWE, compact: five parts.
    4. An S2S wrapper: alg none outside, `actortoken` inside, signed, of the same realm; then one whose realms differ.
    5. A detached payload (RFC 7515 F), an empty signature with alg none.
    6. A header without alg.
    7. Near misses: three parts of which the first is no JSON, four parts, a host name.

    Wanted: thirteen requests; an alert about each of the two that are unsigned and no wrapper.
    """
    serve(stage)
    keys = stage.keys
    header, payload, signature = stage.short().split(".")
    flat = json.dumps({"protected": header, "payload": payload, "signature": signature}, separators=(",", ":"))
    other = stage.short().split(".")
    signatures = [{"protected": other[0], "signature": other[2]}]
    general = json.dumps({"payload": other[1], "signatures": signatures}, separators=(",", ":"))
    inner = stage.token()
    nested = jws(keys.issuer, {"alg": "ES256", "typ": "JWT", "cty": "JWT", "kid": keys.kid}, inner.encode())
    some = Stream("jwe")
    encrypted = ".".join([b64u(compact({"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "test-jwe-1", "cty": "JWT"})),
                          *(b64u(some.take(n)) for n in (256, 12, 400, 16))])

    def wrapper(outer, inside):
        now = int(time.time())
        app = "4a1e1c5e-0000-4000-8000-000000000002"
        actor = stage.note(jws(ACS, {"typ": "JWT", "alg": "RS256",
                                                              "x5t": ACS.kid}, {
            "aud": f"{REALM}/sp.contoso.example@{inside}", "iss": f"00000001-0000-0000-c000-000000000000@{inside}",
            "nbf": str(now),
            "exp": str(now + 86400), "nameid": f"{app}@{inside}", "trustedfordelegation": "true"}))
        return jws(None, {"typ": "JWT", "alg": "none"}, {
            "aud": f"{REALM}/sp.contoso.example@{outer}", "iss": f"{app}@{outer}", "nbf": str(now), "exp": str(now + 3600),
            "nameid": "s-1-0-0-TEST", "nii": "urn:office:idp:activedirectory", "actortoken": actor})
    realm, foreign = keys.person.tenant, "0b5c1f0e-0000-4000-8000-000000000009"
    parts = stage.short().split(".")
    bearers(stage, flat, general, nested, encrypted, wrapper(realm, realm), wrapper(realm, foreign), f"{parts[0]}..{parts[2]}",
            jws(None, {"alg": "none"}, {"iss": "https://idp.example", "sub": "test"}),
            f"{b64u(compact({'typ': 'JWT'}))}.{parts[1]}.{parts[2]}", "TESTtest.TESTtestTESTtest.TESTtestTESTtest",
            f"{'.'.join(parts)}.TESTtest", "very-long-host.of-some-service.api.example")
    stage.curl(["-H", "Content-Type: application/jose+json", "-d", general, f"{API}/13"])


def sigv4(stage):
    """AWS signatures.

    curl signs (`--aws-sigv4`): S3 with a long-term key, STS with a temporary key and its session token. A presigned URL by
    botocore, and one of a temporary key, which has its session token in the URL. SigV4A (`AWS4-ECDSA-P256-SHA256`). Near misses:
    version 2 (`AWS AKID:signature`), the scheme without a Credential, a URL with X-Amz-Date alone. Wanted: eight requests, the
    first five with key, day, region and service, the seventh with nothing but its scheme; no signature and no session token.
    """
    serve(stage)
    temporary = stage.note(made.aws_session_token("sigv4"))
    keys = {kind: f"{kind}TESTTESTTESTTEST" for kind in ("AKIA", "ASIA")}
    secret = stage.opaque("TEST", 36)
    stage.curl(["--aws-sigv4", "aws:amz:eu-central-1:s3", "--user", f"{keys['AKIA']}:{secret}", f"{S3}/bucket/minutes.txt"],
               ["--aws-sigv4", "aws:amz:us-east-1:sts", "--user", f"{keys['ASIA']}:{secret}", "-H",
                f"X-Amz-Security-Token: {temporary}",
                "-d", "Action=GetCallerIdentity", f"{API}/sts"])
    for kind, token in (("AKIA", ""), ("ASIA", temporary)):
        url = presign(stage, keys[kind], secret, token)
        stage.note(*(url.rsplit("X-Amz-Signature=")[1].split("&")[:1]))
        stage.curl([url])
    ecdsa = stage.note(Stream("sigv4a").take(70).hex())
    day = time.strftime("%Y%m%d", time.gmtime())
    stage.curl(["-H", f"Authorization: AWS4-ECDSA-P256-SHA256 Credential={keys['AKIA']}/{day}/s3/aws4_request, "
                      f"SignedHeaders=host;x-amz-date;x-amz-region-set, Signature={ecdsa}", "-H", "X-Amz-Region-Set: *",
                      f"{S3}/bucket/a"],
               ["-H", f"Authorization: AWS {keys['AKIA']}:{stage.note(base64.b64encode(Stream('v2').take(20)).decode())}",
                f"{S3}/bucket/b"],
               ["-H", f"Authorization: AWS4-HMAC-SHA256 {stage.note(Stream('bare').take(32).hex())}", f"{S3}/bucket/c"],
               [f"{S3}/bucket/d?X-Amz-Date={day}T000000Z&X-Amz-Expires=60"])


def presign(stage, key, secret, token):
    """By botocore."""
    program = ("import botocore.session, sys; s = botocore.session.Session(); s.set_credentials(*sys.argv[1:4]); "
               "from botocore.config import Config; "
               "c = s.create_client('s3', region_name='eu-central-1', endpoint_url=sys.argv[4], "
               "config=Config(signature_version='s3v4', s3={'addressing_style': 'path'})); "
               "print(c.generate_presigned_url('get_object', Params={'Bucket': 'bucket', 'Key': 'minutes.txt'}, ExpiresIn=900))")
    python = stage.python("botocore", "origin.py")[0]
    done = subprocess.run([python, "-c", program, key, secret, token or "", S3], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def dpop(stage):
    """Tokens bound to a key (RFC 9449).

    Each request has `Authorization: DPoP` and a proof, in this order: right; a proof of another key than `cnf.jkt` names; a
    proof for another method and URL; one without `ath`; the first proof once more; the bound token as a mere bearer, without a
    proof; a token request with a proof and no token; a token that is bound to nothing. Near miss: a field `DPoP-Nonce`, which
    is no proof. Wanted: nine requests, seven proofs, of which one is the same twice.
    """
    prepare(stage, "/oauth/token", '{"token_type":"DPoP","expires_in":300}', Content_Type="application/json",
            DPoP_Nonce="test-nonce")
    serve(stage)
    own, other = EcKey("TEST dpop own"), EcKey("TEST dpop other")
    token = stage.short(cnf={"jkt": made.thumbprint(own)})

    def proof(key=own, method="GET", path="/mail/1", bound=True):
        return made.dpop_proof(stage, key, method, f"{API}{path}", token if bound else None)
    first = proof()
    asked = [("/mail/1", token, first), ("/mail/1", token, proof(other)), ("/mail/1", token, proof(method="POST", path="/admin")),
             ("/mail/1", token, proof(bound=False)), ("/mail/1", token, first)]
    stage.curl(*(["-H", f"Authorization: DPoP {bearer}", "-H", f"DPoP: {sent}", f"{API}{path}"] for path, bearer, sent in asked),
               [*stage.bearer(token), f"{API}/mail/1"],
               ["-H", f"DPoP: {proof(method='POST', path='/oauth/token', bound=False)}", *form(grant_type="authorization_code",
                code=stage.opaque("", 40)), f"{API}/oauth/token"],
               ["-H", f"Authorization: DPoP {stage.short()}", "-H", f"DPoP: {proof()}", f"{API}/mail/1"],
               [*stage.bearer(), "-H", "DPoP-Nonce: test-nonce", f"{API}/mail/2"])


def http_signatures(stage):
    """HTTP Message Signatures.

    RFC 9421, ECDSA P-256: over method, authority and path; over a bearer too, with a tag and an expiry; two signatures on one
    message. The draft before it: `Authorization: Signature keyId=...` and a `Signature` field alone. Near misses:
    Content-Digest alone, a `Signature` without Signature-Input that is no such, a Signature-Input that is damaged, of which nothing more is told. Wanted:
    eight requests; keyid, algorithm, times and what is covered of the first five; no signature.
    """
    serve(stage)
    key = EcKey("TEST http signature")
    some = {'"@method"': "GET", '"@authority"': "api.example:8080", '"@path"': "/sig/1"}
    token = stage.short()
    covered = {**some, '"@path"': "/sig/2", '"authorization"': f"Bearer {token}"}
    one = made.http_signature(stage, key, some, "test-key-1")
    two = made.http_signature(stage, key, covered, "test-key-1", expires=int(time.time()) + 300, tag='"test-app"')
    twice = [part.replace("sig1=", "proxy=") for part in made.http_signature(stage, key, some, "test-proxy")]
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
    old = (f'keyId="test-key-2",algorithm="hs2019",created={int(time.time())},headers="(request-target) host date",'
           f'signature="{stage.note(base64.b64encode(key.sign(b"old")).decode())}"')
    digest = base64.b64encode(hashlib.sha256(b"{}").digest()).decode()
    stage.curl([*one, f"{API}/sig/1"], [*two, *stage.bearer(token), f"{API}/sig/2"], [*one, *twice, f"{API}/sig/3"],
               ["-H", f"Authorization: Signature {old}", "-H", f"Date: {date}", f"{API}/sig/4"],
               ["-H", f"Signature: {old}", "-H", f"Date: {date}", f"{API}/sig/5"],
               ["-H", f"Content-Digest: sha-256=:{digest}:", "-H", "Content-Type: application/json", "-d", "{}", f"{API}/sig/6"],
               ["-H", "Signature: Tess of the mail room", f"{API}/sig/7"],
               ["-H", 'Signature-Input: sig1=("@method" "@path;created=1;keyid="cut', f"{API}/sig/8"])


def schemes(stage):
    """Passwords, challenges and their answers.

    Basic by curl; Digest by curl against a challenge with MD5 and one with SHA-256; NTLM by curl, whose third message names user,
    domain and host; Negotiate with a made SPNEGO token that offers Kerberos, one that offers NTLM, and a bare Kerberos AP-REQ;
    Proxy-Authorization with Basic; OAuth 1.0a. Near misses: Basic without a colon, Digest without a response, Negotiate that is
    no token, a scheme of nobody's. Wanted: all of them by their schemes, of the near misses no more than that; no password, no
    response, no name of a user.
    """
    digest = 'Digest realm="test", qop="auth", nonce="TESTnonce0123456789", opaque="TESTopaque", algorithm={}'
    prepare(stage, "/digest-md5", "no", 401, WWW_Authenticate=digest.format("MD5"))
    prepare(stage, "/digest-sha", "no", 401, WWW_Authenticate=digest.format("SHA-256"))
    challenge = base64.b64encode(b"NTLMSSP\0\x02\0\0\0" + b"\x08\0\x08\0\x38\0\0\0" + b"\x05\x02\x81\xa2" + Stream("ntlm").take(8)
                                 + bytes(8) + b"\0\0\0\0\x40\0\0\0" + b"\x0a\0\x63\x45\0\0\0\x0f"
                                 + "TEST".encode("utf-16le")).decode()
    prepare(stage, "/ntlm", "no", 401, WWW_Authenticate=f"NTLM {challenge}")
    serve(stage)
    stage.curl(["-u", f"test-user:{stage.opaque('pw-', 16)}", f"{API}/basic"],
               ["-x", f"{API}", "-U", f"proxy-user:{stage.opaque('pw-', 16)}", "http://app.example/proxied"])
    stage.curl(["--digest", "-u", f"test-user:{stage.opaque('pw-', 16)}", f"{API}/digest-md5"])
    stage.curl(["--digest", "-u", f"test-user:{stage.opaque('pw-', 16)}", f"{API}/digest-sha"])
    stage.curl(["--ntlm", "-u", f"TEST\\test-user:{stage.opaque('pw-', 16)}", f"{API}/ntlm"])
    stage.curl(*(["-H", f"Authorization: {value}", f"{API}/scheme/{n}"] for n, value in enumerate((
        f"Negotiate {stage.note(spnego(KERBEROS, b'TEST ticket ' + Stream('ticket').take(200)))}",
        f"Negotiate {stage.note(spnego(NTLM, b'NTLMSSP' + bytes([0, 1, 0, 0, 0]) + bytes(20)))}",
        f"Negotiate {stage.note(base64.b64encode(tlv(0x60, KERBEROS, bytes([1, 0]), Stream('ap').take(200))).decode())}",
        f'OAuth oauth_consumer_key="test", oauth_token="{stage.opaque()}", oauth_signature_method="HMAC-SHA1", oauth_nonce="n1", '
        f'oauth_signature="{stage.note(base64.b64encode(Stream("oauth1").take(20)).decode())}", oauth_version="1.0"',
        f"Basic {stage.note(base64.b64encode(b'TEST-no-colon-in-here').decode())}",
        'Digest username="test-user", realm="test", nonce="TESTnonce0123456789", uri="/"', "Negotiate TESTtestTESTtest",
        f"Test-Scheme {stage.opaque()}"), 1)))


KERBEROS, NTLM = bytes.fromhex("06092a864886f712010202"), bytes.fromhex("060a2b06010401823702020a")


def tlv(tag, *parts):
    """DER."""
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else bytes([0x82]) + len(body).to_bytes(2, "big")
    return bytes([tag]) + size + body


def spnego(mechanism, token):
    """NegTokenInit of RFC 4178 4.2.1 that offers one mechanism, in base64."""
    init = tlv(0x30, tlv(0xA0, tlv(0x30, mechanism)), tlv(0xA2, tlv(0x04, token)))
    return base64.b64encode(tlv(0x60, bytes.fromhex("06062b0601050502"), tlv(0xA0, init))).decode()
