"""cases of the K rules: may this key speak for this issuer and tenant."""
import base64

from minting import CONSUMER_TENANT, RsaKey
from rulecases.common import (ADFS_ISS, BOB, CONTOSO, FABRIKAM, MSA, NOW, OTHER, STORM_KID, adfs, b2c, background,
                              cognito, google, hit, miss, oidc, v1, v2)


def k01(m):
    return [
        hit("the Storm-0558 key id as kid (not its signature: a TEST key signs)", v2(OTHER, header={"kid": STORM_KID})),
        hit("the same id as x5t alone", v2(OTHER, header={"kid": None, "x5t": STORM_KID})),
        hit("the same bytes in another spelling: unused bits set at the end",
            v2(OTHER, header={"kid": STORM_KID[:-1] + "p"})),
        hit("the same bytes in hex", v2(OTHER, header={"kid": base64.urlsafe_b64decode(STORM_KID + "=").hex()})),
        hit("the same on a consumer's own tenant", v2(OTHER, MSA, header={"kid": STORM_KID})),
        hit("a documentation sample, expired years ago: still reported", v2(OTHER, header={"kid": STORM_KID},
            ago=200000000), status=401),
        miss("first character differs", v2(OTHER, header={"kid": "2" + STORM_KID[1:]})),
        miss("the last bit that counts differs", v2(OTHER, header={"kid": STORM_KID[:-1] + "s"})),
        miss("case differs: another key id", v2(OTHER, header={"kid": STORM_KID.swapcase()})),
        miss("the id as a claim, not in the header", v2(m.organisations, kid=STORM_KID)),
        miss("the id in the URL", v2(m.organisations), path=f"/keys?kid={STORM_KID}"),
        miss("the id as an opaque bearer", STORM_KID),
        miss("an unknown key id", v2(OTHER)),
    ] + background(m)


def fabrikam_key():
    return RsaKey("rule cases|one tenant's", "accounts.accesscontrol.windows.net (stormglass TEST key of one tenant)")


def k02(m):
    theirs = fabrikam_key()
    return [
        hit("organisations' key under Google's issuer", google(key=m.organisations, kid=m.organisations.kid)),
        hit("organisations' key under ADFS's issuer, refused: the attempt counts",
            oidc(ADFS_ISS, m.organisations, header={"kid": m.organisations.kid}), status=401),
        hit("organisations' key, issuer of one tenant, tid of another", v2(m.organisations, tid=FABRIKAM)),
        hit("the same in lower case and with two blanks", v2(m.organisations, tid=FABRIKAM), scheme="bearer "),
        hit("organisations' key, tid missing: the template has nothing to bind", v2(m.organisations, tid=None)),
        hit("organisations' key under an issuer nobody described",
            oidc("https://idp.contoso.example", m.organisations, header={"kid": m.organisations.kid})),
        hit("key of one tenant, issuer and tid of another", v2(theirs)),
        hit("the same in version 1 form", v1(theirs)),
        hit("the same, expired and refused: the attempt counts", v2(theirs, ago=90000), status=401),
        hit("organisations' key speaks for consumers", v2(m.organisations, MSA)),
        hit("organisations' key, known by x5t alone", google(key=m.organisations, kid=None, x5t=m.organisations.kid)),
        miss("key of one tenant, issuer and tid of that tenant", v2(theirs, BOB)),
        miss("consumer key for an organisation: K03 says it, once is enough", v2(m.consumers)),
        miss("key of another cloud: K05 says it, once is enough", v2(m.government)),
        miss("organisations' key, v1 form: Microsoft's second arm lets it pass", v1(m.organisations, BOB)),
        miss("organisations' key on another tenant: the template binds any", v2(m.organisations, BOB)),
        miss("unknown key id: unknown is not foreign", v2(OTHER)),
        miss("Google without scheme", google()),
        miss("Azure AD B2C", b2c(tid=CONTOSO)),
        miss("ADFS", adfs()),
        miss("Cognito", cognito),
        miss("the forged token where no credential travels: a note in plain text", method="POST", path="/upload",
             body=b"note=" + v2(theirs)(NOW).encode(), headers=[("Content-Type", "text/plain")]),
    ] + background(m)


