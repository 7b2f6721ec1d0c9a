"""Signing in to OTDS, Content Server and the gateway: renewal, refusals, and secrets that never show."""

import json

import httpx
import pytest

from app.domain.ids import NodeId
from app.errors import AppError, NeedsReauth, Permanent, Retryable
from app.opentext.login import OtdsLogin, TenantLogin, TokenCache
from app.outbound import Outbound
from tests.unit.opentext.scripted import CLIENT_SECRET, WORKFLOW_SECRET, Script, a_connection, page, said, settings

TOKEN = "POST otds.test/otdsws/oauth2/token"
AUTH = "GET content.test/cs/cs/api/v1/auth"
GATEWAY = "POST workflow.test/tenants/demo-tenant/oauth2/token"
HOLDS = "GET content.test/cs/cs/api/v1/nodes/5/holds"
NODE = NodeId(5)


@pytest.fixture
def script() -> Script:
    return Script()


def otds(script: Script) -> OtdsLogin:
    return OtdsLogin(a_connection(), Outbound(settings(), script), TokenCache())


def tenant(script: Script) -> TenantLogin:
    return TenantLogin(a_connection(), Outbound(settings(), script), TokenCache())


def test_a_bearer_is_exchanged_for_a_ticket_once(script: Script) -> None:
    login = otds(script)
    assert login.credential() == login.credential() == "ticket-1"
    assert len(script.asked(TOKEN)) == len(script.asked(AUTH)) == 1
    assert script.asked(AUTH)[0].headers["Authorization"] == "Bearer bearer-1"
    form = dict(httpx.QueryParams(script.asked(TOKEN)[0].content.decode()))
    assert form == {
        "grant_type": "client_credentials", "client_id": "storefront-ecm", "client_secret": CLIENT_SECRET,
    }  # fmt: skip


def test_calls_carry_the_ticket_and_no_cookie(script: Script) -> None:
    cookie = {"Set-Cookie": "LLCookie=old; Path=/"}
    script.on(HOLDS, said({"data": []}, headers=cookie))
    opentext = script.open()
    opentext.records.holds(NODE)
    opentext.records.holds(NODE)
    for request in script.asked(HOLDS):
        assert request.headers["OTCSTicket"] == "ticket-1"
        assert "cookie" not in request.headers


def test_a_ticket_renewed_by_an_answer_is_used_from_then_on(script: Script) -> None:
    script.on(HOLDS, said({"data": []}, headers={"OTCSTicket": "ticket-renewed"}), said({"data": []}))
    opentext = script.open()
    opentext.records.holds(NODE)
    opentext.records.holds(NODE)
    assert [request.headers["OTCSTicket"] for request in script.asked(HOLDS)] == ["ticket-1", "ticket-renewed"]
    assert len(script.asked(AUTH)) == 1


def test_an_ended_ticket_is_renewed_once_and_the_call_repeated_once(script: Script) -> None:
    script.on(HOLDS, said({"error": "Authentication Required"}, 401), said({"data": []}))
    assert script.open().records.holds(NODE) == ()
    assert [request.headers["OTCSTicket"] for request in script.asked(HOLDS)] == ["ticket-1", "ticket-2"]


def test_a_second_401_in_a_row_needs_a_person(script: Script) -> None:
    script.on(HOLDS, said({"error": "Authentication Required"}, 401))
    with pytest.raises(NeedsReauth) as caught:
        script.open().records.holds(NODE)
    assert caught.value.upstream == "content_server"
    assert len(script.asked(HOLDS)) == 2


def test_a_revoked_bearer_is_replaced_before_giving_up(script: Script) -> None:
    login = otds(script)
    login.bearer()
    script.on(AUTH, said({"error": "x"}, 401), said({"data": {"id": 1}}, headers={"OTCSTicket": "t"}))
    assert login.credential() == "t"
    assert [r.headers["Authorization"] for r in script.asked(AUTH)] == ["Bearer bearer-1", "Bearer bearer-2"]


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_client_content_server_does_not_know_needs_a_person(script: Script, status: int) -> None:
    script.on(AUTH, said({"error": "Authentication Required"}, status))
    with pytest.raises(NeedsReauth) as caught:
        otds(script).credential()
    assert caught.value.specific_code == "sign_in_refused"
    assert "impersonate" in caught.value.hint


