"""A scenario: what, trigger, condition, steps, outcome. Data; thresholds are preferences."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from app.domain.commerce import Customer, Order, Product, StoreProfile
from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.steps import Step

Subject = Order | Product | Customer | StoreProfile


class Preferences(BaseModel):
    """Base of a scenario's typed preferences. Field titles, descriptions and bounds make the form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True


# Why a scenario applies, one short sentence a merchant reads for each reason; empty = it does not apply.
Condition = Callable[[Subject, Preferences], tuple[str, ...]]


def always(_subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    return ("always",)


@dataclass(frozen=True)
class Scenario:
    """One row of the catalogue.

    `occasion` names what makes two events the same cause: "subject" = one run per object for ever, "event" = one run
    per event (a click, an approval of one version).
    """

    slug: str
    title: str
    catalogue: tuple[str, ...]
    providers: frozenset[Provider]
    subject: ObjectType
    triggers: frozenset[Topic]
    steps: tuple[Step, ...]
    outcome: str
    when: Condition = always
    occasion: str = "subject"
    preferences: type[Preferences] = Preferences
    requests: frozenset[str] = field(default_factory=frozenset)  # what a click must name to trigger it
