"""Several workspaces match one object of the store: a person chooses, the choice is the object's link from then on.

Candidates are named only to who may see them: by the map, or as OpenText answers to the person.
"""

from collections.abc import Collection
from dataclasses import dataclass

from app.db import audit
from app.db.panel_facts import PanelRows
from app.db.session import reading, unit_of_work
from app.domain.cases import CaseKind
from app.domain.content import BusinessObject, Workspace
from app.domain.ids import NodeId, ObjectType, Provider, StoreId, external_store_id
from app.domain.rights import Mode, Sight
from app.engine import knowledge, person_sign_in, replay, rights
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.opentext import OpenText
from app.opentext.content_server.workspaces import SEVERAL

BUSINESS_OBJECT_TYPES = {
    ObjectType.ORDER: "ORDER", ObjectType.CUSTOMER: "CUSTOMER", ObjectType.PRODUCT: "PRODUCT",
    ObjectType.COMPANY: "COMPANY", ObjectType.PAGE: "PAGE",
}  # fmt: skip
ABOVE = {  # what else may be unclear where an object is worked on
    "order": ("customer", "company"), "customer": ("company",), "case": ("order", "customer", "company"),
}  # fmt: skip
SHORT = {Provider.BIGCOMMERCE: "bc", Provider.SHOPIFY: "sh"}


@dataclass(frozen=True)
class Choice:
    """One object with several workspaces. `seen` may be named to the reader; `chosen` is 0 until somebody chose."""

    object_type: str
    object_id: str
    seen: tuple[Workspace, ...]
    is_whole: bool  # the reader sees all of them
    chosen: int = 0


def triple_of(opentext: OpenText, store_id: StoreId, bo_type: str, object_id: str) -> BusinessObject:
    """The triple of a store object; its id is "bc-<store>-<id>", safe in every address."""
    provider = Provider(store_id.partition(":")[0])
    name = f"{SHORT[provider]}-{external_store_id(store_id)}-{object_id.replace(':', '-')}"
    return BusinessObject(opentext.connection.content_server.external_system, bo_type, name)


def chosen(deps: Deps, store_id: StoreId, object_type: str, object_id: str, nodes: Collection[int]) -> NodeId | None:
    """The one of these workspaces that the object is linked with already; None where nobody has chosen."""
    with reading(deps.database) as session:
        link = knowledge.link_of(session, store_id, object_type, object_id)
    return NodeId(link.workspace_id) if link is not None and link.workspace_id in nodes else None


def choices(deps: Deps, who: Merchant, rows: PanelRows, found: Sight) -> tuple[Choice, ...]:
    """What is unclear about the object, and about what it hangs below.

    Asks OpenText. Raises NoAccess, SignedOut, Retryable, NeedsReauth.
    """
    rights.demand(found, rights.may_create(found))
    facts = rows.snapshot.facts if rows.snapshot else {}
    above = [(kind, str(facts.get(f"{kind}_id") or "")) for kind in ABOVE.get(rows.object_type, ())]
    about = [(rows.object_type, rows.object_id), *((kind, number) for kind, number in above if number)]
    listed = (_choice(deps, who, rows, found, *one) for one in about)
    return tuple(one for one in listed if one is not None)


def _choice(
    deps: Deps, who: Merchant, rows: PanelRows, found: Sight, object_type: str, object_id: str
) -> Choice | None:
    bo_type = _business_object_type(rows, object_type)
    if not bo_type:
        return None
    opentext = deps.opentext(who.store_id)
    several = opentext.workspaces.candidates(triple_of(opentext, who.store_id, bo_type, object_id))
    if len(several) < 2:
        return None
    nodes = {int(one.id) for one in several}
    seen = nodes if found.allowed.sees_workspace else set()
    if rows.rights.mode is Mode.PERSON:
        seen = set(person_sign_in.content(deps, who)[0].visible(nodes))
    shown = tuple(one for one in several if one.id in seen)
    linked = chosen(deps, who.store_id, object_type, object_id, seen)
    return Choice(object_type, object_id, shown, seen == nodes, linked or 0)


def _business_object_type(rows: PanelRows, object_type: str) -> str:
    """Its type in the external system: a case has that of its kind, an application the one of who applied (none)."""
    if object_type != ObjectType.CASE:
        return BUSINESS_OBJECT_TYPES.get(ObjectType(object_type), "")
    kind = str(rows.snapshot.facts.get("kind") or "") if rows.snapshot else ""
    return "" if kind == CaseKind.APPLICATION else kind.upper()


def choose(deps: Deps, who: Merchant, rows: PanelRows, found: Sight, object_type: str, node: int) -> Workspace:
    """Remember the workspace and let everything that waited for a choice go on. Safe to repeat.

    Raises what `choices` raises, and NoAccess for a workspace that is no candidate, or none this person may see.
    """
    listed = {one.object_type: one for one in choices(deps, who, rows, found)}
    choice = listed.get(object_type)
    taken = next((one for one in choice.seen if one.id == node), None) if choice else None
    if choice is None or taken is None:
        raise rights.NoAccess(found.contact)
    bo_type = _business_object_type(rows, object_type)
    triple = triple_of(deps.opentext(who.store_id), who.store_id, bo_type, choice.object_id)
    with unit_of_work(deps.database) as uow:
        known = knowledge.link_of(uow.session, who.store_id, object_type, choice.object_id)
        name, version = (known.object_name, known.object_version) if known else (_name(rows, object_type), "")
        knowledge.remember_workspace(
            uow.session, who.store_id, object_type, choice.object_id, name, triple, taken, version
        )
        audit.record(
            uow.session, who.store_id, f"user:{who.user_id}", "workspace.chosen", f"node:{taken.id}",
            about=f"{object_type}:{choice.object_id}", mode=rows.rights.mode.value,
        )  # fmt: skip
    replay.replay(deps, replay.Selection(store_id=who.store_id, code=SEVERAL), f"user:{who.user_id}")
    return taken


def _name(rows: PanelRows, object_type: str) -> str:
    return rows.snapshot.name if rows.snapshot and object_type == rows.object_type else ""
