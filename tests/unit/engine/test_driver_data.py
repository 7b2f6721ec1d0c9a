"""What designs are mapped to is what we send: a name that is missing would make an empty area and no error."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from string import Formatter
from typing import Any

import pytest

from app.domain.cases import Case, CaseItem, CaseKind, CaseState
from app.domain.commerce import Address, Customer, Money, Order, OrderLine, OrderStatus, Product, StoreProfile
from app.domain.communications import TEMPLATES
from app.domain.ids import CaseId, CompanyId, CustomerId, OrderId, PageId, ProductId
from app.domain.order_parts import Payment, Refund, RefundItem, Shipment, ShippedItem
from app.domain.trade import Company, CompanyState, Page, PageKind
from app.engine.drivers import BUILDERS, Material, build
from app.engine.drivers.papers import sections
from app.errors import Permanent
from app.opentext.exstream.drivers import BLOCKS, encode
from app.web.settings_pages.templates import TITLES
from sandbox.exstream.designs import BY_KEY, Area, Facts, OnlyIf, Table, Text, at, value

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
HOME = Address("Ada Löwe", "", "Hauptstraße 1", "Köln", "", "50667", "Germany", "DE", "ada@example.com", "+49221")


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


LINES = (
    OrderLine("1", ProductId("7"), "LAMP-1", "Lamp", 2, euro("10"), euro("20"), shipped=1),
    OrderLine("2", ProductId("8"), "BULB-1", "Bulb", 1, euro("5"), euro("5")),
)
ORDER = Order(
    OrderId("100"), "100", OrderStatus.SHIPPED, "Shipped", NOW - timedelta(days=40), NOW, "v", euro("29.75"),
    euro("25"), euro("0"), euro("4.75"), euro("0"), "Card", "captured", True, CustomerId("77"), "Ada Löwe",
    "ada@example.com", HOME, (HOME,), LINES,
    shipments=(Shipment("3", NOW, (ShippedItem("1", "LAMP-1", "Lamp", 1),), "DHL", tracking_number="JD014"),),
    payments=(Payment("1", "capture", euro("29.75"), "Card", "x", True, NOW, "TX-9"),),
    refunds=(Refund("9", euro("10"), euro("1.60"), "Broken", NOW, (RefundItem("line", "1", 1),)),),
)  # fmt: skip
CUSTOMER = Customer(
    CustomerId("77"), "Ada Löwe", "ada@example.com", "Löwe & Co", "Wholesale", NOW, "v",
    consents=frozenset({"newsletter"}), addresses=(HOME,),
)  # fmt: skip
COMPANY = Company(
    CompanyId("c1"), "Löwe & Co", "office@example.com", CompanyState.APPROVED, "v", group="Wholesale",
    members=(CustomerId("77"),), credit_limit=euro("5000"), payment_terms_days=30,
)  # fmt: skip
PRODUCT = Product(
    ProductId("7"), "LAMP-1", NOW, "v", {"name": "Lamp", "description": ""}, True, price=euro("10"),
    warranty="2 years", custom_fields=(("Care", "Wipe with a dry cloth."),),
)  # fmt: skip
PAGE = Page(PageId("p1"), PageKind.POLICY, "Terms", "<h2>Scope</h2><p>These &amp; those.</p>", "0123456789abcdef")
CASE = Case(
    CaseId("x"), "R-1001", CaseKind.RETURN, CaseState.OPEN, "Return", "Does not fit", "", NOW, "Ada", "v",
    order_id=OrderId("100"), items=(CaseItem("LAMP-1", "Lamp", 1, "1"),), amount=euro("10"),
)  # fmt: skip
STORE = StoreProfile("Demo Store", "https://a", "https://s", "EUR", "Europe/Berlin", "DE", extra={
    "legal_name": "Demo Store Ltd", "address": "1 High Street\nLeeds", "vat_id": "GB1"})  # fmt: skip
FACTS: dict[str, Any] = {
    "new_date": "2026-04-01", "old_date": "2026-03-25", "reason": "Our supplier is late.", "offer_title": "We miss you",
    "offer_text": "Ten percent.", "offer_code": "BACK10", "offer_valid_to": "2026-04-30", "carrier": "DHL",
    "cart": {"itemsText": "Lamp", "totalText": "10.00 EUR"}, "shipping_method": "Parcel", "period_start": "2026-01-01",
    "driver": {"recall": {"number": "R-1", "title": "Lamp", "text": "Send it back.",
                          "items": [{"sku": "LAMP-1", "name": "Lamp", "quantityText": "1"}]}},
}  # fmt: skip
UNPAID = replace(ORDER, number="101", is_paid=False, status=OrderStatus.AWAITING_PAYMENT, placed_at=NOW)


def material(template: str, variant: str = "", **changes: Any) -> Material:
    made = Material(
        template, variant, f"bigcommerce:demostore1:order:100:{template}:1", STORE, "100", "Order 100", NOW,
        customer=CUSTOMER, order=ORDER, case=CASE, company=COMPANY, page=PAGE, products=(PRODUCT,),
        orders=(ORDER, UNPAID), prices={"LAMP-1": Decimal("8.50")}, facts=FACTS,
        documents_url="https://app.example/shelf/1",
    )  # fmt: skip
    return replace(made, **changes)


def mapped(areas: tuple[Area, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(field, columns of its rows) of everything a design prints."""
    for area in areas:
        match area:
            case Text():
                yield from ((name, ()) for _, name, _, _ in Formatter().parse(area.text) if name)
            case Facts():
                yield from ((path, ()) for _, path in area.rows)
            case Table():
                yield area.each, tuple(name for _, name in area.columns)
            case OnlyIf():
                yield area.path, ()
                yield from mapped(area.areas)


