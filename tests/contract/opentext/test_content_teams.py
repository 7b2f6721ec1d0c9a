"""Workspace types, teams, relations and links, against the stand-in."""

import pytest

from app.domain.content import BusinessObject, Relation, Workspace, WorkspaceSpec
from app.domain.ids import NodeId
from app.errors import NotFound, Permanent
from sandbox.content_server import seed
from sandbox.content_server.model import READ
from tests.contract.opentext.content import Place, a_place, ids
from tests.contract.opentext.landscape import Landscape


def test_types_come_with_their_templates_and_where_they_live(land: Landscape) -> None:
    kinds = {each.name: each for each in land.opentext.types.all()}
    assert set(kinds) >= {"Order exception", "Customer", "Product launch"}
    order = kinds["Order exception"]
    [template] = order.templates
    node = land.content_server.state.nodes[template.id]
    assert (template.name, order.has_records) == ("Order exception", True)
    assert node.workspace is not None
    assert node.workspace.is_template
    assert order.location is not None
    assert land.content_server.state.nodes[order.location].name == "Orders"


def test_the_type_of_our_business_objects_is_found(land: Landscape) -> None:
    found = land.opentext.types.of("ORDER")
    assert found is not None
    assert found == land.opentext.types.named("order EXCEPTION")
    assert land.opentext.types.of("SPACESHIP") is None


def test_a_server_without_types_has_none_and_says_so_by_name(land: Landscape) -> None:
    land.content_server.state.workspace_types.clear()
    assert land.opentext.types.all() == []
    land.fault("status", path="*/businessworkspacetypes", status=500)
    assert land.opentext.types.all() == []
    with pytest.raises(NotFound) as caught:
        land.opentext.types.named("Order exception")
    assert caught.value.specific_code == "no_such_type"


def test_roles_come_with_their_members_in_one_call(place: Place) -> None:
    roles = {role.name: role for role in place.opentext.teams.roles(place.workspace)}
    assert place.land.calls() == [f"GET v2/businessworkspaces/{place.workspace}/roles"]
    assert set(roles) == {"Coordinator", "Reviewer", "Records manager", "Service"}
    assert roles["Coordinator"].is_leading
    assert [(each.login, each.is_group) for each in roles["Reviewer"].members] == [(seed.ORDER_REVIEW, True)]


def test_a_person_joins_and_leaves_a_role_and_both_may_be_repeated(place: Place) -> None:
    teams, role = place.opentext.teams, place.opentext.teams.role(place.workspace, "reviewer")
    liam = teams.find(seed.LIAM)
    assert liam is not None
    assert (liam.name, liam.is_group) == ("Liam Author", False)
    for _ in range(2):
        teams.add(place.workspace, role.id, liam.id)
        assert liam in teams.members(place.workspace, role.id)
    for _ in range(2):
        teams.remove(place.workspace, role.id, liam.id)
        assert liam not in teams.members(place.workspace, role.id)


def test_nobody_is_found_under_a_part_of_a_name(land: Landscape) -> None:
    assert land.opentext.teams.find("liam") is None
    assert land.opentext.teams.find(seed.LIAM.upper()) is not None


def test_what_a_team_does_not_know_is_refused(place: Place) -> None:
    role = place.opentext.teams.roles(place.workspace)[0].id
    with pytest.raises(Permanent):
        place.opentext.teams.add(place.workspace, role, 999_999)
    with pytest.raises(NotFound):
        place.opentext.teams.members(place.workspace, 999_999)
    with pytest.raises(NotFound) as caught:
        place.opentext.teams.role(place.workspace, "Astronaut")
    assert caught.value.specific_code == "no_such_role"


def test_relations_are_read_from_either_end_with_who_made_them(place: Place) -> None:
    [parent] = place.opentext.relations.of(place.workspace)
    assert (parent.workspace.id, parent.relation, parent.is_pushed) == (place.customer, Relation.PARENT, True)
    assert parent.workspace.url.endswith(f"/app/nodes/{place.customer}")
    [child] = place.opentext.relations.of(place.customer, Relation.CHILD)
    assert (child.workspace.id, child.workspace.name) == (place.workspace, "Order 100 (demostore1)")
    assert place.opentext.relations.of(place.customer, Relation.PARENT) == []


def test_workspaces_are_related_and_unrelated_and_both_may_be_repeated(place: Place) -> None:
    other, relations = a_place(place.land, 101).workspace, place.opentext.relations
    for _ in range(2):
        relations.relate(place.workspace, other, Relation.CHILD)
    assert ids(each.workspace for each in relations.of(place.workspace, Relation.CHILD)) == [other]
    [seen] = [each for each in relations.of(other, Relation.PARENT) if each.workspace.id == place.workspace]
    assert not seen.is_pushed
    for _ in range(2):
        relations.unrelate(place.workspace, other, Relation.CHILD)
    assert relations.of(place.workspace, Relation.CHILD) == []


def test_three_pages_of_relations_are_read_once_each(place: Place) -> None:
    objects = [BusinessObject("BigCommerce", "ORDER", f"bc-demostore1-{number}") for number in range(1000, 1450)]
    customer = BusinessObject("BigCommerce", "CUSTOMER", "bc-demostore1-77")
    specs = [WorkspaceSpec(each, {"orderNumber": (each.id[-4:],)}, (customer,)) for each in objects]
    made = place.opentext.workspaces.ensure_many(specs)
    assert all(isinstance(each, Workspace) for each in made)
    place.land.calls()
    found = ids(each.workspace for each in place.opentext.relations.of(place.customer, Relation.CHILD))
    assert len(found) == len(set(found)) == 451
    assert len(place.land.calls()) == 3


def test_a_related_workspace_we_may_not_see_is_left_out(place: Place) -> None:
    place.hide(place.customer)
    assert place.opentext.relations.of(place.workspace) == []
    place.hide(place.workspace)
    with pytest.raises(NotFound):
        place.opentext.relations.of(place.workspace)
    with pytest.raises(NotFound):
        place.opentext.teams.roles(place.workspace)


def test_a_right_that_lacks_is_no_reason_to_say_it_worked(place: Place) -> None:
    node = place.land.content_server.state.nodes[place.workspace]
    node.permissions = {1001: READ}
    [parent] = place.opentext.relations.of(place.workspace)
    with pytest.raises(Permanent):
        place.opentext.relations.unrelate(place.workspace, parent.workspace.id, Relation.PARENT)
    role = place.opentext.teams.role(place.workspace, "Reviewer")
    with pytest.raises(Permanent):
        place.opentext.teams.remove(place.workspace, role.id, role.members[0].id)
    with pytest.raises(Permanent):
        place.opentext.teams.add(place.workspace, role.id, 1005)


def test_links_lead_into_smart_view(land: Landscape) -> None:
    links = land.opentext.links
    assert links.item(NodeId(7)) == "http://content.test/cs/cs/app/nodes/7"
    assert links.properties(NodeId(7)) == "http://content.test/cs/cs/app/nodes/7/metadata"
    assert links.workflow_step(1, 2, 3) == "http://content.test/cs/cs/app/processes/1/2/3"
    assert links.assignments() == "http://content.test/cs/cs/app/myassignments"
    assert links.classic(NodeId(7), "properties").endswith("?func=ll&objId=7&objAction=properties")
