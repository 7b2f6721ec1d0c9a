"""Searching inside an object's workspace, as the reader may see it; without OpenText the names we know.

Persons search with their own ticket. By the map the app searches, and what comes back is kept as far as the map lets
this reader see it: what we know nothing about is for those only who may see everything.
"""

from dataclasses import dataclass
from datetime import datetime

from app.db.panel_facts import DocumentFacts, PanelRows
from app.domain.content import Found
from app.domain.ids import NodeId
from app.domain.rights import Mode, Sight
from app.engine import person_sign_in, rights
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.errors import NeedsReauth, Permanent, Retryable
from app.opentext.people import SignedOut

MOST = 50


@dataclass(frozen=True)
class Hit:
    """One document. `id` is ours, empty where only OpenText knows it; `url` leads there."""

    id: str
    name: str
    folder: str
    url: str
    modified_at: datetime | None


@dataclass(frozen=True)
class Hits:
    """`is_live`: OpenText looked into contents; else names we know were compared.

    Whether anything was left out is not said: words could be tried until a hidden document answers.
    """

    hits: tuple[Hit, ...]
    is_live: bool


def search(deps: Deps, who: Merchant, rows: PanelRows, shown: PanelRows, found: Sight, text: str) -> Hits:
    """`shown`: the rows as this reader gets them. Raises NoAccess, SignedOut, OpenTextSilent, and Permanent
    (`nothing_to_look_for`) for a text without a word."""
    rights.demand(found, rows.link is not None and found.sees_node(rows.link.node_id))
    assert rows.link is not None  # noqa: S101  # demanded
    known = {one.node_id: one for one in shown.documents}
    try:
        listed = _asked(deps, who, rows, NodeId(rows.link.node_id), text)
    except SignedOut:
        raise
    except (Retryable, NeedsReauth):
        return by_name(shown, text)
    except Permanent as error:
        if error.specific_code == "nothing_to_look_for":
            raise
        return by_name(shown, text)
    may_see = [one for one in listed if one.id in known or _sees_unknown(rows, found, one)]
    return Hits(tuple(_hit(one, known.get(one.id)) for one in may_see), is_live=True)


def by_name(shown: PanelRows, text: str) -> Hits:
    """What we know ourselves, by its name alone."""
    return Hits(_by_name(shown.documents, text), is_live=False)


def _asked(deps: Deps, who: Merchant, rows: PanelRows, workspace: NodeId, text: str) -> list[Found]:
    if rows.rights.mode is Mode.PERSON:
        return person_sign_in.content(deps, who)[0].search.words(text, within=workspace, most=MOST)
    return deps.opentext(who.store_id).search.words(text, within=workspace, most=MOST)


def _sees_unknown(rows: PanelRows, found: Sight, one: Found) -> bool:
    """A document no row tells of: persons were answered themselves; a map without its traits cannot judge it."""
    if rows.rights.mode is Mode.PERSON:
        return True
    return found.allowed.is_whole and all(each.node_id != one.id for each in rows.documents)


def _hit(one: Found, known: DocumentFacts | None) -> Hit:
    return Hit(known.id if known else "", one.name, known.folder if known else "", one.url, one.modified_at)


def _by_name(documents: tuple[DocumentFacts, ...], text: str) -> tuple[Hit, ...]:
    words = text.casefold().split()
    return tuple(
        Hit(one.id, one.name, one.folder, one.url, one.modified_at)
        for one in documents
        if words and all(word in one.name.casefold() for word in words)
    )
