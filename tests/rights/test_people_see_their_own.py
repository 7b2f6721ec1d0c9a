"""Two people, one order: each sees what OpenText lets them see, asked at every request and kept nowhere."""

import io
import logging
import re
from typing import Any

import pytest
from sqlmodel import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.db.audit import AuditEntry
from app.db.links import FiledDocument, WorkspaceLink
from app.db.runs import Run, StepRow
from app.db.session import unit_of_work
from app.domain.rights import Mode
from app.engine.sessions import Role
from sandbox.kernel.faults import FaultRule
from tests.doors import APP, OWNER
from tests.rights.people import ANNA, ASK, CANARY, LIAM, PDF, SAM, SECRET_NAME, Case, Person, choose

REFUSAL = f"You don&#39;t have access. Request it from {ASK}."
FETCH = re.compile(r'name="document" value="([0-9a-f]{32})"[^>]*>Download<span class="sr"> ([^<]+)<')


def downloads(page: str) -> dict[str, str]:
    """Name → our id of what can be fetched on a panel."""
    return {name: number for number, name in FETCH.findall(page)}


def document_id(case: Case, name: str) -> str:
    (row,) = case.house.rows(FiledDocument, name=name)
    return str(row.id)


def plant_canaries(case: Case) -> Run:
    """Hidden names where they could hide: steps, errors, facts, a person's request."""
    run = case.house.run_of("order-review", case.order)
    with unit_of_work(case.house.deps.database) as uow:
        kept = uow.session.get_one(Run, run.id)
        filed = dict(kept.facts.get("documents", {}))
        filed["payment"] = {
            "node_id": case.payment,
            "name": SECRET_NAME,
            "folder": "02 Payment",
            "url": f"http://x/{CANARY}",
        }
        kept.facts = kept.facts | {"documents": filed, "workspace_name": CANARY}
        steps = uow.session.exec(select(StepRow).where(StepRow.run_id == run.id)).all()
        for step in steps:
            if step.kind != "set_order_status":
                step.summary, step.error_message, step.error_hint = (f"“{SECRET_NAME}” {CANARY}" for _ in range(3))
                step.error_code, step.params = "locked", step.params | {"classification": CANARY}
        kept.state = "quarantined"
        steps[-1].status = "quarantined"
    return run


