"""Which communication of Exstream stands for each of our templates: what there is, what was chosen, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.communications import TEMPLATES
from app.domain.ids import StoreId
from app.engine import communications, connections
from app.engine.deps import Deps
from app.opentext.connection import TemplateLocation
from app.opentext.exstream.templates import Templates, TemplateSummary


@dataclass(frozen=True)
class Choices:
    """Approved communications to choose from, and the present choice by template."""

    approved: tuple[TemplateSummary, ...]
    chosen: Mapping[str, str]


def choices(deps: Deps, store: StoreId) -> Choices:
    """What the settings show. Raises what Exstream raises, NeedsReauth where it is not connected."""
    opentext = deps.opentext(store)
    found = communications.connected(opentext).templates.discover()
    of = opentext.connection.exstream
    chosen = {each.key: each.communication_id for each in of.templates} if of else {}
    return Choices(tuple(sorted(found, key=lambda each: each.name.casefold())), chosen)


def choose(deps: Deps, store: StoreId, asked: Mapping[str, str], user_id: str) -> dict[str, str]:
    """Keep the choice when every changed one can be composed from; otherwise nothing, and template → what is wrong."""
    opentext = deps.opentext(store)
    api = communications.connected(opentext).api
    of = opentext.connection.exstream
    before = {each.key: each.communication_id for each in of.templates} if of else {}
    wanted = {key: asked.get(key, "") for key in TEMPLATES}
    changed = tuple(TemplateLocation(key, found) for key, found in wanted.items() if found and before.get(key) != found)
    looked_at = Templates(api, located=changed)
    wrong = {}
    for each in changed:
        checked = looked_at.check(each.key)
        if checked.template is None:
            problem = checked.problems[-1]
            wrong[each.key] = f"{problem.message} {problem.hint}".strip()
    if not wrong:
        connections.choose_templates(deps, store, wanted, user_id)
    return wrong
