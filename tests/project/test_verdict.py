"""A failing run says first what failed, even where only the beginning of its words is read."""

import subprocess
import sys
from pathlib import Path

from scripts import verdict

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import logging, pytest
def test_good(): pass
def test_bad():
    for number in range(900): logging.getLogger().warning("request %d", number)
    assert 1 + 1 == 3
@pytest.fixture
def broken(): raise OSError("no database")
def test_unready(broken): pass
@pytest.mark.skip(reason="no server here")
def test_elsewhere(): pass
"""


def told(folder: Path, *options: str) -> tuple[list[str], list[str]]:
    """What is said while a small suite runs, and after it."""
    (folder / "test_small.py").write_text(TESTS, "utf-8")
    command = [
        sys.executable, "-m", "pytest", "-q", "-vv", "-rfEs", "--tb=short", "--show-capture=no",
        "--force-short-summary", "-p", "no:cacheprovider", "--rootdir", str(folder), *options, str(folder),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    lines = ["== tests, side by side\n", *done.stdout.splitlines(keepends=True)]
    meanwhile = list(verdict.follow(lines, folder / "log"))
    kept = (folder / "log").read_text("utf-8").splitlines()
    return meanwhile, list(verdict.tell(0, done.returncode, ["checked"], kept))


def test_what_fails_is_named_as_it_does_and_before_any_detail(tmp_path: Path) -> None:
    for options in ((), ("-n", "1")):
        meanwhile, after = told(tmp_path, *options)
        assert meanwhile == [
            "== tests, side by side", "FAILED test_small.py::test_bad", "ERROR test_small.py::test_unready"
        ]  # fmt: skip
        assert after[0].startswith("== tests: 1 failed, 1 passed, 1 skipped, 1 error in ")
        assert sorted(after[1:3]) == [
            "ERROR test_small.py::test_unready - OSError: no database",
            "FAILED test_small.py::test_bad - assert (1 + 1) == 3",
        ]
        assert after[3].startswith("SKIPPED [1] test_small.py:")
        assert after[3].endswith(": no server here")
        assert after[4:6] == ["== checks: passed", "== details"]
        assert "E   assert (1 + 1) == 3" in after
        assert "E   OSError: no database" in after
        assert not [line for line in after if "request 7" in line]


def test_a_run_that_never_came_to_its_tests_and_checks_that_fail_show_their_last_words() -> None:
    log = [f"line {number}" for number in range(500)]
    after = list(verdict.tell(2, 2, ["app/x.py:1: error", "make: *** [check] Error 1"], [*log, "Set-up stopped"]))
    assert after[:4] == [
        "== tests: none ran to its end", "== checks: failed", "app/x.py:1: error", "make: *** [check] Error 1"
    ]  # fmt: skip
    assert (after[4], after[-1]) == ("== details", "Set-up stopped")
    assert len("\n".join(after)) < 12_000


def test_hundreds_of_failures_are_counted_and_the_reader_still_sees_the_checks() -> None:
    log = [f"[gw1] [ 5%] FAILED tests/a.py::test_{number}" for number in range(500)]
    meanwhile = list(verdict.follow((f"{line}\n" for line in log), Path("/dev/null")))
    summary = [f"FAILED tests/a.py::test_{number} - {'why ' * 200}" for number in range(500)]
    after = list(verdict.tell(0, 1, [], summary))
    assert (len(meanwhile), after[verdict.NAMES + 1]) == (verdict.AT_ONCE, f"and {500 - verdict.NAMES} more")
    assert "== checks: passed" in after
    assert len("\n".join(meanwhile + after)) < 12_000


def test_a_run_without_failures_says_so_in_a_few_lines() -> None:
    counted = ["= 6730 passed, 1 skipped in 600.71s (0:10:00) =", "8 passed, 104 deselected in 59.11s"]
    assert list(verdict.tell(0, 0, [], ["tests/a.py::test_a PASSED [  1%]", *counted])) == [
        "== tests: 6730 passed, 1 skipped in 600.71s (0:10:00); 8 passed, 104 deselected in 59.11s", "== checks: passed"
    ]  # fmt: skip
    command = [sys.executable, str(ROOT / "scripts" / "verdict.py"), "tell", "0", "2"]
    assert subprocess.run(command, cwd="/", capture_output=True, check=False).returncode == 1
