"""What the tests of orders and cases do again and again: buy, ship, click, decide, look."""

import io
from datetime import timedelta
from typing import Any

from pypdf import PdfReader

from app.db.cases import CaseRow
from app.db.links import FiledDocument, WorkspaceLink
from app.db.session import unit_of_work
from app.engine import preferences
from app.scenarios import BY_SLUG
from sandbox.bigcommerce.merchant import Merchant
from sandbox.content_server import approvals
from sandbox.kernel.faults import FaultRule
from sandbox.workflow.state import Variable
from tests.doors import Browser, Doors
from tests.house import House


def merchant(house: House) -> Merchant:
    return Merchant(house.stage.bigcommerce)


def switch_on(house: House, *slugs: str, mode: str = "on", **values: Any) -> None:
    """As the settings page saves it."""
    for slug in slugs:
        switch(house, slug, mode, **values)


def switch(house: House, slug: str, mode: str, **values: Any) -> None:
    with unit_of_work(house.deps.database) as uow:
        preferences.save(uow.session, house.store_id, BY_SLUG[slug], {"mode": mode} | values, "tester")


GOODS = {
    "NW-TORCH": {"name": "Head Torch", "price": 79.9, "warranty": "2 years"},
    "NW-TENT": {"name": "Tent", "price": 129.0, "warranty": "18-month limited"},
    "NW-ROPE": {"name": "Rope", "price": 49.0, "inventory_tracking": "product", "inventory_level": 3},
}


def good(house: House, sku: str) -> str:
    """The product of that SKU, made when it is first needed; its id."""
    found = house.store_api.get("v3/catalog/products", params={"sku": sku}).json()["data"]
    return str(found[0]["id"]) if found else house.make_product(sku=sku, **GOODS[sku])


def customer(house: House) -> int:
    """Ada, who has an account."""
    found = house.store_api.get("v3/customers", params={"email:in": "ada@example.com"}).json()["data"]
    if found:
        return int(found[0]["id"])
    made = house.store_api.post(
        "v3/customers", json=[{"first_name": "Ada", "last_name": "Löwe", "email": "ada@example.com"}]
    )
    return int(made.json()["data"][0]["id"])


def buy(house: House, *items: tuple[str, int], guest: bool = False, **given: Any) -> str:
    """A buyer in Cologne orders from the catalogue by SKU, and we learn of it; the order's id."""
    lines = [
        {"product_id": int(good(house, sku)), "quantity": quantity} for sku, quantity in items or (("NW-TORCH", 2),)
    ]
    address = {"name": "Ada Löwe", "email": "ada@example.com", "street_1": "Hauptstraße 1", "city": "Köln",
               "zip": "50667", "country": "DE"}  # fmt: skip
    who = {} if guest else {"customer_id": customer(house)}
    made = merchant(house).create("orders", {"items": lines, "billing": address, **who, **given})
    house.drain()
    return str(made["id"])


def browser(house: House) -> Browser:
    return Doors(house).signed_in()


def page(person: Browser, order_id: str) -> str:
    answer = person.get(f"/panel/orders/{order_id}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def open_case(house: House, order_id: str, what: str, person: Browser | None = None, **form: str) -> CaseRow:
    """A person fills in the form of the order's page; everything due is done."""
    sent = (person or browser(house)).post(f"/panel/orders/{order_id}/cases/{what}/new", data=form)
    assert sent.status_code == 303, sent.get_data(as_text=True)
    house.drain()
    return case_of(house, order_id)


def case_of(house: House, order_id: str) -> CaseRow:
    (case,) = house.rows(CaseRow, order_id=order_id)
    found: CaseRow = case
    return found


def decide(
    house: House, process: str, outcome: str, *, user: str = "nina.koch@demo", comment: str = "", **values: str
) -> None:
    """A person of OpenText claims the one open task of a process and completes it; everything due is done."""
    engine = house.stage.workflow.engine
    (task,) = [one for one in engine.tasks() if f":{process}:" in engine.instance(one.instance_id).business_key]
    person = engine.person(user)
    engine.claim(task.id, user, person)
    given = [Variable(name, "string", value) for name, value in values.items()]
    engine.complete(task.id, person, outcome, given, comment=comment or None)
    house.drain()


def variables(house: House, process: str) -> dict[str, Any]:
    """What the latest instance of a process was started with."""
    engine = house.stage.workflow.engine
    instance = [one for one in engine.instances() if f":{process}:" in one.business_key][-1]
    return {one.name: one.value for one in instance.variables.values()}


def papers(house: House, object_type: str, object_id: str) -> dict[str, str]:
    """Name of each document of an object's workspace → its record class."""
    (link,) = house.rows(WorkspaceLink, object_type=object_type, object_id=object_id)
    return {one.name: one.record_class for one in house.rows(FiledDocument, link_id=link.id)}


def text_of(house: House, name: str) -> str:
    """The words on a filed PDF, the latest of its name."""
    return text_of_node(house, max(house.rows(FiledDocument, name=name), key=lambda one: one.node_id))


def text_of_node(house: House, row: FiledDocument) -> str:
    """The words on one filed PDF, in its version."""
    sink = io.BytesIO()
    house.deps.opentext(house.store_id).documents.download(row.node_id, row.version, sink)
    return "\n".join(sheet.extract_text() for sheet in PdfReader(sink).pages)


def line_ids(house: House, order_id: str) -> list[str]:
    return [str(line["id"]) for line in house.store_api.get(f"v2/orders/{order_id}/products").json()]


def refunds(house: House, order_id: str) -> list[dict[str, Any]]:
    answer = house.store_api.get(f"v3/orders/{order_id}/payment_actions/refunds")
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def stop_opentext(house: House) -> str:
    """Content Server answers nothing until `heal`; the rule's id."""
    return str(house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503)).id)


def heal(house: House, rule: str) -> None:
    house.stage.world.faults.remove(rule)
    house.hurry()
    house.drain()


def settle(house: House) -> None:
    """The payment provider finishes what it was asked for."""
    house.stage.world.clock.advance(timedelta(minutes=1))
    house.stage.tick()
    house.drain()


def reject(house: House, node_id: int, user: str) -> None:
    """An approver says no to the newest version; Content Server tells us."""
    approvals.decide(house.stage.content_server, user, node_id, "Rejected")
    house.drain()
