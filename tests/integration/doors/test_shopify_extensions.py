"""What the extensions in Shopify's admin may ask, and what they are told: true doors, OpenText and documents."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from pypdf import PdfReader, PdfWriter

from app.db.cases import CaseRow
from app.db.inbox import InboxEvent
from app.db.links import FiledDocument, SubjectSnapshot, WorkspaceLink
from app.db.runs import Run
from app.db.session import unit_of_work
from app.db.stores import StoreUser
from app.db.types import utc_now
from app.domain.content import BusinessObject, WorkspaceSpec
from app.domain.ids import NodeId, StoreId
from app.domain.rights import OWN, Allowed, Entry, Flow, Mode
from app.engine import connections, preferences
from app.scenarios import ALL
from sandbox import credentials
from sandbox.content_server.seed import SHOPIFY
from sandbox.kernel.faults import FaultRule
from sandbox.shopify import placing
from tests.abuse.test_6_7_transport import ODD_JSON
from tests.doors import APP
from tests.house import House, a_house
from tests.rights.people import choose

SHOP, OTHER = credentials.SHOPIFY_SHOP, credentials.SHOPIFY_SHOPS[1][0]
API = "/shopify/api"
ORDER = "1001"


def a_pdf(pages: int = 1) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.write(out)
    return out.getvalue()


def bearer(house: House, shop: str = SHOP, user: str | None = None, **claims: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {house.stage.shopify_admin.id_token(shop, user, **claims)}"}


def get(house: House, path: str, status: int = 200, headers: dict[str, str] | None = None):
    answer = house.flask.test_client().get(f"{API}{path}", base_url=APP, headers=headers or bearer(house))
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer


def post(house: House, path: str, status: int, headers: dict[str, str] | None = None, **form: object):
    client = house.flask.test_client()
    answer = client.post(f"{API}{path}", base_url=APP, headers=headers or bearer(house), data=form)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    """The demo shop with the app and OpenText; order 1001 has a workspace with one document."""
    with a_house(sqlite_url) as made:
        give_workspace(made, connect_shop(made), "order", ORDER)
        yield made


def connect_shop(house: House) -> StoreId:
    """The app in the demo shop, with OpenText."""
    store = house.install_shop()
    found = house.connection(store)
    content = replace(found.content_server, external_system=SHOPIFY)
    connections.save(house.deps, store, replace(found, content_server=content), "tester")
    return store


def give_workspace(house: House, store: StoreId, kind: str, object_id: str) -> WorkspaceLink:
    """As the engine leaves it: a real workspace, its link, one document of one page, its record on hold."""
    opentext = house.deps.opentext(store)
    business_object = BusinessObject(SHOPIFY, kind.upper(), f"sh-{object_id}")
    node = opentext.workspaces.ensure(WorkspaceSpec(business_object, {}, ())).id
    folder = opentext.documents.folders(NodeId(node))[0]
    filed = opentext.documents.upload(folder.id, f"{kind} record.pdf", io.BytesIO(a_pdf()), "application/pdf")
    link = WorkspaceLink(
        store_id=store, object_type=kind, object_id=object_id, object_name=f"#{object_id}", business_object_id="sh",
        business_object_type=kind.upper(), workspace_id=node, workspace_name=f"Order #{object_id}",
        workspace_url=f"https://cs.example.com/nodes/{node}",
    )  # fmt: skip
    with unit_of_work(house.deps.database) as uow:
        uow.session.add(SubjectSnapshot(store_id=store, object_type=kind, object_id=object_id, name=f"#{object_id}"))
        uow.session.add(link)
        uow.session.flush()
        document = FiledDocument(
            store_id=store, link_id=link.id, node_id=filed.id, name=filed.name, folder=folder.name, version=1,
            size=filed.size, mime_type="application/pdf", record_class="Orders", holds=["Audit 2026"],
        )  # fmt: skip
        uow.session.add(document)
    return link


def test_the_panel_tells_what_the_page_tells(house):
    found = get(house, f"/panel/orders/{ORDER}").json
    assert (found["title"], found["summary"], found["shows"]) == ("#1001", "1 doc · On hold", True)
    (document,) = found["documents"]
    assert (document["record"], document["holds"]) == ("Record · Orders", ["On hold: Audit 2026"])
    assert found["workspace"]["name"] == "Order #1001"
    assert found["access"] == {"look": "map", "refusal": "", "can_upload": True}
    assert get(house, f"/panel/orders/{ORDER}?seen={found['digest']}", 204).data == b""


def test_hostile_words_are_data_without_signs_that_turn_them(house):
    """Names and holds as somebody in OpenText wrote them: JSON that no browser reads as a page."""
    evil = "<img src=x onerror=alert(1)> \u202efdp\u200b\u2067 </script>{{7*7}} " + "x" * 4000
    with unit_of_work(house.deps.database) as uow:
        for document in house.rows(FiledDocument):
            document.name, document.holds, document.record_class = evil, [evil], evil
            uow.session.merge(document)
        for snapshot in house.rows(SubjectSnapshot):
            snapshot.name = evil
            uow.session.merge(snapshot)
    for path in (f"/panel/orders/{ORDER}", f"/panel/orders/{ORDER}/summary"):
        answer = get(house, path)
        text = answer.get_data(as_text=True)
        assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/json", "nosniff")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "onerror" in text or path.endswith("summary")
        assert not set(str(answer.json)) & set("\u202e\u200b\u2067")
        assert len(text) < 6000, "a name may not carry a page with it"


def test_what_was_asked_for_and_is_missing_counts_in_the_summary(house):
    event = InboxEvent(store_id=house.store_id, source="store", topic="order.changed", object_type="order",
                       object_id=ORDER, delivery_key="k", state="done", reason="planned")  # fmt: skip
    with unit_of_work(house.deps.database) as uow:
        uow.session.add(event)
        uow.session.flush()
        facts = {"missing_documents": ["Customs form", "Invoice", "Photo"]}
        uow.session.add(Run(
            store_id=house.store_id, scenario="order-review", subject_type="order", subject_id=ORDER, facts=facts,
            subject_name="#1001", occasion="1", event_id=event.id, correlation_id="c", state="waiting",
        ))  # fmt: skip
    found = get(house, f"/panel/orders/{ORDER}").json
    assert found["missing"] == ["Customs form", "Invoice", "Photo"]
    assert found["summary"] == "1 of 4 docs · In progress"
    assert len(found["summary"]) <= 30


def test_the_condition_hides_what_has_nothing_to_say(house):
    assert get(house, f"/panel/orders/{ORDER}/summary").json["shows"] is True
    for path in ("/panel/customers/5/summary", "/panel/companies/5/summary"):
        assert get(house, path).json["shows"] is False
    assert get(house, "/panel/companies/5").json["lead"] == "Nothing about this company is in OpenText yet."


def test_only_a_fresh_token_of_the_shop_gets_in(house):
    path = f"/panel/orders/{ORDER}"
    for headers in ({}, {"Authorization": "Bearer x"}, bearer(house, exp=1), bearer(house, aud="another-app")):
        answer = house.flask.test_client().get(f"{API}{path}", base_url=APP, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["X-Shopify-Retry-Invalid-Session-Request"] == "1"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "X-Shopify-Retry-Invalid-Session-Request" in answer.headers["Access-Control-Expose-Headers"]
        assert answer.json["error"]


def test_a_session_of_the_browser_alone_is_not_enough_here(house):
    client = house.flask.test_client()
    opened = house.stage.shopify_admin.open(SHOP).url.removeprefix(APP)
    assert client.get(opened, base_url=APP).status_code == 200  # leaves the session's cookie
    assert client.get(f"{API}/panel/orders/{ORDER}", base_url=APP).status_code == 401


def test_another_origin_may_ask_after_asking_whether_it_may(house):
    answer = house.flask.test_client().options(f"{API}/panel/orders/{ORDER}", base_url=APP)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_equal_numbers_in_another_shop_are_another_shops(house):
    house.install_shop(OTHER)
    found = get(house, f"/panel/orders/{ORDER}", headers=bearer(house, OTHER)).json
    assert (found["documents"], found["workspace"]) == ([], None)
    get(house, f"/print?orders={ORDER}", 404, headers=bearer(house, OTHER))


def test_a_dropped_file_is_filed_in_the_workspace(house):
    places = get(house, f"/panel/orders/{ORDER}/places").json
    assert ".pdf" in places["accept"]
    place = places["places"][-1]
    file = (io.BytesIO(a_pdf(2)), "Customs form.pdf")
    assert post(house, f"/panel/orders/{ORDER}/documents", 201, file=file, place=str(place["id"])).json == {
        "filed": "Customs form.pdf"
    }
    found = get(house, f"/panel/orders/{ORDER}").json
    assert {one["name"] for one in found["documents"]} == {"order record.pdf", "Customs form.pdf"}
    assert found["summary"].startswith("2 docs · ")


def test_what_is_no_file_we_take_is_refused_in_a_sentence(house):
    place = str(get(house, f"/panel/orders/{ORDER}/places").json["places"][0]["id"])
    path = f"/panel/orders/{ORDER}/documents"
    said = post(house, path, 422, file=(io.BytesIO(b"MZ"), "virus.exe"), place=place).json
    assert "its type is not taken" in said["error"]
    assert post(house, path, 422, place=place).json["error"] == "Choose a file first."
    assert "access" in post(house, path, 403, file=(io.BytesIO(a_pdf()), "a.pdf"), place="1").json["error"]


def test_staff_without_a_role_read_and_change_nothing(house):
    staff = next(one.email for one in house.stage.shopify_admin.users() if not one.owner)
    assert get(house, f"/panel/orders/{ORDER}", headers=bearer(house, user=staff)).json["access"]["can_upload"] is False
    assert {one.role for one in house.rows(StoreUser)} == {"owner", "viewer"}
    file = (io.BytesIO(a_pdf()), "a.pdf")
    post(house, f"/panel/orders/{ORDER}/documents", 403, bearer(house, user=staff), file=file, place="1")
    post(house, "/panel/products/1001/workspace", 403, bearer(house, user=staff))


def test_a_person_asks_for_what_the_offer_says(house):
    offer = get(house, "/panel/products/1001").json["offer"]
    assert (offer["request"], offer["button"]) == ("workspace", "Create launch workspace")
    assert post(house, f"/panel/products/1001/{offer['request']}", 202).json == {"asked": "workspace"}
    (note,) = get(house, "/panel/products/1001").json["notes"]
    assert note["text"]


def test_documents_of_orders_are_bound_into_one_pdf(house):
    give_workspace(house, house.store_id, "order", "1002")
    known = get(house, f"/printable?orders={ORDER},1002,7").json["orders"]
    assert [len(one["documents"]) for one in known] == [1, 1, 0]
    answer = get(house, f"/print?orders={ORDER},1002")
    assert (answer.mimetype, len(PdfReader(io.BytesIO(answer.data)).pages)) == ("application/pdf", 2)
    one = get(house, f"/print?orders={ORDER},1002&documents={known[0]['documents'][0]['id']}")
    assert len(PdfReader(io.BytesIO(one.data)).pages) == 1
    get(house, "/print?orders=7", 404)
    get(house, "/print?orders=", 422)
    get(house, "/print?orders=" + ",".join(str(number) for number in range(1, 30)), 422)


def test_a_body_of_another_kind_is_refused_or_left_unread(house):
    client, headers = house.flask.test_client(), bearer(house)
    for body in ODD_JSON.values():
        for path, right in ((f"/panel/orders/{ORDER}/documents", 422), (f"/panel/orders/{ORDER}/recheck", 202)):
            answer = client.post(
                f"{API}{path}", base_url=APP, headers=headers, data=body, content_type="application/json"
            )
            assert answer.status_code in (right, 400, 411, 413, 415), (path, answer.get_data(as_text=True))
    assert len(house.rows(FiledDocument)) == 1


def an_order_under_review(house: House) -> str:
    """A buyer orders for more than the limit; the review waits in OpenText. Returns the order's number."""
    house.request(house.store_id, "store", SHOP, "set_up_store")
    house.drain()
    with house.stage.shopify.acting(SHOP) as here:
        made = placing.place(here, {"email": "ada@example.com"}, [{"title": "Lamp", "price": "950.00"}])
    house.drain()
    return str(made["id"]).rpartition("/")[2]


