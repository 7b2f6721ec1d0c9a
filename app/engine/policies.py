"""Which text of a store's policies was in force when: versions, each with its time, and the versions of an order."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from html import unescape

from sqlalchemy import or_, select
from sqlmodel import Session, col

from app.db.policies import PolicyOfOrder, PolicyVersion
from app.db.session import reading
from app.db.types import utc_now
from app.domain.commerce import Order
from app.domain.ids import StoreId
from app.domain.trade import Page, PageKind
from app.engine.deps import Deps

BLOCK = re.compile(r"<\s*(?:br|hr)\b[^>]*>|<\s*/\s*(?:p|div|h[1-6]|li|ul|ol|tr|table|section|blockquote)\s*>", re.I)
HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.I | re.S)
REFUNDS = re.compile(r"refund|return|rück|erstatt|rembours|retour", re.I)
TAG = re.compile(r"<[^>]*>")


def is_shown(page: Page) -> bool:
    """Is there anything of it that buyers can read?"""
    return page.is_visible and bool(page.html.strip() or (page.url and page.kind is PageKind.POLICY))


def digest(page: Page) -> str:
    """Of what buyers read: title, text and address; a change of anything else is no new version."""
    text = "\x00".join((page.title.strip(), page.html.replace("\r\n", "\n").strip(), page.url))
    return hashlib.sha256(text.encode()).hexdigest()


def text_of(html: str) -> str:
    """The words of a page, a line for each block."""
    lines = TAG.sub("", BLOCK.sub("\n", HIDDEN.sub(" ", html)))
    kept = [" ".join(line.split()) for line in unescape(lines).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def latest(session: Session, store_id: str, page_id: str) -> PolicyVersion | None:
    """The newest version of a page, in force or not."""
    return session.execute(
        select(PolicyVersion)
        .where(col(PolicyVersion.store_id) == store_id, col(PolicyVersion.page_id) == page_id)
        .order_by(col(PolicyVersion.number).desc())
        .limit(1)
    ).scalar_one_or_none()


def begin(session: Session, store_id: StoreId, page: Page) -> tuple[PolicyVersion, bool]:
    """The version in force, and whether it is new, in the caller's transaction. The former one ends with it.

    A text that comes back after another was in force is a version of its own: it was not in force between.
    """
    known, sha256 = latest(session, store_id, page.id), digest(page)
    if known is not None and known.in_force_to is None:
        if known.sha256 == sha256:
            return known, False
        known.in_force_to = utc_now()
    row = PolicyVersion(
        store_id=store_id, page_id=page.id, number=known.number + 1 if known else 1, title=page.title, url=page.url,
        sha256=sha256, html=page.html, in_force_from=utc_now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row, True


def end(session: Session, store_id: str, page_id: str) -> bool:
    """The page is gone or no longer shown: nothing of it is in force any more. False: nothing was."""
    known = latest(session, store_id, page_id)
    if known is None or known.in_force_to is not None:
        return False
    known.in_force_to = utc_now()
    return True


def in_force(session: Session, store_id: str, at: datetime) -> Sequence[PolicyVersion]:
    """What buyers could read at that time, by title. Before the first version we saw nothing is known."""
    rows = session.execute(
        select(PolicyVersion).where(
            col(PolicyVersion.store_id) == store_id, col(PolicyVersion.in_force_from) <= at,
            or_(col(PolicyVersion.in_force_to).is_(None), col(PolicyVersion.in_force_to) > at),
        )
    ).scalars()  # fmt: skip
    return sorted(rows, key=lambda row: row.title.casefold())


def note_order(session: Session, store_id: str, order: Order) -> None:
    """Write down once under which versions an order was placed, in the caller's transaction."""
    known = select(PolicyOfOrder).where(
        col(PolicyOfOrder.store_id) == store_id, col(PolicyOfOrder.order_id) == order.id
    )
    if session.execute(known.limit(1)).first() is not None:
        return
    for version in in_force(session, store_id, order.placed_at):
        session.add(PolicyOfOrder(store_id=store_id, order_id=order.id, version_id=version.id))


def lines(deps: Deps, store_id: StoreId, order: Order) -> tuple[str, ...]:
    """ "Terms, version 3 of 2 Nov 2026" for each policy the order was placed under."""
    with reading(deps.database) as session:
        found = in_force(session, store_id, order.placed_at)
    return tuple(in_words(one.title, one.number, one.in_force_from) for one in found)


def refund_terms(deps: Deps, store_id: StoreId, order: Order) -> str:
    """The words on refunds and returns the order was placed under; empty where no such page was kept."""
    with reading(deps.database) as session:
        found = in_force(session, store_id, order.placed_at)
        texts = [f"{one.title}\n{text_of(one.html)}" for one in found if REFUNDS.search(one.title) and one.html]
    return "\n\n".join(texts)


def in_words(title: str, number: int, since: datetime) -> str:
    return f"{title}, version {number} of {since.day} {since:%b %Y}"
