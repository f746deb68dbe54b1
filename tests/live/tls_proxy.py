#!/usr/bin/env python3
"""tls_proxy.py ADDRESS PORT ORIGIN ORIGIN-PORT [CERTIFICATE KEY]: a proxy that knows CONNECT and whose every tunnel ends at
ORIGIN; with a certificate it is spoken to through TLS. Prints `ready`."""
import socket
import ssl
import sys
import threading

ADDRESS, PORT, ORIGIN, ORIGIN_PORT, *CERTIFICATE = sys.argv[1:]


def pump(source, sink):
    try:
        while data := source.recv(16384):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the other pump has seen the end


def tunnel(client):
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(4096)
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    with socket.create_connection((ORIGIN, int(ORIGIN_PORT))) as origin:
        there = threading.Thread(target=pump, args=(client, origin))
        there.start()
        pump(origin, client)
        there.join()
    client.close()


listener = socket.create_server((ADDRESS, int(PORT)))
context = None
if CERTIFICATE:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*CERTIFICATE)
    listener = context.wrap_socket(listener, server_side=True)
print("ready", flush=True)
while True:
    threading.Thread(target=tunnel, args=(listener.accept()[0],)).start()
