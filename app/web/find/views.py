"""View models of what was found: lines of the list, and one object with everything around it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.db.panel_facts import PanelRows
from app.db.search import Hit, Key, Known
from app.domain.search import TermKind
from app.web import language
from app.web.kinds import MANY
from app.web.language import _
from app.web.panel.views import PanelView
from app.web.texts import N_, State

KINDS = {
    "order": N_("Order"),
    "product": N_("Product"),
    "customer": N_("Customer"),
    "company": N_("Company"),
    "case": N_("Case"),
    "page": N_("Page"),
}
BY = {
    TermKind.SKU: N_("found by SKU"),
    TermKind.TRACKING: N_("found by tracking number"),
    TermKind.NAME: N_("found by name"),
    TermKind.EMAIL: N_("found by e-mail address"),
}


@dataclass(frozen=True)
class Line:
    """One object in a list. `notes` tell it from others; `has_panel`: it has a page of its own."""

    kind: str
    object_id: str
    title: str
    word: str
    notes: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.object_id}"

    @property
    def has_panel(self) -> bool:
        return self.kind in MANY


@dataclass(frozen=True)
class Letter:
    """A document that was sent: its name, and how that went."""

    name: str
    way: str
    state: State


@dataclass(frozen=True)
class About:
    """One object and everything around it."""

    line: Line
    panel: PanelView
    related: tuple[Line, ...]
    letters: tuple[Letter, ...]


def hit_line(hit: Hit) -> Line:
    how = (_(BY[hit.by]),) if hit.by in BY else ()
    known = line(hit.key, hit)
    return Line(known.kind, known.object_id, known.title, known.word, (*known.notes, *how))


def line(key: Key, known: Known) -> Line:
    """What the store told; nothing of OpenText stands here, so it is everybody's who may use these pages."""
    gone = (_("deleted in your store"),) if known.is_gone else ()
    notes = tuple(str(one) for one in _notes(key[0], known.facts) if one)
    return Line(key[0], key[1], known.name or key[1], _(KINDS[key[0]]), notes + gone)


def _notes(kind: str, facts: Mapping[str, Any]) -> Iterator[str]:
    if kind == "order":
        placed = language.parse_moment(facts.get("placed_at"))
        yield facts.get("customer_name") or ""
        yield language.money(facts.get("total"))
        yield language.date(placed) if placed else ""
        yield facts.get("status_label") or ""
    elif kind == "product":
        yield _("SKU %(sku)s", sku=facts["sku"]) if facts.get("sku") else ""
    elif kind == "case":
        yield facts.get("customer_name") or ""
        yield _("order %(number)s", number=facts["order_number"]) if facts.get("order_number") else ""
    else:
        yield facts.get("email") or ""
        yield facts.get("company") or ""


def about(rows: PanelRows, view: PanelView, related: tuple[Line, ...]) -> About:
    """`rows`: what this reader may see. Call after `language.read_in`."""
    key = (rows.object_type, rows.object_id)
    told = rows.snapshot
    known = Known(view.title, told.facts if told else {}, told.is_gone if told else False)
    letters = tuple(
        Letter(one.name, one.delivery.way, State(one.delivery.end, one.delivery.tone))
        for one in view.documents
        if one.delivery
    )
    return About(line(key, known), view, related, letters)
