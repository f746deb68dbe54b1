"""eve_shape: what a line of EVE must look like, written down apart from the program.

After Suricata 7's output-json.c and what Elastic's, Wazuh's and Splunk's readers trip over; `token` and `ndpi` are our
own. A Shape is shown line after line, says what is wrong with each, and remembers the type of every leaf it has seen.
"""
import base64
import datetime
import hashlib
import ipaddress
import json
import re

TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}[+-]\d{4}")
HEX = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{64})")  # half a hash for subjects, a whole one for credentials
LINE_MAX = 65536
MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
PROTOCOLS = {"TCP": 6, "UDP": 17, "ICMP": 1, "IPv6-ICMP": 58, "SCTP": 132}

# Name, type, and which events must have it: "*" all with a packet, "" none.
HEADER = (
    ("timestamp", str, "*"), ("flow_id", int, "*"), ("pcap_cnt", int, ""), ("event_type", str, "*"),
    ("vlan", [int], ""), ("src_ip", str, "*"), ("src_port", int, ""), ("dest_ip", str, "*"), ("dest_port", int, ""),
    ("proto", str, "*"), ("pkt_src", str, "*"), ("ether", dict, ""), ("community_id", str, ""), ("tunnel", dict, ""),
    ("tx_id", int, ""),
    ("alert", dict, "alert"), ("tls", dict, "tls"), ("token", dict, "token"), ("http", dict, "http"),
    ("anomaly", dict, "anomaly"), ("stats", dict, "stats"),
    ("app_proto", str, ""), ("direction", str, "alert"), ("flow", dict, "alert"), ("ndpi", dict, ""), ("host", str, ""),
    ("pcap_filename", str, ""),
)
# An alert shows the request before the token that it carried; a token event is about the token first.
ALERT_ORDER = ["alert", "http", "tls", "token", "anomaly", "app_proto"]

OBJECTS = {
    "alert": (("action", str), ("gid", int), ("signature_id", int), ("rev", int), ("signature", str), ("category", str),
              ("severity", int), ("metadata", dict)),
    "flow": (("pkts_toserver", int), ("pkts_toclient", int), ("bytes_toserver", int), ("bytes_toclient", int),
             ("start", str), ("src_ip", str), ("dest_ip", str), ("src_port", int), ("dest_port", int)),
    "http": (("version", str), ("hostname", str), ("http_port", int), ("url", str), ("http_user_agent", str), ("xff", str),
             ("http_content_type", str), ("content_range", dict), ("http_refer", str), ("http_method", str), ("protocol", str), ("status", int),
             ("redirect", str), ("length", int), ("http2", dict), ("grpc_status", int)),
    "tls": (("subject", str), ("issuerdn", str), ("serial", str), ("fingerprint", str), ("sni", str), ("version", str),
            ("cipher", str), ("notbefore", str), ("notafter", str), ("session_resumed", bool), ("ja3", dict), ("ja3s", dict),
            ("ja4", str), ("client", dict), ("client_alpns", [str]), ("server_alpns", [str]), ("decrypted", str)),
    "anomaly": (("app_proto", str), ("type", str), ("event", str), ("layer", str)),
    "ndpi": (("application", str), ("category", str), ("risks", [str])),
    "ether": (("src_mac", str), ("dest_mac", str)),
    "tunnel": (("src_ip", str), ("dest_ip", str), ("proto", str), ("depth", int), ("pkt_src", str), ("type", str), ("id", int)),
}
TLS_OBJECTS = {
    "ja3": (("hash", str), ("string", str)),
    "ja3s": (("hash", str), ("string", str)),
    "client": (("subject", str), ("issuerdn", str), ("serial", str), ("fingerprint", str), ("notbefore", str),
               ("notafter", str), ("x5t_s256", str)),
}
HTTP2 = (("stream_id", int), ("hpack_desync", bool), ("request", dict), ("response", dict))
HTTP2_PART = (("priority", int), ("error_code", str))
TLS_SHORT = {"sni", "version", "ja4"}  # of the connection that carried something: all that other events say of it
JA4 = re.compile(r"t(?:\d\d|s[23])[di]\d{4}[0-9A-Za-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}")
WHOLE = {"alert", "flow", "ether"}  # objects that have all their members, always

# ecs@mappings: names that Elasticsearch gives a type of its own, by the end of the path.
ECS_IP = re.compile(r"(?:^|[._])ip$")
ECS_DATE = re.compile(r"(?:^|\.)(?:timestamp|created|ingested|start|end|not_before|not_after|accessed|mtime)$"
                      r"|_timestamp$")
