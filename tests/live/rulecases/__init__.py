"""rulecases: for every rule the requests that must raise it and the near misses that must not, each with its reason.

RULES: id -> (title, function of the Microsoft keys to its cases, function to more v2 keys or None)."""
from minting import TEMPLATE
from rulecases import claims, headers, keys
from rulecases.common import FABRIKAM

RULES = {
    "K01": ("key on the compromised-key list", keys.k01, None),
    "K02": ("key may not speak for this issuer and tenant", keys.k02, lambda m: [keys.fabrikam_key().jwk(
        "microsoftonline.com", TEMPLATE.replace("{tenantid}", FABRIKAM))]),
    "K03": ("consumer key for an organisation", keys.k03, None),
    "K05": ("key of another cloud", keys.k05, None),
    "K06": ("v1 issuer, key in the v2 list only", keys.k06, lambda m: [keys.k06_keys().jwk("microsoftonline.com",
        TEMPLATE)]),
    "K14": ("issuer's tenant is not the tid claim", keys.k14, None),
    "K15": ("token version and issuer do not fit", keys.k15, None),
    "K17": ("issuer only looks like a known one", keys.k17, None),
    "A01": ("alg none", headers.a01, None),
    "A05": ("key set or certificate from a foreign place", headers.a05, None),
    "A08": ("key id as an injection", headers.a08, None),
    "C01": ("names twice", claims.c01, None),
    "C02": ("encoding that is not canonical", claims.c02, None),
    "C05": ("expired token accepted, or used with no answer seen", claims.c05, None),
    "C06": ("times that cannot be", claims.c06, None),
}
