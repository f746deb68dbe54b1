"""tlscases: what record-tls records. A case is a function of a stage; its docstring is the case's README.

CASES: name -> (function, what is done to the folder afterwards or None, programs it needs beside openssl and Python)."""
from tlscases import programs, tls12, tls13

CASES = {
    "tls13-suites": (tls13.suites, None, ()),
    "tls13-hrr": (tls13.hello_retry, None, ()),
    "tls13-early-data": (tls13.early_data, None, ()),
    "tls13-keyupdate": (tls13.key_update, None, ()),
    "tls13-resumption": (tls13.resumption, None, ()),
    "tls13-padding": (tls13.padding, None, ()),
    "tls13-client-cert": (tls13.client_certificate, None, ()),
    "tls13-post-handshake-auth": (tls13.post_handshake_auth, None, ()),
    "tls13-small-records": (tls13.small_records, None, ()),
    "tls13-gnutls": (programs.gnutls_13, None, ("gnutls-cli",)),
    "tls13-nginx-curl": (programs.nginx_curl_13, None, ("nginx", "curl")),
    "tls13-chromium": (programs.chromium, None, ("nginx", "chromium")),
    "tls13-h2": (programs.http2, None, ("nghttpd", "nghttp")),
    "tls12-gcm": (tls12.gcm, None, ()),
    "tls12-ccm": (tls12.ccm, None, ()),
    "tls12-chacha": (tls12.chacha, None, ()),
    "tls12-cbc": (tls12.cbc, None, ()),
    "tls12-dhe-rsa-psk": (tls12.key_exchanges, None, ()),
    "tls12-rsa-key": (tls12.rsa_key, None, ()),
    "tls12-resumption": (tls12.resumption, None, ()),
    "tls12-renegotiation": (tls12.renegotiation, None, ()),
    "tls12-client-cert": (tls12.client_certificate, None, ()),
    "tls12-camellia-aria": (tls12.camellia_aria, None, ()),
    "tls12-null": (tls12.null, None, ()),
    "tls12-3des-rc4": (tls12.triple_des_rc4, None, ("gnutls-cli",)),
    "tls12-gnutls": (tls12.with_gnutls, None, ("gnutls-cli",)),
    "tls12-nginx-curl": (programs.nginx_curl_12, None, ("nginx", "curl")),
    "tls10-tls11": (tls12.before_tls12, None, ("gnutls-cli",)),
    "tls-connect": (programs.connect, None, ("nginx", "curl")),
    "tls-in-tls": (programs.tls_in_tls, None, ("nginx", "curl")),
    "tls-mixed-ports": (programs.mixed_ports, None, ("nginx", "curl")),
}
