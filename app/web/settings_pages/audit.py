"""Settings: the audit log, narrowed by who, what and when, and given out as files. Owners only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Blueprint, Response, request, url_for

from app.db import activity, audit_reading
from app.db.audit_reading import KINDS, Line, Narrowed
from app.db.session import reading
from app.engine import audit_export, rights
from app.engine.deps import Deps
from app.web import audit_words, guards, kinds, language, templating
from app.web.language import _

RUN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Typed:
    """The filter as it was typed, and as it is meant; `wrong` names the field that is no day."""

    values: dict[str, str]
    narrowed: Narrowed
    wrong: str = ""


@dataclass(frozen=True)
class Shown:
    """One entry in words; `path` leads to what it is about where there is a page of it."""

    line: Line
    who: str
    what: str
    about: str
    path: str
    detail: str


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/audit")
    def audit() -> Response:
        who = guards.require("owner")
        _read_in_store_time(deps)
        typed = _typed(request.args)
        with reading(deps.database) as session:
            found = () if typed.wrong else audit_reading.lines(session, who.store_id, typed.narrowed)
            actions = audit_reading.actions(session, who.store_id)
            people = activity.people(session, who.store_id)
            head = audit_reading.head(session, who.store_id)
            with_words = rights.is_whole(session, who)
        page = templating.page(
            "settings/audit.html", typed=typed, lines=[_shown(one, with_words=with_words) for one in found], head=head,
            people=[("", _("Anybody")), *((f"user:{one.id}", one.email) for one in people),
                    *((kind, _(audit_words.ACTORS[kind])) for kind in KINDS)],
            actions=[("", _("Anything")), *sorted(((one, audit_words.action(one)) for one in actions),
                                                  key=lambda pair: pair[1])],
            older=found[-1].seq if len(found) == audit_reading.PAGE else 0,
        )  # fmt: skip
        return Response(page, 422 if typed.wrong else 200, mimetype="text/html")

    @bp.post("/audit/chain")
    @guards.requires("owner")
    def export_audit() -> Response:
        """The whole log; `ecm audit verify` proves it."""
        who = guards.merchant()
        return _file(Response(audit_export.whole(deps, who), mimetype="application/jsonl"), "audit-log.jsonl")

    @bp.post("/audit/entries")
    @guards.requires("owner")
    def export_entries() -> Response:
        """What the filter shows, for a spreadsheet."""
        _read_in_store_time(deps)
        found = audit_export.chosen(deps, guards.merchant(), _typed(request.form).narrowed)
        return _file(Response(found, mimetype="text/csv"), "audit-log.csv")


def _read_in_store_time(deps: Deps) -> None:
    with reading(deps.database) as session:
        store = activity.store(session, guards.merchant().store_id)
    language.read_in(store.timezone if store else "UTC")


def _file(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _typed(given: Mapping[str, str]) -> Typed:
    values = {name: templating.checked(given, name, 100) for name in ("who", "what", "since", "until")}
    before = given.get("before", "")
    narrowed, wrong = Narrowed(values["who"], values["what"]), ""
    narrowed = replace(narrowed, before=int(before) if before.isdecimal() and len(before) < 10 else 0)
    for name, days in (("since", 0), ("until", 1)):
        try:
            day = language.start_of_day(values[name]) + timedelta(days=days) if values[name] else None
        except (ValueError, OverflowError):
            wrong = name
            continue
        narrowed = replace(narrowed, since=day) if name == "since" else replace(narrowed, until=day)
    return Typed(values, narrowed, wrong)


def _shown(line: Line, *, with_words: bool) -> Shown:
    about = str(line.detail.get("about") or line.object)
    kind, _colon, object_id = about.partition(":")
    path = f"/panel/{kinds.many(kind)}/{object_id}" if kinds.is_id(kind, object_id) else ""
    path = url_for("activity.run", run_id=object_id) if kind == "run" and RUN.fullmatch(object_id) else path
    told = audit_words.details(audit_export.shown_detail(line, with_words=with_words))
    who, what = audit_words.actor(line.actor, line.email), audit_words.action(line.action)
    return Shown(line, who, what, audit_words.about(about), path, told)
