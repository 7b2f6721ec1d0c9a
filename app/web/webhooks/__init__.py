"""Deliveries of the store's platform: verified, written down once, acknowledged. Nothing else happens here.

Source: BigCommerce developer documentation, "Webhooks overview": 2xx at once, no body; anything else is sent again.
"""

from flask import Blueprint, Response, g

from app.domain.events import Source
from app.domain.ids import Provider, store_id
from app.engine.admission import Admission
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.stores.port import Delivery
from app.web import guards


def make_blueprint(deps: Deps) -> Blueprint:
    """POST /webhooks/bigcommerce."""
    bp = Blueprint("webhooks", __name__)
    admission = Admission(deps)

    @bp.post("/bigcommerce")
    def bigcommerce() -> Response:
        admission.check()
        deps.intake.accept(_event(g.delivery, g.raw))
        return Response(b"")

    return bp


def _event(delivery: Delivery, raw: bytes) -> NewEvent:
    """A delivery as the intake keeps it; one that is signed but unreadable is set aside for a person at once."""
    return NewEvent(
        store_id=store_id(Provider.BIGCOMMERCE, delivery.external_id),
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
