"""Upload links: a buyer sends what is missing, without an account; kept here, encrypted, until Content Server has it.

A link is "<request id>.<signature>"; the signature covers the id and the end of its time, so rows alone make no link.
Each thing asked for is taken once; with the last the link is used up. After the first file the link works only in the
browser that sent it: one that was forwarded explains itself.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from app.db import audit
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.db.uploads import UploadContent, UploadFile, UploadRequest
from app.domain.events import Source, Topic
from app.domain.ids import StoreId
from app.domain.uploads import Wanted, shown_name
from app.engine import timers
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.engine.uploads_check import Checked, Sent, check
from app.engine.vault import sha256_hex
from app.errors import Conflict, NotFound, Rejected, Retryable

TOKEN = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{64})")
PURPOSE = "upload-link"
OF_STAFF = "staff"  # the purpose of what a member of staff filed while OpenText did not answer
REMINDER = "documents_reminder"  # the timer of an object that still waits for what it asked for
MOST_FILES = 20  # of one thing that takes several
MOST_REFUSED = 30  # files of one link that were not taken
TELL_AGAIN_AFTER = timedelta(minutes=1)


class LinkState(StrEnum):
    """What a link is good for now."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ELSEWHERE = "elsewhere"  # it was used in another browser


@dataclass(frozen=True)
class Slot:
    """One thing asked for and what came for it."""

    wanted: Wanted
    files: tuple[UploadFile, ...]

    @property
    def is_received(self) -> bool:
        return any(file.state != "refused" for file in self.files)

    @property
    def is_taking(self) -> bool:
        return not self.is_received or (self.wanted.several and len(self.files) < MOST_FILES)


@dataclass(frozen=True)
class Visit:
    """What a link's page needs. Nothing of the order but its name."""

    request: UploadRequest
    state: LinkState
    shop: str
    shop_url: str
    timezone: str
    slots: tuple[Slot, ...]


def wanted_of(request: UploadRequest) -> tuple[Wanted, ...]:
    return tuple(Wanted(**{**one, "mime_types": tuple(one["mime_types"])}) for one in request.wanted)


def open_request(
    session: Session,
    store_id: StoreId,
    object_type: str,
    object_id: str,
    object_name: str,
    wanted: Sequence[Wanted],
    expires_at: datetime,
    *,
    purpose: str = "",
    run_id: str | None = None,
) -> UploadRequest:
    """Ask for these documents, in the caller's transaction. Idempotent per run: a repetition finds the first."""
    if run_id is not None:
        found: UploadRequest | None = session.execute(
            select(UploadRequest).where(col(UploadRequest.run_id) == run_id, col(UploadRequest.state) == "open")
        ).scalars().first()  # fmt: skip
        if found is not None:
            return found
    row = UploadRequest(
        store_id=store_id, run_id=run_id, object_type=object_type, object_id=object_id, object_name=object_name,
        purpose=purpose, wanted=[_as_json(one) for one in wanted], expires_at=expires_at.replace(microsecond=0),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, store_id, "system", "upload_link_made", f"{object_type}:{object_id}", request=row.id)
    return row


def _as_json(wanted: Wanted) -> dict[str, Any]:
    return {**asdict(wanted), "mime_types": list(wanted.mime_types)}


def link(deps: Deps, request: UploadRequest) -> str:
    """The address for the buyer."""
    return f"{deps.settings.public_url}/up/{request.id}.{_signature(deps, request.id, request.expires_at)}"


def link_of(deps: Deps, request_id: str, expires_at: datetime) -> str:
    """The same from what a page knows of the row."""
    return f"{deps.settings.public_url}/up/{request_id}.{_signature(deps, request_id, expires_at)}"


def _signature(deps: Deps, request_id: str, expires_at: datetime) -> str:
    return deps.vault.sign(PURPOSE, _signed(request_id, expires_at))


def _signed(request_id: str, expires_at: datetime) -> str:
    return f"{request_id}:{int(expires_at.timestamp())}"


