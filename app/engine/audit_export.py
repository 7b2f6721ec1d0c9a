"""A store's audit log as files: the whole chain, which proves itself, or chosen entries for a spreadsheet.

What people wrote (reasons for a hold) goes out only to whoever may see everything of the store's OpenText; for others
it is left out as erasure leaves it out, and the chain holds all the same. That somebody exported is an entry too.
"""

import csv
import io
import json
from collections.abc import Iterator

from app.db import audit, audit_reading
from app.db.audit_reading import Head, Line, Narrowed
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.domain import audit_chain
from app.domain.audit_chain import GENESIS
from app.engine import rights
from app.engine.deps import Deps
from app.engine.sessions import Merchant

PAGE = 500
MOST_ROWS = 20_000  # of a spreadsheet
COLUMNS = ("number", "at", "who", "what", "about", "detail")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def whole(deps: Deps, who: Merchant, page: int = PAGE) -> Iterator[bytes]:
    """The chain as JSON lines up to now, with its seal; written page by page, so that its length does not matter."""
    head, with_words = _begin(deps, who, "chain")
    return _lines(deps, who, head, page, with_words=with_words)


def _begin(deps: Deps, who: Merchant, form: str) -> tuple[Head, bool]:
    with unit_of_work(deps.database) as uow:
        entry = audit.record(uow.session, who.store_id, f"user:{who.user_id}", "audit.exported", form=form)
        return Head(entry.seq, entry.hash), rights.is_whole(uow.session, who)


def _lines(deps: Deps, who: Merchant, head: Head, most: int, *, with_words: bool) -> Iterator[bytes]:
    last, count, at = GENESIS, 0, 0
    while at < head.seq:
        with reading(deps.database) as session:
            page = [audit.as_exported(one) for one in audit_reading.entries(session, who.store_id, at, head.seq, most)]
        if not page:
            break
        for entry in page:
            if not with_words:
                entry["detail"] = {name: audit_chain.forgotten(value) for name, value in entry["detail"].items()}
            yield f"{audit_chain.line_of(entry)}\n".encode()
        at, last, count = page[-1]["seq"], page[-1]["hash"], count + len(page)
    yield f"{audit_chain.seal_of(who.store_id, count, last, utc_now())}\n".encode()


def chosen(deps: Deps, who: Merchant, narrowed: Narrowed) -> bytes:
    """The chosen entries as CSV, the latest first, at most `MOST_ROWS`; for reading: only the whole chain proves."""
    _head, with_words = _begin(deps, who, "csv")
    with reading(deps.database) as session:
        found = audit_reading.lines(session, who.store_id, narrowed, MOST_ROWS)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in found:
        told = json.dumps(shown_detail(line, with_words=with_words), ensure_ascii=False, default=str)
        row = (line.seq, line.at.isoformat(), line.email or line.actor, line.action, line.object, told)
        writer.writerow([_cell(str(one)) for one in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def shown_detail(line: Line, *, with_words: bool) -> dict[str, object]:
    """An entry's detail as people read it; of what a person wrote the words, empty where they are gone or not theirs
    to read."""
    return {
        name: ((audit_chain.words(value) or "") if with_words else "") if audit_chain.is_said(value) else value
        for name, value in line.detail.items()
    }


def _cell(text: str) -> str:
    """No cell is a formula: a spreadsheet would run it."""
    return f"'{text}" if text.startswith(FORMULA) else text
