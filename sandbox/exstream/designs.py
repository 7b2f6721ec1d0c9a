"""The templates as a designer would have made them: areas mapped to fields of the input data.

A field that is missing or has another name makes an empty area and no error, exactly the trap the real product sets.
Source: reference for OpenText Exstream, section 12 (scenarios and their blocks).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

PDF_QUEUE, HTML_QUEUE, ARCHIVE_QUEUE = "PDF Queue", "HTML Queue", "PDF Archive Queue"
EMPTY = ""


@dataclass(frozen=True)
class Text:
    """A paragraph; `{customer.name}` is a field."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Labels beside fields."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A row for each element of a list. Columns are (title, field of the element); amounts stand right."""

    title: str
    each: str
    columns: tuple[tuple[str, str], ...]
    right: tuple[int, ...] = ()


@dataclass(frozen=True)
class OnlyIf:
    """Areas that appear only when a field has a value; on a page of their own where wanted."""

    path: str
    value: str
    areas: "tuple[Area, ...]"
    new_page: bool = False


Area = Text | Facts | Table | OnlyIf


@dataclass(frozen=True)
class Design:
    """One communication. `file` names its outputs, `title` is its heading; both with fields."""

    key: str
    name: str
    title: str
    file: str
    areas: tuple[Area, ...]


LINES = Table(
    "Items", "lines",
    (("SKU", "sku"), ("Item", "name"), ("Qty", "qty"), ("Price", "unitText"), ("Total", "totalText")), (2, 3, 4),
)  # fmt: skip
TOTALS = Facts("Totals", (("Net", "totals.netText"), ("Tax", "totals.taxText"), ("Total", "totals.grossText")))
ORDER = Facts("Order", (("Number", "order.number"), ("Date", "order.dateText"), ("Payment", "order.paymentMethod")))
AGEING = Facts("Ageing", (("Not due", "ageing.currentText"), ("1-30 days", "ageing.days30Text"),
                          ("31-60 days", "ageing.days60Text"), ("Older", "ageing.olderText")))  # fmt: skip
OPEN_ITEMS = Table(
    "Open items", "openItems", (("Document", "number"), ("Due", "dueDate"), ("Open", "openText")), (2,)
)  # fmt: skip
PAYMENTS = Table(
    "Payments", "payments", (("Date", "date"), ("Reference", "reference"), ("Amount", "amountText")), (2,)
)  # fmt: skip
PRODUCTS = Table("Products", "products", (("SKU", "sku"), ("Product", "name"), ("Warranty", "warrantyText")))
LABEL = (
    Text("Return label. Cut out and stick on the parcel."),
    Facts("Label", (("To", "label.addressLines"), ("Carrier", "label.carrier"), ("Code", "label.code"))),
)
HELLO = Text("Dear {customer.name},")
BYE = Text("Kind regards, {store.legalName}")

DESIGNS = (
    Design(
        "SF_ORDER_CONFIRMATION", "Order confirmation", "Thank you for order {order.number}", "Order_{order.number}",
        (HELLO, Text("we have received your order of {order.dateText}."), ORDER, LINES, TOTALS,
         Facts("Shipping", (("Method", "shipping.method"), ("Ship to", "shipping.addressLines"))), BYE),
    ),
    Design(
        "SF_INVOICE", "Invoice", "Invoice {invoice.number}", "Invoice_{invoice.number}",
        (Facts("Invoice", (("Number", "invoice.number"), ("Due", "invoice.dueDate"), ("Order", "order.number"),
                           ("Order date", "order.dateText"), ("VAT id of the seller", "store.vatId"))),
         LINES, TOTALS,
         Table("Tax", "taxSummary", (("Rate", "rateText"), ("Net", "netText"), ("Tax", "taxText")), (1, 2)), BYE),
    ),
    Design(
        "SF_RECEIPT", "Receipt", "Receipt for order {order.number}", "Receipt_{order.number}",
        (ORDER, LINES, TOTALS, PAYMENTS, BYE),
    ),
    Design(
        "SF_STATEMENT", "Account statement", "Statement {period.text}", "Statement_{account.number}_{period.to}",
        (HELLO, Facts("Account", (("Number", "account.number"), ("Balance", "account.balanceText"))),
         Facts("This period", (("Orders", "summary.orders"), ("Ordered", "summary.orderedText"),
                               ("Paid", "summary.paidText"))),
         OPEN_ITEMS, PAYMENTS, AGEING, BYE),
    ),
    Design(
        "SF_AGEING_NOTICE", "Ageing notice", "Reminder: open items of {account.number}",
        "Ageing_{account.number}_{account.date}",
        (HELLO, Text("these items are open: {account.balanceText} in all."), OPEN_ITEMS, AGEING, BYE),
    ),
    Design(
        "SF_RETURN_LETTER", "Return letter", "Your return {return.rma}", "Return_{return.rma}",
        (HELLO, Text("about your return {return.rma}: {return.decisionText}"),
         Facts("Return", (("Decision", "return.decision"), ("Reason", "return.reason"),
                          ("Amount", "return.amountText"))), LINES, BYE,
         OnlyIf("return.decision", "exchange", (Text("We send the exchange as soon as your parcel has arrived."),)),
         OnlyIf("return.decision", "exchange", LABEL, new_page=True),
         OnlyIf("return.decision", "repair", LABEL, new_page=True),
         OnlyIf("return.decision", "approved", LABEL, new_page=True)),
    ),
    Design(
        "SF_REFUND", "Refund confirmation", "Refund for order {order.number}",
        "Refund_{order.number}_{refund.number}",
        (HELLO, Text("we have given back {refund.amountText} on {refund.dateText}."),
         Facts("Refund", (("Amount", "refund.amountText"), ("Reason", "refund.reason"), ("To", "refund.method"))),
         LINES, BYE),
    ),
    Design(
        "SF_POLICY", "Policy document", "{policy.title}", "{policy.kind}_{policy.version}",
        (Facts("Document", (("Version", "policy.version"), ("In force from", "policy.effectiveFrom"),
                            ("Market", "policy.market"))),
         Table("Sections", "policy.sections", (("Section", "title"), ("Text", "text")))),
    ),
    Design(
        "SF_RETENTION", "Retention letter", "{offer.title}", "Offer_{meta.number}_{offer.validTo}",
        (HELLO, Text("{offer.text}"), Facts("Your offer", (("Code", "offer.code"), ("Valid to", "offer.validTo"))),
         Facts("Your orders", (("Last order", "history.lastOrderText"), ("Orders", "history.countText"))),
         Facts("In your cart", (("Items", "cart.itemsText"), ("Total", "cart.totalText"))),
         Text("You get this letter because: {consent.text}"), BYE),
    ),
    Design(
        "SF_CATALOG", "Personal catalogue", "{catalog.title}", "Catalogue_{catalog.number}_{catalog.validTo}",
        (Text("Prices for {customer.company}, valid to {catalog.validTo}."),
         Table("Products", "products", (("SKU", "sku"), ("Product", "name"), ("Price", "priceText")), (2,)),
         Table("Pictures", "images", (("SKU", "sku"), ("Picture", "name")))),
    ),
    Design(
        "SF_DELAY_NOTICE", "Delay notice", "Your order {order.number} is delayed", "Delay_{order.number}",
        (HELLO, Text("your order of {order.dateText} leaves us later than planned: on {delay.newDateText}."),
         Text("{delay.reason}"), LINES, BYE),
    ),
    Design(
        "SF_PARTIAL_NOTICE", "Partial shipment notice", "Part of your order {order.number} is on its way",
        "Partial_{order.number}_{shipment.number}",
        (HELLO, Text("a part of your order of {order.dateText} left us on {shipment.dateText}."),
         Facts("Parcel", (("Carrier", "shipment.carrier"), ("Number", "shipment.tracking"))), LINES,
         Table("Still to come", "remaining", (("SKU", "sku"), ("Item", "name"), ("Qty", "qty")), (2,)), BYE),
    ),
    Design(
        "SF_CANCEL_NOTICE", "Cancellation notice", "Your order {order.number} is cancelled", "Cancel_{order.number}",
        (HELLO, Text("your order of {order.dateText} was cancelled: {cancel.reason}"), Text("{cancel.refundText}"),
         LINES, BYE),
    ),
    Design(
        "SF_REVIEW_NOTICE", "Review notice", "We are looking at your order {order.number}",
        "Review_{order.number}_{review.stage}",
        (HELLO, Text("{review.text}"), ORDER, BYE),
    ),
    Design(
        "SF_RECALL_NOTICE", "Recall notice", "Recall {recall.number}: {recall.title}",
        "Recall_{recall.number}_{order.number}",
        (HELLO, Text("{recall.text}"),
         Table("What you bought", "recall.items", (("SKU", "sku"), ("Product", "name"), ("Qty", "quantityText")), (2,)),
         ORDER, BYE),
    ),
    Design(
        "SF_ONBOARDING", "Welcome pack", "Welcome, {customer.company}", "Welcome_{customer.number}",
        (HELLO, Facts("Your account", (("Price list", "account.priceList"), ("Credit limit", "account.creditLimitText"),
                                       ("Payment terms", "account.paymentTerms"))),
         Table("Your contacts", "contacts", (("Name", "name"), ("Role", "role"), ("E-mail", "email"))),
         Table("First steps", "steps", (("Step", "title"), ("How", "text"))), BYE),
    ),
    Design(
        "SF_WARRANTY", "Warranty registration", "Your warranty {warranty.number}", "Warranty_{warranty.number}",
        (HELLO, Text("keep this paper with your receipt."), PRODUCTS,
         Facts("Warranty", (("Number", "warranty.number"), ("From", "warranty.fromText"))), BYE),
    ),
    Design(
        "SF_CARE", "Care and set-up", "Getting the best out of {meta.about}", "Care_{meta.number}",
        (HELLO, Table("Products", "products", (("SKU", "sku"), ("Product", "name"))),
         Table("How to", "sections", (("Step", "title"), ("How", "text"))),
         Facts("Everything about your order", (("Documents", "documents.link"),)), BYE),
    ),
)  # fmt: skip
BY_KEY = {design.key: design for design in DESIGNS}


@dataclass(frozen=True)
class Section:
    """A filled area, ready for any output: a paragraph, labelled facts or a table."""

    title: str = ""
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    right: tuple[int, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    new_page: bool = False


@dataclass(frozen=True)
class Letter:
    """A filled design."""

    title: str
    sender: str
    address: tuple[str, ...]
    footer: str
    language: str
    sections: tuple[Section, ...] = field(default=())


def fill(design: Design, driver: Mapping[str, Any]) -> Letter:
    """The design with the driver's values in it; what is not there is empty."""
    sender = ", ".join(part for part in (value(driver, "store.legalName"), value(driver, "store.addressLines")) if part)
    address = tuple(filter(None, (value(driver, "customer.name"), *_lines(driver, "customer.addressLines"))))
    language = value(driver, "meta.language")[:2].lower()
    return Letter(
        filled(design.title, driver), sender, address, f"{sender} · {value(driver, 'meta.jobKey')}",
        language if language.isalpha() else "en", tuple(_sections(design.areas, driver)),
    )  # fmt: skip


