"""Make the lock files again: requirements/*.txt by uv, package-lock.json by npm. Run by `make lock`.

The widest set is resolved first and holds the narrower ones to its versions, so that a demo, a test run
and a production install never differ in a version. Locks carry hashes and no address: they install from
whatever index the machine's own pip and npm are set to.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
HELD_TO_DEV = ("-c", "requirements/dev.txt")

SETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("dev", ("pyproject.toml", "--group", "dev")),
    ("demo", ("pyproject.toml", "--group", "sandbox", "--group", "build", *HELD_TO_DEV)),
    ("app", ("pyproject.toml", *HELD_TO_DEV)),
    ("node", ("requirements/node.in",)),
    ("judges", ("requirements/judges.in", "--override", "requirements/judges.override")),
)
ADDRESS = re.compile(r"https?://|file:|--(extra-)?index-url|--find-links|" + re.escape(str(ROOT)))


def compile_lock(name: str, inputs: tuple[str, ...], options: list[str]) -> None:
    """Write requirements/<name>.txt for every platform and Python 3.11 upwards."""
    subprocess.run(
        [
            *(sys.executable, "-m", "uv", "--no-config", "pip", "compile", *inputs),
            *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"),
            *("--custom-compile-command", "make lock", "--quiet", "-o", f"requirements/{name}.txt"),
            *options,
        ],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def addresses(lock: Path) -> list[str]:
    """The lines of a lock file that name a place instead of a package."""
    return [line for line in lock.read_text("utf-8").splitlines() if ADDRESS.search(line)]


def main() -> int:
    """Make every lock; `--upgrade` takes the newest versions the inputs allow."""
    for name, inputs in SETS:
        compile_lock(name, inputs, sys.argv[1:])
        print(f"requirements/{name}.txt")
    if npm := shutil.which("npm"):
        subprocess.run([npm, "install", "--package-lock-only", "--silent"], cwd=ROOT, check=True)
        print("package-lock.json")
    else:
        print("package-lock.json left as it is: no npm here")
    found = [line for lock in (*LOCKS.glob("*.txt"), ROOT / "package-lock.json") for line in addresses(lock)]
    if found:
        print("These lines of a lock name an address:", *found, sep="\n", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
