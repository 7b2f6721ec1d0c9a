"""The upsert in one call, and what happens where a server lacks it, garbles it or answers out of order."""

from typing import Any

import httpx
import pytest

from app.domain.content import BusinessObject, Workspace, WorkspaceSpec
from app.domain.ids import NodeId
from app.errors import Conflict, NeedsReauth, NotFound, Permanent, Retryable
from tests.unit.opentext.scripted import Script, body_of, form_of, page, said

API = "content.test/cs/cs/api"
UPSERT = f"PUT {API}/v2/businessworkspaces"
CREATE = f"POST {API}/v2/businessworkspaces"
NO_ROUTE = said({"error": "The REST API URL could not be found in the mappings registry"}, 400)
PARENT = BusinessObject("BigCommerce", "CUSTOMER", "bc-1-77")


def spec(number: int = 100) -> WorkspaceSpec:
    own = BusinessObject("BigCommerce", "ORDER", f"bc-1-{number}")
    return WorkspaceSpec(own, {"orderNumber": (str(number),), "reviewReasons": ("a", "b")}, (PARENT,))


def lookup(business_object: BusinessObject) -> str:
    return f"GET {API}/v2/externalsystems/BigCommerce/botypes/{business_object.type}/boids/{business_object.id}"


def found(*ids: int) -> httpx.Response:
    rows = [{"data": {"properties": {"id": node, "name": f"Workspace {node}", "type": 848}}} for node in ids]
    return said({"results": rows, "paging": {"page_total": 1}})


@pytest.fixture
def script() -> Script:
    return Script()


def test_properties_and_relations_travel_in_one_call(script: Script) -> None:
    script.on(UPSERT, said([{"id": 41200, "error_message": ""}]))
    made = script.open().workspaces.ensure(spec())
    assert made == Workspace(NodeId(41200), "", "http://content.test/cs/cs/app/nodes/41200")
    assert [request.method for request in script.requests] == ["POST", "GET", "PUT"]  # two of them sign in
    assert body_of(script.requests[-1]) == {
        "bws_infos": [
            {
                "ext_system_id": "BigCommerce",
                "bo_type": "ORDER",
                "bo_id": "bc-1-100",
                "bo_properties": [
                    {"name": "orderNumber", "values": ["100"]},
                    {"name": "reviewReasons", "values": ["a", "b"]},
                ],
                "bo_relations": [
                    {
                        "relation_type": "Parent",
                        "business_objects": [
                            {"ext_system_id": "BigCommerce", "bo_type": "CUSTOMER", "bo_id": "bc-1-77"}
                        ],
                    }
                ],
            }
        ]
    }


def test_120_workspaces_take_three_calls_and_one_look_at_the_order(script: Script) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        entries = body_of(request)["bws_infos"]
        return said([{"id": int(each["bo_id"].rpartition("-")[2]), "error_message": ""} for each in entries])

    script.on(UPSERT, answer)
    script.on(lookup(spec(50).business_object), found(50))
    made = script.open().workspaces.ensure_many([spec(number) for number in range(1, 121)])
    assert [each.id for each in made if isinstance(each, Workspace)] == list(range(1, 121))
    assert len(script.asked(UPSERT)) == 3
    assert len(script.asked(lookup(spec(50).business_object))) == 1


def test_one_that_fails_does_not_hinder_the_others(script: Script) -> None:
    entries = [
        {"id": 1, "error_message": ""},
        {"id": None, "error_message": "Invalid value 'EURO' for attribute 'Currency'"},
        {"id": 0, "error_message": "An item with the name 'Order 3' already exists."},
        {"id": 0, "error_message": "The item is locked by another user"},
        {"id": 5, "error_message": ""},
    ]
    script.on(UPSERT, said(entries))
    script.on(lookup(spec(2).business_object), found())  # looked up: was it refused because several match?
    script.on(lookup(spec(5).business_object), found(5))
    results = script.open().workspaces.ensure_many([spec(n) for n in range(1, 6)])
    kinds = [type(each) for each in results]
    assert kinds == [Workspace, Permanent, Conflict, Retryable, Workspace]
    assert "Currency" in str(getattr(results[1], "context", ""))


def test_an_answer_in_another_order_is_noticed_and_looked_up(script: Script) -> None:
    script.on(UPSERT, said([{"id": 2, "error_message": ""}, {"id": 1, "error_message": ""}]))
    for number in (1, 2):
        script.on(lookup(spec(number).business_object), found(number))
    results = script.open().workspaces.ensure_many([spec(1), spec(2)])
    assert [each.id for each in results if isinstance(each, Workspace)] == [1, 2]


def test_an_answer_with_too_few_entries_is_looked_up(script: Script) -> None:
    script.on(UPSERT, said([{"id": 1, "error_message": ""}]))
    script.on(lookup(spec(1).business_object), found(1))
    script.on(lookup(spec(2).business_object), found())
    first, second = script.open().workspaces.ensure_many([spec(1), spec(2)])
    assert isinstance(first, Workspace)
    assert isinstance(second, Retryable)


