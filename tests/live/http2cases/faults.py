"""faults: captures of HTTP/2 from which something is missing. What was recorded is changed afterwards, by the second function
of each pair."""
import packets
from http2cases.basics import API, PRIOR, start_nghttpd
from http2cases.frames import get
from http2cases.node import client as node_client, server as node_server
from lab import CLIENT_ADDRESS

SAME = {f"x-test-{n}": f"the same in every request, {n}" for n in range(6)}


def segment(frame):
    """(the client's port, whether the client sends, TCP payload) of Ethernet, IPv4, TCP."""
    ip = frame[14:14 + int.from_bytes(frame[16:18], "big")]
    tcp = ip[4 * (ip[0] & 15):]
    from_client = ".".join(map(str, ip[12:16])) == CLIENT_ADDRESS
    return tcp[0:2] if from_client else tcp[2:4], from_client, tcp[4 * (tcp[12] >> 4):]


def rewrite(stage, stays):
    """Keeps the packets of which stays(number of the connection, from_client, payload) is true."""
    path, kept, numbers = stage.folder / "in.pcap", packets.Capture(), {}
    for time_us, frame in packets.read(path):
        port, from_client, data = segment(frame)
        if stays(numbers.setdefault(port, len(numbers)), from_client, data):
            kept.add(time_us, frame)
    kept.write(path)


def requests_in_table(stage, n_requests, **more):
    """Requests one after the other whose fields but the token stand in the table from the second on, and the answers' too."""
    token = stage.short()
    steps = [get(f"/mail/{n}", stage.short(), headers={"user-agent": "TEST client", "x-forwarded-access-token": token, **SAME},
                 **more)
             for n in range(n_requests)]
    node_client(stage, [[step] for step in steps])


def midstream(stage):
    """Joined in the middle of a connection.

    Six requests of Node's; the packets before the third request are missing, so neither preface nor settings were seen, and
    what the table holds is unknown. Path, method and token of each are literal or in the static table; agent, host and a
    proxy's token stand in the table alone. A second connection is whole, a third is missing all but the last request and its
    answer. Wanted: of the first connection four requests with their bearers and without what is unknown (hpack_desync); of the
    second six, whole; of the third one.
    """
    node_server(stage)
    for _ in range(3):
        requests_in_table(stage, 6)


def drop_beginnings(stage):
    seen = {0: 0, 1: 0, 2: 0}

    def late(n, from_client, data):
        seen[n] += from_client and len(data) > 300
        return n == 1 or seen[n] >= (3 if n == 0 else 6)
    rewrite(stage, late)


def midstream_literal(stage):
    """Joined in the middle, nothing in the table.

    As http2-midstream, but neither end keeps a table (sizes of 0): every field is a literal or static. Wanted: four requests,
    with all of their fields.
    """
    start_nghttpd(stage, "-c", "0", "--encoder-header-table-size=0")
    stage.call("h2load", "-n", "6", "-m", "1", "--header-table-size=0", "--encoder-header-table-size=0", *stage.bearer(),
               f"{API}/mail/1",
               f"{API}/mail/2", f"{API}/mail/3")


def drop_literal_beginning(stage):
    seen = [0]

    def late(_, from_client, data):
        seen[0] += from_client and len(data) > 100
        return seen[0] >= 3
    rewrite(stage, late)


def gap(stage):
    """Lost segments.

    Four connections of five requests each. Of the first is missing the segment with the second request; of the second the third
    answer; of the third the second of the segments over which its third request goes; of the fourth the segment that begins the
    second answer. Wanted: of each connection what was not lost, each token its own request's; behind the loss without the
    fields that nobody can know.
    """
    node_server(stage)
    requests_in_table(stage, 5)
    requests_in_table(stage, 5)
    groups = [f"test-group-{n:04}-of-the-organisation" for n in range(100)]
    node_client(stage, [[get(f"/mail/{n}", stage.short(groups=groups), headers=SAME)] for n in range(5)])
    node_client(stage, [[get("/echo", stage.short(), headers={":method": "POST", **SAME}, body="b" * 3000)] for n in range(5)])


def lose_segments(stage):
    requests, answers, large = {}, {}, {}

    def arrives(n, from_client, data):
        if from_client:
            requests[n] = requests.get(n, 0) + (200 < len(data) < 1448 or n == 3 and len(data) > 100)
            large[n] = large.get(n, 0) + (len(data) == 1448)
            return not (n == 0 and requests[n] == 2 and len(data) > 200 or n == 2 and large[n] == 7 and len(data) == 1448)
        answers[n] = answers.get(n, 0) + (len(data) > 20)
        return not ((n, answers[n]) in ((1, 3), (3, 4)) and len(data) > 20)
    rewrite(stage, arrives)


def one_sided(stage):
    """Only one direction.

    Two connections of Node's with four requests each: of the first only what the client sent was captured, of the second only
    what the server sent. Wanted: four requests with their tokens; four answers without a request.
    """
    node_server(stage)
    for _ in range(2):
        requests_in_table(stage, 4)


def drop_sides(stage):
    rewrite(stage, lambda n, from_client, data: from_client == (n == 0))


def cut_at(stage):
    """A capture that ends in the middle.

    The second connection's capture ends within an answer's body, the third's within a request's header block: HEADERS came, the
    end of CONTINUATION did not. Wanted: two requests, the second's answer without its end; of the third what came whole, and that
    it was cut.
    """
    start_nghttpd(stage)
    groups = [f"test-group-{n:04}-of-the-organisation" for n in range(560)]
    stage.curl([*stage.bearer(), f"{API}/mail/1"], always=PRIOR)
    node_server(stage, port=8081)
    node_client(stage, [[get("/big", stage.short())]], url="http://api.example:8081")
    stage.curl([*stage.bearer(stage.short(groups=groups)), f"{API}/mail/2"], always=PRIOR)


def drop_ends(stage):
    large = {}

    def early(n, from_client, data):
        large[n] = large.get(n, 0) + (len(data) == 1448)
        return n == 0 or n == 1 and large[n] < 9 or n == 2 and large[n] < 13 and (from_client or len(data) < 1448)
    rewrite(stage, early)
