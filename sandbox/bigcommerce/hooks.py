"""Webhook management: `/hooks`, `/hooks/{id}`, `/hooks/admin`."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from sandbox.bigcommerce import events, webhooks
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused, missing
from sandbox.bigcommerce.fields import Field, check
from sandbox.bigcommerce.scopes import ANY, B2B
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON, Hook
from sandbox.bigcommerce.wire import flag, no_content, v3, v3_page
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

FIELDS = {
    "scope": Field("string", required=True, least=1),
    "destination": Field("string", required=True, least=1),
    "is_active": Field("boolean"),
    "headers": Field("object", nullable=True),
}
PER_SCOPE = 10


def routes(api: "BigCommerce") -> None:
    api.v3("GET", "/hooks", ANY, list_hooks)
    api.v3("POST", "/hooks", ANY, create_hook)
    api.v3("GET", "/hooks/admin", ANY, show_admin)
    api.v3("PUT", "/hooks/admin", ANY, update_admin)
    api.v3("GET", "/hooks/<int:hook_id>", ANY, lambda s, _c, hook_id: v3(shown(s, _hook(s, hook_id))))
    api.v3("PUT", "/hooks/<int:hook_id>", ANY, update_hook)
    api.v3("DELETE", "/hooks/<int:hook_id>", ANY, delete_hook)


def list_hooks(shop: Shop, call: Call) -> Response:
    only(call, ("page", "limit", "is_active", "scope", "destination"), 422)
    found = _own(shop)
    if "is_active" in call.args:
        wanted = flag(call.args["is_active"], "is_active", 422)
        found = [h for h in found if h.is_active is wanted]
    for name in ("scope", "destination"):
        if name in call.args:
            found = [h for h in found if getattr(h, name) == call.args[name]]
    return v3_page(call, [shown(shop, h) for h in found])


def create_hook(shop: Shop, call: Call) -> Response:
    body = check(json_of(call), FIELDS, "v3", creating=True)
    _check_hook(shop, body, None)
    at = int(shop.now().timestamp())
    hook = Hook(
        shop.store.next("hook", 20_000_001), shop.client_id, body["scope"], body["destination"],
        body.get("is_active", True), body.get("headers"), at, at, at,
    )  # fmt: skip
    shop.store.hooks[hook.id] = hook
    call.effect = f"hook {hook.id} {hook.scope} created"
    return v3(shown(shop, hook))


def update_hook(shop: Shop, call: Call, hook_id: int) -> Response:
    hook = _hook(shop, hook_id)
    body = check(json_of(call), FIELDS, "v3", creating=False)
    _check_hook(shop, {"scope": hook.scope, "destination": hook.destination} | body, hook)
    for name, value in body.items():
        setattr(hook, name, value)
    hook.updated_at = hook.last_event_at = int(shop.now().timestamp())
    hook.deactivated = hook.deactivated and not hook.is_active
    call.effect = f"hook {hook.id} updated"
    return v3(shown(shop, hook))


def delete_hook(shop: Shop, call: Call, hook_id: int) -> Response:
    hook = _hook(shop, hook_id)
    del shop.store.hooks[hook.id]
    call.effect = f"hook {hook.id} deleted"
    return v3(shown(shop, hook))


def show_admin(shop: Shop, call: Call) -> Response:
    only(call, ("is_active",), 422)
    found = _own(shop)
    if "is_active" in call.args:
        wanted = flag(call.args["is_active"], "is_active", 422)
        found = [h for h in found if h.is_active is wanted]
    at = int(shop.now().timestamp())
    blocked = [
        {"destination": f"https://{host}", "time_left": domain.blocked_until - at, "reasons": domain.reasons}
        for host, domain in shop.store.domains.items()
        if domain.blocked_until > at
    ]
    return v3(
        {
            "emails": shop.store.hook_emails.get(shop.client_id, []),
            "hooks_list": [shown(shop, h) | {"status": _status(h)} for h in found],
            "blocked_domains": blocked,
        }
    )


def update_admin(shop: Shop, call: Call) -> Response:
    declared = {"emails": Field("array", required=True, of=Field("string", least=3))}
    body = check(json_of(call), declared, "v3", creating=True)
    wrong = {f"emails[{n}]": "error.email" for n, text in enumerate(body["emails"]) if "@" not in text}
    if wrong:
        raise Refused(422, errors=wrong)
    shop.store.hook_emails[shop.client_id] = body["emails"]
    call.effect = "hook notification addresses set"
    return no_content()


def shown(shop: Shop, hook: Hook) -> JSON:
    return {
        "id": hook.id,
        "client_id": hook.client_id,
        "store_hash": shop.store.hash,
        "scope": hook.scope,
        "destination": hook.destination,
        "headers": hook.headers,
        "is_active": hook.is_active,
        "created_at": hook.created_at,
        "updated_at": hook.updated_at,
    }


def _status(hook: Hook) -> str:
    return "active" if hook.is_active else "deactivated" if hook.deactivated else "inactive"


def _own(shop: Shop) -> list[Hook]:
    """A hook is visible to the account that made it only."""
    webhooks.sweep(shop.store, int(shop.now().timestamp()))
    return [hook for hook in shop.store.hooks.values() if hook.client_id == shop.client_id]


def _hook(shop: Shop, hook_id: int) -> Hook:
    for hook in _own(shop):
        if hook.id == hook_id:
            return hook
    raise missing("Webhook", hook_id)


def _check_hook(shop: Shop, body: JSON, present: Hook | None) -> None:
    errors = _field_errors(shop, body)
    others = [h for h in _own(shop) if h is not present]
    same = [h for h in others if h.scope == body["scope"]]
    if any(h.destination == body["destination"] for h in same):
        errors["destination"] = "there is a webhook with this scope and destination already"
    if len(same) >= PER_SCOPE:
        errors["scope"] = f"at most {PER_SCOPE} webhooks may share a scope"
    errors |= _exception_errors(body, others)
    if errors:
        raise Refused(422, errors=errors)


def _field_errors(shop: Shop, body: JSON) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not events.known(body["scope"]):
        errors["scope"] = "error.scope.invalid"
    elif events.is_b2b(body["scope"]) and not _has_b2b(shop):
        errors["scope"] = "needs the B2B Edition scope"
    try:
        url = urlsplit(body["destination"])
        good = url.scheme == "https" and url.port in (None, 443)
    except ValueError:
        url, good = urlsplit(""), False
    if shop.api.allow_plain_http:
        good = url.scheme in ("http", "https")
    if not good or not url.hostname or url.username:
        errors["destination"] = "must be an HTTPS URL on port 443"
    for name, value in (body.get("headers") or {}).items():
        if not isinstance(value, str):
            errors[f"headers.{name}"] = "error.expected.jsstring"
    return errors


def _has_b2b(shop: Shop) -> bool:
    own = [
        t for t in shop.api.state.tokens.values() if (t.client_id, t.store_hash) == (shop.client_id, shop.store.hash)
    ]
    return shop.store.b2b and any(B2B in token.scopes for token in own)


def _exception_errors(body: JSON, others: list[Hook]) -> dict[str, str]:
    """`store/hook/deliveryException`: one per app, with a destination of its own."""
    is_one = body["scope"] == events.DELIVERY_EXCEPTION
    ones = [h for h in others if h.scope == events.DELIVERY_EXCEPTION]
    if is_one and ones:
        return {"scope": "only one webhook may have this scope"}
    shared = others if is_one else ones
    if any(h.destination == body["destination"] for h in shared):
        return {"destination": "delivery exceptions need a destination of their own"}
    return {}
