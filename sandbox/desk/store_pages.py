"""The store's control panel: apps, orders, products, customers, users, and the frames that show the app."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from sandbox import credentials
from sandbox.bigcommerce.countries import COUNTRIES
from sandbox.bigcommerce.merchant import Merchant
from sandbox.bigcommerce.order_status import STATUSES
from sandbox.content_server.seed import BIGCOMMERCE
from sandbox.desk.people import Seat

if TYPE_CHECKING:
    from sandbox.desk.door import Desk

JSON = dict[str, Any]
SHOWN_AT_MOST = 100  # the newest
APP_NAME = "Storefront ECM"
EDITED_BY_HAND = ("name", "description", "page_title", "meta_description", "search_keywords", "price", "is_visible")
SETTABLE = (1, 2, 5, 6, 7, 9, 10, 11, 12, 13)
MOST_USED = ("DE", "US", "GB", "FR", "NL", "AT", "CH", "JP", "NG", "CA")


# Apps


def apps(desk: "Desk", call: Request) -> Response:
    seat = Seat.of(desk.stage, call)
    app = desk.stage.bigcommerce.state.apps[credentials.APP_CLIENT_ID]
    return desk.render(call, "store/apps.html", app_name=APP_NAME, scopes=app.scopes, extensions=_extensions(seat))


def install(desk: "Desk", call: Request) -> Response:
    """The merchant accepts the scopes; the app's answer to the auth callback is shown in the frame."""
    _owner_only(desk, call)
    return desk.go("/store/app?install=1")


def app(desk: "Desk", call: Request) -> Response:
    """The app's own page in the control panel: a frame with its start page, or its answer to the installation."""
    seat = Seat.of(desk.stage, call)
    installing = "install" in call.args
    if not installing and not seat.is_installed:
        return desk.go("/store/apps", "The app is not installed yet.", "bad")
    source = "/store/frame?install=1" if installing else "/store/frame?path=/"
    return desk.render(
        call, "store/app.html", app_name=APP_NAME, source=source, installing=installing, hints=connection_hints(desk)
    )


def uninstall(desk: "Desk", call: Request) -> Response:
    seat = _owner_only(desk, call)
    desk.stage.control_panel.uninstall(seat.store.hash, user=seat.user.id)
    return desk.go("/store/apps", f"{APP_NAME} was uninstalled.")


def frame(desk: "Desk", call: Request) -> Response:
    """What frames point at: on to the app, with a fresh signature each time."""
    seat = Seat.of(desk.stage, call)
    panel = desk.stage.control_panel
    if "install" in call.args:
        url = panel.install_url(seat.store.hash, user=seat.user.id)
    else:
        path = call.args.get("path", "/")
        if not path.startswith("/"):
            raise NotFound
        url = panel.load_url(seat.store.hash, seat.user.id, path)
    return Response(status=302, headers={"Location": url, "Referrer-Policy": "no-referrer"})


def panel(desk: "Desk", call: Request) -> Response:
    """A panel as a page of its own, for a browser without scripts."""
    path, title = call.args.get("path", "/"), call.args.get("title", APP_NAME)
    return desk.render(call, "store/panel.html", source=f"/store/frame?path={path}", title=title)


# Orders


def orders(desk: "Desk", call: Request) -> Response:
    seat = Seat.of(desk.stage, call)
    found = Merchant(desk.stage.bigcommerce).list("orders", seat.store.hash)
    shipped_to = _shipped_to(seat)
    rows = [
        {"order": order, "menu": _menu(seat, "ORDERS", order["id"]), "ship_to": ", ".join(shipped_to[order["id"]])}
        for order in found[:SHOWN_AT_MOST]
    ]
    return desk.render(
        call,
        "store/orders.html",
        count=len(found),
        rows=rows,
        countries=_countries(),
        customers=_customers(desk, seat),
        products=_products(desk, seat),
    )


def order(desk: "Desk", call: Request, order_id: int) -> Response:
    seat = Seat.of(desk.stage, call)
    found = Merchant(desk.stage.bigcommerce).get("orders", order_id, seat.store.hash)
    statuses = [(number, STATUSES[number][0]) for number in SETTABLE]
    return desk.render(call, "store/order.html", order=found, statuses=statuses, menu=_menu(seat, "ORDERS", order_id))


