"""An operator's secret goes to the operator's own address and client, never to one that somebody typed."""

import pytest
from pydantic import SecretStr

from app.engine.operator_secrets import for_values
from app.settings import OpenTextDefaults

DEFAULTS = OpenTextDefaults(
    otds_url="https://otds.example.com/otdsws", content_server_url="https://cs.example.com/cs/cs", client_id="ecm",
    client_secret=SecretStr("s1"), workflow_url="https://us.api.example.com", workflow_tenant="t",
    workflow_client_id="w",
)  # fmt: skip
VALUES = {
    "otds_url": "https://otds.example.com/otdsws", "content_server_url": "https://cs.example.com/cs/cs",
    "client_id": "ecm", "workflow_url": "https://us.api.example.com", "workflow_tenant": "t",
    "workflow_client_id": "w",
}  # fmt: skip


def test_for_what_the_operator_set_it_is_used() -> None:
    assert for_values(DEFAULTS, VALUES) == {"client_secret": "s1"}  # the workflow's has none


@pytest.mark.parametrize("name", ["otds_url", "content_server_url", "client_id"])
def test_for_anything_else_it_is_not(name: str) -> None:
    assert for_values(DEFAULTS, VALUES | {name: "https://elsewhere.example.com"}) == {}


def test_without_an_operators_secret_an_empty_form_gets_none() -> None:
    assert for_values(OpenTextDefaults(), {}) == {}
