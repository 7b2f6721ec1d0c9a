"""OpenText down or slow: no answer to an extension in Shopify's admin waits for it, and what it says follows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.db.links import FiledDocument
from app.domain.rights import OWN, Allowed, Entry, Flow, Mode
from app.engine.behind import Behind
from tests.doors import APP
from tests.house import House, a_house
from tests.integration.doors.test_shopify_extensions import an_order_under_review, bearer, connect_shop, give_workspace
from tests.rights.people import ANNA, Window, choose
from tests.rights.test_slow_opentext import MOMENT, Stuck

API, ORDER, RECORD = "/shopify/api", "1009", "order record.pdf"
TELL_LATER = {"is_asking": True, "again": 2}


@dataclass
class SlowShop:
    """The demo shop, whose OpenText is stuck while the gate is closed. One order has a record, another a review."""

    house: House
    stuck: Stuck
    reviewed: str

    def get(self, path: str) -> TestResponse:
        return self.house.flask.test_client().get(path, base_url=APP, headers=bearer(self.house))

    def api(self, path: str) -> Any:
        answer = self.get(f"{API}{path}")
        assert answer.status_code in (200, 202), (path, answer.status_code, answer.get_data(as_text=True))
        return answer.json

    def answers(self) -> None:
        self.stuck.opens()

    def document(self) -> str:
        (row,) = self.house.rows(FiledDocument, name=RECORD)
        return str(row.id)

    def every_get(self) -> dict[str, str]:
        """Endpoint -> address of everything an extension reads; the task's is that of the order under review."""
        (task,) = self.api(f"/panel/orders/{self.reviewed}")["decision"]["tasks"]
        orders = f"orders={ORDER},{self.reviewed}"
        found = {
            "extension_api.panel": f"/panel/orders/{ORDER}",
            "extension_api.summary": f"/panel/orders/{ORDER}/summary",
            "extension_api.places": f"/panel/orders/{ORDER}/places",
            "extension_api.task": f"/panel/orders/{self.reviewed}/tasks/{task['decide']}",
            "extension_api.printable": f"/printable?{orders}",
            "extension_api.ready": f"/print/ready?{orders}",
        }
        rules = {rule.endpoint for rule in self.house.flask.url_map.iter_rules() if "GET" in (rule.methods or ())}
        known = {one for one in rules if one.startswith("extension_api.")}
        assert known == {*found, "extension_api.printed"}, "the file itself is fetched once it is ready"
        return found


@pytest.fixture
def slow(sqlite_url: str) -> Iterator[SlowShop]:
    with a_house(sqlite_url) as house:
        give_workspace(house, connect_shop(house), "order", ORDER)
        reviewed = an_order_under_review(house)
        choose(house, Mode.SERVICE, Entry("everyone", OWN, Allowed(workflow=Flow.DECIDE)))
        later: Any = house.stage.transport
        stuck = later.inner = Stuck(later.inner)
        stuck.gate.set()
        house.deps.behind = Behind(MOMENT)
        found = SlowShop(house, stuck, reviewed)
        yield found
        found.answers()


def sign_in(slow: SlowShop, login: str) -> None:
    """The person in the admin signs in to OpenText, in a window of their own."""
    client = slow.house.flask.test_client()
    answer = client.post("/panel/sign-in", base_url=APP, headers=bearer(slow.house))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    window = Window(client, slow.house, answer.headers["Refresh"].partition("url=")[2])
    assert window.come_back(window.sign_in_at_otds(login)).status_code == 200


def test_every_answer_is_what_is_known_and_its_age_and_opentexts_own_follows(slow: SlowShop) -> None:
    pages = slow.every_get()
    slow.stuck.gate.clear()
    shown = {name: slow.api(path) for name, path in pages.items()}
    assert slow.stuck.in_the_way == []
    panel = shown["extension_api.panel"]
    assert [one["name"] for one in panel["documents"]] == [RECORD]
    assert panel["as_of"].startswith("OpenText as of ")
    assert shown["extension_api.task"]["options"]
    assert len(shown["extension_api.printable"]["orders"]) == 2
    assert shown["extension_api.ready"] == TELL_LATER
    places = shown["extension_api.places"]
    assert {name: places[name] for name in TELL_LATER} == TELL_LATER
    assert [one["name"] for one in places["places"]] == [places["places"][0]["folder"]], "the folder something lies in"
    assert {name for name, answer in shown.items() if answer.get("is_asking")} == {
        "extension_api.places", "extension_api.ready",
    }  # fmt: skip
    slow.answers()
    asked = len(slow.stuck.asked)
    assert len(slow.api(pages["extension_api.places"])["places"]) > 1
    assert slow.api(pages["extension_api.ready"]) == {"is_ready": True}
    pdf = slow.get(f"{API}{pages['extension_api.ready'].replace('/ready', '')}")
    assert (pdf.status_code, pdf.data[:5]) == (200, b"%PDF-")
    assert len(slow.stuck.asked) == asked, "what was asked behind the first answers is what these tell"


def test_a_document_on_its_way_says_so_and_comes_by_itself(slow: SlowShop) -> None:
    path = f"{API}/panel/orders/{ORDER}/documents/{slow.document()}/address"
    answer = slow.house.flask.test_client().post(path, base_url=APP, headers=bearer(slow.house))
    local = answer.json["url"].removeprefix(APP)
    slow.stuck.gate.clear()
    page = slow.get(local)
    assert (page.status_code, page.headers["Refresh"], slow.stuck.in_the_way) == (202, "2", [])
    assert "Your document is on its way from OpenText" in page.get_data(as_text=True)
    slow.answers()
    file = slow.get(local)
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    file.close()


def test_nothing_is_told_before_opentext_said_who_may_see_it_and_then_it_is(slow: SlowShop) -> None:
    pages = slow.every_get()
    choose(slow.house, Mode.PERSON)
    sign_in(slow, ANNA)
    slow.stuck.gate.clear()
    shown = {name: slow.api(path) for name, path in pages.items()}
    assert slow.stuck.in_the_way == []
    assert RECORD not in str(shown)
    assert {name for name, answer in shown.items() if answer.get("is_asking")} == {*pages} - {
        "extension_api.panel", "extension_api.summary",
    }  # fmt: skip
    panel = shown["extension_api.panel"]
    assert (panel["access"]["look"], panel["refresh"]) == ("asking", 2)
    assert [one["title"] for one in panel["banners"]] == ["OpenText takes its time"]
    assert panel["as_of"]
    assert shown["extension_api.summary"]["shows"] is True
    seen = f"{pages['extension_api.panel']}?seen={panel['digest']}"
    assert slow.api(seen) == TELL_LATER, "what is shown stays"
    slow.answers()
    known = slow.api(seen)
    assert known["access"]["look"] == "asked"
    assert ([one["name"] for one in known["documents"]], known["banners"]) == ([RECORD], [])
