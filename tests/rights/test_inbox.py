"""The inbox: decisions by what is at stake, each beside what it is about, several at once, only what one may see."""

import re
from html import unescape
from typing import Any

from sqlalchemy import event
from sqlmodel import select

from app.db.audit import AuditEntry
from app.db.links import WorkflowLink, WorkspaceLink
from app.db.mailed import DecisionLink
from app.db.session import unit_of_work
from app.db.types import utc_now
from app.domain.ids import NodeId
from app.domain.rights import OWN, Allowed, Entry, Flow, Mode
from app.engine.deciding.tasks import reference
from app.engine.sessions import Role
from sandbox.content_server import seed
from tests.doors import APP
from tests.rights.people import ANNA, SAM, Case, Person, choose

CLICK = "a" * 32
DECIDERS = Entry("managers", OWN, Allowed(workflow=Flow.DECIDE))
NOBODY_ELSE = Entry("everyone", "status")


def words(answer: Any) -> str:
    text = answer if isinstance(answer, str) else answer.get_data(as_text=True)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def second_order(case: Case, total: str = "4200.00") -> str:
    order = case.house.place_order(total, ship_to="FR")
    case.house.drain()
    return order


def keys(page: str) -> list[str]:
    return re.findall(r'name="key" value="([^"]+)"', page)


def deciders(case: Case) -> Person:
    choose(case.house, Mode.SERVICE, DECIDERS, NOBODY_ELSE)
    return case.person()


def the_task(person: Person) -> str:
    (found,) = re.findall(r'href="(/inbox/orders/\d+/[0-9a-f]{24})"', person.text("/inbox"))
    return str(found)


def test_the_list_is_sorted_narrowed_and_shown_to_who_may_see_it(case: Case) -> None:
    dear = second_order(case)
    person, counted = deciders(case), list[str]()

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        counted.append(statement) if "workflow_link" in statement else None

    event.listen(case.house.deps.database.engine, "before_cursor_execute", note)
    found = words(person.text("/inbox"))
    event.remove(case.house.deps.database.engine, "before_cursor_execute", note)
    assert len(counted) == 1
    assert "2 decisions wait" in found
    assert found.index(f"Order {dear}") < found.index(f"Order {case.order}")
    assert "4,200.00" in found
    by_time = words(person.text("/inbox?sort=time"))
    assert by_time.index(f"Order {case.order}") < by_time.index(f"Order {dear}")
    assert "2 decisions wait" in words(person.text("/inbox?kind=order-review&who=nobody"))
    assert "0 decisions wait" in words(person.text("/inbox?kind=return-case"))
    assert "0 decisions wait" in words(person.text("/inbox?who=somebody@else"))
    hidden = words(case.person(24656, Role.VIEWER).text("/inbox"))
    assert f"Order {case.order}" not in hidden
    assert "You don't have access. Request it from Finance gives access." in hidden
    with unit_of_work(case.house.deps.database) as uow:
        for row in uow.session.exec(select(WorkflowLink)):
            row.tasks = [row.tasks[0] | {"name": "<script>alert(1)</script>", "candidates": ["<b>x</b>\u202e"]}]
    page = person.text("/inbox")
    assert "alert(1)" in page
    assert not any(evil in page for evil in ("<script>alert", "<b>x", "\u202e"))


