"""recorder: what a case of record-http2 and record-carriers is played on: two namespaces with a wire between them, TEST tokens,
tcpdump at the servers' end; and the folder that comes of it. A case is a function of a Stage whose docstring is its README."""
import base64
import contextlib
import json
import pathlib
import re
import shutil
import sys
import textwrap
import time
import urllib.parse

from lab import ADDRESS, CLIENT, CLIENT_ADDRESS, SERVER, Namespaces, lacks, run, until
from minting import EcKey, Microsoft, Person, Stream, b64u, compact, jws, v2_claims, v2_header
from recording import Recording
from tlscases.program import Program
from tlscases.stage import VERSIONS

HERE = pathlib.Path(__file__).resolve().parent
SEED = "recorded programs (stormglass TEST)"  # all recordings have these keys, so pcaps/test-trust stays right
ISSUER = "https://idp.example"
NAMES = ("api", "login", "mail", "proxy", "s3.eu-central-1",
         "hub")  # NAME.example is the servers' end, origin.example the clients'
VERSIONS = {
    **VERSIONS, "nghttp": (["nghttp", "--version"], r"nghttp \S+"), "nghttpx": (["nghttpx", "--version"], r"nghttpx \S+"),
    "h2load": (["h2load", "--version"], r"h2load \S+"),
}


def has(need):
    """Is the program there? "python3:MODULE" and "node:MODULE" mean that theirs is."""
    tool, _, module = need.partition(":")
    if tool == "python3" and module:
        return interpreter(module) is not None
    if module:
        return run("env", "NODE_PATH=/usr/share/nodejs", tool, "-e", f"require({module!r})", check=False).returncode == 0
    return shutil.which(tool) is not None


def interpreter(module):
    """A Python that has the module: Debian's modules are for Debian's Python, which need not be the first of the path."""
    for python in ("python3", "/usr/bin/python3"):
        if run(python, "-c", f"import {module}", check=False).returncode == 0:
            return python
    return None


