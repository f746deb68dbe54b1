#!/usr/bin/env python3
"""make-rule-cases.py [RULE...]: writes pcaps/rule-ID/{in.pcap,args,README.md,trust/} for all rules, or those named.

Hand-made packets: nobody's client sends these tokens. Each case is one connection per line of its table, hits first;
the Host header says what is expected: hit-N.example must raise the rule, minor-N.example too but with less severity,
miss-N.example must not. Deterministic to the byte.
"""
import datetime
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from rulecases import RULES  # noqa: E402
from rulecases.common import NOW  # noqa: E402
from minting import Microsoft  # noqa: E402
from packets import Capture, Connection  # noqa: E402

KINDS = ("hit", "minor", "miss")
PCAPS = pathlib.Path(__file__).resolve().parents[2] / "pcaps"
README = """# rule-{rule}: {title}

Hand-made by `tests/live/make-rule-cases.py {rule}`; time stands at 2026-01-15 12:00 UTC, keys are TEST keys derived
from a fixed seed. `hit-N.example` must raise {rule}, `minor-N.example` too but with less severity than any hit,
`miss-N.example` must not. {rule} alone is judged: other rules may have their say about a miss.

| host | what the request carries |
|---|---|
{table}
"""
ARGS = "--trust\ntrust\n--set\nprivacy.key-file=../test-only.key\n"


def request_bytes(host, case):
    head = f"{case.method} {case.path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: stormglass-rule-case/1\r\n"
    if case.authorization is not None:
        head += f"Authorization: {case.authorization}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in case.headers)
    if case.body is not None:
        head += f"Content-Length: {len(case.body)}\r\n"
    return head.encode("latin-1") + b"\r\n" + (case.body or b"")


REASONS = {200: "OK", 201: "Created", 302: "Found", 401: "Unauthorized", 403: "Forbidden", 500: "Internal Server Error"}


def response_bytes(status):
    body = b'{"ok":true}' if status < 300 else b'{"error":"invalid_token"}'
    more = "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n" if status == 401 else ""
    more += "Location: /login\r\n" if status == 302 else ""
    return (f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json\r\n{more}"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def write_case(rule, microsoft):
    title, make, v2_extra = RULES[rule]
    folder = PCAPS / f"rule-{rule}"
    folder.mkdir(parents=True, exist_ok=True)
    cases, capture, rows, counts = make(microsoft), Capture(), [], dict.fromkeys(KINDS, 0)
    # hits first, so that a reader of want.jsonl meets the alerts at its top
    for n, case in enumerate(sorted(cases, key=lambda c: KINDS.index(c.kind))):
        counts[case.kind] += 1
        host = f"{case.kind}-{counts[case.kind]}.example"
        connection = Connection(capture, (NOW + n) * 1000000, f"10.55.1.{10 + n}", "10.55.2.80", 40000 + n)
        connection.send(0, request_bytes(host, case.at(NOW + n)))
        if case.status:
            connection.time_us += 5000
            connection.send(1, response_bytes(case.status))
        connection.close()
        rows.append(f"| {host} | {case.what}" + (
            f"; answered {case.status} |" if case.status else "; never answered |"))
    capture.write(folder / "in.pcap")
    microsoft.write_trust(folder / "trust", v2_extra(microsoft) if v2_extra else ())
    (folder / "args").write_text(ARGS)
    (folder / "README.md").write_text(README.format(rule=rule, title=title, table="\n".join(rows)))
    n = ", ".join(f"{n} {kind}" for kind, n in counts.items() if n)
    print(f"rule-{rule}: {n}, {(folder / 'in.pcap').stat().st_size} bytes")


def main():
    wanted = sys.argv[1:] or list(RULES)
    unknown = [rule for rule in wanted if rule not in RULES]
    if unknown:
        sys.exit(f"make-rule-cases.py: no case for {', '.join(unknown)}; there are {', '.join(RULES)}")
    microsoft = Microsoft("stormglass rule cases", datetime.datetime(2026, 1, 1))
    for rule in wanted:
        write_case(rule, microsoft)


if __name__ == "__main__":
    main()
