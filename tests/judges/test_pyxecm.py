"""OpenText's own Python client judges the OTDS and Content Server stand-ins: unmodified, over HTTP, on this machine.

It lives in an environment of its own, because nothing of the product may depend on it: `python3 scripts/judges.py`
makes one and prints the variable that names it.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import credentials
from sandbox.content_server import ContentServer
from sandbox.kernel.world import World
from sandbox.otds import Otds
from sandbox.server import Server

VARIABLE = "ECM_PYXECM_PYTHON"
JUDGE = Path(__file__).with_name("pyxecm_judge.py")
PATIENCE = 240  # seconds
PYTHON = os.environ.get(VARIABLE, "")

pytestmark = pytest.mark.skipif(
    not PYTHON, reason=f"{VARIABLE} names no Python with pyxecm; scripts/judges.py makes one and prints the line to set"
)


@pytest.fixture(scope="module")
def ports() -> Iterator[tuple[int, int]]:
    world = World(inline=True)
    servers = [Server(Otds(world)).start(), Server(ContentServer(world)).start()]
    yield servers[0].port, servers[1].port
    for server in servers:
        server.stop()
    world.deliveries.close()


def judge(ports: tuple[int, int], secret: str) -> list[dict[str, Any]]:
    command = [PYTHON, str(JUDGE), *map(str, ports), credentials.OTDS_CLIENT_ID, secret]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def verdict(ports: tuple[int, int]) -> list[dict[str, Any]]:
    return judge(ports, credentials.OTDS_CLIENT_SECRET)


def test_pyxecm_finds_what_it_expects_everywhere(verdict: list[dict[str, Any]]) -> None:
    assert [each for each in verdict if not each["ok"]] == []


def test_every_check_was_made(verdict: list[dict[str, Any]]) -> None:
    written = re.findall(r"^def (check_\w+)\(", JUDGE.read_text("utf-8"), re.MULTILINE)
    assert [each["check"] for each in verdict] == written
    assert len(written) >= 40


def test_a_client_the_stand_in_does_not_know_fails_the_judgement(ports: tuple[int, int]) -> None:
    """The judge itself: what must fail does, so that what passes means something."""
    found = {each["check"]: each["ok"] for each in judge(ports, "a wrong secret")}
    assert not found["check_client_credentials_give_a_token"]
    assert found["check_a_password_gives_an_otds_ticket"]
