"""Settings: links that show Find inside a help desk's side bar. Owners make, renew and withdraw them."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import activity
from app.db import help_desk as rows
from app.db.session import reading
from app.engine import help_desk
from app.engine.deps import Deps
from app.engine.help_desk import BadHost
from app.web import guards, language, templating
from app.web.language import _, ngettext

LONGEST_HOST = 200


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/help-desk")
    def help_desk_links() -> str:
        return _page(deps, "")

    @bp.post("/help-desk")
    @guards.requires("owner")
    def make_help_desk_link() -> AnyResponse:
        days = request.form.get("days", "")
        host = templating.checked(request.form, "host", LONGEST_HOST)
        try:
            help_desk.make(deps, guards.merchant(), host, int(days) if days.isdecimal() and len(days) < 4 else 0)
        except BadHost:
            wrong = _("Enter the address of your help desk, for example https://acme.zendesk.com, without a path.")
            return Response(_page(deps, wrong), 422)
        return redirect(url_for("settings.help_desk_links", done="made"), 303)

    @bp.post("/help-desk/<link_id>/renew")
    @guards.requires("owner")
    def renew_help_desk_link(link_id: str) -> AnyResponse:
        help_desk.renew(deps, guards.merchant(), link_id)
        return redirect(url_for("settings.help_desk_links", done="renewed"), 303)

    @bp.post("/help-desk/<link_id>/withdraw")
    @guards.requires("owner")
    def withdraw_help_desk_link(link_id: str) -> AnyResponse:
        help_desk.withdraw(deps, guards.merchant(), link_id)
        return redirect(url_for("settings.help_desk_links", done="withdrawn"), 303)


def _page(deps: Deps, wrong: str) -> str:
    """The address itself is a way in: only owners, who could make another, read it."""
    who = guards.merchant()
    with reading(deps.database) as session:
        store = activity.store(session, who.store_id)
        found = rows.of_store(session, who.store_id)
    language.read_in(store.timezone if store else "UTC")
    is_owner = who.role == "owner"
    done = {
        "made": _("The link is made. Give it to your help desk."),
        "renewed": _("There is a new address. The one before opens for one more hour."),
        "withdrawn": _("The link is withdrawn. Nothing that was given out for it opens any more."),
    }.get(request.args.get("done", ""), "")
    return templating.page(
        "settings/help_desk.html", is_owner=is_owner, wrong=wrong, done="" if wrong else done,
        typed=request.form.get("host", "")[:LONGEST_HOST],
        links=[(one, help_desk.address(deps, one) if is_owner else "") for one in found],
        spans=[(str(days), ngettext("%(n)s day", "%(n)s days", days)) for days in help_desk.DAYS],
    )  # fmt: skip
