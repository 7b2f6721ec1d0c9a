"""Shopify at the app's doors: ID tokens, token exchange, the authorization-code grant, deliveries.

Shopify installs the app by itself (managed installation): we learn of a shop when somebody opens the app there, and
get its token for theirs. The code grant remains for self-hosted custom apps that switched this off.
Source: Shopify developer documentation, "Token exchange", "Authorization code grant", "Iframe protection".
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from app.domain.privacy import Person
from app.errors import Rejected
from app.outbound import Outbound
from app.settings import Settings
from app.stores.port import Delivery, Frame, Installed, SignedIn
from app.stores.port.embedding import Scope
from app.stores.shopify import id_tokens, scopes, signed_query, webhooks
from app.stores.shopify.names import client_secrets, is_shop, shop_url
from app.stores.shopify.tokens import ShopToken, TokenDoor

LONGEST_CODE = 2048


class ShopifyDoor:
    """StoreDoor and EmbeddedDoor for every shop of this app."""

    webhook_path = "/shopify/webhooks"

    def __init__(self, settings: Settings, outbound: Outbound) -> None:
        self._settings = settings
        self.installs_by_code = settings.shopify.install == "code"
        self._tokens = TokenDoor(settings, outbound, lambda: datetime.now(UTC))

    def is_configured(self) -> bool:
        return bool(self._settings.shopify.client_id and client_secrets(self._settings)[0])

    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        return scopes.missing(self._settings.shopify.scopes, granted)

    # StoreDoor

    def complete_install(self, query: Mapping[str, str], redirect_uri: str) -> Installed:
        """The code of a signed query for a token; the caller has compared its state."""
        del redirect_uri  # Shopify knows it from the first step
        self._require_app()
        shop, code = signed_query.check(self._settings, query, datetime.now(UTC)), query.get("code", "")
        if not 0 < len(code) <= LONGEST_CODE:
            raise Rejected("This installation request is not complete.", code="bad_install")
        return _installed(shop, self._tokens.by_code(shop, code), user_id="")

    def signed_request(self, query: Mapping[str, str], now: datetime) -> SignedIn:
        """The ID token of a document request. A shop named beside it must be the same."""
        signed = self.presented(query.get("id_token", ""), now)
        if query.get("shop", signed.external_id) != signed.external_id:
            raise id_tokens.not_genuine()
        return replace(signed, locale=query.get("locale", "")[:35])

    def hook_headers(self, external_id: str) -> dict[str, str]:
        """Shopify sends no headers of ours: what is in ours it does not repeat."""
        del external_id
        return {}

    def delivery(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
        """The time is in no signed part: an old delivery is told by its id, and by what the shop says now."""
        del now
        self._require_app()
        return webhooks.delivery(self._settings, headers, body)

    def person(self, body: bytes) -> Person:
        return webhooks.person(body)

    def frame(self, external_id: str) -> Frame:
        own = self._settings.shopify
        ancestors = (f"https://{external_id}", *own.admin_origins) if is_shop(self._settings, external_id) else ()
        return Frame(ancestors, own.bridge_url, own.client_id, next(iter(own.admin_origins), ""), "Shopify")

    # EmbeddedDoor

    def presented(self, token: str, now: datetime) -> SignedIn:
        self._require_app()
        return id_tokens.read(self._settings, token, now)

    def introduce(self, token: str, signed: SignedIn) -> SignedIn:
        known = self._tokens.somebody(signed.external_id, token)
        if known.user_id != signed.user_id:
            raise id_tokens.not_genuine()
        return replace(signed, user_email=known.email, is_owner=known.is_owner, locale=signed.locale or known.locale)

    def grant(self, token: str, signed: SignedIn) -> Installed:
        return _installed(signed.external_id, self._tokens.exchange(signed.external_id, token), signed.user_id)

    def needs_grant(self, granted: frozenset[str]) -> bool:
        return bool(self.missing_scopes(granted))

    def permissions(self, granted: frozenset[str]) -> tuple[Scope, ...]:
        required = {one: scopes.REQUIRED.get(one, one) for one in self._settings.shopify.scopes}
        known = required | {one: why for one, why in scopes.OPTIONAL.items() if one not in required}
        return tuple(Scope(one, why, scopes.covers(granted, one), one in required) for one, why in known.items())

    def agreement(self, external_id: str, scope: str) -> str:
        own = self._settings.shopify
        asked = {"client_id": own.client_id, "scope": ",".join(own.scopes)}
        asked |= {"optional_scopes": scope} if scope not in own.scopes else {}
        return f"{shop_url(self._settings, external_id)}/admin/oauth/install?{urlencode(asked)}"

    def store_of(self, query: Mapping[str, str]) -> str:
        shop = query.get("shop", "")
        return shop if is_shop(self._settings, shop) else ""

    def inside(self, query: Mapping[str, str], path: str) -> str:
        return signed_query.app_page(self._settings, query, path)

    def leave(self, query: Mapping[str, str], redirect_uri: str, state: str) -> str:
        self._require_app()
        shop = signed_query.check(self._settings, query, datetime.now(UTC))
        own = self._settings.shopify
        asked = {"client_id": own.client_id, "scope": ",".join(own.scopes), "redirect_uri": redirect_uri,
                 "state": state}  # fmt: skip
        return f"{shop_url(self._settings, shop)}/admin/oauth/authorize?{urlencode(asked)}"

    def _require_app(self) -> None:
        """Without credentials nothing is genuine: an empty key would verify anybody's."""
        if not self.is_configured():
            raise Rejected("Shopify is not set up here.", status=404, code="not_configured")


def _installed(shop: str, token: ShopToken, user_id: str) -> Installed:
    return Installed(
        external_id=shop, token=token.sealed(), granted=token.scopes, user_id=user_id, user_email="", owner_id="",
        owner_email="",
    )  # fmt: skip
