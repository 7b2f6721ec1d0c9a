"""The catalogue as people use it: what each scenario does, whether it works, its choices, what it would have done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from app.db import activity
from app.db import history as past
from app.db.history import HistoryJob
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.domain.ids import Provider
from app.domain.scenario import Mode, Preferences, Scenario
from app.engine import history, preferences, server_names
from app.engine.deps import Deps
from app.engine.history import Asked
from app.errors import Conflict, NotFound
from app.scenarios import ALL, BY_SLUG
from app.web import asking, guards, language, texts
from app.web.language import _
from app.web.settings_pages import forms, names
from app.web.settings_pages.about import about

Page = Callable[..., str]
SPANS = (30, 90, 365)  # days a dry run may look back
LOOKS = 300  # of which the latest of each scenario is shown


@dataclass(frozen=True)
class Line:
    """A scenario in the list; `look`: its latest dry run, where there was one."""

    slug: str
    title: str
    outcome: str
    mode: texts.State
    look: HistoryJob | None


@dataclass(frozen=True)
class Pack:
    """The scenarios about one kind of thing, which are switched and tried together."""

    subject: str
    title: str
    lines: tuple[Line, ...]
    mode: str  # of all of them; empty: they differ
    can_try: bool


@dataclass(frozen=True)
class Lacking:
    """A scenario that this kind of store does not allow, and why."""

    title: str
    why: str


def add(bp: Blueprint, deps: Deps, page: Page) -> None:
    """The doors of the catalogue, on the settings' blueprint."""
    _add_catalogue(bp, deps, page)
    _add_imports(bp, deps, page)


def _add_catalogue(bp: Blueprint, deps: Deps, page: Page) -> None:
    @bp.get("/scenarios")
    def scenarios() -> str:
        with reading(deps.database) as session:
            _read_in(session)
            chosen = preferences.load_all(session, guards.merchant().store_id, ALL)
            looks = _latest_looks(past.of_store(session, guards.merchant().store_id, LOOKS))
        modes = [(mode.value, texts.state_of(texts.MODES, mode.value).word) for mode in Mode]
        done = request.args.get("done", "")
        return page(
            "settings/scenarios.html", packs=_packs(chosen, looks), lacking=_lacking(), modes=modes, spans=SPANS,
            done=done if done in ("saved", "tried") else "", look_state=_look_state,
        )  # fmt: skip

    @bp.post("/scenarios/packs/<subject>")
    @guards.requires("manager")
    def save_pack(subject: str) -> AnyResponse:
        """All scenarios of a pack switched to one mode, their other choices as they are; or tried as they are."""
        members = _members(subject)
        if request.form.get("try"):
            _try_pack(deps, members, request.form.get("days", ""))
            return redirect(url_for("settings.scenarios", done="tried") + f"#pack-{subject}", 303)
        mode = request.form.get("mode", "")
        if mode not in set(Mode):
            raise NotFound("There is no such mode.")
        _switch(deps, members, Mode(mode))
        return redirect(url_for("settings.scenarios", done="saved") + f"#pack-{subject}", 303)

    @bp.get("/scenarios/<slug>")
    def scenario(slug: str) -> str:
        return _scenario_page(deps, page, _found(slug), None)

    @bp.post("/scenarios/<slug>")
    @guards.requires("manager")
    def save_scenario(slug: str) -> AnyResponse:
        """Validated by the scenario's own model; kept and audited, or shown again with the errors beside the fields.

        "Try it" keeps nothing: it asks what the choices just typed would have done in the past.
        """
        found, who = _found(slug), guards.merchant()
        values = forms.typed(found.preferences, request.form)
        try:
            if request.form.get("try"):
                _try(deps, found, values, request.form.get("days", ""))
                return redirect(url_for("settings.scenario", slug=slug, tried="yes") + "#past", 303)
            with unit_of_work(deps.database) as uow:
                before = preferences.load(uow.session, who.store_id, found)
                after = preferences.save(uow.session, who.store_id, found, values, f"user:{who.user_id}")
            _listen(deps, [(before.mode, after.mode)])
        except ValidationError as error:
            wrong = forms.problems(error, found.preferences)
            refused = forms.form_for(found, texts.scenario(slug), values, wrong)
            return Response(_scenario_page(deps, page, found, refused), 422)
        return redirect(url_for("settings.scenario", slug=slug, done="saved"), 303)


