"""The contract of the store port: one class, run against every store over its stand-in, in process."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from app.domain.aftersale import DisputeId, QuoteId, ReturnId, RiskLevel
from app.domain.commerce import Money, OrderStatus
from app.domain.ids import CustomerId, ObjectType, OrderId, ProductId
from app.domain.publication import image_name
from app.errors import NeedsReauth, NotFound, Permanent, RateLimited
from app.stores.port import Capability
from tests.contract.stores.case import Case

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738"
    "550000000049454e44ae426082"
)
MISSING = "987654321"


class StoreContract:
    """Subclasses supply the fixture `case`."""

    # Reading

    def test_an_order_comes_with_its_lines_money_and_addresses(self, case: Case) -> None:
        filled = case.fill()
        order = case.store.read.order(filled.order)
        assert order.id == filled.order
        assert order.status is OrderStatus.AWAITING_FULFILLMENT
        assert order.is_paid
        assert order.manual_check == ()
        assert order.total == Money(Decimal("61.00"), "EUR")
        assert (order.subtotal.amount, order.tax.amount) == (Decimal(50), Decimal(11))
        assert [(line.name, line.quantity, line.total.amount) for line in order.lines] == [
            ("Lamp", 2, Decimal(40)),
            ("Gift wrap", 1, Decimal(10)),
        ]
        assert [line.product_id for line in order.lines] == [filled.product, None]
        assert order.shipping_country_codes == ("DE",)
        assert order.billing.country_code == "GB"
        assert (order.customer_id, order.customer_name) == (filled.customer, "Ada Byron")
        assert abs(order.placed_at - case.world.clock.now()) < timedelta(minutes=5)

    def test_a_held_payment_is_a_reason_for_a_manual_check(self, case: Case) -> None:
        order_id = case.fill().order
        case.hold_payment(order_id)
        order = case.store.read.order(order_id)
        assert not order.is_paid
        assert order.manual_check == case.held_reasons

    def test_a_product_comes_with_its_governed_texts(self, case: Case) -> None:
        product = case.store.read.product(case.fill().product)
        assert product.name == "Lamp"
        assert product.fields["description"] == "<p>Light</p>"
        assert (product.images, product.custom_fields) == ((), ())

    def test_a_customer_comes_with_the_group(self, case: Case) -> None:
        customer = case.store.read.customer(case.fill().customer)
        assert (customer.name, customer.email) == ("Ada Byron", "ada@example.com")
        assert (customer.company, customer.group) == ("Analytical Engines", "Wholesale")
        assert customer.since is not None
        assert customer.since.tzinfo is not None

    def test_the_profile_names_the_store(self, case: Case) -> None:
        profile = case.store.read.profile()
        assert profile.name
        assert profile.currency == "EUR"
        assert profile.timezone == "Europe/Berlin"
        assert profile.admin_url.startswith("http")

    def test_what_is_not_there_is_not_found(self, case: Case) -> None:
        for call in (
            lambda: case.store.read.order(OrderId(MISSING)),
            lambda: case.store.read.product(ProductId(MISSING)),
            lambda: case.store.read.customer(CustomerId(MISSING)),
            lambda: case.store.publish.set_order_status(OrderId(MISSING), OrderStatus.COMPLETED),
            lambda: case.store.publish.append_staff_note(OrderId(MISSING), "ECM: a"),
            lambda: case.store.publish.write_product_fields(ProductId(MISSING), {"name": "x"}),
            lambda: case.store.publish.set_product_custom_field(ProductId(MISSING), "a", "b"),
            lambda: case.store.publish.link(ObjectType.ORDER, MISSING, {"workspace_id": "1"}),
        ):
            with pytest.raises(NotFound):
                call()

    def test_a_version_stays_until_the_object_changes(self, case: Case) -> None:
        filled = case.fill()
        before = case.store.read.order(filled.order).version
        assert case.store.read.order(filled.order).version == before
        case.change_order(filled.order)
        assert case.store.read.order(filled.order).version != before
        before = case.store.read.product(filled.product).version
        case.rename_product(filled.product, "Lantern")
        assert case.store.read.product(filled.product).version != before

    def test_changed_orders_come_oldest_change_first_with_the_version_of_a_single_read(self, case: Case) -> None:
        case.fill()
        ids = [case.order() for _ in range(4)]
        case.world.clock.advance(timedelta(minutes=10))
        since = case.world.clock.now() - timedelta(seconds=2)
        for order_id in (ids[2], ids[0]):
            case.change_order(order_id)
            case.world.clock.advance(timedelta(seconds=2))
        found = list(case.store.read.orders_changed_since(since))
        assert [order_id for order_id, _ in found] == [ids[2], ids[0]]
        assert found == [(order_id, case.store.read.order(order_id).version) for order_id in (ids[2], ids[0])]

    def test_every_page_of_changed_orders_is_followed(self, case: Case) -> None:
        case.fill()
        since = case.world.clock.now() - timedelta(hours=1)
        made = {case.order() for _ in range(300)}
        case.world.clock.advance(timedelta(minutes=1))
        later = {case.order() for _ in range(300)}
        found = list(case.store.read.orders_changed_since(since))
        assert len(found) == len(set(found))
        assert made | later <= {order_id for order_id, _ in found}

    def test_an_order_that_changes_while_we_read_pushes_no_other_out(self, case: Case) -> None:
        case.fill()
        since = case.world.clock.now() - timedelta(hours=1)
        made = []
        for _ in range(30):
            made += [case.order() for _ in range(10)]
            case.world.clock.advance(timedelta(seconds=2))
        reading = case.store.read.orders_changed_since(since)
        first = [next(reading)[0] for _ in range(10)]
        for order_id in made[:10]:
            case.change_order(order_id)
        assert set(made) <= {*first, *(order_id for order_id, _ in reading)}

    def test_changed_products_come_with_the_version_of_a_single_read(self, case: Case) -> None:
        case.fill()
        ids = [case.product(f"Lamp {n}") for n in range(3)]
        case.world.clock.advance(timedelta(minutes=10))
        since = case.world.clock.now() - timedelta(seconds=2)
        case.rename_product(ids[1], "Lantern")
        ((product_id, version),) = case.store.read.products_changed_since(since)
        assert (product_id, version) == (ids[1], case.store.read.product(ids[1]).version)

    # Orders

    def test_a_status_is_set_and_may_be_set_again(self, case: Case) -> None:
        order_id = case.fill().order
        for status in (OrderStatus.UNDER_REVIEW, OrderStatus.UNDER_REVIEW, OrderStatus.AWAITING_FULFILLMENT):
            case.store.publish.set_order_status(order_id, status)
            assert case.store.read.order(order_id).status is status

    def test_a_note_is_appended_once_and_nothing_is_lost(self, case: Case) -> None:
        case.fill()
        order_id = case.order(notes="BIN-45\nfragile")
        for text in ("ECM: held for review.", "ECM: released\nby Grace.", "ECM: held for review."):
            case.store.publish.append_staff_note(order_id, text)
        notes = case.store.read.order(order_id).staff_notes
        assert notes.splitlines() == ["BIN-45", "fragile", "ECM: held for review.", "ECM: released by Grace."]

    # Products

    def test_texts_are_written_as_given_and_others_stay(self, case: Case) -> None:
        product_id = case.fill().product
        texts = {
            "name": "Lampe für draußen",
            "description": "<p>Hell & <strong>warm</strong> – 10 €</p>",
            "page_title": "Lampe",
            "meta_description": "Eine Lampe.",
            "search_keywords": "lampe, licht, 灯",
        }
        for _ in range(2):
            case.store.publish.write_product_fields(product_id, texts)
            assert case.store.read.product(product_id).fields == texts
        case.store.publish.write_product_fields(product_id, {"page_title": ""})
        assert case.store.read.product(product_id).fields == texts | {"page_title": ""}

    def test_refused_texts_are_permanent_and_change_nothing(self, case: Case) -> None:
        product_id = case.fill().product
        before = case.store.read.product(product_id)
        for fields in ({"name": ""}, {"name": "x" * 256}, {"page_title": "x" * 256}, {"price": "0"}):
            with pytest.raises(Permanent):
                case.store.publish.write_product_fields(product_id, fields)
        case.store.publish.write_product_fields(product_id, {})
        assert case.store.read.product(product_id) == before

    @pytest.mark.parametrize("file_name", ["front-view.png", "Front View (2).PNG", "Größe_1.png", "灯.png"])
    def test_a_picture_is_added_found_again_changed_and_removed(self, case: Case, file_name: str) -> None:
        product_id, publish = case.fill().product, case.store.publish
        added = publish.add_product_image(product_id, io.BytesIO(PNG), file_name, alt="Vorne", thumbnail=True)
        assert added.file_name == image_name(file_name)
        (found,) = case.store.read.product(product_id).images
        assert found == added
        assert (found.alt, found.is_thumbnail) == ("Vorne", True)
        publish.change_product_image(product_id, found.id, alt="Front", thumbnail=False)
        (found,) = case.store.read.product(product_id).images
        assert (found.alt, found.is_thumbnail) == ("Front", not case.may_lose_thumbnail)
        for _ in range(2):
            publish.remove_product_image(product_id, found.id)
            assert case.store.read.product(product_id).images == ()

    def test_a_new_thumbnail_replaces_the_former(self, case: Case) -> None:
        product_id, publish = case.fill().product, case.store.publish
        for name in ("a.png", "b.png"):
            publish.add_product_image(product_id, io.BytesIO(PNG), name, alt=name, thumbnail=True)
        images = case.store.read.product(product_id).images
        shown = {image.file_name: image.is_thumbnail for image in images}
        assert shown == {"a.png": False, "b.png": True}

    def test_what_is_no_picture_is_refused(self, case: Case) -> None:
        product_id, publish = case.fill().product, case.store.publish
        for content, name in ((b"%PDF-1.7", "a.pdf"), (b"", "a.png"), (b"no picture", "a.png"), (PNG, "png")):
            with pytest.raises(Permanent):
                publish.add_product_image(product_id, io.BytesIO(content), name, alt="", thumbnail=False)
        large = io.BytesIO(PNG + b"\0" * (20 * 1024 * 1024))
        with pytest.raises(Permanent):
            publish.add_product_image(product_id, large, "large.png", alt="", thumbnail=False)
        assert case.store.read.product(product_id).images == ()

    def test_a_custom_field_is_set_replaced_and_removed(self, case: Case) -> None:
        product_id, publish = case.fill().product, case.store.publish
        publish.set_product_custom_field(product_id, "Colour", "red")
        for value in ("CE 1", "CE 1", "CE 2"):
            publish.set_product_custom_field(product_id, "Certificate", value)
            found = case.store.read.product(product_id).custom_fields
            assert found == (("Colour", "red"), ("Certificate", value))
        for _ in range(2):
            publish.set_product_custom_field(product_id, "Certificate", None)
            assert case.store.read.product(product_id).custom_fields == (("Colour", "red"),)

    # Links

    @pytest.mark.parametrize("kind", [ObjectType.ORDER, ObjectType.PRODUCT])
    def test_a_link_is_left_changed_and_left_alone(self, case: Case, kind: ObjectType) -> None:
        filled = case.fill()
        object_id = filled.order if kind is ObjectType.ORDER else filled.product
        values = {"workspace_id": "2000", "workspace_url": "https://ecm.example/app/nodes/2000"}
        case.store.publish.link(kind, object_id, values)
        assert case.links(kind, object_id) == values
        changes = len(case.world.ledger.effects(case.system))
        case.store.publish.link(kind, object_id, values)
        assert len(case.world.ledger.effects(case.system)) == changes
        case.store.publish.link(kind, object_id, {"workspace_id": "3000"})
        assert case.links(kind, object_id) == values | {"workspace_id": "3000"}

    # Registrations

    def test_webhooks_are_registered_once_and_repaired(self, case: Case) -> None:
        setup, headers = case.store.setup, {"X-ECM-Hook": "0123456789abcdef"}
        first = setup.ensure_webhooks(case.hook_destination, headers)
        assert set(first.values()) == {"created"}
        assert {topic for topic, *_ in case.webhooks()} == set(first)
        assert {(where, active) for _, where, active in case.webhooks()} == {(case.hook_destination, True)}
        assert set(setup.ensure_webhooks(case.hook_destination, headers).values()) == {"kept"}
        case.disturb_webhooks()
        repaired = setup.ensure_webhooks(case.hook_destination, headers)
        assert sorted(done for done in repaired.values() if done != "kept") == sorted(case.hook_repairs)
        assert len(case.webhooks()) == len(first)
        assert {(where, active) for _, where, active in case.webhooks()} == {(case.hook_destination, True)}
        changed = setup.ensure_webhooks(case.hook_destination, {"X-ECM-Hook": "another"})
        assert set(changed.values()) == {"changed" if case.hooks_carry_headers else "kept"}

    def test_panels_are_registered_once(self, case: Case) -> None:
        first = case.store.setup.ensure_panels()
        assert {*first.values()} == {"created"}
        assert sorted(first) == case.panels()
        assert {"customer", "order", "product"} <= set(first)
        assert {*case.store.setup.ensure_panels().values()} == {"kept"}
        assert case.panels() == sorted(first)

    # Refusals

    def test_a_revoked_token_asks_for_a_person(self, case: Case) -> None:
        order_id = case.fill().order
        case.revoke_token()
        for call in (
            lambda: case.store.read.order(order_id),
            lambda: case.store.read.profile(),
            lambda: case.store.publish.set_order_status(order_id, OrderStatus.COMPLETED),
            lambda: case.store.setup.ensure_webhooks(case.hook_destination, {}),
            lambda: case.store.setup.ensure_panels(),
        ):
            with pytest.raises(NeedsReauth) as caught:
                call()
            assert caught.value.upstream == case.system

    def test_a_spent_quota_says_how_long_to_wait(self, case: Case) -> None:
        order_id = case.fill().order
        case.spend_quota()
        with pytest.raises(RateLimited) as caught:
            case.store.read.order(order_id)
        assert 0 < caught.value.retry_after <= 60

    def test_what_the_store_cannot_do_at_all_says_so(self, case: Case) -> None:
        order_id, read, publish = case.fill().order, case.store.read, case.store.publish
        beyond = {
            Capability.RETURNS: lambda: publish.approve_return(ReturnId(MISSING)),
            Capability.DISPUTES: lambda: publish.send_evidence(DisputeId(MISSING), {}, final=False),
            Capability.QUOTES: lambda: read.quote(QuoteId(MISSING)),
            Capability.RISK: lambda: publish.assess_risk(order_id, RiskLevel.LOW, ()),
            Capability.FILES: lambda: publish.publish_file(io.BytesIO(b"%PDF-1.7"), "a.pdf"),
        }
        for capability in beyond.keys() - read.capabilities:
            with pytest.raises(Permanent) as caught:
                beyond[capability]()
            assert caught.value.specific_code == "not_in_this_store", capability
        assert list(read.returns_of(order_id)) == []
        assert list(read.open_disputes()) == []

    def test_an_order_takes_one_request(self, case: Case) -> None:
        order_id = case.fill().order
        before = case.world.ledger.since(system=case.system)
        case.store.read.order(order_id)
        assert len(case.world.ledger.since(system=case.system)) - len(before) == 1

    def test_reading_changes_nothing(self, case: Case) -> None:
        filled = case.fill()
        effects = case.world.ledger.effects(case.system)
        case.store.read.order(filled.order)
        case.store.read.product(filled.product)
        case.store.read.customer(filled.customer)
        case.store.read.profile()
        orders = [at for at, _ in case.store.read.orders_changed_since(datetime(2020, 1, 1, tzinfo=UTC))]
        assert orders
        assert all(one != other for one, other in pairwise(orders))
        assert case.world.ledger.effects(case.system) == effects
