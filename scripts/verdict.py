"""What a whole run tells, the most important first: a reader may see only the beginning of what it prints.

    make test | python3 scripts/verdict.py follow .test.log     keeps everything, says which tests fail as they do
    python3 scripts/verdict.py tell CHECKS TESTS                by the status of both: names, then details

Needs nothing but Python: it must speak even where set-up failed.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

CHECK_LOG, TEST_LOG = Path(".check.log"), Path(".test.log")
FAILS = re.compile(  # side by side, or alone
    r"^\[gw\d+\] \[ *\d+%\] (?P<side>(?:FAILED|ERROR) .+?) *$"
    r"|^(?P<alone>\S+::.+) (?P<how>FAILED|ERROR) +\[ *\d+%\]$"
)
SUMMARY = re.compile(r"^(FAILED|ERROR) \S")
SKIPPED = re.compile(r"^SKIPPED \[\d+\] \S")
COUNTS = re.compile(r"^=* ?(\d+ (failed|passed|error|skipped|deselected).* in [\d.]+s.*?) ?=*$")
SECTION = re.compile(r"^=+ (FAILURES|ERRORS) =+$")
ANY_SECTION = re.compile(r"^=+ .+ =+$")
FAILURE = re.compile(r"^_{3,} .+ _{3,}$")
AT_ONCE, NAMES, WIDTH, TAIL, DETAIL = 20, 40, 240, 60, 40  # failures, failures, characters, lines, lines a failure


def told_at_once(line: str) -> str:
    """What to say of this line of pytest's while it runs, or nothing."""
    if line.startswith("== "):
        return line
    found = FAILS.match(line)
    return (found["side"] or f"{found['how']} {found['alone']}")[:WIDTH] if found else ""


def follow(lines: Iterable[str], log: Path) -> Iterator[str]:
    """Keep every line in the log; give headings and the first failing tests as they come."""
    failing = 0
    with log.open("w", encoding="utf-8") as kept:
        for line in lines:
            kept.write(line)
            kept.flush()
            if said := told_at_once(line.rstrip("\n")):
                failing += not said.startswith("== ")
                if failing <= AT_ONCE:
                    yield said


def names(lines: list[str]) -> list[str]:
    """The tests that failed, each with its reason in one line."""
    found = list(dict.fromkeys(line[:WIDTH] for line in lines if SUMMARY.match(line)))
    return found[:NAMES] + ([f"and {len(found) - NAMES} more"] if len(found) > NAMES else [])


def counts(lines: list[str]) -> list[str]:
    """How many passed and failed, once a pass."""
    return [found[1] for line in lines if (found := COUNTS.match(line))]


def details(lines: list[str]) -> Iterator[str]:
    """What each failing test showed, a long one cut."""
    inside, length = False, 0
    for line in lines:
        if ANY_SECTION.match(line):
            inside = SECTION.match(line) is not None
        elif inside:
            length = 0 if FAILURE.match(line) else length + 1
            if length < DETAIL:
                yield line[:WIDTH]
            elif length == DETAIL:
                yield "…"


def tell(checks: int, tests: int, check_lines: list[str], test_lines: list[str]) -> Iterator[str]:
    """The verdict: by name what failed, then why."""
    failing = names(test_lines) if tests else []
    yield f"== tests: {'; '.join(counts(test_lines)) or 'none ran to its end'}"
    yield from failing
    yield from dict.fromkeys(line[:WIDTH] for line in test_lines if SKIPPED.match(line))
    yield f"== checks: {'failed' if checks else 'passed'}"
    if checks:
        yield from (line[:WIDTH] for line in check_lines[-TAIL:])
    if tests:
        yield "== details"
        yield from details(test_lines) if failing else (line[:WIDTH] for line in test_lines[-TAIL:])


def read(log: Path) -> list[str]:
    return log.read_text("utf-8", errors="replace").splitlines() if log.is_file() else []


def main() -> int:
    """One of the two, by the command line."""
    match sys.argv[1:]:
        case ["follow", log]:
            for line in follow(sys.stdin, Path(log)):
                print(line, flush=True)
            return 0
        case ["tell", checks, tests] if checks.isdigit() and tests.isdigit():
            for line in tell(int(checks), int(tests), read(CHECK_LOG), read(TEST_LOG)):
                print(line)
            return int(checks != "0" or tests != "0")
    raise SystemExit("usage: verdict.py follow LOG | tell CHECKS TESTS")


if __name__ == "__main__":
    sys.exit(main())
