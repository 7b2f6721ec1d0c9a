"""The set-up's pages: your store, Content Server, workflow and letters, the first document. Each part is tested alone.

What was typed is kept before it is tested, so that it can be left at any point. Nothing outside is asked while a page
is made: a test, and the look for an order, happen when somebody presses for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from pydantic import SecretStr
from werkzeug.wrappers import Response as AnyResponse

from app.db import activity, setup_drafts
from app.db.activity import StoreState
from app.db.session import reading
from app.db.setup_drafts import FirstRun, Standing
from app.engine import connections, first_setup, server_names
from app.engine.connections import EnteredConnection
from app.engine.deps import Deps
from app.engine.sessions import Role
from app.errors import NotFound
from app.opentext import check
from app.scenarios.records import RECORD_ON_REQUEST
from app.web import asking, check_words, guards, language, sentences, set_up, templating, texts, waiting
from app.web.language import _
from app.web.settings_pages import connection as form
from app.web.settings_pages.derived import completed

GROUPS = {
    "content": ("content",),
    "workflow": ("workflow", "paths", "exstream", "notifications", "exstream_more"),
}
TRIED = {"content": (check.CONTENT,), "workflow": (check.WORKFLOW, check.EXSTREAM)}
NOT_ENTERED = {  # stands for a part that comes later, while an earlier one is tried
    "workflow_url": "https://later.invalid", "workflow_tenant": "later", "workflow_client_id": "later",
    "workflow_client_secret": "later",
}  # fmt: skip
LETTERS = "letters"  # whether Exstream is wanted already: "yes" or "no"; what was typed for it is kept either way
SYSTEMS = {"bigcommerce": "BigCommerce", "shopify": "Shopify"}  # the names in the set-up we ship
LONGEST_ORDER = 40
MOVING = ("running", "waiting")


@dataclass(frozen=True)
class Known:
    """Everything the pages are made of, read once."""

    store: StoreState
    standing: Standing
    steps: tuple[set_up.SetupStep, ...]


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/set-up")
    def set_up_start() -> AnyResponse:
        return redirect(url_for("settings.set_up_part", part=set_up.next_part(_known(deps).steps)), 303)

    @bp.get("/set-up/<part>")
    def set_up_part(part: str) -> str:
        return _page(deps, _checked(part), {})

    @bp.post("/set-up/<part>")
    @guards.requires("manager")
    def do_set_up(part: str) -> AnyResponse:
        """Test a part and go on where it works; the page says what does not."""
        return {"store": _register, "document": _put_first_document}.get(_checked(part), _try_part)(deps, part)


def _checked(part: str) -> str:
    if part not in set_up.PARTS:
        raise NotFound("The set-up has no such step.")
    return part


def _known(deps: Deps) -> Known:
    store_id = guards.merchant().store_id
    with reading(deps.database) as session:
        store = activity.store(session, store_id)
        standing = setup_drafts.standing(session, store_id)
    if store is None:
        raise NotFound("There is no such store.")
    language.read_in(store.timezone)
    return Known(store, standing, set_up.steps(store, standing))


# --- what the buttons do ---


def _register(deps: Deps, part: str) -> AnyResponse:
    asking.ask_store(deps, "set_up_store")
    return redirect(url_for("settings.set_up_part", part=part, asked=1), 303)


def _put_first_document(deps: Deps, part: str) -> AnyResponse:
    order = templating.checked(request.form, "order", LONGEST_ORDER)
    if not _known(deps).standing.is_connected:
        raise NotFound("OpenText is not connected yet.")
    first_setup.ask(deps, guards.merchant().store_id, order)
    asking.ask_store(deps, first_setup.REQUEST, order=order)
    return redirect(url_for("settings.set_up_part", part=part), 303)


def _try_part(deps: Deps, part: str) -> AnyResponse:
    if _known(deps).standing.is_connected:
        return _try_again(deps, part)
    store_id = guards.merchant().store_id
    own = _names(part)
    given = completed({name: value for name, value in form.typed(request.form).items() if name in own})
    typed = {name: given.pop(name) for name in form.SECRETS if name in given}
    if part == "workflow":
        given[LETTERS] = "yes" if request.form.get(LETTERS) == "yes" else "no"
    first_setup.keep(deps, store_id, given, typed)
    entered, errors = _entered(deps, part)
    if entered is None:
        return Response(_page(deps, part, errors), 422)
    checks = connections.test(deps, connections.complete(deps, store_id, entered), TRIED[part])
    first_setup.note_checks(deps, store_id, part, checks)
    if part == "content" and connections.is_usable(checks):
        return redirect(url_for("settings.set_up_part", part="workflow"), 303)
    if part == "workflow" and connections.is_usable(checks):
        return _connect(deps, entered)
    return Response(_page(deps, part, {}), 422)


def _try_again(deps: Deps, part: str) -> AnyResponse:
    """A part of the saved connection; nothing is changed by it."""
    store_id = guards.merchant().store_id
    saved = connections.load(deps.database, deps.vault, store_id)
    first_setup.note_checks(deps, store_id, part, connections.test(deps, saved, TRIED[part]))
    return redirect(url_for("settings.set_up_part", part=part, tested=1), 303)


def _connect(deps: Deps, entered: EnteredConnection) -> AnyResponse:
    """Save when the first part still works, too: it may have been tried days ago."""
    who = guards.merchant()
    complete = connections.complete(deps, who.store_id, entered)
    checks = connections.test(deps, complete, TRIED["content"])
    first_setup.note_checks(deps, who.store_id, "content", checks)
    if not connections.is_usable(checks):
        return Response(_page(deps, "content", {}), 422)
    connections.save(deps, who.store_id, complete, who.user_id)
    first_setup.finish(deps, who.store_id)
    asking.ask_store(deps, "set_up_store")
    asking.ask_store(deps, server_names.REQUEST)
    return redirect(url_for("settings.set_up_part", part="document"), 303)


def _entered(deps: Deps, part: str) -> tuple[EnteredConnection | None, dict[str, str]]:
    """What was entered up to this part, with its secrets; or what is wrong in this part."""
    values = _values(deps, _known(deps).standing)
    whole = values | (NOT_ENTERED if part == "content" else {})
    with_letters = part == "workflow" and _wants_letters(values)
    if not with_letters:
        whole = {name: value for name, value in whole.items() if name not in form.OF_EXSTREAM}
    entered, errors = form.entered(whole, allow_http=deps.settings.allow_plain_http)
    secrets = first_setup.secrets_for(deps, guards.merchant().store_id, values)
    needed = ["client_secret"] if part == "content" else ["client_secret", "workflow_client_secret"]
    if with_letters and not values.get("exstream_url"):
        errors["exstream_url"] = _("Enter the address, or choose to do without letters for now.")
    elif with_letters:
        needed += ["exstream_client_secret", *(["notifications_password"] if values.get("notifications_url") else [])]
    words = _("Enter the secret. It is only sent to the address it was entered for; a new address needs it again.")
    errors |= {name: words for name in needed if not secrets.get(name) and name not in errors}
    if part == "workflow" and (wrong := set(errors) & set(_names("content"))):
        errors["workflow_url"] = _("Finish the step before this one first; something in it is missing.")
        errors = {name: text for name, text in errors.items() if name not in wrong}
    own = {name: text for name, text in errors.items() if name in _names(part)}
    if entered is None or own:
        return None, own or errors
    return _with_secrets(entered, {name: secrets[name] for name in needed}), {}


def _with_secrets(entered: EnteredConnection, secrets: Mapping[str, str]) -> EnteredConnection:
    own = {name: SecretStr(secrets[name]) for name in ("client_secret", "workflow_client_secret") if name in secrets}
    theirs = entered.exstream
    if theirs is not None:
        of = {"exstream_client_secret": "client_secret", "notifications_password": "notifications_password"}
        found = {of[name]: SecretStr(secrets[name]) for name in of if name in secrets}
        theirs = theirs.model_copy(update=found)
    return entered.model_copy(update={**own, "exstream": theirs})


def _names(part: str) -> tuple[str, ...]:
    return tuple(one.name for group in GROUPS[part] for one in form.GROUPS[group])


def _values(deps: Deps, standing: Standing) -> dict[str, str]:
    """What was entered, else what is prefilled."""
    values = form.first_values(None, deps.settings.opentext)
    provider = guards.merchant().store_id.partition(":")[0]
    if values["external_system"] in ("", *SYSTEMS.values()):  # one installation serves stores of both
        values["external_system"] = SYSTEMS[provider]
    return values | (standing.draft.values if standing.draft else {})


def _wants_letters(values: Mapping[str, str]) -> bool:
    """Said so on the page. An operator may have prefilled its address: that alone asks nobody for its secrets."""
    return values.get(LETTERS) == "yes"


# --- the page ---


def _page(deps: Deps, part: str, errors: Mapping[str, str]) -> str:
    known, who = _known(deps), guards.merchant()
    at, checks = first_setup.checks(known.standing.draft, part)
    done = sum(one.status == "done" for one in known.steps)
    return templating.page(
        f"settings/_set_up_{part}.html" if waiting.is_part() else "settings/set_up.html",
        part=part, known=known, step=known.steps[set_up.PARTS.index(part)], done=done,
        number=set_up.PARTS.index(part) + 1, errors=errors, can_act=who.role.covers(Role.MANAGER),
        groups=_groups(deps, part, known, errors), checked_at=at, checks=check_words.shown(checks),
        is_usable=connections.is_usable(checks), asked="asked" in request.args,
        with_letters=_wants_letters(_values(deps, known.standing)),
        **(_first(deps, known) if part == "document" else {}),
    )  # fmt: skip


def _groups(deps: Deps, part: str, known: Known, errors: Mapping[str, str]) -> dict[str, Any]:
    if part not in GROUPS or known.standing.is_connected:
        return {}
    values = _values(deps, known.standing)
    kept = first_setup.secrets_for(deps, guards.merchant().store_id, values)
    return {name: form.fields(form.GROUPS[name], values, errors, kept=tuple(kept)) for name in GROUPS[part]}


def _first(deps: Deps, known: Known) -> dict[str, Any]:
    """Where the first document is: the order that was chosen, how its run goes, and whether the page looks again."""
    store_id, draft = guards.merchant().store_id, known.standing.draft
    state, order = (draft.first_state, draft.first_order) if draft else ("", "")
    with reading(deps.database) as session:
        run = setup_drafts.first_run(session, store_id, RECORD_ON_REQUEST.slug, order) if state == "chosen" else None
        orders = setup_drafts.recent_orders(session, store_id)
    if state == "chosen" and run is None and first_setup.is_gone(deps, store_id, order):
        state = "gone"
    return {
        "first": state, "order": order, "run": run, "run_steps": _run_steps(run),
        "is_moving": state == "asked" or (state == "chosen" and (run is None or run.state in MOVING)),
        "orders": [("", _("Your newest order")), *orders], "problem": _problem(run),
    }  # fmt: skip


def _run_steps(run: FirstRun | None) -> list[tuple[str, texts.State]]:
    """Each step's title and how it stands; nothing of what was read or written."""
    if run is None:
        return []
    return [
        (texts.step_title(one.kind, one.params), texts.state_of(texts.STEP_STATES, one.status)) for one in run.steps
    ]


def _problem(run: FirstRun | None) -> tuple[str, str]:
    """What stops the run and what to do about it."""
    steps = run.steps if run else ()
    failing = next((one for one in steps if one.error_code and one.status not in ("done", "skipped")), None)
    if failing is None:
        return "", ""
    return texts.failure(failing.error_code, failing.error_message), sentences.said(failing.error_hint)
