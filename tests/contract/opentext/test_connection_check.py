"""The connection test names the step that fails, says what it means and does not try what depends on it."""

from dataclasses import replace

import pytest

from app.opentext import check
from app.opentext.check import CheckStep, check_connection
from app.opentext.connection import Connection
from tests.contract.opentext.landscape import Landscape, a_connection

ALL = [
    check.OTDS_REACHABLE, check.OTDS_CREDENTIALS, check.SERVER_REACHABLE, check.SIGNED_IN,
    check.EXTERNAL_SYSTEM, check.RECORDS, check.WORKSPACE_TYPES, check.RIGHTS, check.CATEGORIES,
    check.DOCUMENT_TYPES, check.GATEWAY_TOKEN, check.MODELS,
]  # fmt: skip


def failed(steps: list[CheckStep]) -> list[str]:
    return [step.name for step in steps if step.ok is False]


def not_tried(steps: list[CheckStep]) -> list[str]:
    return [step.name for step in steps if step.ok is None]


def with_workflow(**changes: str) -> Connection:
    connection = a_connection()
    return replace(connection, workflow=replace(connection.workflow, **changes))


def test_a_good_connection_passes_every_step(land: Landscape) -> None:
    steps = check_connection(a_connection(), land.outbound, ("Orders", "Approvals"))
    assert [step.name for step in steps] == ALL
    assert all(step.ok for step in steps), steps
    assert "svc-storefront" in steps[3].message


def test_nothing_is_changed_by_a_check(land: Landscape) -> None:
    check_connection(a_connection(), land.outbound)
    effects = [entry.effect for entry in land.world.ledger.since() if entry.effect]
    assert [effect for effect in effects if "ticket" not in effect and "token" not in effect] == []


@pytest.mark.parametrize(
    ("connection", "fails", "word"),
    [
        (a_connection(otds_url="http://nowhere.test/otdsws"), check.OTDS_REACHABLE, "reached"),
        (a_connection(otds_url="http://otds.test/wrong"), check.OTDS_REACHABLE, "address"),
        (a_connection(client_secret="wrong"), check.OTDS_CREDENTIALS, "refused"),
        (a_connection(client_id="unknown"), check.OTDS_CREDENTIALS, "refused"),
        (a_connection(content_server_url="http://nowhere.test/cs"), check.SERVER_REACHABLE, "reached"),
        (a_connection(content_server_url="http://content.test/otcs"), check.SERVER_REACHABLE, "no Content Server"),
        (a_connection(external_system="bigcommerce"), check.EXTERNAL_SYSTEM, "bigcommerce"),
        (with_workflow(gateway_url="http://nowhere.test"), check.GATEWAY_TOKEN, "reached"),
        (with_workflow(client_secret="wrong"), check.GATEWAY_TOKEN, "refused"),
        (with_workflow(client_id="nobody"), f"{check.GATEWAY_TOKEN}: {check.UNKNOWN_CLIENT}", "region"),
        (with_workflow(workflow_path="/workflows/v9"), check.MODELS, "path"),
    ],
)
def test_the_failing_step_is_named_and_says_what_to_do(
    land: Landscape, connection: Connection, fails: str, word: str
) -> None:
    steps = check_connection(connection, land.outbound)
    assert failed(steps) == [fails]
    [step] = [step for step in steps if step.ok is False]
    assert word in step.message
    assert step.hint


def test_steps_that_need_a_failed_one_are_not_tried(land: Landscape) -> None:
    steps = check_connection(a_connection(client_secret="wrong"), land.outbound)
    assert not_tried(steps) == [
        check.SIGNED_IN, check.EXTERNAL_SYSTEM, check.RECORDS, check.WORKSPACE_TYPES, check.RIGHTS,
        check.CATEGORIES, check.DOCUMENT_TYPES,
    ]  # fmt: skip
    assert check.OTDS_CREDENTIALS in steps[3].message
    steps = check_connection(with_workflow(client_id="nobody"), land.outbound)
    assert not_tried(steps) == [check.MODELS]


def test_a_missing_classification_is_named(land: Landscape) -> None:
    steps = check_connection(a_connection(), land.outbound, ("Orders", "Treasure maps"))
    assert failed(steps) == [check.RECORDS]
    assert "Treasure maps" in steps[5].message
    assert "Orders" not in steps[5].message


