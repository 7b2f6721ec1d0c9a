"""A person's click becomes an event like any other: kept once, worked off by the engine, answered by the page."""

import re

from flask import request

from app.db.types import new_id
from app.domain.events import Source, Topic
from app.domain.ids import external_store_id
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.web import guards

CLICK = re.compile(r"[0-9a-f]{32}")


def ask(deps: Deps, what: str, object_type: str, object_id: str, **detail: str) -> bool:
    """Hand a request over. The form's click id makes a double click one request; True when it was new.

    One click may ask for several things.
    Raises CannotStore (503) when it could not be kept.
    """
    who = guards.merchant()
    event = NewEvent(
        store_id=who.store_id,
        source=Source.PERSON,
        delivery_key=f"{click_key()}:{what}",
        topic=Topic.REQUESTED,
        object_type=object_type,
        object_id=object_id,
        detail={"request": what, "user": f"user:{who.user_id}"} | detail,
        correlation_id=guards.correlation_id(),
    )
    return deps.intake.accept(event)


def click_key() -> str:
    """The form's click, which makes a double click one request; of this session, so that nobody takes another's."""
    click = request.form.get("click", "")
    return f"{guards.merchant().session_id}:{click if CLICK.fullmatch(click) else new_id()}"


def ask_store(deps: Deps, what: str, **detail: str) -> bool:
    """A request about the store itself."""
    return ask(deps, what, "store", external_store_id(guards.merchant().store_id), **detail)
