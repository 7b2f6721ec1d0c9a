"""Find a Chromium that starts, or bring one: the machine's own, then Playwright's, then Debian's.

A browser counts only when it has rendered a page here: a distribution's empty stub and a download without its
system libraries are both found by name and both useless.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage")  # fmt: skip
PAGE = "data:text/html,<p>ready</p>"
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright as start\n"
    "with start() as playwright: print(playwright.chromium.executable_path)"
)
NOT_FOUND = (
    "No browser: the tests drive a real one, and none could be found, downloaded or installed here. "
    "Install Chromium (Debian: apt-get install chromium) or name one in ECM_TEST_CHROMIUM, then try again."
)


def works(browser: str | Path) -> bool:
    """Whether this browser renders a page within 60 seconds."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [str(browser), *FLAGS, f"--user-data-dir={profile}", "--dump-dom", PAGE]
        try:
            shown = subprocess.run(command, capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.TimeoutExpired):
            return False
    return shown.returncode == 0 and b"ready" in shown.stdout


def system_browsers() -> Iterator[str]:
    """Browsers that the machine has under a usual name."""
    yield from filter(None, map(shutil.which, NAMES))


def playwright_browsers(python: Path) -> Iterator[str]:
    """Where Playwright keeps its Chromium, if it has one."""
    command = [str(python), "-c", ASK_PLAYWRIGHT]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    if said and Path(said).exists():
        yield said


def attempt(*command: str | Path, minutes: float) -> None:
    """Run one installing command and say how it went; whether it helped shows in there being a browser."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print("  $", *command, flush=True)
    try:
        subprocess.run(
            command,
            check=True,
            timeout=minutes * 60,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
    except subprocess.CalledProcessError as error:
        print(
            f"    failed with status {error.returncode}:",
            *error.stdout.strip().splitlines()[:2],
            sep="\n    ",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"    {error}")


def is_debian_root() -> bool:
    """Whether packages can be installed with apt without asking anybody."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def by_playwright(python: Path) -> Iterator[str]:
    """Playwright's own build, downloaded; with its system libraries where we may install them."""
    print("No browser here; asking Playwright for one (a download, some minutes).")
    attempt(python, "-m", "playwright", "install", "chromium", minutes=10)
    found = list(playwright_browsers(python))
    if found and is_debian_root() and not works(found[0]):
        attempt("apt-get", "update", "-qq", minutes=5)
        attempt(python, "-m", "playwright", "install-deps", "chromium", minutes=10)
    yield from found


def by_apt(_python: Path) -> Iterator[str]:
    """Debian's package, where we are root on Debian or a relative of it."""
    if not is_debian_root():
        return
    print("Playwright brought none that starts; asking apt for one.")
    attempt("apt-get", "update", "-qq", minutes=5)
    quietly = ("-y", "-qq", "--no-install-recommends")
    attempt("apt-get", "install", *quietly, "chromium", "fonts-liberation", minutes=10)
    yield from system_browsers()


SOURCES: tuple[Callable[[Path], Iterator[str]], ...] = (
    lambda _python: filter(None, [os.environ.get("ECM_TEST_CHROMIUM")]),
    lambda _python: system_browsers(),
    playwright_browsers,
    by_playwright,
    by_apt,
)


def ensure(python: Path) -> str:
    """The path of a browser that works here, installed if need be. Exits with a sentence if there is none."""
    for source in SOURCES:
        for browser in source(python):
            if works(browser):
                return str(browser)
            print(f"{browser} does not start; looking on.")
    raise SystemExit(NOT_FOUND)
