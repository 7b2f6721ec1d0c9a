"""View models of the inbox: lines, what each answer sets off, how each of several decisions ended."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import g

from app.db.panel_facts import PanelRows, RunFacts
from app.domain.steps import STEP
from app.engine import person_sign_in
from app.engine.deciding.tasks import Held, Option
from app.engine.open_tasks import CONTENT_SERVER, OpenTask
from app.opentext.workflows import Engine
from app.scenarios import BY_SLUG
from app.web import language, sentences, texts
from app.web.kinds import MANY
from app.web.language import _
from app.web.panel import decisions
from app.web.panel.decisions import Refusal
from app.web.panel.views import decided_about


@dataclass(frozen=True)
class Line:
    """One open task. `key` names it in a form, `place` in its address; `can_choose`: it may be decided with others."""

    key: str
    place: dict[str, str]
    title: str
    about: str
    store: str  # empty where the list is of one store
    scenario: str
    notes: tuple[str, ...]
    amount: str
    who: str
    due_at: datetime | None
    is_overdue: bool
    started_at: datetime
    can_choose: bool


@dataclass(frozen=True)
class Answer:
    """A button and what pressing it sets off, in the order it happens. `asks_back`: the workflow goes on waiting."""

    value: str
    label: str
    tone: str
    follows: tuple[str, ...]
    asks_back: bool


@dataclass(frozen=True)
class Ended:
    """How one of several decisions went. `problem` is empty where it holds."""

    line: Line
    problem: str


def decided(run: RunFacts, shown: PanelRows) -> dict[str, str]:
    """The documents a decision is about, as far as the reader sees them: our id → the version, empty for any."""
    node, version = str(run.facts.get("node_id") or ""), str(run.facts.get("version") or "")
    about = {number for number, _name in decided_about(run, shown)}
    return {one.id: version if str(one.node_id) == node else "" for one in shown.documents if one.id in about}


def line(task: OpenTask) -> Line:
    facts = task.facts
    notes = (task.workflow, facts.get("customer_name"), facts.get("status_label"), facts.get("company"))
    return Line(
        key=task.key,
        place=place(task),
        title=sentences.said(task.held.name),
        about=task.object_name,
        store=task.store_name,
        scenario=kind_words(task.kind),
        notes=tuple(str(one) for one in notes if one),
        amount=language.money({"amount": str(task.amount), "currency": task.currency}) if task.amount else "",
        who=decisions.waits_for(task.held),
        due_at=task.due_at,
        is_overdue=task.is_overdue,
        started_at=task.started_at,
        can_choose=can_choose(task),
    )


def place(task: OpenTask) -> dict[str, str]:
    """What its address is built from; an approver's names the store too."""
    found = {"kind": MANY.get(task.object_type, "orders"), "object_id": task.object_id, "ref": task.held.ref}
    return found | ({"tenant": person_sign_in.tenant(task.store_id)} if "approver" in g else {})


def kind_words(kind: str) -> str:
    return _("Workflow in Content Server") if kind == CONTENT_SERVER else texts.scenario(kind)


def can_choose(task: OpenTask) -> bool:
    """Content Server tells a task's options only when it is opened."""
    has_options = bool(task.held.options) or task.held.engine is Engine.CONTENT_SERVER
    return task.is_mine_to_decide and has_options and not task.held.is_lent


def sums(tasks: tuple[OpenTask, ...]) -> list[str]:
    """What all of them are worth together, in each currency."""
    found: dict[str, Decimal] = {}
    for one in tasks:
        if one.amount is not None:
            found[one.currency] = found.get(one.currency, Decimal(0)) + one.amount
    return [language.money({"amount": str(value), "currency": currency}) for currency, value in found.items()]


def answers(held: Held, scenario: str) -> tuple[Answer, ...]:
    """Every button of a task with what it sets off."""
    return () if held.is_lent else tuple(_answer(one, scenario) for one in held.options)


def common(tasks: tuple[OpenTask, ...]) -> tuple[Answer, ...]:
    """The answers all of them have; what each sets off is told for each kind of work among them."""
    if not tasks:
        return ()
    values = set.intersection(*({one.value for one in task.held.options} for task in tasks))
    kinds = list(dict.fromkeys(task.kind for task in tasks))
    return tuple(
        Answer(one.value, decisions.label(one), decisions.tone(one), _told_of(kinds, one.value), one.asks_back)
        for one in tasks[0].held.options
        if one.value in values and not one.asks_back
    )


def _answer(option: Option, scenario: str) -> Answer:
    return Answer(
        option.value, decisions.label(option), decisions.tone(option), follows(scenario, option.value), option.asks_back
    )


def _told_of(kinds: list[str], value: str) -> tuple[str, ...]:
    if len(kinds) == 1:
        return follows(kinds[0], value)
    return tuple(f"{kind_words(kind)}: {', '.join(follows(kind, value)) or _('nothing more')}" for kind in kinds)


def follows(scenario: str, value: str) -> tuple[str, ...]:
    """The steps behind an outcome, in words; nothing where the scenario only waits on."""
    known = BY_SLUG.get(scenario)
    steps = [STEP.dump_python(one, mode="json") for one in known.steps] if known else []
    return tuple(dict.fromkeys(texts.step_title(one["kind"], one) for one in _behind(steps, value)))


def _behind(steps: list[dict[str, Any]], value: str) -> list[dict[str, Any]]:
    """The steps of an outcome, and whatever comes after the decision in any case."""
    for number, step in enumerate(steps):
        for outcome in step.get("outcomes") or ():
            found = outcome.get("steps") or ()
            if outcome.get("value") == value and step["kind"] == "await_decision":
                return [*found, *steps[number + 1 :]]
            deeper = _behind(list(found), value)
            if deeper:
                return deeper
    return []


def ended(task: Line, refusal: Refusal | None) -> Ended:
    return Ended(task, refusal.sentence if refusal else "")
