"""made: credentials of every kind, made up, laid out as their formats say."""
import base64
import hashlib
import hmac
import time
import zlib

from minting import RsaKey, Stream, b64u, compact, jws

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def letters(seed, n, alphabet=BASE62):
    return "".join(alphabet[byte % len(alphabet)] for byte in Stream(seed).take(n))


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out + bytes([n]))


def field(number, value):
    """A field of protocol buffers: an integer or bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def github(seed, prefix="ghp_"):
    """Thirty letters and their CRC-32 in base 62, six letters."""
    text = "TEST" + letters(seed, 26)
    n, check = zlib.crc32(text.encode()), ""
    for _ in range(6):
        n, digit = divmod(n, 62)
        check = BASE62[digit] + check
    return prefix + text + check


def msa_ticket(seed, length=864):
    """A compact ticket of Microsoft accounts as five public samples have it: 13 00, the length, four bytes, 14, twenty bytes of
    a key's name."""
    some = Stream("msa|" + seed)
    head = b"\x13\x00" + length.to_bytes(2, "little") + b"\x01\x00\x00\x00"
    head += b"\x14" + hashlib.sha1(b"TEST MSA key").digest() + b"\x00\x01"
    return base64.b64encode(head + some.take(length - len(head))).decode()


def paseto(seed, version, purpose, footer=b"", size=160):
    claims = compact({"sub": "test-user", "exp": "2027-01-01T00:00:00+00:00"})
    payload = (claims if purpose == "public" else b"") + Stream("paseto|" + seed).take(size)
    return f"{version}.{purpose}.{b64u(payload)}" + ("." + b64u(footer) if footer else "")


def macaroon_v1(location, caveats, seed):
    """libmacaroons' first format: packets of four hexadecimal digits of their length, a name, a blank, the value, a line feed."""
    def packet(name, value):
        return b"%04x%s %s\n" % (len(name) + len(value) + 6, name, value)
    key = hmac.new(b"macaroons-key-generator", seed.encode(), "sha256").digest()
    identifier = b"test-" + hashlib.sha256(seed.encode()).hexdigest()[:24].encode()
    signature = hmac.new(key, identifier, "sha256").digest()
    out = packet(b"location", location.encode()) + packet(b"identifier", identifier)
    for caveat in caveats:
        out += packet(b"cid", caveat.encode())
        signature = hmac.new(signature, caveat.encode(), "sha256").digest()
    return b64u(out + packet(b"signature", signature))


def macaroon_v2(location, caveats, seed):
    """The second, binary format: 02, sections of fields (1 location, 2 identifier, 4 vid, 6 signature), each ended by 0."""
    def part(kind, value):
        return bytes([kind]) + varint(len(value)) + value
    identifier, signature = b"test-v2-" + Stream(seed).take(16), Stream(seed + "|signature").take(32)
    out = b"\x02" + part(1, location.encode()) + part(2, identifier) + b"\0"
    for caveat in caveats:
        out += part(2, caveat.encode()) + b"\0"
    return b64u(out + b"\0" + part(6, signature))


def biscuit(seed, root_key_id=None, n_blocks=1):
    """Protocol buffers: Biscuit {rootKeyId 1, authority 2, blocks 3, proof 4}; SignedBlock {block 1, nextKey 2, signature 3}."""
    some = Stream("biscuit|" + seed)

    def signed_block(n):
        block = field(1, b"right") + field(1, b"user") + field(2, b"TEST block %d" % n) + field(3, 3)
        key = field(1, 0) + field(2, some.take(32))
        return field(1, block) + field(2, key) + field(3, some.take(64))
    out = field(1, root_key_id) if root_key_id is not None else b""
    out += field(2, signed_block(0)) + b"".join(field(3, signed_block(n)) for n in range(1, n_blocks))
    return b64u(out + field(4, field(1, some.take(32))))


def aws_session_token(seed):
    """What STS gives beside temporary keys."""
    return base64.b64encode(b"\x21" + b"\x0a\x0aTEST-" + Stream("sts|" + seed).take(380)).decode()


# ---- SAML
SAML = RsaKey("stormglass TEST SAML", "TEST identity provider")
NS = ('xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
      'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"')


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def signature(stage, reference):
    """An XML signature that says what it signs; its values are of the TEST key, its digest is not computed by canonical rules."""
    info = (f'<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
            f'<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>'
            f'<ds:Reference URI="#{reference}">'
            f'<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>'
            f'{base64.b64encode(hashlib.sha256(reference.encode()).digest()).decode()}</ds:DigestValue></ds:Reference>'
            '</ds:SignedInfo>')
    value = stage.note(base64.b64encode(SAML.sign(info.encode())).decode())
    certificate = base64.b64encode(SAML.certificate).decode()
    return (f'<ds:Signature>{info}<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
            f'{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>')


