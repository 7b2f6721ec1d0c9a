"""What the connected Content Server has, for pages that let people choose: read by a job, shown with its age."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from pydantic.fields import FieldInfo

from app.db import server_names
from app.db.server_names import ServerNames
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection
from app.db.types import utc_now
from app.domain.ids import Provider, StoreId
from app.domain.scenario import Mode
from app.engine import preferences
from app.engine.deps import Deps
from app.errors import AppError
from app.opentext.provisioning.blueprint import load
from app.scenarios import ALL

log = structlog.get_logger(__name__)
REQUEST, GROUP = "look_at_names", "group"
CHOSEN = ("classification", "document_type", "category")  # of which the server may have another name than we


@dataclass(frozen=True)
class Known:
    """The names of one kind. `read_at` None: never read. `problem`: why the last look failed, its names stay."""

    names: tuple[str, ...] = ()
    read_at: datetime | None = None
    problem: str = ""


def known(deps: Deps, store_id: StoreId) -> dict[str, Known]:
    """By kind, from our rows alone."""
    with reading(deps.database) as session:
        rows = server_names.of_store(session, store_id)
        return {kind: Known(tuple(row.names), row.read_at, row.problem) for kind, row in rows.items()}


def ours() -> dict[str, tuple[str, ...]]:
    """The names the set-up we ship gives things, by kind: its one source."""
    shipped = load()
    return {
        "classification": tuple(each.name for each in shipped.classifications),
        "document_type": tuple(shipped.document_types()),
        "category": tuple(each.name for each in shipped.categories),
        "workspace_type": tuple(each.name for each in shipped.workspace_types),
        "folder": tuple(dict.fromkeys(one.name for each in shipped.workspace_types for one in each.folders)),
    }


def groups_used(deps: Deps, store_id: StoreId) -> dict[str, tuple[str, ...]]:
    """The groups that a store's scenarios ask, with the slugs of those that do; what is switched off asks nobody."""
    provider, found = Provider(store_id.partition(":")[0]), dict[str, tuple[str, ...]]()
    with reading(deps.database) as session:
        kept = preferences.load_all(session, store_id, ALL)
    for one in ALL:
        chosen = kept[one.slug]
        if provider in one.providers and chosen.mode is not Mode.OFF:
            for name, info in one.preferences.model_fields.items():
                value = str(getattr(chosen, name)).strip() if name_of(info) == GROUP else ""
                if value:
                    found[value] = tuple(dict.fromkeys((*found.get(value, ()), one.slug)))
    return found


def name_of(info: FieldInfo, *, several: bool = False) -> str:
    """The kind of OpenText's names a choice takes, one or several of them; empty for any other choice."""
    extra = info.json_schema_extra
    return str(extra.get("names" if several else "name", "")) if isinstance(extra, dict) else ""


def chosen(deps: Deps, store_id: StoreId) -> dict[str, dict[str, str]]:
    """Which of the server's names stand for ours, by kind; the others are the same on both sides."""
    with reading(deps.database) as session:
        row = session.get(OpenTextConnection, store_id)
        return dict(row.names) if row else {}


def refresh(deps: Deps, store_id: StoreId) -> str:
    """Read every kind now; what cannot be read keeps its last names and says why. Nothing before OpenText is there."""
    with reading(deps.database) as session:
        if session.get(OpenTextConnection, store_id) is None:
            return "not_connected"
    inventory, failed = deps.opentext(store_id).inventory, 0
    for kind in inventory.kinds:
        try:
            _keep(deps, store_id, kind, inventory.names(kind), "")
        except AppError as error:
            failed += 1
            log.info("names_not_read", store_id=store_id, kind=kind, code=error.specific_code)
            _keep(deps, store_id, kind, None, error.message)
    return f"{len(inventory.kinds) - failed} kinds of names read, {failed} not"


def _keep(deps: Deps, store_id: StoreId, kind: str, names: list[str] | None, problem: str) -> None:
    with unit_of_work(deps.database) as uow:
        row = uow.session.get(ServerNames, (store_id, kind)) or ServerNames(store_id=store_id, kind=kind)
        if names is not None:
            row.names, row.read_at = names, utc_now()
        row.problem = problem
        uow.session.add(row)
