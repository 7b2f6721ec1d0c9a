"""Records and holds from a panel: what stands in OpenText about a document, put on a hold, taken off again.

With the person's own ticket where people sign in, so that OpenText's rights decide; else within the store's map. Every
act reads first and reads back: a repetition changes nothing, and what the server passes over without a word is told.
"""

from dataclasses import dataclass
from datetime import datetime

from app.db import audit
from app.db.links import FiledDocument, WorkspaceLink
from app.db.panel_facts import DocumentFacts, PanelRows
from app.db.session import unit_of_work
from app.domain import audit_chain
from app.domain.content import AppliedHold, Hold, RecordDetails
from app.domain.ids import NodeId
from app.domain.retention import in_words
from app.domain.rights import Mode, Sight
from app.engine import knowledge, panel_files, person_sign_in, rights
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.errors import Conflict, NotFound, Permanent
from app.opentext.content_server.holds import Holds
from app.opentext.content_server.records import Records

LONGEST_NAME, LONGEST_REASON = 100, 200


@dataclass(frozen=True)
class HoldLine:
    """A hold with its matter. `source_name` is the container it comes from, empty where it is on the document."""

    name: str
    kind: str
    matter: str
    since: datetime | None
    source_name: str


@dataclass(frozen=True)
class Standing:
    """What OpenText says of one document. `recorded_at` and `kept` are empty where it is no record; `obstacles` say
    why it cannot be deleted, nothing where it can."""

    classification: str
    recorded_at: datetime | None
    status: str
    kept: str
    holds: tuple[HoldLine, ...]
    obstacles: tuple[str, ...]


def may_hold(found: Sight) -> bool:
    """Whether somebody may ask for it here; where people sign in, OpenText decides when they do."""
    return found.is_known and found.allowed.records and found.allowed.upload


def standing(deps: Deps, who: Merchant, rows: PanelRows, found: Sight, document_id: str) -> Standing:
    """Some calls. Raises NotFound, NoAccess, SignedOut or Retryable."""
    known = panel_files.document(rows, found, document_id)
    rights.demand(found, found.allowed.records)
    records, holds = _clients(deps, who, rows)
    try:
        details = records.details(NodeId(known.node_id)) or RecordDetails("")
        applied = [one for one in holds.on(NodeId(known.node_id)) if one.hold.is_active]
        obstacles = records.obstacles(NodeId(known.node_id))
    except NotFound as error:
        raise rights.NoAccess(found.contact) from error
    return Standing(
        details.classification, details.recorded_at, details.status,
        in_words(details.retention) if details.retention else "",
        tuple(_line(one) for one in applied), tuple(one.words for one in obstacles),
    )  # fmt: skip


def _line(one: AppliedHold) -> HoldLine:
    hold = one.hold
    return HoldLine(hold.name, hold.type, hold.comment, hold.applied_at, "" if one.is_direct else one.source_name)


def apply(
    deps: Deps, who: Merchant, rows: PanelRows, found: Sight, document_id: str, name: str, reason: str, *, whole: bool
) -> bool:
    """Put a document, or its whole workspace, on the hold of that name; made where there is none, for this reason.

    False where it was on it before. Raises NoAccess, SignedOut, Retryable, Permanent (`not_held`, `hold_inactive`).
    """
    known = _demand(rows, found, document_id)
    _records, holds = _clients(deps, who, rows)
    node = _workspace(rows) if whole else NodeId(known.node_id)
    hold = holds.find(name) or holds.ensure(name, comment=reason)
    if not hold.is_active:
        hold = holds.ensure(name)  # says that it was lifted
    lacking = holds.not_on([node], hold.id)
    if lacking:
        holds.apply(lacking, hold.id)
        if holds.not_on(lacking, hold.id):
            raise _refused(rows, found, "OpenText did not put it on the hold: a right is missing there.", "not_held")
    _remember(deps, who, rows, known, hold, reason, "hold.applied", whole=whole)
    return bool(lacking)


def release(deps: Deps, who: Merchant, rows: PanelRows, found: Sight, document_id: str, name: str, reason: str) -> bool:
    """Take a document off a hold: where the workspace is on it, the workspace. Other holds stay. False where it was
    on none of that name. Raises as `apply`, and Conflict where the hold comes from above the workspace.
    """
    known = _demand(rows, found, document_id)
    _records, holds = _clients(deps, who, rows)
    own, workspace = NodeId(known.node_id), _workspace(rows)
    on = [one for one in holds.on(own) if one.hold.name == name and one.hold.is_active]
    if not on:
        return False
    if any(one.source not in (own, workspace) for one in on):
        raise Conflict("This hold comes from a folder; release it there, in OpenText.", code="hold_from_above")
    for one in on:
        holds.release([one.source], one.hold.id, reason)
        if not holds.not_on([one.source], one.hold.id):
            raise _refused(rows, found, "OpenText left it on the hold: a right is missing there.", "not_released")
    whole = any(one.source == workspace for one in on)
    _remember(deps, who, rows, known, on[0].hold, reason, "hold.released", whole=whole)
    return True


def _demand(rows: PanelRows, found: Sight, document_id: str) -> DocumentFacts:
    rights.demand(found, may_hold(found))
    return panel_files.document(rows, found, document_id)


def _workspace(rows: PanelRows) -> NodeId:
    if rows.link is None:
        raise NotFound("There is no workspace.")
    return NodeId(rows.link.node_id)


def _clients(deps: Deps, who: Merchant, rows: PanelRows) -> tuple[Records, Holds]:
    if rows.rights.mode is Mode.PERSON:
        content = person_sign_in.content(deps, who)[0]
        return content.records, content.holds
    opentext = deps.opentext(who.store_id)
    return opentext.records, opentext.holds


def _refused(rows: PanelRows, found: Sight, words: str, code: str) -> Exception:
    if rows.rights.mode is Mode.PERSON:
        return rights.NoAccess(found.contact)
    return Permanent(words, code=code, hint="Let somebody who manages records there do it, or give our user the right.")


def _remember(
    deps: Deps, who: Merchant, rows: PanelRows, known: DocumentFacts, hold: Hold, reason: str, action: str, *,
    whole: bool,
) -> None:  # fmt: skip
    """Known at once; the next look at OpenText says the rest."""
    is_on = action == "hold.applied"
    node = _workspace(rows) if whole else known.node_id
    with unit_of_work(deps.database) as uow:
        link = knowledge.link_of(uow.session, who.store_id, rows.object_type, rows.object_id)
        if isinstance(link, WorkspaceLink):
            for row in knowledge.documents_of(uow.session, link, None if whole else known.node_id):
                _note(row, hold.name, is_on=is_on)
        audit.record(
            uow.session, who.store_id, f"user:{who.user_id}", action, f"node:{node}", hold=hold.id,
            reason=audit_chain.said(reason), mode=rows.rights.mode.value, about=f"{rows.object_type}:{rows.object_id}",
        )  # fmt: skip


def _note(row: FiledDocument, name: str, *, is_on: bool) -> None:
    others = [one for one in row.holds or () if one != name]
    row.holds = [*others, name] if is_on else others
