"""The rows of the catalogue: what merchants were promised, by number. Scenarios name the rows they make true."""

from dataclasses import dataclass

WORKSPACES = "BigCommerce x Extended ECM Business Workspaces"
RECORDS = "BigCommerce x Records Management"
WORKFLOWS = "BigCommerce x Workflow Service"
LETTERS = "BigCommerce x Exstream"
SHOPIFY = "Shopify x Extended ECM Business Workspaces"


@dataclass(frozen=True)
class Row:
    """One line of the catalogue."""

    number: int
    pairing: str
    title: str


_TITLES = {
    WORKSPACES: (
        "B2B customer workspace",
        "Order exception workspace",
        "Product launch content",
        "Contract pricing, both ways",
        "Returns, refunds, warranty claims",
        "Compliance documents and visibility",
        "Fulfillment workspace",
        "Dispute workspace with an evidence pack",
    ),
    RECORDS: (
        "Order, invoice, refund, shipping and payment records",
        "Service case file",
        "Approvals kept as records",
        "Policy and terms versions",
        "Tax and accounting archive",
        "Recall",
        "Campaign records",
    ),
    WORKFLOWS: (
        "Order review",
        "Returns approval",
        "Product content approval",
        "Stock exception",
        "B2B registration and credit terms",
        "Complaints",
        "Special prices and promotion overrides",
        "Required documents before shipment or activation",
    ),
    LETTERS: (
        "Order confirmation, invoice, receipt",
        "B2B statements, summaries, ageing notices",
        "Return letters and labels",
        "Policy documents published to the store",
        "Retention letters",
        "Personalised catalogues and brochures",
        "Delay, partial, cancellation and review notices",
        "Onboarding guides and care documents",
    ),
    SHOPIFY: (
        "Order workspace where criteria meet",
        "Return, refund dispute, damaged goods",
        "B2B customer accounts",
        "Delayed, partially fulfilled, cancelled orders",
        "Product compliance",
        "Support context",
        "Archive of transactions",
    ),
}

ROWS: dict[int, Row] = {
    row.number: row
    for row in (
        Row(number, pairing, title)
        for number, (pairing, title) in enumerate(
            ((pairing, title) for pairing, titles in _TITLES.items() for title in titles), start=1
        )
    )
}


# Rows that no scenario makes true but what people are shown.
BY_PAGES: dict[int, str] = {
    37: "The page and block of an order or customer show workspace, documents, cases and notes.",
}


def words(numbers: tuple[int, ...]) -> str:
    """ "2 Order exception workspace; 16 Order review"; what makes no row true serves the set-up."""
    return "; ".join(f"{number} {ROWS[number].title}" for number in numbers) or "Set-up"