def visit(deps: Deps, token: str, holder: str = "") -> Visit:
    """Who comes with a link sees this. `holder` is the browser's own secret. Raises NotFound: no link of ours."""
    with reading(deps.database) as session:
        request = _genuine(deps, session, token)
        store = session.get_one(StoreRow, request.store_id)
        return Visit(
            request, _state(request, store, holder), store.name, store.storefront_url, store.timezone,
            slots_in(session, request),
        )  # fmt: skip


def _genuine(deps: Deps, session: Session, token: str, *, lock: bool = False) -> UploadRequest:
    found = TOKEN.fullmatch(token)
    request: UploadRequest | None = None
    if found is not None:
        request = session.get(UploadRequest, found[1], with_for_update=True if lock else None)
    if found is None or request is None:
        raise NotFound("There is no such link.", code="no_link")
    if not deps.vault.is_signed(PURPOSE, _signed(request.id, request.expires_at), found[2]):
        raise NotFound("There is no such link.", code="no_link")
    return request


def _state(request: UploadRequest, store: StoreRow, holder: str) -> LinkState:
    if request.state == "revoked" or store.state == "uninstalled":
        return LinkState.REVOKED
    if request.holder_sha256 and request.holder_sha256 != (sha256_hex(holder) if holder else ""):
        return LinkState.ELSEWHERE
    if request.state == "complete":
        return LinkState.COMPLETE
    return LinkState.EXPIRED if request.expires_at <= utc_now() else LinkState.OPEN


def slots_in(session: Session, request: UploadRequest) -> tuple[Slot, ...]:
    files = session.execute(
        select(UploadFile).where(col(UploadFile.request_id) == request.id).order_by(col(UploadFile.received_at))
    ).scalars()
    by_key: dict[str, list[UploadFile]] = {}
    for file in files:
        by_key.setdefault(file.wanted, []).append(file)
    return tuple(Slot(one, tuple(by_key.get(one.key, ()))) for one in wanted_of(request))


def note_opened(deps: Deps, visited: Visit) -> None:
    """Remember that somebody has looked, once."""
    if visited.request.opened_at is not None:
        return
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(UploadRequest, visited.request.id)
        if row.opened_at is None:
            row.opened_at = utc_now()
            audit.record(uow.session, row.store_id, "buyer", "upload_link_opened", _object(row), request=row.id)


def receive(deps: Deps, token: str, holder: str, sent: Sequence[Sent]) -> int:
    """Keep what was sent, durably, before anybody is thanked; returns how many files were taken.

    What is not taken is set aside with its reason. Raises NotFound (no link), Conflict (the link is not open any
    more, or not for this), Retryable (`no_room`: too much waits to be filed; nothing was kept).
    """
    visited = visit(deps, token, holder)
    _require_open(visited.state)
    _make_sure_of_room(deps, sent)
    by_key = {slot.wanted.key: slot.wanted for slot in visited.slots}
    checked = [check(one, by_key[one.wanted]) for one in sent if one.wanted in by_key]
    with unit_of_work(deps.database) as uow:
        session = uow.session
        request = _genuine(deps, session, token, lock=True)
        _require_open(_state(request, session.get_one(StoreRow, request.store_id), holder))
        taken = _keep(deps, session, request, checked)
        if taken and not request.holder_sha256:
            request.holder_sha256 = sha256_hex(holder)
        if all(slot.is_received and not slot.wanted.several for slot in slots_in(session, request)):
            _end(session, request, "complete", "buyer")
    for file in taken:
        tell(deps, request, file)
    return len(taken)


