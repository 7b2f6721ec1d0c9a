"""People out of nouns: what remains of an order, customer or cart once its buyer asked to be forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from app.domain.commerce import Address, Customer, Order
from app.domain.ids import CustomerId, OrderId
from app.domain.trade import Cart

NOBODY = "Redacted customer"


@dataclass(frozen=True)
class Person:
    """Whom a request is about, as far as the store says: any of the ids and addresses, the orders it names."""

    customer_id: CustomerId | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    order_ids: tuple[OrderId, ...] = ()


def identities(subject: object) -> Iterator[tuple[str, str]]:
    """What names the buyer of something the store told: ("customer", id) and ("email", address in lower case)."""
    emails: list[str] = []
    if isinstance(subject, Order):
        if subject.customer_id:
            yield "customer", subject.customer_id
        emails = [subject.customer_email, subject.billing.email, *(one.email for one in subject.shipping)]
    elif isinstance(subject, Customer):
        yield "customer", subject.id
        emails = [subject.email]
    elif isinstance(subject, Cart):
        if subject.customer_id:
            yield "customer", subject.customer_id
        emails = [subject.email]
    yield from (("email", one.strip().lower()) for one in dict.fromkeys(emails) if one.strip())


def anonymous(subject: Any) -> Any:
    """The same without what names or reaches its buyer; countries and amounts stay, for the books need them."""
    if isinstance(subject, Order):
        return replace(
            subject, customer_name=NOBODY, customer_email="", billing=_place(subject.billing),
            shipping=tuple(_place(one) for one in subject.shipping), staff_notes="", customer_message="", messages=(),
        )  # fmt: skip
    if isinstance(subject, Customer):
        return replace(
            subject, name=NOBODY, email="", company="", phone="", consents=frozenset(), addresses=(), attributes={}
        )
    if isinstance(subject, Cart):
        return replace(subject, email="")
    return subject


def _place(address: Address) -> Address:
    return Address(country=address.country, country_code=address.country_code)
