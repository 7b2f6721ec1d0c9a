"""What a driver is made of, and the words all drivers share: dates, amounts, addresses. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from app.domain.cases import Case
from app.domain.commerce import Address, Customer, Money, Order, OrderLine, Product, StoreProfile
from app.domain.trade import Company, Page
from app.domain.zones import zone_of
from app.errors import Permanent

Json = dict[str, Any]
DUE_AFTER = timedelta(days=14)  # where no terms are agreed
VOID = frozenset({"incomplete", "cancelled", "declined", "refunded"})


@dataclass(frozen=True)
class Material:
    """What a driver is made of; what a template does not need is not read and stays empty."""

    template: str
    variant: str
    job_key: str
    store: StoreProfile
    number: str  # of the subject, as people call it
    about: str
    now: datetime
    customer: Customer | None = None
    order: Order | None = None
    case: Case | None = None
    company: Company | None = None
    page: Page | None = None
    products: tuple[Product, ...] = ()
    orders: tuple[Order, ...] = ()  # of the customer or company, for accounts and histories
    prices: Mapping[str, Decimal] = field(default_factory=dict)  # of the buyer's own price list, by SKU
    documents_url: str = ""  # where the buyer reads everything about it, if anywhere
    facts: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, Any] = field(default_factory=dict)  # the scenario's preferences: what the run does not say
    workflow_case: str = ""

    @property
    def language(self) -> str:
        spoken = (self.order and self.order.language) or (self.customer and self.customer.language)
        return spoken or self.store.language or "en"

    def day(self, moment: datetime | date) -> str:
        """ISO date, on the store's calendar."""
        if isinstance(moment, datetime):
            return moment.astimezone(zone_of(self.store.timezone)).date().isoformat()
        return moment.isoformat()

    def day_text(self, moment: datetime | date) -> str:
        try:
            locale = Locale.parse(self.language.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            locale = Locale("en")
        return str(format_date(date.fromisoformat(self.day(moment)), "long", locale))

    def fact(self, name: str, default: str = "") -> str:
        """What the run says, else what the store chose in the scenario's preferences."""
        found = self.facts.get(name) or self.choices.get(name) or default
        return found if isinstance(found, str) else default

    def decision(self) -> Mapping[str, Any]:
        found = self.facts.get("decision")
        return found if isinstance(found, Mapping) else {}


def store_block(m: Material) -> Json:
    extra = m.store.extra
    return {
        "name": m.store.name, "legalName": extra.get("legal_name") or m.store.name,
        "addressLines": listed(extra.get("address", "")), "vatId": extra.get("vat_id", ""), "logoRef": "logo-main",
        "url": m.store.storefront_url,
    }  # fmt: skip


def address_lines(address: Address) -> list[str]:
    lines = (address.company, address.street, f"{address.postcode} {address.city}", address.state, address.country)
    return [line.strip() for line in lines if line.strip()]


def listed(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def order_of(m: Material) -> Order:
    if m.order is None:
        raise Permanent(
            f"{m.about} belongs to no order, so there is nothing to write about.", code="no_driver_data",
            hint="Give the case its order, then try again.",
        )  # fmt: skip
    return m.order


def order_block(m: Material) -> Json:
    order = order_of(m)
    return {
        "number": order.number, "date": m.day(order.placed_at), "dateText": m.day_text(order.placed_at),
        "currency": order.total.currency, "paymentMethod": order.payment_method,
        "paymentStatus": order.payment_status, "status": order.status_label,
    }  # fmt: skip


def amount(value: Money) -> str:
    return f"{value.amount:,.2f} {value.currency}"


def line_rows(lines: Iterable[OrderLine]) -> list[Json]:
    return [
        {"sku": each.sku, "name": each.name, "qty": str(each.quantity), "unitText": f"{each.unit_price.amount:,.2f}",
         "totalText": f"{each.total.amount:,.2f}", "taxRateText": ""}
        for each in lines
    ]  # fmt: skip


def totals_block(order: Order) -> Json:
    net = order.total.amount - order.tax.amount
    return {
        "netText": f"{net:,.2f}", "taxText": f"{order.tax.amount:,.2f}", "grossText": amount(order.total),
        "shippingText": f"{order.shipping_cost.amount:,.2f}", "discountText": f"{order.discount.amount:,.2f}",
        "gross": float(order.total.amount),
    }  # fmt: skip


def invoice_number(order: Order) -> str:
    return f"INV-{order.number}"


def due_after(m: Material) -> timedelta:
    return terms_of(m.company)


def terms_of(company: Company | None) -> timedelta:
    days = company.payment_terms_days if company else None
    return timedelta(days=days) if days is not None else DUE_AFTER


def is_open(order: Order) -> bool:
    """Invoiced and not paid."""
    return not order.is_paid and order.status.value not in VOID


def instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
