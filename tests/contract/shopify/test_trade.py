"""Companies, price lists, discounts, pages, policies, carts and the past of a Shopify shop."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.commerce import Money
from app.domain.ids import CompanyId, ObjectType, PageId, PriceListId
from app.domain.trade import Audience, AudienceKind, CompanyState, Page, PageKind, Price, PriceTier, PromotionTerms
from app.errors import Conflict, NotFound, Permanent, RateLimited
from app.stores.port import Capability, CompanyChange
from sandbox.shopify import making, scopes
from sandbox.shopify.state import JSON
from tests.contract.stores.contract import MISSING
from tests.contract.stores.shopify import ShopifyCase


@pytest.fixture
def case() -> ShopifyCase:
    return ShopifyCase()


def company(case: ShopifyCase) -> tuple[CompanyId, JSON]:
    """A company with one location and a main contact who may not buy yet."""
    case.fill()
    with case.acting() as shop:
        made = making.company(shop, name="Analytical Engines", externalId="AE-1")
        place = making.company_location(shop, made, taxRegistrationId="GB123")
        contact = making.company_contact(shop, made, shop.all("Customer")[0])
        made["mainContactId"] = contact["id"]
    return CompanyId(made["id"].rpartition("/")[2]), place


# Companies


def test_a_company_comes_with_its_people_and_places(case: ShopifyCase) -> None:
    company_id, _ = company(case)
    found = case.store.read.company(company_id)
    assert (found.name, found.email, found.tax_id) == ("Analytical Engines", "ada@example.com", "GB123")
    assert (found.state, len(found.members)) == (CompanyState.PENDING, 1)
    since = case.world.clock.now() - timedelta(hours=1)
    assert list(case.store.read.companies_changed_since(since)) == [(company_id, found.version)]
    with pytest.raises(NotFound):
        case.store.read.company(CompanyId(MISSING))


def test_a_company_may_buy_once_it_is_approved_and_not_when_it_is_not(case: ShopifyCase) -> None:
    company_id, place = company(case)
    for state in (CompanyState.APPROVED, CompanyState.APPROVED, CompanyState.INACTIVE, CompanyState.APPROVED):
        case.store.publish.set_company(company_id, CompanyChange(state=state))
        assert case.store.read.company(company_id).state is state
        with case.acting() as shop:
            known = shop.get("CompanyLocation", place["id"])
            assert known is not None
            assert known["buyerExperience"]["checkoutToDraft"] is (state is not CompanyState.APPROVED)
    case.store.publish.set_company(company_id, CompanyChange(payment_terms_days=30))
    assert case.store.read.company(company_id).payment_terms_days == 30
    case.store.publish.set_company(company_id, CompanyChange(payment_terms_days=0))
    assert case.store.read.company(company_id).payment_terms_days is None
    with pytest.raises(Permanent, match="no terms of 31 days"):
        case.store.publish.set_company(company_id, CompanyChange(payment_terms_days=31))
    limit = Money(Decimal("5000.00"), "EUR")
    for hold in (True, True, False):  # its orders become drafts for somebody to look at, and it stays approved
        case.store.publish.set_company(company_id, CompanyChange(credit_hold=hold, credit_limit=limit))
        found = case.store.read.company(company_id)
        assert (found.state, found.is_on_credit_hold, found.credit_limit) == (CompanyState.APPROVED, hold, limit)
    case.store.publish.set_company(company_id, CompanyChange(credit_limit=Money(Decimal(0), "EUR")))
    assert case.store.read.company(company_id).credit_limit is None


def test_a_company_is_exempt_from_taxes_at_each_of_its_places_as_written_and_no_longer(case: ShopifyCase) -> None:
    company_id, place = company(case)
    publish, read = case.store.publish, case.store.read
    with case.acting() as shop:
        made = shop.get("Company", f"gid://shopify/Company/{company_id}")
        assert made is not None
        other = making.company_location(shop, made, taxExemptions=["CA_STATUS_CARD_EXEMPTION"])
    assert (read.company(company_id).is_tax_exempt, read.company(company_id).tax_exemptions) == (False, ())
    rule = ("EU_REVERSE_CHARGE_EXEMPTION_RULE",)
    for _ in range(2):
        publish.set_company(company_id, CompanyChange(tax_exempt=True, tax_exemptions=rule))
        assert (read.company(company_id).is_tax_exempt, read.company(company_id).tax_exemptions) == (True, rule)
    publish.set_company(company_id, CompanyChange(tax_exempt=False, tax_exemptions=()))
    with case.acting() as shop:
        for one in (place, other):
            now = shop.get("CompanyLocation", one["id"])
            assert now is not None
            assert (now["taxExempt"], now["taxExemptions"]) == (False, [])


def test_a_companys_order_names_it(case: ShopifyCase) -> None:
    company_id, place = company(case)
    order_id = case.order()
    with case.acting() as shop:
        order = shop.get("Order", f"gid://shopify/Order/{order_id}")
        assert order is not None
        order |= {"companyId": f"gid://shopify/Company/{company_id}", "locationId": place["id"],
                  "contactId": shop.all("CompanyContact")[0]["id"]}  # fmt: skip
    assert case.store.read.order(order_id).company_id == company_id
    case.store.publish.link(ObjectType.COMPANY, company_id, {"workspace_id": "7"})
    assert case.links("company", company_id)["workspace_id"] == "7"


# Prices


def price(variant_id: str, amount: str, *tiers: tuple[int, str], currency: str = "EUR") -> Price:
    steps = tuple(PriceTier(count, Decimal(cost)) for count, cost in tiers)
    return Price(variant_id, "LAMP", currency, Decimal(amount), steps)


def test_agreed_prices_reach_a_companys_locations(case: ShopifyCase) -> None:
    company_id, _ = company(case)
    read, publish = case.store.read, case.store.publish
    list_id = publish.create_price_list("Agreed prices: AE")
    assert publish.create_price_list("Agreed prices: AE") == list_id
    assert [(one.id, one.name, one.currency) for one in read.price_lists()] == [(list_id, "Agreed prices: AE", "EUR")]
    audience = Audience(AudienceKind.COMPANY, company_id, "Analytical Engines")
    for _ in range(2):
        publish.assign_price_list(list_id, audience)
        assert read.audiences_of(list_id) == [audience]
    lamp = read.variants(["LAMP", "NONE"])["LAMP"]
    assert (lamp.name, lamp.price, lamp.available) == ("Lamp", Money(Decimal("20.00"), "EUR"), None)
    wanted = price(lamp.id, "17.50", (10, "16.00"))
    for one in (wanted, wanted, replace(wanted, price=Decimal("17.00"), tiers=())):
        assert publish.write_prices(list_id, [one]) == []
        assert list(read.prices(list_id)) == [one] == list(read.prices(list_id, ["LAMP"]))
    assert list(read.prices(list_id, ["OTHER"])) == []
    for _ in range(2):
        publish.remove_prices(list_id, [wanted])
        assert list(read.prices(list_id)) == []
    for _ in range(2):
        publish.unassign_price_list(list_id, audience)
        assert read.audiences_of(list_id) == []


def test_prices_that_are_refused_keep_no_other_out(case: ShopifyCase) -> None:
    case.fill()
    list_id = case.store.publish.create_price_list("Agreed")
    lamp = case.store.read.variants(["LAMP"])["LAMP"]
    given = [price(MISSING, "1"), price(lamp.id, "2"), price(lamp.id, "3", currency="USD")]
    refused = case.store.publish.write_prices(list_id, given)
    assert sorted((one.currency, bool(one.reason)) for one in refused) == [("EUR", True), ("USD", True)]
    assert [one.price for one in case.store.read.prices(list_id)] == [Decimal("2.00")]
    with pytest.raises(Permanent):
        case.store.publish.write_prices(list_id, [given[1]] * 25_001)
    with pytest.raises(NotFound):
        case.store.read.audiences_of(PriceListId(MISSING))


def test_very_many_prices_go_as_one_file_and_one_that_is_refused_keeps_no_other_out(case: ShopifyCase) -> None:
    with case.acting() as shop:
        shop.muted = True
        for number in range(260):
            making.variant(shop, making.product(shop, title=f"Bolt {number}"), price="2.00", sku=f"BOLT-{number}")
        ids = [one["id"].rpartition("/")[2] for one in shop.all("ProductVariant")]
    publish, list_id = case.store.publish, case.store.publish.create_price_list("Agreed")
    steps = tuple((count, "1.00") for count in range(10, 50, 10))
    given = [price(MISSING, "1"), *(price(one, "1.50", *steps) for one in ids)]
    for _ in range(2):  # told again, nothing is begun again
        assert [one.reason for one in publish.write_prices(list_id, given, "run 7")] == ["Variant not found."]
    found = list(case.store.read.prices(list_id))
    assert {(one.price, len(one.tiers)) for one in found} == {(Decimal("1.50"), 4)}
    assert len(found) == len(ids)
    case.api.store("nordwind-supply").bulk_seconds = 60
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            publish.write_prices(list_id, given[1:], "run 8")
        assert caught.value.specific_code == "writing"
    with case.acting() as shop:
        assert [one["status"] for one in shop.all("BulkOperation")] == ["COMPLETED", "CREATED"]


def test_a_plan_without_direct_catalogs_goes_by_a_market_of_the_company_or_says_what_to_do() -> None:
    case = ShopifyCase()
    case.api.store("nordwind-supply").plan = "grow"
    company_id, place = company(case)
    read, publish = case.store.read, case.store.publish
    assert {Capability.PRICE_LISTS, Capability.COMPANIES} <= read.capabilities
    list_id, audience = publish.create_price_list("Agreed"), Audience(AudienceKind.COMPANY, company_id, "")
    with pytest.raises(Permanent) as caught:  # there is only the market of all companies
        publish.assign_price_list(list_id, audience)
    assert (caught.value.specific_code, "make a B2B market" in caught.value.hint) == ("not_on_plan", True)
    with case.acting() as shop:
        shop.new("Market", name="AE", handle="ae", status="ACTIVE", type="COMPANY_LOCATION", locationIds=[place["id"]])
    for _ in range(2):
        publish.assign_price_list(list_id, audience)
        assert [one.id for one in read.audiences_of(list_id)] == [company_id]
        publish.unassign_price_list(list_id, audience)
        assert read.audiences_of(list_id) == []
    with pytest.raises(Permanent) as caught:
        case.store.publish.assign_price_list(list_id, Audience(AudienceKind.GROUP, "1", ""))
    assert caught.value.specific_code == "not_in_this_store"


def test_what_a_shop_cannot_do_comes_with_what_to_do() -> None:
    case = ShopifyCase(granted=(*scopes.REQUIRED,))
    shop, read = case.api.store("nordwind-supply"), case.store.read
    assert read.remedy(Capability.PRICE_LISTS) == ""
    assert "write_discounts" in read.remedy(Capability.PROMOTIONS)
    shop.plan = "grow"
    read = case.connect((*scopes.REQUIRED,)).read
    assert Capability.PRICE_LISTS not in read.capabilities
    assert "read_markets" in read.remedy(Capability.PRICE_LISTS)
    shop.b2b = False
    assert "Switch B2B on" in read.remedy(Capability.PRICE_LISTS) + read.remedy(Capability.PRICE_LISTS)
    assert Capability.COMPANIES not in read.capabilities
    assert read.remedy(Capability.CUSTOMER_GROUPS) == ""


# Promotions


def test_a_discount_is_made_once_changed_ended_and_begun_again(case: ShopifyCase) -> None:
    case.fill()
    read, publish = case.store.read, case.store.publish
    begins = case.world.clock.now().replace(microsecond=0) - timedelta(days=1)
    terms = PromotionTerms("Spring", percent=Decimal(15), skus=("LAMP",), code="SPRING", starts_at=begins, max_uses=9)
    made = publish.save_promotion(None, terms, enabled=True)
    assert publish.save_promotion(None, terms, enabled=True) == made
    (found,) = read.promotions()
    assert (found.id, found.terms, found.is_enabled) == (made, terms, True)
    changed = replace(terms, percent=None, amount=Money(Decimal("5.00"), "EUR"), skus=())
    publish.save_promotion(made, changed, enabled=True)
    assert read.promotion(made).terms == changed
    for enabled in (False, False, True):
        publish.set_promotion_enabled(made, enabled=enabled)
        assert read.promotion(made).is_enabled is enabled
    with pytest.raises(Permanent):
        publish.save_promotion(made, replace(terms, code=""), enabled=True)


def test_a_discount_that_is_not_to_hold_yet_never_did(case: ShopifyCase) -> None:
    case.fill()
    terms = PromotionTerms("Sale", percent=Decimal(10))
    made = case.store.publish.save_promotion(None, terms, enabled=False)
    assert not case.store.read.promotion(made).is_enabled
    for wrong in (replace(terms, name="A", skus=("NONE",)), replace(terms, name="B", group_id="3"),
                  replace(terms, name="C", max_uses=3), replace(terms, name="D", percent=None)):  # fmt: skip
        with pytest.raises(Permanent):
            case.store.publish.save_promotion(None, wrong, enabled=True)
    assert len(list(case.store.read.promotions())) == 1


# Pages, policies, carts


def test_pages_and_policies_are_written_and_read_back(case: ShopifyCase) -> None:
    publish = case.store.publish
    made = publish.save_page(None, "Care", "<p>Dust it</p>", visible=False)
    assert publish.save_page(None, "Care", "<p>Dust it</p>", visible=False) == made
    assert (made.kind, made.title, made.html, made.is_visible) == (PageKind.PAGE, "Care", "<p>Dust it</p>", False)
    shown = publish.save_page(made.id, "Care", "<p>Dust it daily</p>")
    assert (shown.id, shown.is_visible, shown.version != made.version) == (made.id, True, True)
    policy = publish.save_page(PageId("policy:REFUND_POLICY"), "", "<p>30 days</p>")
    assert (policy.kind, policy.html) == (PageKind.POLICY, "<p>30 days</p>")
    pages: dict[PageId, Page] = {one.id: one for one in case.store.read.pages()}
    assert pages[made.id] == shown
    assert pages[policy.id] == policy
    for missing in ("page:987654321", "policy:NONE", "blog:1"):
        with pytest.raises(NotFound):
            case.store.read.page(PageId(missing))
    with pytest.raises(Permanent):
        publish.save_page(PageId("policy:REFUND_POLICY"), "", "x" * (512 * 1024 + 1))


def test_a_missing_optional_scope_blanks_no_other_answer() -> None:
    case = ShopifyCase(granted=(*scopes.REQUIRED, "write_content"))
    filled = case.fill()
    case.store.publish.save_page(None, "Care", "<p>Dust it</p>")
    assert [one.kind for one in case.store.read.pages()] == [PageKind.PAGE]
    assert case.store.read.profile().language == "en"
    assert case.store.read.order(filled.order).lines
    assert case.store.read.product(filled.product).name == "Lamp"
    assert set(case.store.setup.ensure_webhooks(case.hook_destination, {}).values()) == {"refused"}
    assert case.store.read.capabilities == {
        Capability.COMPANIES, Capability.PRICE_LISTS, Capability.TAX_EXEMPTION, Capability.RETURNS,
        Capability.RISK, Capability.FILES, Capability.COMPANY_CREATION,
        Capability.ORDER_EDITS, Capability.SPLIT_SHIPMENTS,
    }  # fmt: skip
    with pytest.raises(Permanent) as caught:
        list(case.store.read.promotions())
    assert caught.value.specific_code == "missing_scope"
    assert "read_discounts" in caught.value.hint


def test_a_cart_left_behind_is_there_until_it_became_an_order(case: ShopifyCase) -> None:
    case.fill()
    with case.acting() as shop:
        made = shop.new(
            "AbandonedCheckout", name="#C1", createdAt=shop.stamp(), updatedAt=shop.stamp(), completedAt=None, note="",
            abandoned=True, customerId=shop.all("Customer")[0]["id"], abandonedCheckoutUrl="https://x.example/c",
            lines=[{"__typename": "AbandonedCheckoutLineItem", "id": "gid://shopify/AbandonedCheckoutLineItem/1",
                    "title": "Lamp", "quantity": 2, "sku": "LAMP", "price": "20.00", "variantId": None}],
        )  # fmt: skip
    cart_id = made["id"].rpartition("/")[2]
    cart = case.store.read.cart(cart_id)
    assert (cart.email, cart.total, cart.names) == ("ada@example.com", Money(Decimal("40.00"), "EUR"), ("Lamp",))
    made["completedAt"] = made["updatedAt"]
    for gone in (cart_id, MISSING, "x"):
        with pytest.raises(NotFound):
            case.store.read.cart(gone)


# Customers


def test_notes_and_attributes_of_a_customer(case: ShopifyCase) -> None:
    customer_id = case.fill().customer
    for _ in range(2):
        case.store.publish.append_customer_note(customer_id, "ECM: papers are missing")
        case.store.publish.set_customer_attribute(customer_id, "VAT checked", "2026-11-01")
    found = case.store.read.customer(customer_id)
    assert found.attributes == {"VAT checked": "2026-11-01"}
    with case.acting() as shop:
        assert shop.all("Customer")[0]["note"] == "ECM: papers are missing"
    since = case.world.clock.now() - timedelta(hours=1)
    assert list(case.store.read.customers_changed_since(since)) == [(customer_id, found.version)]


# The past


def test_orders_are_found_by_what_is_in_them_and_whose_they_are(case: ShopifyCase) -> None:
    filled = case.fill()
    case.store.read.order(filled.order)
    since, until = case.world.clock.now() - timedelta(days=1), case.world.clock.now() + timedelta(days=1)
    assert [one.id for one in case.store.read.orders_with(["LAMP"], since, until)] == [filled.order]
    assert list(case.store.read.orders_with(["OTHER"], since, until)) == []
    assert [one.id for one in case.store.read.orders_of(filled.customer, since)] == [filled.order]
    expected = [(filled.order, case.store.read.order(filled.order).version)]
    assert list(case.store.read.orders_placed(since, until)) == expected


def test_very_many_orders_are_collected_by_the_shop_itself(case: ShopifyCase) -> None:
    case.fill()
    ids = [*(case.order() for _ in range(4))]
    case.store.read.many_orders = 3  # type: ignore[attr-defined]  # of our reader alone
    case.api.store("nordwind-supply").bulk_seconds = 60
    since, until = case.world.clock.now() - timedelta(days=1), case.world.clock.now() + timedelta(days=1)
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            list(case.store.read.orders_placed(since, until))
        assert caught.value.specific_code == "collecting"
    case.world.clock.advance(timedelta(seconds=90))
    case.api.tick()
    found = list(case.store.read.orders_placed(since, until))
    assert [one for one, _ in found][1:] == ids
    assert found[1] == (ids[0], case.store.read.order(ids[0]).version)
    with case.acting() as shop:
        assert len(shop.all("BulkOperation")) == 1


def test_somebodys_newer_change_of_a_list_is_not_overwritten(case: ShopifyCase) -> None:
    product_id = case.fill().product
    case.store.publish.set_product_custom_field(product_id, "CE", "1")

    def meanwhile() -> None:
        with case.acting() as shop:
            (field,) = shop.where("Metafield", key="custom_fields")
            field["value"] = '[["CE", "1"], ["Colour", "red"]]'

    seen: list[int] = []

    def before() -> None:
        seen.append(1)
        if len(seen) == 2:
            meanwhile()

    case.before_request = before
    with pytest.raises(Conflict):
        case.store.publish.set_product_custom_field(product_id, "CE", "2")
    assert ("Colour", "red") in case.store.read.product(product_id).custom_fields
