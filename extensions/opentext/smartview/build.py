"""Build the Smart View module "Publish to store": named AMD modules in one bundle, its index and its registration.

    python extensions/opentext/smartview/build.py --door https://ecm.example.com/callbacks/content-server/bigcommerce-abc

writes `build/smartview/support/`, to be laid into the module's support folder on Content Server. `--door` is the
address of one store's callback door (its settings page shows it); give it once for each store. Nothing is minified and
nothing of the vendor is inside: what `csui/…` names is loaded from Smart View at run time.
"""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "src"
PREFIX = "store"
BUNDLE = f"{PREFIX}/bundles/store-all"
CONFIG = f"{PREFIX}/config"
ANONYMOUS = re.compile(r"^define\(", re.MULTILINE)
# Smart View keeps its loader in `csui`; elsewhere (and in older pages) it is the global one.
OPENING = "(function (define) {\n\n"
CLOSING = "\n})(window.csui && window.csui.define || window.define);\n"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def named(module: str, text: str) -> str:
    """An anonymous AMD module under its name. Raises ValueError where it is not exactly one."""
    if len(ANONYMOUS.findall(text)) != 1:
        raise ValueError(f"{module}: exactly one define() at the beginning of a line is expected")
    return ANONYMOUS.sub(f"define('{module}', ", text)


def modules() -> dict[str, str]:
    """Name and text of every module below `src`, in a fixed order."""
    files = sorted(SOURCE.rglob("*.js"))
    return {path.relative_to(SOURCE).with_suffix("").as_posix(): path.read_text("utf-8") for path in files}


def bundle(doors: Sequence[str]) -> tuple[str, list[str]]:
    """The bundle's text and the names of its modules."""
    config = f"define('{CONFIG}', {json.dumps({'doors': list(doors)}, indent=2)});\n"
    found = modules()
    names = [CONFIG, *found]
    last = f"define('{BUNDLE}', {json.dumps(names, indent=2)}, function () {{}});\n"
    parts = [config, *(named(name, text) for name, text in found.items()), last]
    return OPENING + "\n".join(parts) + CLOSING, names


def checked_door(text: str) -> str:
    """A door's address. Raises ValueError unless it is one a ticket may travel to: https, or this machine itself."""
    url = urlsplit(text)
    is_safe = url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)
    if not is_safe or not url.hostname or url.username or url.query or url.fragment:
        raise ValueError(f"{text} is not an https address without credentials, query or fragment")
    if not re.fullmatch(r".*/callbacks/content-server/[A-Za-z0-9.-]+", url.path):
        raise ValueError(f"{text} does not end in /callbacks/content-server/<tenant>")
    return text


def build(out: Path, doors: Sequence[str]) -> list[Path]:
    """Write the support folder below `out`; gives the files."""
    text, names = bundle([checked_door(door) for door in doors])
    files = {
        "support/store-extensions.json": (SOURCE / "store-extensions.json").read_text("utf-8"),
        "support/bundles/store-all.js": text,
        "support/bundles/store-index.json": json.dumps({BUNDLE: names}, indent=2) + "\n",
        "store.ini": (HERE / "server" / "store.ini").read_text("utf-8"),
    }
    for name, content in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(content, encoding="utf-8")
    return [out / name for name in files]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="build.py", description="Build the Smart View module.")
    parser.add_argument("--door", action="append", required=True, help="a store's callback door; once for each store")
    parser.add_argument("--out", type=Path, default=Path("build") / "smartview")
    given = parser.parse_args(arguments)
    try:
        written = build(given.out, given.door)
    except ValueError as error:
        parser.error(str(error))
    for path in written:
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
