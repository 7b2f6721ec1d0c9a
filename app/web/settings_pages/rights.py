"""Settings: who sees what. The mode, the map, what to enter in OTDS, and the answer to what somebody would see."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import activity
from app.db import panel as panel_rows
from app.db import rights as rights_rows
from app.db.panel_facts import PanelRows
from app.db.session import reading
from app.domain.rights import EVERYBODY, GROUPS, MANAGERS, OWN, OWNER, VIEWERS, BadMap, Flow, Mode, Scope
from app.engine import approvers, finding, person_sign_in, rights, rights_map, rights_tester, server_names
from app.engine.behind import StillAsking
from app.engine.deps import Deps
from app.engine.rights_tester import Report
from app.engine.sessions import Merchant, Role
from app.errors import AppError, Conflict, NotFound
from app.web import guards, language, templating, waiting
from app.web.find.views import KINDS
from app.web.kinds import MANY, checked
from app.web.language import _
from app.web.panel.access import refusal
from app.web.settings_pages import names, rights_form
from app.web.settings_pages.rights_form import PERSON, Form
from app.web.texts import State

LONGEST_PERSON = 256  # and of what an object is called


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/rights")
    def rights() -> str:
        return _page(deps, _kept(deps), done=request.args.get("done") == "saved")

    @bp.post("/rights")
    @guards.requires("owner")
    def change_rights() -> AnyResponse:
        """Lines are added, moved and taken away on the page; only "Save" keeps anything."""
        form = rights_form.typed(request.form)
        edited = rights_form.changed(form, request.form.get("do", ""))
        if edited is not None:
            return Response(_page(deps, edited, is_edited=True))
        try:
            rights_map.save(deps, guards.merchant(), rights_form.chosen(form))
        except BadMap as error:
            return Response(_page(deps, rights_form.refused(form, error), is_edited=True), 422)
        except Conflict:
            return Response(_page(deps, form, is_edited=True, is_stale=True), 409)
        return redirect(url_for("settings.rights", done="saved"), 303)

    @bp.get("/rights/test")
    def test_rights() -> AnyResponse:
        """What would this person see? For managers, who see no name in the answer that they may not see themselves."""
        guards.require("manager")
        asked = {
            name: templating.checked(request.args, name, LONGEST_PERSON) for name in ("person", "kind", "object_id")
        }
        report, wrong, status = _report(deps, asked)
        return Response(_page(deps, _kept(deps), asked=asked, report=report, wrong=wrong), status)


def _kept(deps: Deps) -> Form:
    with reading(deps.database) as session:
        return rights_form.of_rights(rights_rows.of_store(session, guards.merchant().store_id))


def _report(deps: Deps, asked: dict[str, str]) -> tuple[Report | None, dict[str, str], int]:
    """The answer, or what is wrong by field; under no field's name what lies with OpenText. And the status."""
    who, kind = guards.merchant(), asked["kind"]
    if not asked["person"]:
        return None, {"person": _("Please fill this in.")}, 422
    if kind not in MANY:
        return None, {"kind": _("Choose one of these.")}, 422
    try:
        with reading(deps.database) as session:
            object_id = finding.one_of(session, who.store_id, kind, asked["object_id"])
            object_id = object_id or checked(asked["object_id"], kind)
            rows = panel_rows.read(session, who.store_id, kind, object_id)
        if rows is None:
            raise NotFound("There is no such store.")
        about: PanelRows = rows
        if about.rights.mode is Mode.SERVICE:  # the map says it, nobody is asked
            return _answer(deps, who, about, asked["person"]), {}, 200
        return waiting.ask(deps, who, lambda: _answer(deps, who, about, asked["person"])), {}, 200
    except StillAsking:
        raise
    except NotFound:
        words = _("There is none of this kind with that number or name, or several. Enter its number.")
        return None, {"object_id": words}, 422
    except AppError:
        return None, {"": _("OpenText is not answering right now, so this cannot be said. Try again in a moment.")}, 503


def _answer(deps: Deps, who: Merchant, rows: PanelRows, person: str) -> Report:
    found = rights_tester.report(deps, who.store_id, rows.object_type, rows.object_id, person)
    return rights_tester.without_names(found, rows, rights.sight(deps, who, rows))


