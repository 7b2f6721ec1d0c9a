"""A decision asked of one person by mail: who may decide passes that right on for one task, once, in one browser.

The address holds 256 random bits. Opening it shows nothing yet, because mail programs open links by themselves; the
first browser in which "Continue" is pressed is the only one it works in from then on. A link that was used, forwarded
after that, or came too late decides nothing and says who decided. The maker's right is asked again when it is used.
Whoever may hand such links out may withdraw them too; a withdrawn one says that and nothing else.

Only where the app's own account decides (a map of rights): people who sign in to OpenText do so themselves.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from app.db import audit, mailed, panel
from app.db.links import WorkflowLink
from app.db.mailed import DecisionLink
from app.db.panel_facts import PanelRows, RunFacts
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow, StoreUser
from app.db.types import utc_now
from app.domain.ids import StoreId
from app.domain.rights import EMAIL, Mode, Sight
from app.engine import rights
from app.engine.deciding import doing, tasks
from app.engine.deciding.tasks import Act, Held, Incomplete, Wish
from app.engine.deps import Deps
from app.engine.sessions import Merchant, Role
from app.engine.vault import random_token, sha256_hex
from app.errors import AppError, Conflict, NotFound, Permanent

LIFE = timedelta(days=3)
LONGEST_TOKEN = 64


class LinkState(StrEnum):
    """What a link is good for, as this browser stands to it."""

    UNOPENED = "unopened"
    OPEN = "open"
    ELSEWHERE = "elsewhere"
    OVER = "over"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class NotByMail(Permanent):
    """This task cannot be asked of somebody by mail."""

    code = "not_by_mail"


@dataclass(frozen=True)
class Decided:
    """How the task ended, as far as is known here."""

    by: str
    at: datetime | None
    outcome: str


@dataclass(frozen=True)
class Asked:
    """An opened link: its row, how it stands, what the task is about. `held` is None where nothing can be decided."""

    link: DecisionLink
    state: LinkState
    shop: str
    timezone: str
    maker: Merchant | None
    rows: PanelRows | None
    shown: PanelRows | None
    sight: Sight | None
    held: Held | None
    run: RunFacts | None
    decided: Decided | None


def make(deps: Deps, who: Merchant, rows: PanelRows, shown: PanelRows, found: Sight, ref: str, asked: str) -> str:
    """Ask somebody; returns the address, which is kept nowhere. Raises as `doing.act`, NotByMail or Incomplete."""
    task = tasks.find(shown, ref)
    rights.demand(found, tasks.may(found, task))
    if not _can_be_asked(rows, task):
        raise NotByMail("This task cannot be asked of somebody by mail.")
    if not EMAIL.fullmatch(asked):
        raise Incomplete("asked")
    token, now = random_token(), utc_now()
    with unit_of_work(deps.database) as uow:
        row = DecisionLink(
            token_sha256=sha256_hex(token), store_id=who.store_id, maker_id=who.user_id, asked=asked,
            object_type=rows.object_type, object_id=rows.object_id, run_id=task.run_id, task_ref=ref, task_id=task.id,
            made_at=now, expires_at=now + LIFE,
        )  # fmt: skip
        uow.session.add(row)
        audit.record(uow.session, who.store_id, f"user:{who.user_id}", "task.asked_by_mail", f"decision:{row.id}",
                     about=f"{rows.object_type}:{rows.object_id}")  # fmt: skip
    return f"{deps.settings.public_url}/decide/{token}"


def _can_be_asked(rows: PanelRows, task: Held) -> bool:
    return rows.rights.mode is Mode.SERVICE and bool(task.options and task.run_id) and not task.is_lent


def given_out(deps: Deps, who: Merchant, rows: PanelRows, found: Sight, task: Held) -> tuple[DecisionLink, ...]:
    """The task's links that still may decide it, for who may hand such links out; nobody else learns of them."""
    if not (_can_be_asked(rows, task) and tasks.may(found, task)):
        return ()
    with reading(deps.database) as session:
        return tuple(mailed.for_task(session, who.store_id, task.ref))


def withdraw(deps: Deps, who: Merchant, rows: PanelRows, shown: PanelRows, found: Sight, ref: str, link: str) -> None:
    """From now on the link decides nothing. Raises as `doing.act`, or NotFound: none of this task, used or over."""
    task = tasks.find(shown, ref)
    rights.demand(found, tasks.may(found, task))
    now = utc_now()
    statement: Any = (
        update(DecisionLink)
        .where(
            col(DecisionLink.id) == link, col(DecisionLink.store_id) == who.store_id,
            col(DecisionLink.task_ref) == task.ref, col(DecisionLink.used_at).is_(None),
            col(DecisionLink.withdrawn_at).is_(None), col(DecisionLink.expires_at) > now,
        )
        .values(withdrawn_at=now)
        .returning(col(DecisionLink.id))
    )  # fmt: skip
    with unit_of_work(deps.database) as uow:
        if uow.session.execute(statement).first() is None:
            raise NotFound("There is no such link.", code="no_link")
        audit.record(uow.session, who.store_id, f"user:{who.user_id}", "task.mail_withdrawn", f"decision:{link}",
                     about=f"{rows.object_type}:{rows.object_id}")  # fmt: skip


