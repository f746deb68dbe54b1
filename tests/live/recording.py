"""recording: tcpdump at one end of a wire between two namespaces, for as long as a case is played."""
import signal
import subprocess
import time


class Recording:
    def __init__(self, namespace, interface, path):
        self.command = ["ip", "netns", "exec", namespace, "tcpdump", "-i", interface, "-n", "-U", "--immediate-mode", "-s", "0",
                        "-Z", "root", "-w", str(path), "tcp"]

    def begin(self):
        self.tcpdump = subprocess.Popen(self.command, stderr=subprocess.PIPE, text=True)
        while "listening on" not in self.tcpdump.stderr.readline():
            pass
        time.sleep(0.2)

    def end(self):
        time.sleep(0.4)  # let the last acknowledgements pass
        self.tcpdump.send_signal(signal.SIGINT)
        rest = self.tcpdump.stderr.read()
        self.tcpdump.wait()
        if "0 packets dropped by kernel" not in rest:
            raise SystemExit(f"tcpdump lost packets: {rest}")
