"""What would this person see of an order, a product, a case…? An answer for those who give rights.

By map the answer is the map's. Where people sign in, Content Server is asked what the person may do with each item, as
the app's own account may ask; where it may not, the item's entries and the person's groups are compared, and what
remains uncertain is said. Nothing of this ever decides what anybody is shown.
"""

from dataclasses import dataclass, replace

from sqlmodel import Session, col, func, select

from app.db import panel as rows_of
from app.db.panel_facts import LinkFacts, PanelRows
from app.db.rights import PersonSignIn
from app.db.session import reading
from app.db.stores import StoreUser
from app.domain.content import Member
from app.domain.ids import NodeId, StoreId
from app.domain.rights import GROUPS, ROLE_OF, Flow, Mode, Sight
from app.engine import rights
from app.engine.deps import Deps
from app.errors import AppError, NeedsReauth, NotFound, Permanent, Retryable
from app.opentext import OpenText

MOST = 60  # items asked about in one answer
SEE = "see"


@dataclass(frozen=True)
class Finding:
    """One item. `verdict`: yes, no or unknown; `why` is a code a page has words for; `detail` whose line it was."""

    kind: str
    name: str
    node: int
    verdict: str
    why: str
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """The answer about one person. `may`: code of an action → yes, no or unknown. `uncertain`: codes of notes."""

    person: str
    mode: Mode
    found: tuple[Finding, ...] = ()
    may: tuple[tuple[str, str], ...] = ()
    uncertain: tuple[str, ...] = ()


def report(deps: Deps, store_id: StoreId, kind: str, object_id: str, person: str) -> Report:
    """Raises NotFound (no such store), NeedsReauth or Retryable where OpenText has to be asked and cannot."""
    with reading(deps.database) as session:
        rows = rows_of.read(session, store_id, kind, object_id)
        role, login, is_known = _person(session, store_id, person)
    if rows is None:
        raise NotFound("There is no such store.")
    if rows.rights.mode is Mode.SERVICE:
        return _by_map(rows, person, role, is_known=is_known)
    return _by_opentext(deps.opentext(store_id), rows, person, login)


def _person(session: Session, store_id: StoreId, person: str) -> tuple[str, str, bool]:
    """Role here, login in OpenText, whether the store knows them."""
    if person in GROUPS:
        return ROLE_OF.get(person, "viewer"), "", True
    statement = (
        select(StoreUser.role, PersonSignIn.login)
        .join(PersonSignIn, col(PersonSignIn.user_id) == col(StoreUser.id), isouter=True)
        .where(col(StoreUser.store_id) == store_id, func.lower(col(StoreUser.email)) == person.lower())
    )
    row = session.exec(statement).first()
    return (row[0], row[1] or person, True) if row else ("viewer", person, False)


# By map


def _by_map(rows: PanelRows, person: str, role: str, *, is_known: bool) -> Report:
    allowed = rows.rights.allowed_for(person, role)
    line = next((one for one in rows.rights.entries if one.is_about(person, role)), None)
    sight = Sight(allowed, contact=rows.rights.contact)
    by = line.who if line else ""
    found = [
        Finding(kind, name, node, "yes" if sees else "no", "map", by)
        for kind, name, node, sees in (
            *((kind, link.name, link.node_id, sight.sees_node(link.node_id)) for kind, link in _links(rows)),
            *(
                ("document", one.name, one.node_id, sight.sees_document(one.node_id, one.traits))
                for one in rows.documents
            ),
        )
    ]
    may = (
        ("records", _yes(allowed.records)), ("workflow", _yes(allowed.workflow is not Flow.NONE)),
        ("review", _yes(allowed.starts_workflows)), ("decide", _yes(allowed.workflow is Flow.DECIDE)),
        ("upload", _yes(allowed.upload)), ("publish", _yes(allowed.publish)),
    )  # fmt: skip
    uncertain = () if is_known else ("never_here",)
    return Report(person, Mode.SERVICE, tuple(found), may, uncertain)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _links(rows: PanelRows) -> list[tuple[str, LinkFacts]]:
    """Its workspace, and the one it belongs below: a customer's company, else its customer."""
    above = "company" if rows.object_type == "customer" else "customer"
    pairs = (("workspace", rows.link), (above, rows.customer_link))
    return [(kind, link) for kind, link in pairs if link is not None]


