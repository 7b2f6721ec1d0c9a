"""Settings: what the app may do in the store beyond what it needs everywhere, and how somebody gives it more.

Only where the store's platform gives such permissions one by one. Who may give them is the platform's to say.
"""

from dataclasses import dataclass

from flask import Blueprint

from app.db import activity
from app.db.session import reading
from app.db.stores import StoreRow
from app.domain.ids import Provider, external_store_id
from app.engine.deps import Deps
from app.errors import NotFound
from app.web import guards, language, templating
from app.web.language import _


@dataclass(frozen=True)
class Permission:
    """One scope: what for, whether the store gave it, and where it is asked for outside the admin's own script."""

    scope: str
    why: str
    is_given: bool
    is_required: bool
    url: str


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/permissions")
    def permissions() -> str:
        who = guards.merchant()
        door = deps.embedded.get(Provider(who.store_id.partition(":")[0]))
        with reading(deps.database) as session:
            store = activity.store(session, who.store_id)
            row = session.get(StoreRow, who.store_id)
            granted = frozenset(row.scopes.split()) if row else frozenset()
        if door is None:
            raise NotFound("This store gives all permissions at once.")
        language.read_in(store.timezone if store else "UTC")
        found = [
            Permission(
                scope.name, _(scope.why), scope.is_given, scope.is_required,
                door.agreement(external_store_id(who.store_id), scope.name),
            )
            for scope in door.permissions(granted)
        ]  # fmt: skip
        return templating.page("settings/permissions.html", permissions=found)
