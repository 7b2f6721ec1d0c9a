"""Settings: names picked from the server: what Content Server has, how old that knowledge is, which stands for ours.

Only our rows are read while a page is made; a job reads the server, once a day and when somebody presses for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import activity
from app.db.session import reading
from app.engine import connections, server_names
from app.engine.deps import Deps
from app.engine.server_names import CHOSEN, GROUP, Known
from app.engine.sessions import Role
from app.opentext.content_server.inventory import MOST
from app.web import asking, display, guards, language, templating
from app.web.language import _

LONGEST = 248


@dataclass(frozen=True)
class Choice:
    """One of our names: `value` is the server's for it; `is_there` None where the server was never read."""

    field: str
    name: str
    value: str
    is_there: bool | None
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Kind:
    """Things of one kind: ours with what stands for them, and how well we know the server's."""

    kind: str
    title: str
    known: Known
    choices: tuple[Choice, ...]
    others: tuple[Choice, ...]  # nothing to choose: found by the same name, or missing


@dataclass(frozen=True)
class Picker:
    """What a field for several names offers: each (name, ticked); `gone`: kept names the server does not have."""

    offered: tuple[tuple[str, bool], ...]
    gone: tuple[str, ...]
    read_at: datetime | None
    problem: str


@dataclass(frozen=True)
class OneOf:
    """What a field for one name offers. `can_pick`: the server told all it has, lately; else the name is typed."""

    options: tuple[tuple[str, str], ...]
    is_there: bool | None
    can_pick: bool
    read_at: datetime | None
    problem: str


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/names")
    def names() -> str:
        who = guards.merchant()
        with reading(deps.database) as session:
            store = activity.store(session, who.store_id)
        language.read_in(store.timezone if store else "UTC")
        return templating.page(
            "settings/names.html", kinds=_kinds(deps), is_connected=bool(store and store.opentext_state),
            can_act=who.role.covers(Role.MANAGER), done=request.args.get("done", "")[:20],
        )  # fmt: skip

    @bp.post("/names")
    @guards.requires("manager")
    def choose_names() -> AnyResponse:
        """Only what differs from our own name is kept."""
        who = guards.merchant()
        known, before = server_names.known(deps, who.store_id), server_names.chosen(deps, who.store_id)
        found: dict[str, dict[str, str]] = {}
        for kind in CHOSEN:
            there = {*known.get(kind, Known()).names, *before.get(kind, {}).values()}
            for number, ours in enumerate(server_names.ours()[kind]):
                typed = templating.checked(request.form, f"{kind}-{number}", LONGEST)
                if typed != ours and typed in there:
                    found.setdefault(kind, {})[ours] = typed
        connections.choose_names(deps, who.store_id, found, who.user_id)
        return redirect(url_for("settings.names", done="saved"), 303)

    @bp.post("/names/read")
    @guards.requires("manager")
    def read_names() -> AnyResponse:
        asking.ask_store(deps, server_names.REQUEST)
        return redirect(url_for("settings.names", done="asked"), 303)


def picker(deps: Deps, kinds: tuple[str, ...], values: tuple[str, ...], extra: tuple[str, ...] = ()) -> Picker:
    """What to choose from: the server's names of these kinds and `extra`; before the first look, ours."""
    known = server_names.known(deps, guards.merchant().store_id)
    read = [known[kind] for kind in kinds if kind in known and known[kind].read_at]
    names = [name for one in read for name in one.names] or [
        name for kind in kinds for name in server_names.ours().get(kind, ())
    ]
    offered = tuple(dict.fromkeys((*extra, *names)))
    there = {name.casefold() for name in offered}
    wanted = {name.casefold() for name in values}
    gone = tuple(name for name in values if name.casefold() not in there)
    ages = [one.read_at for one in read if one.read_at]
    problem = next((known[kind].problem for kind in kinds if kind in known and known[kind].problem), "")
    return Picker(tuple((name, name.casefold() in wanted) for name in offered), gone, min(ages, default=None), problem)


def one_of(deps: Deps, kind: str, value: str, *, may_be_empty: bool) -> OneOf:
    """The server's names of a kind for a field that takes one; the present one stays, and says where it is unknown."""
    known = server_names.known(deps, guards.merchant().store_id).get(kind, Known())
    same = {name.casefold(): name for name in known.names}
    is_there = value.casefold() in same if known.read_at and value else None
    words = {"": _("None")} if may_be_empty else {}
    if is_there is not True and value:
        words[value] = _("%(name)s (not on the server)", name=value) if is_there is False else value
    words |= {value if one == same.get(value.casefold()) else one: one for one in known.names}
    can_pick = bool(known.read_at and known.names and not known.problem and len(known.names) < MOST)
    return OneOf(tuple(words.items()), is_there, can_pick, known.read_at, known.problem)


def several(given: Mapping[str, Any], name: str) -> list[str]:
    """Every value sent under one name: ticked ones and typed ones."""
    every = given.getlist(name) if hasattr(given, "getlist") else [given.get(name, "")]
    return [display.clean(one) for one in every]


def _kinds(deps: Deps) -> tuple[Kind, ...]:
    store_id = guards.merchant().store_id
    known, chosen = server_names.known(deps, store_id), server_names.chosen(deps, store_id)
    found = [_kind(kind, title, known.get(kind, Known()), chosen.get(kind, {})) for kind, title in _titles().items()]
    return (*found, _groups(deps, known.get(GROUP, Known())))


def _groups(deps: Deps, known: Known) -> Kind:
    """The groups the scenarios ask, each chosen at its scenario."""
    has = {name.casefold() for name in known.names}
    found = tuple(
        Choice(slugs[0], name, name, name.casefold() in has if known.read_at else None, ())
        for name, slugs in server_names.groups_used(deps, guards.merchant().store_id).items()
    )
    return Kind(GROUP, _("Groups that decide"), known, (), found)


def _titles() -> dict[str, str]:
    return {
        "classification": _("Record classes"), "document_type": _("Document types"), "category": _("Categories"),
        "workspace_type": _("Workspace types"),
    }  # fmt: skip


def _kind(kind: str, title: str, known: Known, chosen: Mapping[str, str]) -> Kind:
    found = tuple(
        _choice(f"{kind}-{number}", name, chosen.get(name, name), known)
        for number, name in enumerate(server_names.ours()[kind])
    )
    return Kind(kind, title, known, found if kind in CHOSEN else (), () if kind in CHOSEN else found)


def _choice(field: str, name: str, value: str, known: Known) -> Choice:
    is_there = value in known.names if known.read_at else None
    names = list(known.names)
    if value not in names:
        names.insert(0, value)
    words = {one: one for one in names}
    if is_there is False:
        words[value] = _("%(name)s (not on the server)", name=value)
    return Choice(field, name, value, is_there, tuple(words.items()))
