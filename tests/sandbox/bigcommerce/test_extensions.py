"""App Extensions over GraphQL Admin, and the menu they make."""

from typing import Any

import pytest

from tests.sandbox.bigcommerce.bench import HASH, Bench

CREATE = (
    "mutation($input: CreateAppExtensionInput!){appExtension{createAppExtension(input:$input){"
    "appExtension{id context model url label{defaultValue locales{value localeCode}}}}}}"
)
LIST = "query{store{appExtensions{edges{node{id url context model label{defaultValue}}}}}}"
UPDATE = (
    "mutation($input: UpdateAppExtensionInput!){appExtension{updateAppExtension(input:$input){"
    "appExtension{id url label{defaultValue}}}}}"
)
DELETE = (
    "mutation($input: DeleteAppExtensionInput!){appExtension{deleteAppExtension(input:$input){deletedAppExtensionId}}}"
)
LABEL: dict[str, Any] = {
    "defaultValue": "ECM documents",
    "locales": [{"value": "ECM-Dokumente", "localeCode": "de-DE"}],
}
PANEL: dict[str, Any] = {"context": "PANEL", "model": "ORDERS", "url": "/orders/${id}", "label": LABEL}


def ask(bench: Bench, query: str, given: dict[str, Any] | None = None) -> Any:
    body = {"query": query} | ({"variables": {"input": given}} if given is not None else {})
    response = bench.api.post("/graphql", json=body)
    assert response.status_code == 200
    return response.json()


def create(bench: Bench, **change: Any) -> Any:
    return ask(bench, CREATE, PANEL | change)


def test_an_extension_is_created_listed_updated_and_deleted(bench: Bench) -> None:
    made = create(bench)["data"]["appExtension"]["createAppExtension"]["appExtension"]
    assert made == {"id": "bc/store/appExtension/1", **PANEL}
    edges = ask(bench, LIST)["data"]["store"]["appExtensions"]["edges"]
    assert edges[0]["node"]["label"] == {"defaultValue": "ECM documents"}
    data = {"url": "/o/${id}", "label": {"defaultValue": "Papers", "locales": []}}
    changed = ask(bench, UPDATE, {"id": made["id"], "data": data})["data"]["appExtension"]["updateAppExtension"]
    assert changed["appExtension"] == {"id": made["id"], "url": "/o/${id}", "label": {"defaultValue": "Papers"}}
    gone = ask(bench, DELETE, {"id": made["id"]})["data"]["appExtension"]["deleteAppExtension"]
    assert gone == {"deletedAppExtensionId": made["id"]}
    assert ask(bench, LIST)["data"]["store"]["appExtensions"]["edges"] == []


def test_a_model_takes_two_extensions_of_an_app(bench: Bench) -> None:
    assert "errors" not in create(bench)
    assert "errors" not in create(bench)
    assert "at most 2" in create(bench)["errors"][0]["message"]
    assert "errors" not in create(bench, model="PRODUCTS")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"context": "APP"}, "AppExtensionContext"),
        ({"model": "COMPANIES"}, "AppExtensionModel"),
        ({"url": "/" + "x" * 255}, "255"),
        ({"url": "//elsewhere.example"}, "path of the app"),
        ({"url": "https://elsewhere.example"}, "path of the app"),
        ({"label": {"defaultValue": "x"}}, "locales"),
        ({"label": {"defaultValue": "", "locales": []}}, "defaultValue"),
        ({"label": {"defaultValue": "x", "locales": [{"value": "y"}]}}, "localeCode"),
        ({"label": None}, "label"),
        ({"icon": "x.png"}, "icon"),
    ],
)
def test_bad_input_is_told_in_errors_with_status_200(bench: Bench, change: dict[str, Any], said: str) -> None:
    answer = create(bench, **change)
    assert said in answer["errors"][0]["message"]
    assert ask(bench, LIST)["data"]["store"]["appExtensions"]["edges"] == []


@pytest.mark.parametrize(
    "document",
    [
        "query{store{products{edges{node{id}}}}}",
        "query{store{appExtensions}}",
        "query{store{appExtensions{edges{node{id{x}}}}}}",
        "query{store{appExtensions(where:1){edges{node{id}}}}}",
        "subscription{store{name}}",
        "query{store{appExtensions{edges{node{id}}}}",
        "query{store{appExtensions{edges{node{id}}}}} extra",
        'query{store{name(x:"unfinished)}}',
        "mutation{appExtension{createAppExtension{appExtension{id}}}}",
        "mutation($input: X!){appExtension{deleteAppExtension(input:$other){deletedAppExtensionId}}}",
        "",
    ],
)
def test_what_is_no_such_document_is_refused(bench: Bench, document: str) -> None:
    assert "errors" in ask(bench, document)


def test_inline_arguments_aliases_and_comments_are_understood(bench: Bench) -> None:
    document = """
      # one mutation, no variables
      mutation Make { appExtension { made: createAppExtension(input: {
        context: PANEL, model: CUSTOMERS, url: "/customers/${id}",
        label: { defaultValue: "ECM", locales: [{ value: "ECM", localeCode: "es-MX" }] }
      }) { appExtension { id model } } } }
    """
    made = ask(bench, document)["data"]["appExtension"]["made"]["appExtension"]
    assert made == {"id": "bc/store/appExtension/1", "model": "CUSTOMERS"}


def test_a_required_variable_must_be_given(bench: Bench) -> None:
    assert "not provided" in ask(bench, CREATE)["errors"][0]["message"]


def test_extensions_belong_to_the_app_that_made_them(bench: Bench) -> None:
    create(bench)
    other = bench.with_scopes("store_app_extensions_manage")
    assert other.post("/graphql", json={"query": LIST}).json()["data"]["store"]["appExtensions"]["edges"] == []
    gone = other.post("/graphql", json={"query": DELETE, "variables": {"input": {"id": "bc/store/appExtension/1"}}})
    assert "no App Extension" in gone.json()["errors"][0]["message"]


def test_scope_and_kind_of_account_are_checked(bench: Bench) -> None:
    other = bench.with_scopes("store_v2_orders")
    assert other.post("/graphql", json={"query": LIST}).status_code == 403
    token = bench.panel.issue_token(scopes=["store_app_extensions_manage"], client_id="other", app_level=False)
    refused = other.post("/graphql", json={"query": LIST}, headers={"X-Auth-Token": token})
    assert refused.status_code == 401


def test_the_answer_tells_its_complexity(bench: Bench) -> None:
    response = bench.api.post("/graphql", json={"query": LIST})
    assert int(response.headers["x-bc-graphql-complexity"]) > 0


def test_the_menu_fills_in_the_id_and_speaks_the_users_language(bench: Bench) -> None:
    create(bench)
    create(bench, model="PRODUCTS", url="/products/${id}")
    (item,) = bench.panel.menu(HASH, "ORDERS", 106, "de-AT")
    assert (item.path, item.label, item.context) == ("/orders/106", "ECM-Dokumente", "PANEL")
    assert bench.panel.menu(HASH, "ORDERS", 106, "fr-FR")[0].label == "ECM documents"
    bench.panel.uninstall()
    assert bench.panel.menu(HASH, "ORDERS", 106) == []
    with pytest.raises(ValueError, match="COMPANIES"):
        bench.panel.menu(HASH, "COMPANIES", 1)
