"""The browser's side, as far as answers show it; what only a browser shows is tried in one."""

import re

from app.db.inbox import InboxEvent
from tests.doors import MANAGER, OTHER, Doors

PAGES = ("/", "/panel/orders/118", "/panel/products/77", "/panel/customers/5", "/settings/opentext", "/activity/")


def ancestors(answer) -> str:
    found = re.search(r"frame-ancestors ([^;]*)", answer.headers["Content-Security-Policy"])
    assert found
    return found[1]


def events(doors: Doors) -> int:
    return len(doors.house.rows(InboxEvent))


def test_case_059_only_the_stores_own_control_panel_frames_a_page(two_stores):
    doors = two_stores
    owner, rival = doors.signed_in(), doors.signed_in(sub="stores/rivalstore")
    for page in PAGES:
        assert ancestors(owner.get(page)) == "http://desk.test", page
    assert "*" not in ancestors(rival.get("/"))
    assert ancestors(doors.get("/healthz")) == "'none'"
    assert ancestors(doors.get("/documents/x")) == "'none'"


def test_case_060_a_store_name_never_reaches_a_header(doors):
    evil = "stores/x;%20script-src%20*"
    answer = doors.call("load", doors.payload(sub="stores/x; script-src *"))
    assert (answer.status_code, "script-src *" in str(answer.headers)) == (401, False)
    answer = doors.get(f"/bigcommerce/auth?code=x&context={evil}&scope=y")
    assert (answer.status_code, "script-src *" in str(answer.headers)) == (400, False)


def test_case_061_a_cross_site_post_changes_nothing(doors):
    owner = doors.signed_in()
    before = events(doors)
    path = "/panel/orders/118/review"
    answers = [
        owner.post(path, token=""),
        owner.client.post(path, base_url="http://app.test", data=b'{"page_token":"x"}', content_type="text/plain"),
        owner.client.post(path, base_url="http://app.test", headers={"HX-Request": "true"}),
        owner.post(path, headers={"Origin": "http://evil.test"}),
        owner.post(path, headers={"Sec-Fetch-Site": "cross-site"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert events(doors) == before


def test_case_062_the_page_token_of_somebody_else_changes_nothing(two_stores):
    doors = two_stores
    owner, colleague, rival = doors.signed_in(), doors.signed_in(MANAGER), doors.signed_in(sub="stores/rivalstore")
    before = events(doors)
    for other in (colleague, rival):
        assert owner.post("/panel/orders/118/review", token=other.page).status_code == 403
    assert events(doors) == before


def test_case_063_no_other_origin_is_ever_allowed(doors):
    owner = doors.signed_in()
    for origin in ("http://evil.test", "null", "http://app.test.evil.test", "http://desk.test"):
        for path in ("/", "/healthz", "/webhooks/bigcommerce", "/oauth2/token"):
            for method in ("GET", "OPTIONS", "POST"):
                answer = owner.client.open(
                    path, method=method, base_url="http://app.test",
                    headers={"Origin": origin, "Access-Control-Request-Method": "POST"},
                )  # fmt: skip
                assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]
                assert method != "OPTIONS" or answer.status_code == 405


def test_case_072_pages_are_in_no_cache(doors):
    owner = doors.signed_in()
    for page in PAGES:
        answer = owner.get(page)
        assert "no-store" in answer.headers["Cache-Control"], page
        assert "Cookie" in answer.headers["Vary"], page
    owner.post("/sign-out")
    assert owner.get("/").status_code == 401


def test_case_076_identity_comes_from_the_credential_alone(two_stores):
    doors = two_stores
    owner, rival = doors.signed_in(), doors.signed_in(sub="stores/rivalstore")
    own = rival.get("/").get_data(as_text=True)
    hinted = rival.get("/?store=bigcommerce:demostore1", headers={"X-Store-Id": "bigcommerce:demostore1"})
    strip = re.compile(r"nonce-?[=\"'A-Za-z0-9_-]+|[0-9a-f]{32}")
    assert strip.sub("", hinted.get_data(as_text=True)) == strip.sub("", own)
    both = rival.get("/", headers={"X-ECM-Page": owner.page})
    assert both.status_code == 400


def test_case_082_extra_fields_of_a_form_are_ignored(doors):
    manager = doors.signed_in(MANAGER, role="manager")
    before = doors.house.connection_row()
    answer = manager.post("/sign-out", {"role": "owner", "store_id": "bigcommerce:x", "is_admin": "1", "token": "x"})
    assert answer.status_code == 200
    assert doors.house.connection_row() == before
    assert doors.signed_in(MANAGER).get("/").status_code == 200


def test_case_083_a_method_named_in_a_header_or_field_is_not_used(doors):
    viewer = doors.signed_in(OTHER)
    before = events(doors)
    for headers in ({"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "POST"}, {"X-HTTP-Method": "POST"}):
        assert viewer.get("/panel/orders/118/review", headers=headers).status_code == 405
    assert viewer.get("/panel/orders/118?_method=POST").status_code == 200
    assert events(doors) == before