def assertion(stage, name, issuer="https://idp.example/saml", audience="https://api.example/sp", signed=True,
              ask="_test-request-1"):
    """An assertion of SAML 2.0; whom it speaks of is noted as a secret."""
    now, stage.serial = int(time.time()), stage.serial + 1
    reference = "_" + hashlib.sha256(f"{stage.folder.name} {stage.serial}".encode()).hexdigest()[:32]
    return (f'<saml:Assertion {NS} ID="{reference}" Version="2.0" IssueInstant="{iso(now)}"><saml:Issuer>{issuer}</saml:Issuer>'
            f'{signature(stage, reference) if signed else ""}<saml:Subject><saml:NameID '
            f'Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">{stage.note(name)}</saml:NameID>'
            f'<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData '
            f'InResponseTo="{ask}" NotOnOrAfter="{iso(now + 300)}" Recipient="https://api.example/acs"/>'
            '</saml:SubjectConfirmation>'
            f'</saml:Subject><saml:Conditions NotBefore="{iso(now - 300)}" NotOnOrAfter="{iso(now + 3600)}">'
            '<saml:AudienceRestriction>'
            f'<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement '
            f'AuthnInstant="{iso(now - 5)}"><saml:AuthnContext><saml:AuthnContextClassRef>'
            'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext>'
            '</saml:AuthnStatement></saml:Assertion>')


def response(inside, issuer="https://idp.example/saml"):
    return (f'<samlp:Response {NS} ID="_test-response-1" Version="2.0" IssueInstant="{iso(int(time.time()))}" '
            f'InResponseTo="_test-request-1" Destination="https://api.example/acs"><saml:Issuer>{issuer}</saml:Issuer>'
            '<samlp:Status>'
            '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>' + inside
            + "</samlp:Response>")


def encrypted_assertion(stage):
    cipher = stage.note(base64.b64encode(Stream(f"cipher {stage.folder.name}").take(700)).decode())
    return (f'<saml:EncryptedAssertion {NS} xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:EncryptedData '
            'Type="http://www.w3.org/2001/04/xmlenc#Element">'
            '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/>'
            f'<xenc:CipherData><xenc:CipherValue>{cipher}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>'
            '</saml:EncryptedAssertion>')


def assertion_11(stage, name):
    """An assertion of SAML 1.1, as WS-Federation carries it."""
    now = int(time.time())
    return ('<saml:Assertion MajorVersion="1" MinorVersion="1" AssertionID="_test-assertion-11" '
            'Issuer="http://sts.idp.example/adfs/services/trust" '
            f'IssueInstant="{iso(now)}" xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" '
            'xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
            f'<saml:Conditions NotBefore="{iso(now)}" NotOnOrAfter="{iso(now + 3600)}">'
            '<saml:AudienceRestrictionCondition><saml:Audience>'
            'urn:federation:test-audience</saml:Audience></saml:AudienceRestrictionCondition></saml:Conditions>'
            '<saml:AttributeStatement><saml:Subject>'
            f'<saml:NameIdentifier>{stage.note(name)}</saml:NameIdentifier><saml:SubjectConfirmation><saml:ConfirmationMethod>'
            'urn:oasis:names:tc:SAML:1.0:cm:bearer</saml:ConfirmationMethod></saml:SubjectConfirmation></saml:Subject>'
            '<saml:Attribute AttributeName="group" AttributeNamespace="http://schemas.example/claims"><saml:AttributeValue>test'
            '</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>'
            f'{signature(stage, "_test-assertion-11")}</saml:Assertion>')


# ---- proofs of possession
def thumbprint(key):
    """RFC 7638."""
    jwk = key.public_jwk()
    return b64u(hashlib.sha256(compact({name: jwk[name] for name in sorted(jwk)})).digest())


def dpop_proof(stage, key, method, url, token=None, **more):
    """RFC 9449 4.2."""
    stage.serial += 1
    claims = {"jti": b64u(Stream(f"{stage.folder.name} dpop {stage.serial}").take(12)), "htm": method, "htu": url,
              "iat": int(time.time())}
    if token:
        claims["ath"] = b64u(hashlib.sha256(token.encode()).digest())
    return stage.note(jws(key, {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.public_jwk()}, {**claims, **more}))


def http_signature(stage, key, covered, keyid, **more):
    """Signature-Input and Signature of RFC 9421; covered: component -> value."""
    parameters = f'({" ".join(covered)});created={int(time.time())};keyid="{keyid}";alg="ecdsa-p256-sha256"'
    parameters += "".join(f';{name}={value}' for name, value in more.items())
    base = "".join(f"{name}: {value}\n" for name, value in covered.items()) + f'"@signature-params": {parameters}'
    signed = stage.note(base64.b64encode(key.sign(base.encode())).decode())
    return ["-H", f"Signature-Input: sig1={parameters}", "-H", f"Signature: sig1=:{signed}:"]
