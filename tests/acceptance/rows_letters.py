"""Rows about letters to buyers, composed by Exstream and sent as the merchant chose."""

from collections.abc import Sequence

from tests.acceptance.people import NINA, ORDER, ada, buys_torches, torch
from tests.acceptance.rows_cases import COMES_BACK
from tests.acceptance.verbs import Create, Decide, Happens, Pass, Verb, Work
from tests.acceptance.walks import Effect, Ending, Row, Shown

MAIL = {"channel": "mail"}
WHILE = (Pass(minutes=1), Pass(minutes=1))  # the letter is composed, and the mail server says that it arrived


def letters(*templates: str) -> tuple[Effect, ...]:
    """Each composed and sent once, and no other."""
    composed = tuple(Effect("exstream", f"{one} v1 composed") for one in templates)
    return (*composed, Effect("exstream", "composed", len(templates)), Effect("exstream", "emails", len(templates)))


RETURN = Row(
    26,
    choices={"return-letter": MAIL, "refund-letter": MAIL},
    before=(ada, torch(), buys_torches()),
    trigger=(COMES_BACK,),
    approved=Ending(
        (Decide("sf_return_approval", "approved_refund", NINA), *WHILE),
        letters("SF_RETURN_LETTER", "SF_REFUND"),
        (Shown(ORDER, ("Return RMA-1001", "Refund approved")),),
    ),
    rejected=Ending(
        (Decide("sf_return_approval", "rejected", NINA, "Used"), *WHILE),
        letters("SF_RETURN_LETTER"),
        (Shown(ORDER, ("Return RMA-1001", "Return rejected")),),
    ),
)

SHIPS_ONE: Sequence[Verb] = (
    Create("shipments", {"order_id": "#{order}", "tracking_number": "DHL-1",
                         "items": [{"order_product_id": "#{order_line}", "quantity": 1}]}),
)  # fmt: skip

NOTICES = Row(
    30,
    choices={"partial-notice": MAIL, "cancel-notice": MAIL, "order-exception": {"mode": "off"}},
    before=(ada, torch(), buys_torches()),
    trigger=SHIPS_ONE,
    approved=Ending(
        (*WHILE, buys_torches(), Work(), Happens("order_cancelled"), *WHILE),
        letters("SF_PARTIAL_NOTICE", "SF_CANCEL_NOTICE"),
        (Shown(ORDER, ("Record · ",)),),
    ),
)

LAMP = Create(
    "products",
    {"name": "Lamp", "price": 39.9, "sku": "NW-LAMP", "brand_name": "Northwind", "warranty": "2 years",
     "custom_fields": [{"name": "Care", "value": "Wipe with a dry cloth."},
                       {"name": "Set-up", "value": "Screw in the bulb first."}]},
    keep="product",
)  # fmt: skip

CARE = Row(
    31,
    choices={"care-guide": MAIL, "warranty-letter": MAIL, "welcome-customer": MAIL},
    before=(ada, LAMP, buys_torches()),
    trigger=(Create("shipments", {"order_id": "#{order}", "tracking_number": "DHL-1"}),),
    approved=Ending(
        (Pass(days=15), *WHILE),
        letters("SF_ONBOARDING", "SF_CARE", "SF_WARRANTY"),
        (
            Shown(
                ORDER,
                ("Care_{order}.pdf", "Warranty_W-{order}.pdf", "Welcome_", "Mailed to a***@example.com delivered"),
            ),
        ),
    ),
)

ROWS = (RETURN, NOTICES, CARE)