def create_order(desk: "Desk", call: Request) -> Response:
    """The quick form: an amount, two countries, a flag."""
    seat, form = Seat.of(desk.stage, call), call.form
    asked: JSON = {
        "total": _amount(form.get("total", "")),
        "currency": form.get("currency", "EUR"),
        "billing": {"country_iso2": form.get("billing_country", "DE")},
        "shipping": {"country_iso2": form.get("shipping_country", "DE")},
        "fraud_review": "flagged" in form,
    }
    if form.get("customer"):
        asked["customer"] = int(form["customer"])
    if form.get("product"):
        asked["items"] = [{"product_id": int(form["product"])}]
    made = Merchant(desk.stage.bigcommerce).create("orders", asked, seat.store.hash)
    return desk.go("/store/orders", f"Order #{made['id']} was placed and paid.")


def change_order(desk: "Desk", call: Request, order_id: int) -> Response:
    seat, form = Seat.of(desk.stage, call), call.form
    asked: JSON = {}
    if form.get("status_id"):
        asked["status_id"] = int(form["status_id"])
    if "staff_notes" in form:
        asked["staff_notes"] = form["staff_notes"].replace("\r\n", "\n")
    Merchant(desk.stage.bigcommerce).patch("orders", order_id, asked, seat.store.hash)
    return desk.go(f"/store/orders/{order_id}", "Saved.")


# Products and customers


def products(desk: "Desk", call: Request) -> Response:
    seat = Seat.of(desk.stage, call)
    rows = [{"product": p, "menu": _menu(seat, "PRODUCTS", p["id"])} for p in _products(desk, seat)]
    return desk.render(call, "store/products.html", rows=rows, currency=seat.store.profile["currency"])


def product(desk: "Desk", call: Request, product_id: int) -> Response:
    seat = Seat.of(desk.stage, call)
    found = Merchant(desk.stage.bigcommerce).get("products", product_id, seat.store.hash)
    return desk.render(
        call, "store/product.html", product=found, menu=_menu(seat, "PRODUCTS", product_id),
        currency=seat.store.profile["currency"],
    )  # fmt: skip


def change_product(desk: "Desk", call: Request, product_id: int) -> Response:
    """A person edits the product by hand, past every approval."""
    seat, form = Seat.of(desk.stage, call), call.form
    asked: JSON = {name: form[name].replace("\r\n", "\n") for name in EDITED_BY_HAND if name in form}
    asked["is_visible"] = "is_visible" in form
    if "price" in asked:
        asked["price"] = float(_amount(asked["price"]))
    Merchant(desk.stage.bigcommerce).patch("products", product_id, asked, seat.store.hash)
    return desk.go(f"/store/products/{product_id}", "Saved in the store.")


def preview(desk: "Desk", call: Request, product_id: int) -> Response:
    """The description as a shopper sees it, in a frame of its own that can run nothing."""
    seat = Seat.of(desk.stage, call)
    found = Merchant(desk.stage.bigcommerce).get("products", product_id, seat.store.hash)
    # A sandboxed page has no origin of its own, so that 'self' would be nobody.
    own, pictures = desk.stage.addresses.desk, desk.stage.addresses.bigcommerce
    policy = f"sandbox; default-src 'none'; style-src {own}; img-src {pictures}; frame-ancestors {own}"
    response = desk.render(call, "store/preview.html", product=found)
    response.headers["Content-Security-Policy"] = policy
    return response


def customers(desk: "Desk", call: Request) -> Response:
    seat = Seat.of(desk.stage, call)
    rows = [{"customer": c, "menu": _menu(seat, "CUSTOMERS", c["id"])} for c in _customers(desk, seat)]
    return desk.render(call, "store/customers.html", rows=rows)


# Users


def users(desk: "Desk", call: Request) -> Response:
    return desk.render(call, "store/users.html")


