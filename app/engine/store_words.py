"""How a store reads, and the marks by which what we left in it is known again.

Staff notes, reasons of holds and refunds, notices and names are written in the store's language, with its dates and
money; what a buyer reads in the buyer's, where we know and speak it. Words change with the language, and people edit
them: a note is found again by its mark. Tags, handles and states in metafields are no words: they stay as they are.
"""

import hashlib

from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.domain.ids import StoreId
from app.engine.deps import Deps
from app.language.catalogues import languages
from app.language.reading import Reader, reader_for

ENGLISH = reader_for("en")  # what is said in it is the same in every store: for marks and keys


def reader_of(deps: Deps, store_id: StoreId) -> Reader:
    """The store's language, region and time zone as its set-up kept them; asked once where it was set up before."""
    with reading(deps.database) as session:
        row = session.get_one(StoreRow, store_id)
        locale, zone = row.locale, row.timezone
    return reader_for(locale or _asked(deps, store_id), zone)


def _asked(deps: Deps, store_id: StoreId) -> str:
    locale = deps.store(store_id).read.profile().locale
    with unit_of_work(deps.database) as uow:
        uow.session.get_one(StoreRow, store_id).locale = locale
    return locale


def for_buyer(deps: Deps, store_id: StoreId, language: str) -> Reader:
    """As a buyer of this language reads; the store's own where it is not known, or none of ours."""
    own = reader_of(deps, store_id)
    tag = language.replace("_", "-")
    return reader_for(tag, str(own.zone)) if tag.partition("-")[0].lower() in languages() else own


def mark(key: str) -> str:
    """The mark of one thing we leave behind: the same for the same key, whatever its words."""
    return f"[{hashlib.sha256(key.encode()).hexdigest()[:6].upper()}]"
