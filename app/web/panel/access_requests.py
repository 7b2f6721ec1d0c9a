"""Where something is hidden: one button that asks the store's managers for access, and says that it was asked."""

from datetime import datetime

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import access_requests
from app.db.session import reading, unit_of_work
from app.engine.deps import Deps
from app.errors import Conflict
from app.web import guards
from app.web.kinds import KIND, KINDS
from app.web.panel.seen import Seen, seen

HIDDEN = ("workspace", "documents", "records", "workflow", "customer", "publications", "cases")


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.post(f"/{KIND}/<object_id>/access")
    @guards.requires("viewer")
    def request_access(kind: str, object_id: str) -> AnyResponse:
        """Raises Conflict where nothing is hidden; asked twice it is one request."""
        found, who = seen(deps, KINDS[kind], object_id), guards.merchant()
        if not may_ask(found):
            raise Conflict("There is nothing to request here: nothing is hidden from you.")
        with unit_of_work(deps.database) as uow:
            access_requests.ask(uow.session, who.store_id, who.user_id, KINDS[kind], object_id)
        return redirect(url_for(f"panel.{KINDS[kind]}", object_id=object_id), 303)


def may_ask(found: Seen) -> bool:
    return found.access.hides(*HIDDEN)


def asked_at(deps: Deps, found: Seen) -> datetime | None:
    """When the reader asked; looked up only where there is something to ask for."""
    if not may_ask(found):
        return None
    who = guards.merchant()
    with reading(deps.database) as session:
        return access_requests.asked_at(
            session, who.store_id, who.user_id, found.rows.object_type, found.rows.object_id
        )
