"""Make the environment of the judge: OpenText's own Python client, pyxecm, which no part of the product imports.

    python3 scripts/judges.py [FOLDER]     .judges without one

Everything is installed by hash from requirements/judges.txt. Prints what to set so that the tests use it:
ECM_PYXECM_PYTHON, the path of the environment's Python.
"""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "judges.txt"
DEFAULT = ROOT / ".judges"


def python_in(folder: Path) -> Path:
    """The Python of an environment."""
    return folder / "bin" / "python"


def make(folder: Path) -> Path:
    """Create or complete the environment; gives its Python. What is installed already stays."""
    python = python_in(folder)
    if not python.exists():
        venv.create(folder, with_pip=True)
    command = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    # Without dependencies: the lock lists all that is needed, and less than pyxecm's own list.
    subprocess.run([*command, "--no-deps", "--require-hashes", "-r", str(LOCK)], check=True, stdin=subprocess.DEVNULL)
    subprocess.run([str(python), "-c", "import pyxecm.otcs, pyxecm.otds"], check=True)
    return python


def main() -> int:
    """Make it in the folder named on the command line."""
    if len(sys.argv) > 2:
        raise SystemExit("usage: judges.py [FOLDER]")
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) == 2 else DEFAULT
    try:
        python = make(folder)
    except (subprocess.CalledProcessError, OSError) as error:
        raise SystemExit(f"The environment could not be made: {error}") from error
    print(f"export ECM_PYXECM_PYTHON={python}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
