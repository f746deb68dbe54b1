"""origin: origin.py of tests/live at the servers' end, with answers prepared by the case."""
from lab import ADDRESS, SERVER


def serve(stage, port=8080, at=SERVER, address=ADDRESS):
    folder = stage.tmp / "answers"
    folder.mkdir(exist_ok=True)
    return stage.serve(port, "python3", stage.here / "origin.py", address, port, folder, at=at)


def prepare(stage, path, body, status=200, **fields):
    """The answer to a path: names of fields with _ for -."""
    folder = stage.tmp / "answers"
    folder.mkdir(exist_ok=True)
    head = [str(status)] + [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    body = body if isinstance(body, bytes) else body.encode()
    (folder / path.strip("/").replace("/", "-")).write_bytes("\n".join(head).encode() + b"\n\n" + body)
