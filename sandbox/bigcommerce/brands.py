"""Brands of the catalogue (V3)."""

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.bigcommerce import filters
from sandbox.bigcommerce.body import only
from sandbox.bigcommerce.errors import missing
from sandbox.bigcommerce.scopes import PRODUCTS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.wire import v3, v3_page
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

FILTERS: filters.Declared = {"id": ("integer", ("", "in")), "name": ("string", ("", "like"))}


def routes(api: "BigCommerce") -> None:
    api.v3("GET", "/catalog/brands", PRODUCTS, list_brands)
    api.v3("GET", "/catalog/brands/<int:brand_id>", PRODUCTS, show_brand)


def list_brands(shop: Shop, call: Call) -> Response:
    brands = [{"id": number, "name": name} for number, name in shop.store.brands.items()]
    return v3_page(call, filters.apply(call, brands, FILTERS))


def show_brand(shop: Shop, call: Call, brand_id: int) -> Response:
    only(call, ("include_fields", "exclude_fields"), 422)
    name = shop.store.brands.get(brand_id)
    if name is None:
        raise missing("Brand", brand_id)
    return v3({"id": brand_id, "name": name})