def keep_of_staff(
    deps: Deps, store_id: StoreId, object_type: str, object_id: str, folder: str, type_name: str, sent: Sent, by: str
) -> UploadFile:
    """Keep one file of a member of staff until Content Server takes it; a request of its own, which has no link.

    Raises Conflict (`not_queueable`: not a kind we keep), Retryable (`no_room`).
    """
    _make_sure_of_room(deps, [sent])
    stem = sent.name.rpartition(".")[0] or sent.name
    wanted = Wanted(sent.wanted, shown_name(stem), folder, type_name=type_name)
    checked = check(sent, wanted)
    if checked.reason:
        raise Conflict(checked.reason, code="not_queueable")
    now = utc_now().replace(microsecond=0)
    with unit_of_work(deps.database) as uow:
        request = UploadRequest(
            store_id=store_id, object_type=object_type, object_id=object_id, object_name="", purpose=OF_STAFF,
            wanted=[_as_json(wanted)], state="complete", expires_at=now, ended_at=now, ended_by=by,
        )  # fmt: skip
        uow.session.add(request)
        uow.session.flush()
        file = _row(deps, uow.session, request, checked)
        audit.record(uow.session, store_id, by, "document.queued", _object(request), file=file.id)
    tell(deps, request, file)
    return file


def _require_open(state: LinkState) -> None:
    if state is not LinkState.OPEN:
        raise Conflict("This link is not open any more.", code=f"link_{state.value}")


def _make_sure_of_room(deps: Deps, sent: Sequence[Sent]) -> None:
    """Files that wait for Content Server are bounded: better a buyer who comes again than a full disk."""
    with reading(deps.database) as session:
        waiting = session.execute(
            select(func.coalesce(func.sum(UploadFile.size), 0)).where(col(UploadFile.state) == "kept")
        ).scalar_one()
    if int(waiting) + sum(len(one.content) for one in sent) > deps.settings.limits.uploads_waiting_bytes:
        raise Retryable("Too many files wait to be filed.", code="no_room")


def _keep(deps: Deps, session: Session, request: UploadRequest, checked: Sequence[Checked]) -> list[UploadFile]:
    slots = {slot.wanted.key: slot for slot in slots_in(session, request)}
    counts = {key: sum(f.state != "refused" for f in slot.files) for key, slot in slots.items()}
    refused = sum(f.state == "refused" for slot in slots.values() for f in slot.files)
    known = {(f.wanted, f.sha256) for slot in slots.values() for f in slot.files}
    taken = []
    for one in checked:
        key = one.sent.wanted
        most = MOST_FILES if slots[key].wanted.several else 1
        if (key, one.sha256) in known or (not one.reason and counts[key] >= most):
            continue  # the same file again (a form sent twice), or more than was asked for
        if one.reason and refused >= MOST_REFUSED:
            raise Rejected("Too many files that are not taken.", status=429, code="too_many_refused")
        known.add((key, one.sha256))
        row = _row(deps, session, request, one)
        if one.reason:
            refused += 1
        else:
            counts[key] += 1
            taken.append(row)
    return taken


def _row(deps: Deps, session: Session, request: UploadRequest, one: Checked) -> UploadFile:
    row = UploadFile(
        request_id=request.id, store_id=request.store_id, wanted=one.sent.wanted, name=one.name,
        size=len(one.sent.content), mime_type=one.mime_type, sha256=one.sha256, reason=one.reason,
        state="refused" if one.reason else "kept",
    )  # fmt: skip
    session.add(row)
    session.flush()
    sealed = deps.vault.encrypt(one.sent.content, _place(row.id))
    session.add(UploadContent(file_id=row.id, content=sealed))
    audit.record(session, request.store_id, "buyer", "upload_refused" if one.reason else "upload_received",
                 _object(request), request=request.id, file=row.id, sha256=row.sha256, size=row.size)  # fmt: skip
    return row


def _place(file_id: str) -> str:
    return f"upload_content:content:{file_id}"


def _object(request: UploadRequest) -> str:
    return f"{request.object_type}:{request.object_id}"


def _end(session: Session, request: UploadRequest, state: str, by: str) -> None:
    request.state, request.ended_at, request.ended_by = state, utc_now(), by
    timers.cancel(session, StoreId(request.store_id), request.object_type, request.object_id, REMINDER)
    action = {"complete": "upload_link_used_up", "revoked": "upload_link_revoked"}[state]
    audit.record(session, request.store_id, by, action, _object(request), request=request.id)


