"""Approvers: in by OpenText alone, without a store account; an inbox over several stores, and not one page besides."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import update

from app.db.approvers import ApproverAttempt, ApproverSession
from app.db.audit import AuditEntry
from app.db.inbox import InboxEvent
from app.db.links import WorkflowLink, WorkspaceLink
from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection, StoreUser
from app.db.types import utc_now
from app.domain.ids import NodeId, StoreId
from app.domain.rights import Entry, Mode
from app.engine import approvers, connections, rotation, schedule, sessions
from app.engine.deciding.tasks import reference
from app.engine.sessions import Role
from sandbox.content_server import seed
from sandbox.kernel.faults import FaultRule
from tests.doors import APP
from tests.made_once import once
from tests.rights.people import ANNA, LIAM, SAM, Case, Window, choose
from tests.rights.test_inbox import words
from tests.unit.web_pages.test_german_shop import english

HOME, RIVAL = "/approve/at/bigcommerce-demostore1", "/approve/at/bigcommerce-rivalstore"
CLICK = "a" * 32


@dataclass
class Approver:
    """Somebody's own browser, far from any store's frame."""

    case: Case
    entrance: str = HOME
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.case.house.flask.test_client()

    def leave(self, client: Any = None, entrance: str = "") -> Window:
        """Press "Sign in with OpenText"."""
        answer = (client or self.client).post(entrance or self.entrance, base_url=APP)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        url = answer.headers["Refresh"].partition("url=")[2]
        return Window(client or self.client, self.case.house, url, answer)

    def sign_in(self, login: str = ANNA) -> Any:
        window = self.leave()
        answer = window.come_back(window.sign_in_at_otds(login))
        assert (answer.status_code, answer.headers.get("Location")) == (303, "/approve"), words(answer)
        return answer

    def get(self, path: str = "/approve") -> Any:
        return self.client.get(path, base_url=APP)

    def text(self, path: str = "/approve") -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (answer.status_code, words(answer)[:600])
        return str(answer.get_data(as_text=True))

    def page_token(self) -> str:
        (found,) = set(re.findall(r'"X-ECM-Page": "([^"]+)"', unescape(self.text())))
        return str(found)

    def post(self, path: str, data: dict[str, Any] | None = None, token: str | None = None, **kw: Any) -> Any:
        fields = {"page_token": self.page_token() if token is None else token, "click": CLICK} | (data or {})
        return self.client.post(path, base_url=APP, data=fields, **kw)


def links(page: str) -> list[str]:
    return re.findall(r'href="(/approve/[^"]+/[0-9a-f]{24})"', page)


def keys(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'name="key" value="([^"]+)"', page)]


@pytest.fixture
def anna(case: Case) -> Approver:
    """Nobody of the store's people signs in to OpenText there; an approver does not need that."""
    return Approver(case)


@dataclass
class Two:
    """Two stores of one OpenText, an order waiting in each; the second one's is worth more."""

    case: Case
    rival: StoreId
    dear: str


@pytest.fixture
def two(case: Case) -> Two:
    rival, dear = once(case.house, "a second store of the same OpenText", lambda: _second(case))
    return Two(case, rival, dear)


def _second(case: Case) -> tuple[StoreId, str]:
    case.house.stage.control_panel.add_store("rivalstore", "Rival")
    rival = case.house.install("rivalstore")
    dear = case.house.place_order("4200.00", ship_to="FR", store=rival)
    case.house.drain()
    return rival, dear


def changed(case: Case, store: str, **values: Any) -> None:
    with unit_of_work(case.house.deps.database) as uow:
        uow.session.execute(
            update(OpenTextConnection).where(OpenTextConnection.store_id == store).values(**values)  # type: ignore[arg-type]
        )


