"""By which way a document goes to a buyer: consent first, then the store's choice, then the buyer's wish."""

import pytest

from app.domain.communications import Buyer, Channel, Ways, choose_channel, masked, wish_of

ALL = Ways(mail=True, sms=True, print=True)
BUYER = Buyer("Ada", "ada@example.com", "+4943112345", has_address=True)


def chosen(scenario="mail", preference="buyer", buyer=BUYER, ways=ALL, purpose="service", consent=""):
    return choose_channel(scenario, preference, buyer, ways, purpose, consent)


def wishing(wish: str, **changes: object) -> Buyer:
    values = {"name": "Ada", "email": "ada@example.com", "phone": "+4943112345", "has_address": True}
    return Buyer(**values | {"wish": wish} | changes)


@pytest.mark.parametrize("way", list(Channel))
def test_the_buyer_s_wish_decides_unless_the_store_chose(way):
    assert chosen(buyer=wishing(way)).channel is way
    assert chosen(preference=way.value, buyer=wishing("portal")).channel is way


@pytest.mark.parametrize(
    ("buyer", "ways", "way"),
    [
        (wishing("sms", phone=""), ALL, "mail"),
        (wishing("print", has_address=False), ALL, "mail"),
        (wishing("print"), Ways(mail=True), "mail"),
        (wishing("mail"), Ways(), "portal"),
        (wishing("", email=""), ALL, "portal"),
        (wishing("carrier pigeon"), ALL, "mail"),
        (wishing("mail", opted_out=True), ALL, "portal"),
    ],
)
def test_a_way_that_does_not_reach_the_buyer_gives_place_to_one_that_does(buyer, ways, way):
    found = chosen(buyer=buyer, ways=ways)
    assert found.channel == way
    assert found.why.endswith(".")


def test_advertising_needs_consent_and_ends_with_an_opt_out():
    agreed = wishing("", consents=frozenset({"newsletter"}))
    assert chosen(buyer=agreed, purpose="marketing").channel is Channel.MAIL
    assert chosen(purpose="marketing").channel is None
    assert "not agreed" in chosen(purpose="marketing").why
    left = wishing("", consents=frozenset({"newsletter"}), opted_out=True)
    assert chosen(buyer=left, purpose="marketing").channel is None
    assert chosen(buyer=agreed, purpose="marketing", preference="portal").channel is Channel.PORTAL


def test_a_purpose_with_a_consent_of_its_own_needs_that_one():
    agreed = wishing("", consents=frozenset({"newsletter"}))
    assert chosen(buyer=agreed, purpose="marketing", consent="abandoned_cart").channel is None
    asked = wishing("", consents=frozenset({"abandoned_cart"}))
    assert chosen(buyer=asked, purpose="marketing", consent="abandoned_cart").channel is Channel.MAIL
    assert chosen(buyer=asked, purpose="marketing").channel is None


@pytest.mark.parametrize(
    ("attributes", "wish"),
    [
        ({"Preferred channel": "E-Mail"}, "mail"), ({"document_delivery": " Post "}, "print"),
        ({"Communication preference": "Online"}, "portal"), ({"preferred_channel": "SMS"}, "sms"),
        ({"Preferred channel": "smoke"}, ""), ({"Colour": "post"}, ""), ({}, ""),
    ],
)  # fmt: skip
def test_a_wish_is_read_from_what_the_store_keeps_beside_the_account(attributes, wish):
    assert wish_of(attributes) == wish


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ada.l@example.com", "a***@example.com"), ("@x.com", "***@x.com"), ("+4943112345", "+49***45"), ("12", "***"),
     ("", ""), ("ä@bücher.de", "ä***@bücher.de")],
)  # fmt: skip
def test_an_address_is_shown_only_as_far_as_people_recognise_it(address, shown):
    assert masked(address) == shown