def test_a_decision_stands_beside_what_it_is_about_and_holds(case: Case) -> None:
    choose(case.house, Mode.SERVICE, Entry("everyone", "everything"))
    person = case.person()
    assert keys(person.text("/inbox")) == []  # sees it, was not granted to decide
    (row,) = case.house.rows(WorkflowLink)
    task = f"/inbox/orders/{case.order}/{reference('workflow_service', row.instance_id, row.tasks[0]['id'])}"
    assert person.post(task, {"press": "decide:approved", "click": CLICK}).status_code == 403
    person = deciders(case)
    assert the_task(person) == task
    page = words(person.text(task))
    for text in (
        "What is to be decided", "What is there", "If you press “Approve”", "Release the order",
        "If you press “Reject”", "Decline the order", "The question goes back", "record.pdf",
    ):  # fmt: skip
        assert text in page, text
    (key,) = keys(person.text("/inbox"))
    nothing = person.get("/inbox/chosen")
    assert (nothing.status_code, "tick at least one line" in words(nothing)) == (409, True)
    assert "None of the chosen tasks" in words(person.text("/inbox/chosen?key=order:1:" + "0" * 24))
    assert person.post("/inbox/chosen", {"key": [key], "press": "claim", "click": CLICK}).status_code == 422
    assert person.post("/inbox/chosen", {"key": [key], "press": "", "click": CLICK}).status_code == 422
    answer = person.post(task, {"press": "decide:approved", "click": "b" * 32, "comment": "Fine"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/inbox?done=decide")
    assert "0 decisions wait" in words(person.text("/inbox?done=decide"))
    case.house.drain()
    assert case.house.run_of("order-review", case.order).outcome == "approved"
    late = person.post(task, {"press": "decide:rejected", "click": "c" * 32})
    assert late.status_code == 409
    assert "Nothing was decided" in words(late)


def test_people_who_sign_in_see_and_do_what_opentext_lets_them(personal: Case) -> None:
    person = personal.person()
    assert "Sign in to OpenText" in words(person.text("/inbox"))
    assert f"Order {personal.order}" not in person.text("/inbox")
    person.sign_in(SAM)
    refused = person.post(the_task(person), {"press": "decide:rejected", "click": CLICK, "comment": "Too risky"})
    assert refused.status_code == 403
    assert "Too risky" in refused.get_data(as_text=True)
    person.sign_in(ANNA)
    assert person.post(the_task(person), {"press": "claim", "click": "b" * 32}).status_code == 303
    (open_task,) = [one for one in personal.house.stage.workflow.engine.tasks() if one.key == "review"]
    assert open_task.assignee == ANNA


def test_several_are_decided_after_a_summary_and_one_refusal_stops_no_other(case: Case) -> None:
    dear, late = second_order(case), second_order(case, "1500.00")
    person = deciders(case)
    chosen = keys(person.text("/inbox"))
    page = words(person.text("/inbox/chosen?" + "&".join(f"key={one}" for one in chosen)))
    told = ("Decide 3 tasks at once", f"Order {dear}", "Together: €", "Release the order", "Decline the order")
    for text in told:
        assert text in page, text
    assert "Ask for information" not in page  # asking back needs words for each
    assert all(not link.outcome for link in case.house.rows(WorkflowLink))
    others = "".join(f"&key=order:{one}:{'0' * 24}" for one in range(18))
    page = words(person.text("/inbox/chosen?" + "&".join(f"key={one}" for one in chosen) + others))
    assert "17 of the chosen tasks are not open here any more" in page
    assert "1 more is left for afterwards At most 20 are decided at once" in page
    case.house.decide(late, "rejected", user="tom.okafor@demo")
    form = {"press": "decide:approved", "click": CLICK, "comment": "Checked", "key": chosen}
    page = words(person.post("/inbox/chosen", form))
    assert "2 of 3 decisions are in OpenText." in page
    assert "was first: Rejected" in page
    done = case.house.effects("workflow", "task")
    assert "None of the chosen tasks is open here any more" in words(person.post("/inbox/chosen", form))
    assert case.house.effects("workflow", "task") == done
    case.house.drain()
    outcomes = [case.house.run_of("order-review", one).outcome for one in (case.order, dear, late)]
    assert outcomes == ["approved", "approved", "rejected"]


def content_task(case: Case, order: str, title: str) -> str:
    """A workflow of Content Server's own engine about an order, as our look finds it."""
    opentext = case.house.deps.opentext(case.house.store_id)
    (link,) = case.house.rows(WorkspaceLink, object_type="order", object_id=order)
    document = next(one for one in opentext.documents.in_workspace(NodeId(link.workspace_id)))
    started = opentext.content_workflows.start(
        seed.QUICK_APPROVAL, [document.id], workspace=NodeId(link.workspace_id), title=title
    )
    case.house.request(case.house.store_id, "order", order, "recheck")
    case.house.drain()
    (open_task,) = opentext.content_workflows.tasks(started.id)
    return f"/inbox/orders/{order}/{reference('content_server', started.id, open_task.id)}"


def test_content_servers_own_tasks_wait_there_too_and_are_decided_as_the_person(personal: Case) -> None:
    dear, person = second_order(personal), personal.person()
    tasks = [content_task(personal, order, f"Check {order}") for order in (personal.order, dear)]
    person.sign_in(ANNA)
    page = person.text("/inbox?kind=content_server")
    found = words(page)
    assert "2 decisions wait" in found
    assert found.index(f"Order {dear}") < found.index(f"Order {personal.order}")
    assert "Workflow in Content Server" in found
    assert "4,200.00" in found
    assert [one for one in tasks if one not in page] == []
    assert "0 decisions wait" in words(person.text("/inbox?kind=content_server&due=overdue"))
    chosen = keys(page)
    summary = words(person.text("/inbox/chosen?" + "&".join(f"key={one}" for one in chosen)))
    assert "If you press “Approve”" in summary
    assert "Release the order" not in summary
    form = {"press": "decide:Approve", "click": CLICK, "comment": "Read", "key": chosen}
    assert "2 of 2 decisions are in OpenText." in words(person.post("/inbox/chosen", form))
    assert "0 decisions wait" in words(person.text("/inbox?kind=content_server"))
    assert all(row.content_tasks == 0 for row in personal.house.rows(WorkspaceLink))
    choose(personal.house, Mode.SERVICE, DECIDERS)
    content_task(personal, personal.order, "Check again")
    seen = person.text("/inbox?kind=content_server")
    assert "1 decision waits" in words(seen)
    assert keys(seen) == []  # the app's own account decides nothing there


class TestByMail:
    """A link for one person: nothing before "Continue", one browser, one decision, then it only says who decided."""

    def asked(self, person: Person) -> str:
        answer = person.post(f"{the_task(person)}/mail", {"asked": "anna@example.com", "click": CLICK})
        assert answer.status_code == 200, words(answer)
        (path,) = set(re.findall(r"http://app\.test(/decide/[\w-]+)</textarea>", answer.get_data(as_text=True)))
        assert "mailto:anna%40example.com?subject=Please%20decide" in answer.get_data(as_text=True)
        return str(path)

    def test_one_browser_decides_once_and_everybody_else_reads_who_did(self, case: Case) -> None:
        person = deciders(case)
        link = self.asked(person)
        anna, other = case.house.flask.test_client(), case.house.flask.test_client()
        first = anna.get(link, base_url=APP)
        assert "You are asked to decide" in words(first)
        assert "<title>You are asked to decide · " in first.get_data(as_text=True)  # what a screen reader says first
        assert f"Order {case.order}" not in words(first)  # a mail program that looks ahead learns nothing
        assert other.post(link, base_url=APP, data={"press": "decide:approved"}).status_code == 200
        answer = anna.post(link, base_url=APP, data={"press": "continue"})
        assert "SameSite=Strict" in answer.headers["Set-Cookie"]
        page = words(anna.get(link, base_url=APP))
        for text in (f"Order {case.order}", "Release the order", "Decline the order", "You decide as anna@example.com"):
            assert text in page, text
        assert "Ask for information" not in page
        forwarded = other.get(link, base_url=APP)
        assert forwarded.status_code == 403
        assert "opened in another browser" in words(forwarded)
        assert "<title>This link was opened in another browser · " in forwarded.get_data(as_text=True)
        assert "Set-Cookie" not in other.post(link, base_url=APP, data={"press": "continue"}).headers
        assert other.post(link, base_url=APP, data={"press": "decide:rejected"}).status_code == 403
        assert case.house.effects("workflow", "task") == []
        refused = anna.post(link, base_url=APP, data={"press": "decide:deleted", "comment": "Known & fine"})
        assert (refused.status_code, "Known &amp; fine" in refused.get_data(as_text=True)) == (422, True)
        done = anna.post(link, base_url=APP, data={"press": "decide:approved", "comment": "Known buyer"})
        assert done.status_code == 303
        case.house.drain()
        (flow,) = case.house.rows(WorkflowLink)
        assert flow.outcome == "approved"
        assert flow.decided_by.startswith("anna@example.com, asked by ")
        count = len(case.house.effects("workflow", "task"))
        for browser in (anna, other):
            late = browser.post(link, base_url=APP, data={"press": "decide:rejected"})
            assert "This is decided Approved anna@example.com, asked by" in words(late)
        assert len(case.house.effects("workflow", "task")) == count
        actions = [row.action for row in case.house.rows(AuditEntry)]
        assert {"task.asked_by_mail", "task.decided_by_mail"} <= set(actions)

    def test_links_too_old_of_withdrawn_rights_and_unknown_ones_decide_nothing(self, case: Case) -> None:
        person = deciders(case)
        bad = person.post(f"{the_task(person)}/mail", {"asked": "not an address", "click": CLICK})
        assert (bad.status_code, "No link was made Enter the mail address" in words(bad)) == (422, True)
        assert "Nothing was decided" not in words(bad)
        assert 'value="not an address"' in bad.get_data(as_text=True)
        link, browser = self.asked(person), case.house.flask.test_client()
        browser.post(link, base_url=APP, data={"press": "continue"})
        assert browser.get("/decide/" + "x" * 43, base_url=APP).status_code == 404
        assert browser.get("/decide/" + "x" * 300, base_url=APP).status_code == 404
        choose(case.house, Mode.SERVICE, Entry("everyone", "everything"))  # the maker may not decide any more
        late = browser.post(link, base_url=APP, data={"press": "decide:approved"})
        assert (late.status_code, "This link is over" in words(late)) == (410, True)
        assert "<title>This link is over · " in late.get_data(as_text=True)
        choose(case.house, Mode.PERSON)
        assert browser.get(link, base_url=APP).status_code == 410
        choose(case.house, Mode.SERVICE, DECIDERS)
        with unit_of_work(case.house.deps.database) as uow:
            for row in uow.session.exec(select(DecisionLink)):
                row.expires_at = utc_now()
        assert browser.post(link, base_url=APP, data={"press": "decide:approved"}).status_code == 410
        assert case.house.effects("workflow", "task") == []

    def test_whoever_may_hand_links_out_withdraws_them_and_then_they_only_say_so(self, case: Case) -> None:
        person, browser = deciders(case), case.house.flask.test_client()
        link, task = self.asked(person), the_task(person)
        browser.post(link, base_url=APP, data={"press": "continue"})
        page = person.text(task)
        assert "Links that may decide this anna@example.com Opened" in words(page)
        (button,) = re.findall(r'action="(/inbox/[^"]+/withdraw)"', page)
        viewer = case.person(24656, Role.VIEWER)
        assert viewer.post(button).status_code == 403
        assert person.post(button.replace(task, f"{task[:-1]}x")).status_code in (404, 409)
        done = person.post(button)
        assert (done.status_code, done.headers["Location"]) == (303, f"{task}?done=withdrawn")
        after = person.text(done.headers["Location"])
        assert "The link was withdrawn." in words(after)
        assert "Links that may decide this" not in after
        again = person.post(button)
        assert (again.status_code, "decides nothing any more" in words(again)) == (404, True)
        for answer in (
            browser.get(link, base_url=APP), browser.post(link, base_url=APP, data={"press": "decide:approved"}),
            case.house.flask.test_client().get(link, base_url=APP),
        ):  # fmt: skip
            said = words(answer)
            assert (answer.status_code, "This link was withdrawn" in said) == (410, True)
            assert not any(one in said for one in ("anna@", "user24655", f"Order {case.order}", "Approved"))
        taken = case.house.flask.test_client().post(link, base_url=APP, data={"press": "continue"})
        assert "Set-Cookie" not in taken.headers
        assert case.house.effects("workflow", "task") == []
        (entry,) = case.house.rows(AuditEntry, action="task.mail_withdrawn")
        assert (entry.actor.partition(":")[0], entry.detail) == ("user", {"about": f"order:{case.order}"})

    def test_a_link_whose_step_somebody_else_did_says_who(self, case: Case) -> None:
        link, browser = self.asked(deciders(case)), case.house.flask.test_client()
        (task,) = [one for one in case.house.stage.workflow.engine.tasks() if one.key == "review"]
        service = case.house.deps.opentext(case.house.store_id).workflows
        service.claim(task.id, ANNA)
        service.complete(task.id, "more_info", {"approver": ANNA})
        case.house.request(case.house.store_id, "order", case.order, "recheck")
        case.house.drain()
        assert f"This is decided More information asked for {ANNA}" in words(browser.get(link, base_url=APP))
