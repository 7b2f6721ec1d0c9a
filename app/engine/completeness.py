"""What a workspace must hold and lacks: Content Server's report, kept so that panels need not ask."""

from typing import Any

from app.db.links import WorkspaceLink
from app.domain.content import Completeness, ListedDocument
from app.domain.ids import NodeId
from app.engine.papers.types import BY_TYPE
from app.errors import AppError, Retryable
from app.opentext import OpenText
from app.opentext.content_server.client import UnknownRoute


def look(opentext: OpenText, workspace: int) -> dict[str, Any] | None:
    """As it is kept in a link: names of types and where each belongs, node ids of documents. Empty where the server
    makes no such reports; None where it did not tell, and what was known stays. Raises Retryable.
    """
    try:
        found = opentext.completeness.of(NodeId(workspace))
        return _kept(found) | {"ours": _ours(found, opentext)}
    except UnknownRoute:
        return {}
    except Retryable:
        raise
    except AppError:
        return None


def note_filed(link: WorkspaceLink, name: str) -> None:
    """A document of this type was filed a moment ago: it is missed no longer, also before the server tells again."""
    missing = [one for one in link.completeness.get("missing", ()) if one != name]
    if link.completeness:
        link.completeness = {**link.completeness, "missing": missing}


def _kept(found: Completeness) -> dict[str, Any]:
    return {
        "types": [one.name for one in found.types],
        "folders": {one.name: int(one.folder) for one in found.types if one.folder},
        "missing": [one.name for one in found.missing],
        "in_process": _nodes(found.in_process),
        "outdated": _nodes(found.outdated),
    }


def _ours(found: Completeness, opentext: OpenText) -> dict[str, str]:
    """Of these types those we file by ourselves: what the server calls them, and which paper it is."""
    names = {one.name for one in found.types}
    called = {opentext.completeness.called(name): paper for name, paper in BY_TYPE.items()}
    return {name: paper for name, paper in called.items() if name in names}


def _nodes(listed: tuple[ListedDocument, ...]) -> list[int]:
    return [int(one.id) for one in listed]
