"""How long a store may tell us nothing, and who is mailed then: chosen in the settings, kept, audited."""

from dataclasses import dataclass

from app.db import audit, stores
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.domain.ids import StoreId
from app.domain.silence import Silence
from app.engine.deps import Deps
from app.engine.letters import silence_mail
from app.engine.sessions import Merchant


@dataclass(frozen=True)
class Mailing:
    """Who is mailed of a silence (empty: nobody), whether mails can go out at all, and what stopped the last one."""

    to: str
    is_possible: bool
    problem: str


def mailing(deps: Deps, store_id: StoreId) -> Mailing:
    with reading(deps.database) as session:
        row, of = session.get_one(StoreRow, store_id), session.get(OpenTextConnection, store_id)
        can_mail = stores.can_mail(of.exstream if of else None)
        return Mailing(row.silence_mail_to, can_mail, row.silence_mail_problem)


def choose(deps: Deps, who: Merchant, silence: Silence, mail_to: str) -> None:
    """Checked by the caller; holds from the next look on. Mails are in the language of who chose their address."""
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(StoreRow, who.store_id)
        row.silence_hours, row.quiet_from, row.quiet_until = silence.hours, silence.quiet_from, silence.quiet_until
        if mail_to != row.silence_mail_to:  # somebody else: a silence that lasts is news to them
            row.silence_mail_to, row.silence_mail_lang = mail_to, silence_mail.spoken(who.locale)
            row.silence_told_for, row.silence_mail_problem = None, ""
        audit.record(uow.session, who.store_id, f"user:{who.user_id}", "silence_chosen", who.store_id,
                     hours=silence.hours or 0, mails=bool(mail_to))  # fmt: skip