ECS_NEVER = re.compile(r"(?:^|\.)(?:location|usage|message)$|_score|(?:^|\.)score(?:\.|$)")
ECS_TEXT = re.compile(r"(?:^|\.)(?:name|title)$")


# tunnel.type -> pkt_src of the packets inside; the others have none of Suricata's words.
PKT_SRC = {"ipip": "ipv4 tunnel", "6in4": "ipv4 tunnel", "4in6": "ipv6 tunnel", "6in6": "ipv6 tunnel",
           "teredo": "teredo tunnel", "geneve": "geneve encapsulation"}
PKT_SRC |= dict.fromkeys(("gre", "pptp", "wccp", "aruba", "erspan1", "erspan2", "erspan3"), "gre tunnel")
PKT_SRC |= dict.fromkeys(("vxlan", "vxlan_gpe"), "vxlan encapsulation")
PKT_SRC |= dict.fromkeys(("etherip", "mpls", "nsh", "l2tp", "l2tpv3", "gtp", "ayiya", "capwap", "tzsp", "lisp", "fou"),
                         "wire/pcap")


class Wrong(Exception):
    """What is wrong with a line."""


def need(holds, what):
    if not holds:
        raise Wrong(what)


def kind(value):
    """The type of a leaf as a mapping sees it."""
    if isinstance(value, list):
        kinds = {kind(v) for v in value}
        need(len(kinds) <= 1, f"an array of {kinds}")
        need(not kinds & {"object", "array"}, "an array of objects or arrays")
        return "array of " + kinds.pop() if kinds else "array"
    names = {bool: "yes/no", int: "number", str: "text", dict: "object"}
    need(type(value) in names, f"a value of {type(value).__name__}: {value!r}")
    return names[type(value)]


def is_a(value, wanted):
    if isinstance(wanted, list):
        return isinstance(value, list) and all(type(v) is wanted[0] for v in value)
    return type(value) is wanted


def no_twice(pairs):
    keys = [k for k, _ in pairs]
    need(len(keys) == len(set(keys)), f"a key twice: {keys}")
    return dict(pairs)


def parse(line):
    try:
        event = json.loads(line, object_pairs_hook=no_twice)
    except ValueError as error:
        raise Wrong(f"not JSON: {error}") from None
    need(isinstance(event, dict) and line.startswith('{"timestamp":"'), "does not begin with its timestamp")
    need(not re.search(r"\s", re.sub(r'"(?:[^"\\]|\\.)*"', "", line)), "blanks between its members")
    need(len(line.encode()) < LINE_MAX, "too long")
    return event


def in_order(keys, order, where):
    unknown = [k for k in keys if k not in order]
    need(not unknown, f"{where}: unknown members {unknown}")
    places = [order.index(k) for k in keys]
    need(places == sorted(places), f"{where}: members out of order: {keys}")


def leaves(value, path=""):
    """Every leaf with its path; an object in between counts as one, so that none is an object here and a leaf there."""
    yield path, value
    if isinstance(value, dict):
        for key, member in value.items():
            yield from leaves(member, f"{path}.{key}" if path else key)


def community_id(event):
    """Version 1, seed 0: https://github.com/corelight/community-id-spec"""
    ends = [(ipaddress.ip_address(event[f"{end}_ip"]).packed, event.get(f"{end}_port", 0).to_bytes(2, "big"))
            for end in ("src", "dest")]
    (a, a_port), (b, b_port) = sorted(ends)
    proto = bytes([PROTOCOLS[event["proto"]], 0])
    return "1:" + base64.b64encode(hashlib.sha1(b"\0\0" + a + b + proto + a_port + b_port).digest()).decode()


def moment(text):
    need(TIMESTAMP.fullmatch(text), f"a time that is none: {text}")
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def nested(members):
    """Members as the object itself has them: those with a dot in their names stand in an object of that name."""
    out = []
    for name, wanted in members:
        of, dot, _ = name.partition(".")
        if (of, dict) not in out:
            out.append((of, dict) if dot else (name, wanted))
    return out


