"""program: a program in a namespace, spoken to through its standard input and output."""
import os
import subprocess
import threading
import time

PATIENCE_S = 15


class Program:
    def __init__(self, namespace, argv, env=None):
        self.name, self.said, self.at, self.news = argv[0], bytearray(), 0, threading.Condition()
        self.process = subprocess.Popen(["ip", "netns", "exec", namespace, *map(str, argv)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
        self.ear = threading.Thread(target=self._listen, daemon=True)
        self.ear.start()

    def _listen(self):
        while data := os.read(self.process.stdout.fileno(), 65536):
            with self.news:
                self.said += data
                self.news.notify_all()

    def send(self, data):
        """In one write, so that programs that read commands from their input see one at the beginning only."""
        os.write(self.process.stdin.fileno(), data)

    def expect(self, mark):
        """Waits until `mark` was said after what was expected before."""
        deadline = time.monotonic() + PATIENCE_S
        with self.news:
            while (at := self.said.find(mark, self.at)) < 0:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise SystemExit(f"{self.name} did not say {mark!r} but:\n{self.said[self.at:].decode(errors='replace')}")
                self.news.wait(left)
            self.at = at + len(mark)

    def end(self, last=None):
        """Lets it end by itself, after a last word or at the end of its input."""
        if last:
            self.send(last)
        else:
            self.process.stdin.close()
        self.process.wait(PATIENCE_S)
        self.ear.join(PATIENCE_S)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE_S)
