"""The set-up as a person walks it: each part tried where it is entered, left and taken up again, to a real document."""

import json

import pytest

from app.db.links import FiledDocument
from app.db.setup_drafts import SetupDraft
from app.db.stores import OpenTextConnection
from app.engine import connections
from sandbox import credentials
from tests.doors import OTHER, Browser, Doors
from tests.house import House
from tests.made_once import once
from tests.unit.web_pages.test_order_panel import words_on

PAGE = "/settings/set-up"


@pytest.fixture
def doors(house: House) -> Doors:
    """The app is installed, OpenText not yet connected."""
    knocking = Doors(house)

    def let_in() -> None:
        knocking.install(connect=False)
        house.drain()

    once(house, "let in, not connected", let_in)
    return knocking


def content(house: House, **changes: str) -> dict[str, str]:
    return {
        "content_server_url": f"{house.stage.content_server_url}/app/nodes/2000?x=1", "otds_url": house.stage.otds_url,
        "external_system": "BigCommerce", "client_id": credentials.OTDS_CLIENT_ID,
        "client_secret": credentials.OTDS_CLIENT_SECRET,
    } | changes  # fmt: skip


def workflow(house: House, **changes: str) -> dict[str, str]:
    return {
        "workflow_url": house.stage.addresses.workflow, "workflow_tenant": credentials.WORKFLOW_TENANT,
        "workflow_client_id": credentials.WORKFLOW_CLIENT_ID, "workflow_path": "/workflow/v1",
        "workflow_client_secret": credentials.WORKFLOW_CLIENT_SECRET,
        "workflow_history_path": "/workflow-history/v1",
    } | changes  # fmt: skip


def words(browser: Browser, part: str = "") -> str:
    path = f"{PAGE}/{part}" if part else browser.get(PAGE).headers["Location"]
    return words_on(browser.get(path).get_data(as_text=True))


def draft(house: House) -> SetupDraft:
    (row,) = house.rows(SetupDraft)
    assert isinstance(row, SetupDraft)
    return row


def test_from_install_to_the_first_document_in_four_steps(doors: Doors) -> None:
    house, owner = doors.house, doors.signed_in()
    order = house.place_order("120.00")
    house.drain()
    assert "Set-up: Content Server Step 2 of 4" in words(owner)  # the store's part is done by itself
    wrong = owner.post(f"{PAGE}/content", content(house, external_system="Nobody’s"))
    found = words_on(wrong.get_data(as_text=True))
    assert wrong.status_code == 422
    assert "Directory Services reachable works" in found
    assert "External system and business object types failed" in found
    assert "Content Server cannot tell which workspace belongs to which order" in found
    assert "What to do: Create the connection of this name in Content Server" in found
    assert "parts could not be tried before that" in found
    assert "Workspace types and templates not tried" in found

    colleague = doors.signed_in()  # somebody else goes on, later: what was entered is there, but no secret is shown
    left = colleague.get(f"{PAGE}/content").get_data(as_text=True)
    assert "Nobody’s" in left
    assert credentials.OTDS_CLIENT_SECRET not in left
    assert credentials.OTDS_CLIENT_SECRET not in json.dumps(draft(house).values)
    assert draft(house).secrets
    corrected = colleague.post(f"{PAGE}/content", content(house, client_secret=""))
    assert corrected.headers["Location"] == f"{PAGE}/workflow"
    assert draft(house).values["content_server_url"] == house.stage.content_server_url
    assert "Set-up: Workflow and letters Step 3 of 4" in words(colleague)
    assert not house.rows(OpenTextConnection)  # nothing is saved before all of it works

    refused = colleague.post(f"{PAGE}/workflow", workflow(house, workflow_client_secret="wrong"))
    assert "Workflow gateway token failed" in words_on(refused.get_data(as_text=True))
    connected = colleague.post(f"{PAGE}/workflow", workflow(house))
    assert connected.headers["Location"] == f"{PAGE}/document"
    assert draft(house).secrets is None
    saved = connections.load(house.deps.database, house.deps.vault, house.store_id)
    assert saved.content_server.client_secret == credentials.OTDS_CLIENT_SECRET
    house.drain()
    assert "Set-up: The first document Step 4 of 4" in words(colleague)

    assert colleague.post(f"{PAGE}/document", {"order": ""}).headers["Location"] == f"{PAGE}/document"
    assert "Looking for the order in your store." in words(colleague, "document")
    house.drain()
    page = colleague.get(f"{PAGE}/document").get_data(as_text=True)
    assert f"Order {order} has its workspace and its record." in words_on(page)
    assert f'href="/panel/orders/{order}"' in page
    (document,) = house.rows(FiledDocument, filed_by_us=True)
    assert document.name.endswith(".pdf")
    assert "everything is in place" in words_on(owner.get("/").get_data(as_text=True))
    owner.post(f"{PAGE}/content", {})  # a test of what is saved, at any time
    assert "Document types works" in words(owner, "content")


def test_a_secret_entered_for_one_address_is_not_used_for_another(doors: Doors) -> None:
    house, owner = doors.house, doors.signed_in()
    owner.post(f"{PAGE}/content", content(house, external_system="Nobody’s"))
    elsewhere = owner.post(f"{PAGE}/content", content(house, client_secret="", otds_url="http://nowhere.test/otdsws"))
    assert elsewhere.status_code == 422
    assert "Enter the secret." in words_on(elsewhere.get_data(as_text=True))
    assert "Nothing was tested yet" in words_on(elsewhere.get_data(as_text=True))
    early = owner.post(f"{PAGE}/workflow", workflow(house))
    assert early.status_code == 422
    assert not house.rows(OpenTextConnection)


def test_addresses_nobody_typed_follow_from_the_one_that_was(doors: Doors) -> None:
    house, owner = doors.house, doors.signed_in()
    owner.post(f"{PAGE}/content", content(house, content_server_url="http://cs.example.test/cs/cs?func=1", otds_url=""))
    assert draft(house).values["otds_url"] == "http://otds.example.test/otdsws"
    assert draft(house).values["content_server_url"] == "http://cs.example.test/cs/cs"


def test_what_stops_the_first_document_is_told(doors: Doors) -> None:
    house, owner = doors.house, doors.signed_in()
    connections.save(house.deps, house.store_id, house.connection(house.store_id), "tester")
    viewer = doors.signed_in(OTHER)
    assert viewer.post(f"{PAGE}/document", {"order": ""}).status_code == 403
    assert viewer.get(f"{PAGE}/nowhere").status_code == 404
    owner.post("/settings/scenarios/record-on-request", {"mode": "off"})
    owner.post(f"{PAGE}/document", {"order": ""})
    house.drain()
    assert "This scenario is switched off" in words(owner, "document")
    owner.post("/settings/scenarios/record-on-request", {"mode": "on"})
    owner.post(f"{PAGE}/document", {"order": "4711471"})
    house.drain()
    assert "Your store has no order 4711471" in words(owner, "document")