class Shape:
    def __init__(self, fields):
        """fields: the text of --fields, for the order and types of `token`."""
        kinds = {"yes/no": bool, "number": int, "text": str, "texts": [str]}
        rows = [[c.strip() for c in row.split("|")] for row in fields.splitlines()[2:]]
        named = [(row[2].removeprefix("token."), kinds[row[3]]) for row in rows if row[2].startswith("token.")]
        uses = {"carrier", "name", "scheme", "gap", "expired", "expired_for", "early", "early_by", "age", "decrypted",
                "cert_binding"}
        named.sort(key=lambda f: f[0] not in uses)  # how it was used comes before what it is
        self.objects = OBJECTS | {"token": tuple(nested(named))}
        self.parts = {of: tuple((m.partition(".")[2], k) for m, k in named if m.startswith(of + "."))
                      for of in {m.partition(".")[0] for m, _ in named if "." in m}}
        self.seen = {}  # path -> kind

    def check(self, line):
        """Raises Wrong with what is wrong first; returns the event."""
        event = parse(line)
        self.header(event)
        for name, members in self.objects.items():
            if name in event:
                self.object(name, event[name], members)
        for name in ("alert", "token", "flow", "stats", "tunnel", "tls", "http"):
            if name in event:
                getattr(self, name)(event)
        for path, value in leaves(event):
            if path:
                self.leaf(path, value)
        return event

    def header(self, event):
        kind_of_event = event.get("event_type")
        order = [name for name, _, _ in HEADER]
        if kind_of_event == "alert":
            at = order.index("alert")
            order = order[:at] + ALERT_ORDER + [n for n in order[at:] if n not in ALERT_ORDER]
        in_order(list(event), order, "the line")
        need(kind_of_event in ("alert", "token", "http", "anomaly", "tls", "stats"), f"event_type {kind_of_event}")
        for name, wanted, of in HEADER:
            if name in event:
                need(is_a(event[name], wanted), f"{name} is not {wanted}: {event[name]!r}")
            else:
                everywhere = of == "*" and (kind_of_event != "stats" or name in ("timestamp", "event_type"))
                need(not everywhere and of != kind_of_event, f"{kind_of_event} without {name}")
        moment(event["timestamp"])
        need(0 < event.get("flow_id", 1) < 1 << 51, "flow_id has no place in 51 bits")
        need(event.get("pcap_cnt", 1) >= 1, "pcap_cnt counts from 1")
        need(event.get("tx_id", 0) >= 0, "tx_id below 0")
        need(1 <= len(event.get("vlan", [0])) <= 3, "vlan has one to three tags, or is not there")
        for port in (event.get("src_port", 0), event.get("dest_port", 0)):
            need(0 <= port <= 65535, f"port {port}")
        if kind_of_event != "stats":
            need(event["proto"] in PROTOCOLS or re.fullmatch(r"\d{3}", event["proto"]), f"proto {event['proto']}")
            wanted = PKT_SRC[event["tunnel"]["type"]] if "tunnel" in event else "wire/pcap"
            need(event["pkt_src"] == wanted, "pkt_src")
            part = event.get("anomaly", {}).get("type") == "decode"  # of a datagram, which has no ports
            need(("src_port" in event) == (event["proto"] in ("TCP", "UDP", "SCTP") and not part), "ports of a protocol without")
        if "community_id" in event:
            need(event["community_id"] == community_id(event), "community_id is not that of the addresses")

    @staticmethod
    def object(name, value, members):
        in_order(list(value), [m for m, _ in members], name)
        for member, wanted in members:
            need(member in value or name not in WHOLE, f"{name} without {member}")
            found = value.get(member)
            need(member not in value or is_a(found, wanted), f"{name}.{member} is not {wanted}: {found!r}")
        need(name != "ether" or all(MAC.fullmatch(m) for m in value.values()), "no MAC address")

    @staticmethod
    def alert(event):
        alert = event["alert"]
        need(alert["action"] == "allowed", "an observer allows all")
        need(1 <= alert["severity"] <= 255 and alert["gid"] == 1 and alert["rev"] >= 0, "severity, gid or rev")
        need(1_000_000 <= alert["signature_id"] <= 1_999_999, "signature_id outside the range of local rules")
        for key, values in alert["metadata"].items():
            need(is_a(values, [str]) and values, f"alert.metadata.{key} is no array of texts: {values!r}")
            need(re.fullmatch(r"[a-z0-9_]+", key), f"alert.metadata.{key}: not a plain name")
            if key in ("created_at", "updated_at"):
                need(all(re.fullmatch(r"\d{4}[-_]\d\d[-_]\d\d", v) for v in values), f"alert.metadata.{key} is no day")
            if key == "mitre_technique_id":
                need(all(re.fullmatch(r"T\d{4}(?:\.\d{3})?", v) for v in values), f"{key}: {values}")
        need("mitre_technique_id" in alert["metadata"], "an alert without its ATT&CK technique")
        need("why" in alert["metadata"], "an alert that does not say why")
        need(event["direction"] in ("to_server", "to_client"), "direction")

    @staticmethod
    def tunnel(event):
        tunnel = event["tunnel"]
        need(set(tunnel) >= {"src_ip", "dest_ip", "proto", "depth", "pkt_src", "type"}, f"tunnel: {sorted(tunnel)}")
        need(1 <= tunnel["depth"] <= 16 and tunnel.get("id", 0) >= 0, "tunnel.depth or id")
        need(tunnel["pkt_src"] in PKT_SRC.values() and (tunnel["depth"] > 1 or tunnel["pkt_src"] == "wire/pcap"),
             "tunnel.pkt_src")
        need(tunnel["proto"] in ("UDP", "GRE", "IP-ENCAP", "IPv6", "L2TP") or tunnel["proto"].isdigit(), "tunnel.proto")

    def tls(self, event):
        tls = event["tls"]
        for name, members in TLS_OBJECTS.items():
            if name in tls:
                self.object(f"tls.{name}", tls[name], members)
                need(tls[name], f"tls.{name} is empty")
        whole = event["event_type"] == "tls" or not {"http", "token", "anomaly"} & set(event)
        need(whole or (tls and set(tls) <= TLS_SHORT), f"{event['event_type']} with too much or nothing of tls: {sorted(tls)}")
        need(JA4.fullmatch(tls.get("ja4", "t13d0000h2_000000000000_000000000000")), f"tls.ja4: {tls.get('ja4')}")
        need(tls.get("decrypted", "none") in ("none", "keylog", "dsb", "rsa", "mirror"), "tls.decrypted")
        for name in ("ja3", "ja3s"):
            text, digest = tls.get(name, {}).get("string"), tls.get(name, {}).get("hash")
            need(text is None or text.endswith("[cut]") or hashlib.md5(text.encode()).hexdigest() == digest,
                 f"tls.{name}.hash is not that of its string")

    def http(self, event):
        http2 = event["http"].get("http2")
        need((http2 is not None) == (event["http"].get("version") == "2"), "http2 beside version 2, and only there")
        if http2 is None:
            return
        self.object("http.http2", http2, HTTP2)
        for name in ("request", "response"):
            self.object(f"http.http2.{name}", http2.get(name, {}), HTTP2_PART)
            need(http2.get(name) != {}, f"http.http2.{name} is empty")

    def token(self, event):
        token = event["token"]
        for name, members in self.parts.items():
            if name in token:
                self.object(f"token.{name}", token[name], members)
                need(token[name], f"token.{name} is empty")
        need(("sha256" in token) != ("hash" in token), "a token has sha256 or hash")
        need("kind" in token and "carrier" in token, "a token without kind or carrier")
        for name in ("sha256", "hash", "sub_hash"):
            need(HEX.fullmatch(token.get(name, "0" * 64)), f"token.{name} is no hash")
        need(token.get("scheme", "") == token.get("scheme", "").lower(), "token.scheme in lower case")

    @staticmethod
    def flow(event):
        flow, to_server = event["flow"], event["direction"] == "to_server"
        near, far = ("src", "dest") if to_server else ("dest", "src")
        for end, other in ((near, "src"), (far, "dest")):
            need(event[f"{end}_ip"] == flow[f"{other}_ip"] and event[f"{end}_port"] == flow[f"{other}_port"],
                 "the flow's ends are not those of the line")
        need(moment(flow["start"]) <= moment(event["timestamp"]), "an event before its flow began")
        need(flow["pkts_toserver"] + flow["pkts_toclient"] > 0, "a flow of no packets")

    @staticmethod
    def stats(event):
        for path, value in leaves(event["stats"]):
            if isinstance(value, dict):
                continue
            need(type(value) is int and value >= 0, f"stats.{path} is no count: {value!r}")

    def leaf(self, path, value):
        found = kind(value)
        known = self.seen.setdefault(path, found)
        if known == "array" and found.startswith("array of"):  # an empty one told nothing yet
            known = self.seen[path] = found
        same = found == known or (found == "array" and known.startswith("array"))
        need(same, f"{path} is a {found} here and was a {known}")
        if found == "object":
            need(not ECS_DATE.search(path) and not ECS_IP.search(path), f"{path}: Elastic expects a value, no object")
            return
        if ECS_IP.search(path):
            try:
                need(found == "text" and ipaddress.ip_address(value), path)
            except ValueError:
                raise Wrong(f"{path} is no address: {value}") from None
        if ECS_DATE.search(path) and not path.startswith("http.content_range."):  # Suricata's own: Elastic reads numbers as dates
            need(found == "text", f"{path} is no date: {value!r}")
            moment(value)
        need(not ECS_NEVER.search(path), f"{path}: Elastic takes the name for something else")
        need(not ECS_TEXT.search(path) or found == "text", f"{path}: Elastic expects text")
