"""The control API's part for Exstream, over the whole stage."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from sandbox.control import make_control
from sandbox.exstream.designs import DESIGNS
from sandbox.exstream.switches import NAMES
from sandbox.kernel.transport import InProcess
from sandbox.stage import Addresses, Stage

HOST = "control.test"


class Nobody:
    """Runs no app."""

    environment: Mapping[str, str] = MappingProxyType({})

    def reset(self) -> None:
        raise AssertionError("nothing here is reset")

    def processes(self) -> dict[str, int | None]:
        return {}


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage.in_process()
    yield made
    made.world.deliveries.close()


@pytest.fixture
def control(stage: Stage) -> Iterator[httpx.Client]:
    door: Any = make_control(stage, Nobody())
    with httpx.Client(transport=InProcess({HOST: door}), base_url=f"http://{HOST}/control") as client:
        yield client


def test_it_tells_how_to_connect(control: httpx.Client) -> None:
    told = control.get("/exstream").json()
    assert told["url"] == "http://exstream.test"
    assert len(told["templates"]) == len(DESIGNS)
    assert {each["name"] for each in told["faults"]} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_switch_can_be_turned_on_and_off(control: httpx.Client, stage: Stage, name: str) -> None:
    assert control.post("/exstream/faults", json={"name": name, "count": 2}).status_code == 201
    assert stage.exstream.state.faults.get(name) == 2 or stage.world.faults.rules[0].count == 2
    control.delete("/exstream/faults")
    control.delete("/faults")
    assert not stage.exstream.state.faults
    assert not stage.world.faults.rules


@pytest.mark.parametrize(
    "body", [{"name": "nothing"}, {"name": "bounce", "count": 0}, {"count": 1}, {"name": "bounce", "x": 1}]
)
def test_a_switch_that_is_none_is_refused(control: httpx.Client, body: dict[str, Any]) -> None:
    answer = control.post("/exstream/faults", json=body)
    assert answer.status_code == 422
    assert answer.json()["fields"]


def test_the_doors_of_the_app_are_named_by_their_tokens(control: httpx.Client) -> None:
    told = control.post("/exstream/callbacks", json={"jobs": "a", "notifications": "b"}).json()["callbacks"]
    assert told == {
        "jobs": "http://app.test/callbacks/exstream/v1/jobs/a",
        "notifications": "http://app.test/callbacks/notifications/v1/b",
    }
    assert control.post("/exstream/callbacks", json={"jobs": "../x"}).status_code == 422
    assert control.get("/exstream/messages").json() == {"messages": []}


def test_in_the_demo_it_is_six_above_the_app() -> None:
    assert Addresses.from_port(8000).exstream == "http://127.0.0.1:8006"
