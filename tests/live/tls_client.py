#!/usr/bin/env python3
"""tls_client.py ADDRESS PORT HOST VERSION TOKEN...: Python's http.client: a request for each token on one connection, then
once more on a resumed one. SSLKEYLOGFILE is heeded by Python itself. Prints the status of each answer."""
import http.client
import socket
import ssl
import sys

ADDRESS, PORT, HOST, VERSION, *TOKENS = sys.argv[1:]
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
context.minimum_version = context.maximum_version = ssl.TLSVersion[VERSION]


def ask(session):
    plain = socket.create_connection((ADDRESS, int(PORT)), 10)
    client = http.client.HTTPConnection(HOST, int(PORT))
    client.sock = context.wrap_socket(plain, server_hostname=HOST, session=session)
    for n, token in enumerate(TOKENS):
        client.request("GET", f"/mail/python-{n}", headers={"Authorization": f"Bearer {token}"})
        response = client.getresponse()
        response.read()
        print("got", response.status, flush=True)
    session = client.sock.session
    client.close()
    return session


ask(ask(None))
