"""Deciding from the panel: the workflow's engine says who may, each click is done once, nothing typed is ever lost."""

import re
from html import unescape
from typing import Any

from app.db.audit import AuditEntry
from app.db.decisions import DecisionClick
from app.db.links import WorkflowLink, WorkspaceLink
from app.domain.ids import NodeId
from app.domain.rights import OWN, Allowed, Entry, Flow, Mode
from app.engine.deciding.tasks import reference
from app.engine.sessions import Role
from sandbox.content_server import seed
from sandbox.kernel.faults import FaultRule
from tests.rights.people import ANNA, SAM, Case, Person, choose

CLICK = "a" * 32
TOM = "tom.okafor@demo"
DECIDERS = Entry("managers", OWN, Allowed(workflow=Flow.DECIDE))
EVERYONE = Entry("everyone", "everything")


def words(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())


def link_to_task(page: str) -> str:
    (found,) = set(re.findall(r'href="(/panel/orders/\d+/tasks/[0-9a-f]{24})"', page))
    return str(found)


def review_task(case: Case) -> Any:
    return next(one for one in case.house.stage.workflow.engine.tasks() if one.key == "review")


def at_their_task(case: Case, person: Person) -> str:
    return link_to_task(person.text(case.panel))


def holders(case: Case) -> list[str]:
    """Whose the open tasks are, as panels and lists know it without asking OpenText."""
    return [str(task["assignee"]) for row in case.house.rows(WorkflowLink) for task in row.tasks]


def writes(case: Case) -> list[str]:
    return case.house.effects("workflow", "task")


def press(person: Person, task: str, button: str, *, click: str = CLICK, **typed: str) -> Any:
    return person.post(task, {"press": button, "click": click} | typed)