def grant_deciding(house: House) -> None:
    choose(house, Mode.SERVICE, Entry("owner", OWN, Allowed(workflow=Flow.DECIDE)), Entry("everyone", "support"))


def test_a_decision_is_made_in_the_extension_and_named_after_who_pressed(house):
    number = an_order_under_review(house)
    path = f"/panel/orders/{number}"
    (task,) = get(house, path).json["decision"]["tasks"]
    assert task["decide"] == ""
    grant_deciding(house)
    (task,) = get(house, path).json["decision"]["tasks"]
    at = f"{path}/tasks/{task['decide']}"
    staff = bearer(house, user=next(one.email for one in house.stage.shopify_admin.users() if not one.owner))
    assert "access" in get(house, at, 403, headers=staff).json["error"]
    found = get(house, at).json
    assert [one["press"] for one in found["options"]] == ["decide:approved", "decide:rejected", "decide:more_info"]
    assert post(house, at, 422, press="decide:more_info", click="a" * 32).json["field"] == "comment"
    assert post(house, at, 422, press="decide:gone").json["error"] == "Choose one of the buttons."
    house.stage.world.faults.add(FaultRule(system="workflow", path="/workflow/*", kind="status", status=503))
    down = post(house, at, 503, press="decide:approved", click="a" * 32, comment="Known").json
    assert "Nothing was decided and nothing waits to be" in down["error"]
    house.stage.world.faults.remove()
    for _ in range(2):  # pressed twice, done once
        done = post(house, at, 200, press="decide:approved", click="a" * 32, comment="Known").json
        assert done == {"done": "Your decision is in OpenText."}
    house.drain()
    decision = get(house, path).json["decision"]
    assert decision["state"]["word"] == "Approved"
    assert decision["by"].endswith("(store user)")
    assert len([one for one in house.effects("workflow", "completed") if "task" in one]) == 1
    assert post(house, at, 409, press="decide:rejected", click="b" * 32).json["is_over"] is True


