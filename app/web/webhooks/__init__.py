"""Deliveries of the stores' platforms: verified, written down once, acknowledged. Nothing else happens here.

Source: BigCommerce developer documentation, "Webhooks overview"; Shopify developer documentation, "HTTPS webhooks",
"Privacy law compliance": 2xx at once, no body; anything else is sent again.
"""

from collections.abc import Callable

from flask import Blueprint, Response, g

from app.domain.events import Source
from app.domain.ids import Provider, store_id
from app.engine.admission import Admission
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.stores.port import Delivery
from app.web import guards

LONGEST_SHOP_BODY = 5_000_000  # a product with a hundred variants is told whole


def make_blueprint(deps: Deps) -> Blueprint:
    """POST /webhooks/bigcommerce."""
    bp = Blueprint("webhooks", __name__)
    bp.add_url_rule("/bigcommerce", "bigcommerce", _keep(deps), methods=["POST"])
    return bp


def make_shop_blueprint(deps: Deps) -> Blueprint:
    """POST /shopify/webhooks, and /shopify/webhooks/compliance: the addresses of the app's configuration."""
    bp = Blueprint("shop_webhooks", __name__)
    keep = guards.takes(LONGEST_SHOP_BODY)(_keep(deps))
    bp.add_url_rule("", "shopify", keep, methods=["POST"])
    bp.add_url_rule("/compliance", "compliance", keep, methods=["POST"])
    return bp


def _keep(deps: Deps) -> Callable[[], Response]:
    admission = Admission(deps)

    def keep() -> Response:
        admission.check()
        deps.intake.accept(_event(g.provider, g.delivery, g.raw))
        return Response(b"")

    return keep


def _event(provider: Provider, delivery: Delivery, raw: bytes) -> NewEvent:
    """A delivery as the intake keeps it; one that is signed but unreadable is set aside for a person at once."""
    return NewEvent(
        store_id=store_id(provider, delivery.external_id),
        source=Source.STORE,
        delivery_key=delivery.delivery_key,
        topic=delivery.topic,
        object_type=delivery.object_type,
        object_id=delivery.object_id,
        detail=delivery.detail,
        raw=raw,
        quarantine_reason="" if delivery.is_readable else "unreadable",
        correlation_id=guards.correlation_id(),
    )
