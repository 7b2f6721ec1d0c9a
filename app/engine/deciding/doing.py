"""One click on an open task, done once: checked, written down, done in its engine, and the panel told."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from app.db import audit, open_tasks
from app.db.decisions import DecisionClick
from app.db.links import WorkflowLink
from app.db.panel_facts import PanelRows
from app.db.runs import Run
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.domain.rights import Sight
from app.engine import knowledge, nudge, person_sign_in, rights
from app.engine.deciding import engines
from app.engine.deciding.tasks import Act, DecidedAlready, Held, Incomplete, Option, Wish, acts, find, may
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.errors import AppError, Conflict, Retryable
from app.opentext.workflows import Engine

IN_FLIGHT = timedelta(seconds=30)  # the same click again within it is no second try
ENDS_IT = (Act.DECIDE, Act.DELEGATE, Act.RETURN)  # after these the task is nobody's here any more
HOLDS_IT = (Act.CLAIM, Act.RELEASE)  # only persons that are signed in do these


def act(deps: Deps, who: Merchant, rows: PanelRows, shown: PanelRows, found: Sight, ref: str, wish: Wish) -> None:
    """Do it in the workflow's engine, once. `rows` as they are, `shown` as this person gets them.

    Raises DecidedAlready, Taken, Incomplete, NoAccess, SignedOut, Conflict (the same click is being done), NeedsReauth
    (the app's own credentials), Permanent (with what the engine says) or Retryable: OpenText does not answer. After
    any of them nothing was done by this call, unless `unknown_outcome` says that nobody knows; the same click again
    looks first.
    """
    if _was_done(deps, who, wish.click):
        return
    rights.demand(found, True)  # who is not known sees no task, which is not that there is none
    task = find(shown, ref)
    rights.demand(found, may(found, task))
    _check(found, task, wish)
    _begin(deps, who, rows, task, wish)
    try:
        engines.of(deps, who, rows, found, task).do(wish)
    except AppError as error:
        is_unknown = isinstance(error, Retryable) and error.unknown_outcome
        _end(deps, who, wish, "sent" if is_unknown else "refused")
        if isinstance(error, DecidedAlready):
            _tell_panel(deps, who, rows, task)
        raise
    _end(deps, who, wish, "done")
    if wish.act in HOLDS_IT:
        _note_holder(deps, who, rows, task, person_sign_in.login(deps, who) if wish.act is Act.CLAIM else "")
    else:
        _tell_panel(deps, who, rows, task, wish)


def offered(deps: Deps, who: Merchant, rows: PanelRows, shown: PanelRows, found: Sight, ref: str) -> Held:
    """A task with its options; Content Server's are asked now, as this person. Raises as `act`."""
    rights.demand(found, True)
    task = find(shown, ref)
    rights.demand(found, may(found, task))
    return engines.of(deps, who, rows, found, task).offered()


def _check(found: Sight, task: Held, wish: Wish) -> None:
    """What the wish needs is there. Raises Incomplete."""
    if wish.act is Act.DECIDE:
        is_known = any(one.value == wish.outcome for one in task.options)
        if task.is_lent or not (is_known or (wish.outcome and task.engine is Engine.CONTENT_SERVER)):
            raise Incomplete("outcome")
        if Option(wish.outcome, "").asks_back and not wish.comment:
            raise Incomplete("comment")
    elif wish.act not in acts(found, task):
        raise Incomplete("outcome")
    if wish.act is Act.COMMENT and not wish.comment:
        raise Incomplete("comment")
    if wish.act is Act.DELEGATE and not wish.to:
        raise Incomplete("to")


# The click


def _was_done(deps: Deps, who: Merchant, click: str) -> bool:
    """Raises Conflict where it is being done in this moment."""
    with reading(deps.database) as session:
        row = session.get(DecisionClick, (who.store_id, click))
        if row is None:
            return False
        if row.state == "sent" and utc_now() - row.tried_at < IN_FLIGHT:
            raise Conflict("This is being done right now.", code="in_flight")
        return row.state == "done"


def _begin(deps: Deps, who: Merchant, rows: PanelRows, task: Held, wish: Wish) -> None:
    """Written down before anything is asked, so that of two equal clicks one goes on."""
    try:
        with unit_of_work(deps.database) as uow:
            row = uow.session.get(DecisionClick, (who.store_id, wish.click)) or DecisionClick(
                store_id=who.store_id, click=wish.click, user_id=who.user_id, object_type=rows.object_type,
                object_id=rows.object_id, engine=task.engine.value, instance_id=task.instance_id, task_id=task.id,
                act=wish.act.value, outcome=wish.outcome,
            )  # fmt: skip
            if (row.task_id, row.user_id) != (task.id, who.user_id):
                raise Conflict("This form was used for something else.", code="in_flight")
            row.act, row.outcome, row.state, row.tried_at = wish.act.value, wish.outcome, "sent", utc_now()
            uow.session.add(row)
    except IntegrityError as error:
        raise Conflict("This is being done right now.", code="in_flight") from error


def _end(deps: Deps, who: Merchant, wish: Wish, state: str) -> None:
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(DecisionClick, (who.store_id, wish.click))
        row.state = state
        if state == "sent":
            row.tried_at = utc_now() - IN_FLIGHT  # the next try looks at once
        audit.record(
            uow.session, who.store_id, who.actor, f"task.{wish.act.value}", f"task:{row.task_id}",
            about=f"{row.object_type}:{row.object_id}", outcome=wish.outcome, engine=row.engine, state=state,
        )  # fmt: skip


# The panel


def _tell_panel(deps: Deps, who: Merchant, rows: PanelRows, task: Held, wish: Wish | None = None) -> None:
    """Show at once that the task is not open any more; the run that waits for it looks now."""
    is_over = wish is None or wish.act in ENDS_IT
    with unit_of_work(deps.database) as uow:
        run_id = _without(uow.session, who, rows, task) if is_over else task.run_id
    if run_id:
        nudge.try_now(deps, who.store_id, run_id, who.actor)


def _without(session: Session, who: Merchant, rows: PanelRows, task: Held) -> str:
    """Take the task out of what we keep; gives the run that waits for its workflow."""
    link = knowledge.link_of(session, who.store_id, rows.object_type, rows.object_id)
    if link is not None:
        link.workflows = [row | {"tasks": _others(row.get("tasks"), task)} for row in link.workflows]
        link.content_tasks = open_tasks.content_tasks(link.workflows)
    own = _own_flow(session, who, rows, task)
    if own is None:
        return ""
    own.tasks = _others(own.tasks, task)
    return str(own.run_id)


def _note_holder(deps: Deps, who: Merchant, rows: PanelRows, task: Held, login: str) -> None:
    """Whose it is now, at once; empty: its group's again. The next look at OpenText says the rest."""
    with unit_of_work(deps.database) as uow:
        link = knowledge.link_of(uow.session, who.store_id, rows.object_type, rows.object_id)
        if link is not None:
            link.workflows = [row | {"tasks": _held_by(row.get("tasks"), task, login)} for row in link.workflows]
        own = _own_flow(uow.session, who, rows, task)
        if own is not None:
            own.tasks = _held_by(own.tasks, task, login)


def _own_flow(session: Session, who: Merchant, rows: PanelRows, task: Held) -> WorkflowLink | None:
    """The workflow of one of our runs about the object; None where it is none of ours."""
    if task.engine is not Engine.WORKFLOW_SERVICE:
        return None
    statement = (
        select(WorkflowLink)
        .join(Run, col(Run.id) == col(WorkflowLink.run_id))
        .where(
            col(WorkflowLink.store_id) == who.store_id, col(WorkflowLink.instance_id) == task.instance_id,
            col(Run.subject_type) == rows.object_type, col(Run.subject_id) == rows.object_id,
        )
    )  # fmt: skip
    return session.execute(statement).scalars().first()


def _others(kept: object, task: Held) -> list[dict[str, object]]:
    return [one for one in kept if one.get("id") != task.id] if isinstance(kept, list) else []


def _held_by(kept: object, task: Held, login: str) -> list[dict[str, object]]:
    rows = kept if isinstance(kept, list) else []
    return [one | {"assignee": login} if one.get("id") == task.id else one for one in rows]
