"""Run the tests in two passes: side by side on all cores, then those that must have the machine to themselves.

Arguments go to pytest in both passes (paths, -k …); a pass that then has nothing to run is no failure.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NOTHING_COLLECTED = 5
ALONE = "alone"
WORKERS = (os.cpu_count() or 1) + 1  # one more than cores: a quarter of the time is waiting for browsers and processes
PASSES = (
    ("side by side", ["-m", "not alone", "-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder"]),
    (ALONE, ["-m", "alone"]),
)


MEMORY, ENOUGH = Path("/dev/shm"), 4_000_000_000  # noqa: S108  # where Linux keeps files in memory; bytes


def has_memory() -> bool:
    """Thousands of small databases need not survive a power cut: waiting for the disk would be most of the time."""
    return MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH


def main() -> int:
    """In a folder of this run's own, gone with it: runs at the same time do not touch each other's databases.

    Compiled modules are kept whatever the shell says (images for containers often turn that off): every worker and
    each of the product's processes would compile all of it again.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="ecm-", dir=MEMORY if has_memory() else None) as folder:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
        return run()


def places(name: str) -> list[str]:
    """What was asked for; else everything, of which few files hold tests that run alone: the rest need no look."""
    if sys.argv[1:] or name != ALONE:
        return sys.argv[1:]
    return sorted(str(one) for one in Path("tests").rglob("test_*.py") if "mark.alone" in one.read_text("utf-8"))


def run() -> int:
    answers = []
    for name, options in PASSES:
        print(f"== tests, {name}", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", *options, *places(name)]
        answers.append(subprocess.run(command, check=False).returncode)
    if all(answer == NOTHING_COLLECTED for answer in answers):
        print("No test matches these arguments.", file=sys.stderr)
        return NOTHING_COLLECTED
    return max(0 if answer == NOTHING_COLLECTED else answer for answer in answers)


if __name__ == "__main__":
    sys.exit(main())
