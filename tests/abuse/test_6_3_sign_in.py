"""Installation, opening the app, sessions."""

import json
import time
from datetime import timedelta

import pytest
import time_machine

from app.db.inbox import InboxEvent
from app.db.runs import Run
from app.db.session import unit_of_work
from app.db.stores import StoreRow, StoreUser, WebSession
from app.db.types import utc_now
from app.engine.sessions import Role
from tests.abuse.conftest import LogLines
from tests.doors import MANAGER, OTHER, OWNER, Browser, Doors, page_token_in
from tests.house import House


@pytest.fixture
def empty(house: House) -> Doors:
    """Nothing is installed yet."""
    return Doors(house)


def test_case_037_a_code_of_one_store_cannot_install_another(two_stores):
    own = two_stores.install_request("rivalstore")
    stolen = own.replace("rivalstore", "demostore1")
    before = two_stores.house.rows(StoreRow)
    answer = two_stores.get(stolen)
    assert answer.status_code == 400
    assert two_stores.house.rows(StoreRow) == before


def test_case_038_an_invented_or_replayed_code_installs_nothing(empty):
    request = empty.install_request()
    invented = empty.get("/bigcommerce/auth?code=invented&context=stores/demostore1&scope=x")
    assert (invented.status_code, empty.house.rows(StoreRow)) == (400, [])
    assert empty.get(request).status_code == 200
    token = empty.house.rows(StoreRow)[0].token
    assert empty.get(request).status_code == 400
    assert empty.house.rows(StoreRow)[0].token == token
    exchanges = [e for e in empty.house.stage.world.ledger.since() if e.path == "/oauth2/token"]
    assert [entry.status for entry in exchanges] == [400, 200, 400]


def test_case_038_a_request_without_code_or_with_two_of_them_calls_nobody(empty):
    with empty.nothing_leaks() as tried:
        for query in ("", "?code=x", "?context=stores/demostore1", "?code=a&code=b&context=stores/demostore1",
                      "?code=x&context=stores/../x", "?code=&context=stores/demostore1"):  # fmt: skip
            tried.add(empty.get(f"/bigcommerce/auth{query}"), 400)


def test_case_039_an_installation_signs_nobody_in(empty):
    answer = empty.get(empty.install_request())
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert empty.house.rows(WebSession) == []
    assert "Open ECM from the Apps menu" in answer.get_data(as_text=True)


def test_an_installation_from_elsewhere_goes_back_there_whether_it_works_or_not(empty):
    good = empty.get(empty.install_request(external=True))
    bad = empty.get("/bigcommerce/auth?code=x&context=stores/demostore1&external_install=1")
    base = "http://bigcommerce.test/app/ecm-demo-client/install"
    assert [(a.status_code, a.headers["Location"]) for a in (good, bad)] == [
        (302, f"{base}/succeeded"),
        (302, f"{base}/failed"),
    ]


def test_authorising_again_replaces_the_token_and_keeps_the_installation(doors):
    before = doors.house.store_row()
    assert doors.get(doors.install_request()).status_code == 200
    after = doors.house.store_row()
    assert (after.installed_at, after.token == before.token) == (before.installed_at, False)
    doors.house.drain()
    assert doors.house.store_row().setup_state == "done"


def test_case_040_a_request_that_is_not_genuine_opens_nothing(doors):
    now = int(time.time())
    whole = doors.payload()
    head, body, signature = whole.split(".")
    tokens = [
        "", "x", f"{head}.{body}", f"{head}.{body}.", f"eyJhbGciOiJub25lIn0.{body}.",
        f"{head}.{body}.{signature[:-2]}xx",
        doors.payload(secret="another-secret-0123456789abcdefgh"), doors.payload(aud="another-app"),
        doors.payload(aud=["another-app", "ecm-demo-client"]), doors.payload(iss="evil"), doors.payload(exp=now - 30),
        doors.payload(nbf=now + 60), doors.payload(sub="stores/../x"), doors.payload(sub="stores/nobody"),
        doors.payload(sub="demostore1"), doors.payload(user=None), doors.payload(user={}), doors.payload(jti=None),
        doors.payload(exp=None), doors.payload(owner=None), "e" * 8_000, doors.payload(user={"id": "x", "email": 5}),
    ]  # fmt: skip
    with doors.nothing_leaks() as tried:
        for token in tokens:
            assert b"pen the app again" in tried.add(doors.call("load", token), 401).data
        tried.add(doors.call("load", "e" * 10_000), 414)
        tried.add(doors.get("/bigcommerce/load"), 401)
        tried.add(doors.get(f"/bigcommerce/load?signed_payload_jwt={whole}&signed_payload_jwt={whole}"), 400)


def test_case_041_a_signed_request_opens_the_app_once(doors):
    token = doors.payload()
    assert doors.call("load", token).status_code == 303
    with doors.nothing_leaks() as tried:
        tried.add(doors.call("load", token), 401)
        tried.add(doors.call("uninstall", token), 401)


