"""The shipped set-up against a server: what lacks is named with the way to make it, made where REST can, made once."""

from collections import Counter
from collections.abc import Callable

import pytest

from app.opentext import provisioning
from app.opentext.connection import Connection
from app.opentext.provisioning import Applied, Finding, Outcome, State
from app.opentext.provisioning.blueprint import load
from sandbox.content_server import model, seed
from sandbox.otds.state import Client
from tests.contract.opentext.landscape import Landscape, a_connection

SECRET = "administrators-secret-0123456789"


@pytest.fixture
def administrator(land: Landscape) -> Connection:
    """Credentials that stand for an administrator of Content Server."""
    client = Client("administration", SECRET, service_user="admin@Content Server Members")
    land.otds.directory.state.clients[client.id] = client
    return a_connection(client_id=client.id, client_secret=SECRET)


def check(land: Landscape, **connection: str) -> list[Finding]:
    return list(provisioning.check(provisioning.site(a_connection(**connection), land.outbound)))


def bad(findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if not each.is_well]


def apply(land: Landscape, administrator: Connection | None = None) -> list[Applied]:
    return list(provisioning.apply(provisioning.site(a_connection(), land.outbound, administrator)))


def remove(land: Landscape, *numbers: int) -> None:
    state = land.content_server.state
    for number in numbers:
        node = state.nodes.pop(number)
        del state.children[node.parent_id][node.name.casefold()]


def strip(land: Landscape) -> None:
    """A server on which nobody has set up anything that REST can make."""
    state = land.content_server.state
    for kind in state.workspace_types.values():
        remove(land, kind.template_id, kind.config_node_id, kind.location_id)
    remove(land, state.external_systems["BigCommerce"].node_id)
    state.workspace_types.clear()
    state.rsis.clear()
    del state.external_systems["BigCommerce"]
    state.hold_types = ["LEGAL"]


def test_a_complete_server_lacks_nothing_and_nothing_is_changed(land: Landscape) -> None:
    findings = check(land)
    assert bad(findings) == []
    parts = Counter(each.part for each in findings)
    assert parts["Categories"] == len(load().categories)
    assert parts["Workspace types"] == len(load().workspace_types)
    effects = [entry.effect for entry in land.world.ledger.since() if entry.effect]
    assert [effect for effect in effects if "ticket" not in effect and "token" not in effect] == []


# What is taken away, what must be told: part, item, a word of the way to mend it, whether REST can make it.
Damage = Callable[[Landscape], None]


def without_category(land: Landscape) -> None:
    state = land.content_server.state
    remove(land, next(node.id for node in state.nodes.values() if node.type == 131 and node.name == "Approval"))


def with_a_shorter_attribute(land: Landscape) -> None:
    definition = next(each for each in land.content_server.state.categories.values() if each.name == "Order")
    definition.attributes[0].max_length = 8


def without_an_attribute(land: Landscape) -> None:
    definition = next(each for each in land.content_server.state.categories.values() if each.name == "Approval")
    definition.attributes = [each for each in definition.attributes if each.name != "Comment"]


def without_a_group(land: Landscape) -> None:
    del land.content_server.state.members[seed.GROUP_IDS["Operations"]]
    for member in land.content_server.state.members.values():
        member.groups = [group for group in member.groups if group != seed.GROUP_IDS["Operations"]]


def without_a_business_object_type(land: Landscape) -> None:
    types = land.content_server.state.bo_types
    del types[next(key for key, each in types.items() if each.bo_type == "RETURN")]


def with_a_wrong_mapping(land: Landscape) -> None:
    kind = next(each for each in land.content_server.state.bo_types.values() if each.bo_type == "CUSTOMER")
    kind.properties["email"] = kind.properties["name"]


def without_a_schedule(land: Landscape) -> None:
    del land.content_server.state.rsis["CAS-3"]


