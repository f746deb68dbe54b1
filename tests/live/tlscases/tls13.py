"""tls13: what TLS 1.3 can do, by openssl s_client and s_server."""
from tlscases.stage import ANY

SUITES = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_SHA256",
          "TLS_AES_128_CCM_8_SHA256")


def suites(stage):
    """Every suite of TLS 1.3.

    A connection of two requests for each: AES-128-GCM, AES-256-GCM, ChaCha20-Poly1305, AES-128-CCM, AES-128-CCM-8 (RFC 8446 B.4),
    in this order. Wanted: ten requests with their tokens.
    """
    server = stage.s_server("-tls1_3", "-ciphersuites", ":".join(SUITES), "-cipher", ANY)
    for suite in SUITES:
        stage.connection(stage.s_client("-tls1_3", "-ciphersuites", suite, "-alpn", "http/1.1"), server)


def hello_retry(stage):
    """HelloRetryRequest.

    The client sends a key share of X25519, the server wants P-384 and asks for it: two ClientHellos, one random
    (RFC 8446 4.1.4). The second connection does so without ChangeCipherSpec records, which are there for middleboxes only
    (appendix D.4). Wanted: four requests.
    """
    server = stage.s_server("-tls1_3", "-groups", "P-384")
    stage.connection(stage.s_client("-tls1_3", "-groups", "X25519:P-384"), server)
    server.stop()
    server = stage.s_server("-tls1_3", "-groups", "P-384", "-no_middlebox")
    stage.connection(stage.s_client("-tls1_3", "-groups", "X25519:P-384", "-no_middlebox"), server)


def early_data(stage):
    """Early data, taken and refused.

    1. A full handshake, which leaves a ticket.
    2. Resumed: the first request is early data (RFC 8446 4.2.10), taken by the server; a second one follows.
    3. Resumed with a ticket of a server that is gone: the early data is refused, and the client sends its request again.
       The server skips the refused records. Who reads along and has their keys cannot know at that time, and reports what was sent.

    Wanted: two requests of the first connection, two of the second, and of the third two, the first of them twice.
    """
    ticket, early = stage.tmp / "ticket", stage.tmp / "early"
    options = ("-tls1_3", "-early_data", "-max_early_data", "16384")
    server = stage.s_server(*options)
    client = stage.s_client("-tls1_3", "-sess_out", ticket)
    stage.connection(client, server)
    request, answer = stage.request(), stage.answer()
    early.write_bytes(request)
    client = stage.s_client("-tls1_3", "-sess_in", ticket, "-sess_out", ticket, "-early_data", early)
    server.expect(request[-20:])
    client.expect(b"Early data was accepted")
    server.send(answer)
    client.expect(answer[-16:])
    stage.connection(client, server, 1)
    server.stop()
    server = stage.s_server(*options)
    request, answer = stage.request(), stage.answer()
    early.write_bytes(request)
    client = stage.s_client("-tls1_3", "-sess_in", ticket, "-early_data", early)
    client.expect(b"Early data was rejected")
    client.send(request)
    server.expect(request[-20:])
    server.send(answer)
    client.expect(answer[-16:])
    stage.connection(client, server, 1)


def key_update(stage):
    """KeyUpdate in both directions.

    Between the requests: the client changes its keys, then again and asks the server to do the same, then the server, and
    again asking the client; and both, five times (RFC 8446 4.6.3). The key log has the secrets of generation 0 only. Two
    connections, of AES-128-GCM and AES-256-GCM. Wanted: ten requests each.
    """
    server = stage.s_server("-tls1_3")
    for suite in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"):
        client = stage.s_client("-tls1_3", "-ciphersuites", suite)
        stage.exchange(client, server, size=400)
        for end, command in ((client, b"k\n"), (client, b"K\n"), (server, b"k\n"), (server, b"K\n"), *[(client, b"K\n")] * 5):
            end.send(command)
            if end is client:  # s_server says nothing
                end.expect(b"KEYUPDATE")
            stage.exchange(client, server, size=400)
        client.end(b"Q\n")
        server.expect(b"DONE")


