"""What a workspace lacks, in words: missing document types; documents that are in process or outdated."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.panel_facts import DocumentFacts, PanelRows
from app.domain.rights import Sight, Traits
from app.engine.papers.types import BY_TYPE
from app.web import language
from app.web.language import _
from app.web.panel.offers import UNDER_WAY
from app.web.texts import State

DECISION = "approval_record"


@dataclass(frozen=True)
class Lacking:
    """Names of document types this reader may know of. `coming`: (name, sentence) of those we file by ourselves while
    what makes them goes on; `ours`: the missing ones no customer can send. `is_known` False: OpenText makes no such
    report.
    """

    missing: tuple[str, ...] = ()
    is_known: bool = False
    coming: tuple[tuple[str, str], ...] = ()
    ours: frozenset[str] = frozenset()


def lacking(rows: PanelRows, found: Sight) -> Lacking:
    kept = _kept(rows)
    papers = kept.get("ours", BY_TYPE)
    names = tuple(str(name) for name in kept.get("missing", ()) if may_know(found, str(name)))
    coming = {name: words for name in names if (words := _when_it_comes(rows, papers.get(name, "")))}
    missing = tuple(name for name in names if name not in coming)
    return Lacking(missing, bool(kept.get("types")), tuple(coming.items()), frozenset(papers) & set(missing))


def _when_it_comes(rows: PanelRows, paper: str) -> str:
    """Empty: none of our papers, or nothing goes on that would still file it."""
    goes_on = any(run.state in UNDER_WAY for run in rows.runs)
    if paper == DECISION:
        is_over = any(run.outcome or (run.workflow and run.workflow.outcome) for run in rows.runs)
        return _("It is filed by itself with the decision.") if goes_on or not is_over else ""
    return _("It is being made and is filed by itself.") if paper and goes_on else ""


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


def valid_until(rows: PanelRows, document: DocumentFacts) -> datetime | None:
    """As the latest check of the documents found; None: for ever, unchecked, or changed since then."""
    for run in rows.runs:
        for one in run.facts.get("checked") or ():
            if one.get("node_id") == document.node_id:
                is_old = document.modified_at is not None and document.modified_at > run.changed_at
                return None if is_old else language.parse_moment(str(one.get("until") or ""))
    return None


def _kept(rows: PanelRows) -> dict[str, Any]:
    return rows.link.completeness if rows.link else {}


def state_of(rows: PanelRows, document: DocumentFacts) -> State | None:
    """What Content Server reports of one document; None where all is well."""
    kept = _kept(rows)
    if document.node_id in kept.get("outdated", ()):
        return State(_("Outdated"), "bad")
    return State(_("In process"), "wait") if document.node_id in kept.get("in_process", ()) else None
