"""What BigCommerce has none of: returns and disputes of its own, quotes by API, risk from apps, public files by API."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import BinaryIO, NoReturn

from app.domain.aftersale import (
    Dispute,
    DisputeId,
    PublicFile,
    Quote,
    QuoteId,
    ReturnAsked,
    ReturnId,
    RiskLevel,
    StoreReturn,
)
from app.domain.commerce import Money
from app.domain.ids import OrderId
from app.domain.order_parts import OrderEdit
from app.errors import Permanent
from app.stores.bigcommerce.client import SERVICE


def _not_here(what: str) -> NoReturn:
    raise Permanent(f"BigCommerce has no {what}.", code="not_in_this_store", service=SERVICE)


class AftersaleReading:
    """This part of StoreReader: lists are empty, single ones do not exist."""

    def order_of_shipping(self, shipping_id: str) -> OrderId:
        _not_here(f"messages about shipping that name no order ({shipping_id})")

    def returns_of(self, order_id: OrderId) -> list[StoreReturn]:
        del order_id
        return []

    def store_return(self, return_id: ReturnId) -> StoreReturn:
        _not_here(f"returns of its own ({return_id})")

    def return_owed(self, return_id: ReturnId) -> Money:
        _not_here(f"returns of its own ({return_id})")

    def return_is_back(self, return_id: ReturnId) -> bool:
        _not_here(f"returns of its own ({return_id})")

    def open_disputes(self) -> Iterator[Dispute]:
        return iter(())

    def dispute(self, dispute_id: DisputeId) -> Dispute:
        _not_here(f"disputes of its own ({dispute_id})")

    def quote(self, quote_id: QuoteId) -> Quote:
        _not_here(f"quotes ({quote_id})")

    def quotes_changed_since(self, since: datetime) -> Iterator[tuple[QuoteId, str]]:
        del since
        return iter(())


class AftersaleWriting:
    """This part of StorePublisher: nothing of it can be done."""

    def edit_order(self, order_id: OrderId, edit: OrderEdit) -> None:
        del order_id, edit
        _not_here("exchange of goods in a placed order")

    def hold_back(self, order_id: OrderId, items: Mapping[str, int], note: str) -> int:
        del order_id, items, note
        _not_here("way to hold back some goods of an order")

    def approve_return(self, return_id: ReturnId) -> StoreReturn:
        _not_here(f"returns of its own ({return_id})")

    def decline_return(self, return_id: ReturnId, note: str) -> StoreReturn:
        del note
        _not_here(f"returns of its own ({return_id})")

    def create_return(self, order_id: OrderId, items: Sequence[ReturnAsked], note: str) -> StoreReturn:
        del items, note
        _not_here(f"returns of its own (order {order_id})")

    def process_return(
        self, return_id: ReturnId, *, refund: bool, amount: Money | None = None, note: str = ""
    ) -> StoreReturn:  # fmt: skip
        del refund, amount, note
        _not_here(f"returns of its own ({return_id})")

    def send_evidence(self, dispute_id: DisputeId, texts: Mapping[str, str], *, final: bool) -> None:
        del texts, final
        _not_here(f"disputes of its own ({dispute_id})")

    def assess_risk(self, order_id: OrderId, level: RiskLevel, reasons: Sequence[str]) -> None:
        del order_id, level, reasons
        _not_here("risk assessments from apps")

    def price_quote(self, quote_id: QuoteId, prices: Mapping[str, Money]) -> Quote:
        del prices
        _not_here(f"quotes ({quote_id})")

    def draft_replacement(
        self, order_id: OrderId, quantities: Mapping[str, int], mark: str, *, title: str, note: str
    ) -> Quote:  # fmt: skip
        del quantities, mark, title, note
        _not_here(f"drafts of orders (order {order_id})")

    def send_quote(self, quote_id: QuoteId) -> None:
        _not_here(f"quotes ({quote_id})")

    def publish_file(self, content: BinaryIO, file_name: str, *, alt: str = "") -> PublicFile:
        del content, file_name, alt
        _not_here("public files that apps can write")


__all__ = ["AftersaleReading", "AftersaleWriting"]
