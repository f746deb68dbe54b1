"""live_sensor: a sensor that reads the server's end of a lab's wire, its folder of output, and what it said."""
import collections
import json
import pathlib
import re
import signal
import time

from lab import SERVER, until


class Sensor:
    def __init__(self, lab, *options, name, **more):
        self.name, self.folder, self.said = name, lab.tmp / name / "out", lab.tmp / f"{name}.said"
        self.folder.parent.mkdir(exist_ok=True)
        with open(self.said, "w", encoding="utf-8") as out:
            self.process = lab.start(SERVER, lab.program, "-i", "s0", "-l", self.folder, "--set", "outputs.eve.http=yes",
                                     *options, stdout=out, stderr=out, **more)
        until((self.folder / "eve.json").exists)
        time.sleep(0.1)

    def ask(self, number):
        self.process.send_signal(number)

    def told(self, pattern):
        return re.search(pattern, self.said.read_text())

    def rotate(self, n):
        """The events so far go into a file numbered `n`, those to come into a new one."""
        (self.folder / "eve.json").rename(self.folder / f"eve.json.{n}")
        self.ask(signal.SIGHUP)

    def end(self):
        self.ask(signal.SIGTERM)
        return self.process.wait(10)

    def lines(self):
        files = sorted(self.folder.glob("eve.json*"), key=lambda f: f.stat().st_mtime_ns)
        return [line for f in files for line in f.read_text().splitlines(keepends=True)]

    def events(self, kind):
        whole = (json.loads(line) for line in self.lines() if line.endswith("\n"))
        return [event for event in whole if event["event_type"] == kind]

    def urls(self, name="/"):
        return collections.Counter(e["http"]["url"] for e in self.events("http") if e["http"]["url"].startswith(name))

    def stats(self):
        """The last, or None."""
        last = next((line for line in reversed(self.lines()) if '"event_type":"stats"' in line and line.endswith("\n")), None)
        return json.loads(last)["stats"] if last else None

    def status(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