def test_a_server_that_takes_no_json_gets_a_form_from_then_on(script: Script) -> None:
    def form_only(request: httpx.Request) -> httpx.Response:
        if request.headers["content-type"].startswith("application/json"):
            return said({"error": "Parameters are required for PUT, POST, and PATCH methods"}, 400)
        return said([{"id": 7, "error_message": ""}])

    script.on(UPSERT, form_only)
    workspaces = script.open().workspaces
    assert workspaces.ensure(spec()).id == workspaces.ensure(spec()).id == 7
    assert len(script.asked(UPSERT)) == 3
    assert body_of(script.asked(UPSERT)[-1])["bws_infos"][0]["bo_id"] == "bc-1-100"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (page("<html>Please try again</html>", 500), Retryable),
        (httpx.ReadTimeout("x"), Retryable),
        (said({"error": "The business object type is not declared"}, 400), Permanent),
        (said({"error": "x"}, 401), NeedsReauth),
    ],
)
def test_a_call_that_fails_as_a_whole_says_why(script: Script, answer: Any, error: type[Exception]) -> None:
    script.on(UPSERT, answer)
    with pytest.raises(error):
        script.open().workspaces.ensure(spec())


class OldServer:
    """Without the upsert: look-up, create, categories and related items by single calls."""

    def __init__(self, script: Script) -> None:
        self.script, self.created = script, False
        script.on(UPSERT, NO_ROUTE)
        script.on(CREATE, self._create)
        script.on(lookup(spec().business_object), lambda _: found(9) if self.created else found())
        script.on(lookup(PARENT), found(77))
        definitions = {
            "16": {"name": "Order", "persona": "category"},
            "16_2": {"name": "Order number", "type_name": "String"},
            "16_3": {"name": "Review reasons", "multi_value": True},
            "16_4": {"name": "Note"},
        }
        values = {"16_2": None, "16_3": [], "16_4": "kept"}
        row = {"data": {"categories": values}, "metadata": {"categories": definitions}}
        script.on(f"GET {API}/v2/nodes/9/categories", said({"results": [row]}))
        script.on(f"PUT {API}/v2/nodes/9/categories/16", said({"results": {}}))
        script.on(f"POST {API}/v2/businessworkspaces/9/relateditems", said({"results": {}}))

    def _create(self, request: httpx.Request) -> httpx.Response:  # noqa: ARG002
        self.created = True
        return said({"results": {"id": 9, "direct_open": True}})


def test_without_the_upsert_single_calls_do_the_same_and_the_server_is_remembered(script: Script) -> None:
    OldServer(script)
    workspaces = script.open().workspaces
    assert workspaces.ensure(spec()).id == workspaces.ensure(spec()).id == 9
    assert len(script.asked(UPSERT)) == 1
    assert len(script.asked(CREATE)) == 1
    written = script.asked(f"PUT {API}/v2/nodes/9/categories/16")[0]
    assert form_of(written) == [("16_2", "100"), ("16_3", "a"), ("16_3", "b")]
    related = script.asked(f"POST {API}/v2/businessworkspaces/9/relateditems")[0]
    assert form_of(related) == [("rel_bw_id", "77"), ("rel_type", "parent")]


def test_whoever_loses_the_race_adopts_the_winners_workspace(script: Script) -> None:
    server = OldServer(script)

    def lost(request: httpx.Request) -> httpx.Response:  # noqa: ARG001
        server.created = True
        return said({"error": "The business object already has the business workspace 9."}, 400)

    script.on(CREATE, lost)
    assert script.open().workspaces.ensure(spec()).id == 9


@pytest.mark.parametrize("answer", [found(), said({"error": "Could not get a node for 0"}, 400), httpx.Response(404)])
def test_no_workspace_is_none_however_it_is_said(script: Script, answer: httpx.Response) -> None:
    script.on(lookup(PARENT), answer)
    assert script.open().workspaces.find(PARENT) is None


def test_an_item_outside_of_workspaces_has_none(script: Script) -> None:
    script.on(f"GET {API}/v1/nodes/5/businessworkspace", said({"error": "not in a workspace"}, 400))
    script.on(f"GET {API}/v1/nodes/6/businessworkspace", said({"id": 9, "type": 848}))
    workspaces = script.open().workspaces
    assert workspaces.workspace_of(NodeId(5)) is None
    assert workspaces.workspace_of(NodeId(6)) == 9


def test_a_workspace_without_properties_in_the_answer_is_not_found(script: Script) -> None:
    script.on(f"GET {API}/v2/nodes/9", said({"results": {"data": {}}}))
    with pytest.raises(NotFound):
        script.open().workspaces.named(NodeId(9))
