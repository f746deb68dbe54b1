"""lab: two namespaces, a wire between them, nginx at one end; the program where a user without rights can read it."""
import collections
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CLIENT, SERVER = f"sg-c-{os.getpid()}", f"sg-s-{os.getpid()}"
ADDRESS, CLIENT_ADDRESS = "10.77.0.1", "10.77.0.2"
NGINX = """daemon off; user root; worker_processes 1; pid {0}/nginx.pid; error_log {0}/error.log;
events {{}}
http {{ log_format uri '$request_uri'; access_log {0}/access.log uri; keepalive_requests 100000;
client_body_temp_path {0}/body; server {{ listen {1}:{2}; {3} location / {{ return 200 "hello"; }} }} }}
"""


def run(*command, check=True):
    return subprocess.run([str(c) for c in command], check=check, capture_output=True, text=True)


def until(what, seconds=5.0):
    """Whether what() comes true in time."""
    end = time.monotonic() + seconds
    while not (answer := what()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


def lacks(*tools):
    """Why there can be no lab on this machine; None: there can."""
    if os.getuid():
        return "needs root, for network namespaces"
    for tool in ("ip", *tools):
        if not shutil.which(tool):
            return f"{tool} is missing"
    # in a chroot a namespace can be made, but nothing run in it
    able = run("ip", "netns", "add", CLIENT, check=False).returncode == 0 and \
        run("ip", "netns", "exec", CLIENT, "true", check=False).returncode == 0
    run("ip", "netns", "del", CLIENT, check=False)
    return None if able else "this machine makes no network namespaces"


class Namespaces:
    """Two namespaces and what runs in them, a folder for them, and tcp from one to the other."""

    def __init__(self, name):
        self.tmp = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-"))
        self.tmp.chmod(0o755)
        self.processes = []

    def wire(self):
        run("ip", "link", "add", "c0", "netns", CLIENT, "type", "veth", "peer", "name", "s0", "netns", SERVER)
        for ns, name, address in ((CLIENT, "c0", CLIENT_ADDRESS + "/24"), (SERVER, "s0", ADDRESS + "/24")):
            run("ip", "-n", ns, "address", "add", address, "dev", name)
            run("ip", "-n", ns, "link", "set", name, "up")
            run("ip", "netns", "exec", ns, sys.executable, HERE / "offload.py", name)
        until(lambda: "LOWER_UP" in run("ip", "-n", SERVER, "link", "show", "s0").stdout)

    def open(self):
        for ns in (CLIENT, SERVER):
            run("ip", "netns", "add", ns)
            run("ip", "netns", "exec", ns, "sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6")
        self.wire()

    def start(self, namespace, *command, **more):
        process = subprocess.Popen(["ip", "netns", "exec", namespace, *map(str, command)], **more)
        self.processes.append(process)
        return process

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
                process.wait(10)
        for ns in (CLIENT, SERVER):
            run("ip", "netns", "del", ns, check=False)
        shutil.rmtree(self.tmp)


class Lab(Namespaces):
    """A wire, the program where a user without rights can read it, and nginx."""

    def __init__(self, program, name):
        super().__init__(name)
        (self.tmp / "bin").mkdir()
        self.program = self.tmp / "bin" / "stormglass"
        shutil.copy(program, self.program)
        shutil.copytree(ROOT / "sigs", self.tmp / "sigs")

    def nginx(self, listen, *settings):
        """nginx, which greets whoever asks it for anything, and notes it."""
        conf = NGINX.format(self.tmp, ADDRESS, listen, "".join(f"{setting}; " for setting in settings))
        (self.tmp / "nginx.conf").write_text(conf)
        self.start(SERVER, "nginx", "-p", self.tmp, "-e", self.tmp / "error.log", "-c", self.tmp / "nginx.conf")
        until((self.tmp / "nginx.pid").exists)

    def served(self, name):
        log = (self.tmp / "access.log").read_text().splitlines()
        return collections.Counter(uri for uri in log if uri.startswith("/" + name))
