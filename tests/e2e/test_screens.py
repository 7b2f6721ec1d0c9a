"""Every page in every state at three widths, for people to look at; and what a person would call broken at a glance."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from tests.e2e.conftest import Site, Visit
from tests.unit.web_pages.shop import STORE, ago

pytestmark = pytest.mark.e2e
WIDTHS = (320, 768, 1280)


def scene_orders(site: Site) -> dict[str, str]:
    shop = site.shop
    shop.related_customer()
    shop.order_under_review("1001")
    shop.order_under_review("1002", outcome="approved")
    shop.order_under_review("1003", outcome="rejected")
    shop.failing(shop.order_under_review("1004"), 3)
    shop.failing(shop.order_under_review("1005"), 3, stuck=True)
    shop.snapshot(
        "order",
        "1006",
        "Order 1006",
        shop.order_facts("1006", status="awaiting_fulfillment", status_label="Awaiting Fulfillment"),
    )
    return {
        "order-under-review": "/panel/orders/1001", "order-approved": "/panel/orders/1002",
        "order-rejected": "/panel/orders/1003", "order-opentext-down": "/panel/orders/1004",
        "order-needs-attention": "/panel/orders/1005", "order-not-linked": "/panel/orders/1006",
        "order-unknown": "/panel/orders/1007", "customer": "/panel/customers/7",
        "activity": "/activity/", "deliveries": "/activity/deliveries", "home": "/",
    }  # fmt: skip


def scene_products(site: Site) -> dict[str, str]:
    shop = site.shop
    first = shop.product_live("77")
    second = shop.product_live("78", drifted=("name", "description"))
    shop.product_live("79", state="undone", page_title="kept")
    shop.snapshot("product", "80", "Bare lamp", {"sku": "L-2", "is_visible": False})
    return {
        "product-live": "/panel/products/77", "product-drifted": "/panel/products/78",
        "product-undone": "/panel/products/79", "product-not-linked": "/panel/products/80",
        "product-undo": f"/panel/products/77/publications/{first}/undo",
        "product-undo-drifted": f"/panel/products/78/publications/{second}/undo",
    }  # fmt: skip


def scene_settings(site: Site) -> dict[str, str]:
    for role in ("manager", "viewer"):
        site.shop.sign_in(role, email=f"{role}.person@example.com")
    return {
        "settings-opentext": "/settings/opentext",
        "settings-reviews": "/settings/reviews",
        "settings-people": "/settings/people",
    }


def scene_first_day(site: Site) -> dict[str, str]:
    with unit_of_work(site.shop.deps.database) as uow:
        uow.session.delete(uow.session.get_one(OpenTextConnection, STORE))
        uow.session.get_one(StoreRow, STORE).last_delivery_at = ago(seconds=30)
    return {"home-first-day": "/", "order-not-connected": "/panel/orders/1"}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scene", [scene_orders, scene_products, scene_settings, scene_first_day])
def test_pages_fit_at_every_width(
    scene: Callable[[Site], dict[str, str]], width: int, site: Site, visit: Callable[..., Visit], screens: Path
) -> None:
    paths = scene(site)
    window = visit(width=width)
    for name, path in paths.items():
        page = window.open(path)
        page.screenshot(path=screens / f"{name}-{width}.png", full_page=True)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name} is {overflow} px too wide at {width}"
