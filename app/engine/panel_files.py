"""Documents fetched and filed from a panel: with the person's own ticket where people sign in, else within the map.

Content Server's own audit trail then names the person; ours does in both modes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

import structlog

from app.db import audit
from app.db.links import WorkspaceLink
from app.db.panel_facts import DocumentFacts, PanelRows
from app.db.session import unit_of_work
from app.domain.content import Document, Folder
from app.domain.ids import NodeId
from app.domain.rights import Mode, Sight
from app.engine import completeness, knowledge, person_sign_in, rights, uploads
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.engine.uploads_check import Sent
from app.errors import AppError, Conflict, NotFound, Permanent, Retryable
from app.opentext.content_server.documents import Documents

log = structlog.get_logger(__name__)
MOST_VERSIONS = 50


@dataclass(frozen=True)
class Place:
    """A folder something may be filed in; the workspace itself has no name."""

    node: int
    name: str


def document(rows: PanelRows, found: Sight, document_id: str) -> DocumentFacts:
    """One document of the object, which this person may see. Raises NotFound, NoAccess, SignedOut or Retryable."""
    known = next((one for one in rows.documents if one.id == document_id), None)
    if known is None:
        raise NotFound("There is no such document.")
    rights.demand(found, found.sees_document(known.node_id, known.traits))
    return known


def fetch(
    deps: Deps, who: Merchant, rows: PanelRows, found: Sight, document_id: str, sink: BinaryIO, *,
    version: int = 0, action: str = "document.fetched",
) -> DocumentFacts:  # fmt: skip
    """Stream a version to `sink`, or else the newest we know of. Raises NotFound, NoAccess, SignedOut or Retryable."""
    known = document(rows, found, document_id)
    documents = _documents(deps, who, rows)
    try:
        documents.download(NodeId(known.node_id), version or known.version, sink)
    except NotFound as error:
        if rows.rights.mode is Mode.PERSON:  # the right may have gone since we asked
            raise rights.NoAccess(found.contact) from error
        raise Retryable("OpenText does not have this version any more.", code="gone") from error
    _note(deps, who, rows, action, known.node_id, version or known.version)
    return known


@dataclass(frozen=True)
class VersionLine:
    """One version as Content Server tells it. `by` is empty where it names nobody."""

    number: int
    size: int
    at: datetime | None
    by: str


def versions(deps: Deps, who: Merchant, rows: PanelRows, found: Sight, document_id: str) -> tuple[VersionLine, ...]:
    """The newest first. Raises as `fetch`."""
    known = document(rows, found, document_id)
    documents = _documents(deps, who, rows)
    try:
        listed = documents.versions(NodeId(known.node_id))[::-1][:MOST_VERSIONS]
    except NotFound as error:
        raise rights.NoAccess(found.contact) from error
    names = documents.names({one.owner_id for one in listed if one.owner_id})
    return tuple(
        VersionLine(
            one.version_number, one.file_size, one.create_date or one.modify_date, names.get(one.owner_id or 0, "")
        )
        for one in listed
    )


def may_add_version(found: Sight, known: DocumentFacts) -> bool:
    """Whether this person may file a new version of a document they see; whoever may upload beside it may."""
    if found.nodes is not None:
        return found.allowed.upload
    return found.allowed.upload and found.allowed.sees(known.traits)


def add_version(
    deps: Deps, who: Merchant, rows: PanelRows, found: Sight, document_id: str, content: BinaryIO, mime_type: str
) -> Document:
    """File the next version of a document; the same bytes again are none. Raises as `file`."""
    known = document(rows, found, document_id)
    rights.demand(found, rights.may_upload(rows, found) and may_add_version(found, known))
    try:
        filed = _documents(deps, who, rows).add_version(NodeId(known.node_id), content, mime_type)
    except NotFound as error:
        raise rights.NoAccess(found.contact) from error
    except Permanent as error:
        if error.specific_code in ("refused", "forbidden") and rows.rights.mode is Mode.PERSON:
            raise rights.NoAccess(found.contact) from error
        raise
    with unit_of_work(deps.database) as uow:
        link = knowledge.link_of(uow.session, who.store_id, rows.object_type, rows.object_id)
        if isinstance(link, WorkspaceLink):
            knowledge.remember_document(uow.session, link, filed)
        _record(uow.session, who, rows, "document.version_filed", filed.id, filed.version)
    return filed


def places(deps: Deps, who: Merchant, rows: PanelRows, found: Sight) -> tuple[Place, ...]:
    """Where this person may file something about the object. Raises as `fetch`."""
    rights.demand(found, rights.may_upload(rows, found))
    assert rows.link is not None  # noqa: S101  # may_upload says so
    folders: list[Folder] = _documents(deps, who, rows).folders(NodeId(rows.link.node_id))
    own = (Place(rows.link.node_id, ""),) if _may_file(found, ()) else ()
    return own + tuple(Place(one.id, one.name) for one in folders if _may_file(found, (one.name,)))


def _may_file(found: Sight, folders: tuple[str, ...]) -> bool:
    return found.nodes is not None or found.allowed.may_file_in(folders)


def file(
    deps: Deps, who: Merchant, rows: PanelRows, found: Sight, place: int, name: str, content: BinaryIO, mime_type: str,
    *, folder: str = "",
) -> Document:  # fmt: skip
    """File a document; the same bytes under the same name are filed once, others become its next version.

    `folder` names the place as well, for a form that was made while OpenText did not answer.
    Raises NoAccess (also where OpenText refuses it), SignedOut, Retryable, Conflict.
    """
    offered = places(deps, who, rows, found)
    chosen = next((one for one in offered if one.node == place), None)
    chosen = chosen or next((one for one in offered if folder and one.name == folder), None)
    if chosen is None:
        raise rights.NoAccess(found.contact)
    try:
        filed = _documents(deps, who, rows).upload(NodeId(chosen.node), name, content, mime_type)
    except NotFound as error:
        raise rights.NoAccess(found.contact) from error
    except Permanent as error:
        if error.specific_code in ("refused", "forbidden") and rows.rights.mode is Mode.PERSON:
            raise rights.NoAccess(found.contact) from error
        raise
    _remember(deps, who, rows, filed, chosen)
    return filed


def give_type(deps: Deps, who: Merchant, rows: PanelRows, filed: Document, name: str) -> bool:
    """Make a filed document one of this type; False where OpenText did not take it, and the document stays filed."""
    if not name or rows.link is None:
        return False
    person = rows.rights.mode is Mode.PERSON
    try:
        signed_in = person_sign_in.content(deps, who)[0] if person else None
        reports = signed_in.completeness if signed_in else deps.opentext(who.store_id).completeness
        type_id = reports.type_id(NodeId(rows.link.node_id), name)
        if type_id is not None:
            reports.give_type(filed.id, type_id)
            with unit_of_work(deps.database) as uow:
                link = knowledge.link_of(uow.session, who.store_id, rows.object_type, rows.object_id)
                if isinstance(link, WorkspaceLink):
                    completeness.note_filed(link, reports.called(name))
    except AppError as error:
        log.warning("type_not_given", store_id=who.store_id, node_id=filed.id, reason=error.specific_code)
        return False
    return type_id is not None


def keep_for_later(
    deps: Deps, who: Merchant, rows: PanelRows, found: Sight, folder: str, type_name: str, sent: Sent
) -> None:
    """Take a file while OpenText does not answer: kept here, encrypted, and filed by itself once it does.

    Only within the map: where people sign in, OpenText would have to know them when it is filed. Raises NoAccess,
    Conflict (`not_queueable`: no such place, or not a type we keep), Retryable (`no_room`).
    """
    rights.demand(found, rights.may_upload(rows, found) and rows.rights.mode is Mode.SERVICE)
    if folder not in known_folders(rows, found):
        raise Conflict("This folder is not known.", code="not_queueable")
    uploads.keep_of_staff(
        deps, who.store_id, rows.object_type, rows.object_id, folder, type_name, sent, f"user:{who.user_id}"
    )


def known_folders(rows: PanelRows, found: Sight) -> tuple[str, ...]:
    """Folders of the workspace we know something lies in, as far as this person may file there."""
    names = dict.fromkeys(one.folder for one in rows.documents if one.folder)
    return tuple(name for name in names if _may_file(found, (name,)))


def known_places(rows: PanelRows, found: Sight) -> tuple[Place, ...]:
    """Where this person may file, from what we know and without asking OpenText: known folders by number, which
    `file` finds by their name, and where none is known the workspace itself. Empty where they may not."""
    if rows.link is None or not rights.may_upload(rows, found):
        return ()
    known = tuple(Place(number, name) for number, name in enumerate(known_folders(rows, found), start=1))
    return known or ((Place(rows.link.node_id, ""),) if _may_file(found, ()) else ())


def _documents(deps: Deps, who: Merchant, rows: PanelRows) -> Documents:
    if rows.rights.mode is Mode.PERSON:
        return person_sign_in.content(deps, who)[0].documents
    return deps.opentext(who.store_id).documents


def _remember(deps: Deps, who: Merchant, rows: PanelRows, filed: Document, chosen: Place) -> None:
    """Known at once, to whoever may see it; the next look at OpenText says the rest."""
    with unit_of_work(deps.database) as uow:
        link = knowledge.link_of(uow.session, who.store_id, rows.object_type, rows.object_id)
        if isinstance(link, WorkspaceLink):
            row = knowledge.remember_document(uow.session, link, filed)
            row.folder, row.folders = chosen.name, [chosen.name] if chosen.name else []
        _record(uow.session, who, rows, "document.filed", filed.id, filed.version)


def _note(deps: Deps, who: Merchant, rows: PanelRows, action: str, node: int, version: int) -> None:
    with unit_of_work(deps.database) as uow:
        _record(uow.session, who, rows, action, node, version)


def _record(session: Any, who: Merchant, rows: PanelRows, action: str, node: int, version: int) -> None:
    audit.record(
        session, who.store_id, f"user:{who.user_id}", action, f"node:{node}",
        mode=rows.rights.mode.value, about=f"{rows.object_type}:{rows.object_id}", version=version,
    )  # fmt: skip
