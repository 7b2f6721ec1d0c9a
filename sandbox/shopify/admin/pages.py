"""Pages of the stand-in admin: lists and details of what a shop has, the Apps page, the frame of an app."""

from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from sandbox.shopify.admin import extensions
from sandbox.shopify.hands import Merchant
from sandbox.shopify.panel import Admin
from sandbox.shopify.state import App, Store, User

if TYPE_CHECKING:
    from sandbox.shopify.admin.door import AdminDoor

JSON = dict[str, Any]
USER = "admin_user"
# Page -> (resource type of global ids, page of extension targets, columns)
KINDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "orders": ("Order", "order", ("name", "createdAt", "displayFinancialStatus", "displayFulfillmentStatus")),
    "products": ("Product", "product", ("title", "status", "totalInventory", "vendor")),
    "customers": ("Customer", "customer", ("displayName", "numberOfOrders", "note")),
    "companies": ("Company", "company", ("name", "externalId", "note")),
}
KIND = f"<any({', '.join(KINDS)}):kind>"
HIDDEN = frozenset({"id", "gid", "events", "metafields"})  # not among the facts of a detail page


def start(door: "AdminDoor", call: Request, handle: str) -> Response:
    del call
    return _to(door, door.api.store(handle), "/orders")


def listing(door: "AdminDoor", call: Request, handle: str, kind: str) -> Response:
    store = door.api.store(handle)
    _, page, columns = KINDS[kind]
    found = Merchant(door.api).list(kind, store.domain)
    return _page(
        door, call, store, "list.html", kind=kind, columns=columns, rows=found,
        prints=extensions.of_target(f"admin.{page}-index.selection-print-action.render"),
    )  # fmt: skip


def detail(door: "AdminDoor", call: Request, handle: str, kind: str, number: int) -> Response:
    store, merchant = door.api.store(handle), Merchant(door.api)
    found = merchant.get(kind, number, store.domain)
    page = KINDS[kind][1]
    return _page(
        door, call, store, "detail.html", kind=kind, found=found, facts=_facts(found),
        title=found.get("name") or found.get("title") or found.get("displayName"),
        blocks=extensions.of_target(f"admin.{page}-details.block.render"),
        actions=extensions.of_target(f"admin.{page}-details.action.render"),
        prints=extensions.of_target(f"admin.{page}-details.print-action.render"),
    )  # fmt: skip


def _facts(found: JSON) -> list[tuple[str, str]]:
    """Name and text of what is shown of a record."""
    return [(name, _spoken(value)) for name, value in found.items() if name not in HIDDEN and _spoken(value)]


def _spoken(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(filter(None, map(_spoken, value)))
    if isinstance(value, dict):
        if "shopMoney" in value:
            return f"{value['shopMoney']['currencyCode']} {value['shopMoney']['amount']}"
        parts = [_spoken(v) for name, v in value.items() if name not in ("id", "gid")]
        return ", ".join(filter(None, parts))
    return "" if value is None else str(value)


# Apps


def apps(door: "AdminDoor", call: Request, handle: str) -> Response:
    store = door.api.store(handle)
    return _page(door, call, store, "apps.html", app=_app(door), installed=_is_installed(door, store))


def install(door: "AdminDoor", call: Request, handle: str) -> Response:
    """The merchant agrees to the scopes, and the app opens."""
    store = door.api.store(handle)
    del call
    Admin(door.api).install(store.domain)
    return _to(door, store, f"/apps/{_app(door).handle}")


def uninstall(door: "AdminDoor", call: Request, handle: str) -> Response:
    store = door.api.store(handle)
    del call
    Admin(door.api).uninstall(store.domain)
    return _to(door, store, "/apps")


def app(door: "AdminDoor", call: Request, handle: str, app_handle: str, path: str = "") -> Response:
    """The embedded app: its page in a frame, opened with a fresh ID token. Also found by its client id."""
    store, known = door.api.store(handle), _app(door)
    if app_handle not in (known.handle, known.client_id):
        raise NotFound
    if not _is_installed(door, store):
        return _to(door, store, "/apps")
    opened = Admin(door.api).open(store.domain, _user(call, store).id, f"/{path}")
    return _page(door, call, store, "app.html", app=known, source=opened.url)


def sit(door: "AdminDoor", call: Request, handle: str) -> Response:
    """Somebody else of the shop takes the seat."""
    store = door.api.store(handle)
    person = store.user(call.form.get("user", ""))
    response = _to(door, store, "/orders")
    response.set_cookie(USER, str(person.id), httponly=True, samesite="Lax")
    return response


# Inside


def user_of(call: Request, store: Store) -> User:
    """Who sits there, as the cookie says; the owner else."""
    return _user(call, store)


def _user(call: Request, store: Store) -> User:
    wanted = call.cookies.get(USER, "")
    return next((user for user in store.users if str(user.id) == wanted), store.owner)


def _app(door: "AdminDoor") -> App:
    return next(iter(door.api.state.apps.values()))


def _is_installed(door: "AdminDoor", store: Store) -> bool:
    return _app(door).client_id in store.installations


def _page(door: "AdminDoor", call: Request, store: Store, template: str, **values: Any) -> Response:
    seat: JSON = {"store": store, "user": _user(call, store), "home": f"/admin/store/{store.handle}", "path": call.path}
    return door.render(
        template, **seat, shops=list(door.api.state.shops.values()), kinds=KINDS, the_app=_app(door),
        is_installed=_is_installed(door, store), **values,
    )  # fmt: skip


def _to(door: "AdminDoor", store: Store, path: str) -> Response:
    return Response(status=303, headers={"Location": door.api.admin_url(store, path)})


HOME = "/admin/store/<handle>"
ROUTES = (
    ("GET", HOME, start),
    ("GET", f"{HOME}/{KIND}", listing),
    ("GET", f"{HOME}/{KIND}/<int:number>", detail),
    ("GET", f"{HOME}/apps", apps),
    ("POST", f"{HOME}/apps/install", install),
    ("POST", f"{HOME}/apps/uninstall", uninstall),
    ("GET", f"{HOME}/apps/<app_handle>", app),
    ("GET", f"{HOME}/apps/<app_handle>/<path:path>", app),
    ("POST", f"{HOME}/sit", sit),
)
