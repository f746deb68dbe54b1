"""tls12: TLS 1.2 and before, by openssl s_client and s_server, and GnuTLS for what this OpenSSL does not offer."""
import shutil
import time

from tlscases.stage import ANY

SERVER_KEY = ["--tls-key", "server-test.key"]


def each(stage, version, suites, certificate="rsa", server_options=(), client_options=(), n_requests=2):
    """A connection for each suite, the client choosing."""
    server = stage.s_server(version, "-cipher", ANY, *server_options, certificate=certificate)
    for suite in suites:
        client = stage.s_client(version, "-cipher", f"{suite}:@SECLEVEL=0", *client_options)
        stage.connection(client, server, n_requests, size=600)
    server.stop()


def by_server_key(stage):
    """The sensor is given the server's RSA key, and no key log."""
    stage.args, stage.keys = SERVER_KEY, stage.tmp / "keys.log"
    shutil.copy(stage.tmp / "rsa.key", stage.folder / "server-test.key")


def gcm(stage):
    """AES-GCM in TLS 1.2.

    ECDHE with AES-128 and AES-256 and certificates of ECDSA and RSA (RFC 5288, 5289). Wanted: eight requests.
    """
    each(stage, "-tls1_2", ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"), "ec")
    each(stage, "-tls1_2", ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"))


def ccm(stage):
    """AES-CCM in TLS 1.2.

    AES-128 and AES-256, with tags of 16 and of 8 bytes (RFC 6655, 7251). Wanted: eight requests.
    """
    suites = ("AES128-CCM", "AES256-CCM", "AES128-CCM8", "AES256-CCM8")
    each(stage, "-tls1_2", [f"ECDHE-ECDSA-{suite}" for suite in suites], "ec")


def chacha(stage):
    """ChaCha20-Poly1305 in TLS 1.2.

    With ECDSA, RSA and DHE (RFC 7905): no part of the nonce is on the wire. Wanted: six requests.
    """
    each(stage, "-tls1_2", ("ECDHE-ECDSA-CHACHA20-POLY1305",), "ec")
    each(stage, "-tls1_2", ("ECDHE-RSA-CHACHA20-POLY1305", "DHE-RSA-CHACHA20-POLY1305"))


def cbc(stage):
    """AES-CBC in TLS 1.2, with encrypt-then-MAC and without.

    HMAC-SHA1, SHA256 and SHA384 with AES-128 and AES-256: four connections that encrypt before the MAC (RFC 7366), then the same
    suites with the MAC inside the encryption (RFC 5246 6.2.3.2). Wanted: sixteen requests.
    """
    suites = ("ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384")
    each(stage, "-tls1_2", suites, "ec")
    each(stage, "-tls1_2", suites, "ec", ("-no_etm",), ("-no_etm",))


def key_exchanges(stage):
    """DHE, RSA and PSK key exchanges by key log.

    Suites that differ in how the premaster secret comes about; a key log has the master secret in each case: DHE-RSA, RSA, and of
    pre-shared keys PSK, DHE-PSK, ECDHE-PSK, RSA-PSK (RFC 4279, 5489). Wanted: fourteen requests.
    """
    each(stage, "-tls1_2", ("DHE-RSA-AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA256"))
    psk = ("-psk", "7e" * 16, "-psk_identity", "TEST")
    suites = ("PSK-AES128-GCM-SHA256", "DHE-PSK-CHACHA20-POLY1305", "ECDHE-PSK-AES128-CBC-SHA256", "RSA-PSK-AES256-GCM-SHA384")
    each(stage, "-tls1_2", suites, server_options=(*psk, "-psk_hint", "TEST"), client_options=psk)


def rsa_key(stage):
    """RSA key exchange, decrypted with the server's private key.

    No key log: the sensor opens the encrypted premaster secret. AES-GCM, AES-CBC with HMAC-SHA256 and SHA1, with extended master
    secret (RFC 7627); the same without; then TLS 1.1 and 1.0 with it. Wanted: sixteen requests.
    """
    by_server_key(stage)
    suites = ("AES256-GCM-SHA384", "AES128-SHA256", "AES128-SHA")
    each(stage, "-tls1_2", suites)
    server = stage.s_server("-tls1_2", "-cipher", ANY, certificate="rsa")
    without = stage.openssl_conf(Options="-ExtendedMasterSecret")
    for suite in suites:
        stage.connection(stage.s_client("-tls1_2", "-cipher", suite, env=without), server, size=600)
    server.stop()
    each(stage, "-tls1_1", ("AES256-SHA",))
    each(stage, "-tls1", ("AES128-SHA",))


def resumption(stage):
    """Resumption by session id and by ticket, of sessions that the server's private key opened.

    Each session begins with an RSA key exchange; what resumes it shows nothing that the key could open, so the sensor must
    remember the master secret. By ticket (RFC 5077): full, resumed, resumed again with the same ticket. By session id (RFC
    5246 7.3): full, resumed, resumed again, and without extended master secret: full, resumed. Wanted: sixteen requests.
    """
    by_server_key(stage)
    ticket = stage.tmp / "session"
    without = stage.openssl_conf(Options="-ExtendedMasterSecret")
    for options, times, env in (((), 2, None), (("-no_ticket",), 2, None), (("-no_ticket",), 1, without)):
        server = stage.s_server("-tls1_2", *options, certificate="rsa")
        client = ("-tls1_2", "-cipher", "AES128-GCM-SHA256", "-sess_out", ticket, *options)
        stage.connection(stage.s_client(*client, env=env), server, size=600)
        for _ in range(times):
            stage.connection(stage.s_client(*client, "-sess_in", ticket, env=env), server, size=600)
        server.stop()


def renegotiation(stage):
    """Renegotiation.

    A handshake under the keys of the one before (RFC 5246 7.4.1.1, RFC 5746), twice between the requests: one the client
    begins, one the server asks for, which is abbreviated. AES-GCM, then AES-CBC; in the third connection the server asks for
    a certificate in a full renegotiation. Wanted: nine requests.
    """
    server = stage.s_server("-tls1_2", "-client_renegotiation")
    for suite in ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"):
        client = stage.s_client("-tls1_2", "-cipher", suite)
        stage.exchange(client, server)
        client.send(b"R\n")
        client.expect(b"RENEGOTIATING")
        stage.exchange(client, server)
        server.send(b"r\n")
        time.sleep(0.5)  # neither says when it is done
        stage.exchange(client, server)
        client.end(b"Q\n")
        server.expect(b"DONE")
    server.stop()
    server = stage.s_server("-tls1_2", "-no_resumption_on_reneg")
    client = stage.s_client("-tls1_2", *stage.certificate("client"))
    stage.exchange(client, server)
    server.send(b"R\n")
    time.sleep(0.5)
    stage.exchange(client, server, 2, cnf={"x5t#S256": stage.thumbprint("client")})
    client.end(b"Q\n")
    server.expect(b"DONE")


def client_certificate(stage):
    """A client certificate, and tokens that are bound to one.

    Mutual TLS 1.2. The first token's `cnf.x5t#S256` is the thumbprint of the certificate that the client showed (in the
    clear, before TLS 1.3), the second's is another's. Wanted: three requests.
    """
    own, other = ({"cnf": {"x5t#S256": stage.thumbprint(name)}} for name in ("client", "other"))
    server = stage.s_server("-tls1_2", "-Verify", "1")
    client = stage.s_client("-tls1_2", *stage.certificate("client"))
    for claims in (own, other, own):
        stage.exchange(client, server, **claims)
    client.end(b"Q\n")
    server.expect(b"DONE")


def camellia_aria(stage):
    """Camellia and ARIA.

    Camellia in CBC with HMAC-SHA1, SHA256, SHA384 (RFC 5932, 6367), ARIA in GCM (RFC 6209). Wanted: ten requests.
    """
    each(stage, "-tls1_2", ("CAMELLIA128-SHA", "ECDHE-RSA-CAMELLIA128-SHA256", "ECDHE-RSA-CAMELLIA256-SHA384",
                            "ECDHE-ARIA128-GCM-SHA256", "ECDHE-ARIA256-GCM-SHA384"))


def null(stage):
    """Suites without encryption.

    NULL with HMAC-SHA256, SHA1 and MD5: readable without keys, but only with them is it known that nobody changed it. Wanted: six
    requests.
    """
    each(stage, "-tls1_2", ("NULL-SHA256", "NULL-SHA", "NULL-MD5"))


def before_tls12(stage):
    """TLS 1.0 and 1.1.

    AES-CBC with HMAC-SHA1. In TLS 1.0 a record's IV is the last block of the record before, and OpenSSL puts an empty record
    in front of each; TLS 1.1 has an IV in each record (RFC 4346 6.2.3.2). With and without encrypt-then-MAC, ECDHE and RSA.
    Then between two GnuTLS (OpenSSL here offers neither): 3DES and RC4 in TLS 1.0 and 1.1. Wanted: twenty-four requests.
    """
    for version in ("-tls1", "-tls1_1"):
        each(stage, version, ("ECDHE-RSA-AES128-SHA", "AES256-SHA"))
        each(stage, version, ("ECDHE-RSA-AES256-SHA", "AES128-SHA"), server_options=("-no_etm",), client_options=("-no_etm",))
    gnutls(stage, [f"NONE:+VERS-TLS1.{minor}:+{cipher}:+SHA1:+ECDHE-RSA:+GROUP-ALL:+SIGN-ALL:+COMP-NULL"
                   for minor in (0, 1) for cipher in ("3DES-CBC", "ARCFOUR-128")])


def triple_des_rc4(stage):
    """3DES and RC4 in TLS 1.2.

    3DES-CBC with HMAC-SHA1, with encrypt-then-MAC and without, and RC4 with HMAC-SHA1 (RFC 7465 forbids it), between two
    GnuTLS: OpenSSL of Debian 12 offers neither. Wanted: eight requests.
    """
    base = "NONE:+VERS-TLS1.2:+SHA1:+GROUP-ALL:+SIGN-ALL:+COMP-NULL"
    gnutls(stage, [f"{base}:{rest}" for rest in ("+3DES-CBC:+ECDHE-RSA", "+3DES-CBC:+RSA:%NO_ETM", "+ARCFOUR-128:+ECDHE-RSA",
                                                 "+ARCFOUR-128:+RSA")])


def gnutls(stage, priorities, *options, n_requests=2):
    """A connection between two GnuTLS for each priority string, the client choosing."""
    server = stage.gnutls_server("NORMAL:+VERS-ALL:+3DES-CBC:+ARCFOUR-128:%COMPAT")
    for priority in priorities:
        client = stage.gnutls_client(priority, *options)
        client.expect(b"Simple Client Mode")
        stage.exchange(client, server, n_requests, size=600)
        client.end()
        server.expect(b"closed")
    server.stop()


def with_gnutls(stage):
    """GnuTLS speaks TLS 1.2.

    gnutls-cli to a server of GnuTLS: AES-GCM, AES-CCM, ChaCha20-Poly1305, AES-CBC with encrypt-then-MAC and without, and no
    extended master secret. Then gnutls-cli to OpenSSL. It sends a request line by line, each in a record. Wanted: fourteen
    requests.
    """
    base = "NORMAL:-VERS-ALL:+VERS-TLS1.2"
    ciphers = ("AES-256-GCM", "AES-128-CCM", "CHACHA20-POLY1305", "AES-128-CBC", "AES-256-CBC:%NO_ETM",
               "AES-128-GCM:%NO_SESSION_HASH")
    gnutls(stage, [f"{base}:-CIPHER-ALL:+{cipher}" for cipher in ciphers])
    server = stage.s_server("-tls1_2")
    client = stage.gnutls_client(base)
    client.expect(b"Simple Client Mode")
    stage.exchange(client, server, 2, size=600)
    client.end()
    server.expect(b"DONE")
