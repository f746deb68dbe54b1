"""http2cases: what record-http2 records. A case is a function of a stage; its docstring is the case's README.

CASES: name -> (function, what is done to its capture afterwards or None, programs it needs beside openssl and Python)."""
from http2cases import basics, faults, frames

CASES = {
    "http2-nghttpd": (basics.nghttpd, None, ("nghttpd", "nghttp", "curl")),
    "http2-nginx": (basics.nginx, None, ("nginx", "nghttp", "curl")),
    "http2-node": (basics.node, None, ("node", "nghttp", "curl")),
    "http2-upgrade": (basics.upgrade, None, ("nghttpx", "nghttpd", "nghttp", "curl")),
    "http2-upgrade-refused": (basics.upgrade_refused, None, ("nginx", "node", "nghttp", "curl")),
    "http2-tls": (basics.tls, None, ("nginx", "node", "h2load", "curl")),
    "http2-load": (basics.load, None, ("nghttpd", "h2load")),
    "http2-scope": (basics.scope, None, ("nginx", "curl", "node")),
    "http2-continuation": (frames.continuation, None, ("nghttpd", "nghttp", "curl", "node")),
    "http2-padding": (frames.padding, None, ("nghttpd", "nghttp")),
    "http2-priority": (frames.priority, None, ("nghttpd", "nghttp", "node")),
    "http2-push": (frames.push, None, ("nghttpd", "nghttp", "node")),
    "http2-trailers": (frames.trailers, None, ("nghttpd", "nghttp", "node")),
    "http2-cancel": (frames.cancel, None, ("node",)),
    "http2-goaway": (frames.goaway, None, ("nginx", "h2load", "nghttp", "node")),
    "http2-table-sizes": (frames.table_sizes, None, ("nghttpd", "nghttp", "node")),
    "http2-settings": (frames.settings, None, ("node", "nghttp")),
    "http2-cookies": (frames.cookies, None, ("node", "curl")),
    "http2-informational": (frames.informational, None, ("nghttpd", "nghttp", "node")),
    "http2-never-indexed": (frames.never_indexed, None, ("node",)),
    "http2-midstream": (faults.midstream, faults.drop_beginnings, ("node",)),
    "http2-midstream-literal": (faults.midstream_literal, faults.drop_literal_beginning, ("nghttpd", "h2load")),
    "http2-gap": (faults.gap, faults.lose_segments, ("node",)),
    "http2-one-sided": (faults.one_sided, faults.drop_sides, ("node",)),
    "http2-cut": (faults.cut_at, faults.drop_ends, ("nghttpd", "node", "curl")),
}