def test_case_041_the_hand_over_is_good_once_and_for_a_minute(doors):
    first = doors.call("load", doors.payload()).headers["Location"]
    assert doors.get(first).status_code == 200
    with doors.nothing_leaks() as tried:
        tried.add(doors.get(first), 401)
        tried.add(doors.get("/open/" + "x" * 43), 401)
        tried.add(doors.get("/open/" + "x" * 5_000), 401)
    late = doors.call("load", doors.payload()).headers["Location"]
    with time_machine.travel(utc_now() + timedelta(seconds=61)):
        assert doors.get(late).status_code == 401


def test_case_042_an_uninstalled_store_is_not_opened(doors):
    before = doors.payload()
    assert doors.call("uninstall", doors.payload()).status_code == 200
    with doors.nothing_leaks() as tried:
        tried.add(doors.call("load", before), 401)
        tried.add(doors.call("load", doors.payload()), 401)


def test_case_043_the_signed_payload_stays_out_of_addresses_and_logs(doors, log_lines: LogLines):
    answer = doors.call("load", doors.payload())
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/open/")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    doors.call("load", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln")
    doors.get(answer.headers["Location"])
    text = json.dumps(log_lines())
    assert "signed_payload_jwt" not in text
    assert "eyJ" not in text
    assert answer.headers["Location"] not in text
    assert "/bigcommerce/load" in text


def test_case_044_a_removed_users_cookie_is_dead_at_once(doors):
    browser = doors.signed_in(OTHER)
    assert browser.get("/").status_code == 200
    assert doors.call("remove_user", doors.payload(OTHER)).status_code == 200
    assert browser.get("/").status_code == 401
    assert browser.get("/", headers={"X-ECM-Page": browser.page}).status_code == 401


def test_case_044_a_request_signed_before_the_removal_does_not_bring_the_user_back(doors):
    doors.signed_in(OTHER)
    early = doors.payload(OTHER, iat=int(time.time()) - 5, nbf=int(time.time()) - 10)
    assert doors.call("remove_user", doors.payload(OTHER)).status_code == 200
    with doors.nothing_leaks() as tried:
        tried.add(doors.call("load", early), 401)
    with time_machine.travel(utc_now() + timedelta(seconds=5)):
        assert doors.call("load", doors.payload(OTHER)).status_code == 303  # given access again


def test_case_045_only_an_owner_uninstalls_and_only_its_own_store(two_stores):
    doors = two_stores
    doors.signed_in(MANAGER)
    with doors.nothing_leaks() as tried:
        tried.add(doors.get("/bigcommerce/uninstall"), 401)
        tried.add(doors.call("uninstall", doors.payload(MANAGER)), 401)
        tried.add(doors.call("uninstall", doors.payload(sub="stores/nobody")), 401)
        tried.add(doors.call("remove_user", doors.payload(OWNER)), 401)
        tried.add(doors.call("remove_user", doors.payload(sub="stores/nobody", user={"id": 9, "email": "a@b.c"})), 401)
    assert doors.call("uninstall", doors.payload(sub="stores/rivalstore")).status_code == 200
    states = {row.id: row.state for row in doors.house.rows(StoreRow)}
    assert states == {"bigcommerce:demostore1": "installed", "bigcommerce:rivalstore": "uninstalled"}


def test_case_045_an_uninstall_signed_before_the_reinstallation_has_no_effect(doors):
    captured = doors.payload(iat=int(time.time()) - 60)
    assert doors.call("uninstall", doors.payload()).status_code == 200
    with time_machine.travel(utc_now() + timedelta(seconds=5)):
        doors.house.stage.control_panel.uninstall()
        assert doors.get(doors.install_request()).status_code == 200
        assert doors.call("uninstall", captured).status_code == 200
    assert doors.house.store_row().state == "installed"


def test_an_uninstallation_forgets_the_token_ends_sessions_and_cancels_what_is_open(doors):
    browser, case = doors.signed_in(), doors.case()
    answer = doors.call("uninstall", doors.payload())
    assert (answer.status_code, answer.data) == (200, b"")
    row = doors.house.store_row()
    assert (row.state, row.token) == ("uninstalled", None)
    assert browser.get("/").status_code == 401
    assert doors.house.rows(Run, id=case)[0].state == "cancelled"
    events = doors.house.rows(InboxEvent, topic="app.uninstalled")
    doors.house.drain()
    assert len(events) == 1


def test_case_046_a_deep_link_leads_to_our_own_pages_only(doors):
    for url in ("//evil", "/\\evil", "https:evil", "/%2f%2fevil", "javascript:alert(1)", "/orders/1/../../x",
                "/orders/x", "/settings/opentext", "/orders/1?next=//evil", "\\\\evil", "/orders/-1"):  # fmt: skip
        handed = doors.call("load", doors.payload(url=url))
        assert handed.headers["Location"].startswith("/open/")
        shown = doors.get(handed.headers["Location"])
        assert (shown.status_code, "evil" in shown.get_data(as_text=True)) == (200, False), url
    handed = doors.call("load", doors.payload(url="/orders/118"))
    assert "118" in doors.get(handed.headers["Location"]).get_data(as_text=True)


