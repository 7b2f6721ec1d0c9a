"""OpenText down or slow: no page waits for it. Each shows what is known, and what it says comes in when it has."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from app.db.links import FiledDocument, WorkflowLink
from app.db.runs import Run
from app.domain.rights import OWN, Allowed, Entry, Flow, Mode
from app.engine.behind import Behind, StillAsking
from app.engine.deciding import tasks
from app.opentext.workflows import Engine
from app.settings import Periods
from tests.abuse.test_6_5_tenants import address, merchant_rules
from tests.doors import OWNER
from tests.rights.people import ANNA, SECRET_NAME, Case, Person, choose
from tests.rights.test_approvers import Approver

OPENTEXT = {"otds.test", "content.test", "workflow.test", "exstream.test"}
MOMENT = 0.02
TAKES_ITS_TIME = "takes its time"
# What this order has none of, or another kind of store.
ELSEWHERE = {
    "settings.personal_data", "settings.permissions", "panel.confirm_undo", "panel.new_ask", "panel.case",
    "panel.customer", "panel.product",
}  # fmt: skip


@dataclass
class Stuck(httpx.BaseTransport):
    """OpenText that answers nobody until the gate opens. Whoever waits for it in a page's own thread is named."""

    inner: httpx.BaseTransport
    gate: threading.Event = field(default_factory=threading.Event)
    in_the_way: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def opens(self) -> None:
        """OpenText is quick again; whatever was being asked has been answered."""
        self.gate.set()
        for one in threading.enumerate():
            if one.name == "behind":
                one.join(30)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host not in OPENTEXT or self.gate.is_set():
            return self.inner.handle_request(request)
        self.asked.append(str(request.url))
        if threading.current_thread().name != "behind":
            self.in_the_way.append(str(request.url))
            raise httpx.ConnectTimeout("nobody answers", request=request)
        assert self.gate.wait(20)
        return self.inner.handle_request(request)


@dataclass
class Slow:
    """A case whose OpenText is stuck."""

    case: Case
    stuck: Stuck

    def answers(self) -> None:
        self.stuck.opens()


@pytest.fixture
def slow(case: Case) -> Iterator[Slow]:
    choose(case.house, Mode.SERVICE, Entry("everyone", OWN, Allowed(workflow=Flow.DECIDE)))
    later: Any = case.house.stage.transport
    stuck = Stuck(later.inner)
    stuck.gate.set()
    later.inner = stuck
    case.house.deps.behind = Behind(MOMENT)
    found = Slow(case, stuck)
    yield found
    found.answers()


def every_page(case: Case) -> dict[str, str]:
    """Endpoint → address of everything a signed-in person can look at, about the case's order."""
    house = case.house
    (document,) = house.rows(FiledDocument, name=SECRET_NAME)
    (run,) = house.rows(Run, scenario="order-review")
    values = {
        "object_id": case.order, "document_id": document.id, "run_id": run.id, "ref": reference_of(case),
        "publication_id": "0" * 32, "case_id": "0" * 32, "request_id": "0" * 32, "user_id": "0" * 32,
        "job_id": "0" * 32, "link_id": "0" * 32, "number": "1",
    }  # fmt: skip
    found = {
        rule.endpoint: address(rule, values)
        for rule in merchant_rules(case.doors)
        if "GET" in rule.methods and rule.endpoint not in ELSEWHERE
    }
    more = {
        "panel.search_documents": "?q=payment", "find.index": f"?q={case.order}",
        "settings.test_rights": f"?person=user{OWNER}@example.com&kind=order&object_id={case.order}",
        "activity.preview": "?code=unreachable", "inbox.chosen": f"?key=order:{case.order}:{values['ref']}",
    }  # fmt: skip
    return {name: path + more.get(name, "") for name, path in found.items()}


def reference_of(case: Case) -> str:
    (flow,) = [one for one in case.house.rows(WorkflowLink) if one.tasks]
    return tasks.reference(Engine.WORKFLOW_SERVICE, flow.instance_id, flow.tasks[0]["id"])


def looked_at(person: Person, pages: dict[str, str]) -> dict[str, str]:
    """Every page's text. Whatever it says of OpenText, it is a page."""
    found = {}
    for name, path in pages.items():
        answer = person.get(path)
        assert answer.status_code < 400, (name, answer.status_code, answer.get_data(as_text=True)[-1500:])
        found[name] = answer.get_data(as_text=True)
    return found


