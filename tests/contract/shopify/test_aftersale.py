"""Returns, disputes, quotes, risk and public files of a Shopify shop."""

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.aftersale import (
    DisputeId,
    DisputeState,
    QuoteId,
    QuoteState,
    ReturnAsked,
    ReturnId,
    ReturnState,
    RiskLevel,
)
from app.domain.commerce import Money
from app.domain.ids import OrderId
from app.domain.order_parts import OrderPart
from app.errors import Conflict, NotFound, Permanent, Retryable
from sandbox.shopify import placing, returning, scopes
from sandbox.shopify.operations import disputes
from tests.contract.stores.contract import MISSING, PNG
from tests.contract.stores.shopify import SHOP, ShopifyCase


@pytest.fixture
def case() -> ShopifyCase:
    return ShopifyCase()


# Returns


def asked_back(case: ShopifyCase) -> tuple[OrderId, ReturnId]:
    """A buyer wants to send one of two lamps back."""
    order_id = case.fill().order
    with case.acting() as shop:
        order = shop.find("Order", f"gid://shopify/Order/{order_id}")
        assert order is not None
        placing.fulfill_all(shop, order)
        part = next(one for one in shop.all("FulfillmentLineItem") if one["quantity"] == 2)
        reason = shop.all("ReturnReasonDefinition")[0]
        line = {"fulfillmentLineItemId": part["id"], "quantity": 1, "customerNote": "It flickers",
                "returnReasonDefinitionId": reason["id"]}  # fmt: skip
        made = returning.make(shop, order, "REQUESTED", [line])
    return order_id, ReturnId(made["id"].rpartition("/")[2])


def test_a_return_that_was_asked_for_is_agreed_to_once_and_paid_back_once(case: ShopifyCase) -> None:
    order_id, return_id = asked_back(case)
    (found,) = case.store.read.returns_of(order_id)
    assert (found.id, found.order_id, found.state) == (return_id, order_id, ReturnState.REQUESTED)
    (item,) = found.items
    assert (item.name, item.quantity, item.open, item.note) == ("Lamp", 1, 1, "It flickers")
    for _ in range(2):
        assert case.store.publish.approve_return(return_id).state is ReturnState.OPEN
    with pytest.raises(Conflict):
        case.store.publish.decline_return(return_id, "Too late")
    for _ in range(2):
        assert case.store.publish.process_return(return_id, refund=True).state is ReturnState.CLOSED
    (refund,) = case.store.read.order(order_id, frozenset({OrderPart.REFUNDS})).refunds
    assert refund.total == Money(Decimal("24.40"), "EUR")


def test_a_return_is_declined_with_words_for_the_buyer(case: ShopifyCase) -> None:
    _, return_id = asked_back(case)
    for _ in range(2):
        found = case.store.publish.decline_return(return_id, "Used for a year")
        assert (found.state, found.note) == (ReturnState.DECLINED, "Used for a year")
    for call in (lambda: case.store.publish.approve_return(return_id),
                 lambda: case.store.publish.process_return(return_id, refund=False)):  # fmt: skip
        with pytest.raises(Conflict):
            call()
    with pytest.raises(NotFound):
        case.store.read.store_return(ReturnId(MISSING))


def test_goods_that_came_back_may_be_done_with_without_money(case: ShopifyCase) -> None:
    order_id, return_id = asked_back(case)
    case.store.publish.approve_return(return_id)
    assert case.store.publish.process_return(return_id, refund=False).items[0].open == 0
    assert case.store.read.order(order_id, frozenset({OrderPart.REFUNDS})).refunds == ()


# Disputes


def disputed(case: ShopifyCase) -> tuple[OrderId, DisputeId]:
    order_id = case.fill().order
    with case.acting() as shop:
        order = shop.find("Order", f"gid://shopify/Order/{order_id}")
        due = (shop.now() + timedelta(days=7)).isoformat(timespec="seconds").replace("+00:00", "Z")
        made = disputes.opened(shop, order, {"amount": "61.00", "evidenceDueBy": due})
    return order_id, DisputeId(made["id"].rpartition("/")[2])