def _add_imports(bp: Blueprint, deps: Deps, page: Page) -> None:
    @bp.post("/history/<job_id>/stop")
    @guards.requires("manager")
    def stop_history(job_id: str) -> AnyResponse:
        who = guards.merchant()
        with reading(deps.database) as session:
            job = session.get(HistoryJob, job_id)
        if job is None or job.store_id != who.store_id:
            raise NotFound("There is no such look into the past.")
        history.stop(deps, who.store_id, job_id, f"user:{who.user_id}")
        back = url_for("settings.scenario", slug=job.scenario) if job.scenario else url_for("settings.imports")
        return redirect(back, 303)

    @bp.get("/import")
    def imports() -> str:
        return _import_page(deps, page, "")

    @bp.post("/import")
    @guards.requires("manager")
    def start_import() -> AnyResponse:
        """Files and records for the orders placed in some time; each order once, however often it is asked for."""
        who = guards.merchant()
        with reading(deps.database) as session:
            _read_in(session)
        since, until, wrong = _typed_time()
        if wrong or since is None or until is None:
            return Response(_import_page(deps, page, wrong), 422)
        try:
            history.start(deps, who.store_id, Asked("import", since, until), f"user:{who.user_id}")
        except Conflict:
            return Response(_import_page(deps, page, _("An import is under way. Wait until it has ended.")), 409)
        return redirect(url_for("settings.imports", done="started"), 303)


def _found(slug: str) -> Scenario:
    found = BY_SLUG.get(slug)
    if found is None or _provider() not in found.providers:
        raise NotFound("There is no such scenario.")
    return found


def _provider() -> Provider:
    return Provider(guards.merchant().store_id.partition(":")[0])


def _read_in(session: Any) -> Any:
    store = activity.store(session, guards.merchant().store_id)
    language.read_in(store.timezone if store else "UTC")
    return store


def _members(subject: str) -> tuple[Scenario, ...]:
    found = tuple(one for one in ALL if one.subject.value == subject and _provider() in one.providers)
    if not found:
        raise NotFound("There is no such pack of scenarios.")
    return found


def _switch(deps: Deps, members: tuple[Scenario, ...], mode: Mode) -> None:
    """In one transaction: all of them or none. What is in that mode already is not written again."""
    who, changes = guards.merchant(), []
    with unit_of_work(deps.database) as uow:
        for one in members:
            before = preferences.load(uow.session, who.store_id, one)
            if before.mode is not mode:
                values = before.model_dump(mode="json") | {"mode": mode.value}
                preferences.save(uow.session, who.store_id, one, values, f"user:{who.user_id}")
                changes.append((before.mode, mode))
    _listen(deps, changes)


def _listen(deps: Deps, changes: list[tuple[Mode, Mode]]) -> None:
    """What was off and is not any more may need messages the store was not asked for yet."""
    if any(before is Mode.OFF and after is not Mode.OFF for before, after in changes):
        asking.ask_store(deps, "check_set_up")


def _try_pack(deps: Deps, members: tuple[Scenario, ...], days: str) -> None:
    with reading(deps.database) as session:
        chosen = preferences.load_all(session, guards.merchant().store_id, ALL)
    for one in members:
        if history.can_try(one):
            _try(deps, one, chosen[one.slug].model_dump(mode="json"), days)


def _latest_looks(jobs: list[HistoryJob]) -> dict[str, HistoryJob]:
    """By scenario; they come with the latest first."""
    found: dict[str, HistoryJob] = {}
    for job in jobs:
        if job.kind == "dry_run":
            found.setdefault(job.scenario, job)
    return found


def _packs(chosen: dict[str, Preferences], looks: dict[str, HistoryJob]) -> list[Pack]:
    """By what they are about, in the order a merchant thinks of it."""
    packs = []
    for subject in dict.fromkeys(one.subject for one in ALL if _provider() in one.providers):
        members = _members(subject.value)
        modes = {chosen[one.slug].mode.value for one in members}
        lines = tuple(
            Line(one.slug, texts.scenario(one.slug), _(one.outcome),
                 texts.state_of(texts.MODES, chosen[one.slug].mode.value), looks.get(one.slug))
            for one in members
        )  # fmt: skip
        packs.append(
            Pack(subject.value, _(texts.SUBJECTS[subject.value]), lines, modes.pop() if len(modes) == 1 else "",
                 any(history.can_try(one) for one in members))
        )  # fmt: skip
    return packs


