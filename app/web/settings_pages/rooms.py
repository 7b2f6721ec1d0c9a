"""The rooms of the settings: what stands together, who may open which, and in one line how each stands.

The one list of them: the start page shows the groups as cards, every other page the rooms of its own group. Only our
own rows are read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, url_for

from app.engine.deps import Deps
from app.engine.sessions import Merchant, Role
from app.web import guards, language, templating
from app.web.language import _
from app.web.settings_pages import standing
from app.web.settings_pages.standing import NOTHING, Standing
from app.web.texts import N_


@dataclass(frozen=True)
class Room:
    """One page. `place` is its door's name, `about` what somebody comes here for; `role`: who may open it."""

    place: str
    title: str
    about: str
    role: Role = Role.VIEWER

    @property
    def endpoint(self) -> str:
        return f"settings.{self.place}"


@dataclass(frozen=True)
class Group:
    """Rooms that belong together."""

    title: str
    rooms: tuple[Room, ...]


GROUPS = (
    Group(N_("OpenText"), (
        Room("opentext", N_("OpenText connection"), N_("Addresses, clients and secrets, with a test of every part")),
        Room("names", N_("Names in OpenText"), N_("What your Content Server calls classes, types and groups")),
        Room("communications", N_("Communications"), N_("Which design each letter to buyers is composed from")),
    )),
    Group(N_("What happens by itself"), (
        Room("scenarios", N_("Scenarios"), N_("What is filed, asked and decided, and on which conditions")),
        Room("imports", N_("Import past orders"), N_("Workspaces and records for what was there before")),
        Room("messages", N_("Messages from your store"), N_("When silence is worth a word, and the secret header")),
    )),
    Group(N_("People"), (
        Room("people", N_("People and roles"), N_("Who opens ECM from this store, and what they may do")),
        Room("rights", N_("Who sees what"), N_("Documents, records and workflows, with a test for any person")),
        Room("help_desk_links", N_("Help desk"), N_("Find inside the side bar of your help desk")),
    )),
    Group(N_("Proof and privacy"), (
        Room("audit", N_("Audit log"), N_("Who did what and when, to read and to take along"), Role.OWNER),
        Room("privacy", N_("People’s data"), N_("Requests to tell or forget what is kept of a buyer"), Role.MANAGER),
        Room("permissions", N_("Permissions"), N_("What the app may do in your store")),
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A room on a page."""

    title: str
    about: str
    url: str
    is_here: bool
    standing: Standing


@dataclass(frozen=True)
class ShownGroup:
    title: str
    rooms: tuple[Shown, ...]


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.context_processor
    def _rooms() -> dict[str, object]:
        return {"rooms_beside": rooms_beside}

    @bp.get("/")
    def index() -> str:
        who = guards.merchant()
        found = standing.read(deps, who)
        language.read_in(found.timezone)
        said = standing.standings(found, who.role)
        groups = [
            ShownGroup(_(group.title), tuple(_shown(room, "", said.get(room.place, NOTHING)) for room in rooms))
            for group, rooms in _open_to(who)
        ]
        return templating.page(
            "settings/index.html", groups=groups, is_set_up=found.is_set_up, can_act=who.role.covers(Role.MANAGER)
        )


def rooms_beside(endpoint: str) -> tuple[Shown, ...]:
    """The rooms of the group in which a page is, as far as the reader may open them."""
    for _group, rooms in _open_to(guards.merchant()):
        if any(room.endpoint == endpoint for room in rooms):
            return tuple(_shown(room, endpoint, NOTHING) for room in rooms)
    return ()


def _open_to(who: Merchant) -> Iterator[tuple[Group, tuple[Room, ...]]]:
    gives_permissions = bool(templating.admin().app_id)
    for group in GROUPS:
        rooms = tuple(
            room
            for room in group.rooms
            if who.role.covers(room.role) and (room.place != "permissions" or gives_permissions)
        )
        if rooms:
            yield group, rooms


def _shown(room: Room, here: str, how: Standing) -> Shown:
    return Shown(_(room.title), _(room.about), url_for(room.endpoint), room.endpoint == here, how)