# By OpenText


def _by_opentext(opentext: OpenText, rows: PanelRows, person: str, login: str) -> Report:
    member = opentext.teams.find(login) if login else None
    if member is None:
        return Report(person, Mode.PERSON, uncertain=("nobody",))
    asked = _Asked(opentext, member)
    items = [(kind, link.name, link.node_id) for kind, link in _links(rows)]
    items += [("document", one.name, one.node_id) for one in rows.documents]
    found = tuple(asked.about(kind, name, node) for kind, name, node in items[:MOST])
    uncertain = (
        "privileges",
        *(("entries_only",) if asked.is_worked_out else ()),
        *(("more",) if items[MOST:] else ()),
    )
    sees = next((one.verdict for one in found if one.kind == "workspace"), "unknown")
    may = (("records", "unknown"), ("workflow", sees), ("upload", asked.adds(rows.link.node_id) if rows.link else "no"))
    return Report(person, Mode.PERSON, found, may, uncertain)


class _Asked:
    """Questions about one member, the cheap way first; once that is refused, never again in this answer."""

    def __init__(self, opentext: OpenText, member: Member) -> None:
        self._opentext, self._member = opentext, member
        self._groups: frozenset[int] | None = None
        self._roles: dict[int, dict[int, frozenset[int]]] = {}
        self.is_worked_out = False
        self._workspace = 0

    def about(self, kind: str, name: str, node: int) -> Finding:
        if kind == "workspace":
            self._workspace = node
        blank = Finding(kind, name, node, "unknown", "unreadable")
        try:
            granted = self._effective(node)
            if granted is None:
                return self._from_entries(blank)
        except NotFound:
            return blank
        return replace(blank, verdict=_yes(SEE in granted), why="effective")

    def adds(self, node: int) -> str:
        try:
            granted = self._effective(node)
        except NotFound:
            return "unknown"
        return "unknown" if granted is None else _yes("add_items" in granted)

    def _effective(self, node: int) -> frozenset[str] | None:
        """None where the server does not answer that to us."""
        if self.is_worked_out:
            return None
        try:
            return self._opentext.permissions.effective(NodeId(node), self._member.id)
        except (NotFound, Retryable, NeedsReauth):
            raise
        except Permanent:
            self.is_worked_out = True
            return None

    def _from_entries(self, blank: Finding) -> Finding:
        """Owner, public, the person's own and their groups' entries, and the roles of the workspace."""
        own, unclear = self._principals(), False
        for entry in self._opentext.permissions.entries(NodeId(blank.node)):
            if SEE not in entry.granted:
                continue
            if entry.right_id is None or entry.kind == "public":
                return replace(blank, verdict="yes", why="public")
            if entry.right_id in own:
                return replace(blank, verdict="yes", why="entry" if entry.right_id == self._member.id else "group")
            players = self._players().get(entry.right_id)
            if players is not None and not players.isdisjoint(own):
                return replace(blank, verdict="yes", why="role")
            unclear = unclear or (players is None and self._groups is None)
        return replace(blank, verdict="unknown" if unclear else "no", why="entries")

    def _principals(self) -> frozenset[int]:
        if self._groups is None:
            try:
                self._groups = self._opentext.permissions.groups_of(self._member.id)
            except Permanent:
                return frozenset({self._member.id})
        return self._groups | {self._member.id}

    def _players(self) -> dict[int, frozenset[int]]:
        """Role → who plays it, of the workspace that was looked at."""
        if self._workspace and self._workspace not in self._roles:
            try:
                roles = self._opentext.teams.roles(NodeId(self._workspace))
            except AppError:
                roles = []
            self._roles[self._workspace] = {one.id: frozenset(each.id for each in one.members) for one in roles}
        return self._roles.get(self._workspace, {})


def without_names(found: Report, rows: PanelRows, reader: Sight) -> Report:
    """The same answer for a reader who may not see everything themselves: no name they may not know."""
    kept = rights.shown(rows, reader)
    nodes = {one.node_id for one in kept.documents} | {link.node_id for _, link in _links(kept) if link.name}
    return replace(found, found=tuple(one if one.node in nodes else replace(one, name="") for one in found.found))