def resumption(stage):
    """Resumption by ticket.

    A full handshake, then three that resume the session before them by its ticket (RFC 8446 2.2): two with a fresh key
    exchange, one without (psk_ke). Then one with a PSK that both were given beforehand. Wanted: ten requests.
    """
    ticket = stage.tmp / "ticket"
    server = stage.s_server("-tls1_3", "-allow_no_dhe_kex", "-groups", "X25519")
    stage.connection(stage.s_client("-tls1_3", "-sess_out", ticket), server)
    for _ in range(2):
        stage.connection(stage.s_client("-tls1_3", "-sess_in", ticket, "-sess_out", ticket), server)
    stage.connection(stage.s_client("-tls1_3", "-sess_in", ticket, "-allow_no_dhe_kex", "-groups", "P-384"), server)
    server.stop()
    psk = ("-tls1_3", "-psk", "7e" * 32, "-psk_identity", "TEST", "-ciphersuites", "TLS_AES_128_GCM_SHA256")
    server = stage.s_server(*psk, certificate=None)
    stage.connection(stage.s_client(*psk), server)


def padding(stage):
    """Padded records.

    Both ends pad every record's plaintext to a multiple of 512 bytes, then of 2048 (RFC 8446 5.4). Wanted: four requests.
    """
    for size in ("512", "2048"):
        server = stage.s_server("-tls1_3", "-record_padding", size)
        stage.connection(stage.s_client("-tls1_3", "-record_padding", size), server, size=600)
        server.stop()


def client_certificate(stage):
    """A client certificate and tokens that are bound to one.

    Mutual TLS. The first and the third token's `cnf.x5t#S256` (RFC 8705 3.1) is the thumbprint of the certificate that the client
    showed, the second's is another's; the fourth is not bound. The second connection shows no certificate, though asked, and
    sends a bound token. Wanted: five requests, and `x5t#S256` of the certificate on the first connection.
    """
    own, other = ({"cnf": {"x5t#S256": stage.thumbprint(name)}} for name in ("client", "other"))
    server = stage.s_server("-tls1_3", "-verify", "1")
    client = stage.s_client("-tls1_3", *stage.certificate("client"))
    for claims in (own, other, own, {}):
        stage.exchange(client, server, **claims)
    client.end(b"Q\n")
    server.expect(b"DONE")
    stage.connection(stage.s_client("-tls1_3"), server, 1, **own)


def post_handshake_auth(stage):
    """A client certificate asked for later.

    After the first request the server asks for a certificate (RFC 8446 4.6.2); the client's Certificate, CertificateVerify and
    Finished stand between its records of application data. Tokens are bound to it. Wanted: three requests.
    """
    own = {"cnf": {"x5t#S256": stage.thumbprint("client")}}
    server = stage.s_server("-tls1_3")
    client = stage.s_client("-tls1_3", "-enable_pha", *stage.certificate("client"))
    stage.exchange(client, server)
    server.send(b"c\n")
    stage.exchange(client, server, 2, **own)
    client.end(b"Q\n")
    server.expect(b"DONE")


def small_records(stage):
    """Messages over many records, records over many segments.

    1. Both ends cut at 512 bytes, handshake messages too: a request is in four records.
    2. The client sends byte after byte, each in a record: what a slow terminal does.
    3. An answer of 40000 bytes in records of 16384, each over a dozen segments.

    Wanted: five requests.
    """
    server = stage.s_server("-tls1_3", "-max_send_frag", "512", certificate="rsa")
    stage.connection(stage.s_client("-tls1_3", "-max_send_frag", "512"), server)
    client = stage.s_client("-tls1_3")
    request, answer = stage.request(), stage.answer()
    for at in range(63):  # no further: s_client takes some letters of the token for commands
        client.send(request[at:at + 1])
        server.expect(request[at:at + 1])
    client.send(request[63:])
    server.expect(request[-20:])
    server.send(answer)
    client.expect(answer[-16:])
    stage.connection(client, server, 1)
    server.stop()
    server = stage.s_server("-tls1_3")
    stage.connection(stage.s_client("-tls1_3"), server, 1, size=40000)
