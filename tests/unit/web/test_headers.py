"""What every answer carries."""

import re

import pytest

from app.db.session import unit_of_work
from app.db.stores import StoreRow
from app.web.headers import origin_of


def directives(answer) -> dict[str, str]:
    policy = answer.headers["Content-Security-Policy"]
    return {part.split(" ", 1)[0]: part.partition(" ")[2] for part in policy.split("; ")}


def test_a_page_names_who_may_frame_it_and_runs_only_our_scripts(owner):
    answer = owner.get("/probe/")
    found = directives(answer)
    assert found["frame-ancestors"] == "http://desk.test"
    assert found["default-src"] == found["object-src"] == found["base-uri"] == "'none'"
    assert re.fullmatch(r"'self' 'nonce-[A-Za-z0-9_-]{22}'", found["script-src"])
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers


def test_each_answer_has_a_nonce_of_its_own(owner):
    assert directives(owner.get("/probe/"))["script-src"] != directives(owner.get("/probe/"))["script-src"]


def test_the_stores_own_control_panel_may_frame_its_pages(doors, owner):
    set_admin_url(doors, "https://store-abc123.mybigcommerce.com/manage")
    assert (
        directives(owner.get("/probe/"))["frame-ancestors"] == "http://desk.test https://store-abc123.mybigcommerce.com"
    )


@pytest.mark.parametrize(
    "address",
    ["https://x.test; script-src *", "javascript:alert(1)", "https://*", "//evil", "https://a b", "", "https://é.test"],
)
def test_an_odd_control_panel_address_never_reaches_the_policy(doors, owner, address):
    set_admin_url(doors, address)
    assert directives(owner.get("/probe/"))["frame-ancestors"] == "http://desk.test"


def set_admin_url(doors, address: str) -> None:
    with unit_of_work(doors.house.deps.database) as uow:
        uow.session.get_one(StoreRow, doors.house.store_id).admin_url = address


def test_what_is_no_page_may_be_framed_by_nobody(doors):
    for path in ("/healthz", "/metrics", "/nothing", "/operator/v1/state", "/webhooks/bigcommerce"):
        policy = doors.get(path).headers["Content-Security-Policy"]
        assert policy == "default-src 'none'; frame-ancestors 'none'", path


def test_pages_are_kept_by_no_cache(owner):
    answer = owner.get("/probe/")
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Vary"] == "Cookie, X-ECM-Page"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_https_is_demanded_for_a_year_where_we_are_reached_by_it(https_doors, doors):
    assert https_doors.get("/healthz").headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in doors.get("/healthz").headers


@pytest.mark.parametrize(
    ("address", "origin"),
    [("https://a.test/x?y#z", "https://a.test"), ("HTTPS://A.test:8443/", "https://a.test:8443"),
     ("https://u:p@a.test", ""), ("https://a.test'", ""), ("http://[::1]/", ""),
     ("https://a.test\n", "https://a.test"), ("nonsense", "")],
)  # fmt: skip
def test_an_origin_is_scheme_host_and_port_or_nothing(address, origin):
    assert origin_of(address) == origin
