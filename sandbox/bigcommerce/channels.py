"""Channels and their storefront addresses (V3, read only)."""

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.bigcommerce import filters
from sandbox.bigcommerce.body import only
from sandbox.bigcommerce.errors import missing
from sandbox.bigcommerce.scopes import CHANNELS, needs
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import v3, v3_page
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

FILTERS: filters.Declared = {
    "status": ("string", ("in",)),
    "type": ("string", ("in",)),
    "platform": ("string", ("in",)),
    "date_created": ("date", ("", "min", "max")),
    "date_modified": ("date", ("", "min", "max")),
}


def routes(api: "BigCommerce") -> None:
    api.v3("GET", "/channels", CHANNELS, list_channels)
    api.v3("GET", "/channels/<int:channel_id>", CHANNELS, show_channel)
    api.v3("GET", "/channels/<int:channel_id>/site", needs("store_sites"), show_site)


def list_channels(shop: Shop, call: Call) -> Response:
    found = filters.apply(call, shop.store.channels.values(), FILTERS, ("include", "available"))
    return v3_page(call, [_shown(shop, call, channel) for channel in found])


def show_channel(shop: Shop, call: Call, channel_id: int) -> Response:
    only(call, ("include",), 422)
    return v3(_shown(shop, call, _own(shop, channel_id)))


def show_site(shop: Shop, call: Call, channel_id: int) -> Response:
    only(call, (), 422)
    channel = _own(shop, channel_id)
    url, at = shop.store.profile["secure_url"], channel["date_created"]
    return v3(
        {
            "id": shop.store.profile["default_site_id"] + channel_id - 1,
            "url": url,
            "channel_id": channel_id,
            "created_at": at,
            "updated_at": at,
            "ssl_status": "dedicated",
            "urls": [{"url": url, "type": "primary", "created_at": at, "updated_at": at}],
            "is_checkout_url_customized": False,
        }
    )


def make(shop: Shop, number: int, name: str, kind: str, platform: str, at: str) -> JSON:
    channel: JSON = {
        "id": number, "external_id": "", "is_listable_from_ui": True, "is_enabled": True, "is_visible": True,
        "status": "active", "name": name, "type": kind, "platform": platform, "date_created": at,
        "date_modified": at, "icon_url": "",
    }  # fmt: skip
    shop.store.channels[number] = channel
    return channel


def _shown(shop: Shop, call: Call, channel: JSON) -> JSON:
    if call.args.get("include") != "currencies":
        return channel
    currency = shop.store.profile["currency"]
    enabled = {"channel_id": channel["id"], "enabled_currencies": [currency, "USD"], "default_currency": currency}
    return channel | {"currencies": enabled}


def _own(shop: Shop, channel_id: int) -> JSON:
    channel = shop.store.channels.get(channel_id)
    if channel is None:
        raise missing("Channel", channel_id)
    return channel
