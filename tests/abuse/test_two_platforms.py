"""One installation, a store of each platform, equal object ids: rows, jobs, log lines, caches and pages keep apart."""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from app.db.cases import CaseRow
from app.db.circuits import Circuit
from app.db.links import FiledDocument, SubjectSnapshot, WorkspaceLink
from app.db.privacy import PrivacyRequest
from app.db.publications import Publication
from app.db.rights import StoreRights
from app.db.runs import Run, Work
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.db.tables import metadata
from app.db.types import utc_now
from app.domain.ids import StoreId, lane
from app.domain.rights import OWN, Allowed, Entry, Flow, entry_json
from app.engine import connections, privacy_requests, queue
from app.engine.circuits import Circuits
from app.errors import NeedsReauth, NotFound
from sandbox import credentials
from sandbox.shopify import placing
from tests.abuse.conftest import LogLines
from tests.abuse.test_6_5_tenants import MISSING, NEUTRAL, a_workflow, address, merchant_rules, reference_of, unnamed
from tests.doors import Browser, Doors
from tests.house import House
from tests.integration.doors.test_shopify_webhooks import ShopDoors, order

OBJECT = "5001"  # an order, a product and a customer of either store
SHOP = credentials.SHOPIFY_SHOP


@dataclass
class Side:
    """One store: what its rows say, its ids, and how its owner asks for a page."""

    store: StoreId
    canary: str
    ids: dict[str, str]
    doors: Doors
    browser: Browser | None = None

    def get(self, path: str) -> Any:
        if self.browser is not None:
            return self.browser.get(path)
        token = self.doors.house.stage.shopify_admin.id_token(SHOP)
        return self.doors.get(path, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def both(doors: Doors) -> tuple[Side, Side]:
    """Installed and connected to the same OpenText, with rows about objects of equal ids."""
    house = doors.house
    house.drain()
    shop = house.install_shop()
    connections.save(house.deps, shop, house.connection(shop), "tester")
    house.drain()
    sides = []
    for store, canary in ((house.store_id, "canary-of-the-store"), (shop, "canary-of-the-shop")):
        sides.append(Side(store, canary, _rows(doors, store, canary), doors))
    sides[0].browser = doors.signed_in()
    return sides[0], sides[1]


def _rows(doors: Doors, store: StoreId, canary: str) -> dict[str, str]:
    with unit_of_work(doors.house.deps.database) as uow:
        run = Run(store_id=store, scenario="order-review", subject_type="order", subject_id=OBJECT, occasion="once",
                  subject_name=canary, event_id="", correlation_id="", state="waiting")  # fmt: skip
        uow.session.add(run)
        uow.session.flush()
        publication = Publication(store_id=store, run_id=run.id, object_type="product", object_id=OBJECT, node_id=9,
                                  version=1, sha256="", document_name=canary, approved_by=canary,
                                  state="live")  # fmt: skip
        case = CaseRow(store_id=store, kind="return", number="RMA-1", cause_key="x", title=canary, order_id=OBJECT,
                       text=canary)  # fmt: skip
        asked = PrivacyRequest(store_id=store, event_id=canary, kind="data", reference=canary, received_at=utc_now(),
                               done_at=utc_now(), customer_id=OBJECT)  # fmt: skip
        uow.session.add_all([publication, case, asked])
        documents = {}
        for kind in ("order", "product", "customer"):
            uow.session.add(SubjectSnapshot(store_id=store, object_type=kind, object_id=OBJECT, name=canary,
                                            customer_id=OBJECT, facts={"number": canary}))  # fmt: skip
            link = WorkspaceLink(
                store_id=store, object_type=kind, object_id=OBJECT, object_name=canary, business_object_type=kind,
                business_object_id=OBJECT, workspace_id=5, workspace_name=canary,
                workspace_url=f"http://content.test/{canary}", workflows=[a_workflow(canary)],
            )  # fmt: skip
            uow.session.add(link)
            uow.session.flush()
            documents[kind] = FiledDocument(store_id=store, link_id=link.id, node_id=70 + len(documents), name=canary,
                                            mime_type="application/pdf")  # fmt: skip
            uow.session.add(documents[kind])
        uow.session.flush()
        return {"run_id": run.id, "publication_id": publication.id, "user_id": MISSING["user_id"],
                "object_id": OBJECT, "case_id": case.id, "job_id": MISSING["job_id"],
                "request_id": asked.id, "document_id": documents["order"].id,
                "ref": reference_of(canary), "link_id": MISSING["link_id"],
                "number": MISSING["number"]}  # fmt: skip


def buy(doors: Doors, shop: Side) -> str:
    """Somebody orders in the shop; returns the order's number. Shopify sends its own deliveries besides."""
    with doors.house.stage.shopify.acting(shop.store.partition(":")[2]) as here:
        made = placing.place(here, {"email": "ada@example.com"}, [{"title": "Gift wrap", "price": "10.00"}])
    return str(made["id"]).rpartition("/")[2]


def of(doors: Doors, store: StoreId) -> str:
    """Every row of one store, as one text."""
    found = []
    with reading(doors.house.deps.database) as session:
        for table in metadata.sorted_tables:
            if "store_id" in table.c and table.name not in ("web_session", "circuit"):
                rows = session.execute(select(table).where(table.c.store_id == store)).all()
                found += sorted(str(tuple(row)) for row in rows)
    return json.dumps(found)


def test_no_page_of_one_store_shows_anything_of_the_other(both: tuple[Side, Side]):
    for here, there in (both, both[::-1]):
        shown = 0
        for rule in merchant_rules(here.doors):
            if "GET" not in rule.methods:
                continue
            own = here.get(address(rule, here.ids))
            for asked in (there.ids, here.ids, {**here.ids, "object_id": OBJECT}):
                page = here.get(address(rule, asked)).get_data(as_text=True)
                assert there.canary not in page, rule
                assert there.store.partition(":")[2] not in page, rule
            nobodys = {**MISSING, "object_id": OBJECT}  # an object of that id is in both stores
            foreign, missing = here.get(address(rule, there.ids)), here.get(address(rule, nobodys))
            if rule.arguments - set(NEUTRAL) - {"object_id"} and foreign.status_code >= 400:
                assert foreign.status_code == missing.status_code, rule
                assert unnamed(foreign.data, there.ids) == unnamed(missing.data, nobodys), rule
            shown += here.canary in own.get_data(as_text=True)
        assert shown > 5, f"{here.store}: its own canary is hardly shown: this test proves little"


def test_what_happens_in_one_store_touches_no_row_job_or_log_line_of_the_other(
    both: tuple[Side, Side], log_lines: LogLines
):
    store, shop = both
    doors = ShopDoors(store.doors.house)
    for here, there, knock in (
        (shop, store, lambda: doors.send("orders/updated", order(int(buy(doors, shop))))),
        (store, shop, lambda: doors.webhook(doors.delivery(data={"type": "order", "id": int(OBJECT)}))),
        (store, shop, lambda: doors.house.place_order()),
    ):
        before, lines = of(doors, there.store), len(log_lines())
        knock()
        with reading(doors.house.deps.database) as session:
            jobs = [one for one in session.execute(select(Work)).scalars() if one.kind == "event"]
        assert {one.store_id for one in jobs} <= {here.store}
        doors.house.drain()
        assert of(doors, there.store) == before
        heard = json.dumps(log_lines()[lines:])
        assert there.store not in heard
        assert there.canary not in heard
    assert {store.store, shop.store} <= {str(one.get("store_id")) for one in log_lines()}


def test_equal_objects_are_worked_on_side_by_side(both: tuple[Side, Side]):
    """A lane is one object of one store: neither waits for the other."""
    store, shop = both
    assert lane(store.store, "order", OBJECT) != lane(shop.store, "order", OBJECT)
    deps = store.doors.house.deps
    with unit_of_work(deps.database) as uow:
        for side in both:
            uow.session.add(Work(kind="run", ref_id=side.ids["run_id"], store_id=side.store, due_at=0.0,
                                 lane=lane(side.store, "order", OBJECT)))  # fmt: skip
    held = queue.claim(deps.database, deps.settings, "one", 5)
    assert {one.store_id for one in held} == {store.store, shop.store}


def test_what_is_kept_in_memory_is_kept_by_store(both: tuple[Side, Side]):
    store, shop = both
    deps = store.doors.house.deps
    assert deps.store(store.store) is not deps.store(shop.store)
    assert deps.opentext(store.store) is not deps.opentext(shop.store)
    gate = Circuits(deps.database, deps.settings.periods)
    for _ in range(5):
        gate.failed(shop.store, "otds", "timeout", probe=False)
    assert [row.store_id for row in store.doors.house.rows(Circuit) if row.opened_for] == [shop.store]
    stranger = StoreId("shopify:" + store.store.partition(":")[2])  # the other platform's id under this one's name
    with pytest.raises(NeedsReauth):
        deps.store(stranger)


def test_one_stores_proof_opens_nothing_of_the_other(both: tuple[Side, Side]):
    store, shop = both
    doors = ShopDoors(store.doors.house)
    token = doors.house.stage.shopify_admin.id_token(SHOP)
    mixed = doors.get("/", headers={"Authorization": f"Bearer {token}", "X-ECM-Page": store.browser.page})
    assert mixed.status_code == 400
    load = doors.payload(sub=f"stores/{SHOP}")
    assert doors.call("load", load).status_code == 401
    assert doors.get("/", headers={"Authorization": f"Bearer {doors.payload()}"}).status_code == 401
    body = doors.delivery()
    assert doors.post("/shopify/webhooks", data=body, headers=doors.signed(body)).status_code == 401
    before = of(doors, store.store)
    assert doors.send("orders/updated", order(), shop="demostore1").status_code == 400
    assert of(doors, store.store) == before
    with pytest.raises(NotFound):
        privacy_requests.export(doors.house.deps, shop.store, store.ids["request_id"], by="x")


RIVAL, SECOND_SHOP = "rivalstore", credentials.SHOPIFY_SHOPS[1][0]


@dataclass
class Tenant:
    """One of four stores as its owner works with it: the panel's pages, or the extension's API and pages."""

    store: StoreId
    buyer: str
    order: str
    doors: Doors
    browser: Browser | None = None

    @property
    def panel(self) -> str:
        return f"/panel/orders/{self.order}"

    @property
    def bearer(self) -> dict[str, str]:
        token = self.doors.house.stage.shopify_admin.id_token(self.store.partition(":")[2])
        return {"Authorization": f"Bearer {token}"}

    def get(self, path: str, *, api: bool = False) -> Any:
        if self.browser is not None:
            return self.browser.get(path)
        return self.doors.get(f"/shopify/api{path}" if api else path, headers=self.bearer)

    def post(self, path: str, fields: dict[str, str], *, api: bool = False) -> Any:
        if self.browser is not None:
            return self.browser.post(path, fields)
        return self.doors.post(f"/shopify/api{path}" if api else path, headers=self.bearer, data=fields)

    def task(self) -> str:
        """Where the open task of its own order is decided."""
        (found,) = set(re.findall(rf"{self.panel}/tasks/[0-9a-f]{{24}}", self.get(self.panel).get_data(as_text=True)))
        return str(found)


@pytest.fixture
def four(doors: Doors) -> list[Tenant]:
    """Two stores of each platform, installed through their own doors, each with a first order that is reviewed."""
    house = doors.house
    house.stage.control_panel.add_store(RIVAL, "Rival")
    house.drain()
    house.install(RIVAL)
    for shop in (SHOP, SECOND_SHOP):
        house.install_shop(shop, connect=True)
    found = []
    for number, store in enumerate(house.installed):
        house.request(store, "store", store.partition(":")[2], "set_up_store")
        house.drain()
        buyer = f"Canary{number}"
        order = _order_of(house, store, buyer)
        grant = [entry_json(Entry("owner", OWN, Allowed(workflow=Flow.DECIDE))), entry_json(Entry("everyone"))]
        with unit_of_work(house.deps.database) as uow:
            uow.session.add(StoreRights(store_id=store, entries=grant))
        found.append(Tenant(store, buyer, order, doors))
    house.drain()
    for tenant in found[:2]:
        tenant.browser = doors.signed_in(sub=f"stores/{tenant.store.partition(':')[2]}")
    return found


def _order_of(house: House, store: StoreId, buyer: str) -> str:
    if store.startswith("shopify:"):
        with house.stage.shopify.acting(store.partition(":")[2]) as here:
            about = {"email": f"{buyer}@example.com", "note": buyer}
            made = placing.place(here, about, [{"title": buyer, "price": "950.00"}])
        return str(made["id"]).rpartition("/")[2]
    return house.place_order(store=store, first_name=buyer)


def test_four_stores_through_their_own_doors_share_nothing_but_the_installation(
    four: list[Tenant], log_lines: LogLines
):
    house = four[0].doors.house
    stores, shops = four[:2], four[2:]
    assert stores[0].order == stores[1].order  # equal ids by themselves
    assert len({tenant.store for tenant in four}) == 4
    tasks = [tenant.task() for tenant in four]
    for here in four:
        others = [one for one in four if one is not here]
        told = here.get(here.panel).get_data(as_text=True)
        if here in shops:
            told += here.get(here.panel, api=True).get_data(as_text=True)
        assert here.buyer in told
        for there in others:
            page = here.get(there.panel).get_data(as_text=True)
            assert there.buyer not in page + told
            if here in shops:
                assert there.buyer not in here.get(there.panel, api=True).get_data(as_text=True)
            foreign = f"{here.panel}/tasks/{tasks[four.index(there)].rpartition('/')[2]}"
            refused = here.post(foreign, {"press": "decide:approved", "click": "f" * 32}, api=here in shops)
            assert refused.status_code == 409
            assert there.buyer not in refused.get_data(as_text=True)
        row = house.rows(StoreRow, id=here.store)[0]
        assert house.deps.vault.decrypt(row.token, f"store:token:{here.store}")
        with pytest.raises(Exception, match="does not belong where it was found"):
            house.deps.vault.decrypt(row.token, f"store:token:{others[0].store}")
    mark, before = len(log_lines()), {one.store: of(one.doors, one.store) for one in four}
    decider = shops[1]
    answer = decider.post(tasks[3], {"press": "decide:rejected", "click": "1" * 32}, api=True)
    assert answer.status_code == 200
    house.drain()
    assert {one.store for one in four if of(one.doors, one.store) != before[one.store]} == {decider.store}
    said = json.dumps(log_lines()[mark:])
    assert decider.store in said
    assert not [one.store for one in four if one is not decider and one.store in said]
    (document,) = decider.get(decider.panel, api=True).json["documents"][:1]
    for there in (shops[0], shops[1]):
        path = f"{decider.panel}/documents/{document['id']}/address"
        assert there.post(path, {}, api=True).status_code == (200 if there is decider else 404)
