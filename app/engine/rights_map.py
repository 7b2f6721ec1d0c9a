"""A store's choice of who sees what: read for the settings page, kept with an audit entry, in one place."""

from typing import Any

from sqlmodel import Session, col, select

from app.db import audit
from app.db import rights as rows_of
from app.db.rights import StoreRights
from app.db.session import unit_of_work
from app.db.stores import StoreUser
from app.db.types import utc_now
from app.domain.rights import LONGEST_CONTACT, Entry, Mode, Rights, check_entries, entry_json
from app.engine.deps import Deps
from app.engine.sessions import Merchant, Role
from app.engine.vault import sha256_hex
from app.errors import Conflict, Rejected


def save(deps: Deps, who: Merchant, chosen: Rights) -> None:
    """Keep a store's choice; effective with the next request of everybody.

    `chosen.version` is what the page showed. Raises BadMap, Conflict (somebody else changed it), Rejected (no owner).
    """
    if who.role is not Role.OWNER:
        raise Rejected("Only an owner may change who sees what.", status=403, code="wrong_role")
    check_entries(chosen.entries)
    with unit_of_work(deps.database) as uow:
        session = uow.session
        row = session.get(StoreRights, who.store_id, with_for_update=True)
        if (row.version if row else 0) != chosen.version:
            raise Conflict("Somebody changed this meanwhile.", hint="Reload the page.")
        before = rows_of.of_store(session, who.store_id)
        row = row or StoreRights(store_id=who.store_id, version=0)
        row.mode, row.contact = chosen.mode.value, chosen.contact[:LONGEST_CONTACT]
        row.entries, row.version = [entry_json(one) for one in chosen.entries], row.version + 1
        row.changed_at, row.changed_by = utc_now(), who.user_id
        session.add(row)
        if before.mode is Mode.PERSON and chosen.mode is not Mode.PERSON:
            rows_of.forget_store(session, who.store_id)
        audit.record(
            session, who.store_id, f"user:{who.user_id}", "rights.changed", who.store_id,
            mode=chosen.mode.value, mode_before=before.mode.value,
            map=_without_people(session, who.store_id, chosen.entries),
            map_before=_without_people(session, who.store_id, before.entries),
        )  # fmt: skip


def _without_people(session: Session, store_id: str, entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    """The map as the audit log keeps it: ids for people, a digest for an address nobody here has."""
    known = {
        email.casefold(): user_id
        for user_id, email in session.exec(
            select(StoreUser.id, StoreUser.email).where(col(StoreUser.store_id) == store_id)
        )
    }
    found = []
    for one in entries:
        kept = entry_json(one)
        if "@" in one.who:
            user_id = known.get(one.who.casefold())
            kept["who"] = f"user:{user_id}" if user_id else f"sha256:{sha256_hex(one.who.casefold())[:16]}"
        found.append(kept)
    return found
