"""carriercases: what record-carriers records. A case is a function of a stage; its docstring is the case's README.

CASES: name -> (function, what is done to its capture afterwards or None, programs it needs beside openssl and Python)."""
from carriercases import bodies, kinds, places

CASES = {
    "carrier-headers": (places.proxy_headers, None, ("nginx", "curl")),
    "carrier-cookies": (places.cookies, None, ("curl",)),
    "carrier-query": (places.query, None, ("curl",)),
    "carrier-referer": (places.referer, None, ("curl",)),
    "carrier-answers": (bodies.set_by_answers, None, ("curl",)),
    "body-grants": (bodies.grants, None, ("curl",)),
    "body-tokens": (bodies.answers, None, ("nginx", "curl", "python3:brotli", "python3:zstandard")),
    "body-forms": (bodies.requests_coded, None, ("nginx", "curl")),
    "body-keys": (bodies.key_sets, None, ("curl",)),
    "body-owa": (bodies.owa, None, ("curl",)),
    "body-saml": (bodies.saml, None, ("curl",)),
    "body-soap": (bodies.soap, None, ("curl",)),
    "body-gap": (bodies.gap, bodies.lose_parts, ("curl",)),
    "kind-opaque": (kinds.opaque, None, ("curl",)),
    "kind-tickets": (kinds.tickets, None, ("curl",)),
    "kind-jose": (kinds.jose, None, ("curl",)),
    "kind-sigv4": (kinds.sigv4, None, ("curl", "python3:botocore")),
    "kind-dpop": (kinds.dpop, None, ("curl",)),
    "kind-http-signatures": (kinds.http_signatures, None, ("curl",)),
    "kind-schemes": (kinds.schemes, None, ("curl",)),
}
