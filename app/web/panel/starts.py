"""Starting a workflow: what it does, who will be asked until when, and which documents go with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.db.panel_facts import DocumentFacts, PanelRows
from app.domain.publication import is_content_sheet
from app.domain.rights import Sight
from app.domain.scenario import Preferences
from app.domain.steps import STEP, AwaitDecision, StartWorkflow
from app.engine.starting import MOST_ATTACHED, Obstacle, Start
from app.scenarios import prices
from app.web import texts
from app.web.language import _, ngettext
from app.web.panel import completeness
from app.web.texts import N_

ATTACHED, WITHOUT = "attached", "without"

CONTENT_PARTS = {"02 Images": N_("Picture"), "03 Compliance": N_("Compliance document")}

OBSTACLES = {
    Obstacle.OFF: N_("It is switched off in this store."),
    Obstacle.ASKED: N_("Somebody asked for it a moment ago; it is on its way."),
    Obstacle.RUNNING: N_("It is under way already. A second one can be started once it has ended."),
    Obstacle.DONE: N_("It was decided already, and that is done once only."),
    Obstacle.TOO_LATE: N_("A review holds an order before it leaves the house. This one can no longer be held."),
    Obstacle.NO_MODEL: N_("Its workflow model is not deployed in OpenText yet, so nothing can be started. Ask whoever "
                          "looks after OpenText to deploy it."),
}  # fmt: skip


@dataclass(frozen=True)
class Ticked:
    """A document that may go along. `why` says for what it was ticked beforehand; empty: it was not."""

    node: str
    name: str
    why: str
    is_ticked: bool


@dataclass(frozen=True)
class StartView:
    """The page's words. `obstacle` in place of the button; `missing` are document types nothing was filed under."""

    process: str
    outcome: str
    before: tuple[str, ...]
    asked: tuple[tuple[str, str], ...]
    until: str
    answers: tuple[str, ...]
    documents: tuple[Ticked, ...]
    missing: tuple[str, ...]
    obstacle: str
    is_model_missing: bool
    run_id: str


@dataclass(frozen=True)
class Chosen:
    """What goes along with the request, and what is wrong with it."""

    nodes: tuple[str, ...]
    error: str = ""


def view(start: Start, preferences: Preferences, shown: PanelRows, found: Sight, chosen: Chosen | None) -> StartView:
    """`shown`: what this reader may see. `chosen`: what was ticked on a form that was not taken."""
    return StartView(
        process=start.process,
        outcome=_(start.scenario.outcome),
        before=_before(start),
        asked=_asked(preferences),
        until=_until(preferences),
        answers=_answers(start),
        documents=tuple(_ticked(start, one, shown, chosen) for one in shown.documents if one.node_id),
        missing=missing(start, shown, found),
        obstacle=_(OBSTACLES[start.obstacle]) if start.obstacle else "",
        is_model_missing=start.obstacle is Obstacle.NO_MODEL,
        run_id=start.run_id,
    )


def _before(start: Start) -> tuple[str, ...]:
    """What is done before anybody is asked."""
    titles = []
    for step in start.scenario.steps:
        if isinstance(step, StartWorkflow):
            break
        params = STEP.dump_python(step, mode="json")
        titles.append(texts.step_title(str(params["kind"]), params))
    return tuple(dict.fromkeys(titles))


def _asked(preferences: Preferences) -> tuple[tuple[str, str], ...]:
    """(what they do, the group) of everybody the model may ask."""
    names = [name for name in type(preferences).model_fields if name.endswith("_group") and name != "prepay_group"]
    fields = type(preferences).model_fields
    known = ((_(fields[name].title or name), str(getattr(preferences, name))) for name in names)
    return tuple((title, group) for title, group in known if group)


def _until(preferences: Preferences) -> str:
    hours, days = getattr(preferences, "deadline_hours", None), getattr(preferences, "deadline_days", None)
    if hours:
        return ngettext("%(n)s hour after it was started", "%(n)s hours after it was started", hours)
    return ngettext("%(n)s day after it was started", "%(n)s days after it was started", days) if days else ""


def _answers(start: Start) -> tuple[str, ...]:
    waits = next((step for step in start.scenario.steps if isinstance(step, AwaitDecision)), None)
    return tuple(_(one.title) for one in waits.outcomes) if waits else ()


def _ticked(start: Start, one: DocumentFacts, shown: PanelRows, chosen: Chosen | None) -> Ticked:
    why, node = _needed_as(start, one, shown), str(one.node_id)
    return Ticked(node, one.name, why, node in chosen.nodes if chosen else bool(why))


def _needed_as(start: Start, one: DocumentFacts, shown: PanelRows) -> str:
    """The document type the workspace must hold it under, else what this very workflow decides about."""
    wanted = shown.link.completeness.get("types", ()) if shown.link else ()
    found = next((str(name) for name in wanted if _is_of_type(one, str(name))), "")
    if not found and start.process == "sf_special_price" and prices.is_price_agreement(one.name):
        return _("Price agreement")
    if not found and start.process == "sf_order_review" and one.record_class:
        return _("Record")
    if not found and start.process == "sf_content_approval":
        return _part_of_content(one)
    return found


def _part_of_content(one: DocumentFacts) -> str:
    """What a content sheet may name: itself, pictures, compliance documents; evidence of earlier rounds is none."""
    if is_content_sheet(one.name):
        return _("Content sheet")
    lies_in = (one.folder, *(one.traits.folders or ()))
    return next((_(words) for folder, words in CONTENT_PARTS.items() if folder in lies_in), "")


def _is_of_type(one: DocumentFacts, name: str) -> bool:
    return name.casefold() in {known.casefold() for known in one.traits.types or ()}


def missing(start: Start, shown: PanelRows, found: Sight) -> tuple[str, ...]:
    """Types the workspace must hold and does not, where the workflow decides about all of them."""
    return completeness.lacking(shown, found).missing if start.needs_all else ()


def read(start: Start, given: Mapping[str, str], shown: PanelRows, found: Sight) -> Chosen:
    """Strictly: only documents the reader sees on this very object, and no start without what is missing by mistake."""
    known = [str(one.node_id) for one in shown.documents if one.node_id]
    nodes = tuple(node for node in known if given.get(f"{ATTACHED}-{node}"))
    if len(nodes) > MOST_ATTACHED:
        return Chosen(nodes, _("Choose at most %(n)s documents.", n=MOST_ATTACHED))
    lacking = missing(start, shown, found)
    if lacking and not given.get(WITHOUT):
        words = _("These documents are missing: %(names)s. File them first, or tick “Start without them”.",
                  names=", ".join(lacking))  # fmt: skip
        return Chosen(nodes, words)
    return Chosen(nodes)
