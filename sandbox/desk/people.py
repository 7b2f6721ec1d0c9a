"""Who sits at the desk: a store and one of its users on one side, a person of OpenText on the other."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from sandbox.bigcommerce.state import Store, User
from sandbox.desk.returning import back_to
from sandbox.office import Repository, TaskInbox
from sandbox.stage import Stage

if TYPE_CHECKING:
    from sandbox.desk.door import Desk

JSON = dict[str, Any]
STORE, USER, PERSON = "desk_store", "desk_user", "desk_person"
FIRST_PERSON = "anna.berg@demo"


@dataclass(frozen=True)
class Seat:
    """As the cookies say; what they name and no longer exists falls back to the first."""

    stage: Stage
    store: Store
    user: User
    person: JSON
    persons: list[JSON]

    @classmethod
    def of(cls, stage: Stage, call: Request) -> "Seat":
        stores = stage.bigcommerce.state.stores
        store = stores.get(call.cookies.get(STORE, "")) or next(iter(stores.values()))
        wanted = call.cookies.get(USER, "")
        user = next((u for u in store.users if str(u.id) == wanted), store.owner)
        persons = people_of(stage)
        first = next((p for p in persons if p["name"] == FIRST_PERSON), persons[0])
        person = next((p for p in persons if p["name"] == call.cookies.get(PERSON)), first)
        return cls(stage, store, user, person, persons)

    @property
    def is_owner(self) -> bool:
        return self.user is self.store.owner

    @property
    def is_installed(self) -> bool:
        return self.stage.control_panel.installed(self.store.hash)

    @property
    def stores(self) -> list[Store]:
        return list(self.stage.bigcommerce.state.stores.values())

    @property
    def open_tasks(self) -> int:
        return sum(self.person["name"] in task["candidates"] for task in TaskInbox(self.stage).tasks())


def people_of(stage: Stage) -> list[JSON]:
    """Everybody known to Content Server or the Workflow Service, with the groups of both."""
    found: dict[str, JSON] = {}
    for person in [*Repository(stage).users(), *TaskInbox(stage).people()]:
        name = person["name"]
        entry = found.setdefault(name, {"name": name, "display_name": _spoken(name), "groups": []})
        entry["display_name"] = person.get("display_name") or entry["display_name"]
        groups = [g for g in person["groups"] if g != "DefaultGroup" and g not in entry["groups"]]
        entry["groups"] += groups
    return list(found.values())


def _spoken(name: str) -> str:
    """`mia.larsen@demo` as Mia Larsen."""
    return " ".join(part.capitalize() for part in name.partition("@")[0].split("."))


def sit(desk: "Desk", call: Request) -> Response:
    """Change seats: any of store, user, person."""
    response = desk.go(back_to(call))
    for field, cookie in (("store", STORE), ("user", USER), ("person", PERSON)):
        if field in call.form:
            response.set_cookie(cookie, call.form[field], httponly=True, samesite="Lax")
    return response


ROUTES = (("POST", "/sit", sit),)
