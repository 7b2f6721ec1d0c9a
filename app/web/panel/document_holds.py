"""Records and holds on a document's page: what OpenText says now, put on a hold and taken off with a reason."""

from dataclasses import dataclass

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from app.db import panel as rows_of
from app.db.panel_facts import RunFacts
from app.db.session import reading
from app.engine import asked_holds, panel_holds, work
from app.engine.asked_holds import Wish
from app.engine.behind import StillAsking
from app.engine.deps import Deps
from app.engine.panel_holds import LONGEST_NAME, LONGEST_REASON, Standing
from app.engine.rights import OpenTextSilent
from app.engine.sessions import Merchant, Role
from app.errors import Permanent, Retryable
from app.opentext.people import SignedOut
from app.web import asking, display, guards, language, templating, texts, waiting
from app.web.kinds import KIND, KINDS
from app.web.language import _
from app.web.panel import document_page, documents, progress
from app.web.panel.document_page import ID
from app.web.panel.progress import RunView
from app.web.panel.seen import Seen, seen

PATIENCE = 4.0  # seconds a person waits for OpenText's answer before the page says that it is queued
ENDED = ("done", "cancelled")


@dataclass(frozen=True)
class Typed:
    """What was typed, and what is wrong with it."""

    name: str = ""
    reason: str = ""
    problem: str = ""


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/{KIND}/<object_id>/documents/{ID}/holds")
    def holds(kind: str, object_id: str, document_id: str) -> str:
        """What OpenText says now, alone where a script puts it into the page, else a page of its own."""
        return _show(deps, seen(deps, KINDS[kind], object_id), document_id, Typed())

    @bp.post(f"/{KIND}/<object_id>/documents/{ID}/holds")
    @guards.requires("manager")
    def hold(kind: str, object_id: str, document_id: str) -> AnyResponse:
        """Apply (`do`: document or workspace) or release; a reason is always needed. Kept before it is answered."""
        found, typed = seen(deps, KINDS[kind], object_id), _typed()
        said, status = (typed.problem, 422) if typed.problem else _ask(deps, found, document_id, typed)
        try:
            page = _show(deps, found, document_id, typed, said, is_refused=status >= 400)
        except OpenTextSilent:  # nothing of the document is shown to who may not be allowed to see it
            page = templating.page("panel/_notice.html", sentence=said, needs_sign_in=False)
        # A script puts only what was answered with 200 into the page.
        return AnyResponse(page, 200 if waiting.is_part() else status, mimetype="text/html")


def _typed() -> Typed:
    name = templating.checked(request.form, "hold", LONGEST_NAME)
    reason = templating.checked(request.form, "reason", LONGEST_REASON)
    problem = "" if name and reason else _("Name the hold and give a reason; both are kept.")
    return Typed(name, reason, problem)


def _ask(deps: Deps, found: Seen, document_id: str, typed: Typed) -> tuple[str, int]:
    """Keep the request, then do it while the person waits, for a moment; what came of it in a sentence, and the
    status: 202 where OpenText has not answered yet."""
    who, do = guards.merchant(), request.form.get("do", "")
    is_release = do == "release"
    wish = Wish(
        document_id, typed.name, typed.reason, asking.click_key(), guards.correlation_id(), is_release,
        do == "workspace",
    )  # fmt: skip
    try:
        written = asked_holds.ask(deps, who, found.rows, found.sight, wish)
    except SignedOut as error:
        return documents.words_of(error)
    if written.claim is not None:
        work.at_once(deps, written.claim, PATIENCE)
    with reading(deps.database) as session:
        came = rows_of.run(session, who.store_id, written.run_id)
    assert came is not None  # noqa: S101  # it was written a moment ago
    if came[0].state not in ENDED:
        deps.doorbell.ring()
        return _waits(came[0], is_release=is_release)
    asking.ask(deps, "recheck", found.rows.object_type, found.rows.object_id)
    return _came(came[0], typed.name, is_release=is_release), 200


def _came(run: RunFacts, name: str, *, is_release: bool) -> str:
    done = run.facts.get("hold_changed") is True
    if is_release:
        said = _("It came off the hold “%(name)s”.") if done else _("It was not on the hold “%(name)s”.")
    else:
        said = _("It is on the hold “%(name)s”.") if done else _("It was on the hold “%(name)s” already.")
    return said % {"name": name}


def _waits(run: RunFacts, *, is_release: bool) -> tuple[str, int]:
    """Kept and not in OpenText yet; what stopped it is said at its line."""
    if run.state in progress.STUCK:
        step = progress.open_step(run)
        why = texts.failure(step.error_code, step.error_message) if step else ""
        return _("OpenText did not do it: %(why)s. It is kept below, with what you can do.", why=why), 409
    if is_release:
        return _("Your request is kept. It stays on the hold until OpenText has released it."), 202
    return _("Your request is kept. It counts as held from now on; OpenText is told as soon as it answers."), 202


def _show(deps: Deps, found: Seen, document_id: str, typed: Typed, said: str = "", *, is_refused: bool = False) -> str:
    known = document_page.known_document(found, document_id)
    now, silence, is_asking = _standing(deps, found, document_id)
    is_card, who = waiting.is_part(), guards.merchant()
    with reading(deps.database) as session:
        asked = asked_holds.open_ones(session, who.store_id, found.rows.object_type, found.rows.object_id)
    lines = tuple(_line(one, who) for one in asked if one.whole or one.document_id == known.id)
    return document_page.render(
        "panel/_holds.html" if is_card else "panel/holds.html", found, known, now=now, silence=silence, said=said,
        typed=typed, can_hold=who.role.covers(Role.MANAGER) and panel_holds.may_hold(found.sight), asked=lines,
        is_card=is_card, is_asking=is_asking, is_refused=is_refused, longest_name=LONGEST_NAME,
        longest_reason=LONGEST_REASON,
    )  # fmt: skip


@dataclass(frozen=True)
class AskedLine:
    """A request OpenText does not know yet: in a sentence, and what stopped it."""

    sentence: str
    reason: str
    is_release: bool
    run: RunView


def _line(one: asked_holds.Open, who: Merchant) -> AskedLine:
    by = _("you") if one.user_id == who.user_id else one.by or _("somebody")
    words = (
        _("Release from “%(name)s” requested by %(who)s on %(when)s, not yet in OpenText.")
        if one.is_release
        else _("Hold “%(name)s” requested by %(who)s on %(when)s, not yet in OpenText.")
    )
    sentence = words % {"name": display.short(one.name, 80), "who": by, "when": language.moment(one.at)}
    return AskedLine(sentence, one.reason, one.is_release, progress.run_view(one.run))


def _standing(deps: Deps, found: Seen, document_id: str) -> tuple[Standing | None, str, bool]:
    """What OpenText says, or why nothing is said and whether it is still being asked."""
    who = guards.merchant()
    try:
        said = waiting.ask(deps, who, lambda: panel_holds.standing(deps, who, found.rows, found.sight, document_id))
    except StillAsking:
        return None, _("OpenText takes its time. Above you see what we last knew; what it says now follows."), True
    except (Retryable, Permanent):
        return None, _("OpenText is not answering right now. Above you see what we last knew."), False
    return said, "", False
