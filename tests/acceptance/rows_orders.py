"""Rows about orders: exceptions, fulfilment, records, stock, reviews, letters."""

from app.domain.ids import Provider
from tests.acceptance.people import ANNA, ORDER, PAUL, PDF, SAM, UMA, ada, buys, buys_torches, torch
from tests.acceptance.verbs import Create, Decide, Find, Happens, Pass, Send, Work
from tests.acceptance.walks import Effect, Ending, Row, Shown

BIGCOMMERCE = Provider.BIGCOMMERCE

EXCEPTION = Row(
    2,
    also=(35,),
    trigger=(buys(status="Awaiting Payment", payment_status="declined"),),
    approved=Ending(
        (Decide("sf_order_review", "approved", SAM, "Pays by transfer"),),
        (
            Effect("content_server", "'Order {order} ({store})' created"),
            Effect("content_server", "'Payments of order {order}, payment"),
            Effect("content_server", "'Order {order} decision, payment"),
            Effect("workflow", "process sf_order_review started"),
            Effect("store", "order {order} status", 0),
            Effect("store", "{noted}"),
        ),
        (Shown(ORDER, ("declined", "Pays by transfer", "sam.reyes@demo decided", "Record · Payments")),),
    ),
    rejected=Ending(
        (Decide("sf_order_review", "rejected", SAM, "No answer"),),
        (Effect("workflow", "started"), Effect("store", "{cancelled}")),
        (Shown(ORDER, ("declined", "{is_cancelled}", "“Cancelled”")),),
    ),
)

REVIEW = Row(
    16,
    trigger=(buys("950.00", shipping={"country_iso2": "FR"}),),
    approved=Ending(
        (Decide("sf_order_review", "approved", ANNA, "Known buyer"),),
        (
            Effect("store", "{held}"),
            Effect("store", "{released}"),
            Effect("content_server", "'Order {order} ({store})' created"),
            Effect("content_server", "'Order {order} record.pdf' created"),
            Effect("content_server", "'Order {order} decision.pdf' created"),
            Effect("workflow", "process sf_order_review started"),
        ),
        (Shown(ORDER, ("is at or above your limit of", "differs from shipping country FR", "Known buyer",
                       "{is_open}", "Record · Approvals")),),
    ),
    rejected=Ending(
        (Decide("sf_order_review", "rejected", ANNA, "Card stolen"),),
        (
            Effect("store", "{held}"),
            Effect("store", "{declined}"),
            Effect("content_server", "'Order {order} decision.pdf' created"),
        ),
        (Shown(ORDER, ("Rejected", "Card stolen", "{is_declined}")),),
    ),
)  # fmt: skip

SHIPMENT = {"order_id": "#{order}", "tracking_number": "DHL-4711", "shipping_provider": "dhl"}


def part(quantity: int) -> Create:
    """A part of the order leaves the house."""
    items = [{"order_product_id": "#{order_line}", "quantity": quantity}]
    return Create("shipments", {**SHIPMENT, "items": items}, keep=f"shipment{quantity}")


FULFILMENT = Row(
    7,
    choices={"fulfilment-file": {}, "order-exception": {"mode": "off"}},
    before=(ada, torch(), buys_torches(3)),
    trigger=(part(1), part(2)),
    approved=Ending(
        (),
        (
            Effect("content_server", "'Packing slip {order}, shipment {shipment1}.pdf' created"),
            Effect("content_server", "'Packing slip {order}, shipment {shipment2}.pdf' created"),
            Effect("content_server", "'Shipping confirmation {order}, shipment {shipment1}.pdf' created"),
            Effect("content_server", "'Shipping confirmation {order}, shipment {shipment2}.pdf' created"),
            Effect("content_server", "'Order {order} ({store})' created"),
        ),
        (Shown(ORDER, ("has left the house", "Record · Shipping documents",
                       "To send us: Proof of delivery of shipment {shipment1}")),),
    ),
)  # fmt: skip

COMPLETED = Happens("order_completed")
PAID_BACK = Create("refunds", {"order_id": "#{order}", "amount": 10, "reason": "Scratch"}, keep="refund")

RECORDS = Row(
    9,
    also=(38,),
    choices={slug: {} for slug in ("order-records", "invoice-records", "refund-records", "payment-records")},
    before=(ada, torch()),
    trigger=(buys_torches(), COMPLETED, PAID_BACK),
    approved=Ending(
        (Pass(minutes=1),),  # until then the refund is under way at the payment provider
        (
            Effect("content_server", "'Invoice copy {order}.pdf' created"),
            Effect("content_server", "'Order {order} record, {record_end}.pdf' created"),
            Effect("content_server", "'Refund {refund} of order {order}.pdf' created"),
            Effect("content_server", "'Order {order} ({store})' created"),
        ),
        (Shown(ORDER, ("Record · Orders", "Record · Invoices", "Record · Refunds", "Record · Payments",
                       "by the schedule “Invoices: 10 years”")),),
    ),
)  # fmt: skip

