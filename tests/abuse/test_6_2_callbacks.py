"""Callbacks and our token endpoint."""

import base64
import json
import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey

from app.db.audit import AuditEntry
from app.db.inbox import InboxEvent
from app.domain.events import Source
from app.domain.ids import StoreId
from tests.doors import DECISIONS, TOKEN, Doors

RIVAL = StoreId("bigcommerce:rivalstore")


def hints(doors: Doors) -> list[InboxEvent]:
    return doors.house.rows(InboxEvent, source=Source.WORKFLOW.value)


def a_token(doors: Doors, header: dict[str, Any] | None = None, key: bytes | None = None, **claims: Any) -> str:
    """A token like ours, with our own key unless another is given."""
    now = int(time.time())
    whole = {
        "iss": doors.house.settings.public_url, "aud": "workflow-callbacks", "sub": doors.client_of().client_id,
        "iat": now, "exp": now + 600, "jti": "x",
    } | claims  # fmt: skip
    kept = {name: value for name, value in whole.items() if value is not None}
    own = doors.house.deps.vault.derived("callback-token")[0]
    return jwt.encode(header or {"alg": "HS256"}, kept, OctKey.import_key(key or own))


def segment(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def with_header(token: str, header: dict[str, Any]) -> str:
    _, payload, signature = token.split(".")
    return f"{segment(header)}.{payload}.{signature}"


def refused(doors: Doors, *tokens: str) -> None:
    case = doors.case()
    with doors.nothing_leaks() as tried:
        for token in tokens:
            answer = tried.add(doors.decide(case, headers={"Authorization": f"Bearer {token}"}), 401)
            assert answer.json == {"error": "invalid_token"}


def test_our_own_token_opens_the_door(doors):
    assert doors.decide(doors.case(), headers={"Authorization": f"Bearer {a_token(doors)}"}).status_code == 202


def test_case_020_no_or_malformed_bearer(doors):
    case = doors.case()
    with doors.nothing_leaks() as tried:
        tried.add(doors.decide(case, headers={}), 401)
        for value in ("Bearer", "Basic YTpi", "Bearer a b", "Bearer é", "."):
            tried.add(doors.decide(case, headers={"Authorization": value}), 401)


def test_case_021_unsigned_tokens(doors):
    tokens = [with_header(a_token(doors), {"alg": alg, "typ": "JWT"}) for alg in ("none", "None", "nOnE", "NONE", "")]
    refused(doors, *tokens, *(token.rpartition(".")[0] + "." for token in [*tokens, a_token(doors)]))


def test_case_022_another_family_or_key(doors):
    refused(doors, a_token(doors, key=b"0" * 32))
    refused(doors, a_token(doors, key=doors.house.settings.secret_key.get_secret_value().encode()))
    others = ("HS384", "HS512", "RS256", "ES256", "EdDSA")
    refused(doors, *(with_header(a_token(doors), {"typ": "JWT", "alg": alg}) for alg in others))


def test_case_023_headers_that_name_a_key_are_never_followed(doors):
    ways = [{"jku": "http://evil.test/jwks"}, {"x5u": "http://evil.test/x"}, {"kid": "../../dev/null"},
            {"kid": "' OR 1=1 --"}, {"kid": "k" * 5_000}, {"jwk": {"kty": "oct", "k": "AAAA"}}]  # fmt: skip
    refused(doors, *(with_header(a_token(doors), {"typ": "JWT", "alg": "HS256"} | extra) for extra in ways))


def test_case_024_odd_tokens_cost_no_time(doors):
    case = doors.case()
    with doors.nothing_leaks() as tried:
        for token in ("a" * 2_000_000, "." * 1_000, "..", "a.b.c.d.e", "", " ", "a.b.c"):
            began = time.process_time()
            tried.add(doors.decide(case, headers={"Authorization": f"Bearer {token}"}), 401, 431)
            assert time.process_time() - began < 0.05


def test_case_024_critical_and_size_extensions_are_refused(doors):
    ways = [{"crit": ["x"], "x": 1}, {"crit": ["b64"], "b64": False}, {"zip": "DEF"}, {"p2c": 10**9}]
    refused(doors, *(with_header(a_token(doors), {"typ": "JWT", "alg": "HS256"} | extra) for extra in ways))


def test_case_025_claims_must_be_exactly_ours(doors):
    now = int(time.time())
    odd: list[dict[str, Any]] = [
        {"exp": now - 30}, {"exp": None}, {"exp": "9999999999"}, {"exp": True}, {"nbf": now + 60}, {"iat": now + 60},
        {"iat": None}, {"aud": "panel"}, {"aud": ["panel", "workflow-callbacks"]}, {"aud": ["workflow-callbacks"]},
        {"iss": "http://evil.test"}, {"sub": "somebody"}, {"sub": ""}, {"sub": None}, {"sub": 5},
    ]  # fmt: skip
    refused(doors, *(a_token(doors, **claims) for claims in odd))


def test_case_026_a_token_of_another_door_opens_nothing(doors):
    refused(doors, doors.payload())
    ours = doors.bearer()["Authorization"]
    with doors.nothing_leaks() as tried:
        tried.add(doors.get("/", headers={"Authorization": ours}), 401)
        tried.add(doors.post("/sign-out", headers={"Authorization": ours}), 401)
        tried.add(doors.call("load", ours.removeprefix("Bearer ")), 401)
        tried.add(doors.get("/operator/v1/state", headers={"Authorization": ours}), 401)


def test_case_027_a_case_of_another_store_is_like_a_missing_one(two_stores):
    case, headers = two_stores.case(), two_stores.bearer(RIVAL)
    with two_stores.nothing_leaks() as tried:
        foreign = tried.add(two_stores.decide(case, headers=headers), 404)
        missing = tried.add(two_stores.decide("0" * 32, headers=headers), 404)
        assert foreign.data == missing.data
        tried.add(two_stores.decide("../../x", headers=headers), 404)


def test_case_028_guessing_a_case_token_ends_in_429(doors):
    case = doors.case()
    headers = {"X-Case-Token": "0" * 64}
    answers = [doors.decide(case, headers=headers).status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
    other = doors.case()
    assert doors.decide(other, headers={"X-Case-Token": doors.case_token(other)}).status_code == 202


def test_case_028_the_case_token_holds_for_its_own_case_only(doors):
    mine, other = doors.case(), doors.case()
    with doors.nothing_leaks() as tried:
        tried.add(doors.decide(other, headers={"X-Case-Token": doors.case_token(mine)}), 401)
        tried.add(doors.decide(mine, headers=doors.bearer() | {"X-Case-Token": "wrong"}), 401)
    assert doors.decide(mine, headers={"X-Case-Token": doors.case_token(mine)}).status_code == 202


def test_case_028_a_callback_that_overtakes_our_own_writing_is_known_by_its_signature(doors):
    early = doors.case(is_started=False)
    assert doors.decide(early, headers=doors.bearer() | {"X-Case-Token": doors.case_token(early)}).status_code == 202


def test_case_029_a_second_identical_decision_changes_nothing(doors):
    case, headers = doors.case(), doors.bearer()
    assert [doors.decide(case, headers=headers).status_code for _ in range(3)] == [202] * 3
    assert len(hints(doors)) == 1


def test_case_029_another_decision_for_a_decided_case_is_a_conflict_and_audited_once(doors):
    case, headers = doors.case(outcome="approved"), doors.bearer()
    with doors.nothing_leaks(audit=True) as tried:
        for _ in range(3):
            assert tried.add(doors.decide(case, "rejected", headers), 409).json == {"error": "conflict"}
    entries = doors.house.rows(AuditEntry, action="decision.contradicted")
    assert [(entry.object, entry.detail) for entry in entries] == [(f"run:{case}:rejected", {"outcome": "approved"})]
    assert doors.decide(case, "approved", headers).status_code == 202


def test_case_030_values_outside_the_list_are_refused_by_name(doors):
    case, headers = doors.case(), doors.bearer()
    with doors.nothing_leaks() as tried:
        assert tried.add(doors.decide(case, "escalated", headers), 422).json["fields"] == ["decision"]
        assert tried.add(doors.decide(case, headers=headers, process="other"), 422).json["fields"] == ["process"]
        assert tried.add(doors.decide(case, 1, headers), 422).json["fields"] == ["decision"]
        assert tried.add(doors.decide(case, headers=headers, actor=5), 422).json["fields"] == ["actor"]
        tried.add(doors.post(DECISIONS, data=b"{", content_type="application/json", headers=headers), 400)
        tried.add(doors.post(DECISIONS, data=b"[]", content_type="application/json", headers=headers), 422)
    assert doors.decide(case, "expired", headers).status_code == 202


def test_case_030_extra_fields_are_ignored(doors):
    case = doors.case()
    assert doors.decide(case, store_id="bigcommerce:victim", status="done", run="x").status_code == 202
    (hint,) = hints(doors)
    assert (hint.store_id, hint.detail) == ("bigcommerce:demostore1", {"run": case, "decision": "approved"})


def test_case_031_the_actor_of_the_body_is_used_nowhere(doors):
    doors.decide(doors.case(), actor="ceo@demo")
    (hint,) = hints(doors)
    assert "ceo" not in json.dumps(hint.detail)
    assert b"ceo" not in hint.raw


def test_case_032_a_hint_before_the_workflow_has_ended_writes_nothing_to_the_store(doors):
    house = doors.house
    house.drain()  # the set-up: from here on the store sends its events
    order = house.place_order("950.00", ship_to="FR")
    house.drain()
    run = house.run_of("order-review", order)
    before = house.effects("bigcommerce")
    assert doors.decide(run.id, "approved").status_code == 202
    house.drain()
    assert house.effects("bigcommerce") == before
    assert house.run_of("order-review", order).state == "waiting"


def test_case_033_unknown_client_and_wrong_secret_are_alike_then_429(doors):
    known = doors.client_of().client_id
    for client in (known, "nobody-at-all"):
        answers = [doors.ask_token(client_id=client, client_secret="wrong") for _ in range(7)]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
        assert {answer.data for answer in answers[:5]} == {b'{"error":"invalid_client"}'}
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers[5:])
    assert doors.ask_token().status_code == 429  # also with the right secret, until the time is over


def test_case_033_the_limit_is_for_one_client_at_one_address(doors):
    for _ in range(6):
        doors.ask_token(client_secret="wrong")
    elsewhere = doors.client.post(
        TOKEN, base_url="http://app.test", environ_base={"REMOTE_ADDR": "203.0.113.9"},
        json={"grant_type": "client_credentials", "client_id": doors.client_of().client_id,
              "client_secret": doors.client_of().secret},
    )  # fmt: skip
    assert elsewhere.status_code == 200


def test_case_033_both_failures_take_the_same_time(doors):
    timings: dict[str, list[float]] = {doors.client_of().client_id: [], "nobody-at-all": []}
    for turn in range(100):
        for client, times in timings.items():
            began = time.perf_counter()
            doors.client.post(
                TOKEN, base_url="http://app.test", environ_base={"REMOTE_ADDR": f"203.0.113.{turn}"},
                json={"grant_type": "client_credentials", "client_id": client, "client_secret": "wrong"},
            )  # fmt: skip
            times.append(time.perf_counter() - began)
    medians = [sorted(times)[50] for times in timings.values()]
    assert abs(medians[0] - medians[1]) < max(0.005, max(medians) / 4)


def test_case_034_other_grants_are_unsupported(doors):
    with doors.nothing_leaks() as tried:
        for grant in ("password", "authorization_code", "refresh_token", "urn:x"):
            answer = tried.add(doors.ask_token(grant_type=grant, username="a", password="b"), 400)
            assert answer.json == {"error": "unsupported_grant_type"}


def test_case_034_more_scope_than_the_client_has_is_refused(doors):
    with doors.nothing_leaks() as tried:
        assert tried.add(doors.ask_token(scope="workflow-callbacks admin"), 400).json == {"error": "invalid_scope"}
        assert tried.add(doors.ask_token(grant_type=""), 400).json == {"error": "invalid_request"}
    assert doors.ask_token(scope="workflow-callbacks").status_code == 200


def test_case_034_the_token_endpoint_takes_json_form_and_basic(doors):
    known = doors.client_of()
    fields = {"grant_type": "client_credentials", "client_id": known.client_id, "client_secret": known.secret}
    basic = base64.b64encode(f"{known.client_id}:{known.secret}".encode()).decode()
    form = doors.post(TOKEN, data=fields)
    header = doors.post(TOKEN, data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"})
    both = doors.post(TOKEN, data=fields, headers={"Authorization": f"Basic {basic}"})
    assert [form.status_code, header.status_code, both.status_code] == [200, 200, 400]
    assert (form.json["token_type"], form.json["expires_in"]) == ("Bearer", 600)
    assert "no-store" in form.headers["Cache-Control"]


def test_case_035_secrets_in_paths_are_not_logged(doors, log_lines):
    doors.get("/documents/SeCrEtTokenSeCrEtToken/name.pdf")
    doors.get("/open/SeCrEtCodeSeCrEtCode")
    text = json.dumps(log_lines())
    assert "SeCrEt" not in text
    assert "/documents/<token>/<path:name>" in text


def test_case_036_a_cross_site_form_cannot_reach_a_callback(doors):
    case = doors.case()
    body = json.dumps({"case": case, "process": "sf_order_review", "decision": "approved"})
    with doors.nothing_leaks() as tried:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            tried.add(
                doors.post(DECISIONS, data=body, content_type=kind, headers={"Origin": "http://evil.test"}), 401, 415
            )