class TestThePanel:
    def test_two_people_see_different_panels_of_the_same_order(self, personal: Case) -> None:
        person = personal.person()
        before = person.text(personal.panel)
        assert "Sign in to OpenText" in before
        assert "record.pdf" not in before
        pages = {}
        for login in (ANNA, SAM, LIAM):
            assert person.sign_in(login).status_code == 200
            pages[login] = person.text(personal.panel)
        assert "record.pdf" in pages[ANNA]
        assert SECRET_NAME in pages[ANNA]
        assert "record.pdf" in pages[SAM]
        assert CANARY not in pages[SAM]
        assert REFUSAL in pages[SAM]
        assert "record.pdf" not in pages[LIAM]
        assert "Open in OpenText" not in pages[LIAM]
        assert "Under review" in pages[LIAM]

    def test_a_right_taken_away_holds_from_the_next_request(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        assert SECRET_NAME in person.text(personal.panel)
        server = personal.house.stage.content_server
        with server.lock:
            server.state.nodes[personal.payment].permissions = {1000: frozenset({"see"})}
        page = person.text(personal.panel)
        assert CANARY not in page
        assert REFUSAL in page
        with server.lock:
            server.state.nodes[personal.payment].permissions = None
        assert SECRET_NAME in person.text(personal.panel)

    def test_one_call_tells_what_a_person_sees(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        person.text(personal.panel)
        mark = len(personal.house.stage.world.ledger.since())
        person.text(personal.panel)
        calls = [f"{one.method} {one.path}" for one in personal.house.stage.world.ledger.since()[mark:]]
        assert calls == ["POST /cs/cs/api/v2/nodes/list"]

    def test_nothing_of_it_is_kept(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(SAM)
        before = [row.model_dump() for row in personal.house.rows(FiledDocument)]
        person.text(personal.panel)
        assert [row.model_dump() for row in personal.house.rows(FiledDocument)] == before

    @pytest.mark.parametrize("login", [SAM, LIAM, None])
    def test_no_hidden_name_is_on_any_page(self, personal: Case, login: str | None, caplog: Any, capsys: Any) -> None:
        run, person = plant_canaries(personal), personal.person()
        if login:
            person.sign_in(login)
        caplog.set_level(logging.DEBUG)
        paths = (
            personal.panel, f"{personal.panel}/cards", f"/activity/runs/{run.id}", "/activity/", "/activity/deliveries",
            "/", f"/settings/rights/test?person={ANNA}&kind=order&object_id={personal.order}",
        )  # fmt: skip
        for path in paths:
            assert CANARY not in person.text(path), path
        hidden = document_id(personal, SECRET_NAME)
        refused = person.post(f"{personal.panel}/documents/fetch", {"document": hidden})
        assert refused.status_code == (403 if login else 409)
        assert CANARY not in refused.get_data(as_text=True)
        printed = capsys.readouterr()
        assert CANARY not in caplog.text + printed.out + printed.err

    def test_who_may_see_all_of_it_reads_it_all(self, personal: Case) -> None:
        run, person = plant_canaries(personal), personal.person()
        person.sign_in(ANNA)
        assert SECRET_NAME in person.text(f"/activity/runs/{run.id}")
        assert CANARY in person.text(personal.panel)

    def test_a_customers_orders_lead_only_to_workspaces_the_person_sees(self, personal: Case) -> None:
        with unit_of_work(personal.house.deps.database) as uow:
            link = uow.session.exec(select(WorkspaceLink).where(WorkspaceLink.object_id == personal.order)).one()
            link.workspace_url = f"http://content.test/{CANARY}"
        person = personal.person()
        person.sign_in(LIAM)
        assert CANARY not in person.text("/panel/customers/0")
        assert CANARY not in person.text(personal.panel)

    def test_records_and_holds_follow_the_person_too(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        assert "Record · Orders" in person.text(personal.panel)
        server = personal.house.stage.content_server
        with server.lock:
            plan = next(one for one in server.state.nodes.values() if one.name == "Orders" and one.type == 551)
            plan.permissions = {1000: frozenset({"see"})}
        page = person.text(personal.panel)
        assert "record.pdf" in page
        assert "Record · Orders" not in page
        assert REFUSAL in page


class TestWhenOpenTextDoesNotAnswer:
    @pytest.mark.parametrize("fault", ["drop_before", "status"])
    def test_nothing_restricted_is_shown_and_it_is_said(self, personal: Case, fault: Any) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        person.text(personal.panel)
        personal.house.stage.world.faults.add(FaultRule(system="content_server", kind=fault, status=503))
        page = person.text(personal.panel)
        assert "OpenText cannot say now what you may see" in page
        assert "record.pdf" not in page
        assert CANARY not in page
        assert f'href="{personal.panel}">Try again' in page
        assert "Under review" in page
        refused = person.post(f"{personal.panel}/documents/fetch", {"document": document_id(personal, SECRET_NAME)})
        assert refused.status_code == 503
        personal.house.stage.world.faults.remove()
        assert SECRET_NAME in person.text(personal.panel)

    def test_an_action_waits_for_the_answer(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        personal.house.stage.world.faults.add(FaultRule(system="content_server", kind="drop_before"))
        answer = person.post(f"{personal.panel}/review")
        assert answer.status_code == 503
        assert "OpenText cannot say now" in answer.get_data(as_text=True)

    def test_a_hold_is_kept_and_done_later_as_the_person_while_nothing_is_shown(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        person.text(personal.panel)
        page = f"{personal.panel}/documents/{document_id(personal, SECRET_NAME)}/holds"
        personal.house.stage.world.faults.add(FaultRule(system="content_server", kind="drop_before"))
        answer = person.post(page, {"do": "document", "hold": "Case 4711", "reason": "A claim"})
        assert answer.status_code == 202
        said = answer.get_data(as_text=True)
        assert "Your request is kept" in said
        assert SECRET_NAME not in said
        personal.house.stage.world.faults.remove()
        personal.house.hurry()
        personal.house.drain()
        (run,) = [one for one in personal.house.rows(Run) if one.scenario == "hold-by-hand"]
        (step,) = personal.house.steps_of(run)
        assert (run.state, step.error_code) == ("quarantined", "no_access_any_more")  # OpenText refused it to Anna
        server = personal.house.stage.content_server
        with server.lock:
            anna = server.actor(ANNA).user.id
            server.state.nodes[personal.payment].permissions = {anna: frozenset({"see", "edit_permissions"})}
        assert person.post(f"/panel/runs/{run.id}/try").status_code == 303
        personal.house.drain()
        acts = [one for one in personal.house.rows(AuditEntry) if one.action == "hold.applied"]
        assert [one.detail["mode"] for one in acts] == ["person"]
        with server.lock:
            (applied,) = server.state.nodes[personal.payment].record.holds.values()
        assert applied.applied_by == anna


class TestFetching:
    def test_a_document_comes_under_the_persons_own_name(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        found = downloads(person.text(personal.panel))
        answer = person.post(f"{personal.panel}/documents/fetch", {"document": found[SECRET_NAME]})
        assert answer.status_code == 200
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        answer.close()  # as a server does at the end
        assert fetched_by(personal, personal.payment) == [ANNA]
        audited = [one for one in personal.house.rows(AuditEntry) if one.action == "document.fetched"]
        assert [one.detail["mode"] for one in audited] == ["person"]

    def test_what_is_not_there_is_not_found_and_what_is_hidden_is_refused(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(SAM)
        hidden = document_id(personal, SECRET_NAME)
        assert person.post(f"{personal.panel}/documents/fetch", {"document": "0" * 32}).status_code == 404
        refused = person.post(f"{personal.panel}/documents/fetch", {"document": hidden})
        assert refused.status_code == 403
        assert REFUSAL in refused.get_data(as_text=True)
        assert fetched_by(personal, personal.payment) == []
        elsewhere = person.post("/panel/orders/999999/documents/fetch", {"document": hidden})
        assert elsewhere.status_code == 404

    def test_seeing_the_name_is_not_reading_the_document(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        server = personal.house.stage.content_server
        with server.lock:
            anna = server.actor(ANNA).user.id
            server.state.nodes[personal.payment].permissions = {anna: frozenset({"see"})}
        found = downloads(person.text(personal.panel))
        answer = person.post(f"{personal.panel}/documents/fetch", {"document": found[SECRET_NAME]})
        assert answer.status_code == 403
        assert PDF not in answer.data


class TestFiling:
    def test_a_document_is_filed_under_the_persons_own_name(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(SAM)
        form = person.text(f"{personal.panel}/documents/new")
        assert "02 Payment" not in form
        place = re.search(r'<option value="(\d+)" *>03 Correspondence', form)
        assert place
        answer = file(person, personal, place[1], "letter.pdf")
        assert answer.status_code == 303
        assert "letter.pdf" in person.text(personal.panel)
        (node,) = [one for one in personal.house.stage.content_server.state.nodes.values() if one.name == "letter.pdf"]
        assert created_by(personal, node.id) == [SAM]

    def test_a_folder_the_person_may_not_see_is_refused(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(SAM)
        answer = file(person, personal, str(personal.folder("02 Payment")), "letter.pdf")
        assert answer.status_code == 403
        assert REFUSAL in answer.get_data(as_text=True)
        assert not any(one.name == "letter.pdf" for one in personal.house.stage.content_server.state.nodes.values())

    @pytest.mark.parametrize(
        ("name", "content"),
        [("letter.exe", b"MZ"), ("letter.pdf", b"<html>"), ("letter.svg", b"<svg/>"),
         ("letter.txt", b"<!doctype html>"), ("letter", PDF), ("letter.pdf", b""), ("letter.txt", b"\x00\x01")],
    )  # fmt: skip
    def test_what_is_not_what_its_name_says_is_not_filed(self, personal: Case, name: str, content: bytes) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        answer = file(person, personal, str(personal.folder("03 Correspondence")), name, content)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.get_data(as_text=True)

    def test_a_sign_in_that_ends_meanwhile_leaves_the_typed_text(self, personal: Case) -> None:
        person, place = personal.person(), str(personal.folder("03 Correspondence"))
        person.sign_in(SAM)
        person.post("/panel/sign-out-of-opentext")
        answer = file(person, personal, place, "letter.pdf", typed="Answer to Ada Löwe")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert 'value="Answer to Ada Löwe"' in page
        assert f'<option value="{place}" selected' in page
        assert 'action="/panel/sign-in"' in page

    def test_with_scripts_the_form_stays_as_it_is_and_only_a_note_comes(self, personal: Case) -> None:
        person = personal.person()
        answer = file(person, personal, "1", "letter.pdf", headers={"HX-Request": "true", "HX-Boosted": "true"})
        assert answer.status_code == 409
        assert answer.headers["HX-Retarget"] == "#upload-notice"
        assert "<html" not in answer.get_data(as_text=True)

    def test_a_viewer_files_nothing(self, personal: Case) -> None:
        person = personal.person(role=Role.VIEWER)
        person.sign_in(ANNA)
        assert "File a document" not in person.text(personal.panel)
        assert file(person, personal, str(personal.folder("03 Correspondence")), "letter.pdf").status_code == 403

    def test_larger_files_than_forms_are_taken_there_and_nowhere_else(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        place = str(personal.folder("03 Correspondence"))
        assert file(person, personal, place, "scan.pdf", PDF + b"x" * 3_000_000).status_code == 303
        assert file(person, personal, place, "scan.pdf", PDF + b"x" * 26_000_000).status_code == 413
        big = {"file": FileStorage(io.BytesIO(b"x" * 3_000_000), "a.pdf"), "page_token": person.browser.page}
        assert send(person, "/panel/sign-in", big).status_code == 413


def test_the_store_may_go_back_and_people_are_signed_out(personal: Case) -> None:
    person, owner = personal.person(), personal.person(OWNER)
    person.sign_in(SAM)
    page = owner.text("/settings/rights")
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    form = {"mode": "service", "version": version[1], "lines": "1", "group-0": "everyone", "preset-0": "everything"}
    assert owner.post("/settings/rights", form | {"do": "save"}).status_code == 303
    assert SECRET_NAME in person.text(personal.panel)
    choose(personal.house, Mode.PERSON)
    assert "Sign in to OpenText" in person.text(personal.panel)


def file(person: Person, case: Case, place: str, name: str, content: bytes = PDF, *, typed: str = "", **kw: Any) -> Any:
    fields = {
        "file": FileStorage(io.BytesIO(content), name),
        "place": place,
        "name": typed,
        "page_token": person.browser.page,
    }
    return send(person, f"{case.panel}/documents", fields, **kw)


def send(person: Person, path: str, fields: dict[str, Any], **kw: Any) -> Any:
    """Encoded in memory: the test client would leave a temporary file behind."""
    boundary, body = encode_multipart(fields)
    kind = f"multipart/form-data; boundary={boundary}"
    return person.browser.client.post(path, base_url=APP, data=body, content_type=kind, **kw)


def fetched_by(case: Case, node: int) -> list[str]:
    return by(case, node, 13)


def created_by(case: Case, node: int) -> list[str]:
    return by(case, node, 1)


def by(case: Case, node: int, event: int) -> list[str]:
    """Whom Content Server's own audit trail names, our own service apart."""
    state = case.house.stage.content_server.state
    names = [state.members[one.user_id].name for one in state.audit.get(node, []) if one.event_type == event]
    return [name for name in names if name != "svc-storefront"]