class TestComingIn:
    def test_an_approver_comes_in_by_opentext_alone_decides_and_leaves(self, anna: Approver) -> None:
        case = anna.case
        people = [row.model_dump() for row in case.house.rows(StoreUser)]
        assert "You need no account in a store." in words(anna.get(HOME))
        answer = anna.sign_in()
        cookies = answer.headers.getlist("Set-Cookie")
        (own,) = [one for one in cookies if one.startswith("ecm-approver=")]
        assert "HttpOnly" in own
        assert "SameSite=Lax" in own
        page = anna.text()
        assert "1 decision waits" in words(page)
        assert f"Order {case.order}" in words(page)
        assert "frame-ancestors 'none'" in anna.get().headers["Content-Security-Policy"]
        (task,) = links(page)
        shown = words(anna.text(task))
        for text in ("What is to be decided", "If you press “Approve”", "Release the order", "record.pdf"):
            assert text in shown, text
        assert not re.search(r'href="/(panel|settings|activity|inbox|")', anna.text(task))
        done = anna.post(task, {"press": "decide:approved", "comment": "Known buyer"})
        assert (done.status_code, done.headers["Location"]) == (303, "/approve?done=decide")
        assert "0 decisions wait" in words(anna.text("/approve?done=decide"))
        case.house.drain()
        (flow,) = case.house.rows(WorkflowLink)
        assert (flow.outcome, flow.decided_by, flow.comment) == ("approved", ANNA, "Known buyer")
        assert [row.model_dump() for row in case.house.rows(StoreUser)] == people
        (entry,) = case.house.rows(AuditEntry, action="task.decide")
        assert re.fullmatch(r"approver:\d+", entry.actor)
        assert anna.post("/approve/sign-out").status_code == 303
        assert anna.get().status_code == 303
        assert case.house.rows(ApproverSession) == []
        actions = [row.action for row in case.house.rows(AuditEntry)]
        assert {"approver.signed_in", "approver.signed_out"} <= set(actions)

    def test_an_approver_reads_what_their_browser_speaks(self, anna: Approver) -> None:
        anna.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de-DE,de;q=0.9"
        assert english(anna.get(HOME).get_data(as_text=True)) == []
        anna.sign_in()
        inbox = anna.text()
        (task,) = links(inbox)
        shown = anna.text(task)
        several = anna.get(f"/approve/chosen?key={keys(inbox)[0]}").get_data(as_text=True)
        pressed = anna.post(task, {"press": "decide:no_such_choice"}).get_data(as_text=True)
        for page in (inbox, shown, several, pressed, anna.text("/approve?done=decide")):
            assert '<html lang="de"' in page
            assert english(page) == []

    def test_nothing_of_the_store_opens_to_an_approver(self, anna: Approver) -> None:
        anna.sign_in()
        token = anna.page_token()
        for path in ("/", anna.case.panel, "/inbox", "/activity/", "/settings/", "/find?text=a"):
            answer = anna.client.get(path, base_url=APP, headers={"X-ECM-Page": token})
            assert answer.status_code == 401, path
        assert anna.post("/inbox/chosen", {"key": "x"}).status_code == 401

    def test_secrets_are_kept_as_digests_and_tokens_sealed_and_rotated(self, anna: Approver) -> None:
        anna.sign_in()
        secret = anna.client.get_cookie("ecm-approver", domain="app.test").value
        (row,) = anna.case.house.rows(ApproverSession)
        assert secret not in str(row.model_dump())
        assert b"access" not in (row.tokens or b"")
        before = rotation.count(anna.case.house.deps)
        with unit_of_work(anna.case.house.deps.database) as uow:
            uow.session.get_one(ApproverSession, row.id).tokens = None
        assert rotation.count(anna.case.house.deps) == before - 1

    def test_an_opentext_that_does_not_let_in_is_told_beside_the_button(self, anna: Approver) -> None:
        window = anna.leave()
        client = anna.case.house.stage.otds.directory.state.clients[window.asked["client_id"]]
        client.redirect_urls = ["http://app.test/sign-in/*"]
        assert "redirect address is not registered" in _otds_page(window)
        client.redirect_urls = ["*"]
        back = window.sign_in_at_otds(ANNA)
        anna.case.house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))
        refused = window.come_back(back)
        assert (refused.status_code, "OpenText is not answering" in words(refused)) == (503, True)
        assert "Sign in with OpenText" in words(refused)
        anna.case.house.stage.world.faults.remove()
        unsure = anna.leave()
        state = unsure.asked["state"]
        denied = anna.get(f"{HOME}/return?state={state}&error=access_denied")
        assert (denied.status_code, "did not sign you in" in words(denied)) == (403, True)
        assert anna.case.house.rows(ApproverSession) == []


def _otds_page(window: Window) -> str:
    with pytest.raises(AssertionError) as refused:
        window.sign_in_at_otds(ANNA)
    return str(refused.value)


