"""A help desk's side bar: a link of an owner's, a short entry behind it, one host that may frame it, nothing else."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlmodel import select
from werkzeug.test import TestResponse

from app.db.audit import AuditEntry
from app.db.help_desk import HelpDeskLink
from app.db.rights import StoreRights
from app.db.session import unit_of_work
from app.db.types import utc_now
from app.engine import help_desk
from app.engine.help_desk import BadHost
from tests.unit.web_pages.shop import STORE, Shop
from tests.unit.web_pages.test_find import scene
from tests.unit.web_pages.test_order_panel import words_on

HOST = "https://acme.zendesk.com"
FRAMED = {"Sec-Fetch-Dest": "iframe"}


def made(shop: Shop, host: str = HOST) -> str:
    """A link as an owner makes it on the settings page: its path."""
    owner = shop.sign_in("owner")
    assert owner.post("/settings/help-desk", host=host, days="90").status_code == 303
    found = re.search(r"http://app\.test(/desk/[^<\s]+)</textarea>", owner.text("/settings/help-desk"))
    assert found
    return unescape(found[1])


def get(shop: Shop, path: str, **headers: str) -> TestResponse:
    return shop.flask.test_client(use_cookies=False).get(path, base_url="http://app.test", headers=FRAMED | headers)


def entered(shop: Shop, link: str, query: str = "") -> str:
    """Where an opened link leads to."""
    answer = get(shop, f"{link}?q={query}" if query else link)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def change(shop: Shop, **values: object) -> None:
    with unit_of_work(shop.deps.database) as uow:
        for row in uow.session.exec(select(HelpDeskLink)):
            for name, value in values.items():
                setattr(row, name, value)


def test_the_side_bar_shows_the_customer_at_once_and_only_that_host_may_frame_it(shop: Shop) -> None:
    scene(shop)
    answer = get(shop, entered(shop, made(shop), "%231001"))
    words = words_on(answer.get_data(as_text=True))
    assert "Order 1001 Under review" in words
    assert "Order 1001 record.pdf" in words
    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors {HOST}")
    body = answer.get_data(as_text=True)
    assert "page_token" not in body
    assert "<script" not in body
    assert "Set-Cookie" not in answer.headers


def test_nothing_is_shown_without_a_valid_entry(shop: Shop) -> None:
    scene(shop)
    link = made(shop)
    entry = entered(shop, link, "1001")
    broken = [
        "/desk/find?q=1001", "/desk/find?q=1001&entry=", link[:-1] + ("0" if link[-1] != "0" else "1"),
        re.sub(r"entry=\w{4}", "entry=0000", entry), entry.replace("entry=", f"entry={'9' * 200}"),
        f"/desk/find?q=1001&entry={link.removeprefix('/desk/')}",
    ]  # fmt: skip
    for path in broken:
        answer = get(shop, path)
        assert answer.status_code == 404, path
        assert "1001" not in answer.get_data(as_text=True)
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def test_an_entry_is_over_after_half_an_hour_and_says_so_in_its_frame(shop: Shop) -> None:
    entry = entered(shop, made(shop), "1001")
    found = re.search(r"entry=(\w+)\.1\.(\d+)\.", entry)
    assert found
    assert 0 < int(found[2]) - utc_now().timestamp() <= 1800
    past = int(utc_now().timestamp()) - 1
    sealed = shop.deps.vault.sign("desk-entry", f"{found[1]}|1|{past}")
    answer = get(shop, f"/desk/find?q=1001&entry={found[1]}.1.{past}.{sealed}")
    assert answer.status_code == 410
    assert "Reload the side bar" in answer.get_data(as_text=True)
    assert answer.headers["Content-Security-Policy"].endswith(f"frame-ancestors {HOST}")


def test_outside_a_frame_a_copied_address_shows_nothing(shop: Shop) -> None:
    scene(shop)
    entry = entered(shop, made(shop), "1001")
    answer = get(shop, entry, **{"Sec-Fetch-Dest": "document"})
    assert answer.status_code == 403
    assert "Ada" not in answer.get_data(as_text=True)


def test_a_renewed_link_lets_the_old_one_open_for_an_hour_and_a_withdrawn_one_never(shop: Shop) -> None:
    link = made(shop)
    owner = shop.sign_in("owner")
    (row_id,) = re.findall(r"/settings/help-desk/(\w+)/renew", owner.text("/settings/help-desk"))
    owner.post(f"/settings/help-desk/{row_id}/renew")
    assert get(shop, link).status_code == 303
    change(shop, earlier_until=utc_now() - timedelta(seconds=1))
    assert get(shop, link).status_code == 410
    owner.post(f"/settings/help-desk/{row_id}/withdraw")
    assert owner.post(f"/settings/help-desk/{row_id}/renew").status_code == 404
    with unit_of_work(shop.deps.database) as uow:
        actions = [row.action for row in uow.session.exec(select(AuditEntry))]
    assert actions[-3:] == ["help_desk.linked", "help_desk.renewed", "help_desk.withdrawn"]


def test_a_link_ends_on_its_day_and_with_the_installation(shop: Shop) -> None:
    link = made(shop)
    change(shop, expires_at=utc_now() - timedelta(seconds=1))
    assert get(shop, link).status_code == 410


def test_it_shows_what_viewers_may_see_and_never_what_a_person_may(shop: Shop) -> None:
    scene(shop)
    link = made(shop)
    entries = [{"who": "owner", "preset": "everything"}, {"who": "everyone", "preset": "status"}]
    shop.add(StoreRights(store_id=STORE, mode="service", entries=entries))
    assert "record.pdf" not in get(shop, entered(shop, link, "1001")).get_data(as_text=True)
    with unit_of_work(shop.deps.database) as uow:
        uow.session.get_one(StoreRights, STORE).mode = "person"
    assert "record.pdf" not in get(shop, entered(shop, link, "1001")).get_data(as_text=True)


def test_only_owners_make_links_and_read_their_addresses(shop: Shop) -> None:
    made(shop)
    manager = shop.sign_in("manager")
    assert manager.post("/settings/help-desk", host=HOST, days="90").status_code == 403
    assert "/desk/" not in manager.text("/settings/help-desk")
    assert HOST in manager.text("/settings/help-desk")


@pytest.mark.parametrize(
    "host", ["", "acme", "javascript:alert(1)", "https://a.example/path", "https://*.example.com", "http://a.example.com",
             "https://a.example.com; script-src *", "https://user@a.example.com"],
)  # fmt: skip
def test_what_is_no_address_of_a_help_desk_is_refused_in_words(shop: Shop, host: str) -> None:
    answer = shop.sign_in("owner").post("/settings/help-desk", host=host, days="90")
    assert answer.status_code == 422
    assert "https://acme.zendesk.com" in answer.get_data(as_text=True)
    with pytest.raises(BadHost):
        help_desk.checked_host(shop.deps, host)


def test_a_plain_name_becomes_an_address(shop: Shop) -> None:
    assert help_desk.checked_host(shop.deps, " Acme.Zendesk.com/ ") == HOST
