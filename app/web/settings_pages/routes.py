"""The settings' doors: all of them at a glance, connect OpenText, choose the rules, give people their roles."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import activity
from app.db.session import reading
from app.engine import (
    callback_secrets,
    callbacks,
    communications,
    connections,
    operator_secrets,
    server_names,
    sessions,
)
from app.engine.connections import EnteredConnection, SavedConnection, SecretNeeded
from app.engine.deps import Deps
from app.engine.sessions import Role
from app.errors import NotFound
from app.opentext.check import PARTS, CheckStep
from app.web import asking, check_words, guards, language, templating, waiting
from app.web.language import _
from app.web.settings_pages import (
    audit,
    help_desk,
    messages,
    names,
    permissions,
    privacy,
    rights,
    rooms,
    scenarios,
    secrets,
    set_up,
    templates,
)
from app.web.settings_pages import connection as form


def make_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("settings", __name__)
    bp.record_once(templating.install)
    rooms.add(bp, deps)
    _add_connection(bp, deps)
    scenarios.add(bp, deps, _page)
    _add_people(bp, deps)
    rights.add(bp, deps)
    waiting.add(bp)
    privacy.add(bp, deps)
    help_desk.add(bp, deps)
    messages.add(bp, deps)
    names.add(bp, deps)
    audit.add(bp, deps)
    permissions.add(bp, deps)
    secrets.add(bp, deps)
    set_up.add(bp, deps)
    templates.add(bp, deps, _page)
    return bp


def _add_connection(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/opentext")
    def opentext() -> str:
        saved = _saved(deps)
        return _connection_page(deps, saved, form.first_values(saved, deps.settings.opentext), {}, ())

    @bp.post("/opentext")
    @guards.requires("manager")
    def connect() -> AnyResponse:
        """Test every part, save only when all of it works, then deploy the workflow models on the queue."""
        saved, values = _saved(deps), form.typed(request.form)
        entered, errors = form.entered(values, allow_http=deps.settings.allow_plain_http)
        checks: list[CheckStep] = []
        if entered is not None:
            checks, errors = _test_and_save(deps, entered)
        if entered is not None and not errors and connections.is_usable(checks):
            asking.ask_store(deps, "set_up_store")
            asking.ask_store(deps, server_names.REQUEST)
            return redirect(url_for("settings.opentext", done="connected"), 303)
        return Response(_connection_page(deps, saved, values, errors, tuple(checks)), 422)


def _test_and_save(deps: Deps, entered: EnteredConnection) -> tuple[list[CheckStep], dict[str, str]]:
    who = guards.merchant()
    try:
        complete = connections.complete(deps, who.store_id, entered)
    except SecretNeeded as error:
        words = _("Enter the secret. It is only sent to the address it was entered for; a new address needs it again.")
        return [], dict.fromkeys(error.fields, words)
    checks = connections.test(deps, complete, PARTS)
    if connections.is_usable(checks):
        connections.save(deps, who.store_id, complete, who.user_id)
    return checks, {} if checks else {"otds_url": _("The test could not be started. Please try again.")}


def _saved(deps: Deps) -> SavedConnection | None:
    store_id = guards.merchant().store_id
    with reading(deps.database) as session:
        store = activity.store(session, store_id)
        if store is not None:
            language.read_in(store.timezone)
        return connections.saved(session, store_id)


def _connection_page(
    deps: Deps,
    saved: SavedConnection | None,
    values: dict[str, str],
    errors: dict[str, str],
    checks: tuple[CheckStep, ...],
) -> str:
    kept = {name for name in form.SECRETS if saved and (saved.exstream or name not in form.OF_EXSTREAM)}
    kept |= set(operator_secrets.for_values(deps.settings.opentext, values))
    known = server_names.known(deps, guards.merchant().store_id).get("external_system")
    suggested = {"external_system": known.names if known else ()}
    shown = {
        name: form.fields(group, values, errors, kept=kept, suggested=suggested) for name, group in form.GROUPS.items()
    }
    who = guards.merchant()
    return _page(
        "settings/opentext.html",
        saved=saved,
        groups=shown,
        errors=errors,
        checks=check_words.shown(checks),
        done="" if errors or checks else request.args.get("done", "")[:20],
        ages=callback_secrets.ages(deps, who.store_id) if who.role == "owner" else None,
        callback_url=f"{deps.settings.public_url}/callbacks/workflow/v1/decisions",
        has_exstream=bool(values.get("exstream_url")) or any(name in form.OF_EXSTREAM for name in errors),
        content=callbacks.content_secrets(deps, who.store_id) if who.role == "owner" else None,
        reports=communications.report_addresses(deps, who.store_id)
        if who.role == "owner" and saved and saved.exstream
        else None,
    )


def _add_people(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/people")
    def people() -> str:
        who = guards.merchant()
        with reading(deps.database) as session:
            store = activity.store(session, who.store_id)
            found = activity.people(session, who.store_id)
        language.read_in(store.timezone if store else "UTC")
        done = request.args.get("done") == "role"
        return _page("settings/people.html", people=found, roles=_roles(), is_owner=who.role is Role.OWNER, done=done)

    @bp.post("/people/<user_id>")
    @guards.requires("owner")
    def change_role(user_id: str) -> AnyResponse:
        """Another role for a person of this store; their sessions end, so that it holds at once."""
        chosen = request.form.get("role", "")
        if chosen not in set(Role):
            raise NotFound("There is no such role.")
        sessions.change_role(deps, guards.merchant(), user_id, Role(chosen))
        return redirect(url_for("settings.people", done="role"), 303)


def _roles() -> dict[str, tuple[str, str]]:
    """Role → its name and what it may do."""
    return {
        "viewer": (_("Viewer"), _("sees everything here, changes nothing")),
        "manager": (_("Manager"), _("also opens reviews, undoes, restores, tries again and changes settings")),
        "owner": (_("Owner"), _("also gives people their roles")),
    }


def _page(template: str, **values: Any) -> str:
    can_act = guards.merchant().role.covers(Role.MANAGER)
    return templating.page(template, can_act=can_act, **values)
