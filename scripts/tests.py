"""Run the tests in two passes: side by side on all cores, then those that must have the machine to themselves.

Arguments go to pytest in both passes (paths, -k …); a pass that then has nothing to run is no failure.
"""

import subprocess
import sys

NOTHING_COLLECTED = 5
PASSES = (
    ("side by side", ["-m", "not alone", "-n", "auto", "--dist", "loadfile"]),
    ("alone", ["-m", "alone"]),
)


def main() -> int:
    answers = []
    for name, options in PASSES:
        print(f"== tests, {name}", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", *options, *sys.argv[1:]]
        answers.append(subprocess.run(command, check=False).returncode)
    if all(answer == NOTHING_COLLECTED for answer in answers):
        print("No test matches these arguments.", file=sys.stderr)
        return NOTHING_COLLECTED
    return max(0 if answer == NOTHING_COLLECTED else answer for answer in answers)


if __name__ == "__main__":
    sys.exit(main())