def remove_user(desk: "Desk", call: Request, user_id: int) -> Response:
    seat = _owner_only(desk, call)
    desk.stage.control_panel.remove_user(user_id, seat.store.hash)
    return desk.go("/store/users", "The user was removed from the store.")


# Inside


def connection_hints(desk: "Desk") -> list[tuple[str, str]]:
    """What a person types into the app's connection form; in real life the OpenText administrator sends it."""
    stage = desk.stage
    return [
        ("OTDS address", stage.otds_url),
        ("Content Server address", stage.content_server_url),
        ("External system", BIGCOMMERCE),
        ("Client id", credentials.OTDS_CLIENT_ID),
        ("Client secret", credentials.OTDS_CLIENT_SECRET),
        ("Workflow address", stage.addresses.workflow),
        ("Tenant", credentials.WORKFLOW_TENANT),
        ("Workflow client id", credentials.WORKFLOW_CLIENT_ID),
        ("Workflow client secret", credentials.WORKFLOW_CLIENT_SECRET),
        ("Exstream address", stage.addresses.exstream),
        ("Exstream client id", credentials.EXSTREAM_CLIENT_ID),
        ("Exstream client secret", credentials.EXSTREAM_CLIENT_SECRET),
        ("Notifications account", credentials.NOTIFICATIONS_USER),
        ("Notifications password", credentials.NOTIFICATIONS_PASSWORD),
    ]


def _menu(seat: Seat, model: str, number: int) -> list[Any]:
    return seat.stage.control_panel.menu(seat.store.hash, model, number, seat.user.locale)


def _extensions(seat: Seat) -> list[Any]:
    return sorted(seat.store.extensions.values(), key=lambda extension: extension.id) if seat.is_installed else []


def _shipped_to(seat: Seat) -> dict[int, list[str]]:
    """Order id -> the countries it goes to."""
    found: dict[int, list[str]] = defaultdict(list)
    for address in list(seat.store.order_addresses.values()):
        if address["country_iso2"] not in found[address["order_id"]]:
            found[address["order_id"]].append(address["country_iso2"])
    return found


def _products(desk: "Desk", seat: Seat) -> list[JSON]:
    found = Merchant(desk.stage.bigcommerce).list("products", seat.store.hash)
    return sorted(found, key=lambda product: product["id"])


def _customers(desk: "Desk", seat: Seat) -> list[JSON]:
    return Merchant(desk.stage.bigcommerce).list("customers", seat.store.hash)


def _countries() -> list[tuple[str, str]]:
    """The usual ones first."""
    rest = sorted(set(COUNTRIES) - set(MOST_USED), key=lambda code: COUNTRIES[code][0])
    return [(code, COUNTRIES[code][0]) for code in [*(c for c in MOST_USED if c in COUNTRIES), *rest]]


def _amount(text: str) -> str:
    """A decimal number as people type it. Raises ValueError."""
    plain = text.strip().replace(",", "")
    if not plain.replace(".", "", 1).isdecimal():
        raise ValueError("The amount must be a number such as 749.90.")
    return plain


def _owner_only(desk: "Desk", call: Request) -> Seat:
    seat = Seat.of(desk.stage, call)
    if not seat.is_owner:
        raise ValueError("Only the store owner may do this.")
    return seat


ROUTES = (
    ("GET", "/store/apps", apps),
    ("POST", "/store/apps/install", install),
    ("POST", "/store/apps/uninstall", uninstall),
    ("GET", "/store/app", app),
    ("GET", "/store/frame", frame),
    ("GET", "/store/panel", panel),
    ("GET", "/store/orders", orders),
    ("POST", "/store/orders", create_order),
    ("GET", "/store/orders/<int:order_id>", order),
    ("POST", "/store/orders/<int:order_id>", change_order),
    ("GET", "/store/products", products),
    ("GET", "/store/products/<int:product_id>", product),
    ("POST", "/store/products/<int:product_id>", change_product),
    ("GET", "/store/products/<int:product_id>/preview", preview),
    ("GET", "/store/customers", customers),
    ("GET", "/store/users", users),
    ("POST", "/store/users/<int:user_id>/remove", remove_user),
)
