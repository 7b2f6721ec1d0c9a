"""Opening and closing cases from the panel. What is typed becomes a case, once, however often it is sent."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db.types import new_id
from app.domain.cases import Case, CaseKind, CaseState
from app.domain.commerce import Money
from app.domain.ids import CustomerId, OrderId
from app.engine import cases, rights
from app.engine.cases import NewCase
from app.engine.deps import Deps
from app.engine.sessions import Role
from app.errors import Conflict, NotFound, Rejected
from app.web import asking, display, guards, language, templating
from app.web.language import _
from app.web.panel import asks, case_forms
from app.web.panel.cases import OPENINGS
from app.web.panel.seen import Seen, seen

KINDS = {"orders": "order", "customers": "customer"}
KIND = "<any(orders, customers):kind>"
SHOWN_ON = KINDS | {"products": "product"}  # recalls and campaigns are opened by asking for them there
CLOSED_ON = "<any(orders, customers, products):kind>"
WHAT = "<any(return, complaint, dispute):what>"
LONGEST_OUTCOME = 200


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/{KIND}/<object_id>/cases/{WHAT}/new")
    def new_case(kind: str, object_id: str, what: str) -> str:
        found = seen(deps, KINDS[kind], object_id)
        case = _offered(found, what)
        return _form(found, case, case_forms.Read({}, {}))

    @bp.post(f"/{KIND}/<object_id>/cases/{WHAT}/new")
    @guards.requires("manager")
    def open_case(kind: str, object_id: str, what: str) -> AnyResponse:
        found = seen(deps, KINDS[kind], object_id)
        case = _offered(found, what)
        rights.demand(found.sight, rights.may_create(found.sight))
        typed = case_forms.read(case, request.form, _lines(found))
        if typed.errors:
            return AnyResponse(_form(found, case, typed), status=422, mimetype="text/html")
        cases.open_case(deps, guards.merchant().store_id, _new(found, case, typed))
        return redirect(url_for(f"panel.{KINDS[kind]}", object_id=object_id), 303)

    @bp.post(f"/{CLOSED_ON}/<object_id>/cases/<case_id>/close")
    @guards.requires("manager")
    def close_case(kind: str, object_id: str, case_id: str) -> AnyResponse:
        found = seen(deps, SHOWN_ON[kind], object_id)
        rights.demand(found.sight, rights.may_create(found.sight))
        who = guards.merchant()
        case = _shown(deps, found, case_id)
        outcome = display.clean(request.form.get("outcome", ""), LONGEST_OUTCOME + 1).strip()
        if not outcome or len(outcome) > LONGEST_OUTCOME:
            raise Rejected(_("Say in a few words how it ended, then close it."), status=422, code="outcome_missing")
        cases.close(deps, who.store_id, case.id, outcome, who.user_email or _("somebody"))
        return redirect(url_for(f"panel.{SHOWN_ON[kind]}", object_id=object_id), 303)


def _offered(found: Seen, what: str) -> CaseKind:
    """The kind, where such a case can be opened here."""
    kind = CaseKind(what)
    if kind not in OPENINGS.get(found.rows.object_type, ()):
        raise NotFound("There is no such form.")
    if not found.rows.shop.opentext_state:
        raise Conflict("OpenText is not connected.", code="not_connected_yet")
    if found.rows.object_type == "order" and (found.rows.snapshot is None or not _lines(found)):
        raise Conflict("The order was not read yet.", code="order_not_read")
    return kind


def _shown(deps: Deps, found: Seen, case_id: str) -> Case:
    """A case of this very object that is not closed."""
    if all(one.id != case_id for one in found.rows.cases):
        raise NotFound("There is no such case.")
    case = cases.read(deps, guards.merchant().store_id, case_id)
    if case.state is CaseState.CLOSED:
        raise Conflict("This case is closed already.", code="case_closed")
    return case


def _facts(found: Seen) -> dict[str, Any]:
    return found.rows.snapshot.facts if found.rows.snapshot else {}


def _lines(found: Seen) -> list[dict[str, Any]]:
    """The order's lines as last read; those read before we kept their ids are no use."""
    return [line for line in _facts(found).get("lines", ()) if line.get("line_id") and case_forms.left(line)]


def _new(found: Seen, kind: CaseKind, typed: case_forms.Read) -> NewCase:
    who, facts, rows = guards.merchant(), _facts(found), found.rows
    is_order = rows.object_type == "order"
    click = request.form.get("click", "")
    total = facts.get("total") or {}
    amount = typed.amount(total.get("currency") or rows.shop.currency)
    if kind is CaseKind.RETURN:
        amount = case_forms.worth(typed.items, _lines(found))
    elif kind is CaseKind.DISPUTE and amount is None and total:
        amount = _money(total)
    customer = facts.get("customer_id") if is_order else rows.object_id
    return NewCase(
        kind=kind,
        cause_key=f"panel:{who.session_id}:{click if asking.CLICK.fullmatch(click) else new_id()}",
        opened_by=who.user_email or _("somebody"),
        reason=typed.values["reason"],
        text=typed.values["text"],
        order_id=OrderId(rows.object_id) if is_order else None,
        order_number=str(facts.get("number") or "") if is_order else "",
        customer_id=CustomerId(str(customer)) if customer else None,
        customer_name=str(facts.get("customer_name") or "")
        if is_order
        else rows.snapshot.name
        if rows.snapshot
        else "",
        items=typed.items,
        amount=amount,
        due_at=typed.due_at,
        external_id=typed.values.get("external_id", ""),
        values={name: typed.values[name] for name in ("wish", "condition", "severity") if typed.values.get(name)},
    )


def _money(total: dict[str, Any]) -> Money:
    return Money(Decimal(str(total["amount"])), str(total["currency"]))


def _form(found: Seen, kind: CaseKind, typed: case_forms.Read) -> str:
    g.seen, g.access = found, found.access
    language.read_in(found.rows.shop.timezone)
    object_type, object_id = found.rows.object_type, found.rows.object_id
    name = found.rows.snapshot.name if found.rows.snapshot else object_id
    can_act = guards.merchant().role.covers(Role.MANAGER)
    fields = [(one, asks.options(one, found.rows)) for one in case_forms.FORMS[kind]]
    return templating.page(
        "panel/case.html", title=_(case_forms.OPEN[kind]), kind=kind.value, object_type=object_type,
        object_id=object_id, object_name=name, fields=fields, values=typed.values,
        errors=typed.errors, lines=_lines(found) if kind is CaseKind.RETURN else (), typed=request.form,
        can_act=can_act, access=found.access,
    )  # fmt: skip
