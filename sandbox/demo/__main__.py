"""`python -m sandbox.demo`: start everything, say where to click, stay until Ctrl-C."""

import argparse
import logging
import sys
import time
from pathlib import Path

from sandbox.credentials import SHOPIFY_SHOP
from sandbox.demo.environment import app_environment
from sandbox.demo.folder import InUse, StateFolder
from sandbox.demo.queue_server import url_of
from sandbox.demo.supervisor import CannotStart, Supervisor
from sandbox.kernel.world import World
from sandbox.stage import PORTS, Addresses, Stage


def main(arguments: list[str] | None = None) -> int:
    chosen = _arguments().parse_args(arguments)
    if not 1024 <= chosen.port <= 65535 - max(PORTS.values()):
        return _fail(f"--port must lie between 1024 and {65535 - max(PORTS.values())}.")
    folder = StateFolder(chosen.state)
    if chosen.print_env:
        return _print_environment(folder, chosen.port)
    layout = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(filename=folder.logs / "stand-ins.log", level=logging.INFO, format=layout)
    for name in ("httpx", "spiff"):
        logging.getLogger(name).setLevel(logging.WARNING)
    began = time.monotonic()
    try:
        with folder.locked():
            Supervisor(folder, chosen.port, say).run(lambda demo: _welcome(demo, time.monotonic() - began))
    except (CannotStart, InUse) as error:
        return _fail(str(error), "Choose others with make demo PORT=8100" if "in use" in str(error) else "")
    say("Ended. The next start finds its data again.")
    return 0


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _fail(text: str, hint: str = "") -> int:
    sys.stderr.write(f"{text} {hint}".strip() + "\n")
    return 1


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="the app's port; the nine after it are used too")
    parser.add_argument("--state", type=Path, default=Path(".demo"), help="folder for data, secrets and logs")
    parser.add_argument("--print-env", action="store_true", help="print the app's environment and end")
    return parser


def _print_environment(folder: StateFolder, port: int) -> int:
    """As lines for a shell: `set -a; eval "$(python -m sandbox.demo --print-env)"`."""
    with folder.socket() as path:
        environment = app_environment(folder, Stage(World(), Addresses.from_port(port)), url_of(path))
    for name, value in sorted(environment.items()):
        quoted = value.replace("'", "'\\''")
        say(f"{name}='{quoted}'")
    return 0


def _welcome(demo: Supervisor, seconds: float) -> None:
    urls = demo.addresses
    rows = (
        ("Click here first", f"{urls.desk}/", "the desk: store control panel and OpenText"),
        ("The app itself", urls.app, "opens from the desk: Apps, Orders, Products"),
        (
            "A Shopify admin",
            f"{urls.shopify}/admin/store/{SHOPIFY_SHOP.partition('.')[0]}",
            "with the app's extensions: Apps, Orders",
        ),
        ("For testers", f"{urls.control}/control", "control API, see sandbox/README.md"),
    )
    wide = max(len(label) for label, *_ in rows), max(len(url) for _, url, _ in rows)
    lines = [f"  {label:<{wide[0]}}   {url:<{wide[1]}}   {what}" for label, url, what in rows]
    say(f"\nStorefront ECM is ready ({seconds:.1f} s).\n")
    say("\n".join(lines))
    say(f"\n  State and logs: {demo.folder.path}\n  Ctrl-C ends everything.\n")


if __name__ == "__main__":
    sys.exit(main())