def with_a_shorter_schedule(land: Landscape) -> None:
    land.content_server.state.rsis["INV-10"].years = 5


def without_a_classification(land: Landscape) -> None:
    state = land.content_server.state
    remove(land, next(node.id for node in state.nodes.values() if node.type == 551 and node.name == "Cases"))


def without_a_hold_type(land: Landscape) -> None:
    land.content_server.state.hold_types.remove("AUDIT")


def without_a_folder(land: Landscape) -> None:
    state = land.content_server.state
    template = state.workspace_types[1].template_id
    remove(land, state.children[template]["04 decision"])


def without_a_classified_folder(land: Landscape) -> None:
    state = land.content_server.state
    folder = state.nodes[state.children[state.workspace_types[1].template_id]["02 payment"]]
    folder.record = model.Record()


def without_a_role(land: Landscape) -> None:
    state = land.content_server.state
    kind = next(each for each in state.workspace_types.values() if each.name == "Product launch")
    workspace = state.nodes[kind.template_id].workspace
    assert workspace is not None
    gone = next(role for role in workspace.roles.values() if role.name == "Approver")
    del workspace.roles[gone.id]


def without_validity(land: Landscape) -> None:
    kind = land.content_server.state.workspace_types[2]
    next(each for each in kind.document_types if each.validity_months).validity_months = 0


def without_a_map(land: Landscape) -> None:
    state = land.content_server.state
    remove(land, next(node.id for node in state.nodes.values() if node.name == seed.QUICK_APPROVAL))


def without_rights(land: Landscape) -> None:
    state = land.content_server.state
    location = state.nodes[state.workspace_types[1].location_id]
    location.permissions = {model.PUBLIC_ACCESS: model.READ}


@pytest.mark.parametrize(
    ("damage", "part", "item", "word", "can"),
    [
        (without_category, "Categories", "Approval", "one of Pending, Approved", False),
        (with_a_shorter_attribute, "Categories", "Order", "upgrade items", False),
        (without_an_attribute, "Categories", "Approval", "Edit the category", False),
        (without_a_group, "Groups", "Operations", "Directory Services", False),
        (without_a_business_object_type, "Business object types", "RETURN", "caseNumber → Case number", False),
        (with_a_wrong_mapping, "Business object types", "CUSTOMER", "Property Mapping", False),
        (without_a_schedule, "Retention schedules", "CAS-3", "3 years", True),
        (with_a_shorter_schedule, "Retention schedules", "INV-10", "records manager", False),
        (without_a_classification, "RM classifications", "Cases", "CAS-3", False),
        (without_a_hold_type, "Hold types", "AUDIT", "AUDIT", True),
        (without_a_folder, "Templates", "Order exception: folder 04 Decision", "04 Decision", True),
        (without_a_classified_folder, "Templates", "Order exception: classification of 02 Payment", "Invoices", True),
        (without_a_role, "Templates", "Product launch: role Approver", "edit_attributes", True),
        (without_validity, "Templates", "Customer: document Tax exemption certificate", "12 months", False),
        (without_a_map, "Workflow maps", seed.QUICK_APPROVAL, "start step off", False),
        (without_rights, "Rights of the service user", "Orders", "give svc-storefront see", True),
    ],
)
def test_what_lacks_is_named_with_the_way_to_make_it(
    land: Landscape, damage: Damage, part: str, item: str, word: str, can: bool
) -> None:
    damage(land)
    [found] = bad(check(land))
    assert (found.part, found.item) == (part, item)
    assert found.state in (State.MISSING, State.DIFFERENT)
    assert word in found.by_hand
    assert (found.create is not None) == can


def test_the_connection_of_the_store_is_looked_for_by_its_own_name(land: Landscape) -> None:
    [system, *types] = bad(check(land, external_system="Second store"))
    assert (system.part, system.item) == ("External system", "Second store")
    assert [each.part for each in types] == ["Business object types"] * len(load().business_object_types)