class Stage:
    def __init__(self, lab, folder, keys):
        self.tmp, self.folder, self.keylog = lab.tmp / folder.name, folder, folder / "keys.log"
        self.keys, self.serial, self.programs, self.made_with = keys, 0, [], []
        self.args, self.listed, self.weak, self.here = [], {}, {}, HERE
        self.tmp.mkdir(exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        self.keylog.unlink(missing_ok=True)

    def __enter__(self):
        self.recording = Recording(SERVER, "s0", self.folder / "in.pcap")
        self.recording.begin()
        return self

    def __exit__(self, *_):
        for program in reversed(self.programs):
            program.stop()
        self.recording.end()

    # ---- programs
    def start(self, namespace, argv, env=None):
        name = pathlib.Path(str(argv[0])).name
        if name in VERSIONS and name not in self.made_with:
            self.made_with.append(name)
        program = Program(namespace, argv, env)
        self.programs.append(program)
        return program

    def serve(self, port, *argv, at=SERVER, env=None):
        """A server, once it listens."""
        program = self.start(at, argv, env)
        if not until(lambda: f":{port} " in run("ip", "netns", "exec", at, "ss", "-Hltn").stdout, 15):
            program.stop()
            raise SystemExit(f"{argv[0]} does not listen on port {port}:\n{program.said.decode(errors='replace')}")
        return program

    def call(self, *argv, said=b"", env=None, status=(0,), at=CLIENT):
        """A client, which is told `said`, until it ends; what it said."""
        program = self.start(at, argv, env)
        if said:
            program.send(said)
        program.end()
        if program.process.returncode not in status:
            said = program.said.decode(errors="replace")
            raise SystemExit(f"{argv[0]} ended with {program.process.returncode}:\n{said}")
        return program.said.decode(errors="replace")

    def curl(self, *requests, always=(), env=None, status=(0,)):
        """One curl, on one connection where it can be: each request is a list of arguments that ends with its URL. curl 7.88
        loses its way on a connection of prior knowledge that it uses again: there each request has one of its own."""
        if "--http2-prior-knowledge" in always and len(requests) > 1:
            return " ".join(self.curl(request, always=always, env=env, status=status) for request in requests)
        argv = ["curl"]
        for n, request in enumerate(requests):
            argv += ["--next"] if n else []
            argv += ["-sS", "-o", "/dev/null", "-w", "%{http_code} ", "--max-time", "15", *always, *request]
            argv += [] if "-x" in request else ["--noproxy", "*"]
        return self.call(*argv, env=env, status=status)

    def python(self, module, script, *argv):
        """Arguments that run a script of this folder with a Python that has the module."""
        self.note_version(f"{module} of Python", [interpreter(module), "-c", f"import {module} as m; print(m.__version__)"])
        return [interpreter(module), HERE / script, *argv]

    def note_version(self, name, command):
        if name not in VERSIONS:
            done = run(*command, check=False)
            VERSIONS[name] = (["echo", f"{name} {done.stdout.strip()}"], re.escape(name) + r" \S+")
        if name not in self.made_with:
            self.made_with.append(name)

    def versions(self):
        for name in self.made_with:
            command, pattern = VERSIONS[name]
            yield re.search(pattern, run(*command, check=False).stdout + run(*command, check=False).stderr).group()

    def www(self, **files):
        """A folder to serve: some mail, and other files by name."""
        root = self.tmp / "www"
        (root / "mail").mkdir(parents=True, exist_ok=True)
        for n in range(1, 10):
            (root / "mail" / str(n)).write_bytes(self.page(n))
        for name, content in files.items():
            (root / name).write_bytes(content)
        return root

    def page(self, n, size=400):
        items = [{"id": i, "subject": f"Minutes of meeting {n}.{i}", "unread": True} for i in range(size // 60)]
        return compact({"items": items, "last": n})

    def nginx(self, server, port=8080, http="", listen="http2"):
        """nginx with a server that has the lines `server`; it listens on the wire."""
        root = self.tmp / "nginx"
        root.mkdir(exist_ok=True)
        conf = root / "nginx.conf"
        conf.write_text(f"""
daemon off; user root; worker_processes 1; pid {root}/pid; error_log {root}/error.log; events {{}}
http {{ access_log off; client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; default_type application/json;
{http}
server {{ listen {ADDRESS}:{port} {listen};
{server}
}} }}
""")
        return self.serve(port, "nginx", "-p", root, "-e", root / "error.log", "-c", conf)

    def certificate(self):
        """A TEST certificate: paths of its key and of itself."""
        key, pem = self.tmp / "test.key", self.tmp / "test.pem"
        run("openssl", "req", "-x509", "-nodes", "-days", "3650", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-subj", "/CN=stormglass TEST", "-addext", "subjectAltName=DNS:api.example", "-keyout", key, "-out", pem)
        self.args = ["-k", "keys.log"]
        return key, pem

    # ---- credentials
    def note(self, *secrets):
        """Notes what was sent: each is to be in no output, nor is it in the form that a URL or a form has of it."""
        for secret in secrets:
            for form in (secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret)):
                self.listed[form] = True
        return secrets[0]

    def note_weak(self, secret):
        """As note, of a secret in a URL whose parameter has a name that many a harmless one has too: hash=plain leaves it
        there."""
        self.weak[secret] = self.weak[urllib.parse.quote(secret, safe="")] = True
        return secret

    def note_base64(self, secret):
        """A secret that is sent in base64; that."""
        self.note(secret)
        return self.note(base64.b64encode(secret.encode()).decode())

    def token(self, key=None, header=(), **claims):
        """A new token of an organisation's user, in the manner of Entra v2."""
        self.serial += 1
        uti = b64u(Stream(f"{self.folder.name} {self.serial}").take(16))
        key = key or self.keys.microsoft.organisations
        claims = v2_claims(self.keys.person, int(time.time()) - 300, 3900, uti, **claims)
        return self.note(jws(key, {**v2_header(key), **dict(header)}, claims))

    def short(self, header=(), **claims):
        """A new small token of the TEST issuer. A claim that is None is left out."""
        self.serial += 1
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": f"test-user-{self.serial}", "aud": "https://api.example", "iat": now - 60,
                  "exp": now + 3540,
                  "jti": b64u(Stream(f"{self.folder.name} jti {self.serial}").take(9)), **claims}
        head = {"alg": "ES256", "typ": "JWT", "kid": self.keys.kid, **dict(header)}
        return self.note(jws(self.keys.issuer, head, {name: value for name, value in claims.items() if value is not None}))

    def opaque(self, prefix="", length=40):
        """A new secret that says nothing of itself."""
        self.serial += 1
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        some = Stream(f"{self.folder.name} opaque {self.serial} {time.time_ns()}").take(length)
        return self.note(prefix + "".join(letters[byte % len(letters)] for byte in some))

    def bearer(self, token=None):
        """curl's and nghttp's arguments for a bearer."""
        return ["-H", f"authorization: Bearer {token or self.short()}"]


class Keys:
    """The TEST keys of all recordings, from one seed."""

    def __init__(self):
        self.microsoft, self.issuer = Microsoft(SEED), EcKey(SEED)
        self.kid = b64u(Stream(SEED + " kid").take(18))
        self.person = Person("tess", "5f0d6b52-8a54-4c1e-9f0b-3e1f9a7d2c11")

    def jwk(self):
        return {**self.issuer.public_jwk(), "use": "sig", "alg": "ES256", "kid": self.kid}

    def write_trust(self, folder):
        self.microsoft.write_trust(folder)
        (folder / "keys" / "recorded.jwks.json").write_text(json.dumps({"keys": [self.jwk()]}, indent=1) + "\n")
        issuer = {"name": "recorded", "iss": [ISSUER], "class": "organisations", "note": "TEST issuer of the recordings"}
        (folder / "issuers.json").write_text(json.dumps({"issuers": [issuer]}, indent=1) + "\n")


def readme(stage, case, recorder):
    """The function's docstring is what the case shows."""
    lines = [line.removeprefix("    ") for line in case.__doc__.strip().splitlines()]
    title, text = lines[0].rstrip("."), "\n".join(lines[2:])
    with_what = f" with {', '.join(stage.versions())}" if stage.made_with else ""
    recorded = textwrap.fill(f"Recorded by `tests/live/{recorder}`{with_what}.", 126)
    return (f"# {stage.folder.name}: {title}\n\n{text}\n\n{recorded}\n"
            "Tokens, people and secrets are made up, signed by the TEST keys of `../test-trust`.\n").replace("\n\n\n", "\n\n")


def write_folder(stage, case, recorder):
    fixed = ["--trust", "../test-trust", "--set", "privacy.key-file=../test-only.key", "--set", "outputs.eve.http=yes"]
    fixed += ["--set", "outputs.eve.tls=yes"] if stage.args else []
    (stage.folder / "args").write_text("".join(arg + "\n" for arg in [*stage.args, *fixed]))
    (stage.folder / "credentials").write_text("".join(secret + "\n" for secret in stage.listed))
    (stage.folder / "credentials-weak").unlink(missing_ok=True)
    if stage.weak:
        (stage.folder / "credentials-weak").write_text("".join(secret + "\n" for secret in stage.weak))
    (stage.folder / "README.md").write_text(readme(stage, case, recorder))


def play(name, out, lab, keys, cases, recorder):
    """Records a case; whether that went well."""
    case, after, needs = cases[name]
    missing = [need for need in needs if not has(need)]
    if missing:
        print(f"left out {name}: {', '.join(missing)} is missing", flush=True)
        return True
    stage = Stage(lab, out / name, keys)
    try:
        with stage:
            case(stage)
    except SystemExit as why:
        print(f"failed {name}: {why}", flush=True)
        return False
    if after:
        after(stage)
    write_folder(stage, case, recorder)
    size = sum(f.stat().st_size for f in stage.folder.iterdir() if f.name != "want.jsonl")
    print(f"recorded {name}: {size} bytes", flush=True)
    return True


def name_hosts(names):
    """`ip netns exec` lays /etc/netns/NAME/hosts over /etc/hosts."""
    lines = [f"{ADDRESS} {name}.example" for name in names] + [f"{CLIENT_ADDRESS} origin.example", "127.0.0.1 localhost"]
    for namespace in (CLIENT, SERVER):
        folder = pathlib.Path("/etc/netns") / namespace
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "hosts").write_text("".join(line + "\n" for line in lines))


@contextlib.contextmanager
def ground(name):
    """Two namespaces that know each other's names."""
    lab = Namespaces(name)
    try:
        name_hosts(NAMES)
        lab.open()
        for namespace in (CLIENT, SERVER):
            run("ip", "-n", namespace, "link", "set", "lo", "up")
        yield lab
    finally:
        lab.close()
        for namespace in (CLIENT, SERVER):
            shutil.rmtree(pathlib.Path("/etc/netns") / namespace)


def main(recorder, cases, tools=()):
    """RECORDER [-o OUTDIR] [CASE...]"""
    given = sys.argv[1:]
    out = pathlib.Path(given[1] if given[:1] == ["-o"] else HERE.parents[1] / "pcaps").resolve()
    wanted = given[2:] if given[:1] == ["-o"] else given
    unknown = set(wanted) - set(cases)
    if unknown:
        raise SystemExit(f"{recorder}: no such case: {', '.join(sorted(unknown))}")
    why = lacks("tcpdump", "openssl", "ss", *tools)
    if why:
        print(f"{recorder}: {why}", file=sys.stderr)
        sys.exit(77)
    keys = Keys()
    with ground(recorder) as lab:
        keys.write_trust(out / "test-trust")
        failed = sum(not play(name, out, lab, keys, cases, recorder) for name in wanted or cases)
    sys.exit(1 if failed else 0)
