"""The page on which each kind of document gets its design in Exstream."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import activity
from app.db.session import reading
from app.domain.communications import TEMPLATES
from app.engine import template_choice
from app.engine.behind import StillAsking
from app.engine.deps import Deps
from app.engine.template_choice import Choices
from app.errors import AppError
from app.scenarios import TEMPLATES as USED
from app.web import guards, language, waiting
from app.web.language import _
from app.web.texts import N_

Page = Callable[..., str]
LONGEST = 200
TITLES = {
    "SF_ORDER_CONFIRMATION": N_("Order confirmation"),
    "SF_INVOICE": N_("Invoice"),
    "SF_RECEIPT": N_("Receipt"),
    "SF_STATEMENT": N_("Account statement"),
    "SF_AGEING_NOTICE": N_("Reminder of open items"),
    "SF_RETURN_LETTER": N_("Answer to a return, with its label"),
    "SF_REFUND": N_("Refund confirmation"),
    "SF_POLICY": N_("Policy document"),
    "SF_RETENTION": N_("Letter with an offer"),
    "SF_CATALOG": N_("Personal catalogue"),
    "SF_DELAY_NOTICE": N_("Notice of a delay"),
    "SF_PARTIAL_NOTICE": N_("Notice of a partial shipment"),
    "SF_CANCEL_NOTICE": N_("Notice of a cancellation"),
    "SF_REVIEW_NOTICE": N_("Notice that an order is looked at"),
    "SF_RECALL_NOTICE": N_("Recall notice"),
    "SF_ONBOARDING": N_("Welcome pack"),
    "SF_WARRANTY": N_("Warranty registration"),
    "SF_CARE": N_("Care and set-up instructions"),
}


@dataclass(frozen=True)
class Line:
    """One kind of document: what was chosen for it, and what is wrong with that."""

    key: str
    title: str
    value: str
    is_used: bool
    error: str


def add(bp: Blueprint, deps: Deps, page: Page) -> None:
    @bp.get("/communications")
    def communications() -> str:
        _read_in(deps)
        who = guards.merchant()
        try:
            found = waiting.ask(deps, who, lambda: template_choice.choices(deps, who.store_id))
        except StillAsking:
            raise
        except AppError as error:
            return _unlisted(page, error)
        return _page(page, found, found.chosen, {}, done=request.args.get("done") == "saved")

    @bp.post("/communications")
    @guards.requires("manager")
    def choose_communications() -> AnyResponse:
        """Looked at in Exstream before it is kept; with one that cannot be composed from, nothing is."""
        _read_in(deps)
        who = guards.merchant()
        asked = {key: request.form.get(key, "")[:LONGEST].strip() for key in TEMPLATES}
        try:
            wrong = template_choice.choose(deps, who.store_id, asked, who.user_id)
            if not wrong:
                return redirect(url_for("settings.communications", done="saved"), 303)
            found = template_choice.choices(deps, who.store_id)
        except AppError as error:
            return Response(_unlisted(page, error), 503)
        return Response(_page(page, found, asked, wrong, done=False), 422)


def _read_in(deps: Deps) -> None:
    with reading(deps.database) as session:
        store = activity.store(session, guards.merchant().store_id)
    language.read_in(store.timezone if store else "UTC")


def _page(page: Page, found: Choices, values: Mapping[str, str], wrong: Mapping[str, str], *, done: bool) -> str:
    known = {each.communication_id for each in found.approved}
    lines = tuple(
        Line(key, _(title), values.get(key, ""), key in USED, wrong.get(key, "") or _state(values.get(key, ""), known))
        for key, title in TITLES.items()
    )
    options = [("", _("None"))]
    for each in found.approved:
        options.append((each.communication_id, f"{each.name} ({_('version %(n)s', n=each.version)})"))
    gone = {line.value for line in lines} - known - {""}
    options += [(value, _("No longer approved")) for value in sorted(gone)]
    return page(
        "settings/communications.html", lines=lines, options=options, problem=None, done=done and not wrong,
        has_errors=bool(wrong),
    )  # fmt: skip


def _unlisted(page: Page, error: AppError) -> str:
    """Exstream is not connected, or does not answer: why, and nothing to choose from."""
    return page("settings/communications.html", lines=(), options=(), problem=error, done=False, has_errors=False)


def _state(value: str, known: set[str]) -> str:
    if value and value not in known:
        return _("Its latest version is not approved in Exstream. Nothing is composed from it until it is.")
    return ""
