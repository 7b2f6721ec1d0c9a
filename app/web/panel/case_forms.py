"""What a person fills in to open a case: one list of fields per kind, read strictly, refused field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from app.db.types import utc_now
from app.domain.cases import CaseItem, CaseKind
from app.domain.commerce import Money
from app.scenarios import complaints, disputes, returns
from app.web import display, language
from app.web.language import _
from app.web.texts import N_

OPEN = {
    CaseKind.RETURN: N_("Open a return"),
    CaseKind.COMPLAINT: N_("Open a complaint"),
    CaseKind.DISPUTE: N_("Open a dispute"),
}
LONGEST_TEXT = 4000
MOST = Decimal("999999999.99")


@dataclass(frozen=True)
class Asked:
    """One field of a form. `kind`: choice, text, area, amount or date. `options`: code → words."""

    name: str
    title: str
    kind: str
    help: str = ""
    is_required: bool = False
    options: Mapping[str, str] | None = None
    longest: int = 200


TEXT = Asked("text", N_("What happened"), "area", N_("Everybody who works on the case reads it."), True,
             longest=LONGEST_TEXT)  # fmt: skip
FORMS: dict[CaseKind, tuple[Asked, ...]] = {
    CaseKind.RETURN: (
        Asked("reason", N_("Reason"), "choice", "", True, returns.REASONS),
        Asked("wish", N_("What the buyer would like"), "choice", "", True, returns.WISHES),
        Asked("condition", N_("Condition of the goods"), "text", N_("For example: unopened, used once, cracked.")),
        TEXT,
    ),
    CaseKind.COMPLAINT: (
        Asked("reason", N_("What it is about"), "choice", "", True, complaints.REASONS),
        Asked("severity", N_("How serious it is"), "choice",
              N_("For a serious one the leads approve even an explanation."), True, complaints.SEVERITIES),
        Asked("amount", N_("Amount the buyer asks for"), "amount", N_("Leave empty where no money is asked for.")),
        TEXT,
    ),
    CaseKind.DISPUTE: (
        Asked("reason", N_("What the buyer told the provider"), "choice", "", True, disputes.REASONS),
        Asked("amount", N_("Disputed amount"), "amount", N_("Leave empty for the whole order.")),
        Asked("due", N_("To be answered by"), "date", N_("The provider’s deadline."), True),
        Asked("external_id", N_("Number at the provider"), "text", N_("As the provider writes it.")),
        TEXT,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Read:
    """What was typed, by field name; what is wrong with it; the items chosen."""

    values: dict[str, str]
    errors: dict[str, str]
    items: tuple[CaseItem, ...] = ()

    @property
    def due_at(self) -> datetime | None:
        """The end of that day."""
        day = self.values.get("due")
        return datetime.combine(date.fromisoformat(day), time(23, 59), UTC) if day else None

    def amount(self, currency: str) -> Money | None:
        text = self.values.get("amount")
        return Money(Decimal(text), currency) if text and currency else None


def read(kind: CaseKind, given: Mapping[str, str], lines: list[dict[str, Any]]) -> Read:
    """The form as typed: nothing that was typed is lost when something is refused."""
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    for asked in FORMS[kind]:
        values[asked.name] = display.clean(given.get(asked.name, ""), LONGEST_TEXT + 1).strip()
        problem = _problem(asked, values[asked.name])
        if problem:
            errors[asked.name] = problem
        elif asked.kind == "amount" and values[asked.name]:
            values[asked.name] = str(_amount(values[asked.name]))
    items = _items(given, lines, errors) if kind is CaseKind.RETURN else ()
    if kind is CaseKind.RETURN and not items and "items" not in errors:
        errors["items"] = _("Choose at least one item and how many come back.")
    return Read(values, errors, items)


def _problem(asked: Asked, text: str) -> str:
    if not text:
        return _("Please fill this in.") if asked.is_required else ""
    if len(text) > asked.longest:
        return _("Use at most %(n)s characters.", n=asked.longest)
    if asked.options is not None and text not in asked.options:
        return _("Choose one of these.")
    if asked.kind == "amount" and _amount(text) is None:
        return _("Enter an amount such as 49.90.")
    if asked.kind == "date" and not _is_ahead(text):
        return _("Enter today or a later day.")
    return ""


def _amount(text: str) -> Decimal | None:
    """An amount with at most two decimals, greater than 0."""
    try:
        amount = Decimal(language.plain_number(text))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 < amount <= MOST or amount != amount.quantize(Decimal("0.01")):
        return None
    return amount.quantize(Decimal("0.01"))


def _is_ahead(text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text) >= utc_now().date()
    except ValueError:
        return False


def _items(given: Mapping[str, str], lines: list[dict[str, Any]], errors: dict[str, str]) -> tuple[CaseItem, ...]:
    """How many of each line come back: never more than were bought and not given back yet."""
    found = []
    for line in lines:
        text = given.get(f"item-{line['line_id']}", "").strip()
        if text in ("", "0"):
            continue
        if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) <= left(line)):
            errors["items"] = _("Of %(name)s at most %(n)s can come back.", name=line["name"], n=left(line))
            continue
        found.append(CaseItem(line["sku"], line["name"], int(text), str(line["line_id"]), str(line["product_id"])))
    return tuple(found)


def left(line: Mapping[str, Any]) -> int:
    return max(0, int(line["quantity"]) - int(line.get("refunded") or 0))


def worth(items: tuple[CaseItem, ...], lines: list[dict[str, Any]]) -> Money | None:
    """What the items cost: their share of their lines."""
    by_id = {str(line["line_id"]): line for line in lines}
    total, currency = Decimal(0), ""
    for item in items:
        line = by_id[item.line_id]
        total += Decimal(line["total"]["amount"]) * item.quantity / int(line["quantity"])
        currency = line["total"]["currency"]
    return Money(total.quantize(Decimal("0.01")), currency) if currency else None


def reason_words(code: str) -> str:
    """A reason's code in words; what is no code of ours is said as it is."""
    for codes in (returns.REASONS, complaints.REASONS, disputes.REASONS):
        if code in codes:
            return _(codes[code])
    return code