EVERY = [(template, variant) for template, variants in TEMPLATES.items() for variant in variants]


@pytest.mark.parametrize(("template", "variant"), EVERY, ids=lambda part: part or "-")
def test_every_field_a_design_prints_is_sent_and_has_words(template, variant):
    made = material(template, variant)
    driver = build(made)
    assert encode(template, driver, made.job_key)
    design = BY_KEY[template]
    heads = [name for text in (design.title, design.file) for _, name, _, _ in Formatter().parse(text) if name]
    may_be_empty = {"label.carrier", "lines.unitText", "lines.totalText"}
    for path, columns in [(name, ()) for name in heads] + list(mapped(design.areas)):
        if columns:
            for row in at(driver, path):
                assert set(columns) - set(row) - {c for c in columns if f"{path}.{c}" in may_be_empty} == set(), path
            assert at(driver, path) or path in ("contacts", "images", "remaining"), path
        else:
            assert value(driver, path) or path in may_be_empty, path


def test_our_templates_builders_blocks_designs_and_titles_are_the_same():
    assert set(TEMPLATES) == set(BUILDERS) == set(BLOCKS) == set(BY_KEY) == set(TITLES)


def test_what_a_step_before_left_comes_before_ours_but_never_names_another_job():
    facts = FACTS | {"driver": {"delay": {"newDate": "tomorrow"}, "meta": {"jobKey": "forged"}}}
    driver = build(material("SF_DELAY_NOTICE", facts=facts))
    assert driver["delay"] == {"newDate": "tomorrow"}
    assert driver["meta"]["jobKey"].endswith("SF_DELAY_NOTICE:1")


@pytest.mark.parametrize(
    ("template", "changes", "words"),
    [
        ("SF_INVOICE", {"order": None}, "no order"), ("SF_REFUND", {"order": replace(ORDER, refunds=())}, "no refund"),
        ("SF_DELAY_NOTICE", {"facts": {}}, "new date"), ("SF_RETURN_LETTER", {}, "decided"),
        ("SF_RETENTION", {"facts": {}}, "no offer"), ("SF_CATALOG", {"products": ()}, "no products"),
        ("SF_POLICY", {"page": None}, "page"), ("SF_CARE", {"products": (replace(PRODUCT, custom_fields=()),)}, "care"),
        ("SF_RECALL_NOTICE", {"facts": {}}, "recall"), ("SF_NOBODY", {}, "SF_NOBODY"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_stops_with_a_reason(template, changes, words):
    with pytest.raises(Permanent) as caught:
        build(material(template, **changes))
    assert words in caught.value.message


def test_open_items_age_from_their_due_date_and_void_orders_are_none():
    def unpaid(days: int, status: OrderStatus = OrderStatus.AWAITING_PAYMENT) -> Order:
        return replace(UNPAID, placed_at=NOW - timedelta(days=days), status=status)

    orders = (unpaid(10), unpaid(30 + 5), unpaid(30 + 45), unpaid(30 + 90), unpaid(50, OrderStatus.CANCELLED), ORDER)
    driver = build(material("SF_AGEING_NOTICE", orders=orders))
    assert driver["ageing"] == dict.fromkeys(("currentText", "days30Text", "days60Text", "olderText"), "29.75 EUR")
    assert driver["account"]["balanceText"] == "119.00 EUR"
    assert len(driver["openItems"]) == 4


def test_a_partial_shipment_says_what_is_still_to_come():
    driver = build(material("SF_PARTIAL_NOTICE"))
    assert [line["sku"] for line in driver["lines"]] == ["LAMP-1"]
    assert [(rest["sku"], rest["qty"]) for rest in driver["remaining"]] == [("LAMP-1", "1"), ("BULB-1", "1")]


def test_a_catalogue_shows_the_buyer_s_own_price_and_dates_speak_the_buyer_s_language():
    assert build(material("SF_CATALOG"))["products"][0]["priceText"] == "8.50 EUR"
    german = replace(ORDER, language="de-DE")
    assert build(material("SF_INVOICE", order=german))["order"]["dateText"] == "8. Februar 2026"
    assert build(material("SF_INVOICE", order=replace(ORDER, language="??")))["order"]["dateText"]


def test_a_review_notice_never_says_what_is_suspected():
    made = material("SF_REVIEW_NOTICE", facts=FACTS | {"decision": {"comment": "stolen card"}})
    assert "stolen" not in str(build(made))


def test_a_page_becomes_plain_sections():
    html = "<p>Intro</p><h2>A &amp; B</h2><script>alert(1)</script><p>One <b>two</b></p><h3>C</h3>"
    assert sections(html) == [
        {"title": "", "text": "Intro"}, {"title": "A & B", "text": "One two"}, {"title": "C", "text": ""},
    ]  # fmt: skip