def test_evidence_is_kept_then_sent_and_then_it_is_closed(case: ShopifyCase) -> None:
    order_id, dispute_id = disputed(case)
    (found,) = case.store.read.open_disputes()
    assert (found.id, found.order_id, found.amount) == (dispute_id, order_id, Money(Decimal("61.00"), "EUR"))
    assert (found.state, found.reason, found.is_inquiry) == (DisputeState.NEEDS_RESPONSE, "fraudulent", False)
    texts = {"activity": "Signed in from Hamburg", "refund_policy": "30 days"}
    case.store.publish.send_evidence(dispute_id, texts, final=False)
    assert case.store.read.dispute(dispute_id).state is DisputeState.NEEDS_RESPONSE
    for _ in range(2):
        case.store.publish.send_evidence(dispute_id, texts, final=True)
    assert case.store.read.dispute(dispute_id).state is DisputeState.UNDER_REVIEW
    assert list(case.store.read.open_disputes()) == []
    with pytest.raises(Conflict):
        case.store.publish.send_evidence(dispute_id, {"other": "More"}, final=False)
    with pytest.raises(Permanent):
        case.store.publish.send_evidence(dispute_id, {"invented": "x"}, final=False)
    with pytest.raises(NotFound):
        case.store.read.dispute(DisputeId(MISSING))


def test_without_the_scopes_there_is_nothing_to_see_and_the_order_is_whole() -> None:
    case = ShopifyCase(granted=scopes.REQUIRED)
    order_id, _ = disputed(case)
    assert list(case.store.read.open_disputes()) == []
    assert list(case.store.read.quotes_changed_since(case.world.clock.now())) == []
    assert case.store.read.order(order_id).status_label == "In dispute"


# Quotes


def quoted(case: ShopifyCase) -> QuoteId:
    case.fill()
    with case.acting() as shop:
        (variant,) = shop.all("ProductVariant")
    wanted = {
        "lineItems": [{"variantId": variant["id"], "quantity": 5},
                      {"title": "Engraving", "quantity": 1, "originalUnitPriceWithCurrency":
                       {"amount": "30", "currencyCode": "EUR"}}],
        "tags": ["price-approval"], "email": "ada@example.com",
    }  # fmt: skip
    mutation = "mutation M($i: DraftOrderInput!) { draftOrderCreate(input: $i) { draftOrder { id } } }"
    http = case.outbound.client("test", "shopify", f"http://shopify.test/{SHOP}/admin/api/2026-10/")
    body = {"query": mutation, "variables": {"i": wanted}}
    headers = {"X-Shopify-Access-Token": case.panel.issue_token()}
    answer = http.post("graphql.json", json=body, headers=headers).json()
    return QuoteId(answer["data"]["draftOrderCreate"]["draftOrder"]["id"].rpartition("/")[2])


def test_a_quote_gets_its_agreed_price_and_is_sent_once(case: ShopifyCase) -> None:
    quote_id = quoted(case)
    found = case.store.read.quote(quote_id)
    assert (found.state, found.tags) == (QuoteState.OPEN, ("price-approval",))
    assert [(line.name, line.quantity, line.price.amount) for line in found.lines] == [
        ("Lamp", 5, Decimal("20.00")), ("Engraving", 1, Decimal("30.00")),
    ]  # fmt: skip
    since = case.world.clock.now() - timedelta(hours=1)
    assert list(case.store.read.quotes_changed_since(since)) == [(quote_id, found.version)]
    agreed = Money(Decimal("17.00"), "EUR")
    for _ in range(2):
        lamp = case.store.read.quote(quote_id).lines[0]
        after = case.store.publish.price_quote(quote_id, {lamp.id: agreed})
        assert (after.lines[0].agreed, after.lines[0].price) == (agreed, lamp.price)
        assert [line.quantity for line in after.lines] == [5, 1]
        assert after.lines[1].price == Money(Decimal("30.00"), "EUR")
    for _ in range(2):
        case.store.publish.send_quote(quote_id)
    assert case.store.read.quote(quote_id).state is QuoteState.SENT
    with pytest.raises(Permanent):
        case.store.publish.price_quote(quote_id, {MISSING: agreed})
    with pytest.raises(NotFound):
        case.store.read.quote(QuoteId(MISSING))


# Risk and files


def test_our_word_on_a_risk_replaces_our_former(case: ShopifyCase) -> None:
    order_id = case.fill().order
    for level, told in ((RiskLevel.HIGH, ("Another address",)), (RiskLevel.LOW, ("Spoke to the buyer",))):
        case.store.publish.assess_risk(order_id, level, told)
    with case.acting() as shop:
        order = shop.find("Order", f"gid://shopify/Order/{order_id}")
        assert order is not None
        (kept,) = order["assessments"]
    assert (kept["riskLevel"], kept["facts"][0]["description"]) == ("LOW", "Spoke to the buyer")


