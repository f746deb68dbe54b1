"""captures: cases about the capture rather than the conversation: where its secrets are, what of it is missing. What was recorded
is changed afterwards, by the second function of each pair."""
import hashlib
import subprocess

import packets
import pcapng
from tlscases.stage import ANY, CLIENT, SERVER

FULL = 1448  # payload of a full segment: each request fills one and a part of the next


def two_connections(stage, n_requests=2):
    """TLS 1.3, then TLS 1.2."""
    server = stage.s_server("-cipher", ANY)
    for options in (("-tls1_3",), ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256")):
        stage.connection(stage.s_client(*options), server, n_requests)


def payload(frame):
    """(the client's port, whether the client sends, TCP payload) of Ethernet, IPv4, TCP."""
    ip = frame[14:14 + int.from_bytes(frame[16:18], "big")]
    tcp = ip[4 * (ip[0] & 15):]
    from_client = ".".join(map(str, ip[12:16])) == CLIENT
    return tcp[0:2] if from_client else tcp[2:4], from_client, tcp[4 * (tcp[12] >> 4):]


def rewrite(stage, choose):
    """Keeps the packets of which choose(port, from_client, payload) is true."""
    path, kept = stage.folder / "in.pcap", packets.Capture()
    for time_us, frame in packets.read(path):
        if choose(*payload(frame)):
            kept.add(time_us, frame)
    kept.write(path)


# ---- Decryption Secrets Blocks
def take_keys(stage):
    """The key log, which the folder will not have, and its lines by connection."""
    text = stage.keys.read_text()
    stage.keys.unlink()
    stage.args = []
    by_random = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            by_random.setdefault(line.split()[1], []).append(line + "\n")
    return text.encode(), ["".join(lines).encode() for lines in by_random.values()]


def write_pcapng(stage, blocks_before):
    """blocks_before: number of a packet -> blocks in front of it; -1: at the end."""
    path = stage.folder / "in.pcap"
    with open(stage.folder / "in.pcapng", "wb") as f:
        f.write(pcapng.head())
        for n, (time_us, frame) in enumerate(packets.read(path)):
            f.write(blocks_before.get(n, b"") + pcapng.packet(time_us, frame))
        f.write(blocks_before.get(-1, b""))
    path.unlink()


def dsb_first(stage):
    """Secrets in front of the packets.

    A connection of TLS 1.3 and one of 1.2; `editcap --inject-secrets` put the key log into the capture, before the packets.
    Wanted: four requests, decrypted by DSB.
    """
    stage.made_with.append("editcap")
    two_connections(stage)


def inject(stage):
    recorded, written = stage.folder / "in.pcap", stage.folder / "in.pcapng"
    subprocess.run(["editcap", "--inject-secrets", f"tls,{stage.keys}", recorded, written], check=True)
    take_keys(stage)
    recorded.unlink()


def dsb_last(stage):
    """Secrets behind the packets.

    A connection of TLS 1.3 and one of 1.2; the Decryption Secrets Block is the last block of the file (tests/live/pcapng.py
    wrote it): what came before must have waited for it. Wanted: four requests, decrypted by DSB.
    """
    two_connections(stage)


def put_last(stage):
    write_pcapng(stage, {-1: pcapng.secrets(take_keys(stage)[0])})


def dsb_middle(stage):
    """Secrets between the packets.

    A connection of TLS 1.3 and one of 1.2, each with a Decryption Secrets Block of its own, which stands after the
    connection's first request (tests/live/pcapng.py wrote them), as when a key log is merged in while it grows. Wanted: four
    requests, decrypted by DSB.
    """
    two_connections(stage)


def put_between(stage):
    _, secrets = take_keys(stage)
    first = {}  # port -> number of the packet behind the first full segment of the client
    for n, (_, frame) in enumerate(packets.read(stage.folder / "in.pcap")):
        port, from_client, data = payload(frame)
        if from_client and len(data) == FULL:
            first.setdefault(port, n + 1)
    write_pcapng(stage, {n: pcapng.secrets(s) for n, s in zip(first.values(), secrets)})


# ---- keys that are wrong or missing
def wrong_keys(stage):
    """Right randoms, wrong secrets.

    The key log names the first four connections, but its secrets are not theirs: TLS 1.3 with AES-GCM, TLS 1.2 with AES-GCM
    and with AES-CBC with the MAC inside and outside. The fifth's are right. Wanted: the fifth's two requests, and nothing of
    the others but that their records did not authenticate.
    """
    for etm in ((), ("-no_etm",)):
        server = stage.s_server("-cipher", ANY, *etm)
        for options in (("-tls1_3",), ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256")) if not etm else ():
            stage.connection(stage.s_client(*options), server)
        stage.connection(stage.s_client("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA", *etm), server)
        server.stop()
    server = stage.s_server("-tls1_3")
    stage.connection(stage.s_client("-tls1_3"), server)


def spoil_keys(stage):
    lines = [line.split() for line in stage.keys.read_text().splitlines() if not line.startswith("#")]
    right = lines[-1][1]
    for line in lines:
        if line[1] != right:
            line[2] = hashlib.shake_256(line[2].encode()).hexdigest(len(line[2]) // 2)
    stage.keys.write_text("".join(" ".join(line) + "\n" for line in lines))


def no_keys(stage):
    """No keys at all.

    A connection of TLS 1.3 and one of 1.2 whose secrets nobody tells. Wanted: what their handshakes show, and that there was
    no secret.
    """
    two_connections(stage)


def drop_keys(stage):
    take_keys(stage)


# ---- packets that are missing
def midstream(stage):
    """Joined after the handshake.

    Three connections of TLS 1.3, with AES-128-GCM, AES-256-GCM and ChaCha20-Poly1305, whose packets before the third request
    are missing: neither suite nor random was seen, nor how many records there were. The key log has their secrets. Wanted:
    three requests of each.
    """
    server = stage.s_server("-tls1_3")
    for suite in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"):
        stage.connection(stage.s_client("-tls1_3", "-ciphersuites", suite), server, 5)


def cut_beginnings(stage):
    seen = {}  # port -> requests begun

    def late(port, from_client, data):
        seen[port] = seen.get(port, 0) + (from_client and len(data) == FULL)
        return seen[port] >= 3
    rewrite(stage, late)


def gap(stage):
    """Lost segments.

    Six requests in TLS 1.3 and six in TLS 1.2 with AES-GCM. Of each connection are missing the first segment of the second
    request (half a record), the answer to the third, and the fourth request whole (a record without a trace, whose answer is
    there). Wanted: the first, third, fifth and sixth requests of each, the third without its answer, and that there were
    gaps.
    """
    two_connections(stage, 6)


def lose_segments(stage):
    begun, rest = {}, {}  # port -> requests begun; whether the rest of a lost one is to be lost too

    def arrives(port, from_client, data):
        if from_client and data:
            whole = len(data) == FULL
            begun[port] = begun.get(port, 0) + whole
            lost = begun[port] == 2 and whole or begun[port] == 4 and (whole or rest.get(port, True))
            rest[port] = whole
            return not lost
        return not (data and begun.get(port) == 3)
    rewrite(stage, arrives)


def mirror(stage):
    """What a decrypting broker leaves of a handshake.

    Some brokers mirror what they decrypted and leave records of the handshake in front of it. Hand-made of two real
    handshakes: on the first connection the ClientHello alone, then HTTP/1.1 in the clear; on the second the ClientHello and
    the server's first flight. Wanted: four requests, which nobody had to decrypt.
    """
    two_connections(stage)


def leave_handshake(stage):
    hellos, flights = {}, {}
    for _, frame in packets.read(stage.folder / "in.pcap"):
        port, from_client, data = payload(frame)
        if data[:1] == b"\x16" and port not in (hellos if from_client else flights):
            (hellos if from_client else flights)[port] = data
    start, out = next(packets.read(stage.folder / "in.pcap"))[0], packets.Capture()
    stage.credentials.write_text("")  # those of the real connections are not in here
    for n, port in enumerate(hellos):
        talk = packets.Connection(out, start + n * 1000000, CLIENT, SERVER, int.from_bytes(port, "big"), 443)
        talk.send(0, hellos[port])
        if n:
            talk.send(1, flights[port])
        for _ in range(2):
            talk.send(0, stage.request())
            talk.send(1, stage.answer())
        talk.close()
    out.write(stage.folder / "in.pcap")
    take_keys(stage)