class TestAsThePerson:
    def test_an_approver_decides_and_the_store_follows(self, personal: Case) -> None:
        house, person = personal.house, personal.person()
        person.sign_in(ANNA)
        task = at_their_task(personal, person)
        page = person.text(task)
        for button in ("Approve", "Reject", "Ask for information", "Take this task"):
            assert button in page
        answer = press(person, task, "decide:approved", comment="Called the customer.")
        assert (answer.status_code, answer.headers["Location"]) == (303, personal.panel)
        house.drain()
        (link,) = house.rows(WorkflowLink)
        assert (link.outcome, link.decided_by, link.comment) == ("approved", ANNA, "Called the customer.")
        done = writes(personal)
        assert press(person, task, "decide:approved").status_code == 303
        assert writes(personal) == done
        assert "Approved" in person.text(personal.panel)
        (entry,) = house.rows(AuditEntry, action="task.decide")
        assert "Called" not in str(entry.model_dump())

    def test_who_is_no_candidate_is_refused_by_the_engine_and_keeps_the_words(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(SAM)
        answer = press(person, at_their_task(personal, person), "decide:rejected", comment="Too risky & odd")
        assert answer.status_code == 403
        assert "OpenText does not let you decide this." in words(answer)
        assert "Too risky &amp; odd" in answer.get_data(as_text=True)
        assert review_task(personal).assignee is None

    def test_who_comes_second_reads_who_was_first_and_when(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        task = at_their_task(personal, person)
        personal.house.decide(personal.order, "rejected", user=TOM)
        answer = press(person, task, "decide:approved", comment="Fine by me")
        assert answer.status_code == 409
        said = words(answer)
        assert f"{TOM} was first: Rejected, " in said
        assert "Nothing was decided by you." in said
        personal.house.drain()
        assert personal.house.run_of("order-review", personal.order).outcome == "rejected"

    def test_a_task_is_taken_lent_and_given_back(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        task = at_their_task(personal, person)
        assert press(person, task, "claim").status_code == 303
        assert review_task(personal).assignee == ANNA
        assert (holders(personal), "Take this task" in person.text(task)) == ([ANNA], False)
        assert press(person, task, "release", click="e" * 32).status_code == 303
        assert (holders(personal), "Take this task" in person.text(task)) == ([""], True)
        assert press(person, task, "claim", click="f" * 32).status_code == 303
        unknown = press(person, task, "delegate", click="b" * 32, to="nobody@demo", comment="Please look")
        assert unknown.status_code == 422
        assert "OpenText knows nobody of this name" in words(unknown)
        assert "Please look" in unknown.get_data(as_text=True)
        assert press(person, task, "delegate", click="b" * 32, to=TOM, comment="Please look").status_code == 303
        lent = review_task(personal)
        assert (lent.assignee, lent.owner) == (TOM, ANNA)
        assert press(person, task, "decide:approved", click="c" * 32).status_code == 409
        personal.house.request(personal.house.store_id, "order", personal.order, "recheck")
        personal.house.drain()
        person.sign_in(TOM)
        assert "Give it back to its owner" in person.text(task)
        assert press(person, task, "return", click="d" * 32, comment="All fine").status_code == 303
        assert review_task(personal).assignee == ANNA

    def test_asking_back_needs_words(self, personal: Case) -> None:
        person = personal.person()
        person.sign_in(ANNA)
        task = at_their_task(personal, person)
        refused = press(person, task, "decide:more_info")
        assert refused.status_code == 422
        assert "Say what you ask for" in words(refused)
        assert press(person, task, "decide:more_info", comment="Which address?").status_code == 303
        assert [one.key for one in personal.house.stage.workflow.engine.tasks()] == ["answer"]

    def test_content_servers_own_task_is_decided_under_the_persons_ticket(self, personal: Case) -> None:
        house, person = personal.house, personal.person()
        opentext = house.deps.opentext(house.store_id)
        document = next(one for one in opentext.documents.in_workspace(NodeId(personal.workspace)))
        started = opentext.content_workflows.start(
            seed.QUICK_APPROVAL, [document.id], workspace=NodeId(personal.workspace), title="Check the record"
        )
        house.request(house.store_id, "order", personal.order, "recheck")
        house.drain()
        (open_task,) = opentext.content_workflows.tasks(started.id)
        task = f"{personal.panel}/tasks/{reference('content_server', started.id, open_task.id)}"
        person.sign_in(SAM)
        refused = person.get(task)
        assert refused.status_code == 403
        person.sign_in(ANNA)
        assert "Approve" in person.text(task)
        assert press(person, task, "decide:Approve", comment="Read it").status_code == 303
        decision = opentext.content_workflows.decision(started.id)
        assert decision is not None
        assert (decision.outcome, decision.by, decision.comment) == ("approved", ANNA, "Read it")
        late = press(person, task, "decide:Reject", click="e" * 32)
        assert late.status_code == 409


class TestByTheMap:
    def test_nobody_decides_unless_the_map_grants_it(self, case: Case) -> None:
        person = case.person()
        (row,) = case.house.rows(WorkflowLink)
        task = f"{case.panel}/tasks/{reference('workflow_service', row.instance_id, row.tasks[0]['id'])}"
        page = person.text(case.panel)
        assert "/tasks/" not in page
        assert "Decide in OpenText" in page
        assert press(person, task, "decide:approved").status_code == 403
        assert review_task(case).assignee is None

    def test_who_was_granted_it_decides_and_the_trail_names_the_store_user(self, case: Case) -> None:
        choose(case.house, Mode.SERVICE, DECIDERS, EVERYONE)
        person = case.person()
        viewer = case.person(24656, Role.VIEWER)
        assert "/tasks/" not in viewer.text(case.panel)
        task = at_their_task(case, person)
        assert "Take this task" not in person.text(task)
        assert press(viewer, task, "decide:approved").status_code == 403
        assert press(person, task, "decide:approved", comment="Known buyer").status_code == 303
        case.house.drain()
        (link,) = case.house.rows(WorkflowLink)
        (click,) = case.house.rows(DecisionClick)
        assert click.state == "done"
        assert link.decided_by.endswith("(store user)")
        assert "OAuthClients" not in link.decided_by
        assert "@" in link.decided_by
        run = case.house.run_of("order-review", case.order)
        assert [entry["who"] for entry in run.facts["decision"]["trail"]] == [link.decided_by]
        assert link.decided_by in unescape(person.text(case.panel))
        (instance,) = case.house.stage.workflow.engine.instances()
        assert [c.message for c in instance.comments] == [f"{link.decided_by}: approved. Known buyer"]


class TestWhenItGoesWrong:
    def test_opentext_down_refuses_at_once_queues_nothing_and_keeps_the_words(self, case: Case) -> None:
        choose(case.house, Mode.SERVICE, DECIDERS, EVERYONE)
        person, faults = case.person(), case.house.stage.world.faults
        task = at_their_task(case, person)
        faults.add(FaultRule(system="workflow", path="/workflow/*", kind="status", status=503))
        answer = press(person, task, "decide:approved", comment="Known buyer")
        assert answer.status_code == 503
        said = words(answer)
        assert "OpenText is not answering. Nothing was decided and nothing waits to be" in said
        html = answer.get_data(as_text=True)
        assert "Known buyer" in html
        assert f'value="{CLICK}"' in html
        faults.remove()
        case.house.drain()
        assert review_task(case).assignee is None
        assert press(person, task, "decide:approved", comment="Known buyer").status_code == 303
        case.house.drain()
        assert case.house.run_of("order-review", case.order).outcome == "approved"

    def test_a_broken_connection_is_looked_into_before_anything_is_done_again(self, case: Case) -> None:
        choose(case.house, Mode.SERVICE, DECIDERS, EVERYONE)
        person, faults = case.person(), case.house.stage.world.faults
        task, number = at_their_task(case, person), review_task(case).id
        faults.add(FaultRule(system="workflow", path="/workflow/v1/process-instances/*/comments", kind="drop_after"))
        answer = press(person, task, "decide:approved")
        assert answer.status_code == 503
        assert "nobody knows whether it was done" in words(answer)
        assert review_task(case).assignee is None
        faults.remove()
        faults.add(
            FaultRule(system="workflow", method="POST", path=f"/workflow/v1/tasks/{number}", kind="drop_after", count=2)
        )
        press(person, task, "decide:approved")
        press(person, task, "decide:approved")
        case.house.drain()
        assert case.house.run_of("order-review", case.order).outcome == "approved"
        assert len([one for one in writes(case) if "completed" in one]) == 1

    def test_a_reference_is_worth_nothing_on_another_object(self, case: Case) -> None:
        choose(case.house, Mode.SERVICE, DECIDERS, EVERYONE)
        person = case.person()
        task = at_their_task(case, person)
        other = case.house.place_order("20.00")
        case.house.drain()
        elsewhere = task.replace(f"/orders/{case.order}/", f"/orders/{other}/")
        assert press(person, elsewhere, "decide:approved").status_code == 409
        assert press(person, task, "decide:deleted").status_code == 422
        assert press(person, task, "explode").status_code == 422
        assert press(person, task, "decide:approved", comment="x" * 2001).status_code == 422
        assert review_task(case).assignee is None
        assert case.house.rows(WorkspaceLink)
