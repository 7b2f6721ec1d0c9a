"""Decisions a store's work waits for, one statement for each engine: the tasks, what they are about, what it is worth.

Workflows of the Workflow Service are those of our runs; those of Content Server are kept beside their workspace.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, cast, func, or_, select
from sqlmodel import Session

from app.db.links import SubjectSnapshot, WorkflowLink, WorkspaceLink
from app.db.runs import Run
from app.db.session import read_json

MOST = 10_000  # what is worth most may have come last: all are looked at, so little is read of each
UNDER_WAY = ("waiting", "running", "quarantined", "waiting_reauth")
SAID = ("customer_name", "status_label", "company", "amount", "currency")
WORKFLOW_SERVICE, CONTENT_SERVER = "workflow_service", "content_server"

# Core columns: of thousands of rows the mapper's work on each is felt.
FLOWS: Any = WorkflowLink.__table__  # type: ignore[attr-defined]
LINKS: Any = WorkspaceLink.__table__  # type: ignore[attr-defined]
RUNS: Any = Run.__table__  # type: ignore[attr-defined]
SNAPSHOTS: Any = SubjectSnapshot.__table__  # type: ignore[attr-defined]
FLOW, LINK, RUN, SNAPSHOT = FLOWS.c, LINKS.c, RUNS.c, SNAPSHOTS.c

Object = tuple[str, str, str]  # store, type, id


class WaitingWorkflow(NamedTuple):
    """One workflow that waits for people, as far as lists of thousands are narrowed and sorted by it. `tasks` as
    `engine.workflow_list` keeps them; `worth`: what hangs on it as a decimal, empty for none; `node_id`: of the
    workspace, 0 before there is one.

    `run_id` and `scenario` are empty where the workflow is none of ours; `name` is the workflow's own then.
    """

    store_id: str
    engine: str
    run_id: str
    scenario: str
    object_type: str
    object_id: str
    object_name: str
    instance_id: str
    tasks: Sequence[dict[str, Any]]
    started_at: datetime
    node_id: int
    worth: str
    name: str = ""

    @property
    def about(self) -> Object:
        return self.store_id, self.object_type, self.object_id


@dataclass(frozen=True)
class Told:
    """What a line in a list says of an object besides: what the store calls it, and `SAID` of what it told."""

    name: str
    facts: dict[str, str]


NOTHING_TOLD = Told("", {})


def waiting(session: Session, stores: Collection[str], most: int = MOST) -> list[WaitingWorkflow]:
    """The longest waiting first; whatever is decided is never looked at. Those of Content Server as last seen."""
    found = [*_ours(session, stores, most), *_of_content_server(session, stores, most)]
    found.sort(key=lambda one: one.started_at)
    return found[:most]


def told(session: Session, objects: Collection[Object]) -> dict[Object, Told]:
    """What the store told of these objects, as far as it told anything. One statement."""
    if not objects:
        return {}
    by_kind: dict[tuple[str, str], list[str]] = {}
    for store_id, object_type, object_id in objects:
        by_kind.setdefault((store_id, object_type), []).append(object_id)
    s = SNAPSHOT
    kinds = by_kind.items()
    wanted = or_(
        *(and_(s.store_id == store, s.object_type == one, s.object_id.in_(ids)) for (store, one), ids in kinds)
    )
    rows = session.execute(select(s.store_id, s.object_type, s.object_id, s.name, *_said()).where(wanted))
    return {(row[0], row[1], row[2]): Told(row.name, _facts(row[-len(SAID) :])) for row in rows}


def _ours(session: Session, stores: Collection[str], most: int) -> Iterator[WaitingWorkflow]:
    """By the runs that are under way."""
    statement = (
        select(
            RUN.store_id, RUN.id, RUN.scenario, RUN.subject_type, RUN.subject_id, RUN.subject_name,
            FLOW.instance_id, cast(FLOW.tasks, Text), FLOW.started_at, LINK.workspace_id, SNAPSHOT.worth,
        )
        .select_from(RUNS)
        .join(FLOWS, FLOW.run_id == RUN.id)
        .outerjoin(SNAPSHOTS, _about(SNAPSHOT))
        .outerjoin(LINKS, _about(LINK))
        .where(RUN.store_id.in_(stores), RUN.state.in_(UNDER_WAY), FLOW.status == "running", FLOW.outcome == "")
        .limit(most)
    )  # fmt: skip
    for store, run_id, scenario, kind, of, name, instance, tasks, started_at, node, worth in session.execute(statement):
        yield WaitingWorkflow(
            store, WORKFLOW_SERVICE, run_id, scenario, kind, of, name, instance, _read(tasks), started_at, node or 0,
            worth or "",
        )  # fmt: skip


@lru_cache(maxsize=MOST)
def _read(tasks: str | None) -> Sequence[dict[str, Any]]:
    """The same thousands of texts are read for every list. Nobody may change what it gives."""
    return tuple(read_json(tasks) or ()) if tasks else ()


def _said() -> list[Any]:
    """Of what the store told, what a line in a list says: what hangs on it, and whose it is. As texts, each alone."""
    facts = SNAPSHOT.facts
    said = [facts[name].as_string().label(f"said_{name}") for name in SAID[:3]]
    currency = func.coalesce(facts["total", "currency"].as_string(), facts["amount", "currency"].as_string())
    return [*said, SNAPSHOT.worth.label("said_amount"), currency.label("said_currency")]


def _facts(values: Sequence[Any]) -> dict[str, str]:
    return {name: str(value) for name, value in zip(SAID, values, strict=True) if value}


def _about(table: Any) -> Any:
    return and_(
        table.store_id == RUN.store_id, table.object_type == RUN.subject_type, table.object_id == RUN.subject_id
    )


def _of_content_server(session: Session, stores: Collection[str], most: int) -> Iterator[WaitingWorkflow]:
    """By the workspaces in which something waits, which an index tells."""
    same = and_(
        SNAPSHOT.store_id == LINK.store_id, SNAPSHOT.object_type == LINK.object_type,
        SNAPSHOT.object_id == LINK.object_id,
    )  # fmt: skip
    statement = (
        select(
            LINK.store_id, LINK.object_type, LINK.object_id, LINK.object_name, LINK.workspace_id, LINK.workflows,
            LINK.seen_at, SNAPSHOT.worth,
        )
        .select_from(LINKS)
        .outerjoin(SNAPSHOTS, same)
        .where(LINK.store_id.in_(stores), LINK.content_tasks > 0)
        .limit(most)
    )  # fmt: skip
    for row in session.execute(statement):
        for flow in row.workflows:
            if flow.get("engine") == CONTENT_SERVER and flow.get("tasks"):
                yield WaitingWorkflow(
                    row.store_id, CONTENT_SERVER, "", "", row.object_type, row.object_id, row.object_name,
                    str(flow["id"]), flow["tasks"], _moment(flow.get("started_at")) or row.seen_at, row.workspace_id,
                    row.worth or "", str(flow.get("name") or ""),
                )  # fmt: skip


def objects_in(
    session: Session, stores: Collection[str], workspaces: Collection[int]
) -> tuple[tuple[str, str, str], ...]:
    """(store, type, id) of the objects these workspaces are of."""
    if not workspaces:
        return ()
    statement = select(LINK.store_id, LINK.object_type, LINK.object_id).where(
        LINK.store_id.in_(stores), LINK.workspace_id.in_(workspaces)
    )
    return tuple((row.store_id, row.object_type, row.object_id) for row in session.execute(statement))


def content_tasks(workflows: Collection[dict[str, Any]]) -> int:
    """How many open tasks of Content Server's own engine are among workflows as they are kept."""
    return sum(len(flow.get("tasks") or ()) for flow in workflows if flow.get("engine") == CONTENT_SERVER)


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None
