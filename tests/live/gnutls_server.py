#!/usr/bin/env python3
"""gnutls_server.py ADDRESS PORT CERTIFICATE KEY PRIORITY: GnuTLS as a server like `openssl s_server`: what a client sends goes
to standard output, what is on standard input to the client. One connection after the other. By ctypes: gnutls-serv answers with
pages of its own, one a connection."""
import ctypes
import os
import select
import socket
import sys

ADDRESS, PORT, CERTIFICATE, KEY, PRIORITY = (a.encode() for a in sys.argv[1:])
SERVER, CRD_CERTIFICATE, PEM, SHUT_WR, AGAIN = 1, 1, 1, 1, (-28, -52)  # gnutls.h
tls = ctypes.CDLL("libgnutls.so.30")
tls.gnutls_record_send.restype = tls.gnutls_record_recv.restype = ctypes.c_ssize_t
tls.gnutls_strerror.restype = ctypes.c_char_p
credentials = ctypes.c_void_p()


def must(code):
    if code < 0:
        raise OSError(tls.gnutls_strerror(code).decode())
    return code


def relay(session, sock):
    """Until the client closes."""
    room = ctypes.create_string_buffer(16384)
    while True:
        if not tls.gnutls_record_check_pending(session):
            readable, _, _ = select.select([sock, 0], [], [])
            if 0 in readable:
                data = os.read(0, 65536)
                while data:
                    data = data[must(tls.gnutls_record_send(session, data, ctypes.c_size_t(len(data)))):]
                continue
        n = tls.gnutls_record_recv(session, room, ctypes.c_size_t(len(room)))
        if n in AGAIN:
            continue
        if n <= 0:
            return
        os.write(1, room.raw[:n])


def serve(sock):
    session = ctypes.c_void_p()
    must(tls.gnutls_init(ctypes.byref(session), SERVER))
    must(tls.gnutls_priority_set_direct(session, PRIORITY, None))
    must(tls.gnutls_credentials_set(session, CRD_CERTIFICATE, credentials))
    tls.gnutls_transport_set_int2(session, sock.fileno(), sock.fileno())
    while (code := tls.gnutls_handshake(session)) in AGAIN:
        pass
    must(code)
    relay(session, sock)
    tls.gnutls_bye(session, SHUT_WR)
    tls.gnutls_deinit(session)


must(tls.gnutls_certificate_allocate_credentials(ctypes.byref(credentials)))
must(tls.gnutls_certificate_set_x509_key_file(credentials, CERTIFICATE, KEY, PEM))
listener = socket.create_server((ADDRESS.decode(), int(PORT)))
print("ready", flush=True)
while True:
    with listener.accept()[0] as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        serve(peer)
    print("closed", flush=True)
