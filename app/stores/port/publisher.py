"""Writing back to a store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from app.domain.aftersale import DisputeId, PublicFile, Quote, QuoteId, ReturnAsked, ReturnId, RiskLevel, StoreReturn
from app.domain.commerce import Money, OrderStatus, ProductImage, SaleState
from app.domain.ids import (
    CompanyId,
    CustomerId,
    ObjectType,
    OrderId,
    PageId,
    PriceListId,
    ProductId,
    PromotionId,
)
from app.domain.order_parts import OrderEdit, Refund, RefundQuote
from app.domain.trade import Audience, CompanyState, Page, Price, PromotionTerms, RefusedPrice


@dataclass(frozen=True)
class CompanyChange:
    """What to write; None leaves as it is."""

    state: CompanyState | None = None
    group_id: str | None = None
    credit_limit: Money | None = None
    credit_hold: bool | None = None
    payment_terms_days: int | None = None  # 0: pay at once
    tax_exempt: bool | None = None  # from all taxes, at every place it buys for
    tax_exemptions: tuple[str, ...] | None = None  # these of the store's own names and no others


class StorePublisher(Protocol):
    """Writing back. Absolute values; the last call wins."""

    def set_order_status(self, order_id: OrderId, status: OrderStatus, why: str = "") -> None:
        """Idempotent. The caller has checked that the present status allows it.

        `why`: words for the merchant, for a store that keeps some with a hold or a cancellation.
        """
        ...

    def edit_order(self, order_id: OrderId, edit: OrderEdit) -> None:
        """All of it or nothing. Not idempotent: look at the order's lines first. Needs Capability.ORDER_EDITS.

        The buyer is not told, and pays no more. Conflict when the order does not hold what the edit starts from.
        """
        ...

    def hold_back(self, order_id: OrderId, items: Mapping[str, int], note: str) -> int:
        """Let the rest leave without these (line id → pieces); how many pieces are held back now. Idempotent.

        Needs Capability.SPLIT_SHIPMENTS. Conflict while the order is held for something else.
        """
        ...

    def append_staff_note(self, order_id: OrderId, text: str, mark: str = "") -> None:
        """Append one line, its mark at the end, to the staff notes; never shortens what others wrote.

        Idempotent: not where the mark stands already, whatever the words around it; without one, not that very line.
        """
        ...

    def write_product_fields(self, product_id: ProductId, fields: Mapping[str, str]) -> None:
        """Write governed texts (publication.TEXT_FIELDS) in one call. Idempotent."""
        ...

    def add_product_image(
        self, product_id: ProductId, content: BinaryIO, file_name: str, *, alt: str, thumbnail: bool
    ) -> ProductImage:
        """Not idempotent: look for publication.image_name(file_name), its name there, among product.images first."""
        ...

    def change_product_image(self, product_id: ProductId, image_id: str, *, alt: str, thumbnail: bool) -> None: ...

    def remove_product_image(self, product_id: ProductId, image_id: str) -> None:
        """Idempotent: an image already gone is success."""
        ...

    def set_product_custom_field(self, product_id: ProductId, name: str, value: str | None) -> None:
        """Set the custom field of that name (created as needed; duplicates of the name removed); None removes it."""
        ...

    linkable: frozenset[ObjectType]  # what `link` can leave facts on

    def link(self, object_type: ObjectType, object_id: str, values: Mapping[str, str]) -> None:
        """Leave small facts (workspace id, address) on the object where other tools can see them. Idempotent upsert."""
        ...

    def refund(self, order_id: OrderId, quote: RefundQuote, reason: str, key: str = "") -> Refund:
        """Not idempotent: look for one of ours among order.refunds first. One at a time per order.

        `key` names the refund, the same at every attempt, whatever the language of the reason.
        """
        ...

    def capture(self, order_id: OrderId) -> None:
        """Take an authorised payment. Idempotent: one already taken is success."""
        ...

    def void(self, order_id: OrderId) -> None:
        """Let an authorisation go. Idempotent."""
        ...

    def set_sale_state(self, product_id: ProductId, state: SaleState) -> None:
        """Idempotent."""
        ...

    def append_customer_note(self, customer_id: CustomerId, text: str, mark: str = "") -> None:
        """As with staff notes."""
        ...

    def set_customer_group(self, customer_id: CustomerId, group_id: str) -> None: ...

    def remove_customer_tag(self, customer_id: CustomerId, tag: str) -> None:
        """Idempotent; nothing happens in a store whose customers have no tags."""
        ...

    def set_customer_attribute(self, customer_id: CustomerId, name: str, value: str) -> None:
        """Set the attribute of that name, made as needed. Idempotent."""
        ...

    def create_company(self, customer_id: CustomerId, name: str) -> CompanyId:
        """A company whose main contact is this customer, who may not buy for it yet. Find-or-create.

        Needs Capability.COMPANY_CREATION.
        """
        ...

    def set_company(self, company_id: CompanyId, change: CompanyChange) -> None:
        """Write what the change names, leave the rest. Idempotent."""
        ...

    def create_price_list(self, name: str) -> PriceListId:
        """Find-or-create by name."""
        ...

    def write_prices(self, price_list_id: PriceListId, prices: Sequence[Price], key: str = "") -> list[RefusedPrice]:
        """Upsert one batch of at most `price_batch`; when some are refused the others are kept. Idempotent.

        `key` names the write, the same at every attempt: a store that works on many prices by itself is waited for
        (RateLimited) instead of being asked again. What was written meanwhile need not be given again.
        """
        ...

    def remove_prices(self, price_list_id: PriceListId, prices: Sequence[Price]) -> None:
        """Remove these records (by variant and currency). Idempotent."""
        ...

    price_batch: int

    def assign_price_list(self, price_list_id: PriceListId, audience: Audience) -> None:
        """Idempotent."""
        ...

    def unassign_price_list(self, price_list_id: PriceListId, audience: Audience) -> None:
        """Idempotent. The list itself stays."""
        ...

    def save_promotion(self, promotion_id: PromotionId | None, terms: PromotionTerms, *, enabled: bool) -> PromotionId:
        """Change it, or create one; found again by its name, so a repetition creates no second."""
        ...

    def set_promotion_enabled(self, promotion_id: PromotionId, enabled: bool) -> None: ...

    def save_page(self, page_id: PageId | None, title: str, html: str, *, visible: bool = True) -> Page:
        """Write a page's or policy's text, or create a page (found again by its title). The page as it is then.

        The HTML has been sanitised by the caller; what a store cannot hold as HTML its adapter says with Permanent.
        """
        ...

    def approve_return(self, return_id: ReturnId) -> StoreReturn:
        """Agree to a requested return; one agreed to already stays as it is. Conflict when it was declined."""
        ...

    def decline_return(self, return_id: ReturnId, note: str) -> StoreReturn:
        """Decline a requested return, with words for the buyer. Idempotent; Conflict when it was agreed to."""
        ...

    def create_return(self, order_id: OrderId, items: Sequence[ReturnAsked], note: str) -> StoreReturn:
        """A return that is agreed to from the start; `note` stands on each item. Needs Capability.RETURNS.

        Not idempotent: look for one whose note names the case among returns_of(order_id) first. Conflict where not
        all of it can come back: it was not shipped, or is coming back already.
        """
        ...

    def process_return(
        self, return_id: ReturnId, *, refund: bool, amount: Money | None = None, note: str = ""
    ) -> StoreReturn:  # fmt: skip
        """The goods are here: what is open of it is done, and with `refund` what the store says is owed goes back, or
        `amount` instead; `note` says why.

        Idempotent: what is done already is not done again.
        """
        ...

    def send_evidence(self, dispute_id: DisputeId, texts: Mapping[str, str], *, final: bool) -> None:
        """Keep texts (aftersale.EVIDENCE) for a dispute; `final` sends them, and nothing can be added. Idempotent."""
        ...

    def assess_risk(self, order_id: OrderId, level: RiskLevel, reasons: Sequence[str]) -> None:
        """What we say of an order's risk; a later word replaces the former."""
        ...

    def price_quote(self, quote_id: QuoteId, prices: Mapping[str, Money]) -> Quote:
        """Give lines of an open quote agreed prices (line id → unit price); the other lines stay. Idempotent."""
        ...

    def draft_replacement(
        self, order_id: OrderId, quantities: Mapping[str, int], mark: str, *, title: str, note: str
    ) -> Quote:  # fmt: skip
        """A draft that sends these lines (line id -> quantity) of an order again for nothing, to where it went.

        Nothing leaves the house before a person completes it. `title` is what the buyer reads of the discount, `note`
        what the merchant reads. Found again by `mark` (40 characters), so repeating makes no second. Needs
        Capability.QUOTES.
        """
        ...

    def send_quote(self, quote_id: QuoteId) -> None:
        """Send it to the buyer, once: one sent already is not sent again."""
        ...

    def publish_file(self, content: BinaryIO, file_name: str, *, alt: str = "") -> PublicFile:
        """Put a file where whoever has its address can read it. Found again by its name, so repeating makes no second.

        Never for what is about one buyer.
        """
        ...