def test_an_administrator_creates_all_that_rest_can_and_again_nothing(
    land: Landscape, administrator: Connection
) -> None:
    strip(land)
    done = apply(land, administrator)
    assert [each for each in done if each.outcome is Outcome.REFUSED] == []
    created = Counter(each.finding.part for each in done if each.outcome is Outcome.CREATED)
    assert created["External system"] == 1
    assert created["Retention schedules"] == len(load().classifications)
    assert created["Locations"] == created["Rights of the service user"] == created["Workspace types"]
    assert created["Workspace types"] == len(load().workspace_types)
    by_hand = {each.finding.part for each in done if each.outcome is Outcome.BY_HAND}
    assert by_hand == {"Templates"}  # the rules of required documents
    count = len(land.world.ledger.effects("content_server"))
    again = apply(land, administrator)
    assert {each.outcome for each in again} == {Outcome.PRESENT, Outcome.BY_HAND}
    changes = land.world.ledger.effects("content_server")[count:]
    assert [entry.effect for entry in changes if "ticket" not in entry.effect] == []


def test_what_was_created_is_what_was_wanted(land: Landscape, administrator: Connection) -> None:
    strip(land)
    apply(land, administrator)
    state = land.content_server.state
    assert {code: rsi.years for code, rsi in state.rsis.items()} == {
        each.schedule: each.years for each in load().classifications
    }
    for wanted in load().workspace_types:
        kind = next(each for each in state.workspace_types.values() if each.name == wanted.name)
        workspace = state.nodes[kind.template_id].workspace
        assert workspace is not None
        assert {role.name: role.permissions for role in workspace.roles.values()} == {
            role.name: frozenset(load().permissions(role)) for role in wanted.roles
        }
        assert (kind.name_pattern, kind.rm_enabled) == (wanted.name_pattern, True)
    left = {each.item for each in bad(check(land))}
    assert all("document" in item for item in left)


def test_the_service_user_is_refused_and_told_so(land: Landscape) -> None:
    strip(land)
    refused = [each for each in apply(land) if each.outcome is Outcome.REFUSED]
    parts = {each.finding.part for each in refused}
    assert parts == {"External system", "Retention schedules", "Locations", "Hold types", "Workspace types"}
    assert all(each.message and each.finding.by_hand for each in refused)


def test_an_interrupted_apply_is_taken_up_again(land: Landscape, administrator: Connection) -> None:
    strip(land)
    land.fault("drop_after", method="POST", path="*/v2/businessworkspacetypes")
    first = apply(land, administrator)
    assert sum(each.outcome is Outcome.REFUSED for each in first) == 1
    apply(land, administrator)
    names = [each.name for each in land.content_server.state.workspace_types.values()]
    assert sorted(names) == sorted({each.name for each in load().workspace_types})


def test_a_part_that_cannot_be_looked_at_does_not_hide_the_rest(land: Landscape) -> None:
    land.fault("status", path="*/volumes/133", status=503, count=20)
    findings = check(land)
    [unknown] = bad(findings)
    assert (unknown.part, unknown.state) == ("Categories", State.UNKNOWN)
    assert findings[-1].part == "Workflow maps"


def test_an_older_release_leaves_its_mapping_unknown(land: Landscape) -> None:
    text = {"error": "The REST API URL could not be found in the mappings registry"}
    land.fault("status", path="*/businessobjecttypes/*", status=400, body=text, count=50)
    land.fault("status", path="*/v2/externalsystems", status=400, body=text)
    found = bad(check(land))
    assert {(each.part, each.state) for each in found} == {("Business object types", State.UNKNOWN)}
    assert all("25.3" in each.message for each in found)


def test_nobody_gets_to_see_a_secret(land: Landscape, administrator: Connection) -> None:
    land.fault("status", "otds", status=400, count=50, body={"error": "invalid_client", "error_description": SECRET})
    assert SECRET not in str(apply(land, administrator))
