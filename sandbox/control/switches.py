"""Ledger, faults, clock, held deliveries: looking at and meddling with what goes over the wire."""

from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from pydantic import Field
from werkzeug.wrappers import Request

from sandbox.control.answers import Body, Problem, query, read, whole
from sandbox.kernel.deliveries import Delivery
from sandbox.kernel.faults import FaultRule
from sandbox.kernel.world import World

if TYPE_CHECKING:
    from sandbox.control.door import Control

JSON = dict[str, Any]
YEAR = 366 * 86400


class Advance(Body):
    advance_seconds: float = Field(ge=0, le=YEAR)


def ledger(control: "Control", request: Request) -> JSON:
    """Requests the stand-ins received, after sequence `since`; `last` is what to ask with next."""
    asked = query(request, ("since", "system"))
    since, system = whole(asked, "since"), asked.get("system")
    if system is not None:
        _known(control, system)
    entries = control.stage.world.ledger.since(since, system)
    return {"entries": [entry.as_json() for entry in entries], "last": entries[-1].sequence if entries else since}


def list_faults(control: "Control", request: Request) -> JSON:
    query(request, ())
    return {"faults": [rule.model_dump() for rule in control.stage.world.faults.rules]}


def add_fault(control: "Control", request: Request) -> tuple[JSON, int]:
    rule = read(request, FaultRule)
    _known(control, rule.system)
    if any(known.id == rule.id for known in control.stage.world.faults.rules):
        raise Problem(409, f"There is a fault {rule.id} already.")
    return control.stage.world.faults.add(rule).model_dump(), 201


def remove_faults(control: "Control", request: Request) -> JSON:
    query(request, ())
    return {"removed": control.stage.world.faults.remove()}


def remove_fault(control: "Control", request: Request, fault_id: str) -> JSON:
    query(request, ())
    if not control.stage.world.faults.remove(fault_id):
        raise Problem(404, f"There is no fault {fault_id} (any more).")
    return {"removed": 1}


def show_clock(control: "Control", request: Request) -> JSON:
    query(request, ())
    return clock(control.stage.world)


def clock(world: World) -> JSON:
    return {"now": world.clock.now().isoformat(), "ahead_seconds": world.clock.offset.total_seconds()}


def advance(control: "Control", request: Request) -> JSON:
    """Let time pass: retries, timers and deadlines that fall into it happen before the answer."""
    asked = read(request, Advance)
    control.stage.world.clock.advance(timedelta(seconds=asked.advance_seconds))
    control.stage.world.touched()
    return show_clock(control, request)


def deliveries(control: "Control", request: Request) -> JSON:
    """What was withheld by a fault and waits to be released."""
    query(request, ())
    held = control.stage.world.deliveries.withheld
    return {"withheld": [_shown(delivery) for delivery in list(held)]}


def _shown(held: Delivery) -> JSON:
    body = held.body.decode("utf-8", "replace")
    return {"id": held.id, "system": held.system, "method": held.method, "url": held.url, "body": body}


def release(control: "Control", request: Request) -> JSON:
    """Send what was withheld, newest first."""
    read(request, Body)
    return {"released": control.stage.world.deliveries.release()}


def _known(control: "Control", system: str) -> None:
    systems = sorted(control.stage.services())
    if not any(fnmatchcase(name, system) for name in systems):
        raise Problem(422, "There is no such system.", fields={"system": f"must be one of {', '.join(systems)} or *"})


ROUTES = (
    ("GET", "/ledger", ledger),
    ("GET", "/faults", list_faults),
    ("POST", "/faults", add_fault),
    ("DELETE", "/faults", remove_faults),
    ("DELETE", "/faults/<fault_id>", remove_fault),
    ("GET", "/clock", show_clock),
    ("POST", "/clock", advance),
    ("GET", "/deliveries", deliveries),
    ("POST", "/deliveries/release", release),
)
