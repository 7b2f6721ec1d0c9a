"""Set up a clone: virtual environment, locked packages, front-end files, and for tests a browser.

    python3 scripts/setup.py demo     what `make demo` needs
    python3 scripts/setup.py check    what `make check` needs
    python3 scripts/setup.py test     what `make test` needs; the browser's path in .venv/stamps/browser

Needs Python 3.11 or newer with venv, and nothing else. What is done is stamped in .venv/stamps under a
digest of the files it was made from, so that the next start only compares digests: no network, no pip.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import browser
import frontend

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"


def digest(*names: str) -> str:
    """One digest of project files, of this Python and of where the clone lies (scripts hold that path)."""
    content = [(ROOT / name).read_bytes() for name in names]
    place = f"{ROOT} {sys.version_info[:2]}".encode()
    return hashlib.sha256(b"\0".join([place, *content])).hexdigest()


def stamp_of(part: str) -> str:
    """What was stamped for this part, or nothing."""
    file = STAMPS / part
    return file.read_text("utf-8") if file.is_file() else ""


def put_stamp(part: str, text: str) -> None:
    """Remember a part as done."""
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / part).write_text(text, "utf-8")


def make_environment() -> None:
    """Create .venv; one that lacks its pip or belongs to another Python is made anew."""
    config = VENV / "pyvenv.cfg"
    ours = f"version = {sys.version_info.major}.{sys.version_info.minor}."
    if PYTHON.exists() and (VENV / "bin" / "pip").exists() and ours in config.read_text("utf-8"):
        return
    print(f"Virtual environment: .venv, Python {sys.version_info.major}.{sys.version_info.minor}", flush=True)
    try:
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    except (subprocess.CalledProcessError, OSError) as error:
        advice = "on Debian and Ubuntu: apt-get install python3-venv"
        raise SystemExit(f"Python's venv could not make .venv ({error}); {advice}") from error


def pip(*arguments: str) -> None:
    """Run pip in the virtual environment; only errors are said, as an index's warnings would bury what follows."""
    command = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*command, *arguments], cwd=ROOT, check=True, stdin=subprocess.DEVNULL)


def packages_digest(name: str) -> str:
    """What an installation of requirements/<name>.txt depends on."""
    return digest(f"requirements/{name}.txt", "pyproject.toml")


def has_packages(name: str) -> bool:
    """Whether this lock is installed as it is now."""
    return PYTHON.exists() and stamp_of(f"packages-{name}") == packages_digest(name)


def install_packages(name: str) -> None:
    """Install requirements/<name>.txt by hash, then the project itself, editable."""
    make_environment()
    for stamp in STAMPS.glob("packages-*"):
        stamp.unlink()
    print(f"Packages: requirements/{name}.txt (once, a minute or two)", flush=True)
    pip("--require-hashes", "-r", f"requirements/{name}.txt")
    pip("--no-deps", "--no-build-isolation", "--editable", ".")
    put_stamp(f"packages-{name}", packages_digest(name))


def install_frontend(*, for_tests: bool) -> str:
    """Install the npm packages by lock; those of the tests hold those of the demo. Gives the stamp of what is there."""
    base = digest("package.json", "package-lock.json", *frontend.sources(ROOT))
    accepted = {f"test {base}"} if for_tests else {f"test {base}", f"demo {base}"}
    if (known := stamp_of("frontend")) in accepted and frontend.is_laid_out(ROOT):
        return known
    frontend.install(ROOT, PYTHON, for_tests=for_tests)
    return f"{'test' if for_tests else 'demo'} {base}"


def find_browser() -> None:
    """Leave the path of a browser that works in .venv/stamps/browser."""
    known = os.environ.get("ECM_TEST_CHROMIUM") or stamp_of("browser")
    if known and known == stamp_of("browser") and Path(known).exists():
        return
    found = browser.ensure(PYTHON)
    print(f"Browser: {found}")
    put_stamp("browser", found)


def set_up_demo() -> None:
    """The app and the stand-ins; the tests' packages hold them too."""
    with one_at_a_time("setup"):
        if not has_packages("dev") and not has_packages("demo"):
            install_packages("demo")
    with one_at_a_time("frontend"):
        put_stamp("frontend", install_frontend(for_tests=False))


def set_up_check() -> None:
    """The tools that read the code."""
    with one_at_a_time("setup"):
        if not has_packages("dev"):
            install_packages("dev")


def set_up_test() -> None:
    """Everything, a browser included. Where the machine has a Node, npm works while pip does."""
    with one_at_a_time("frontend"):
        with ThreadPoolExecutor(1) as beside:
            early = beside.submit(install_frontend, for_tests=True) if frontend.system_npm() else None
            set_up_check()
        put_stamp("frontend", early.result() if early else install_frontend(for_tests=True))
        find_browser()


PURPOSES = {"demo": set_up_demo, "check": set_up_check, "test": set_up_test}


@contextmanager
def one_at_a_time(part: str) -> Iterator[None]:
    """Let a second set-up of the same part of a clone wait for the first."""
    with (ROOT / f".{part}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Set up for the purpose named on the command line."""
    purpose = sys.argv[1] if len(sys.argv) == 2 else ""
    if purpose not in PURPOSES:
        raise SystemExit(f"usage: setup.py {'|'.join(PURPOSES)}")
    try:
        PURPOSES[purpose]()
    except subprocess.CalledProcessError as error:
        command = " ".join(map(str, error.cmd))
        raise SystemExit(f"Set-up stopped: this failed with status {error.returncode}: {command}") from error
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