def filled(text: str, driver: Mapping[str, Any]) -> str:
    parts = Formatter().parse(text)
    return "".join(literal + (value(driver, name) if name else "") for literal, name, _, _ in parts)


def value(data: Any, path: str) -> str:
    """A field as text: lists of text joined, anything else that is no text or number empty."""
    found = at(data, path)
    if isinstance(found, list):
        return ", ".join(each for each in found if isinstance(each, str))
    if isinstance(found, bool) or not isinstance(found, (str, int, float)):
        return EMPTY
    return str(found)


def at(data: Any, path: str) -> Any:
    for name in path.split("."):
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def _lines(driver: Mapping[str, Any], path: str) -> list[str]:
    found = at(driver, path)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _sections(areas: Sequence[Area], driver: Mapping[str, Any]) -> list[Section]:
    found: list[Section] = []
    for area in areas:
        match area:
            case Text():
                found.append(Section(text=filled(area.text, driver)))
            case Facts():
                rows = tuple((label, value(driver, path)) for label, path in area.rows)
                found.append(Section(area.title, facts=rows))
            case Table():
                items = at(driver, area.each)
                cells = tuple(
                    tuple(value(item, name) for _, name in area.columns)
                    for item in (items if isinstance(items, list) else [])
                )
                titles = tuple(title for title, _ in area.columns)
                found.append(Section(area.title, columns=titles, right=area.right, rows=cells))
            case OnlyIf() if value(driver, area.path) == area.value:
                found += [Section(new_page=True)] * area.new_page + _sections(area.areas, driver)
    return found
