"""Carts (V3, read only for the app; shoppers fill them)."""

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from werkzeug.wrappers import Response

from sandbox.bigcommerce.body import only
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.scopes import CARTS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import iso, number, v3
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

NAMES = UUID("6d0f8a9a-4d0f-4c51-9c33-bc0000000003")


def routes(api: "BigCommerce") -> None:
    api.v3("GET", "/carts/<cart_id>", CARTS, show_cart)


def show_cart(shop: Shop, call: Call, cart_id: str) -> Response:
    """404 once the cart was deleted or became an order."""
    only(call, ("include",), 422)
    cart = shop.store.carts.get(cart_id)
    if cart is None:
        raise Refused(404, f"A cart was not found with GUID of {cart_id}.")
    return v3(cart)


def create(shop: Shop, customer_id: int, email: str, items: list[JSON], currency: str, channel_id: int) -> JSON:
    """A cart of catalogue items `[{product_id, variant_id?, quantity}]`."""
    count = shop.store.next("cart")
    at = iso(shop.now())
    cart: JSON = {
        "id": str(uuid5(NAMES, f"{shop.store.hash}/{count}")), "customer_id": customer_id, "channel_id": channel_id,
        "email": email, "currency": {"code": currency}, "tax_included": False, "base_amount": 0, "discount_amount": 0,
        "manual_discount_amount": 0, "cart_amount": 0, "coupons": [], "discounts": [],
        "line_items": {"physical_items": [], "digital_items": [], "gift_certificates": [], "custom_items": []},
        "created_time": at, "updated_time": at, "locale": "en", "version": 0,
    }  # fmt: skip
    fill(shop, cart, items)
    shop.store.carts[cart["id"]] = cart
    shop.emit("store/cart/created", {"type": "cart", "id": cart["id"]})
    return cart


def fill(shop: Shop, cart: JSON, items: list[JSON]) -> None:
    """Replace the cart's items; the version counts up with each change."""
    lines: dict[str, list[JSON]] = {"physical_items": [], "digital_items": []}
    for place, item in enumerate(items):
        product = shop.store.products.get(item.get("product_id", 0))
        if product is None:
            raise Refused(422, errors={f"items[{place}].product_id": "does not exist"})
        lines["digital_items" if product["type"] == "digital" else "physical_items"].append(
            _line(shop, cart, place, product, item)
        )
    total = sum(line["extended_sale_price"] for part in lines.values() for line in part)
    cart["line_items"] |= lines
    cart |= {"base_amount": number(total), "cart_amount": number(total), "updated_time": iso(shop.now())}
    cart["version"] += 1


def abandon(shop: Shop, cart: JSON) -> None:
    """An hour without a change."""
    token = uuid5(NAMES, f"token of {cart['id']}").hex
    shop.emit("store/cart/abandoned", {"type": "cart", "id": cart["id"], "token": token})


def convert(shop: Shop, cart_id: str, order_id: int) -> None:
    if shop.store.carts.pop(cart_id, None) is not None:
        shop.emit("store/cart/converted", {"type": "cart", "id": cart_id, "orderId": order_id})


def delete(shop: Shop, cart_id: str) -> None:
    del shop.store.carts[cart_id]
    shop.emit("store/cart/deleted", {"type": "cart", "id": cart_id})


def _line(shop: Shop, cart: JSON, place: int, product: JSON, item: JSON) -> JSON:
    variant = shop.store.variants.get(item.get("variant_id") or product["base_variant_id"])
    if variant is None:
        variant = next(v for v in shop.store.variants.values() if v["product_id"] == product["id"])
    price: Any = variant["price"] if variant["price"] is not None else product["calculated_price"]
    count = item.get("quantity", 1)
    return {
        "id": str(uuid5(NAMES, f"{cart['id']}/{cart['version']}/{place}")), "variant_id": variant["id"],
        "product_id": product["id"], "sku": variant["sku"], "name": product["name"],
        "url": shop.store.profile["secure_url"] + product["custom_url"]["url"], "quantity": count, "taxable": True,
        "image_url": "", "discounts": [], "coupons": [], "discount_amount": 0, "coupon_amount": 0,
        "original_price": price, "list_price": price, "sale_price": price, "extended_list_price": number(price * count),
        "extended_sale_price": number(price * count), "is_require_shipping": product["type"] != "digital",
        "is_mutable": True, "added_by_promotion": False,
    }  # fmt: skip
