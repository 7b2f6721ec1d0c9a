"""A plain form whose session had ended: what was typed is shown again, sent again, and lost to nobody else."""

from html import unescape

from sqlalchemy import delete
from sqlmodel import select
from werkzeug.test import TestResponse

from app.db.help_desk import HelpDeskLink
from app.db.session import reading, unit_of_work
from app.db.stores import WebSession
from app.engine.vault import random_token, sha256_hex
from sandbox.control.install_walk import Forms
from tests.unit.web_pages.shop import STORE, Person, Shop

PAGE = "/settings/help-desk"
TYPED = "https://acme.zendesk.com"
NOTE = 'My "own" words\r\n<script>alert(1)</script> & more'


def sign_out(shop: Shop) -> None:
    with unit_of_work(shop.deps.database) as uow:
        uow.session.execute(delete(WebSession))


def sign_in_again(shop: Shop, person: Person) -> None:
    secret = random_token()
    shop.add(WebSession(secret_sha256=sha256_hex(secret), store_id=STORE, user_id=person.user_id, locale="en-GB"))
    person.client.set_cookie("ecm", secret, domain="app.test")


def send_again(person: Person, answer: TestResponse) -> TestResponse:
    (form,) = Forms(answer.get_data(as_text=True)).forms
    return person.client.post(form.action, base_url="http://app.test", data=form.fields)


def made(shop: Shop) -> list[str]:
    with reading(shop.deps.database) as session:
        return [one.host for one in session.exec(select(HelpDeskLink))]


def test_what_was_typed_goes_out_once_somebody_is_signed_in_again(shop: Shop) -> None:
    person = shop.sign_in("owner")
    sign_out(shop)
    refused = person.post(PAGE, host=TYPED, days="90", note=NOTE, api_password="s3cret")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 401
    assert "in another tab, then press the button here" in page
    assert "<script>alert" not in page
    assert NOTE.replace("\r\n", "\n") in unescape(page).replace("\r\n", "\n")
    assert "s3cret" not in page
    assert send_again(person, refused).status_code == 401  # nobody is signed in yet: it stays
    sign_in_again(shop, person)
    back = send_again(person, refused)
    assert back.status_code == 403
    assert "Nothing was done yet" in back.get_data(as_text=True)
    assert made(shop) == []
    assert send_again(person, back).status_code == 303
    assert made(shop) == [TYPED]


def test_only_a_form_of_ours_is_shown_again_and_never_very_much(shop: Shop) -> None:
    person = shop.sign_in("owner")
    sign_out(shop)
    for form in (
        {"page_token": "0" * 32 + ".forged", "host": TYPED}, {"page_token": "", "host": TYPED},
        {"host": "x " * 10_001}, {f"field{number}": "x" for number in range(201)}, {"client_secret": "s3cret"},
    ):  # fmt: skip
        refused = person.post(PAGE, **form)
        assert refused.status_code == 401
        assert "<form" not in refused.get_data(as_text=True)
    with_script = person.client.post(
        PAGE, base_url="http://app.test", data={"page_token": person.token, "host": TYPED}, headers={"HX-Request": "1"}
    )
    assert "<form" not in with_script.get_data(as_text=True)
    elsewhere = person.client.post(
        PAGE, base_url="http://app.test", data={"page_token": person.token, "host": TYPED},
        headers={"Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip
    assert "<form" not in elsewhere.get_data(as_text=True)