def test_no_page_waits_for_opentext_and_what_it_says_follows(slow: Slow) -> None:
    owner = slow.case.person(OWNER)
    pages = every_page(slow.case)
    slow.stuck.gate.clear()
    shown = looked_at(owner, pages)
    assert slow.stuck.in_the_way == []
    asking = {name for name, text in shown.items() if TAKES_ITS_TIME in text}
    assert asking == {
        "panel.versions", "panel.holds", "panel.search_documents", "panel.workspaces", "settings.communications",
    }  # fmt: skip
    assert SECRET_NAME in shown["panel.order"]
    assert SECRET_NAME in shown["panel.search_documents"], "what is known is found meanwhile"
    assert "version 1" in shown["panel.versions"].casefold()
    assert "Put it on a hold" in shown["panel.holds"], "a hold can be asked for meanwhile"
    part = owner.get(pages["panel.holds"], **{"HX-Request": "true"})
    assert 'hx-trigger="load delay:2s"' in part.get_data(as_text=True)
    slow.answers()
    after = looked_at(owner, {name: pages[name] for name in asking})
    assert {name for name, text in after.items() if TAKES_ITS_TIME in text} == set()
    assert "Can it be deleted?" in after["panel.holds"]
    assert "There is nothing to choose" in after["panel.workspaces"]


def test_no_page_of_people_who_sign_in_waits_and_nothing_is_shown_before_opentext_said_so(slow: Slow) -> None:
    case = slow.case
    pages = every_page(case)
    choose(case.house, Mode.PERSON)
    anna = case.person(OWNER)
    assert anna.sign_in(ANNA).status_code == 200
    slow.stuck.gate.clear()
    shown = looked_at(anna, pages)
    assert slow.stuck.in_the_way == []
    assert [name for name, text in shown.items() if SECRET_NAME in text] == []
    for name in ("panel.order", "panel.document", "inbox.index", "inbox.task", "panel.versions"):
        assert TAKES_ITS_TIME in shown[name], name
    cards = anna.get(f"{case.panel}/cards")
    assert cards.status_code == 204, "what is shown stays until OpenText has said something"
    assert 'hx-trigger="every 2s' in shown["panel.order"]
    slow.answers()
    known = anna.text(case.panel)
    assert SECRET_NAME in known
    assert TAKES_ITS_TIME not in known


def test_what_was_asked_for_in_vain_is_asked_anew_and_an_answer_is_handed_over_once() -> None:
    behind, gate, asked = Behind(0.01), threading.Event(), list[int]()

    def question() -> int:
        asked.append(1)
        gate.wait(10)
        return len(asked)

    for _ in range(3):
        with pytest.raises(StillAsking):
            behind.ask("key", question)
    assert len(asked) == 1, "the same question goes on"
    gate.set()
    until = time.monotonic() + 10
    while behind.is_busy and time.monotonic() < until:
        time.sleep(0.005)
    assert behind.ask("key", question) == 1
    assert behind.ask("key", question) == 2, "nothing is kept"

    def refused() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Behind(5).ask("key", refused)


def test_only_so_many_questions_go_on_at_once() -> None:
    behind, gate = Behind(0.001), threading.Event()
    for number in range(40):
        with pytest.raises(StillAsking):
            behind.ask(number, lambda: gate.wait(10))
    assert sum(one.name == "behind" for one in threading.enumerate()) <= 16
    gate.set()


def test_an_approvers_pages_do_not_wait_either_and_show_nothing_before_the_answer(slow: Slow) -> None:
    anna = Approver(slow.case)
    anna.sign_in()
    slow.case.house.deps.behind = Behind(MOMENT)
    task = f"/approve/bigcommerce-demostore1/orders/{slow.case.order}/{reference_of(slow.case)}"
    slow.stuck.gate.clear()
    for path in ("/approve", task):
        page = anna.get(path)
        assert (page.status_code, TAKES_ITS_TIME in page.get_data(as_text=True)) == (202, True)
        assert f"Order {slow.case.order}" not in page.get_data(as_text=True)
    assert slow.stuck.in_the_way == []
    slow.answers()
    assert f"Order {slow.case.order}" in anna.text()
    assert "Release the order" in anna.text(task)


@pytest.mark.alone  # it measures time
def test_every_page_is_there_in_a_fifth_of_a_second_while_opentext_takes_five(slow: Slow) -> None:
    """Its own work and the moment it waits; the clock on the wall also tells what else the machine does."""
    owner, deps = slow.case.person(OWNER), slow.case.house.deps
    pages, moment = every_page(slow.case), Periods().page_moment
    looked_at(owner, pages)  # templates are compiled once
    deps.behind = Behind(moment)
    slow.stuck.gate.clear()
    took = {name: min(_seconds(owner, path) for _ in range(2)) for name, path in pages.items()}
    assert {name: both for name, both in took.items() if both[0] + moment > 0.2 or both[1] > 2} == {}


def _seconds(person: Person, path: str) -> tuple[float, float]:
    """Seconds of work, and by the clock on the wall."""
    worked, began = time.thread_time(), time.perf_counter()
    person.get(path)
    return time.thread_time() - worked, time.perf_counter() - began
