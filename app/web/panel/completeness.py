"""What a workspace lacks, in words: missing document types; documents that are in process or outdated."""

from dataclasses import dataclass
from typing import Any

from app.db.panel_facts import DocumentFacts, PanelRows
from app.domain.rights import Sight, Traits
from app.web.language import _
from app.web.texts import State


@dataclass(frozen=True)
class Lacking:
    """`missing`: names of document types this reader may know of. `is_known` False: OpenText makes no such report."""

    missing: tuple[str, ...] = ()
    is_known: bool = False


def lacking(rows: PanelRows, found: Sight) -> Lacking:
    kept = _kept(rows)
    names = tuple(str(name) for name in kept.get("missing", ()) if may_know(found, str(name)))
    return Lacking(names, is_known=bool(kept.get("types")))


def is_whole(rows: PanelRows) -> bool:
    """Whether Content Server misses nothing, and nothing that is there is outdated or still in process."""
    kept = _kept(rows)
    return not any(kept.get(name) for name in ("missing", "outdated", "in_process"))


def outdated(rows: PanelRows) -> tuple[str, ...]:
    """Names of documents this reader sees that grew older than their type's validity."""
    nodes = _kept(rows).get("outdated", ())
    return tuple(one.name for one in rows.documents if one.node_id in nodes)


def folder_of(rows: PanelRows, name: str) -> int:
    """The node of the folder where a document of this type belongs; 0 where nobody told."""
    return int(_kept(rows).get("folders", {}).get(name, 0))


def may_know(found: Sight, name: str) -> bool:
    """Who would not see a document of this type is not told that there is none."""
    return found.nodes is not None or found.allowed.sees(Traits(folders=(), types=(name,), categories=()))


def _kept(rows: PanelRows) -> dict[str, Any]:
    return rows.link.completeness if rows.link else {}


def state_of(rows: PanelRows, document: DocumentFacts) -> State | None:
    """What Content Server reports of one document; None where all is well."""
    kept = _kept(rows)
    if document.node_id in kept.get("outdated", ()):
        return State(_("Outdated"), "bad")
    return State(_("In process"), "wait") if document.node_id in kept.get("in_process", ()) else None
