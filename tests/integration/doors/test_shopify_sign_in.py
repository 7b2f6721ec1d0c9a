"""Opening the app in the Shopify admin: installed by the first visit, proven in every request, mended by the next."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.db.audit import AuditEntry
from app.db.session import unit_of_work
from app.db.stores import StoreRow, StoreUser, WebSession
from app.engine.sessions import Role
from app.settings import ShopifySettings
from sandbox import credentials
from sandbox.shopify import oauth
from tests.doors import APP, Doors, page_token_in
from tests.house import House, a_house
from tests.integration.doors.conftest import at_once

SHOP = credentials.SHOPIFY_SHOP
STORE = f"shopify:{SHOP}"


@pytest.fixture
def shop_house(sqlite_url: str) -> Iterator[House]:
    """The app agreed to in the demo shop, not opened yet."""
    with a_house(sqlite_url) as house:
        house.stage.shopify_admin.install()
        yield house


def opened(house: House, path: str = "/", user: str | None = None, **claims):
    """What the admin's frame asks for."""
    url = httpx.URL(house.stage.shopify_admin.open(SHOP, user, path, **claims).url)
    return f"{url.path}?{url.query.decode()}"


def bearer(house: House, user: str | None = None, **claims) -> dict[str, str]:
    return {"Authorization": f"Bearer {house.stage.shopify_admin.id_token(SHOP, user, **claims)}"}


def get(house: House, address: str, **kw):
    return house.flask.test_client().get(address, base_url=APP, **kw)


def staff(house: House) -> str:
    """Somebody of the shop who does not own it."""
    return next(one.email for one in house.stage.shopify_admin.users() if not one.owner)


def test_the_first_visit_installs_the_app_and_shows_the_page(database_url):
    with a_house(database_url) as house:
        house.stage.shopify_admin.install()
        shown = get(house, opened(house))
        assert shown.status_code == 200
        (store,) = house.rows(StoreRow)
        assert (store.id, store.provider, store.state) == (STORE, "shopify", "installed")
        assert "write_orders" in store.scopes.split()
        (person,) = house.rows(StoreUser)
        assert person.role == Role.OWNER
        assert "@" in person.email
        assert 'data-clean-path="/"' in shown.get_data(as_text=True)
        assert "id_token" not in shown.get_data(as_text=True)
        house.drain()
        (store,) = house.rows(StoreRow)
        assert (store.name, store.setup_state) == ("Nordwind Supply", "done")


def test_only_the_shop_and_the_admin_may_frame_its_pages_which_load_the_admins_script_first(shop_house):
    shown = get(shop_house, opened(shop_house))
    policy = shown.headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors https://admin.shopify.com https://{SHOP}")
    assert "script-src 'self' 'nonce-" in policy
    assert "https://cdn.shopify.com;" in policy
    assert shown.headers["Link"] == (
        '<https://cdn.shopify.com>; rel="preconnect", '
        '<https://cdn.shopify.com/shopifycloud/app-bridge.js>; rel="preload"; as="script"'
    )
    text = shown.get_data(as_text=True)
    assert text.index(f'<meta name="shopify-api-key" content="{credentials.SHOPIFY_CLIENT_ID}">') < text.index("<style")
    assert '<script src="https://cdn.shopify.com/shopifycloud/app-bridge.js"></script>' in text


def test_every_later_request_is_proven_by_a_token_of_its_own(shop_house):
    page = page_token_in(get(shop_house, opened(shop_house)))
    one = get(shop_house, "/activity/", headers=bearer(shop_house))
    two = get(shop_house, "/settings/people", headers=bearer(shop_house) | {"X-ECM-Page": page})
    assert (one.status_code, two.status_code) == (200, 200)
    assert len(shop_house.rows(WebSession)) == 1  # the same sign-in at the store is the same session
    other = get(shop_house, "/activity/", headers=bearer(shop_house, staff(shop_house)) | {"X-ECM-Page": page})
    assert other.status_code == 400


WRONG = [
    {"exp": 1_700_000_000, "nbf": 1_699_999_940, "iat": 1_699_999_940}, {"aud": "another-app"},
    {"aud": [credentials.SHOPIFY_CLIENT_ID, "x"]},
    {"iss": "https://evil.myshopify.com/admin"}, {"dest": "https://evil.example"}, {"dest": f"http://{SHOP}"},
    {"nbf": 4_000_000_000}, {"exp": 4_000_000_000}, {"sub": "owner"}, {"jti": None},
]  # fmt: skip


