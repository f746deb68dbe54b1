"""cases: runs the program over a recorded case and judges what it wrote. Shared by run and accept."""
import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PCAPS = ROOT / "pcaps"
HOSTS = re.compile(rb"\nHost: ((?:hit|minor|miss)-\d+\.example)\r\n")
TIMEOUT = 120


class Failure(Exception):
    """What is wrong with a case, as text for the reader."""


def all_cases():
    return sorted(p.name for p in PCAPS.iterdir() if capture_of(p))


def capture_of(folder):
    return next((folder / n for n in ("in.pcap", "in.pcapng") if (folder / n).is_file()), None)


def output(program, case, extra=(), stdin=False):
    """The lines the program writes for a case, without `stats` lines: they tell of the machine too."""
    folder = PCAPS / case
    capture = capture_of(folder)
    args = (folder / "args").read_text().splitlines() if (folder / "args").is_file() else []
    command = [str(program), "-r", "-" if stdin else capture.name, "-l", "-", *args, *extra]
    with open(capture if stdin else "/dev/null", "rb") as given:
        try:
            done = subprocess.run(command, cwd=folder, stdin=given, capture_output=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            raise Failure(f"{' '.join(command)}\nstill running after {TIMEOUT} s") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace")[-4000:]
        raise Failure(f"{' '.join(command)}\nended with {done.returncode}:\n{said}")
    return [line for line in done.stdout.decode().splitlines() if parse(line).get("event_type") != "stats"]


def parse(line):
    try:
        event = json.loads(line)
    except ValueError as error:
        raise Failure(f"not JSON ({error}): {line}") from None
    if not isinstance(event, dict):
        raise Failure(f"not a JSON object: {line}")
    return event


def judge(case, lines):
    """What must hold whatever want.jsonl says: see pcaps/README.md."""
    events = [parse(line) for line in lines]
    alerts = [e for e in events if e["event_type"] == "alert"]
    if case == "clean" and alerts:
        raise Failure("the clean case raised:\n" + "\n".join(json.dumps(a) for a in alerts[:3]))
    if not case.startswith("rule-"):
        return
    rule, worst = case.removeprefix("rule-"), {}  # host -> severity of its worst alert, 1 is worst
    for alert in alerts:
        if rule in alert["alert"].get("metadata", {}).get("sg_id", []):
            host = alert.get("http", {}).get("hostname")
            worst[host] = min(worst.get(host, 255), alert["alert"]["severity"])
    hosts = {h.decode() for h in HOSTS.findall(capture_of(PCAPS / case).read_bytes())}
    mildest_hit = max((s for h, s in worst.items() if str(h).startswith("hit-")), default=0)
    wrong = {
        "is silent about": {h for h in hosts if not h.startswith("miss-")} - set(worst),
        "is wrong about": {str(h) for h in worst if h not in hosts or h.startswith("miss-")},
        "is too loud about": {h for h, s in worst.items() if str(h).startswith("minor-") and s <= mildest_hit},
    }
    if any(wrong.values()):
        raise Failure("\n".join(f"{rule} {what}: {', '.join(sorted(h))}" for what, h in wrong.items() if h))


def without_name(lines):
    """Events less the name of the capture, which standard input does not have."""
    return [{k: v for k, v in parse(line).items() if k != "pcap_filename"} for line in lines]
