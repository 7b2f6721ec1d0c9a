"""A document's type corrected after filing: changed in OpenText as far as the reader may, and read back from there."""

import structlog

from app.db import audit
from app.db.panel_facts import DocumentFacts, PanelRows
from app.db.session import unit_of_work
from app.domain.ids import NodeId
from app.domain.rights import Mode, Sight
from app.engine import knowledge, panel_files, person_sign_in, rights
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.errors import NotFound, Permanent

log = structlog.get_logger(__name__)
REFUSED = ("refused", "forbidden")


def may_retype(rows: PanelRows, found: Sight, known: DocumentFacts) -> bool:
    """Whoever may file its next version may say what it is."""
    return rights.may_upload(rows, found) and panel_files.may_add_version(found, known)


def retype(deps: Deps, who: Merchant, rows: PanelRows, found: Sight, document_id: str, name: str) -> tuple[str, ...]:
    """Give the document this type instead of the one it has; gives its types as OpenText then tells them.

    Raises NoAccess (also where OpenText refuses it to this person), SignedOut, Retryable, NeedsReauth, NotFound
    (`no_such_type`) and Permanent (`not_read_back`: OpenText took it and tells something else).
    """
    known = panel_files.document(rows, found, document_id)
    rights.demand(found, may_retype(rows, found, known))
    assert rows.link is not None  # noqa: S101  # may_upload says so
    is_person = rows.rights.mode is Mode.PERSON
    signed_in = person_sign_in.content(deps, who)[0] if is_person else None
    reports = signed_in.completeness if signed_in else deps.opentext(who.store_id).completeness
    try:
        types = reports.replace_type(NodeId(rows.link.node_id), NodeId(known.node_id), name)
    except NotFound as error:
        if error.specific_code == "no_such_type":
            raise
        raise rights.NoAccess(found.contact) from error
    except Permanent as error:
        if is_person and error.specific_code in REFUSED:
            raise rights.NoAccess(found.contact) from error
        raise
    _remember(deps, who, rows, known, types, name)
    if name not in types:
        log.warning("type_not_read_back", store_id=who.store_id, node_id=known.node_id)
        raise Permanent("OpenText took the type and tells another one.", code="not_read_back")
    return types


def _remember(
    deps: Deps, who: Merchant, rows: PanelRows, known: DocumentFacts, types: tuple[str, ...], name: str
) -> None:
    """What was read back: the map of rights looks at it at once."""
    with unit_of_work(deps.database) as uow:
        link = knowledge.link_of(uow.session, who.store_id, rows.object_type, rows.object_id)
        for row in knowledge.documents_of(uow.session, link, known.node_id) if link else ():
            row.types = list(types)
        audit.record(
            uow.session, who.store_id, f"user:{who.user_id}", "document.retyped", f"node:{known.node_id}",
            mode=rows.rights.mode.value, about=f"{rows.object_type}:{rows.object_id}", type=name,
            read_back=name in types,
        )  # fmt: skip