def test_a_token_that_is_not_exactly_right_opens_nothing(shop_house):
    for claims in WRONG:
        refused = get(shop_house, "/", headers=bearer(shop_house, **claims))
        assert refused.status_code == 401, claims
        assert refused.headers["X-Shopify-Retry-Invalid-Session-Request"] == "1"
        assert "Set-Cookie" not in refused.headers
    assert not shop_house.rows(StoreRow)


def test_a_token_signed_by_somebody_else_opens_nothing(shop_house):
    token = shop_house.stage.shopify_admin.id_token()
    head, body, _ = token.split(".")
    for forged in (f"{head}.{body}.", f"{head}.{body}.AAAA", "x", "x" * 9000, f"eyJhbGciOiJub25lIn0.{body}."):
        assert get(shop_house, "/", headers={"Authorization": f"Bearer {forged}"}).status_code == 401
    assert not shop_house.rows(StoreRow)


def test_a_page_without_a_good_token_is_sent_for_one_and_comes_back_once(shop_house):
    address = opened(shop_house, "/activity/", exp=1_700_000_000, nbf=1_699_999_940, iat=1_699_999_940)
    sent = get(shop_house, address)
    assert sent.status_code == 302
    target = urlsplit(sent.headers["Location"])
    query = parse_qs(target.query)
    assert target.path == "/shopify/session-token"
    assert "id_token" not in query
    back = query["shopify-reload"][0]
    assert back.startswith("/shopify/activity/?")
    assert "id_token" not in back
    page = get(shop_house, sent.headers["Location"])
    assert page.status_code == 200
    assert f'data-api-key="{credentials.SHOPIFY_CLIENT_ID}"' in page.get_data(as_text=True)
    assert f"https://{SHOP}" in page.headers["Content-Security-Policy"].partition("frame-ancestors")[2]
    again = get(shop_house, f"{back}&id_token={shop_house.stage.shopify_admin.id_token()}")
    assert again.status_code == 200
    assert "Activity" in again.get_data(as_text=True)
    assert get(shop_house, f"{back}&id_token=bad").status_code == 401  # never round and round


def test_the_page_that_fetches_tokens_goes_back_to_ours_only(shop_house):
    for back in ("https://evil.example/", "//evil.example", "/shopify\\..\\evil", "/elsewhere", "/shopifyx", ""):
        asked = {"shop": SHOP, "shopify-reload": back}
        assert get(shop_house, "/shopify/session-token", query_string=asked).status_code == 400
    asked = {"shop": "evil.example", "shopify-reload": "/shopify"}
    assert get(shop_house, "/shopify/session-token", query_string=asked).status_code == 400


def test_a_reloaded_page_of_the_frame_finds_its_way_in(shop_house):
    get(shop_house, opened(shop_house))
    token = shop_house.stage.shopify_admin.id_token()
    sent = get(shop_house, "/activity/", query_string={"embedded": "1", "shop": SHOP, "id_token": token})
    assert sent.status_code == 302
    assert sent.headers["Location"].startswith("/shopify/activity/?")
    shown = get(shop_house, sent.headers["Location"])
    assert shown.status_code == 200
    assert 'data-clean-path="/activity/"' in shown.get_data(as_text=True)


def test_a_browser_outside_of_the_admin_is_sent_into_it(shop_house):
    store = shop_house.stage.shopify.store(SHOP)
    host = shop_house.stage.shopify.host_parameter(store)
    sent = get(shop_house, "/shopify/activity/", query_string={"shop": SHOP, "host": host})
    assert sent.headers["Location"] == (
        f"https://admin.shopify.com/store/nordwind-supply/apps/{credentials.SHOPIFY_CLIENT_ID}/activity/"
    )
    for asked in (
        {},
        {"shop": "evil.example"},
        {"shop": "evil.example", "embedded": "1"},
        {"host": "ZXZpbC5leGFtcGxl"},
    ):
        refused = get(shop_house, "/shopify", query_string=asked)
        assert refused.status_code == 401
        assert refused.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def test_a_token_of_one_shop_does_not_open_another(shop_house):
    token = shop_house.stage.shopify_admin.id_token()
    asked = {"embedded": "1", "shop": credentials.SHOPIFY_SHOPS[1][0], "id_token": token, "ecm-again": "1"}
    assert get(shop_house, "/shopify", query_string=asked).status_code == 401
    assert not shop_house.rows(StoreRow)