def _page(deps: Deps, form: Form, **values: Any) -> str:
    who = guards.merchant()
    with reading(deps.database) as session:
        store = activity.store(session, who.store_id)
        people = activity.people(session, who.store_id)
    language.read_in(store.timezone if store else "UTC")
    shown: dict[str, Any] = {
        "done": False, "is_edited": False, "is_stale": False, "asked": {}, "report": None, "wrong": {},
    } | values  # fmt: skip
    shown["wrong"] = dict.fromkeys(("person", "kind", "object_id", ""), "") | shown["wrong"]
    return templating.page(
        "settings/rights.html", form=form, picks=_picks(deps, form),
        groups=_groups(), presets=_presets(), scopes=_scopes(), flows=_flows(),
        is_owner=who.role is Role.OWNER, is_manager=who.role.covers(Role.MANAGER),
        emails=[one.email for one in people if one.email and one.is_active],
        return_url=person_sign_in.return_url(deps, who.store_id),
        approve_url=approvers.entrance_url(deps, who.store_id),
        approve_return_url=approvers.return_url(deps, who.store_id), refusal=refusal(form.contact), words=_words(),
        is_connected=bool(store and store.opentext_state), kinds=_kinds(), own=OWN, everybody=EVERYBODY, person=PERSON,
        by_person=Mode.PERSON.value, **shown,
    )  # fmt: skip


def _picks(deps: Deps, form: Form) -> list[dict[str, names.Picker]]:
    """For each line what may be ticked: folders of our set-up, types and categories the server has."""
    folders = server_names.ours()["folder"]
    return [
        {
            "folders": names.picker(deps, (), tuple(line.folders.splitlines()), folders),
            "types": names.picker(deps, ("document_type", "classification"), tuple(line.types.splitlines())),
            "categories": names.picker(deps, ("category",), tuple(line.categories.splitlines())),
        }
        for line in form.lines
    ]


def _groups() -> dict[str, str]:
    names = {
        OWNER: _("Owners of the store"), MANAGERS: _("Managers (as set under People)"),
        VIEWERS: _("Viewers (as set under People)"), EVERYBODY: _("Everyone else"), PERSON: _("One person"),
    }  # fmt: skip
    return {name: names[name] for name in (PERSON, *GROUPS)}


def _presets() -> dict[str, tuple[str, str]]:
    """Preset → its name and what it means."""
    return {
        "everything": (_("Everything"), _("all documents, records, workflows and actions their role allows")),
        "support": (
            _("Support: no payment documents"),
            _("all but what lies in Payment folders or is a payment record or invoice; workflows are seen, not started;"
              " nothing is undone or restored"),
        ),
        "status": (_("Only the status"), _("where it stands; no document, name, record or workflow")),
        OWN: (_("As chosen below"), ""),
    }  # fmt: skip


def _scopes() -> dict[str, str]:
    return {
        Scope.ALL.value: _("All documents"), Scope.EXCEPT.value: _("All but the named ones"),
        Scope.ONLY.value: _("Only the named ones"), Scope.NONE.value: _("No documents"),
    }  # fmt: skip


def _flows() -> dict[str, str]:
    return {
        Flow.ACT.value: _("Seen, and started"), Flow.DECIDE.value: _("Seen, started and decided"),
        Flow.SEE.value: _("Seen"), Flow.NONE.value: _("Not seen"),
    }  # fmt: skip


def _kinds() -> dict[str, str]:
    return {kind: _(KINDS[kind]) for kind in MANY}


def _words() -> dict[str, Any]:
    """Codes of the tester in words."""
    return {
        "yes": State(_("Sees it"), "good"), "no": State(_("Does not see it"), "none"),
        "unknown": State(_("Cannot be said"), "wait"),
        "can": {
            "yes": State(_("Yes"), "good"), "no": State(_("No"), "none"),
            "unknown": State(_("Cannot be said"), "wait"),
        },
        "kind": {"workspace": _("Workspace"), "customer": _("Customer’s workspace"),
                 "company": _("Company’s workspace"), "document": _("Document")},
        "may": {
            "records": _("Records and holds"), "workflow": _("Workflows and decisions"), "review": _("Start a review"),
            "decide": _("Decide in workflows"),
            "upload": _("File documents"), "publish": _("Undo and restore"),
        },
        "why": {
            "map": _("by the line"), "effective": _("as Content Server says"), "public": _("open to everybody there"),
            "entry": _("an entry of their own"), "group": _("through a group"),
            "role": _("through the workspace’s team"),
            "entries": _("no entry grants it"), "unreadable": _("the app itself may not look"),
        },
        "uncertain": {
            "never_here": _("Nobody of this address has opened ECM yet; they would come in as a viewer."),
            "nobody": _("OpenText has nobody of this login. Enter the login name, or let the person sign in once."),
            "privileges": _("System privileges, security clearance and markings are not in this answer; what counts is "
                            "the person’s own sign-in, asked about at every request."),
            "entries_only": _("Content Server does not tell us the person’s rights, so entries and groups were "
                              "compared; rights through other ways may be missing."),
            "more": _("Only the first 60 items were looked at."),
        },
    }  # fmt: skip