TAX = Row(
    13,
    choices={slug: {} for slug in ("tax-archive", "invoice-records", "fulfilment-file")},
    before=(ada, torch(), buys_torches()),
    trigger=(Create("shipments", SHIPMENT, keep="shipment"), Work(), PAID_BACK),
    approved=Ending(
        (),
        (
            Effect("content_server", "'Tax record {order}, sold.pdf' created"),
            Effect("content_server", "'Tax record {order}, after refund {refund}.pdf' created"),
            Effect("content_server", "'Invoice copy {order}.pdf' created", 0),  # it was there before
            Effect("content_server", "'Packing slip {order}, shipment {shipment}.pdf' created"),
            Effect("content_server", "'Shipping confirmation {order}, shipment {shipment}.pdf' created"),
        ),
        (Shown(ORDER, ("Record · Tax documents", "Record · Invoices", "Record · Shipping documents")),),
    ),
)

ROPE = Create(
    "products",
    {"name": "Rope", "sku": "NW-ROPE", "price": 49, "inventory_tracking": "product", "inventory_level": 3},
    keep="product",
)

STOCK = Row(
    19,
    choices={"stock-exception": {}},
    before=(ada, ROPE),
    trigger=(buys_torches(5),),
    approved=Ending(
        (Decide("sf_backorder", "split_ship", PAUL, "By phone"),),
        (
            Effect("workflow", "process sf_backorder started"),
            Effect("store", "order {order} status 11 -> 9", on=BIGCOMMERCE),
            Effect("store", "{paid_back}", 0),
            Effect("content_server", "'Order {order} decision, backorder.pdf' created"),
        ),
        (Shown(ORDER, ("3 of 5 Rope (NW-ROPE) can be shipped", "By phone", "paul.eriksen@demo decided")),),
    ),
    rejected=Ending(
        (Decide("sf_backorder", "cancel", PAUL),),
        (
            Effect("workflow", "process sf_backorder started"),
            Effect("store", "{paid_back}"),
            Effect("store", "order {order} status 11 -> 5", 0, BIGCOMMERCE),  # three of five still go out
        ),
        (Shown(ORDER, ("3 of 5 Rope", "Cancel what is missing")),),
    ),
)

LICENSED = Create("products", {"name": "Tent", "sku": "NW-TENT", "price": 129}, keep="product")
THE_LINK = Find(ORDER, r'value="([^"]+/up/[^"]+)"', keep="link")
COLLECTED = Decide("sf_document_collection", "COMPLETE", SAM)

REQUIRED = Row(
    23,
    choices={"order-documents": {"skus": "NW-TENT"}},
    before=(ada, LICENSED),
    trigger=(buys_torches(1),),
    approved=Ending(
        (
            THE_LINK, Send("{link}", (("1", "scan 1.pdf", PDF),)), Work(), COLLECTED,
            Decide("sf_document_collection", "complete", UMA, "Stamp checked"),
        ),
        (
            Effect("store", "{held}"),
            Effect("store", "{released}"),
            Effect("content_server", "'Import licence.pdf' created"),
            Effect("workflow", "process sf_document_collection started"),
        ),
        (Shown(ORDER, ("NW-TENT must not leave without documents", "Import licence.pdf", "Stamp checked",
                       "{is_open}")),),
    ),
    rejected=Ending(
        (COLLECTED, Decide("sf_document_collection", "incomplete_closed", UMA, "Never came")),
        (
            Effect("store", "{held}"),
            Effect("store", "{released}", 0),
        ),
        (Shown(ORDER, ("Never came", "{is_held}", "To send us: Import licence")),),
    ),
)  # fmt: skip

INVOICE = Row(
    24,
    choices={"order-invoice": {"channel": "mail"}},
    before=(ada, torch()),
    trigger=(buys_torches(),),
    approved=Ending(
        (Pass(minutes=1),),
        (
            Effect("exstream", "SF_INVOICE v1 composed"),
            Effect("exstream", "emails"),
            Effect("content_server", "'Invoice_INV-{order}.pdf' created"),
        ),
        (Shown(ORDER, ("Record · Invoices",)),),
    ),
)

MATTERS = Row(
    32,
    choices={"order-workspace": {}, "order-review": {"mode": "off"}},
    before=(ada, torch(600)),
    trigger=(buys_torches(),),
    approved=Ending(
        (),
        (
            Effect("content_server", "'Order {order} ({store})' created"),
            Effect("content_server", "'Order {order} record"),
            Effect("content_server", "'Payments of order {order}"),
        ),
        (Shown(ORDER, ("is at or above your limit of", "Record · Orders", "Record · Payments")),),
    ),
)

ROWS = (MATTERS, EXCEPTION, FULFILMENT, RECORDS, TAX, REVIEW, STOCK, REQUIRED, INVOICE)
