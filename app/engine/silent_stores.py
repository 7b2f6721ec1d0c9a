"""Who chose it is mailed once when their store falls silent, and once when it speaks again. Pages say it in any case.

What was told is written down before the call: a mail whose answer was lost is never sent twice. One that surely did not
go out is tried again at the next look, and the settings say why. The audit log has each that went out, or may have.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import col, select

from app import outbound
from app.db import audit
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.db.types import utc_now
from app.domain import audit_chain
from app.domain.communications import Channel
from app.domain.content import FiledCommunication, Recipient
from app.domain.ids import StoreId
from app.domain.silence import Silence, silent_since
from app.domain.zones import zone_of
from app.engine import communications
from app.engine.deps import Deps
from app.engine.letters import silence_mail
from app.engine.vault import sha256_hex
from app.errors import AppError
from app.opentext.exstream.delivery import Dispatch

log = structlog.get_logger(__name__)
EVERY = 300.0  # seconds between two looks
PATIENCE = 15.0  # seconds one mail may take
UNSURE = "It is not known whether the mail went out."


@dataclass(frozen=True)
class _News:
    """One mail that is due. `told_for` stands in the row once it went out, `before` where it surely did not."""

    store: StoreId
    to: str
    words: silence_mail.Words
    lang: str
    key: str
    told_for: datetime | None
    before: datetime | None


def sweep(deps: Deps) -> None:
    """Look at every store where somebody wants these mails; tell what changed."""
    with reading(deps.database) as session:
        wanted = session.execute(
            select(StoreRow)
            .join(OpenTextConnection, col(OpenTextConnection.store_id) == col(StoreRow.id))
            .where(col(StoreRow.silence_mail_to) != "", col(StoreRow.state) == "installed")
        ).scalars()
        found = [news for row in wanted if (news := _news(row, deps))]
    for news in found:
        _tell(deps, news)


def _news(row: StoreRow, deps: Deps) -> _News | None:
    """What this store's admin has not been told yet, if anything."""
    since, own = silent_since(row.last_delivery_at, row.installed_at), zone_of(row.timezone)
    told_for = row.silence_told_for
    if told_for is not None:
        is_over = since > told_for
        if not is_over:
            return None
    else:
        is_over = False
        silence = Silence(row.silence_hours, row.quiet_from, row.quiet_until)
        if not silence.is_too_long(since, utc_now(), own, deps.settings.periods.silence):
            return None
    words = silence_mail.words(row.silence_mail_lang, row.name, since, own, row.admin_url, is_over=is_over)
    key = f"silence:{sha256_hex(f'{row.id}|{since.isoformat()}|{is_over}')[:32]}"
    return _News(StoreId(row.id), row.silence_mail_to, words, row.silence_mail_lang, key, None if is_over else since,
                 told_for)  # fmt: skip


def _tell(deps: Deps, news: _News) -> None:
    _note(deps, news, news.told_for, UNSURE)  # until we know better
    try:
        mails_by = communications.provider_of(Channel.MAIL, deps.opentext(news.store))
        channel = communications.channel(deps, news.store, mails_by)
        with outbound.within(PATIENCE):
            channel.deliver(_dispatch(news))
    except AppError as error:
        log.warning("silence_mail_failed", store_id=news.store, code=error.specific_code)
        if communications.is_unknown(error):
            _record(deps, news, "sent")
        else:
            _note(deps, news, news.before, error.message)
        return
    log.info("silence_mail_sent", store_id=news.store, is_over=news.told_for is None)
    _note(deps, news, news.told_for, "")
    _record(deps, news, "done")


def _note(deps: Deps, news: _News, told_for: datetime | None, problem: str) -> None:
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(StoreRow, news.store)
        if row.silence_mail_to == news.to:  # chosen anew meanwhile: what is true of the former address is not of this
            row.silence_told_for, row.silence_mail_problem = told_for, problem


def _record(deps: Deps, news: _News, state: str) -> None:
    """Who was told: their address as words that are forgotten with the store, never in the chain itself."""
    action = "silence.over_told" if news.told_for is None else "silence.told"
    with unit_of_work(deps.database) as uow:
        audit.record(uow.session, news.store, "system", action, news.store,
                     to=audit_chain.said(news.to), state=state)  # fmt: skip


def _dispatch(news: _News) -> Dispatch:
    """A mail alone: nothing was composed or filed for it, it has no link of ours."""
    nothing = FiledCommunication(news.key, "silence", "1", "", "", "", (), utc_now())
    return Dispatch(
        key=news.key, communication=nothing, recipients=(Recipient("admin", "", news.to, ""),),
        subject=news.words.subject, text=news.words.body, language=news.lang, is_whole=True, is_mail=True,
    )  # fmt: skip
