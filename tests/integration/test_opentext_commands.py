"""`ecm opentext check` and `apply` over the whole house: what an administrator reads, and what the exit code says."""

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.engine.connections import choose_names
from sandbox.otds.state import Client
from tests.house import House

SECRET = "administrators-secret-0123456789"


def run(house: House, *words: str, secret: str = "") -> tuple[int, str]:
    env = {"ECM_ADMINISTRATOR_SECRET": secret} if secret else {}
    found = CliRunner().invoke(app, ["opentext", *words], obj=house.deps, env=env)
    return found.exit_code, found.output


@pytest.fixture
def administrator(installed_house: House) -> str:
    client = Client("administration", SECRET, service_user="admin@Content Server Members")
    installed_house.stage.otds.directory.state.clients[client.id] = client
    return client.id


def test_a_complete_server_is_said_to_be_so(installed_house: House) -> None:
    code, said = run(installed_house, "check")
    assert code == 0
    assert "things are in place" in said
    code, said = run(installed_house, "check", "--all")
    assert "PRESENT   Categories: Approval" in said


def test_what_lacks_is_told_created_and_gone(installed_house: House, administrator: str) -> None:
    state = installed_house.stage.content_server.state
    del state.rsis["ORD-7"]
    state.hold_types.remove("AUDIT")
    code, said = run(installed_house, "check")
    assert code == 1
    assert "MISSING   Retention schedules: ORD-7" in said
    assert "→ In Records Management, RSIs: add ORD-7" in said
    assert "`ecm opentext apply` can create 2" in said
    code, said = run(installed_house, "apply")
    assert code == 1
    assert "REFUSED" in said
    assert "--client-id" in said
    code, said = run(installed_house, "apply", "--client-id", administrator, secret=SECRET)
    assert (code, said.count("CREATED   ")) == (0, 2)
    assert SECRET not in said
    assert run(installed_house, "check")[0] == 0


def test_names_chosen_for_the_store_are_compared_and_told(installed_house: House) -> None:
    house = installed_house
    nodes = list(house.stage.content_server.state.nodes.values())
    (orders,) = (node for node in nodes if node.name == "Orders" and node.type == 551)
    orders.name = "Sales orders"
    (approval,) = (node for node in nodes if node.name == "Approval" and node.type == 131)
    approval.name = "Freigabe"
    code, said = run(house, "check")
    assert code == 1
    assert "MISSING   RM classifications: Orders" in said
    assert "MISSING   Categories: Approval" in said
    chosen = {"classification": {"Orders": "Sales orders"}, "category": {"Approval": "Freigabe"}}
    choose_names(house.deps, house.store_id, chosen, "")
    code, said = run(house, "check", house.store_id, "--all")
    assert code == 0, said
    assert "CHOSEN    RM classifications: Orders is called “Sales orders” here" in said
    assert "PRESENT   RM classifications: Orders – Called “Sales orders” here, as the store’s settings say." in said
    assert "Categories: Approval" in said
    assert "Called “Freigabe” here" in said
    orders.name = "Verkauf"
    code, said = run(house, "apply", house.store_id)
    assert code == 1
    assert (
        "BY HAND   RM classifications: Orders – The store’s settings say that it is called “Sales orders” here" in said
    )
    assert "→ Settings, Names in OpenText: choose what stands for “Orders” now" in said


def test_what_is_left_to_people_is_not_called_done(installed_house: House, administrator: str) -> None:
    types = installed_house.stage.content_server.state.bo_types
    del types[next(key for key, each in types.items() if each.bo_type == "CASE")]
    code, said = run(installed_house, "apply", "--client-id", administrator, secret=SECRET)
    assert code == 1
    assert "BY HAND   Business object types: CASE" in said
    assert "caseNumber → Case number" in said


def test_a_wrong_administrator_is_told(installed_house: House) -> None:
    code, said = run(installed_house, "apply", "--client-id", "nobody", secret="wrong")
    assert code == 1
    assert "refused" in said


def test_a_store_that_is_not_there_or_not_connected_is_told(house: House) -> None:
    assert run(house, "check") == (2, "Name one of: none is installed.\n")
    house.install(connect=False)
    code, said = run(house, "check")
    assert code == 2
    assert "not connected" in said
    assert run(house, "check", "bigcommerce:other") == (2, "No such installed store.\n")


def test_doctor_names_the_step_and_the_way_to_mend_it(installed_house: House) -> None:
    state = installed_house.stage.content_server.state
    folder = state.nodes[state.workspace_types[1].location_id]
    folder.permissions = {}
    found = CliRunner().invoke(app, ["doctor"], obj=installed_house.deps)
    assert found.exit_code == 1
    [line] = [line for line in found.output.splitlines() if line.startswith("FAIL opentext")]
    assert "Rights of the service user – svc-storefront may not make workspaces" in line
    assert f"→ Give svc-storefront see, see_contents, add_items on the folder {folder.id}" in found.output
