"""Pages of the stand-in admin. The routes are those of the real one below `/admin`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.shopify.standin import Shopify


def routes(api: "Shopify") -> None:
    del api