def finish(deps: Deps, token: str, holder: str) -> None:
    """The buyer says that this is all: what was asked for is there. Raises Conflict while something lacks."""
    visited = visit(deps, token, holder)
    _require_open(visited.state)
    if not all(slot.is_received for slot in visited.slots):
        raise Conflict("Something that was asked for is still missing.", code="still_missing")
    with unit_of_work(deps.database) as uow:
        _end(uow.session, uow.session.get_one(UploadRequest, visited.request.id), "complete", "buyer")


def revoke(deps: Deps, store_id: StoreId, request_id: str, actor: str) -> UploadRequest:
    """The link stops working now; what came in stays. Raises NotFound (also another store's), Conflict (ended)."""
    with unit_of_work(deps.database) as uow:
        request = uow.session.get(UploadRequest, request_id, with_for_update=True)
        if request is None or request.store_id != store_id:
            raise NotFound("There is no such request.")
        if request.state != "open":
            raise Conflict("This link has ended already.", code="link_ended")
        _end(uow.session, request, "revoked", actor)
        return request


def tell(deps: Deps, request: UploadRequest, file: UploadFile) -> bool:
    """The file as an event about its object; a repetition is none."""
    return deps.intake.accept(
        NewEvent(StoreId(request.store_id), Source.PERSON, f"upload:{file.id}", Topic.DOCUMENT_ARRIVED,
                 request.object_type, request.object_id, {"file": file.id, "upload_request": request.id})
    )  # fmt: skip


def content(deps: Deps, file_id: str) -> bytes:
    """The bytes of a file that waits to be filed. Raises NotFound."""
    with reading(deps.database) as session:
        row = session.get(UploadContent, file_id)
    if row is None:
        raise NotFound("The file's bytes are not here any more.", code="no_content")
    return deps.vault.decrypt(row.content, _place(file_id))


def note_filed(session: Session, file_id: str, filed_name: str, node_id: int) -> None:
    """Content Server has it: our copy goes, in the caller's transaction."""
    file = session.get_one(UploadFile, file_id)
    file.state, file.filed_at, file.filed_name, file.node_id = "filed", utc_now(), filed_name, node_id
    session.execute(delete(UploadContent).where(col(UploadContent.file_id) == file_id))


def sweep(deps: Deps) -> None:
    """Tell again what nobody was told (we stopped between keeping and telling); forget what was refused long ago."""
    late = utc_now() - TELL_AGAIN_AFTER
    with reading(deps.database) as session:
        waiting = session.execute(
            select(UploadFile, UploadRequest)
            .join(UploadRequest, col(UploadRequest.id) == col(UploadFile.request_id))
            .where(col(UploadFile.state) == "kept", col(UploadFile.received_at) < late)
            .order_by(col(UploadFile.received_at))
            .limit(500)
        ).all()
    for file, request in waiting:
        tell(deps, request, file)
    old = utc_now() - deps.settings.periods.raw_retention
    refused = select(col(UploadFile.id)).where(col(UploadFile.state) == "refused", col(UploadFile.received_at) < old)
    with unit_of_work(deps.database) as uow:
        uow.session.execute(delete(UploadContent).where(col(UploadContent.file_id).in_(refused)))


def number_of(session: Session, file: UploadFile) -> int:
    """The how-manieth file of its name this is for its object, counted over all its requests: names never clash."""
    request = session.get_one(UploadRequest, file.request_id)
    name = next(one.name for one in wanted_of(request) if one.key == file.wanted)
    requests = session.execute(
        select(UploadRequest).where(
            col(UploadRequest.store_id) == request.store_id, col(UploadRequest.object_type) == request.object_type,
            col(UploadRequest.object_id) == request.object_id,
        )
    ).scalars()  # fmt: skip
    same = {one.id: {w.key for w in wanted_of(one) if w.name == name} for one in requests}
    files = session.execute(
        select(UploadFile)
        .where(col(UploadFile.request_id).in_(same), col(UploadFile.state) != "refused")
        .order_by(col(UploadFile.received_at), col(UploadFile.id))
    ).scalars()
    mine = [one.id for one in files if one.wanted in same[one.request_id]]
    return mine.index(file.id) + 1
