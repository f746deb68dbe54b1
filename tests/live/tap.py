"""tap: test results as TAP lines."""
import sys


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def ok(self, name, good, *why):
        self.n += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}")
        if not good:
            print("\n".join(f"# {line}"[:400] for text in why for line in str(text).splitlines()))
        sys.stdout.flush()

    def end(self):
        """The plan; the exit status."""
        print(f"1..{self.n}")
        return 1 if self.failed else 0