class TestAbuse:
    def test_no_session_can_be_planted(self, anna: Approver) -> None:
        mallory = Approver(anna.case)
        mallory.sign_in(SAM)
        planted = mallory.client.get_cookie("ecm-approver", domain="app.test").value
        anna.client.set_cookie("ecm-approver", planted, domain="app.test")
        anna.sign_in(ANNA)
        own = anna.client.get_cookie("ecm-approver", domain="app.test").value
        assert own != planted
        assert mallory.get().status_code == 303  # the planted session is over
        (row,) = anna.case.house.rows(ApproverSession)
        assert row.login == ANNA
        anna.client.set_cookie("ecm-approver", "x" * 43, domain="app.test")
        answer = anna.get()
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{HOME}?over=1")

    def test_case_050_what_comes_back_is_taken_once_from_its_own_browser_and_address(self, two: Two) -> None:
        anna, other = Approver(two.case), Approver(two.case)
        window = anna.leave()
        back = window.sign_in_at_otds(ANNA)
        path = back.removeprefix(APP)
        assert other.get(path).status_code == 401  # another browser: not used up by it
        mixed = path.replace("demostore1", "rivalstore")
        second = anna.leave()
        state = second.asked["state"]
        assert anna.get(mixed.replace(window.asked["state"], state)).status_code == 401
        assert anna.get(path.replace(window.asked["state"], "x" * 43)).status_code == 401
        assert anna.get(f"{path}&state={state}").status_code == 400
        fresh = anna.leave()
        used = fresh.sign_in_at_otds(ANNA)
        assert fresh.come_back(used).status_code == 303
        assert fresh.come_back(used).status_code == 401
        replayed = anna.leave()
        code = re.sub(r"state=[^&]+", f"state={replayed.asked['state']}", used)
        assert replayed.come_back(code).status_code == 403  # the code is OTDS's to take once
        assert window.asked["code_challenge_method"] == "S256"
        late = anna.leave()
        with unit_of_work(two.case.house.deps.database) as uow:
            uow.session.execute(update(ApproverAttempt).values(expires_at=utc_now() - timedelta(seconds=1)))
        assert late.come_back(late.sign_in_at_otds(ANNA)).status_code == 401

    def test_case_051_an_answer_of_another_issuer_or_address_sends_the_code_nowhere(self, two: Two) -> None:
        anna = Approver(two.case)
        for change in (lambda path: f"{path}&iss=http%3A%2F%2Fevil.test", lambda path: path.replace(HOME, RIVAL)):
            window = anna.leave()
            path = window.sign_in_at_otds(ANNA).removeprefix(APP)
            mark = len(two.case.house.stage.world.ledger.since())
            assert anna.get(change(path)).status_code == 401
            assert anna.get(path).status_code == 401  # that use was its last
            assert len(two.case.house.stage.world.ledger.since()) == mark

    def test_a_store_users_sign_in_and_an_approvers_are_never_taken_for_each_other(self, personal: Case) -> None:
        anna, person = Approver(personal), personal.person()
        theirs = person.open_window()
        back = theirs.sign_in_at_otds(ANNA).replace("/sign-in/opentext/bigcommerce-demostore1/", f"{HOME}/")
        assert theirs.come_back(back).status_code == 401
        own = anna.leave()
        back = own.sign_in_at_otds(ANNA).replace(HOME, "/sign-in/opentext/bigcommerce-demostore1")
        assert own.come_back(back).status_code == 401
        assert personal.house.rows(ApproverSession) == []

    def test_no_address_leads_anywhere_else(self, anna: Approver) -> None:
        assert anna.get("/approve/at/evil.test").status_code == 404
        for tenant in ("bigcommerce-nobody", "shopify-nobody.myshopify.com"):
            page, known = anna.get(f"/approve/at/{tenant}"), anna.get(HOME)
            assert words(page).replace(tenant, "") == words(known).replace("bigcommerce-demostore1", "")
            assert anna.client.post(f"/approve/at/{tenant}", base_url=APP).status_code == 404
        window = anna.leave(entrance=f"{HOME}?next=//evil.test&return=//evil.test")
        answer = window.come_back(f"{window.sign_in_at_otds(ANNA)}&next=//evil.test")
        assert answer.headers["Location"] == "/approve"
        anna.client.set_cookie("ecm-approve-at", "//evil.test", domain="app.test")
        anna.client.delete_cookie("ecm-approver", domain="app.test")
        assert anna.get().status_code == 401

    def test_other_sites_press_nothing(self, anna: Approver) -> None:
        mallory = Approver(anna.case)
        mallory.sign_in(SAM)
        anna.sign_in()
        (task,) = links(anna.text())
        press = {"press": "decide:approved"}
        good, stolen = anna.page_token(), mallory.page_token()
        member = anna.case.person()
        for token in ("", "x", stolen, f"{good[:-1]}x", member.browser.page):
            assert anna.post(task, press, token=token).status_code == 403, token
            assert anna.post("/approve/sign-out", token=token).status_code == 403
        for header in ({"Origin": "http://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
            assert anna.post(task, press, headers=header).status_code == 403
            assert anna.client.post(HOME, base_url=APP, headers=header).status_code == 403
        bare = anna.case.house.flask.test_client()
        assert bare.post(task, base_url=APP, data=press | {"page_token": good}).status_code == 401
        assert anna.case.house.effects("workflow", "task") == []
        assert anna.post(task, press).status_code == 303

    def test_a_session_ends_when_idle_after_twelve_hours_and_with_the_app(self, anna: Approver) -> None:
        house, now = anna.case.house, utc_now()
        for column, age in (("used_at", timedelta(minutes=31)), ("created_at", timedelta(hours=12, minutes=1))):
            anna.sign_in()
            assert anna.get().status_code == 200
            with unit_of_work(house.deps.database) as uow:
                uow.session.execute(update(ApproverSession).values({column: now - age}))
            assert anna.get().status_code == 303
        schedule._clean(house.deps)
        assert house.rows(ApproverSession) == []
        anna.sign_in()
        with unit_of_work(house.deps.database) as uow:
            sessions.end_for_store(uow.session, house.store_id)
        assert house.rows(ApproverSession) == []
        assert anna.get().status_code == 303


class TestWhatIsSeen:
    def test_only_tasks_the_engine_names_are_there_and_other_addresses_tell_nothing(self, two: Two) -> None:
        anna, liam = Approver(two.case), Approver(two.case)
        anna.sign_in()
        (first, second) = links(anna.text())
        sam = Approver(two.case)
        sam.sign_in(SAM)  # sees the workspaces, is no candidate
        liam.sign_in(LIAM)  # sees not even those
        for nobody in (sam, liam):
            assert "0 decisions wait" in words(nobody.text())
            missing = nobody.get(f"{first[:-24]}{'0' * 24}")
            assert missing.status_code == 404
            for path in (first, second):
                answer = nobody.get(path)
                assert (answer.status_code, words(answer)) == (404, words(missing))
                refused = nobody.post(path, {"press": "decide:approved", "comment": "Mine & yours"})
                assert refused.status_code in (403, 409)
                assert "Mine &amp; yours" in refused.get_data(as_text=True)
                assert "Ada" not in words(refused)
        missing = anna.get(f"{first[:-24]}{'0' * 24}")
        stranger = anna.get(first.replace("demostore1", "nobody").replace("rivalstore", "nobody"))
        assert (stranger.status_code, words(stranger)) == (404, words(missing))
        assert two.case.house.effects("workflow", "task") == []

    def test_one_inbox_spans_the_stores_of_one_opentext(self, two: Two) -> None:
        anna = Approver(two.case, RIVAL)
        anna.sign_in()
        page = anna.text()
        found = words(page)
        assert "2 decisions wait" in found
        assert found.index(f"Order {two.dear}") < found.index("950.00")
        assert "Rival" in found
        assert "1 decision waits" in words(anna.text(f"/approve?store={two.rival}"))
        assert "0 decisions wait" in words(anna.text("/approve?store=bigcommerce:other"))
        assert "2 decisions wait" in words(anna.text("/approve?kind=order-review&sort=time"))
        assert "0 decisions wait" in words(anna.text("/approve?due=overdue"))
        for name in ("Northwind Outfitters", "Rival"):  # two orders may have one number
            assert re.search(rf'aria-label="Choose [^"]*, {name}"', page), name
        theirs = next(one for one in links(page) if "rivalstore" in one)
        said = anna.post(theirs, {"press": "comment", "comment": "Looking at it", "click": "d" * 32})
        assert "Your comment is in OpenText." in words(anna.get(said.headers["Location"]))
        assert "Your comment is in OpenText." not in words(anna.get(theirs))
        claimed = anna.post(theirs, {"press": "claim", "click": "e" * 32})
        assert "The task is yours now." in words(anna.get(claimed.headers["Location"]))
        chosen = keys(page)
        summary = words(anna.text("/approve/chosen?" + "&".join(f"key={one}" for one in chosen)))
        for text in ("Decide 2 tasks at once", "Together:", "Release the order", "Rival"):
            assert text in summary, text
        done = anna.post("/approve/chosen", {"key": chosen, "press": "decide:approved", "comment": "Both"})
        assert "2 of 2 decisions are in OpenText." in words(done)
        two.case.house.drain()
        outcomes = {(row.store_id, row.outcome, row.decided_by) for row in two.case.house.rows(WorkflowLink)}
        assert outcomes == {(two.case.house.store_id, "approved", ANNA), (two.rival, "approved", ANNA)}

    @pytest.mark.parametrize("part", ["otds_url", "content_server_url", "workflow_url", "workflow_tenant"])
    def test_a_store_of_another_opentext_is_never_beside_it(self, two: Two, part: str) -> None:
        anna = Approver(two.case)
        anna.sign_in()
        foreign = next(one for one in links(anna.text()) if "rivalstore" in one)
        changed(two.case, two.rival, **{part: "http://other.test"})
        found = words(anna.text())
        assert "1 decision waits" in found
        assert "Rival" not in found
        assert anna.get(foreign).status_code == 404
        assert anna.post(foreign, {"press": "decide:approved"}).status_code == 404
        assert two.case.house.effects("workflow", "task") == []

    def test_content_servers_own_tasks_are_there_and_decided_as_the_person(self, anna: Approver) -> None:
        case = anna.case
        opentext = case.house.deps.opentext(case.house.store_id)
        document = next(one for one in opentext.documents.in_workspace(NodeId(case.workspace)))
        started = opentext.content_workflows.start(
            seed.QUICK_APPROVAL, [document.id], workspace=NodeId(case.workspace), title="Check the record"
        )
        anna.sign_in()
        assert "0 decisions wait" in words(anna.text("/approve?kind=content_server"))  # now it is looked for
        anna.text()
        assert len(case.house.rows(InboxEvent, source="clock", object_id=case.order)) == 1
        case.house.drain()
        (open_task,) = opentext.content_workflows.tasks(started.id)
        path = f"/approve/bigcommerce-demostore1/orders/{case.order}/"
        path += reference("content_server", started.id, open_task.id)
        liam = Approver(case)
        liam.sign_in(SAM)
        assert liam.get(path).status_code == 404
        assert path in anna.text("/approve?kind=content_server")
        listed = words(anna.text("/approve?kind=content_server"))
        for text in ("950.00", "Check the record", "for anna.berg@demo or tom.okafor@demo or 2 others"):
            assert text in listed, text
        assert "Check the record" in words(anna.get(path))
        assert anna.post(path, {"press": "decide:Approve", "comment": "Read it"}).status_code == 303
        decision = opentext.content_workflows.decision(started.id)
        assert decision is not None
        assert (decision.outcome, decision.by) == ("approved", ANNA)
        assert "0 decisions wait" in words(anna.text("/approve?kind=content_server"))


class TestWhenItEnds:
    def test_who_comes_second_reads_who_was_first_and_a_second_press_is_the_same_one(self, two: Two) -> None:
        anna, tom, house = Approver(two.case), Approver(two.case), two.case.house
        anna.sign_in()
        tom.sign_in("tom.okafor@demo")
        mine, theirs = sorted(links(anna.text()))
        (flow,) = house.rows(WorkflowLink, store_id=house.store_id)
        service = house.deps.opentext(house.store_id).workflows
        service.claim(flow.tasks[0]["id"], "tom.okafor@demo")
        service.complete(flow.tasks[0]["id"], "rejected", {"approver": "tom.okafor@demo"})
        late = anna.post(mine, {"press": "decide:approved", "comment": "Fine"})
        assert (late.status_code, "tom.okafor@demo was first: Rejected, " in words(late)) == (409, True)
        assert tom.post(theirs, {"press": "claim"}).status_code == 303
        taken = anna.post(theirs, {"press": "decide:approved", "click": "b" * 32})
        assert (taken.status_code, "tom.okafor@demo has taken this task" in words(taken)) == (409, True)
        press = {"press": "decide:approved", "click": "c" * 32}
        assert [tom.post(theirs, press).status_code for _ in range(2)] == [303, 303]
        house.drain()
        assert {row.decided_by for row in house.rows(WorkflowLink)} == {"tom.okafor@demo"}

    def test_a_silent_engine_is_said_and_nothing_is_decided(self, anna: Approver) -> None:
        anna.sign_in()
        (task,) = links(anna.text())
        faults = anna.case.house.stage.world.faults
        faults.add(FaultRule(system="workflow", kind="status", status=503))
        assert "OpenText is not answering for Northwind Outfitters" in words(anna.text())
        refused = anna.post(task, {"press": "decide:approved", "comment": "Fine & good"}, token=_token(anna))
        assert (refused.status_code, "Fine &amp; good" in refused.get_data(as_text=True)) == (503, True)
        looked = words(anna.get(task))
        assert "Nobody can say now what you may see." in looked
        assert "Look again" in looked
        assert "What you typed is still here" not in looked
        faults.remove()
        faults.add(FaultRule(system="content_server", kind="status", status=503))
        assert "OpenText is not answering right now" in words(anna.text())
        assert "Look again" in words(anna.text())
        faults.remove()
        assert anna.case.house.effects("workflow", "task") == []
        again = refused.get_data(as_text=True)
        fields = {name: _kept(again, name) for name in ("page_token", "click", "press", "to")}
        assert fields["press"] == "decide:approved"
        pressed = anna.post(task, fields | {"comment": "Fine & good"}, token=fields["page_token"])
        assert (pressed.status_code, pressed.headers.get("Location")) == (303, "/approve?done=decide"), words(pressed)

    def test_who_signs_in_again_goes_on_with_the_page_they_had(self, anna: Approver) -> None:
        anna.sign_in()
        (task,) = links(anna.text())
        token = anna.page_token()
        with unit_of_work(anna.case.house.deps.database) as uow:
            uow.session.execute(update(ApproverSession).values(tokens=None))
        refused = anna.post(task, {"press": "decide:approved", "comment": "Typed & kept"}, token=token)
        assert (refused.status_code, "Typed &amp; kept" in refused.get_data(as_text=True)) == (409, True)
        assert f'action="{HOME}"' in refused.get_data(as_text=True)
        anna.sign_in()
        assert anna.post(task, {"press": "decide:approved", "comment": "Typed & kept"}, token=token).status_code == 303
        stale = token.partition(".")[0]
        anna.sign_in(SAM)  # somebody else at the same browser gets a session of their own
        (row,) = anna.case.house.rows(ApproverSession)
        assert row.id != stale

    def test_a_changed_connection_ends_what_opentext_gave(self, anna: Approver) -> None:
        anna.sign_in()
        house = anna.case.house
        connection = house.connection(house.store_id)
        connections.save(house.deps, house.store_id, replace(connection, version=7), "tester")
        assert "Sign in to OpenText" in words(anna.text())
        (row,) = house.rows(ApproverSession)
        assert row.tokens is None

    def test_access_tokens_are_renewed_and_withdrawn_ones_end(self, anna: Approver) -> None:
        anna.sign_in()
        past, house = utc_now() - timedelta(seconds=5), anna.case.house
        old = house.rows(ApproverSession)[0].tokens
        for is_known in (True, False):
            with unit_of_work(house.deps.database) as uow:
                uow.session.execute(update(ApproverSession).values(refresh_at=past, ends_at=past))
            house.deps.opentext(house.store_id).people._tokens.__init__()  # type: ignore[misc]  # tickets are over
            if not is_known:
                house.stage.otds.directory.state.refresh_tokens.clear()
            assert ("1 decision waits" if is_known else "Sign in to OpenText") in words(anna.text())
            (row,) = house.rows(ApproverSession)
            assert (row.tokens is not None, row.tokens != old) == (is_known, True)


def _kept(page: str, name: str) -> str:
    """What a field or button of a page's form has."""
    (found,) = re.findall(rf'name="{name}" value="([^"]*)"', page.partition("<main")[2].partition("</form>")[0])
    return unescape(found)


def _token(anna: Approver) -> str:
    (row,) = anna.case.house.rows(ApproverSession)
    return approvers.page_token(anna.case.house.deps, row.id)


def test_the_map_of_a_store_limits_its_people_and_not_who_opentext_asks(case: Case) -> None:
    choose(case.house, Mode.SERVICE, Entry("everyone", "status"))
    anna = Approver(case)
    anna.sign_in()
    assert "1 decision waits" in words(anna.text())
    assert case.person(role=Role.VIEWER).get("/inbox").status_code == 200
    (link,) = case.house.rows(WorkspaceLink, object_type="order", object_id=case.order)
    assert link.content_tasks == 0
