"""http2cases: what record-http2 records. A case is a function of a stage; its docstring is the case's README.

CASES: name -> (function, what is done to its capture afterwards or None, programs it needs beside openssl and Python)."""
from http2cases import basics

CASES = {
    "http2-nghttpd": (basics.nghttpd, None, ("nghttpd", "nghttp", "curl")),
    "http2-nginx": (basics.nginx, None, ("nginx", "nghttp", "curl")),
    "http2-node": (basics.node, None, ("node", "nghttp", "curl")),
    "http2-upgrade": (basics.upgrade, None, ("nghttpx", "nghttpd", "nghttp", "curl")),
    "http2-upgrade-refused": (basics.upgrade_refused, None, ("nginx", "node", "nghttp", "curl")),
    "http2-tls": (basics.tls, None, ("nginx", "node", "h2load", "curl")),
    "http2-load": (basics.load, None, ("nghttpd", "h2load")),
    "http2-scope": (basics.scope, None, ("nginx", "curl", "node")),
}
