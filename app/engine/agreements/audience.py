"""Whose price list: the list assigned to the group or company an agreement is with, or a new one."""

from dataclasses import dataclass

from app.domain.commerce import Customer
from app.domain.ids import PriceListId
from app.domain.scenario import Subject
from app.domain.trade import Audience, AudienceKind, Company, PriceList
from app.errors import Permanent
from app.stores.port import Capability, Store


@dataclass(frozen=True)
class Place:
    """Where an agreement's prices go. `price_list` None: none is assigned yet, one called `name` will be made."""

    audience: Audience
    price_list: PriceList | None
    name: str


def audience_of(subject: Subject) -> Audience:
    """The group whose prices the customer or company gets. Permanent where there is none: prices reach nobody."""
    if isinstance(subject, Customer | Company) and subject.group_id:
        return Audience(AudienceKind.GROUP, subject.group_id, subject.group or subject.group_id)
    if isinstance(subject, Company):
        return Audience(AudienceKind.COMPANY, str(subject.id), subject.name)
    raise Permanent(
        "The customer is in no customer group, so agreed prices would reach nobody.", code="no_customer_group",
        hint="Put the customer into a group of its own in the store, then try again.",
    )  # fmt: skip


def place_of(store: Store, subject: Subject, before: PriceListId | None = None) -> Place:
    """`before` is the list an earlier agreement went to: looked at first, so that others need not be."""
    if Capability.PRICE_LISTS not in store.read.capabilities:
        raise Permanent("This store has no price lists.", code="no_price_lists",
                        hint="Price lists depend on the store's plan.")  # fmt: skip
    audience = audience_of(subject)
    lists = store.read.price_lists()
    for one in sorted(lists, key=lambda found: found.id != before):
        if any((a.kind, a.id) == (audience.kind, audience.id) for a in store.read.audiences_of(one.id)):
            return Place(audience, one, one.name)
    name = f"Agreed prices: {audience.name}"
    return Place(audience, next((one for one in lists if one.name == name), None), name)
