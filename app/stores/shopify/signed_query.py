"""Queries Shopify signs: of the app's first page and of the authorization-code grant's return.

Source: Shopify developer documentation, "Authorization code grant": hex HMAC-SHA256 over the sorted parameters
without `hmac` and `signature`, joined by &; the timestamp at most 90 seconds old.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from app.errors import Rejected
from app.settings import Settings
from app.stores.shopify.names import client_secrets, is_shop

MOST_AGE = 90  # seconds
_HOST = re.compile(r"[0-9a-zA-Z+/]{1,400}={0,2}")
_ADMIN = re.compile(r"admin\.shopify\.com/store/[a-z0-9][a-z0-9-]{0,99}")
_STAMP = re.compile(r"[0-9]{1,11}")


def check(settings: Settings, query: Mapping[str, str], now: datetime) -> str:
    """The shop of a genuine, recent query. Rejected (401) for anything else."""
    shop, stamp, given = query.get("shop", ""), query.get("timestamp", ""), query.get("hmac", "")
    message = "&".join(f"{name}={query[name]}" for name in sorted(query) if name not in ("hmac", "signature"))
    known = [hmac.new(secret, message.encode(), hashlib.sha256).hexdigest()
             for secret in client_secrets(settings) if secret]  # fmt: skip
    equal = [hmac.compare_digest(one.encode(), given.encode("utf-8", "replace")) for one in known]
    if not any(equal) or not _STAMP.fullmatch(stamp) or not is_shop(settings, shop):
        raise _refused()
    if abs(now.timestamp() - int(stamp)) > MOST_AGE:
        raise _refused()
    return shop


def admin_of(settings: Settings, query: Mapping[str, str]) -> str:
    """Host and path of the admin a browser comes from, of the unsigned `host` or `shop`; empty where it is none."""
    text = query.get("host", "")
    if _HOST.fullmatch(text):
        try:
            found = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            found = ""
        shop = found.removesuffix("/admin")
        if _ADMIN.fullmatch(found) or (found.endswith("/admin") and is_shop(settings, shop)):
            return found
    shop = query.get("shop", "")
    return f"{shop}/admin" if is_shop(settings, shop) else ""


def app_page(settings: Settings, query: Mapping[str, str], path: str) -> str:
    """The address of one of our pages inside the admin; empty without a shop."""
    admin = admin_of(settings, query)
    return f"https://{admin}/apps/{quote(settings.shopify.client_id, safe='')}{path}" if admin else ""


def _refused() -> Rejected:
    return Rejected("Open the app again from your store.", status=401, code="bad_signature")