def test_somebody_of_the_staff_is_a_viewer_until_an_owner_says_more(shop_house):
    get(shop_house, opened(shop_house))
    assert get(shop_house, opened(shop_house, "/", staff(shop_house))).status_code == 200
    roles = {row.email: row.role for row in shop_house.rows(StoreUser)}
    assert roles[staff(shop_house)] == Role.VIEWER
    assert sorted(roles.values()) == [Role.OWNER, Role.VIEWER]
    client = shop_house.flask.test_client()
    tried = client.post("/settings/set-up/store", base_url=APP, headers=bearer(shop_house, staff(shop_house)))
    assert tried.status_code == 403


def test_what_was_typed_is_taken_although_the_session_ended_meanwhile(shop_house):
    page = page_token_in(get(shop_house, opened(shop_house)))
    shop_house.advance(hours=13)
    client = shop_house.flask.test_client()
    form = {"page_token": page}
    assert client.post("/settings/set-up/store", base_url=APP, data=form).status_code == 401
    taken = client.post(
        "/settings/set-up/store", base_url=APP, data=form, headers=bearer(shop_house) | {"X-ECM-Page": page}
    )
    assert taken.status_code == 303
    (session,) = shop_house.rows(WebSession)
    assert get(shop_house, "/", headers=bearer(shop_house)).status_code == 200
    assert [row.id for row in shop_house.rows(WebSession)] == [session.id]


def test_where_sign_ins_have_no_name_what_a_browser_keeps_holds_for_a_day(shop_house):
    nameless = {"sid": None}
    assert get(shop_house, "/activity/", headers=bearer(shop_house, **nameless)).status_code == 200
    assert get(shop_house, "/activity/", headers=bearer(shop_house, **nameless)).status_code == 200
    assert len({row.secret_sha256 for row in shop_house.rows(WebSession)}) == 1
    shop_house.advance(days=1)
    assert get(shop_house, "/activity/", headers=bearer(shop_house, **nameless)).status_code == 200
    assert len({row.secret_sha256 for row in shop_house.rows(WebSession)}) == 2


def test_many_requests_of_a_new_page_at_once_begin_one_session(shop_house):
    get(shop_house, opened(shop_house))
    with unit_of_work(shop_house.deps.database) as uow:
        uow.session.delete(uow.session.get(WebSession, shop_house.rows(WebSession)[0].id))
    answers = at_once(lambda: get(shop_house, "/activity/", headers=bearer(shop_house)).status_code, 6)
    assert answers == [200] * 6
    assert len(shop_house.rows(WebSession)) == 1


def test_the_next_visit_mends_an_access_that_ended_and_the_work_that_waited_goes_on(shop_house):
    get(shop_house, opened(shop_house))
    shop_house.drain()
    admin = shop_house.stage.shopify_admin
    admin.expire_tokens()
    admin.kill_refresh_tokens()
    shop_house.advance(hours=2)
    shop_house.request(STORE, "store", SHOP, "set_up_store")
    shop_house.drain()
    (store,) = shop_house.rows(StoreRow)
    assert store.state == "needs_reauth"
    assert "access to this shop" in store.pause_reason
    assert get(shop_house, opened(shop_house)).status_code == 200
    shop_house.drain()
    (store,) = shop_house.rows(StoreRow)
    assert (store.state, store.pause_reason) == ("installed", "")
    assert not [one for one in shop_house.events() if one.state not in ("done", "ignored")]
    assert "reauthorised" in {entry.action for entry in shop_house.rows(AuditEntry)}


