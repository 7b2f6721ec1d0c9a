"""Parsing and transport, as far as the application itself decides; the rest is the server's and the proxy's."""

import io
import time

import pytest

from tests.doors import DECISIONS, TOKEN, WEBHOOKS, Doors
from tests.house import a_house

ODD_JSON = {
    "brackets": b"[" * 100_000, "number": b'{"case":' + b"9" * 200_000 + b"}", "nan": b'{"case": NaN}',
    "twice": b'{"a":1,"a":2}',
    "bom": b'\xef\xbb\xbf{"case":"x"}', "utf-16": '{"case":"x"}'.encode("utf-16"), "nothing": b"", "half": b'{"case":',
    "surrogate": b'{"case":"\\ud800","process":"x","decision":"y"}',
    "nul": b'{"case":"\\u0000","process":"x","decision":"y"}',
}  # fmt: skip


def programs(doors: Doors) -> dict[str, dict[str, str]]:
    """Every address that takes JSON, with what opens it."""
    operator = {"Authorization": f"Bearer {doors.house.settings.operator_token.get_secret_value()}"}
    return {DECISIONS: doors.bearer(), TOKEN: {}, "/operator/v1/replay": operator}


def test_case_108_odd_json_is_a_clear_refusal_and_never_an_error(doors):
    for path, headers in programs(doors).items():
        with doors.nothing_leaks() as tried:
            for name, body in ODD_JSON.items():
                began = time.process_time()
                tried.add(
                    doors.post(path, data=body, content_type="application/json", headers=headers), 400, 422, 404, 411
                )
                assert time.process_time() - began < 0.1, (path, name)


READ_NO_JSON = "/shopify/api/"  # answers in JSON, reads forms; test_shopify_extensions.py sends it odd bodies


def test_case_108_every_json_address_of_the_url_map_is_tried(doors):
    """A new POST door that reads JSON belongs into `programs` above."""
    surfaces = doors.house.flask.extensions["surfaces"]
    json_doors = {
        str(rule)
        for rule in doors.house.flask.url_map.iter_rules()
        if "POST" in rule.methods
        and not str(rule).startswith(READ_NO_JSON)
        and surfaces[rule.endpoint.rpartition(".")[0]][0].answers == "json"
    }
    in_files_of_their_own = {
        "/callbacks/content-server/<tenant>", "/callbacks/exstream/v1/jobs/<token>",
        "/callbacks/notifications/v1/<token>",
    }  # fmt: skip
    assert json_doors == {*programs(doors)} | in_files_of_their_own


def test_case_109_long_ids_are_refused_at_once(doors):
    owner = doors.signed_in()
    long = "9" * 7_000
    began = time.process_time()
    for path in (f"/panel/orders/{long}", f"/activity/runs/{long}", f"/documents/{long}", f"/open/{long}"):
        assert owner.get(path).status_code in (401, 404), path
    assert owner.get(f"/panel/orders/{long * 20}").status_code == 414
    assert time.process_time() - began < 0.5


def test_case_110_xml_is_not_read(doors):
    xml = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    with doors.nothing_leaks() as tried:
        for path in (WEBHOOKS, DECISIONS, TOKEN, "/callbacks/content-server/bigcommerce-demostore1"):
            for kind in ("application/xml", "text/xml"):
                tried.add(doors.post(path, data=xml, content_type=kind), 415)


@pytest.mark.parametrize(
    ("environ", "status"),
    [({"HTTP_TRANSFER_ENCODING": "chunked"}, 400), ({"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}, 411),
     ({"HTTP_HOST": "app.test,evil.test"}, 400), ({"HTTP_HOST": ""}, 400), ({"CONTENT_LENGTH": "5, 6"}, 400)],
)  # fmt: skip
def test_case_112_ambiguous_framing_that_reaches_us_is_refused(doors, environ, status):
    body = doors.delivery()
    with doors.nothing_leaks() as tried:
        tried.add(doors.post(WEBHOOKS, data=body, headers=doors.signed(body), environ_overrides=environ), status)


def test_case_114_a_forged_forwarded_address_does_not_dodge_a_limit(doors):
    guesses = [
        doors.get("/", headers={"Cookie": f"ecm=guess-{n:040}", "X-Forwarded-For": f"203.0.113.{n}"}).status_code
        for n in range(40)
    ]
    assert guesses[-1] == 429


def test_case_114_behind_a_proxy_the_address_it_saw_counts(sqlite_url):
    with a_house(sqlite_url, proxy_hops=1) as house:
        doors = Doors(house)
        forged = [
            doors.get("/", headers={"Cookie": f"ecm=guess-{n:040}", "X-Forwarded-For": f"203.0.113.{n}, 198.51.100.7"})
            for n in range(40)
        ]
        other = doors.get("/", headers={"Cookie": "ecm=guess", "X-Forwarded-For": "203.0.113.1, 198.51.100.8"})
        assert [forged[0].status_code, forged[-1].status_code, other.status_code] == [401, 429, 401]


def test_case_115_oversized_parts_have_their_statuses(doors):
    with doors.nothing_leaks() as tried:
        tried.add(doors.get("/healthz", headers={"X-A": "a" * 70_000}), 431)
        tried.add(doors.get("/healthz", headers={"Cookie": "; ".join(f"a{n}=b" for n in range(500))}), 431)
        tried.add(doors.get("/" + "a" * 8_200), 414)


def test_case_116_methods_nobody_needs_are_off_and_the_app_lives_on(doors):
    with doors.nothing_leaks() as tried:
        for method in ("TRACE", "CONNECT", "OPTIONS", "PROPFIND", "PUT", "DELETE", "PATCH"):
            tried.add(doors.client.open("/healthz", method=method, base_url="http://app.test"), 405)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Protocol": "\xff"}
    assert doors.get("/healthz", headers=upgrade).status_code == 400
    assert doors.get("/healthz").data == b"ok\n"


def test_case_102_a_form_larger_than_allowed_is_refused_before_it_is_read(doors):
    owner = doors.signed_in()
    big = {"page_token": owner.page, "name": "x" * 2_000_000}
    assert owner.client.post("/sign-out", base_url="http://app.test", data=big).status_code == 413
    many = {f"f{n}": "x" for n in range(2_000)} | {"page_token": owner.page}
    parts = {name: (io.BytesIO(b"x"), "x.txt") for name in many}
    answer = owner.client.post("/sign-out", base_url="http://app.test", data=parts, headers={"X-ECM-Page": owner.page})
    assert answer.status_code in (200, 413)
    assert doors.get("/healthz").status_code == 200
