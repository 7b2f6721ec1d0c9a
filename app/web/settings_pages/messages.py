"""Settings: the messages of the store. How long none may come before we say so, and the header its webhooks carry."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import activity
from app.db.session import reading
from app.domain.silence import LONGEST, SHORTEST, Silence
from app.engine import hook_secrets, silence_choice
from app.engine.deps import Deps
from app.engine.letters.request_mail import LONGEST_ADDRESS, is_address
from app.engine.sessions import Role
from app.errors import NotFound
from app.web import asking, guards, language, templating
from app.web.home import views
from app.web.language import _

NAMES = ("hours", "quiet_from", "quiet_until")
FIELDS = (*NAMES, "mail_to")
HOURS = tuple(str(hour) for hour in range(24))


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/messages")
    def messages() -> str:
        return _page(deps, None, {})

    @bp.post("/messages")
    @guards.requires("manager")
    def choose_silence() -> AnyResponse:
        typed = {name: request.form.get(name, "").strip()[:LONGEST_ADDRESS] for name in FIELDS}
        silence, errors = _chosen(typed)
        errors |= _mail_errors(deps, typed["mail_to"])
        if errors:
            return Response(_page(deps, typed, errors), 422)
        silence_choice.choose(deps, guards.merchant(), silence, typed["mail_to"])
        return redirect(url_for("settings.messages", done="saved"), 303)

    @bp.post("/messages/header")
    @guards.requires("owner")
    def renew_header() -> AnyResponse:
        """The webhooks get it on the queue; asked for again, what stopped half-way goes on."""
        hook_secrets.renew(deps, guards.merchant())
        asking.ask_store(deps, "set_up_store")
        return redirect(url_for("settings.messages", done="renewed"), 303)

    @bp.post("/messages/header/spread")
    @guards.requires("owner")
    def spread_header() -> AnyResponse:
        asking.ask_store(deps, "set_up_store")
        return redirect(url_for("settings.messages", done="asked"), 303)

    @bp.post("/messages/header/end")
    @guards.requires("owner")
    def end_earlier_header() -> AnyResponse:
        hook_secrets.end_earlier(deps, guards.merchant())
        return redirect(url_for("settings.messages", done="ended"), 303)


def _chosen(typed: Mapping[str, str]) -> tuple[Silence, dict[str, str]]:
    hours, begins, ends = (typed[name] for name in NAMES)
    errors: dict[str, str] = {}
    if hours and not (hours.isdecimal() and hours.isascii() and SHORTEST <= int(hours) <= LONGEST):
        errors["hours"] = _("Enter a whole number from 1 to 720, or nothing.")
    if bool(begins) != bool(ends) or (begins and begins == ends):
        errors["quiet_until"] = _("Choose both hours, and two different ones, or neither.")
    elif not {begins, ends} <= {"", *HOURS}:
        errors["quiet_until"] = _("Choose one of the hours.")
    if errors:
        return Silence(), errors
    return Silence(*(int(one) if one else None for one in (hours, begins, ends))), {}


def _mail_errors(deps: Deps, mail_to: str) -> dict[str, str]:
    if not mail_to:
        return {}
    if not is_address(mail_to):
        return {"mail_to": _("Enter one mail address, such as name@example.com, or nothing.")}
    kept = silence_choice.mailing(deps, guards.merchant().store_id)
    if not kept.is_possible and mail_to != kept.to:
        return {
            "mail_to": _(
                "Nothing can be mailed yet: connect OpenText Notifications, or an Exstream service that mails."
            )
        }
    return {}


def _page(deps: Deps, typed: Mapping[str, str] | None, errors: Mapping[str, str]) -> str:
    who = guards.merchant()
    with reading(deps.database) as session:
        store = activity.store(session, who.store_id)
        pulse = activity.pulse(session, who.store_id)
    if store is None:
        raise NotFound("There is no such store.")
    language.read_in(store.timezone)
    otherwise = deps.settings.periods.silence
    mailing = silence_choice.mailing(deps, who.store_id)
    chosen = _kept(store.silence)
    kept = {"mail_to": mailing.to} | {name: "" if value is None else str(value) for name, value in chosen.items()}
    return templating.page(
        "settings/messages.html", values=typed or kept,
        errors={name: errors.get(name, "") for name in FIELDS}, has_errors=bool(errors),
        pulse=pulse, zone=store.timezone, mailing=mailing,
        is_silent=views.is_silent(store, pulse, otherwise), default=int(otherwise.total_seconds() // 3600) or 1,
        clock=[("", _("No quiet hours")), *((hour, f"{int(hour):02}:00") for hour in HOURS)],
        header=hook_secrets.header(deps, who.store_id) if who.role is Role.OWNER else None,
        can_act=who.role.covers(Role.MANAGER), done="" if errors else request.args.get("done", "")[:20],
    )  # fmt: skip


def _kept(silence: Silence) -> dict[str, Any]:
    return dict(zip(NAMES, (silence.hours, silence.quiet_from, silence.quiet_until), strict=True))