def test_a_shop_that_removed_the_app_is_forgotten_and_may_come_back(shop_house):
    get(shop_house, opened(shop_house))
    shop_house.drain()
    admin = shop_house.stage.shopify_admin
    token = admin.id_token()
    admin.uninstall()
    shop_house.drain()
    (store,) = shop_house.rows(StoreRow)
    assert (store.state, store.token) == ("uninstalled", None)
    assert not shop_house.rows(WebSession)
    refused = get(shop_house, "/", headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 401  # Shopify gives no access any more, whatever the token says
    admin.install()
    assert get(shop_house, opened(shop_house)).status_code == 200
    shop_house.drain()
    (store,) = shop_house.rows(StoreRow)
    assert (store.state, store.uninstalled_at) == ("installed", None)


def test_scopes_given_later_are_used_at_once(shop_house):
    get(shop_house, opened(shop_house))
    shop_house.drain()
    admin = shop_house.stage.shopify_admin
    admin.grant(["write_discounts"])
    shop_house.drain()
    (store,) = shop_house.rows(StoreRow)
    assert "write_discounts" in store.scopes.split()
    admin.take_back(["write_discounts"])
    shop_house.drain()
    assert "write_discounts" not in shop_house.rows(StoreRow)[0].scopes.split()
    event = next(one for one in shop_house.events() if one.topic == "app.scopes_changed")
    assert event.state == "done"


# The authorization-code grant


@pytest.fixture
def code_house(sqlite_url: str) -> Iterator[House]:
    own = ShopifySettings(
        client_id=credentials.SHOPIFY_CLIENT_ID, client_secret=credentials.SHOPIFY_CLIENT_SECRET, install="code"
    )
    with a_house(sqlite_url, shopify=own) as house:
        yield house


def first_visit(house: House) -> str:
    """The admin opens the app without a frame: signed, no token."""
    admin = house.stage.shopify_admin
    api = admin._api
    query = oauth.signed(api, api.state.apps[credentials.SHOPIFY_CLIENT_ID], {
        "shop": SHOP, "host": api.host_parameter(api.store(SHOP))
    })  # fmt: skip
    return str(httpx.URL("/shopify", params=query))


def agreed(house: House, url: str) -> str:
    """The merchant agrees at Shopify; where the browser is sent then."""
    answer = httpx.Client(transport=house.stage.transport).get(url)
    assert answer.status_code == 302, answer.text
    target = httpx.URL(answer.headers["Location"])
    return f"{target.path}?{target.query.decode()}"


def test_without_managed_installation_the_merchant_agrees_and_comes_back_with_a_code(code_house):
    browser = code_house.flask.test_client()
    sent = browser.get(first_visit(code_house), base_url=APP)
    assert sent.status_code == 302
    cookie = sent.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/shopify/auth/callback" in cookie
    url = httpx.URL(sent.headers["Location"])
    assert url.host == SHOP
    assert url.path == "/admin/oauth/authorize"
    back = agreed(code_house, str(url))
    stranger = code_house.flask.test_client().get(back, base_url=APP)
    assert stranger.status_code == 401
    assert not code_house.rows(StoreRow)
    assert browser.get(back.replace("state=", "state=0"), base_url=APP).status_code == 401
    assert browser.get(back.replace("code=", "code=0"), base_url=APP).status_code == 401
    done = browser.get(back, base_url=APP)
    assert done.status_code == 302
    assert done.headers["Location"].startswith("https://admin.shopify.com/store/nordwind-supply/apps/")
    (store,) = code_house.rows(StoreRow)
    assert (store.id, store.state) == (STORE, "installed")
    assert browser.get(back, base_url=APP).status_code == 401  # a code is good for one installation


def test_a_first_visit_nobody_signed_goes_nowhere(code_house):
    address = first_visit(code_house)
    for changed in (address.replace("hmac=", "hmac=0"), address.replace(SHOP, credentials.SHOPIFY_SHOPS[1][0])):
        refused = get(code_house, changed)
        assert refused.status_code == 401
        assert "Set-Cookie" not in refused.headers
    code_house.advance(minutes=2)
    assert get(code_house, address).status_code == 401


def test_without_credentials_shopifys_doors_are_closed(sqlite_url):
    with a_house(sqlite_url, shopify=ShopifySettings()) as house:
        house.stage.shopify_admin.install()
        assert get(house, opened(house)).status_code in (401, 404)
        assert get(house, "/", headers=bearer(house)).status_code == 401
        assert Doors(house).post("/shopify/webhooks", data=b"{}", headers={
            "Content-Type": "application/json", "X-Shopify-Hmac-Sha256": "x" * 44
        }).status_code == 404  # fmt: skip
