"""What a panel is about, in words: its title and the line below, what was noted on it, what belongs to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.db.panel_facts import PanelRows
from app.web import language, texts
from app.web.kinds import is_id
from app.web.language import _

MOST_AROUND = 40
COMPANY_STATES = {
    "pending": texts.N_("waits to be approved in your store"), "approved": texts.N_("approved in your store"),
    "rejected": texts.N_("rejected in your store"), "inactive": texts.N_("inactive in your store"),
}  # fmt: skip
PAGE_KINDS = {"page": texts.N_("Page"), "policy": texts.N_("Policy of your store")}


@dataclass(frozen=True)
class Neighbour:
    """Another object of the store with a panel. `word` says what it is to this one."""

    kind: str
    object_id: str
    word: str
    name: str


def is_missing(rows: PanelRows) -> bool:
    """Who has it was asked and has none of that number, and nothing was ever known about it here."""
    told = rows.snapshot
    is_known = (told and (told.name or told.facts)) or rows.link or rows.runs or rows.publications
    return bool(told and told.is_gone and not is_known)


def title(rows: PanelRows) -> str:
    known = rows.snapshot.name if rows.snapshot else ""
    named = known or next((run.subject_name for run in rows.runs if run.subject_name), "")
    fallback = {
        "order": _("Order %(id)s"), "product": _("Product %(id)s"), "customer": _("Customer %(id)s"),
        "company": _("Company %(id)s"), "page": _("Page"),
    }  # fmt: skip
    return named or fallback.get(rows.object_type, _("Case")) % {"id": rows.object_id}


def subtitle(kind: str, facts: dict[str, Any]) -> tuple[str, ...]:
    """The line below the title: what tells this object from others."""
    if kind == "order":
        placed = language.parse_moment(facts.get("placed_at"))
        parts = [
            facts.get("customer_name"),
            language.money(facts.get("total")),
            _("placed %(date)s", date=language.date(placed)) if placed else "",
            _("in your store: %(status)s", status=facts["status_label"]) if facts.get("status_label") else "",
        ]
    elif kind == "product":
        hidden = facts.get("is_visible") is False
        sku = _("SKU %(sku)s", sku=facts["sku"]) if facts.get("sku") else ""
        parts = [sku, _("not visible to shoppers") if hidden else ""]
    elif kind == "company":
        state = _(COMPANY_STATES.get(str(facts.get("state")), ""))
        parts = [facts.get("email"), facts.get("group"), state]
    elif kind == "page":
        hidden = facts.get("is_visible") is False
        parts = [_(PAGE_KINDS.get(str(facts.get("kind")), "")), _("not visible to shoppers") if hidden else ""]
    elif kind == "case":
        number = _("order %(number)s", number=facts["order_number"]) if facts.get("order_number") else ""
        parts = [facts.get("customer_name"), number, language.money(facts.get("amount"))]
    else:
        since = language.parse_moment(facts.get("since"))
        parts = [facts.get("email"), facts.get("company"), facts.get("group")]
        parts.append(_("customer since %(date)s", date=language.date(since)) if since else "")
    return tuple(str(part) for part in parts if part)


def notes(facts: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What staff and buyer wrote on the order in the store: who wrote it, and their words."""
    kept = facts.get("notes")
    words = {"staff": _("Note of the staff"), "customer": _("Message of the buyer")}
    return tuple((words[who], str(text)) for who, text in (kept or {}).items() if text and who in words)


def around(rows: PanelRows) -> tuple[Neighbour, ...]:
    """What it belongs to and what belongs to it in the store, each once, as far as it has a panel."""
    found = {(one.kind, one.object_id): one for one in _named(rows) if is_id(one.kind, one.object_id)}
    if rows.customer_link:  # has a line of its own, with its workspace
        found.pop(above(rows), None)
    return tuple(found.values())[:MOST_AROUND]


def above(rows: PanelRows) -> tuple[str, str]:
    """(kind, id) of whom an order or a customer hangs below."""
    facts = rows.snapshot.facts if rows.snapshot else {}
    if rows.object_type == "order":
        return "customer", rows.customer_id
    return "company", str(facts.get("company_id") or "") if rows.object_type == "customer" else ""


def _named(rows: PanelRows) -> Iterator[Neighbour]:
    facts = rows.snapshot.facts if rows.snapshot else {}
    kind, is_case = rows.object_type, rows.object_type == "case"
    if is_case:
        yield Neighbour("order", str(facts.get("order_id") or ""), _("Order"), str(facts.get("order_number") or ""))
    if is_case or kind == "order":
        number = str(facts.get("customer_id") or "")
        yield Neighbour("customer", number, _("Customer"), str(facts.get("customer_name") or ""))
    if is_case or kind in ("order", "customer"):
        yield Neighbour("company", str(facts.get("company_id") or ""), _("Company"), str(facts.get("company") or ""))
    for number, name in rows.people:
        yield Neighbour("customer", number, _("Buys for it"), name)
    for line in facts.get("lines") or () if kind == "order" else ():
        yield Neighbour("product", str(line.get("product_id") or ""), _("Product"), str(line.get("name") or ""))
