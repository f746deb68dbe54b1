"""record.py OUTDIR TMP CLIENT-NETNS SERVER-NETNS [CASE...]: plays the cases, all or those named, and writes their folders."""
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from tlscases import CASES  # noqa: E402
from tlscases.stage import Stage, new_keys, write_args  # noqa: E402


def readme(stage, case):
    """The function's docstring is what the case shows."""
    lines = [line.removeprefix("    ") for line in case.__doc__.strip().splitlines()]
    title, text = lines[0].rstrip("."), "\n".join(lines[2:])
    with_what = ", ".join(stage.versions())
    return (f"# {stage.folder.name}: {title}\n\n{text}\n\nRecorded by `tests/live/record-tls` with {with_what}. "
            "Keys, certificates and tokens are TEST ones, made for this recording.\n").replace("\n\n\n", "\n\n")


def play(name, out, tmp, namespaces, keys):
    case, after, needs = CASES[name]
    missing = [tool for tool in needs if not shutil.which(tool)]
    if missing:
        print(f"left out {name}: {', '.join(missing)} is missing", flush=True)
        return
    stage = Stage(tmp, namespaces, out / name, keys)
    with stage:
        case(stage)
    if after:
        after(stage)
    write_args(stage.folder, stage.args)
    (stage.folder / "README.md").write_text(readme(stage, case))
    size = sum(f.stat().st_size for f in stage.folder.glob("in.pcap*"))
    print(f"recorded {name}: {size} bytes", flush=True)


def main():
    out, tmp, *namespaces = sys.argv[1:5]
    unknown = set(sys.argv[5:]) - set(CASES)
    if unknown:
        raise SystemExit(f"record-tls: no such case: {', '.join(sorted(unknown))}")
    keys = new_keys()
    for name in sys.argv[5:] or CASES:
        play(name, pathlib.Path(out), tmp, namespaces, keys)


if __name__ == "__main__":
    main()
