#!/usr/bin/env python3
"""http1_compare.py SERVER-LOG EVE: every request the servers logged must be in EVE, and nothing else; prints TAP.

A log line is port, method, URI, status, Authorization, with tabs between. An http event gives the first four; the
token event or the alert of the same transaction gives the credential's SHA-256, where it is one that is hashed so.
"""
import collections
import hashlib
import json
import sys


def digest(authorization):
    """SHA-256 of a bearer's bytes; "keyed" for a password, whose hash the sensor keys; None without a credential."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return hashlib.sha256(secret.strip().encode()).hexdigest()
    return "keyed" if secret else None


def logged(path):
    with open(path, encoding="latin-1") as lines:
        for line in lines:
            port, method, uri, status, authorization = line.rstrip("\n").split("\t")
            yield int(port), method, uri, int(status), digest(authorization)


def reported(path):
    """Requests by http events, and the credentials by (flow, transaction)."""
    requests, tokens, known = [], {}, set()
    with open(path, encoding="utf-8") as lines:
        for event in map(json.loads, lines):
            at = (event.get("flow_id"), event.get("tx_id"))
            if event["event_type"] == "http":
                http = event["http"]
                requests.append((at, event["dest_port"], http.get("http_method"), http.get("url"), http.get("status")))
            elif event["event_type"] in ("token", "alert") and "token" in event:
                token = event["token"]
                tokens[at] = token.get("sha256") or ("keyed" if "hash" in token else None)
                known.add(tokens[at])
    return requests, tokens, known


def check(number, what, missing, surplus):
    print(f"{'not ' if missing or surplus else ''}ok {number} - {what}")
    for name, rows in (("missing", missing), ("surplus", surplus)):
        for row, times in sorted(rows.items(), key=str)[:5]:
            print(f"# {name} x{times}: {row}")
    return not missing and not surplus


def main():
    want = list(logged(sys.argv[1]))
    requests, tokens, known = reported(sys.argv[2])
    print("1..3")
    w, g = collections.Counter(r[:4] for r in want), collections.Counter(r[1:] for r in requests)
    good = check(1, f"method, uri and status of {len(want)} requests", w - g, g - w)
    # a token's second use makes no further token event: compare where there is one, and demand each token once
    at = collections.Counter((*r[1:], tokens[r[0]]) for r in requests if r[0] in tokens)
    where = f"the credential stands at its request ({sum(at.values())} token events)"
    good &= check(2, where, {}, at - collections.Counter(want))
    w = collections.Counter({r[4] for r in want if r[4]})
    k = collections.Counter(known)
    good &= check(3, f"each of {len(w)} credentials is reported", w - k, k - w)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
