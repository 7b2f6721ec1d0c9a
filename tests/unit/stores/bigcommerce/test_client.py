"""What every call shares: error texts, statuses, quota, answers we do not know, notes."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import __version__
from app.domain.ids import CustomerId, ObjectType, OrderId, ProductId
from app.errors import AppError, Conflict, NeedsReauth, NotFound, Permanent, RateLimited, Retryable
from app.outbound import Outbound
from app.stores.bigcommerce import bigcommerce_store, payloads
from app.stores.bigcommerce.client import BigCommerceClient, Quota, error_text, number, parse, parse_list, require_whole
from app.stores.bigcommerce.order_writing import STAFF_NOTES
from app.stores.notes import with_note
from app.stores.port import Store
from tests.unit.stores.bigcommerce.builders import order_json, settings

OWN = settings()


class Api:
    """Answers in turn, the last one again and again; remembers what was asked."""

    def __init__(self, *answers: httpx.Response) -> None:
        self._answers, self.seen = list(answers), list[httpx.Request]()
        self.outbound = Outbound(OWN, httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def client(self) -> BigCommerceClient:
        return BigCommerceClient(OWN, self.outbound, "abc123", "the-token")

    @property
    def store(self) -> Store:
        return bigcommerce_store(OWN, self.outbound, "abc123", "the-token")


def test_every_request_says_who_we_are_and_what_we_take() -> None:
    api = Api(httpx.Response(200, json={}))
    api.client.get("v2/store")
    api.client.put("v2/orders/1", {"status_id": 11})
    for request in api.seen:
        assert request.headers["x-auth-token"] == "the-token"
        assert request.headers["accept"] == request.headers["content-type"] == "application/json"
        assert request.headers["user-agent"] == f"StorefrontECM/{__version__}"
    assert str(api.seen[0].url) == "https://api.bigcommerce.com/stores/abc123/v2/store"
    assert json.loads(api.seen[1].content) == {"status_id": 11}


def test_an_upload_brings_its_own_content_type() -> None:
    api = Api(httpx.Response(200, json={}))
    api.client.upload("v3/x", {"a": "b"}, {"image_file": ("a.png", b"123", "image/png")})
    assert api.seen[0].headers["content-type"].startswith("multipart/form-data; boundary=")


def test_a_new_token_takes_effect_in_the_kept_client() -> None:
    api = Api(httpx.Response(200, json={}))
    BigCommerceClient(OWN, api.outbound, "abc123", "old-token").get("v2/store")
    BigCommerceClient(OWN, api.outbound, "abc123", "new-token").get("v2/store")
    assert [request.headers["x-auth-token"] for request in api.seen] == ["old-token", "new-token"]


def test_the_quota_is_what_the_last_answer_told() -> None:
    headers = {"X-Rate-Limit-Requests-Left": "149", "X-Rate-Limit-Requests-Quota": "150",
               "X-Rate-Limit-Time-Reset-Ms": "29000"}  # fmt: skip
    strange = {**headers, "X-Rate-Limit-Requests-Left": "many"}
    client = Api(httpx.Response(200, headers=headers), httpx.Response(200), httpx.Response(200, headers=strange)).client
    assert client.quota is None
    for _ in range(3):
        client.get("v2/store")
        assert client.quota == Quota(left=149, limit=150, reset_ms=29_000)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"X-Rate-Limit-Time-Reset-Ms": "15000"}, 15), ({"X-Retry-After": "4"}, 4), ({}, 30)],
)
def test_a_spent_quota_says_how_long_to_wait(headers: dict[str, str], wait: float) -> None:
    with pytest.raises(RateLimited) as caught:
        Api(httpx.Response(429, headers=headers)).client.get("v2/store")
    assert caught.value.retry_after == wait


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (302, Permanent, "redirect"), (304, Permanent, "redirect"), (400, Permanent, "refused"),
        (401, NeedsReauth, "needs_reauth"), (403, NeedsReauth, "missing_right"), (404, NotFound, "not_found"),
        (405, Permanent, "refused"), (406, Permanent, "refused"), (409, Conflict, "conflict"),
        (413, Permanent, "refused"), (415, Permanent, "refused"), (422, Permanent, "refused"),
        (423, Retryable, "locked"), (499, Retryable, "server_error"), (500, Retryable, "server_error"),
        (501, Permanent, "refused"), (502, Retryable, "server_error"), (503, Retryable, "server_error"),
        (504, Retryable, "server_error"), (507, Permanent, "plan_limit"),
    ],
)  # fmt: skip
def test_a_status_says_what_to_do(status: int, error: type[AppError], code: str) -> None:
    for method in ("get", "put"):
        arguments = ("v2/orders/1",) if method == "get" else ("v2/orders/1", {})
        with pytest.raises(AppError) as caught:
            getattr(Api(httpx.Response(status)).client, method)(*arguments)
        assert type(caught.value) is error
        assert caught.value.specific_code == code
        if isinstance(caught.value, Retryable) and code == "server_error":
            assert caught.value.unknown_outcome is (method == "put")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"status": 422, "title": "Invalid", "type": "https://x", "errors": {"name": "too long"}},
         "Invalid · name: too long"),
        ({"status": 404, "title": "Not found", "detail": "No product", "instance": "/x"}, "Not found · No product"),
        ([{"status": 400, "message": "The field 'x' is invalid."}, {"status": 400, "message": "And y."}],
         "The field 'x' is invalid. · And y."),
        ({"status": 207, "message": "sitewide discount failed"}, "sitewide discount failed"),
        ({"batch_errors": [{"status": 422, "title": "Bad", "errors": {"price": "negative"}}]}, "Bad · price: negative"),
        ({"batch_errors": [{"data": {"sku": "A"}, "field_errors": {"price": "negative"}}]}, "price: negative"),
        ({"data": [{"status": 422, "title": "Store credit", "errors": {}}]}, "Store credit"),
        ({"data": {"name": "a product"}, "errors": {"images": "not stored"}}, "images: not stored"),
        ({"error": {"code": 5, "message": "later", "retry_after_seconds": 3}}, "later"),
        ({"errors": [{"message": "Not allowed", "path": ["x"]}], "data": None}, "Not allowed"),
        ({"error": "invalid_grant", "error_description": "The code is used."}, "invalid_grant · The code is used."),
        ({"title": "a@b.example wrote to +49 (0)40 555-0100"}, "… wrote to …"),
        ({"title": "line\none\u202e"}, "line one "),
        ("text", "text"), ({}, ""), ([], ""), (None, ""), (5, ""),
    ],
)  # fmt: skip
def test_the_text_of_a_refusal_is_found_in_every_family(body: Any, text: str) -> None:
    assert error_text(httpx.Response(422, json=body)) == text


@pytest.mark.parametrize("content", [b"", b"<html>secret</html>", b"\xff", b"[" * 100_000])
def test_text_that_is_no_json_is_not_repeated(content: bytes) -> None:
    assert error_text(httpx.Response(502, content=content)) == ""


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=400),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["title", "errors", "message", "data", "x"]), inner)
    ),
    max_leaves=30,
)


@given(json_values)
def test_the_text_of_a_refusal_is_one_short_line(body: Any) -> None:
    text = error_text(httpx.Response(422, json=body))
    assert len(text) <= 300
    assert text.isprintable()


def response(status: int = 200, method: str = "GET", **kw: Any) -> httpx.Response:
    return httpx.Response(status, request=httpx.Request(method, "https://api.example/v2/orders/118"), **kw)


def test_half_an_answer_may_come_whole_later() -> None:
    for method, unknown in (("GET", False), ("POST", True)):
        with pytest.raises(Retryable) as caught:
            parse(response(method=method, text='{"data": {"id"'), payloads.Data[payloads.Image])
        assert caught.value.unknown_outcome is unknown


@pytest.mark.parametrize("body", [{"data": {}}, [], {"data": {"id": "many"}}, 5])
def test_an_answer_of_another_shape_is_not_asked_for_again(body: Any) -> None:
    with pytest.raises(Permanent) as caught:
        parse(response(json=body), payloads.Data[payloads.Image])
    assert caught.value.specific_code == "unexpected_answer"
    assert caught.value.context["path"] == "/v*/orders/*"


def test_what_was_wrong_with_an_answer_is_told_without_its_values() -> None:
    with pytest.raises(Permanent) as caught:
        parse_list(response(json=[order_json(total_inc_tax="ada@example.com")]), payloads.OrderHead)
    assert "total_inc_tax" in str(caught.value.__cause__)
    assert "ada@" not in f"{caught.value.__cause__}{caught.value.context}"


def test_nothing_there_is_an_empty_list() -> None:
    assert parse_list(response(204), payloads.OrderHead) == []
    assert [o.id for o in parse_list(response(json=[order_json()]), payloads.OrderHead)] == [118]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"data": {}, "errors": {"status": 422, "title": "Images"}}, Permanent),
        ({"data": {}, "errors": [{"status": 422}, {"status": 409}]}, Permanent),
        ({"data": {}, "errors": [{"status": 422}, {"status": 500}]}, Retryable),
        ({"data": {}, "errors": {"status": 429}}, Retryable),
        ({"data": {}, "errors": {"images": "not stored"}}, Retryable),
        ({}, Retryable),
    ],
)
def test_a_partial_success_is_no_success(body: Any, error: type[AppError]) -> None:
    with pytest.raises(AppError) as caught:
        require_whole(response(207, json=body))
    assert type(caught.value) is error
    require_whole(response(200, json=body))


BAD_IDS = ["../../v2/nodes/2000", "1%0d%0aX-A: 1", "1?x=", "1/", "", "0", "-1", "1 ", "9" * 10_000, "\u0661", "1\n"]


@pytest.mark.parametrize("bad", BAD_IDS, ids=lambda bad: bad[:20])
def test_an_id_that_is_none_never_reaches_a_path(bad: str) -> None:
    api = Api(httpx.Response(200, json={}))
    for call in (
        lambda: number(bad),
        lambda: api.store.read.order(OrderId(bad)),
        lambda: api.store.read.product(ProductId(bad)),
        lambda: api.store.read.customer(CustomerId(bad)),
        lambda: api.store.publish.append_staff_note(OrderId(bad), "x"),
        lambda: api.store.publish.remove_product_image(ProductId("1"), bad),
        lambda: api.store.publish.link(ObjectType.ORDER, bad, {"a": "b"}),
    ):
        with pytest.raises(NotFound):
            call()
    assert api.seen == []


# Staff notes


notes = st.text(alphabet=st.sampled_from("ab \n\r\t\u2028x"), max_size=60)


@given(notes, st.text(alphabet="abc \n", max_size=20))
def test_a_note_is_appended_once_and_nothing_is_lost(before: str, text: str) -> None:
    after = with_note(before, text)
    assert after.startswith(before)
    line = " ".join(text.split())
    assert not line or line in [entry.strip() for entry in after.splitlines()]
    assert with_note(after, text) == after


def test_a_note_stands_on_a_line_of_its_own() -> None:
    assert with_note("", "ECM: a") == "ECM: a"
    assert with_note("BIN-45", "ECM: a\nb") == "BIN-45\nECM: a b"
    assert with_note("BIN-45\r\n", "ECM: a") == "BIN-45\r\nECM: a"
    assert with_note("x ECM: a", "ECM: a") == "x ECM: a\nECM: a"
    assert with_note("ECM: a\r\nBIN", "ECM: a") == "ECM: a\r\nBIN"


def test_full_notes_are_left_alone() -> None:
    api = Api(httpx.Response(200, json=order_json(staff_notes="n" * (STAFF_NOTES - 3))))
    with pytest.raises(Permanent, match="staff notes are full") as caught:
        api.store.publish.append_staff_note(OrderId("118"), "four")
    assert caught.value.hint
    assert [request.method for request in api.seen] == ["GET"]


def test_notes_are_filled_to_the_last_character() -> None:
    api = Api(httpx.Response(200, json=order_json(staff_notes="n" * (STAFF_NOTES - 4))))
    api.store.publish.append_staff_note(OrderId("118"), "abc")
    assert len(json.loads(api.seen[1].content)["staff_notes"]) == STAFF_NOTES
