"""Reading a store's present state."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.domain.aftersale import Dispute, DisputeId, Quote, QuoteId, ReturnId, StoreReturn
from app.domain.commerce import Customer, Money, Order, Product, StoreProfile
from app.domain.ids import CompanyId, CustomerId, OrderId, PageId, PriceListId, ProductId, PromotionId
from app.domain.order_parts import OrderPart, RefundItem, RefundQuote
from app.domain.trade import Audience, Cart, Company, CustomerGroup, Page, Price, PriceList, Promotion, Variant


class Capability(StrEnum):
    """What not every store has."""

    COMPANIES = "companies"
    PRICE_LISTS = "price_lists"
    CUSTOMER_GROUPS = "customer_groups"
    PROMOTIONS = "promotions"
    RETURNS = "returns"  # the store itself knows returns
    DISPUTES = "disputes"  # the store itself tells of disputes and takes evidence
    CHECKOUT_TERMS = "checkout_terms"
    CREDIT = "credit"
    QUOTES = "quotes"
    RISK = "risk"  # the store takes an assessment of an order's risk from us
    ORDER_EDITS = "order_edits"  # goods of a placed order can be exchanged
    SPLIT_SHIPMENTS = "split_shipments"  # some goods of an order can be held back while the rest leaves
    FILES = "files"  # the store has public files of its own
    COMPANY_CREATION = "company_creation"  # a customer can be made the first contact of a new company
    TAX_EXEMPTION = "tax_exemption"  # companies can be exempt from taxes


class StoreReader(Protocol):
    """Reading the store's present state."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this store can do at all (its plan, its scopes); asked before a scenario relies on it."""
        ...

    def remedy(self, capability: Capability) -> str:
        """What a person must do so that the store has it, as a sentence; empty where it has it or nothing helps."""
        ...

    def order(self, order_id: OrderId, parts: frozenset[OrderPart] = frozenset()) -> Order:
        """The order with the parts asked for, in as few calls as they need."""
        ...

    def order_of_shipping(self, shipping_id: str) -> OrderId:
        """Whose goods a message about shipping names, where it names no order. NotFound where there is none."""
        ...

    def product(self, product_id: ProductId) -> Product: ...

    def customer(self, customer_id: CustomerId) -> Customer: ...

    def profile(self) -> StoreProfile: ...

    def orders_changed_since(self, since: datetime) -> Iterator[tuple[OrderId, str]]:
        """(id, version) of orders changed since then, oldest change first, every page followed."""
        ...

    def products_changed_since(self, since: datetime) -> Iterator[tuple[ProductId, str]]:
        """(id, version) of products changed since then, oldest change first."""
        ...

    def orders_placed(self, since: datetime, until: datetime) -> Iterator[tuple[OrderId, str]]:
        """(id, version) of orders placed in that time, oldest first, every page followed. For imports and dry runs."""
        ...

    def orders_with(self, skus: Collection[str], since: datetime, until: datetime) -> Iterator[Order]:
        """Orders placed in that time with one of these SKUs, oldest first."""
        ...

    def orders_gap(self) -> str:
        """What of past orders the app may not see, and who can change that; empty: it sees all. Reads at most once."""
        ...

    def orders_of(self, customer_id: CustomerId, since: datetime) -> Iterator[Order]:
        """A buyer's orders placed since then, oldest first."""
        ...

    def customers_changed_since(self, since: datetime) -> Iterator[tuple[CustomerId, str]]: ...

    def company(self, company_id: CompanyId) -> Company:
        """Needs Capability.COMPANIES; without it NotFound."""
        ...

    def companies_changed_since(self, since: datetime) -> Iterator[tuple[CompanyId, str]]: ...

    def refund_quote(self, order_id: OrderId, items: Sequence[RefundItem]) -> RefundQuote:
        """What giving back these items would pay, and how. Reads only."""
        ...

    def variants(self, skus: Collection[str]) -> dict[str, Variant]:
        """By SKU, those that exist, in as few calls as their number needs."""
        ...

    def customer_groups(self) -> list[CustomerGroup]: ...

    def price_lists(self) -> list[PriceList]: ...

    def prices(self, price_list_id: PriceListId, skus: Collection[str] | None = None) -> Iterator[Price]:
        """The records of a list, of these SKUs or all, every page followed."""
        ...

    def audiences_of(self, price_list_id: PriceListId) -> list[Audience]: ...

    def promotions(self) -> Iterator[Promotion]: ...

    def promotion(self, promotion_id: PromotionId) -> Promotion: ...

    def pages(self) -> Iterator[Page]:
        """Pages and policies with their text, the terms at checkout among them."""
        ...

    def page(self, page_id: PageId) -> Page: ...

    def cart(self, cart_id: str) -> Cart:
        """Raises NotFound once it has become an order or was deleted."""
        ...

    def carts_left_since(self, since: datetime) -> Iterator[str]:
        """Ids of carts left behind since then; none where the store tells of each by itself."""
        ...

    def returns_of(self, order_id: OrderId) -> list[StoreReturn]:
        """The store's own returns of an order; none without Capability.RETURNS."""
        ...

    def store_return(self, return_id: ReturnId) -> StoreReturn:
        """Needs Capability.RETURNS."""
        ...

    def return_owed(self, return_id: ReturnId) -> Money:
        """What the store says goes back for what of a return is open: its fees taken off, tax added. Reads only."""
        ...

    def return_is_back(self, return_id: ReturnId) -> bool:
        """Whether the store was told what became of all its goods: they are here and were looked at."""
        ...

    def open_disputes(self) -> Iterator[Dispute]:
        """Those that wait for an answer; none without Capability.DISPUTES."""
        ...

    def dispute(self, dispute_id: DisputeId) -> Dispute:
        """Needs Capability.DISPUTES."""
        ...

    def quote(self, quote_id: QuoteId) -> Quote:
        """Needs Capability.QUOTES."""
        ...

    def quotes_changed_since(self, since: datetime) -> Iterator[tuple[QuoteId, str]]:
        """(id, version), oldest change first; none without Capability.QUOTES."""
        ...