def _lacking() -> list[Lacking]:
    """What other stores have and this kind does not."""
    provider = _provider()
    there = (one for one in ALL if provider in one.unavailable)
    return [Lacking(texts.scenario(one.slug), _(one.unavailable[provider])) for one in there]


def _scenario_page(deps: Deps, page: Page, scenario: Scenario, refused: forms.Form | None) -> str:
    store_id = guards.merchant().store_id
    with reading(deps.database) as session:
        store = _read_in(session)
        chosen = preferences.load(session, store_id, scenario)
        looks = [one for one in past.of_store(session, store_id, 40) if one.scenario == scenario.slug]
    form = refused or forms.form_for(scenario, texts.scenario(scenario.slug), forms.stored(chosen))
    return page(
        "settings/scenario.html", look_state=_look_state, about=about(scenario), form=form,
        currency=store.currency if store else "",
        mode=texts.state_of(texts.MODES, chosen.mode.value), is_shadow=chosen.mode is Mode.SHADOW,
        done=request.args.get("done") == "saved" and refused is None,
        picks={name: names.picker(deps, (forms.names_of(info),), _listed(form, name))
               for name, info in scenario.preferences.model_fields.items() if forms.names_of(info)},
        ones={one.name: names.one_of(deps, server_names.name_of(scenario.preferences.model_fields[one.name]), one.value,
                                     may_be_empty=not one.is_required)
              for one in form.fields if one.kind == "name"},
        can_try=history.can_try(scenario), spans=SPANS, look=looks[0] if looks else None,
    )  # fmt: skip


def _listed(form: forms.Form, name: str) -> tuple[str, ...]:
    """The names a field holds, one per comma."""
    value = next(one.value for one in form.fields if one.name == name)
    return tuple(one.strip() for one in value.split(",") if one.strip())


def _look_state(state: str) -> texts.State:
    return texts.state_of(texts.LOOKS, state)


def _try(deps: Deps, scenario: Scenario, values: dict[str, Any], days: str) -> None:
    """Raises ValidationError where the choices are no preferences; one look at a time."""
    chosen = scenario.preferences.model_validate(values)
    span = int(days) if days.isdigit() and int(days) in SPANS else SPANS[0]
    who, now = guards.merchant(), utc_now()
    if not history.can_try(scenario):
        raise NotFound("The past does not tell what this scenario would have done.")
    kept = chosen.model_dump(mode="json")
    asked = Asked("dry_run", now - timedelta(days=span), now, scenario.slug, kept)
    try:
        history.start(deps, who.store_id, asked, f"user:{who.user_id}")
    except Conflict:
        return  # the page shows the one under way


def _import_page(deps: Deps, page: Page, wrong: str) -> str:
    store_id = guards.merchant().store_id
    with reading(deps.database) as session:
        _read_in(session)
        jobs = [one for one in past.of_store(session, store_id, 40) if one.kind == "import"]
        reports = [(job, history.report(session, job)) for job in jobs[:10]]
    return page(
        "settings/import.html", look_state=_look_state, jobs=reports, wrong=wrong, today=utc_now().date().isoformat(),
        month_ago=(utc_now() - timedelta(days=30)).date().isoformat(), typed=request.form,
        served=[texts.scenario(one.slug) for one in ALL if one.for_history and _provider() in one.providers],
        done=request.args.get("done") == "started" and not wrong,
    )  # fmt: skip


def _typed_time() -> tuple[datetime | None, datetime | None, str]:
    """(from, until, what is wrong): whole days in the store's time zone, the last one included."""
    try:
        since = language.start_of_day(request.form.get("since", ""))
        until = language.start_of_day(request.form.get("until", "")) + timedelta(days=1)
    except ValueError:
        return None, None, _("Enter both days, for example 2026-01-31.")
    if since >= until:
        return None, None, _("The first day must not be after the last.")
    return since, until, ""
