"""What to run, as the Procfile says: the demo starts the product exactly as production does."""

import hashlib
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFAULTED = re.compile(r"\$\{(\w+):-([^}]*)\}")
PROCESSES = ("web", "worker", "dispatcher")


def read_procfile(root: Path = ROOT) -> dict[str, str]:
    """Process name -> command line."""
    lines = (root / "Procfile").read_text("utf-8").splitlines()
    parts = (line.partition(":") for line in lines if line.strip() and not line.startswith("#"))
    return {name.strip(): command.strip() for name, _, command in parts}


def migrations_digest(database_url: str, root: Path = ROOT) -> str:
    """What the release step depends on: the migrations, and which database they were run on."""
    content = [database_url.encode()]
    for file in sorted((root / "migrations").rglob("*.py")):
        content += [file.name.encode(), file.read_bytes()]
    return hashlib.sha256(b"\0".join(content)).hexdigest()


def command(line: str, variables: Mapping[str, str]) -> list[str]:
    """The words of a command line with `${NAME:-default}` filled in."""
    filled = DEFAULTED.sub(lambda match: variables.get(match[1]) or match[2], line)
    return filled.split()


def process_environment(ecm: Mapping[str, str]) -> dict[str, str]:
    """What a process of the product is given: the usual variables of a shell, and the ECM_* ones."""
    usual = {name: value for name, value in os.environ.items() if not name.startswith("ECM_")}
    own_programs = str(Path(sys.executable).parent)  # not resolved: the virtual environment's
    path = os.pathsep.join([own_programs, usual.get("PATH", os.defpath)])
    return usual | {"PATH": path, "PYTHONUNBUFFERED": "1"} | dict(ecm)
