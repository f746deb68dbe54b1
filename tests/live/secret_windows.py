"""secret_windows: finds secrets in what a program wrote: any 24 characters in a row of a token or of a key log's secret."""
import re

WINDOW = 24
RUN = re.compile(r"[\w-]{%d,}" % WINDOW, re.ASCII)


def windows(text):
    return (text[i:i + WINDOW] for i in range(len(text) - WINDOW + 1))


class SecretWindows:
    def __init__(self):
        self.windows = set()

    def add(self, secret):
        for part in secret.split("."):
            self.windows.update(windows(part))

    def add_keys(self, lines):
        """Of `LABEL CLIENT-RANDOM SECRET` the last."""
        for line in lines.splitlines():
            if not line.startswith("#"):
                self.add(line.split()[-1].lower())

    def within(self, text):
        """The first that is in it, or None."""
        for run in RUN.findall(text):
            for one in (run, run.lower()):
                found = next((w for w in windows(one) if w in self.windows), None)
                if found:
                    return found
        return None
