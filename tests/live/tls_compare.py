#!/usr/bin/env python3
"""tls_compare.py PROGRAM CASE-FOLDER...: what PROGRAM reads in captures of TLS against what the clients sent, and against what
tshark decrypts with the same keys. Prints TAP, two tests a case.

A folder has in.pcap, args and credentials, as record-tls writes them. Tokens are compared by SHA-256.
"""
import collections
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

OURS = ["--set", "outputs.eve.token=each", "--set", "outputs.eve.hash=plain", "--set", "outputs.eve.http=yes"]


def digest(authorization):
    scheme, _, secret = authorization.partition(" ")
    return hashlib.sha256(secret.encode()).hexdigest() if scheme.lower() == "bearer" else None


def keys_of(folder):
    """The case's arguments that name keys."""
    args = (folder / "args").read_text().splitlines()
    return [word for pair in zip(args[::2], args[1::2]) if pair[0] in ("-k", "--tls-key") for word in pair]


def reported(program, folder):
    """(method, host, URI, digest) of each request in EVE."""
    command = [program, "-r", "in.pcap", "-l", "-", *keys_of(folder), *OURS]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    requests, tokens = [], {}
    for event in map(json.loads, done.stdout.splitlines()):
        at = (event.get("flow_id"), event.get("tx_id"))
        if event["event_type"] == "http":
            http = event["http"]
            requests.append((at, http.get("http_method"), http.get("hostname"), http.get("url")))
        elif event["event_type"] == "token":
            tokens[at] = event["token"].get("sha256")
    return collections.Counter((*request[1:], tokens.get(request[0])) for request in requests)


def decrypted(folder):
    """The same, by tshark."""
    keys = keys_of(folder)
    keys = ["-o", f"tls.keylog_file:{folder / keys[1]}"] if keys[0] == "-k" else \
        ["-o", f'uat:rsa_keys:"{folder / keys[1]}",""']
    command = ["tshark", "-r", str(folder / "in.pcap"), *keys, "-Y", "http.request", "-T", "fields", "-e", "http.request.method",
               "-e", "http.host", "-e", "http.request.uri", "-e", "http.authorization"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return collections.Counter((method, host.partition(":")[0], uri, digest(sent)) for method, host, uri, sent in rows)


def check(number, what, missing, surplus):
    print(f"{'not ' if missing or surplus else ''}ok {number} - {what}")
    for name, rows in (("missing", missing), ("surplus", surplus)):
        for row, times in sorted(rows.items(), key=str)[:5]:
            print(f"# {name} x{times}: {row}")
    return not missing and not surplus


def main():
    program, *folders = sys.argv[1:]
    good = True
    print(f"1..{2 * len(folders)}")
    for n, folder in enumerate(map(pathlib.Path, folders)):
        got = reported(program, folder)
        sent = {digest(line) for line in (folder / "credentials").read_text().splitlines()}
        seen = {row[3] for row in got if row[3]}
        missing, surplus = (collections.Counter(x) for x in (sent - seen, seen - sent))
        good &= check(2 * n + 1, f"{folder.name}: each of {len(sent)} tokens that were sent", missing, surplus)
        what = f"{folder.name}: the requests and tokens that tshark decrypts"
        if not shutil.which("tshark"):
            print(f"ok {2 * n + 2} - {what} # skip tshark is missing")
            continue
        want = decrypted(folder)
        good &= check(2 * n + 2, f"{what}: {sum(want.values())}", want - got, got - want)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