def k03(m):
    return [
        hit("the shape of Storm-0558: consumer key, organisation's v2 issuer and tenant, OWA's mint call",
            v2(m.consumers),
            method="POST", path="/owa/service.svc?action=GetAccessTokenForResource", body=b"{}",
            headers=[("Content-Type", "application/json"), ("action", "GetAccessTokenForResource")]),
        hit("the same, refused: the attempt counts", v2(m.consumers), status=401),
        hit("the same, expired", v2(m.consumers, ago=90000), status=401),
        hit("the same, never answered", v2(m.consumers), status=None),
        hit("consumer key, organisation's tenant, v1", v1(m.consumers)),
        hit("consumer key, v1 issuer even of the consumer tenant: v1 has no such keys", v1(m.consumers, MSA)),
        hit("consumer key and issuer, but another tid", v2(m.consumers, MSA, tid=CONTOSO)),
        miss("organisations' key claiming the consumer tenant: K02's matter", v2(m.organisations, MSA)),
        miss("consumer tenant, unknown key", v2(OTHER, MSA)),
    ] + background(m)


def k05(m):
    gov = f"https://login.microsoftonline.us/{CONTOSO}/v2.0"
    return [
        hit("US Government key, global issuer", v2(m.government)),
        hit("global key, US Government issuer", v2(m.organisations, iss=gov)),
        hit("consumer key, US Government issuer", v2(m.consumers, iss=gov)),
        miss("US Government key, US Government issuer", v2(m.government, iss=gov)),
        miss("a guest from the US Government cloud: the resource's cloud signs, idp names the home",
             v2(m.organisations, idp=f"https://login.microsoftonline.us/{FABRIKAM}/v2.0")),
        miss("a guest's v1 token", v1(m.organisations, idp=f"https://sts.windows.net/{FABRIKAM}/")),
        miss("unknown key, US Government issuer", v2(OTHER, iss=gov)),
        miss("unknown key, China's issuer", v2(OTHER, iss=f"https://login.partner.microsoftonline.cn/{CONTOSO}/v2.0")),
    ] + background(m)


def k06_keys():
    return RsaKey("rule cases|v2 only", "accounts.accesscontrol.windows.net (stormglass TEST key, v2 list only)")


def k06(m):
    v2_only = k06_keys()
    return [
        hit("v1 issuer, key listed for v2 only", v1(v2_only)),
        hit("the same for another tenant, refused: the attempt counts", v1(v2_only, BOB), status=401),
        miss("v1 issuer, consumer key: K03 says it, once is enough", v1(m.consumers)),
        miss("v2 issuer, the same v2-only key", v2(v2_only)),
        miss("v1 issuer, key in neither list: an app's own key (?appid= list)", v1(OTHER)),
        miss("v1 issuer, US Government key: it is in both lists", v1(m.government)),
    ] + background(m)


def k14(m):
    sample = {"tid": "fa15d692-e9c7-4460-a743-29f29522229"}
    return [
        hit("v2: the issuer names one tenant, tid another", v2(m.organisations, tid=FABRIKAM)),
        hit("v1: likewise", v1(m.organisations, tid=FABRIKAM)),
        hit("consumer issuer, organisation's tid", v2(m.consumers, MSA, tid=CONTOSO)),
        hit("organisation's issuer, consumer tid", v2(m.organisations, tid=CONSUMER_TENANT)),
        hit("a redacted documentation sample: its tid lost a character", v1(m.organisations, **sample)),
        miss("Azure AD B2C, tid as in the issuer", b2c(tid=CONTOSO)),
        miss("Azure AD B2C without tid", b2c()),
        miss("ADFS: no tenant anywhere", adfs()),
        miss("a guest: idp is of another tenant, tid is not", v2(m.organisations,
            idp=f"https://sts.windows.net/{FABRIKAM}/")),
        miss("Google without scheme", google()),
        miss("another issuer with a tid of its own", oidc("https://idp.contoso.example", tid=FABRIKAM)),
    ] + background(m)


