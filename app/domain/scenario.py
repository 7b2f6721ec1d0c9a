"""A scenario: what, trigger, condition, steps, outcome. Data; thresholds are preferences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from app.domain.cases import Case
from app.domain.commerce import Customer, Order, Product, StoreProfile
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.order_parts import OrderPart
from app.domain.steps import Step
from app.domain.trade import Company, Page

Subject = Order | Product | Customer | Company | Case | Page | StoreProfile


class Mode(StrEnum):
    """Whether a scenario works. In shadow it plans, and nothing is touched."""

    ON = "on"
    SHADOW = "shadow"
    OFF = "off"


class Unfit(ValueError):
    """What a preference cannot be, in a sentence that is shown beside its field."""


class Preferences(BaseModel):
    """Base of a scenario's typed preferences. Field titles, descriptions and bounds make the form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode = Mode.ON


# Why a scenario applies, one short sentence a merchant reads for each reason; empty = it does not apply.
Condition = Callable[[Subject, Preferences], tuple[str, ...]]


def always(_subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    return ("always",)


@dataclass(frozen=True)
class Occasion:
    """What makes two events the same cause. One run per (store, scenario, subject, key), for ever.

    `facts` go to the run ("shipment_id", …); `reasons`, when given, are said instead of the condition's.
    """

    key: str
    facts: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


Each = Callable[[Event, Subject, Preferences], tuple[Occasion, ...]]


def once(_event: Event, _subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One run per object for ever."""
    return (Occasion("once"),)


def every_event(event: Event, _subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One run per event: a click, an approval of one version."""
    return (Occasion(event.detail.get("occasion") or event.id),)


@dataclass(frozen=True)
class Scenario:
    """What makes rows of the catalogue true (`catalogue`: their numbers).

    `needs`: the parts of an order that `when` and `each` look at (read for them). `works_by` tells a merchant how it
    works where the store has no event or API of its own for it; may be empty. `unavailable`: for each kind of store
    that is not among `providers`, why it cannot be done there, in a sentence a merchant reads.
    """

    slug: str
    title: str
    catalogue: tuple[int, ...]
    providers: frozenset[Provider]
    subject: ObjectType
    triggers: frozenset[Topic]
    steps: tuple[Step, ...]
    outcome: str
    when: Condition = always
    each: Each = once
    needs: frozenset[OrderPart] = frozenset()
    preferences: type[Preferences] = Preferences
    requests: frozenset[str] = field(default_factory=frozenset)  # what a click must name to trigger it
    works_by: str = ""
    unavailable: Mapping[Provider, str] = field(default_factory=dict)
    applies: str = ""  # the condition in words; empty: whenever it is triggered
    for_history: bool = False  # may be applied to what was there before: files and records, nothing to store or buyer
