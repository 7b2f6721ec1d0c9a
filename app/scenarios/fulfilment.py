"""Scenarios about fulfilment: what leaves the house, from which warehouse, with which papers."""

from pydantic import Field

from app.domain.commerce import Order
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.order_parts import OrderPart, Shipment
from app.domain.scenario import Mode, Occasion, Preferences, Scenario, Subject
from app.domain.steps import EnsureWorkspace, FilePaper, LinkInStore, RequestDocuments


class FulfilmentPreferences(Preferences):
    """Which papers of a shipment come from others."""

    mode: Mode = Mode.OFF
    expected: str = Field(
        default="Proof of delivery", min_length=1, max_length=500, title="Papers expected for every shipment",
        description="Asked for by a link for warehouse or carrier, separated by commas.",
    )  # fmt: skip
    expected_abroad: str = Field(
        default="Customs declaration, Commercial invoice", max_length=500, title="Papers expected for customs",
        description="Asked for as well where a shipment leaves the countries below, separated by commas.",
    )  # fmt: skip
    countries_without_customs: str = Field(
        default="", max_length=400, title="Countries without customs",
        description="For example DE, AT, FR. Empty: no customs papers are asked for.",
    )  # fmt: skip
    upload_days: int = Field(
        default=30, ge=1, le=180, title="Days to send the papers",
        description="How long the link works.",
    )  # fmt: skip


def was_shipped(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    if isinstance(subject, Order) and subject.shipments:
        return ("A part of the order has left the house",)
    return ()


def each_shipment(_event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    if not isinstance(subject, Order):
        return ()
    return tuple(
        Occasion(
            f"shipment:{one.id}",
            {"shipment_id": one.id, "shipment": _title(one), "document_types": _expected(one, preferences)},
            (f"{_title(one)} has left the house",),
        )
        for one in subject.shipments
    )


def _title(shipment: Shipment) -> str:
    """ "Shipment 12 from Berlin": the folder, and what people call it."""
    return f"Shipment {shipment.id} from {shipment.location}" if shipment.location else f"Shipment {shipment.id}"


def _expected(shipment: Shipment, preferences: Preferences) -> str:
    if not isinstance(preferences, FulfilmentPreferences):
        return ""
    home = {code.strip().upper() for code in preferences.countries_without_customs.split(",") if code.strip()}
    to = shipment.to.country_code if shipment.to else ""
    wanted = [preferences.expected, preferences.expected_abroad if home and to and to not in home else ""]
    names = [name.strip() for text in wanted for name in text.split(",") if name.strip()]
    return ", ".join(f"{name} of shipment {shipment.id}" for name in names)


FULFILMENT = Scenario(
    slug="fulfilment-file",
    title="Give every shipment its folder with packing slip, confirmation and the papers others owe",
    catalogue=(7, 9, 13),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="Something of the order has left the house; once for each shipment.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=was_shipped,
    each=each_shipment,
    needs=frozenset({OrderPart.SHIPMENTS}),
    preferences=FulfilmentPreferences,
    steps=(
        EnsureWorkspace("ORDER", parents=(ObjectType.CUSTOMER,)),
        FilePaper("packing_slip", folder="05 Fulfilment/{shipment}", classification="Shipping documents"),
        FilePaper("shipping_confirmation", folder="05 Fulfilment/{shipment}", classification="Shipping documents"),
        RequestDocuments("papers of a shipment", folder="05 Fulfilment", days_preference="upload_days"),
        LinkInStore(ObjectType.ORDER),
    ),
    outcome="The order's workspace has a folder per shipment; the panel shows which papers are still owed.",
)  # fmt: skip

SCENARIOS = (FULFILMENT,)
