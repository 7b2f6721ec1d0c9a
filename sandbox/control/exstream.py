"""Exstream from outside: how to connect, what was composed and sent, what can go wrong, where reports go."""

from typing import TYPE_CHECKING, Any

from pydantic import Field
from werkzeug.wrappers import Request

from sandbox import credentials
from sandbox.control.answers import Body, Problem, query, read
from sandbox.exstream import switches
from sandbox.exstream.notifications import status
from sandbox.exstream.seed import DOMAIN, FORWARD

if TYPE_CHECKING:
    from sandbox.control.door import Control

JSON = dict[str, Any]


class Fault(Body):
    name: str
    count: int = Field(default=1, ge=1, le=1000)


class Callbacks(Body):
    """The secret tokens at the end of the app's two doors; an empty one closes its reports."""

    jobs: str = Field(default="", max_length=200, pattern=r"^[A-Za-z0-9._~-]*$")
    notifications: str = Field(default="", max_length=200, pattern=r"^[A-Za-z0-9._~-]*$")


def show(control: "Control", request: Request) -> JSON:
    query(request, ())
    service, url = control.stage.exstream, control.stage.addresses.exstream
    with service.lock:
        state = service.state
        return {
            "url": url,
            "tenant": credentials.EXSTREAM_TENANT,
            "subscription": credentials.EXSTREAM_SUBSCRIPTION,
            "client_id": credentials.EXSTREAM_CLIENT_ID,
            "client_secret": credentials.EXSTREAM_CLIENT_SECRET,
            "domain": DOMAIN,
            "channel_service": FORWARD,
            "templates": {key: id for id, key in state.designs.items()},
            "notifications": {
                "url": url, "user": credentials.NOTIFICATIONS_USER, "password": credentials.NOTIFICATIONS_PASSWORD,
            },
            "outbox_url": f"{url}/outbox",
            "callbacks": dict(state.callbacks),
            "composed": dict(state.composed),
            "faults": switches.listed(state),
        }  # fmt: skip


def messages(control: "Control", request: Request) -> JSON:
    """What was sent, oldest first, each with its status as Notifications tells it."""
    query(request, ())
    service = control.stage.exstream
    with service.lock:
        found = [
            status(each) | {"kind": each.kind, "subject": each.subject} for each in service.state.messages.values()
        ]
    return {"messages": found}


def turn_on(control: "Control", request: Request) -> tuple[JSON, int]:
    asked, service = read(request, Fault), control.stage.exstream
    if asked.name not in switches.NAMES:
        raise Problem(422, "There is no such switch.", fields={"name": f"must be one of {', '.join(switches.NAMES)}"})
    with service.lock:
        switches.turn_on(service.world, service.state, asked.name, asked.count)
        service.world.touched()
        return {"faults": switches.listed(service.state)}, 201


def turn_off(control: "Control", request: Request) -> JSON:
    """All of Exstream's own switches; rules of the kernel are removed with the other faults."""
    query(request, ())
    service = control.stage.exstream
    with service.lock:
        service.state.faults.clear()
        service.world.touched()
        return {"faults": switches.listed(service.state)}


def report_to(control: "Control", request: Request) -> JSON:
    asked, service = read(request, Callbacks), control.stage.exstream
    service.report_to(control.stage.addresses.app, jobs=asked.jobs, notifications=asked.notifications)
    return {"callbacks": dict(service.state.callbacks)}


ROUTES = (
    ("GET", "/exstream", show),
    ("GET", "/exstream/messages", messages),
    ("POST", "/exstream/faults", turn_on),
    ("DELETE", "/exstream/faults", turn_off),
    ("POST", "/exstream/callbacks", report_to),
)