def look(deps: Deps, token: str, holder: str) -> Asked:
    """What this browser may do with the link. Raises NotFound: not one of ours."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        raise NotFound("There is no such link.", code="no_link")
    with reading(deps.database) as session:
        link = session.exec(select(DecisionLink).where(DecisionLink.token_sha256 == sha256_hex(token))).first()
        if link is None:
            raise NotFound("There is no such link.", code="no_link")
        store = session.get_one(StoreRow, link.store_id)
        person = session.get_one(StoreUser, link.maker_id)
        flow = session.get(WorkflowLink, link.run_id)
        rows = panel.read(session, link.store_id, link.object_type, link.object_id)
    bare = Asked(link, LinkState.OVER, store.name, store.timezone, None, None, None, None, None, None, None)
    if link.withdrawn_at is not None:  # before everything else: it tells whoever holds it nothing of the task
        return replace(bare, state=LinkState.WITHDRAWN)
    decided = _decided(link, flow)
    if decided is not None:
        return replace(bare, state=LinkState.DECIDED, decided=decided)
    if store.state == "uninstalled" or utc_now() >= link.expires_at or not person.is_active:
        return bare
    if rows is None or rows.rights.mode is not Mode.SERVICE:  # nobody's own sign-in to OpenText is ever used here
        return bare
    if link.holder_sha256 and link.holder_sha256 != sha256_hex(holder):
        return replace(bare, state=LinkState.ELSEWHERE)
    maker = Merchant(StoreId(link.store_id), person.id, person.email, Role(person.role), person.locale,
                     f"mail-{link.id}", "", store.admin_url)  # fmt: skip
    sight = rights.sight(deps, maker, rows)
    shown = rights.shown(rows, sight)
    held = tasks.held(shown).get(link.task_ref)
    if held is None:
        ended = _ended(deps, link)
        return replace(bare, state=LinkState.DECIDED, decided=ended) if ended else bare
    if not tasks.may(sight, held):
        return bare
    run = next((one for one in shown.runs if one.id == link.run_id), None)
    state = LinkState.OPEN if link.holder_sha256 else LinkState.UNOPENED
    return Asked(link, state, store.name, store.timezone, maker, rows, shown, sight, held, run, None)


def _decided(link: DecisionLink, flow: WorkflowLink | None) -> Decided | None:
    if flow is not None and flow.outcome:
        return Decided(flow.decided_by, flow.decided_at, flow.outcome)
    return Decided(link.asked, link.used_at, link.outcome) if link.used_at else None


def _ended(deps: Deps, link: DecisionLink) -> Decided | None:
    """Who ended the task while its workflow goes on elsewhere; None where the engine does not say now."""
    try:
        ended = deps.opentext(StoreId(link.store_id)).workflows.finished_task(link.task_id) if link.task_id else None
    except AppError:
        return None
    return Decided(ended.who, ended.ended_at, ended.outcome) if ended and ended.who else None


def take(deps: Deps, asked: Asked, holder: str) -> bool:
    """From here on the link works in this browser only. False: another one was first."""
    if asked.state is not LinkState.UNOPENED:
        return False
    statement: Any = (
        update(DecisionLink)
        .where(col(DecisionLink.id) == asked.link.id, col(DecisionLink.holder_sha256) == "")
        .values(holder_sha256=sha256_hex(holder))
        .returning(col(DecisionLink.id))
    )
    with unit_of_work(deps.database) as uow:
        return uow.session.execute(statement).first() is not None


def decide(deps: Deps, asked: Asked, outcome: str, comment: str) -> None:
    """Decide in the name of who was asked, by the right of who asked. Raises as `doing.act`, or Conflict."""
    maker, rows, shown, sight = asked.maker, asked.rows, asked.shown, asked.sight
    if asked.state is not LinkState.OPEN or maker is None or rows is None or shown is None or sight is None:
        raise Conflict("This link decides nothing any more.", code="link_over")
    wish = Wish(Act.DECIDE, f"mail:{asked.link.id}:{outcome}", outcome, comment)
    named = replace(maker, user_email=f"{asked.link.asked}, asked by {maker.user_email}")
    doing.act(deps, named, rows, shown, sight, asked.link.task_ref, wish)
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(DecisionLink, asked.link.id)
        row.used_at, row.outcome, row.withdrawn_at = utc_now(), outcome, None  # it came before a withdrawal
        uow.session.add(row)
        audit.record(uow.session, maker.store_id, f"decision:{row.id}", "task.decided_by_mail", f"decision:{row.id}",
                     outcome=outcome)  # fmt: skip