def test_missing_object_types_are_named(land: Landscape) -> None:
    types = land.content_server.state.bo_types
    for key in [key for key, each in types.items() if each.bo_type == "PRODUCT"]:
        del types[key]
    steps = check_connection(a_connection(), land.outbound)
    assert failed(steps) == [check.EXTERNAL_SYSTEM]
    assert "PRODUCT" in steps[4].message


def test_a_missing_workspace_type_is_named(land: Landscape) -> None:
    for kind in land.content_server.state.bo_types.values():
        kind.workspace_type_id = 0 if kind.bo_type == "PRODUCT" else kind.workspace_type_id
    steps = check_connection(a_connection(), land.outbound)
    assert failed(steps) == [check.WORKSPACE_TYPES]
    assert not_tried(steps) == [check.RIGHTS, check.CATEGORIES, check.DOCUMENT_TYPES]
    assert "PRODUCT has no workspace type" in steps[6].message
    assert "ecm opentext check" in steps[6].hint


def test_a_workspace_type_without_template_is_named(land: Landscape) -> None:
    land.content_server.state.workspace_types[1].template_id = 0
    steps = check_connection(a_connection(), land.outbound)
    assert failed(steps) == [check.WORKSPACE_TYPES]
    assert "Order exception has no template" in steps[6].message


def test_a_template_without_its_category_or_rules_is_named_and_blocks_nothing(land: Landscape) -> None:
    state = land.content_server.state
    order = next(each for each in state.workspace_types.values() if each.name == "Order exception")
    state.nodes[order.template_id].categories.clear()
    gone = next(each.id for each in state.nodes.values() if each.type == 199 and each.name == "Order record")
    order.document_types[:] = [each for each in order.document_types if each.classification_id != gone]
    steps = {step.name: step for step in check_connection(a_connection(), land.outbound)}
    assert failed(list(steps.values())) == [check.CATEGORIES, check.DOCUMENT_TYPES]
    assert "the template of ORDER lacks the category “Order”" in steps[check.CATEGORIES].message
    assert "Order record" in steps[check.DOCUMENT_TYPES].message
    assert not any(steps[name].blocks for name in (check.CATEGORIES, check.DOCUMENT_TYPES))
    assert all(steps[name].hint for name in (check.CATEGORIES, check.DOCUMENT_TYPES))


def test_a_name_chosen_for_ours_is_looked_for_instead(land: Landscape) -> None:
    connection = a_connection()
    content = replace(connection.content_server, names=(("classification", "Orders", "Sales orders"),))
    steps = check_connection(replace(connection, content_server=content), land.outbound, ("Orders",))
    assert failed(steps) == [check.RECORDS]
    assert "Sales orders" in steps[5].message


@pytest.mark.parametrize(
    ("granted", "lacks"), [(frozenset({"see", "see_contents"}), "add_items"), (frozenset[str](), "see, see_contents")]
)
def test_a_missing_right_is_named_with_whose_and_where(land: Landscape, granted: frozenset[str], lacks: str) -> None:
    state = land.content_server.state
    folder = state.nodes[state.workspace_types[2].location_id]
    folder.permissions = {1001: granted} if granted else {}
    steps = check_connection(a_connection(), land.outbound)
    assert failed(steps) == [check.RIGHTS]
    assert lacks in steps[7].message
    assert "svc-storefront" in steps[7].message
    assert str(folder.id) in steps[7].hint


def test_a_server_that_does_not_tell_rights_is_not_blamed(land: Landscape) -> None:
    text = {"error": "The REST API URL could not be found in the mappings registry"}
    land.fault("status", path="*/permissions/effective/*", status=400, body=text)
    steps = check_connection(a_connection(), land.outbound)
    assert not failed(steps)
    assert "does not tell" in steps[7].message


def test_a_corrected_secret_is_tried_anew(land: Landscape) -> None:
    assert failed(check_connection(a_connection(client_secret="wrong"), land.outbound))
    assert not failed(check_connection(a_connection(), land.outbound))
    assert failed(check_connection(a_connection(client_secret="wrong"), land.outbound))


@pytest.mark.parametrize("system", ["otds", "content_server", "workflow"])
def test_an_overloaded_system_is_told_from_a_wrong_entry(land: Landscape, system: str) -> None:
    land.fault("status", system, status=503, count=50)
    steps = check_connection(a_connection(), land.outbound)
    assert len(failed(steps)) == 1
    assert "Try again" in next(step.hint for step in steps if step.ok is False)


def test_no_step_shows_a_secret(land: Landscape) -> None:
    connection = a_connection(client_secret="my-very-secret-value")
    assert "my-very-secret-value" not in str(check_connection(connection, land.outbound))
