"""The shipped Content Server set-up, what our own code assumes of it, and what the stand-in is seeded with."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic.fields import FieldInfo

from app.domain.cases import Case, CaseKind, CaseState
from app.domain.commerce import Customer, Order, Product
from app.domain.ids import CaseId, CustomerId, ObjectType
from app.domain.scenario import Scenario, always
from app.domain.steps import EnsureWorkspace
from app.engine import properties
from app.opentext.provisioning import load
from app.opentext.provisioning.blueprint import Attribute, BusinessObjectType, WorkspaceType
from app.scenarios import ALL
from sandbox.content_server import fixtures, seed
from sandbox.content_server.model import Attribute as SeededAttribute
from sandbox.content_server.model import State
from sandbox.kernel.clock import Clock
from tests.builders import a_product, an_order

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SET_UP = load()
TYPES = {each.type: each for each in SET_UP.business_object_types}
KINDS = {"text": "String", "integer": "Integer", "date": "Date", "boolean": "Boolean", "user": "User", "set": "Set"}


@pytest.fixture(scope="module")
def seeded() -> State:
    return fixtures.make_state(Clock().now())


# --- what our code assumes ---

CUSTOMER = Customer(
    id=CustomerId("7"), name="Ada", email="ada@example.com", company="Löwe", group="Wholesale", since=None, version="1"
)
SUBJECTS = (("ORDER", an_order()), ("PRODUCT", a_product()), ("CUSTOMER", CUSTOMER))


@pytest.mark.parametrize(("bo_type", "subject"), SUBJECTS)
def test_every_property_we_push_is_mapped_to_an_attribute(bo_type: str, subject: Order | Product | Customer) -> None:
    decided = {"title": "Approved", "by": "Anna", "at": "2026-01-02T03:04:05+00:00"}
    published = {"version": 2, "published_at": "2026-01-02T03:04:05+00:00"}
    pushed = properties.of(subject, "demo", ("a reason",), {"decision": decided, "publication": published})
    assert pushed
    assert set(pushed) <= set(TYPES[bo_type].properties)


def steps_of(scenario: Scenario) -> list[Any]:
    """Every step, those behind outcomes too."""
    found, waiting = [], list(scenario.steps)
    while waiting:
        step = waiting.pop()
        found.append(step)
        waiting += [inner for outcome in getattr(step, "outcomes", ()) for inner in outcome.steps]
    return found


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.slug)
def test_every_scenario_finds_its_types_folders_and_classifications(scenario: Scenario) -> None:
    classes = {each.name for each in SET_UP.classifications}
    for step in steps_of(scenario):
        assert is_dataclass(step)
        told = {each.name: getattr(step, each.name) for each in fields(step)}
        bo_type = told.get("business_object_type")
        assert bo_type in TYPES or bo_type is None or (bo_type == "" and scenario.subject is ObjectType.CASE), step
        assert told.get("classification", "") in {"", *classes}, step
        folder = told.get("folder")
        if folder is not None:
            kinds = workspace_types_of(scenario)
            found = [each for each in kinds if folder.partition("/")[0] in {one.name for one in each.folders}]
            assert found, step
            assert found == kinds or scenario.when is always, (step, [each.name for each in kinds])


def workspace_types_of(scenario: Scenario) -> list[WorkspaceType]:
    """The workspaces its subject may have: a case has one of its own kind."""
    if scenario.subject is not ObjectType.CASE:
        return [workspace_type(TYPES[str(scenario.subject).upper()])]
    named = {each.business_object_type for each in steps_of(scenario) if isinstance(each, EnsureWorkspace)} - {""}
    kinds = named or {str(kind).upper() for kind in CaseKind if applies_to(scenario, kind)}
    assert kinds
    return [workspace_type(TYPES[each]) for each in sorted(kinds)]


def applies_to(scenario: Scenario, kind: CaseKind) -> bool:
    cases = [Case(CaseId("1"), "1", kind, state, str(kind), "other", "", NOW, "Ada", "1") for state in CaseState]
    return any(scenario.when(case, scenario.preferences()) for case in cases)


def workspace_type(of: BusinessObjectType) -> WorkspaceType:
    return next(each for each in SET_UP.workspace_types if each.name == of.workspace_type)


def test_groups_that_preferences_name_are_there() -> None:
    names = {each.name for each in SET_UP.groups}
    for scenario in ALL:
        for name, field in scenario.preferences.model_fields.items() if scenario.preferences else ():
            if name.endswith("_group"):
                assert field.default in names or may_be_empty(field), (scenario.slug, name)


def may_be_empty(field: FieldInfo) -> bool:
    """Another group stands in: its description says which."""
    return field.default == "" and "Empty:" in (field.description or "")


# --- that the files agree with each other ---


def test_the_files_name_only_what_they_hold() -> None:
    categories = {each.name: each for each in SET_UP.categories}
    kinds = {each.name for each in SET_UP.workspace_types}
    groups, classes = {each.name for each in SET_UP.groups}, {each.name for each in SET_UP.classifications}
    for kind in SET_UP.workspace_types:
        assert kind.category in categories
        assert {each.classification for each in kind.folders} <= {"", *classes}
        assert {each.folder for each in kind.documents} <= {each.name for each in kind.folders}
        assert {group for role in kind.roles for group in role.groups} <= groups
        assert sum(role.leader for role in kind.roles) == 1
        assert [role for role in kind.roles if role.service_user and role.leader]
    for bo_type in SET_UP.business_object_types:
        assert bo_type.workspace_type in kinds
        attributes = {each.name: each for each in categories[bo_type.category].attributes}
        assert set(bo_type.properties.values()) <= set(attributes)
        for group in bo_type.groups.values():
            assert set(group.properties.values()) <= {each.name for each in attributes[group.set].attributes}
    for step in (step for each in SET_UP.maps for step in each.steps):
        assert step.group in groups
        statuses = next(each for each in categories["Approval"].attributes if each.name == "Status").values
        assert {each.status for each in step.dispositions} <= set(statuses)


# --- what the stand-in has ---


def test_the_stand_in_has_the_categories(seeded: State) -> None:
    found = {each.name: each.attributes for each in seeded.categories.values()}
    assert set(found) == {each.name for each in SET_UP.categories}
    for category in SET_UP.categories:
        assert_same(category.attributes, found[category.name])


def assert_same(wanted: tuple[Attribute, ...], found: list[SeededAttribute]) -> None:
    assert [each.name for each in wanted] == [each.name for each in found]
    for one, other in zip(wanted, found, strict=True):
        assert KINDS[one.type] == other.kind
        assert (one.length, one.several, one.required) == (other.max_length, other.multi_value, other.required)
        assert (list(one.values), one.default) == (other.valid_values, other.default)
        assert_same(one.attributes, other.attributes)


def test_the_stand_in_has_the_business_object_types(seeded: State) -> None:
    for system in SET_UP.external_systems:
        assert seeded.external_systems[system.name].conn_type == system.connection_type
        found = {each.bo_type: each for each in seeded.bo_types.values() if each.ext_system_id == system.name}
        assert set(found) == set(TYPES)
        for name, wanted in TYPES.items():
            other, definition = found[name], seeded.categories[found[name].category_id]
            names = {each.id: each.name for each in definition.attributes}
            assert (seeded.workspace_types[other.workspace_type_id].name, definition.name) == (
                wanted.workspace_type, wanted.category,
            )  # fmt: skip
            assert {key: names[number] for key, number in other.properties.items()} == wanted.properties
            assert {key: names[number] for key, (number, _) in other.groups.items()} == {
                key: group.set for key, group in wanted.groups.items()
            }
            assert other.display_url == system.display_url.replace("{resource}", wanted.resource)


def test_the_stand_in_has_the_workspace_types_and_templates(seeded: State) -> None:
    found = {each.name: each for each in seeded.workspace_types.values()}
    assert list(found) == [each.name for each in SET_UP.workspace_types]
    for wanted in SET_UP.workspace_types:
        kind = found[wanted.name]
        template = seeded.nodes[kind.template_id]
        assert kind.name_pattern == wanted.name_pattern
        assert seeded.nodes[kind.location_id].name == wanted.location
        assert [seeded.categories[key].name for key in template.categories] == [wanted.category]
        folders = [seeded.nodes[number] for number in seeded.children[template.id].values()]
        classes = {each.id: each.name for each in seeded.nodes.values()}
        assert [(each.name, classes.get(each.record.class_id or 0, "")) for each in folders] == [
            (each.name, each.classification) for each in wanted.folders
        ]
        documents = [
            (classes[each.classification_id], each.location, each.required, (*each.mime_types,), each.validity_months)
            for each in kind.document_types
        ]
        assert documents == [
            (each.type, each.folder, each.required, each.mime_types, each.valid_months) for each in wanted.documents
        ]


def test_the_stand_in_has_the_roles(seeded: State) -> None:
    found = {each.name: each for each in seeded.workspace_types.values()}
    for wanted in SET_UP.workspace_types:
        workspace = seeded.nodes[found[wanted.name].template_id].workspace
        assert workspace is not None
        roles = list(workspace.roles.values())
        assert [(each.name, each.leader) for each in roles] == [(each.name, each.leader) for each in wanted.roles]
        for role, other in zip(wanted.roles, roles, strict=True):
            assert frozenset(SET_UP.permissions(role)) == other.permissions
            names = [seeded.members[number].name for number in other.members]
            assert [name for name in names if name in {each.name for each in SET_UP.groups}] == list(role.groups)
            assert (seed.SERVICE in names) == role.service_user


def test_the_stand_in_has_the_file_plan_groups_and_maps(seeded: State) -> None:
    plan = {node.name: node for node in seeded.nodes.values() if node.type == 551}
    assert set(plan) == {each.name for each in SET_UP.classifications}
    for wanted in SET_UP.classifications:
        rsi = seeded.rsis[plan[wanted.name].rsi or ""]
        assert (rsi.code, rsi.years, rsi.date_to_use, rsi.action_code) == (wanted.schedule, wanted.years, "95", 32)
    assert seeded.hold_types == list(SET_UP.hold_types)
    assert {each.name for each in SET_UP.groups} == {
        each.name for each in seeded.members.values() if each.type == 1 and each.name != "DefaultGroup"
    }
    maps = {seeded.nodes[number].name: each for number, each in seeded.workflows.maps.items()}
    assert set(maps) == {each.name for each in SET_UP.maps}
    for wanted_map in SET_UP.maps:
        other = maps[wanted_map.name]
        assert other.start_step == wanted_map.start_step
        assert_same(wanted_map.attributes, other.attributes)
        steps = [(each.title, seeded.members[each.performer].name, each.accept) for each in other.steps]
        assert steps == [(each.title, each.group, each.accept) for each in wanted_map.steps]
        assert [[(d.label, d.status, d.goes_on) for d in each.dispositions] for each in other.steps] == [
            [(d.label, d.status, d.goes_on) for d in each.dispositions] for each in wanted_map.steps
        ]