def test_a_public_file_is_found_again_by_its_name(case: ShopifyCase) -> None:
    publish = case.store.publish
    made = publish.publish_file(io.BytesIO(b"%PDF-1.7 data sheet"), "Data sheet.pdf")
    assert made.url.startswith("http")
    assert publish.publish_file(io.BytesIO(b"%PDF-1.7 data sheet"), "Data sheet.pdf") == made
    for content in (b"", b"x" * (20 * 1024 * 1024 + 1)):
        with pytest.raises(Permanent):
            publish.publish_file(io.BytesIO(content), "other.pdf")


def test_a_file_and_a_picture_that_shopify_still_works_on_are_waited_for(case: ShopifyCase) -> None:
    product_id, publish = case.fill().product, case.store.publish
    case.api.store("nordwind-supply").file_seconds = 30
    for call in (
        lambda: publish.publish_file(io.BytesIO(b"%PDF-1.7"), "sheet.pdf"),
        lambda: publish.add_product_image(product_id, io.BytesIO(PNG), "a.png", alt="", thumbnail=False),
    ):
        for _ in range(2):
            with pytest.raises(Retryable) as caught:
                call()
            assert caught.value.specific_code == "still_working"
    case.world.clock.advance(timedelta(minutes=1))
    case.api.tick()
    assert publish.publish_file(io.BytesIO(b"%PDF-1.7"), "sheet.pdf").url
    (picture,) = case.store.read.product(product_id).images
    assert replace(picture, url="").file_name == "a.png"


# Returns we make, what of them is back, what is sent again


def test_a_return_is_made_for_what_was_shipped_and_for_nothing_else(case: ShopifyCase) -> None:
    order_id, return_id = asked_back(case)  # one of two lamps is coming back already
    order = case.store.read.order(order_id, frozenset({OrderPart.RETURNS}))
    assert [one.id for one in order.returns] == [return_id]
    line = next(one for one in order.lines if one.name == "Lamp")
    too_many = [ReturnAsked(line.line_id, 2, "wrong_item")]
    with pytest.raises(Conflict):
        case.store.publish.create_return(order_id, too_many, "Return RMA-1")
    made = case.store.publish.create_return(order_id, [ReturnAsked(line.line_id, 1, "wrong_item")], "Return RMA-1")
    (item,) = made.items
    assert (made.state, item.note, item.code, item.quantity) == (ReturnState.OPEN, "Return RMA-1", "wrong_item", 1)
    assert not case.store.read.return_is_back(made.id)
    assert case.store.read.return_owed(made.id) == Money(Decimal("24.40"), "EUR")
    with case.acting() as shop:
        for one in shop.all("ReverseFulfillmentOrderLineItem"):
            returning.dispose(shop, one, {"dispositionType": "NOT_RESTOCKED", "quantity": one["totalQuantity"]})
    assert case.store.read.return_is_back(made.id)


def test_a_decided_amount_goes_back_and_never_more_than_was_paid(case: ShopifyCase) -> None:
    order_id, return_id = asked_back(case)
    case.store.publish.approve_return(return_id)
    for wrong in (Money(Decimal(90000), "EUR"), Money(Decimal(1), "USD")):
        with pytest.raises(Permanent):
            case.store.publish.process_return(return_id, refund=True, amount=wrong)
    for _ in range(2):
        done = case.store.publish.process_return(
            return_id, refund=True, amount=Money(Decimal("7.50"), "EUR"), note="As agreed"
        )
    (refund,) = case.store.read.order(order_id, frozenset({OrderPart.REFUNDS})).refunds
    assert (refund.total, refund.id, refund.reason) == (Money(Decimal("7.50"), "EUR"), done.refunds[0], "As agreed")


def test_a_replacement_is_drafted_once_and_names_its_scope_where_it_is_missing(case: ShopifyCase) -> None:
    order_id = case.fill().order
    line = case.store.read.order(order_id).lines[0]
    words = ({"title": "Replacement", "note": "For C-1001"}, {"title": "Ersatz", "note": "Zu C-1001"})
    mark = "ECM C-1001"  # found again by it, whatever the words
    drafts = [case.store.publish.draft_replacement(order_id, {line.line_id: 1}, mark, **one) for one in words]
    assert drafts[0].id == drafts[1].id
    assert (drafts[0].total.amount, drafts[0].tags) == (Decimal(0), (mark,))
    assert drafts[1].note == "For C-1001"
    with pytest.raises(Permanent):
        case.store.publish.draft_replacement(order_id, {MISSING: 1}, "ECM C-1002", **words[0])
    bare = ShopifyCase(granted=scopes.REQUIRED)
    with pytest.raises(Permanent) as refused:
        bare.store.publish.draft_replacement(bare.fill().order, {"1": 1}, mark, **words[0])
    assert "write_draft_orders" in refused.value.hint
    assert "read_all_orders" in bare.store.read.orders_gap()
