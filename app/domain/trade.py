"""Prices, promotions, companies, pages: what a store has beside orders, products and customers."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.domain.commerce import Address, Money
from app.domain.ids import CompanyId, CustomerId, PageId, PriceListId, ProductId, PromotionId


class CompanyState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    INACTIVE = "inactive"


@dataclass(frozen=True)
class Company:
    """A business that buys. `credit_limit` None: the store keeps none. `members` are its people's customer ids."""

    id: CompanyId
    name: str
    email: str
    state: CompanyState
    version: str
    group: str = ""  # the store's group or catalog its prices come from, by name
    group_id: str = ""
    since: datetime | None = None
    tax_id: str = ""
    addresses: tuple[Address, ...] = ()
    members: tuple[CustomerId, ...] = ()
    is_made_by_us: bool = False  # of a customer whose registration was approved
    credit_limit: Money | None = None
    is_on_credit_hold: bool = False
    payment_terms_days: int | None = None
    is_tax_exempt: bool = False  # at every place it buys for
    tax_exemptions: tuple[str, ...] = ()  # the store's own names of those that hold at every place
    extra: dict[str, str] = field(default_factory=dict)


class AudienceKind(StrEnum):
    GROUP = "group"  # a customer group, or what a store has in its place
    COMPANY = "company"


@dataclass(frozen=True)
class Audience:
    """For whom a price list is."""

    kind: AudienceKind
    id: str
    name: str


@dataclass(frozen=True)
class CustomerGroup:
    id: str
    name: str


@dataclass(frozen=True)
class Variant:
    """What is sold under one SKU. `cost` None: the store keeps none."""

    id: str
    product_id: ProductId
    sku: str
    name: str
    price: Money
    cost: Money | None = None
    available: int | None = None  # None: stock is not tracked


@dataclass(frozen=True)
class PriceTier:
    """From this quantity on, this unit price."""

    quantity_from: int
    price: Decimal


@dataclass(frozen=True)
class Price:
    """One record of a price list: the unit price of a variant in a currency. Identity: (variant_id, currency)."""

    variant_id: str
    sku: str
    currency: str
    price: Decimal
    tiers: tuple[PriceTier, ...] = ()


@dataclass(frozen=True)
class PriceList:
    id: PriceListId
    name: str
    currency: str = ""  # empty: any (the record names it)
    catalog: str = ""  # what brings it to buyers, by name, where the store has such a thing


@dataclass(frozen=True)
class RefusedPrice:
    """A price the store did not take, and why, in words."""

    sku: str
    currency: str
    reason: str


@dataclass(frozen=True)
class PromotionTerms:
    """What a promotion gives. Exactly one of `percent` and `amount` is set. Empty `skus` means the whole cart."""

    name: str
    percent: Decimal | None = None
    amount: Money | None = None
    skus: tuple[str, ...] = ()
    code: str = ""  # empty: applies by itself
    group_id: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_uses: int | None = None


@dataclass(frozen=True)
class Promotion:
    """A promotion as it stands now. `snapshot` is the store's own full answer, for the record; `version` its digest."""

    id: PromotionId
    terms: PromotionTerms
    is_enabled: bool
    version: str
    snapshot: str = ""


class PageKind(StrEnum):
    PAGE = "page"
    POLICY = "policy"  # a text the store itself treats as a policy (terms at checkout, refund policy, …)


@dataclass(frozen=True)
class Page:
    """A page or policy. `html` as the store serves it; `url` where buyers read it (empty: nowhere of its own)."""

    id: PageId
    kind: PageKind
    title: str
    html: str
    version: str
    url: str = ""
    channel_id: str = ""
    is_visible: bool = True

    @property
    def name(self) -> str:
        return self.title


@dataclass(frozen=True)
class Cart:
    """A cart left behind."""

    id: str
    customer_id: CustomerId | None
    email: str
    total: Money
    names: tuple[str, ...]
    left_at: datetime
