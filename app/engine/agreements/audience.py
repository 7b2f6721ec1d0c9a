"""Whose price list: the list assigned to the group or company an agreement is with, or a new one."""

from dataclasses import dataclass

from app.domain.commerce import Customer
from app.domain.ids import PriceListId
from app.domain.scenario import Subject
from app.domain.trade import Audience, AudienceKind, Company, PriceList
from app.errors import Permanent
from app.language import notes
from app.language.catalogues import N_
from app.language.reading import Reader
from app.stores.port import Capability, Store

NAME = N_("Agreed prices: {name}")


@dataclass(frozen=True)
class Place:
    """Where an agreement's prices go. `price_list` None: none is assigned yet, one called `name` will be made."""

    audience: Audience
    price_list: PriceList | None
    name: str


def audience_of(store: Store, subject: Subject) -> Audience:
    """The group whose prices the customer or company gets, else the company the customer buys for.

    Permanent where there is neither: prices would reach nobody.
    """
    if isinstance(subject, Customer | Company) and subject.group_id:
        return Audience(AudienceKind.GROUP, subject.group_id, subject.group or subject.group_id)
    if isinstance(subject, Customer) and subject.company_id:
        subject = store.read.company(subject.company_id)
    if isinstance(subject, Company):
        return Audience(AudienceKind.COMPANY, str(subject.id), subject.name)
    if Capability.CUSTOMER_GROUPS in store.read.capabilities:
        raise Permanent(
            "The customer is in no customer group, so agreed prices would reach nobody.", code="no_customer_group",
            hint="Put the customer into a group of its own in the store, then try again.",
        )  # fmt: skip
    raise Permanent(
        "The customer buys for no company, so agreed prices would reach nobody.",
        code="no_company",
        hint="Make the customer a contact of a company in the store, then try again.",
    )


def without(store: Store, capability: Capability, problem: str) -> Permanent:
    """The store cannot do it at all: the refusal with what a person must do."""
    return Permanent(problem, code=f"no_{capability}", hint=store.read.remedy(capability))


def place_of(store: Store, subject: Subject, who: Reader, before: PriceListId | None = None) -> Place:
    """`before` is the list an earlier agreement went to: looked at first, so that others need not be.

    A new one is called as `who`, the store, reads; one made and not assigned yet is known by its name in any language.
    """
    if Capability.PRICE_LISTS not in store.read.capabilities:
        raise without(store, Capability.PRICE_LISTS, "This store has no price lists, so nothing was published.")
    audience = audience_of(store, subject)
    lists = store.read.price_lists()
    for one in sorted(lists, key=lambda found: found.id != before):
        if any((a.kind, a.id) == (audience.kind, audience.id) for a in store.read.audiences_of(one.id)):
            return Place(audience, one, one.name)
    values = {"name": audience.name}
    known = notes.in_each_language(NAME, values)
    found = next((one for one in lists if one.name in known), None)
    return Place(audience, found, found.name if found else notes.filled(NAME, values, who))