def test_a_sign_in_without_a_ticket_points_at_the_address(script: Script) -> None:
    script.on(AUTH, said({"data": {"id": 1}}))
    with pytest.raises(NeedsReauth) as caught:
        otds(script).credential()
    assert caught.value.specific_code == "no_ticket"


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (said({"error": "invalid_client"}, 401), NeedsReauth, "client_refused"),
        (said({"error": "invalid_client", "error_description": "no"}, 400), NeedsReauth, "client_refused"),
        (page("<html>Not Found</html>", 404), NeedsReauth, "wrong_address"),
        (said({"error": "x"}, 503), Retryable, "server_error"),
        (page("<html>Sign in</html>", 200), Retryable, "unreadable_answer"),
        (said({"token": "x"}), Permanent, "unexpected_answer"),
        (httpx.ConnectError("no"), Retryable, "unreachable"),
        (httpx.ReadTimeout("no"), Retryable, "timeout"),
        (httpx.RemoteProtocolError("no"), Retryable, "broken_answer"),
    ],
)
def test_each_failure_of_otds_has_its_own_answer(
    script: Script, answer: httpx.Response | Exception, error: type[AppError], code: str
) -> None:
    script.on(TOKEN, answer)
    with pytest.raises(error) as caught:
        otds(script).bearer()
    assert caught.value.specific_code == code


def test_secrets_and_tokens_never_reach_an_error(script: Script) -> None:
    echoed = f"client secret {CLIENT_SECRET} is wrong"
    script.on(TOKEN, said({"error": "invalid_client", "error_description": echoed}, 401))
    with pytest.raises(NeedsReauth) as caught:
        otds(script).bearer()
    shown = f"{caught.value!r} {caught.value.context} {caught.value.hint}"
    assert CLIENT_SECRET not in shown
    assert "client secret *** is wrong" in shown


def test_an_odd_token_answer_never_shows_the_token(script: Script) -> None:
    script.on(TOKEN, said({"access_token": "very-secret-token", "expires_in": "soon"}))
    with pytest.raises(Permanent) as caught:
        otds(script).bearer()
    assert "very-secret-token" not in f"{caught.value!r} {caught.value.context} {caught.value.__cause__!r}"


def test_the_gateway_is_asked_with_json_first(script: Script) -> None:
    assert tenant(script).credential() == "token-1"
    [request] = script.asked(GATEWAY)
    assert json.loads(request.content) == {
        "client_id": "storefront-workflow", "client_secret": WORKFLOW_SECRET, "grant_type": "client_credentials",
    }  # fmt: skip


@pytest.mark.parametrize("status", [400, 415])
def test_a_gateway_that_takes_no_json_gets_a_form_from_then_on(script: Script, status: int) -> None:
    def form_only(request: httpx.Request) -> httpx.Response:
        if request.headers["content-type"].startswith("application/json"):
            return said({"error": "unsupported"}, status)
        return said({"access_token": "t", "expires_in": 1})

    script.on(GATEWAY, form_only)
    login = tenant(script)
    login.refused(login.credential())
    login.credential()
    kinds = [request.headers["content-type"].partition(";")[0] for request in script.asked(GATEWAY)]
    assert kinds == ["application/json", *["application/x-www-form-urlencoded"] * 2]


def test_an_unknown_client_id_is_named_as_such(script: Script) -> None:
    fault = {"faultstring": "Invalid ApiKey", "detail": {"errorcode": "oauth.v2.InvalidApiKey"}}
    script.on(GATEWAY, said({"fault": fault}, 401))
    with pytest.raises(NeedsReauth) as caught:
        tenant(script).credential()
    assert caught.value.specific_code == "client_unknown_in_region"
    assert "region" in caught.value.message
    assert caught.value.upstream == "workflow"


def test_a_changed_connection_does_not_use_the_old_tokens(script: Script) -> None:
    tokens, outbound = TokenCache(), Outbound(settings(), script)
    OtdsLogin(a_connection(version=1), outbound, tokens).credential()
    OtdsLogin(a_connection(version=2), outbound, tokens).credential()
    assert len(script.asked(TOKEN)) == 2


def test_nothing_secret_is_logged(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    caplog.set_level("DEBUG", "httpx")  # another test's app may have quietened it
    script.on(HOLDS, said({"error": "Authentication Required"}, 401), said({"data": []}))
    script.on("GET workflow.test/workflow/v1/tasks", said({"exception": "no"}, 400))
    opentext = script.open()
    opentext.records.holds(NODE)
    with pytest.raises(Permanent):
        opentext.workflows.tasks("key")
    assert caplog.records  # the HTTP library says what it asks
    for secret in (CLIENT_SECRET, WORKFLOW_SECRET, "bearer-", "ticket-", "token-1"):
        assert secret not in caplog.text