def test_a_document_is_fetched_by_an_address_for_a_minute(house):
    (document,) = get(house, f"/panel/orders/{ORDER}").json["documents"]
    path = f"/panel/orders/{ORDER}/documents/{document['id']}/address"
    url = post(house, path, 200).json["url"]
    client, local = house.flask.test_client(), url.removeprefix(APP)
    file = client.get(local, base_url=APP)
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    assert "attachment" in file.headers["Content-Disposition"]
    file.close()
    for broken in (local[:-1] + "0" * (local[-1] != "0") + "1" * (local[-1] == "0"), local.replace("order", "product")):
        assert client.get(broken, base_url=APP).status_code == 401
    with time_machine.travel(utc_now() + timedelta(seconds=61), tick=False):
        assert client.get(local, base_url=APP).status_code == 401
    post(house, f"/panel/orders/{ORDER}/documents/{'0' * 32}/address", 404)
    house.install_shop(OTHER)
    post(house, path, 404, headers=bearer(house, OTHER))
    choose(house, Mode.SERVICE, Entry("everyone", "status"))
    post(house, path, 403)
    assert client.get(local, base_url=APP).status_code == 403


def test_whoever_answers_a_buyer_sees_their_orders_cases_and_notes(house):
    number = an_order_under_review(house)
    with unit_of_work(house.deps.database) as uow:
        order = uow.session.get_one(SubjectSnapshot, (house.store_id, "order", number))
        order.customer_id, notes = "7", {"staff": "Leave at the gate", "customer": ""}
        order.facts = order.facts | {"notes": notes}
        uow.session.add(SubjectSnapshot(store_id=house.store_id, object_type="customer", object_id="7", name="Ada"))
        uow.session.add(CaseRow(
            store_id=house.store_id, kind="return", number="RMA-7", cause_key="x", title="Return", order_id=number,
            customer_id="7", text="broken",
        ))  # fmt: skip
    mark = len(house.stage.world.ledger.since())
    buyer = get(house, "/panel/customers/7").json
    assert buyer["shows"] is True
    assert buyer["summary"].startswith("1 open case · ")
    assert len(buyer["summary"]) <= 30
    assert [(one["id"], one["total"]) for one in buyer["orders"]] == [(number, "€950.00")]
    assert [one["name"] for one in buyer["cases"]] == ["Return RMA-7"]
    found = get(house, f"/panel/orders/{number}").json
    assert found["notes_in_store"] == [{"by": "Note of the staff", "text": "Leave at the gate"}]
    assert found["documents"]
    assert len(house.stage.world.ledger.since()) == mark  # from what we keep: nobody was asked


def test_a_buyers_workspace_is_made_from_the_admin_unless_nothing_would_come_of_it(house):
    with unit_of_work(house.deps.database) as uow:
        uow.session.add(SubjectSnapshot(store_id=house.store_id, object_type="customer", object_id="7", name="Ada"))
    assert get(house, "/panel/customers/7").json["offer"]["request"] == "workspace"
    answering = [one for one in ALL if one.subject == "customer" and "create_workspace" in one.requests]
    for mode, status in (("off", 422), ("on", 202)):
        with unit_of_work(house.deps.database) as uow:
            for one in answering:
                preferences.save(uow.session, house.store_id, one, {"mode": mode}, "tester")
        said = post(house, "/panel/customers/7/workspace", status).json
    assert said == {"asked": "workspace"}
    asked = [event.detail["request"] for event in house.events(source="person", object_type="customer")]
    assert asked == ["create_workspace"]
