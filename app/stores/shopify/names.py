"""Names and addresses: the shop's own host, the version we speak, ids.

Source: Shopify developer documentation, "Authorization code grant" (shop domains), "Global IDs", "API versioning".
"""

import re

from app.errors import NotFound, Rejected
from app.settings import Settings

SERVICE = "shopify"
API_VERSION = "2026-10"
_NUMBER = re.compile(r"[1-9][0-9]{0,19}")


def is_shop(settings: Settings, domain: str) -> bool:
    return len(domain) <= 255 and re.fullmatch(settings.shopify.shop_domain, domain) is not None


def shop_url(settings: Settings, domain: str) -> str:
    """Where a shop answers. A domain that is none is never made part of an address."""
    if not is_shop(settings, domain):
        raise Rejected("This is not a shop.", code="bad_shop")
    return settings.shopify.shop_url.replace("{shop}", domain)


def client_secrets(settings: Settings) -> tuple[bytes, ...]:
    """The client secret, and the former one while it is being rotated."""
    own = settings.shopify
    texts = (own.client_secret.get_secret_value(), own.previous_client_secret.get_secret_value())
    return tuple(text.encode() for text in texts if text) or (b"",)


def gid(kind: str, object_id: str) -> str:
    """ "1001" → "gid://shopify/Order/1001". Anything else is an object that cannot exist."""
    if not _NUMBER.fullmatch(object_id):
        raise NotFound("Shopify does not have this object.", service=SERVICE)
    return f"gid://shopify/{kind}/{object_id}"


def number(global_id: str) -> str:
    """The number at the end of a global id: what webhooks and addresses use."""
    return global_id.partition("?")[0].rpartition("/")[2]
