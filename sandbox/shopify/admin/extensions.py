"""A host for admin UI extensions: each runs in a frame with the `shopify` object it would find in the real admin.

The bundles are the very files that would be deployed, from `build/shopify`; the set-up builds them. Without them the
pages show no extensions. The components are our own small versions of the elements Shopify's admin draws.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from sandbox.kernel.standin import json_response
from sandbox.shopify.panel import Admin

if TYPE_CHECKING:
    from sandbox.shopify.admin.door import AdminDoor

JSON = dict[str, Any]
BUILT = Path(__file__).resolve().parents[3] / "build" / "shopify"
MOST_SELECTED = 50


@lru_cache(maxsize=4)
def _read(changed: float) -> JSON:
    del changed
    found: JSON = json.loads((BUILT / "manifest.json").read_text("utf-8"))
    return found


def manifest() -> JSON:
    """What was built; nothing where nothing was."""
    path = BUILT / "manifest.json"
    return _read(path.stat().st_mtime) if path.is_file() else {"extensions": [], "locales": {"en": {}}}


def of_target(target: str) -> list[JSON]:
    return [one for one in manifest()["extensions"] if one["target"] == target]


def frame(door: "AdminDoor", call: Request, shop: str, handle: str) -> Response:
    """The document an extension runs in. `id`: what is selected on the page, once or several times."""
    from sandbox.shopify.admin import pages  # noqa: PLC0415  # pages ask which extensions there are

    store = door.api.store(shop)
    found = next((one for one in manifest()["extensions"] if one["handle"] == handle), None)
    if found is None:
        raise NotFound
    is_condition = "condition" in call.args
    locales = manifest()["locales"]
    config = {
        "app": door.api.app_base_url,
        "target": found["target"].replace(".render", ".should-render") if is_condition else found["target"],
        "handle": handle,
        "selected": [{"id": one} for one in call.args.getlist("id")[:MOST_SELECTED]],
        "texts": locales.get(pages.user_of(call, store).locale, locales["en"]),
        "usual": locales["en"],
        "token": f"/admin/extensions/{store.handle}/token",
    }
    script = found["conditions"] if is_condition else found["script"]
    return door.render("frame.html", config=config, script=f"/admin/extensions/built/{script}")


def token(door: "AdminDoor", call: Request, shop: str) -> Response:
    """A fresh ID token of whoever sits there, as `shopify.auth.idToken()` gives it."""
    from sandbox.shopify.admin import pages  # noqa: PLC0415  # as above

    store = door.api.store(shop)
    user = pages.user_of(call, store)
    return json_response({"id_token": Admin(door.api).id_token(store.domain, user.id)})


def scopes(door: "AdminDoor", call: Request, shop: str) -> Response:
    """The merchant agrees to what `shopify.scopes.request` asked for; the app is told by its webhook."""
    store = door.api.store(shop)
    Admin(door.api).grant(call.form.getlist("scope"), store.domain)
    return Response(status=204)


def built(door: "AdminDoor", call: Request, name: str) -> Response:
    del door, call
    known = {one.get(key) for one in manifest()["extensions"] for key in ("script", "conditions")}
    if name not in known:
        raise NotFound
    return Response((BUILT / name).read_bytes(), content_type="text/javascript; charset=utf-8")


ROUTES = (
    ("GET", "/admin/extensions/<shop>/frame/<handle>", frame),
    ("POST", "/admin/extensions/<shop>/token", token),
    ("POST", "/admin/extensions/<shop>/scopes", scopes),
    ("GET", "/admin/extensions/built/<name>", built),
)
