"""What the app registers in a BigCommerce store: webhooks and App Extensions. Listed first, then made good.

Source: BigCommerce API reference, Webhooks V3; developer documentation, "App Extensions".
"""

from collections.abc import Collection, Mapping
from typing import Any

from app.domain.events import Topic
from app.domain.ids import ObjectType
from app.errors import NeedsReauth, Permanent
from app.stores.bigcommerce import payloads
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, error_text, parse
from app.stores.bigcommerce.companies import CompanyReading
from app.stores.bigcommerce.hook_events import ALWAYS, EVENTS, scopes, told_by
from app.stores.bigcommerce.pages import PageReading

PRICE_LIST = "store/priceList"
PANELS = {
    ObjectType.ORDER: ("ORDERS", "/orders/${id}"),
    ObjectType.PRODUCT: ("PRODUCTS", "/products/${id}"),
    ObjectType.CUSTOMER: ("CUSTOMERS", "/customers/${id}"),
}
LABEL = {
    "defaultValue": "ECM",
    # Always sent: a label is replaced whole, and one without locales is said to be refused.
    "locales": [{"value": "ECM", "localeCode": code} for code in ("de", "es-MX", "fr", "it", "nl")],
}

LIST = "query{store{appExtensions{edges{node{id url context model label{defaultValue}}}}}}"
CREATE = (
    "mutation($input: CreateAppExtensionInput!){appExtension{createAppExtension(input:$input)"
    "{appExtension{id context model url label{defaultValue locales{value localeCode}}}}}}"
)
UPDATE = (
    "mutation($input: UpdateAppExtensionInput!){appExtension{updateAppExtension(input:$input)"
    "{appExtension{id url label{defaultValue}}}}}"
)
DELETE = (
    "mutation($input: DeleteAppExtensionInput!){appExtension{deleteAppExtension(input:$input){deletedAppExtensionId}}}"
)


class BigCommerceSetup(PageReading, CompanyReading):
    """StoreSetup for one store."""

    def __init__(self, client: BigCommerceClient) -> None:
        self._client = client

    def ensure_webhooks(
        self, destination: str, headers: Mapping[str, str], topics: Collection[Topic] | None = None
    ) -> dict[str, str]:
        """One hook per scope, active, with this destination and these headers. Lists show our own; what no topic
        needs any longer is removed. A scope the store does not let us have is "refused", and stops no other.
        """
        listed = self._hooks()
        wanted = {"destination": destination, "headers": dict(headers), "is_active": True}
        channels = [channel.id for channel in self._channels()] if _by_channel(topics) else []
        companies = (topics is None or Topic.COMPANY_CHANGED in topics) and self._has_companies()
        asked = scopes(topics, channels, b2b=companies)
        report = {scope: self._ensure_hook(scope, wanted, _of(scope, listed)) for scope in asked}
        for hook in listed:
            if hook.scope.rstrip("/") not in report:
                self._client.delete(f"v3/hooks/{hook.id}")
                report[hook.scope] = "removed"
        return report

    def ensure_panels(self) -> dict[str, str]:
        listed = payloads.AppExtensions.model_validate(self._graphql(LIST, {}, reads=True)).found
        panels = [entry for entry in listed if entry.context == "PANEL"]
        return {
            object_type: self._ensure_panel(model, url, [entry for entry in panels if entry.model == model])
            for object_type, (model, url) in PANELS.items()
        }

    def _ensure_hook(self, scope: str, wanted: dict[str, Any], present: list[payloads.Hook]) -> str:
        if not present:
            return self._create_hook(scope, wanted)
        kept = max(present, key=lambda hook: (hook.destination == wanted["destination"], hook.is_active, -hook.id))
        for hook in present:
            if hook is not kept:
                self._client.delete(f"v3/hooks/{hook.id}")
        if _differs(kept, wanted):
            self._client.put(f"v3/hooks/{kept.id}", {"scope": kept.scope, **wanted})
            return "changed"
        if not kept.is_active:
            self._client.put(f"v3/hooks/{kept.id}", {"scope": kept.scope, **wanted})
            return "reactivated"
        return "kept"

    def _create_hook(self, scope: str, wanted: dict[str, Any]) -> str:
        """Whether price list scopes end with a slash, the documentation does not settle: the other spelling is tried.
        What depends on the plan or on B2B Edition may be refused; every store has the rest.
        """
        told, _ = told_by(scope)
        spellings = (scope, f"{scope}/") if scope.startswith(PRICE_LIST) else (scope,)
        for spelling in spellings:
            try:
                self._client.post("v3/hooks", {"scope": spelling, **wanted})
            except Permanent as error:
                if error.context.get("status") != 422 or (told is not None and told.topic in ALWAYS):
                    raise
            else:
                return "created"
        return "refused"

    def _hooks(self) -> list[payloads.Hook]:
        found: list[payloads.Hook] = []
        page = pages = 1
        while page <= pages:
            answer = parse(self._client.get("v3/hooks", page=page, limit=250), payloads.Data[list[payloads.Hook]])
            found += answer.data
            page, pages = page + 1, answer.meta.pagination.total_pages
        return found

    def _ensure_panel(self, model: str, url: str, present: list[payloads.AppExtension]) -> str:
        if not present:
            wanted = {"context": "PANEL", "model": model, "url": url, "label": LABEL}
            self._graphql(CREATE, {"input": wanted})
            return "created"
        for extra in present[1:]:
            self._graphql(DELETE, {"input": {"id": extra.id}})
        if (present[0].url, present[0].label.default) != (url, LABEL["defaultValue"]):
            self._graphql(UPDATE, {"input": {"id": present[0].id, "data": {"url": url, "label": LABEL}}})
            return "changed"
        return "kept"

    def _graphql(self, document: str, variables: dict[str, Any], *, reads: bool = False) -> dict[str, Any]:
        """`data` of the answer. Errors come with status 200, too; which ones is documented for none."""
        body = {"query": document, "variables": variables} if variables else {"query": document}
        response = self._client.post("graphql", body, reads=reads)
        answer = parse(response, payloads.GraphQL)
        if not answer.errors and answer.data is not None:
            return answer.data
        said = error_text(response)
        if any(word in said.lower() for word in ("scope", "unauthorized", "not authorized", "permission")):
            raise NeedsReauth(
                "BigCommerce does not let the app add its panels.",
                code="missing_right",
                upstream=SERVICE,
                service=SERVICE,
                said=said,
            )
        raise Permanent("BigCommerce did not accept the panels.", code="panel_refused", service=SERVICE, said=said)


def _by_channel(topics: Collection[Topic] | None) -> bool:
    return any(told.channel and (topics is None or told.topic in topics) for told in EVENTS)


def _of(scope: str, listed: list[payloads.Hook]) -> list[payloads.Hook]:
    return [hook for hook in listed if hook.scope.rstrip("/") == scope]


def _differs(hook: payloads.Hook, wanted: dict[str, Any]) -> bool:
    headers = {name.lower(): value for name, value in hook.headers.items()}
    sought = {name.lower(): value for name, value in wanted["headers"].items()}
    return hook.destination != wanted["destination"] or headers != sought
