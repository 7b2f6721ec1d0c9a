"""A help desk's side bar shows Find without a store account: links made by an owner, entries that last half an hour.

The *link* is what the help desk is given: signed, with an end, renewed or withdrawn by a click. Opening it gives an
*entry*, which alone shows anything and is over soon, so that an address copied out of the side bar is worth nothing
tomorrow. What is shown is what the store's map of rights lets viewers see; nobody's own rights in OpenText are used.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from app.db import audit, help_desk
from app.db.help_desk import HelpDeskLink
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.ids import StoreId
from app.engine.deps import Deps
from app.engine.sessions import Merchant, Role
from app.errors import Conflict, NotFound, Permanent

ENTRY_LIFE = timedelta(minutes=30)
EARLIER_LIFE = timedelta(hours=1)  # so that nobody's side bar goes dark while the address is replaced
DAYS = (30, 90, 365)
MOST = 10
HOST = re.compile(r"https://[a-z0-9]([a-z0-9-]{0,62}\.)+[a-z][a-z0-9-]{1,62}(:\d{1,5})?")
LOCAL_HOST = re.compile(r"http://(127\.0\.0\.1|localhost)(:\d{1,5})?")
LINK = re.compile(r"([0-9a-f]{32})\.(\d{1,6})\.([0-9a-f]{64})")
ENTRY = re.compile(r"([0-9a-f]{32})\.(\d{1,6})\.(\d{1,12})\.([0-9a-f]{64})")


class BadHost(Permanent):
    """What was typed is no address that could frame a page."""

    code = "bad_host"


@dataclass(frozen=True)
class Desk:
    """Who looks: a help desk of a store. `is_open` is False where the link or entry is ours but over."""

    store_id: StoreId
    host: str
    is_open: bool
    link_id: str
    round: int

    def reader(self, locale: str) -> Merchant:
        """As whom the pages are read: a viewer without a name, a session, or a page to change anything from."""
        return Merchant(self.store_id, "", "", Role.VIEWER, locale, f"desk-{self.link_id}", "", "")


def make(deps: Deps, who: Merchant, host: str, days: int) -> str:
    """A new link; returns its id. Raises BadHost or Conflict (too many)."""
    good, now = checked_host(deps, host), utc_now()
    with unit_of_work(deps.database) as uow:
        if len(help_desk.of_store(uow.session, who.store_id)) >= MOST:
            raise Conflict("There are too many links already; withdraw one first.")
        until = now + timedelta(days=days if days in DAYS else DAYS[0])
        row = HelpDeskLink(
            store_id=who.store_id, host=good, made_by=f"user:{who.user_id}", made_at=now, expires_at=until
        )
        uow.session.add(row)
        uow.session.flush()
        audit.record(uow.session, who.store_id, f"user:{who.user_id}", "help_desk.linked", f"desk:{row.id}", host=good)
        return row.id


def checked_host(deps: Deps, host: str) -> str:
    """The origin that may frame our page. Raises BadHost."""
    text = host.strip().lower().rstrip("/")
    text = text if "://" in text else f"https://{text}"
    if HOST.fullmatch(text) or (deps.settings.allow_plain_http and LOCAL_HOST.fullmatch(text)):
        return text
    raise BadHost("This is not the address of a help desk.")


def renew(deps: Deps, who: Merchant, link_id: str) -> None:
    """Another address for the same help desk, for as long again; the one before opens for an hour more."""
    with unit_of_work(deps.database) as uow:
        row, now = _own(uow.session, who, link_id), utc_now()
        row.expires_at = now + max(row.expires_at - row.made_at, timedelta(days=DAYS[0]))
        row.round, row.made_at, row.earlier_until = row.round + 1, now, now + EARLIER_LIFE
        uow.session.add(row)
        audit.record(uow.session, who.store_id, f"user:{who.user_id}", "help_desk.renewed", f"desk:{row.id}")


def withdraw(deps: Deps, who: Merchant, link_id: str) -> None:
    """Nothing that was ever given out for this help desk opens any more, from now on."""
    with unit_of_work(deps.database) as uow:
        row = _own(uow.session, who, link_id)
        row.withdrawn_at = utc_now()
        uow.session.add(row)
        audit.record(uow.session, who.store_id, f"user:{who.user_id}", "help_desk.withdrawn", f"desk:{row.id}")


def _own(session: Session, who: Merchant, link_id: str) -> HelpDeskLink:
    row = session.get(HelpDeskLink, link_id)
    if row is None or row.store_id != who.store_id or row.withdrawn_at is not None:
        raise NotFound("There is no such link.")
    return row


def address(deps: Deps, row: HelpDeskLink) -> str:
    """What the help desk is given. Whoever has it, inside that host's frame, sees what viewers see."""
    return f"{deps.settings.public_url}/desk/{row.id}.{row.round}.{_sign(deps, 'desk-link', row.id, row.round)}"


def entry(deps: Deps, desk: Desk) -> str:
    """What opens the pages behind a link, for half an hour."""
    until = int((utc_now() + ENTRY_LIFE).timestamp())
    sealed = _sign(deps, "desk-entry", desk.link_id, desk.round, until)
    return f"{desk.link_id}.{desk.round}.{until}.{sealed}"


def by_link(deps: Deps, token: str) -> Desk | None:
    """The help desk a link was made for; None for what we never gave out."""
    found = LINK.fullmatch(token)
    if found is None or not _is_signed(deps, "desk-link", found[3], found[1], found[2]):
        return None
    desk = _desk(deps, found[1], int(found[2]))
    if desk and desk.is_open:
        _note_opened(deps, desk)
    return desk


def by_entry(deps: Deps, token: str) -> Desk | None:
    """The help desk an entry was made for; None for what we never gave out."""
    found = ENTRY.fullmatch(token)
    if found is None or not _is_signed(deps, "desk-entry", found[4], *found.groups()[:3]):
        return None
    desk = _desk(deps, found[1], int(found[2]))
    is_over = datetime.fromtimestamp(int(found[3]), UTC) <= utc_now()
    return Desk(desk.store_id, desk.host, False, desk.link_id, desk.round) if desk and is_over else desk


def _desk(deps: Deps, link_id: str, number: int) -> Desk | None:
    with reading(deps.database) as session:
        row = session.get(HelpDeskLink, link_id)
        store = session.get(StoreRow, row.store_id) if row else None
    if row is None or store is None:
        return None
    now = utc_now()
    is_current = number == row.round
    is_earlier = number == row.round - 1 and row.earlier_until is not None and now < row.earlier_until
    is_live = row.withdrawn_at is None and now < row.expires_at and store.state != "uninstalled"
    return Desk(StoreId(row.store_id), row.host, is_live and (is_current or is_earlier), row.id, number)


def _note_opened(deps: Deps, desk: Desk) -> None:
    """At most once an hour: it tells an owner whether a link is still used."""
    now = utc_now()
    with reading(deps.database) as session:
        row = session.get_one(HelpDeskLink, desk.link_id)
        if row.opened_at and now - row.opened_at < timedelta(hours=1):
            return
    with unit_of_work(deps.database) as uow:
        uow.session.get_one(HelpDeskLink, desk.link_id).opened_at = now


def _sign(deps: Deps, purpose: str, *parts: object) -> str:
    return deps.vault.sign(purpose, "|".join(str(one) for one in parts))


def _is_signed(deps: Deps, purpose: str, signature: str, *parts: object) -> bool:
    return deps.vault.is_signed(purpose, "|".join(str(one) for one in parts), signature)
