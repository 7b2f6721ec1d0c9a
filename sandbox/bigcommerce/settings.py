"""Store settings (V3): inventory for the store and per channel, checkout per channel."""

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import Field, Fields, check
from sandbox.bigcommerce.scopes import CHECKOUT, INFORMATION
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import v3, whole
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

FLAG = Field("boolean", nullable=True)
INVENTORY: Fields = {
    "product_out_of_stock_behavior": Field(
        "string", nullable=True,
        choices=("do_nothing", "hide_product", "hide_product_and_accessible", "hide_product_and_redirect"),
    ),
    "option_out_of_stock_behavior": Field(
        "string", nullable=True, choices=("do_nothing", "hide_option", "label_option")
    ),
    "update_stock_behavior": Field("string", nullable=True, choices=("order_placed", "order_completed_or_shipped")),
    "edit_order_stock_adjustment": FLAG,
    "refund_order_stock_adjustment": FLAG,
    "stock_level_display": Field("string", nullable=True, choices=("dont_show", "show", "show_when_low")),
    "default_out_of_stock_message": Field("string", nullable=True),
    "hide_in_product_filtering": FLAG,
    "show_pre_order_stock_levels": FLAG,
    "show_out_of_stock_message": FLAG,
}  # fmt: skip
USUAL_INVENTORY: JSON = {
    "product_out_of_stock_behavior": "do_nothing", "option_out_of_stock_behavior": "label_option",
    "update_stock_behavior": "order_placed", "edit_order_stock_adjustment": True,
    "refund_order_stock_adjustment": False, "stock_level_display": "dont_show",
    "default_out_of_stock_message": "Currently out of stock", "hide_in_product_filtering": False,
    "show_pre_order_stock_levels": False, "show_out_of_stock_message": False,
}  # fmt: skip
TEXT = Field("string")
CHECKOUT_FIELDS: Fields = {
    "is_order_terms_and_conditions_enabled": Field("boolean"),
    "order_terms_and_conditions_type": Field("string", choices=("link", "textarea")),
    "order_terms_and_conditions_link": TEXT,
    "order_terms_and_conditions_textarea": TEXT,
    "policy_consent": Field("string", choices=("none", "standard", "express")),
    "order_confirmation_contact_email": TEXT,
    "should_redirect_to_storefront_for_auth": Field("boolean"),
    "checkout_type": TEXT,
    "guest_checkout_type": TEXT,
    "guest_checkout_for_existing_accounts": TEXT,
}
USUAL_CHECKOUT: JSON = {
    "is_order_terms_and_conditions_enabled": False, "order_terms_and_conditions_type": "textarea",
    "order_terms_and_conditions_link": "", "order_terms_and_conditions_textarea": "", "policy_consent": "none",
    "order_confirmation_contact_email": "", "should_redirect_to_storefront_for_auth": False,
    "checkout_type": "optimized", "guest_checkout_type": "unrestricted",
    "guest_checkout_for_existing_accounts": "allow",
}  # fmt: skip


def routes(api: "BigCommerce") -> None:
    api.v3("GET", "/settings/inventory", INFORMATION, show_inventory)
    api.v3("PUT", "/settings/inventory", INFORMATION, update_inventory)
    api.v3("GET", "/checkouts/settings/channels/<int:channel_id>", CHECKOUT, show_checkout)
    api.v3("PUT", "/checkouts/settings/channels/<int:channel_id>", CHECKOUT, update_checkout)


def show_inventory(shop: Shop, call: Call) -> Response:
    """Of a channel, null is what it takes from the store."""
    only(call, ("channel_id",), 422)
    return v3(inventory_of(shop, _channel(shop, call)))


def update_inventory(shop: Shop, call: Call) -> Response:
    only(call, ("channel_id",), 422)
    channel = _channel(shop, call)
    body = check(json_of(call), INVENTORY, "v3", creating=False)
    if not channel and None in body.values():
        raise Refused(422, errors={n: "must not be null" for n, v in body.items() if v is None})
    shop.store.inventory_settings[channel] = inventory_of(shop, channel) | body
    call.effect = f"inventory settings {'of channel ' + str(channel) if channel else 'of the store'} changed"
    return v3(inventory_of(shop, channel))


def show_checkout(shop: Shop, call: Call, channel_id: int) -> Response:
    only(call, (), 422)
    return v3(checkout_of(shop, channel_id))


def update_checkout(shop: Shop, call: Call, channel_id: int) -> Response:
    only(call, (), 422)
    checkout_of(shop, channel_id)
    set_checkout(shop, channel_id, check(json_of(call), CHECKOUT_FIELDS, "v3", creating=False))
    call.effect = f"checkout settings of channel {channel_id} changed"
    return v3(checkout_of(shop, channel_id))


# What others use too


def checkout_of(shop: Shop, channel_id: int) -> JSON:
    if channel_id not in shop.store.channels:
        raise Refused(422, f"Channel {channel_id} is not found.")
    return USUAL_CHECKOUT | shop.store.checkout_settings.get(channel_id, {})


def set_checkout(shop: Shop, channel_id: int, body: JSON) -> None:
    """Settings left out stay; the channel's event names nothing but the channel."""
    shop.store.checkout_settings[channel_id] = checkout_of(shop, channel_id) | body
    shop.emit(f"store/channel/{channel_id}/settings/checkout/updated", {})


def takes_stock_when_placed(shop: Shop, channel_id: int) -> bool:
    own = inventory_of(shop, channel_id)["update_stock_behavior"] or inventory_of(shop, 0)["update_stock_behavior"]
    return bool(own == "order_placed")


def inventory_of(shop: Shop, channel: int) -> JSON:
    usual = dict.fromkeys(USUAL_INVENTORY) if channel else USUAL_INVENTORY
    return usual | shop.store.inventory_settings.get(channel, {})


def _channel(shop: Shop, call: Call) -> int:
    channel = whole(call.args.get("channel_id", "0"), "channel_id", 422)
    if channel and channel not in shop.store.channels:
        raise Refused(422, errors={"channel_id": f"channel {channel} does not exist"})
    return channel
