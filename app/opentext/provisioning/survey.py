"""What a look at the server finds: present, missing, different; and the site that is looked at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from app.errors import NotFound
from app.opentext.content_server.categories import Categories
from app.opentext.content_server.client import ContentServer
from app.opentext.content_server.nodes import plain, search_below
from app.opentext.content_server.payloads import OneNode, Properties, WhoAmI
from app.opentext.content_server.records import Records
from app.opentext.content_server.retention import Schedules
from app.opentext.content_server.teams import Teams
from app.opentext.content_server.workspace_types import WorkspaceTypes
from app.opentext.provisioning.blueprint import Blueprint

ENTERPRISE, CATEGORIES, TEMPLATES = 141, 133, 20541  # volumes; their ids differ per server


class State(StrEnum):
    """UNKNOWN: we could not look, or the server cannot tell."""

    PRESENT = "present"
    MISSING = "missing"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """One thing of the set-up. `by_hand` tells an administrator what to do; `create` does it, where REST can."""

    part: str
    item: str
    state: State
    message: str = ""
    by_hand: str = ""
    create: Callable[[], object] | None = field(default=None, repr=False, compare=False)

    @property
    def is_well(self) -> bool:
        return self.state is State.PRESENT


# A part yields what it finds; whoever reads it may create a finding before taking the next: the part looks again.
Part = Callable[["Site"], Iterator[Finding]]


class Site:
    """One server and what it should be. `service` is the store's own connection, `server` the one to work with."""

    def __init__(
        self, blueprint: Blueprint, service: ContentServer, administrator: ContentServer | None = None
    ) -> None:
        self.blueprint, self.service = blueprint, service
        self.server = administrator or service
        self.external_system = service.external_system
        self.names = service.names
        self.called = service.called  # what the store's settings say this server calls one of our names
        self.types = WorkspaceTypes(self.server)
        self.teams = Teams(self.server)
        self.records = Records(self.server)
        self.schedules = Schedules(self.server)
        self.categories = Categories(self.server)

    def words(self, kind: str, name: str) -> str:
        """For a finding: which name was chosen to stand for ours; empty where it is the same."""
        theirs = self.called(kind, name)
        return f"Called “{theirs}” here, as the store’s settings say." if theirs != name else ""

    @cached_property
    def service_user(self) -> tuple[int, str]:
        """Number and login name of the user the product works as."""
        found = self.service.get(WhoAmI, "v1", "auth").data
        return found.id, found.name

    def volume(self, kind: int) -> int:
        """A volume's node. Raises NotFound."""
        found = self.server.get(OneNode, "v2", "volumes", kind).results.data.properties
        if found is None:
            raise NotFound("Content Server does not have this volume.", volume=kind)
        return found.id

    def below(
        self, root: int, wanted: frozenset[int], containers: frozenset[int] = frozenset()
    ) -> dict[str, Properties]:
        """Items of these types below a node, by plain name; the nearest of a name wins."""
        found: dict[str, Properties] = {}
        for each in search_below(self.server, root, wanted=wanted, containers=containers):
            found.setdefault(plain(each.name), each)
        return found


def present(part: str, item: str, message: str = "") -> Finding:
    return Finding(part, item, State.PRESENT, message)


def chosen_is_gone(site: Site, part: str, kind: str, name: str) -> Finding | None:
    """A name chosen to stand for ours that is not there (any more); None where ours is meant."""
    theirs = site.called(kind, name)
    if theirs == name:
        return None
    text = f"The store’s settings say that it is called “{theirs}” here; it is not there, or we may not see it."
    by_hand = f"Settings, Names in OpenText: choose what stands for “{name}” now, or give “{theirs}” its name back."
    return Finding(part, name, State.MISSING, text, by_hand)


def missing(part: str, item: str, by_hand: str, create: Callable[[], object] | None = None) -> Finding:
    return Finding(part, item, State.MISSING, "It is not there, or we may not see it.", by_hand, create)


def different(part: str, item: str, message: str, by_hand: str, create: Callable[[], object] | None = None) -> Finding:
    return Finding(part, item, State.DIFFERENT, message, by_hand, create)
