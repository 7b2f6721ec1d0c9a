"""What the tests of letters do again and again: wait for the channel, compare what went out with what was filed."""

import hashlib
import re
from datetime import timedelta
from typing import Any

from app.db.communications import CommunicationRow
from app.db.links import FiledDocument
from app.db.runs import Run, StepRow
from app.engine import replay
from app.engine.replay import Selection
from sandbox.exstream.state import Message
from sandbox.kernel.faults import FaultRule
from tests.engine import office
from tests.house import House


def messages(house: House) -> list[Message]:
    """Everything that went out, oldest first."""
    return list(house.stage.exstream.state.messages.values())


def arrive(house: House) -> None:
    """The channel brings what it was given to its end and tells us."""
    house.stage.world.clock.advance(timedelta(seconds=3))
    house.drain()


def composed(house: House, template: str) -> list[CommunicationRow]:
    return sorted(house.rows(CommunicationRow, template=template), key=lambda row: row.created_at)


def runs(house: House, slug: str) -> list[Run]:
    return sorted(house.rows(Run, scenario=slug), key=lambda run: run.started_at)


def last_step(house: House, run: Run) -> StepRow:
    """The step the run stands at, or its last."""
    steps = house.steps_of(run)
    return next((one for one in steps if one.status not in ("done", "skipped")), steps[-1])


def filed(house: House, name: str) -> FiledDocument:
    (row,) = house.rows(FiledDocument, name=name)
    found: FiledDocument = row
    return found


def went_out_as_filed(house: House, name: str) -> Message:
    """The one message with that document: its bytes are those that were filed."""
    row = filed(house, name)
    found = [one for one in messages(house) if any(_digest(file.content) == row.sha256 for file in one.files)]
    assert len(found) == 1, f"{len(found)} messages carry {name}"
    return found[0]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def page(house: House, kind: str, object_id: str) -> str:
    """The words of an object's page in the panel."""
    answer = office.browser(house).get(f"/panel/{kind}/{object_id}")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def stop(house: House, system: str) -> str:
    """That side answers nothing until `office.heal`."""
    return str(house.stage.world.faults.add(FaultRule(system=system, kind="status", status=503)).id)


def withdraw(house: House, name: str, state: str = "DRAFT") -> Any:
    """A designer takes a communication back, or (APPROVED) lets it go out again."""
    for versions in house.stage.exstream.state.assets["Storefront"].values():
        if versions[-1].name == name:
            versions[-1].state = state


def try_again(house: House, run: Run) -> None:
    """A person's "Try now" after something was mended."""
    replay.replay(house.deps, Selection(ids=(run.id,)), "tester")
    house.drain()