def k15(m):
    return [
        hit("v2 issuer, ver 1.0", v2(m.organisations, ver="1.0")),
        hit("v1 issuer, ver 2.0", v1(m.organisations, ver="2.0")),
        hit("v2 issuer with x5t in the header, as only v1 has it", v2(m.organisations,
            header={"x5t": m.organisations.kid})),
        hit("v1 issuer without x5t in the header, which v1 always has", v1(m.organisations, header={"x5t": None})),
        miss("v2 issuer, client in appid instead of azp", v2(m.organisations, azp=None,
            appid="d3590ed6-52b3-4102-aeff-aad2292ab01c")),
        miss("v1 issuer, client in azp instead of appid", v1(m.organisations, appid=None,
            azp="d3590ed6-52b3-4102-aeff-aad2292ab01c")),
        miss("Azure AD B2C says ver 1.0 under /v2.0/", b2c(tid=CONTOSO)),
        miss("ADFS: ver 1.0, x5t and appid under its own issuer", adfs()),
        miss("another issuer, ver 2.0 and x5t", oidc("https://idp.contoso.example", header={"x5t": OTHER.kid},
            ver="2.0")),
        miss("Okta: ver is the number 1", oidc("https://contoso.okta.com/oauth2/default", ver=1, cid="0oa1",
            aud="api://default")),
    ] + background(m)


def k17(m):
    host = "login.microsoftonline.com"

    def org(iss):
        return v2(m.organisations, iss=iss)
    return [
        hit("http instead of https", org(f"http://{host}/{CONTOSO}/v2.0")),
        hit("a port", org(f"https://{host}:443/{CONTOSO}/v2.0")),
        hit("the real host as userinfo of another", org(f"https://{host}@idp.invalid/{CONTOSO}/v2.0")),
        hit("mixed case", org(f"https://Login.MicrosoftOnline.com/{CONTOSO}/v2.0")),
        hit("v2 with a slash too many", org(f"https://{host}/{CONTOSO}/v2.0/")),
        hit("v1 without its slash", v1(m.organisations, iss=f"https://sts.windows.net/{CONTOSO}")),
        hit("an encoded dot", org(f"https://login%2emicrosoftonline.com/{CONTOSO}/v2.0")),
        hit("a NUL behind the real text", org(f"https://{host}/{CONTOSO}/v2.0\0.idp.invalid")),
        hit("the same, encoded", org(f"https://{host}/{CONTOSO}/v2.0%00.idp.invalid")),
        hit("the real host as prefix of another", org(f"https://{host}.idp.invalid/{CONTOSO}/v2.0")),
        hit("punycode: a Cyrillic o", org(f"https://login.xn--microsftonline-0zl.com/{CONTOSO}/v2.0")),
        miss("ADFS really uses http", adfs()),
        miss("Google without scheme", google()),
        miss("Google with scheme", google("https://accounts.google.com")),
        miss("Azure AD B2C ends in a slash", b2c(tid=CONTOSO)),
        miss("Auth0 ends in a slash", oidc("https://contoso.eu.auth0.com/")),
        miss("Keycloak on a port, in mixed case", oidc("https://sso.contoso.example:8443/realms/Main")),
        miss("a laboratory issuer over http", oidc("http://127.0.0.1:5556/dex")),
        miss("Cognito", cognito),
        miss("Kubernetes within a cluster", oidc("https://kubernetes.default.svc.cluster.local")),
        miss("Kubernetes' legacy issuer is no URL", oidc("kubernetes/serviceaccount", exp=None,
            sub="system:serviceaccount:a:b")),
    ] + background(m)
