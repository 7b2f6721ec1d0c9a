"""People at the door: cookie, page token, roles."""

import pytest

from app.engine.sessions import Role
from tests.doors import MANAGER, OTHER, Browser, page_token_in


def test_cookie_or_page_token_opens_a_page_for_reading(doors, owner):
    assert owner.get("/probe/").status_code == 200
    without_cookie = Browser(doors.house.flask.test_client(use_cookies=False))
    assert without_cookie.get("/probe/").status_code == 401
    assert without_cookie.get("/probe/", headers={"X-ECM-Page": owner.page}).status_code == 200


def test_every_page_carries_the_page_token_of_its_session(owner):
    assert page_token_in(owner.get("/probe/")) == owner.page


def test_a_change_needs_the_page_token_in_header_or_form(doors, owner):
    assert owner.post("/probe/open-to-all").status_code == 200
    assert owner.post("/probe/open-to-all", token="", headers={"X-ECM-Page": owner.page}).status_code == 200
    assert owner.post("/probe/open-to-all", token="").status_code == 403
    assert owner.post("/probe/open-to-all", token="0" * 32 + "." + "0" * 64).status_code == 403
    assert doors.post("/probe/open-to-all", data={"page_token": owner.page}).status_code == 200
    assert doors.post("/probe/open-to-all").status_code == 401


def test_a_page_token_cannot_be_made_or_changed(doors, owner):
    session_id, _, signature = owner.page.partition(".")
    forged = [f"{session_id}.", f"{session_id}.{'0' * 64}", f"{'0' * 32}.{signature}", signature, session_id,
              owner.page + "0", owner.page.upper(), "é" * 32 + "." + signature,
              owner.page.replace(".", "..")]  # fmt: skip
    for token in forged:
        assert doors.get("/probe/", headers={"X-ECM-Page": token.encode().decode("latin-1")}).status_code == 401, token


def test_cookie_and_page_of_different_people_are_refused(doors, owner):
    other = doors.signed_in(MANAGER)
    assert owner.get("/probe/", headers={"X-ECM-Page": other.page}).status_code == 400
    assert owner.post("/probe/open-to-all", token=other.page).status_code == 403


def test_two_tabs_of_one_person_do_not_disturb_each_other(doors, owner):
    first_page = owner.page
    handed = owner.get("/bigcommerce/load", query_string={"signed_payload_jwt": doors.payload()})
    second = owner.get(handed.headers["Location"])  # the cookie is the second session's now
    assert page_token_in(second) != first_page
    assert owner.get("/probe/", headers={"X-ECM-Page": first_page}).status_code == 200
    assert owner.post("/probe/open-to-all", token=first_page).status_code == 200


@pytest.mark.parametrize(
    ("role", "statuses"),
    [(Role.OWNER, (200, 200, 200)), (Role.MANAGER, (200, 200, 403)), (Role.VIEWER, (200, 403, 403))],
)
def test_roles_open_what_they_cover_and_undeclared_changes_are_for_owners(doors, role, statuses):
    browser = doors.signed_in(OTHER, role=role)
    paths = ("/probe/open-to-all", "/probe/for-managers", "/probe/undeclared")
    assert tuple(browser.post(path).status_code for path in paths) == statuses


def test_a_request_from_another_site_changes_nothing(owner):
    for headers in ({"Origin": "http://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                    {"Origin": "http://app.test.evil"}, {"Origin": "app.test"}):  # fmt: skip
        assert owner.post("/probe/open-to-all", headers=headers).status_code == 403, headers
    for headers in ({"Origin": "http://app.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-origin"}):
        assert owner.post("/probe/open-to-all", headers=headers).status_code == 200, headers


def test_signing_out_ends_the_session_and_takes_the_cookie(owner):
    answer = owner.post("/sign-out")
    assert answer.status_code == 200
    assert "ecm=;" in answer.headers["Set-Cookie"]
    assert owner.get("/probe/", headers={"X-ECM-Page": owner.page}).status_code == 401


def test_the_cookie_is_bound_to_this_host_and_partitioned_where_we_are_reached_by_https(https_doors):
    doors = https_doors
    browser = Browser(doors.house.flask.test_client())
    doors.house.installed.append("bigcommerce:demostore1")
    install = doors.client.get(doors.install_request(), base_url="https://app.test")
    assert install.status_code == 400  # the demo profile is registered for another address; so make the store ourselves
    doors.add_store()
    handed = browser.client.get(
        "/bigcommerce/load", base_url="https://app.test", query_string={"signed_payload_jwt": doors.payload()}
    )
    shown = browser.client.get(handed.headers["Location"], base_url="https://app.test")
    cookie = shown.headers["Set-Cookie"]
    assert cookie.startswith("__Host-ecm=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"):
        assert part in cookie.split("; "), part
    assert "Domain" not in cookie
    assert len(cookie.split(";")[0].removeprefix("__Host-ecm=")) == 43  # 256 bits


def test_the_plain_http_cookie_is_never_third_party(doors):
    handed = doors.call("load", doors.payload())
    cookie = doors.get(handed.headers["Location"]).headers["Set-Cookie"]
    assert cookie.split("; ")[1:] == ["HttpOnly", "Path=/", "SameSite=Lax"]