def test_case_052_only_our_own_host_is_answered(doors):
    for headers in (
        {"Host": "evil.test"},
        {"Host": "app.test.evil.test"},
        {"Host": "app.test@evil"},
        {"Host": "app.test,evil"},
    ):
        answer = doors.client.get("/healthz", headers=headers)
        assert (answer.status_code, "evil" in answer.get_data(as_text=True)) == (400, False), headers
    forwarded = {"X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.test"}
    answer = doors.client.get("/bigcommerce/load", base_url="http://app.test", headers=forwarded,
                              query_string={"signed_payload_jwt": doors.payload()})  # fmt: skip
    assert "evil" not in answer.headers["Location"]


def test_case_052_the_redirect_uri_comes_from_the_settings(empty):
    request = empty.install_request()
    answer = empty.client.get(request, base_url="http://app.test", headers={"X-Forwarded-Host": "evil.test"})
    assert answer.status_code == 200  # the store compares it letter by letter with the registered address


def test_case_054_a_planted_cookie_never_becomes_a_session(doors):
    browser = Browser(doors.house.flask.test_client())
    browser.client.set_cookie("ecm", "planted-by-somebody-else", domain="app.test")
    handed = browser.get("/bigcommerce/load", query_string={"signed_payload_jwt": doors.payload()})
    browser.get(handed.headers["Location"])
    assert browser.client.get_cookie("ecm", domain="app.test").value != "planted-by-somebody-else"
    thief = Browser(doors.house.flask.test_client())
    thief.client.set_cookie("ecm", "planted-by-somebody-else", domain="app.test")
    assert thief.get("/").status_code == 401


def test_case_055_every_opening_has_a_session_of_its_own(doors):
    first, second = doors.signed_in(), doors.signed_in()
    assert first.page != second.page
    secrets = {browser.client.get_cookie("ecm", domain="app.test").value for browser in (first, second)}
    assert len(secrets) == 2
    stored = json.dumps([row.secret_sha256 for row in doors.house.rows(WebSession)])
    assert not any(secret in stored for secret in secrets)


def test_case_056_sessions_end_after_idle_and_absolute_time(doors):
    browser, now = doors.signed_in(), utc_now()
    with time_machine.travel(now + timedelta(minutes=29)):
        assert browser.get("/").status_code == 200
    with time_machine.travel(now + timedelta(minutes=58)):
        assert browser.get("/").status_code == 200  # the idle time starts again with each use
    with time_machine.travel(now + timedelta(minutes=58 + 31)):
        assert browser.get("/").status_code == 401
    busy = doors.signed_in()
    for minutes in range(0, 12 * 60, 25):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            assert busy.get("/").status_code == 200
    with time_machine.travel(now + timedelta(hours=12, minutes=1)):
        assert busy.get("/").status_code == 401


def test_case_057_guessing_sessions_is_slowed_but_never_shuts_out_who_is_signed_in(doors):
    signed_in = doors.signed_in()
    answers = [doors.get("/", headers={"Cookie": f"ecm=guess-{n:040}"}).status_code for n in range(50)]
    assert set(answers[:30]) == {401}
    assert set(answers[30:]) == {429}
    assert signed_in.get("/").status_code == 200


def test_case_058_fewer_scopes_than_needed_are_refused_with_the_way_out(empty):
    answer = empty.get(empty.install_request(scopes=["store_v2_default"]))
    assert answer.status_code == 400
    assert "accept every permission" in answer.get_data(as_text=True)
    assert empty.house.rows(StoreRow) == []


def test_a_change_of_role_ends_the_sessions_of_that_person(doors):
    owner, other = doors.signed_in(), doors.signed_in(OTHER)
    person = doors.house.rows(StoreUser, external_id=str(OTHER))[0]
    assert owner.post(f"/settings/people/{person.id}", {"role": "manager"}).status_code in (200, 303)
    assert other.get("/").status_code == 401
    assert doors.house.rows(StoreUser, id=person.id)[0].role == Role.MANAGER


def test_a_browser_without_our_cookie_can_read_and_act_with_its_page(doors):
    handed = doors.call("load", doors.payload(url="/orders/118"))
    page = page_token_in(doors.get(handed.headers["Location"]))
    assert doors.get("/panel/orders/118/cards", headers={"X-ECM-Page": page}).status_code == 200
    assert doors.post("/panel/orders/118/recheck", data={"page_token": page}).status_code in (200, 204, 303)


def test_a_store_that_waits_for_authorisation_can_still_be_opened(doors):
    with unit_of_work(doors.house.deps.database) as uow:
        uow.session.get_one(StoreRow, doors.house.store_id).state = "needs_reauth"
    assert doors.call("load", doors.payload()).status_code == 303
