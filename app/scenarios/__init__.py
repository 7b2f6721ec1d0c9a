"""The catalogue: one constant per scenario, one file per family of business object."""

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from app.domain.scenario import Scenario
from app.domain.steps import ComposeCommunication, Step
from app.scenarios import (
    accounts,
    after_purchase,
    applications,
    by_hand,
    campaigns,
    catalogues,
    communications,
    company_documents,
    complaints,
    compliance,
    disputes,
    documents,
    exceptions,
    fulfilment,
    notices,
    orders,
    policies,
    prices,
    products,
    recall,
    records,
    retention,
    return_letters,
    returns,
    special_prices,
    statements,
    stock,
    stores,
)


class Catalogue(Collection[Scenario]):
    """Every scenario by its slug, in the order a merchant reads them. One more may join, and leave, while all works."""

    def __init__(self, *scenarios: Scenario) -> None:
        self._scenarios: dict[str, Scenario] = {}
        self.by_slug: Mapping[str, Scenario] = MappingProxyType(self._scenarios)
        self.runnable: Mapping[str, Scenario] = ChainMap(self._scenarios, dict(by_hand.BY_HAND))
        for scenario in scenarios:
            self.add(scenario)

    def __iter__(self) -> Iterator[Scenario]:
        return iter(tuple(self._scenarios.values()))

    def __contains__(self, scenario: object) -> bool:
        return isinstance(scenario, Scenario) and self._scenarios.get(scenario.slug) is scenario

    def __len__(self) -> int:
        return len(self._scenarios)

    def add(self, scenario: Scenario) -> None:
        """Raises ValueError where the slug is taken: runs and preferences are kept by it."""
        if scenario.slug in self._scenarios:
            raise ValueError(f"There is a scenario {scenario.slug} already.")
        self._scenarios[scenario.slug] = scenario

    def remove(self, slug: str) -> None:
        self._scenarios.pop(slug, None)


ALL = Catalogue(
    *orders.SCENARIOS,
    *exceptions.SCENARIOS,
    *fulfilment.SCENARIOS,
    *stock.SCENARIOS,
    *returns.SCENARIOS,
    *complaints.SCENARIOS,
    *disputes.SCENARIOS,
    *communications.SCENARIOS,
    *notices.SCENARIOS,
    *return_letters.SCENARIOS,
    *after_purchase.SCENARIOS,
    *statements.SCENARIOS,
    *retention.SCENARIOS,
    *catalogues.SCENARIOS,
    *records.SCENARIOS,
    *accounts.SCENARIOS,
    *applications.SCENARIOS,
    *prices.SCENARIOS,
    *campaigns.SCENARIOS,
    *special_prices.SCENARIOS,
    *products.SCENARIOS,
    *documents.SCENARIOS,
    *company_documents.SCENARIOS,
    *compliance.SCENARIOS,
    *policies.SCENARIOS,
    *recall.SCENARIOS,
    *stores.SCENARIOS,
)
BY_SLUG: Mapping[str, Scenario] = ALL.by_slug
RUNNABLE: Mapping[str, Scenario] = ALL.runnable  # and what people do by hand


def _classifications(steps: Iterable[Step]) -> set[str]:
    found = set()
    for step in steps:
        found.add(getattr(step, "classification", ""))
        for outcome in getattr(step, "outcomes", ()):
            found |= _classifications(outcome.steps)
    return found - {""}


# The RM classifications the catalogue files under; a connection test looks for them.
CLASSIFICATIONS: tuple[str, ...] = tuple(sorted(set().union(*(_classifications(one.steps) for one in ALL))))


def _templates(steps: Iterable[Step]) -> set[str]:
    found = {step.template for step in steps if isinstance(step, ComposeCommunication)}
    for step in steps:
        for outcome in getattr(step, "outcomes", ()):
            found |= _templates(outcome.steps)
    return found


# The templates the catalogue composes; a connection test says which have no communication yet.
TEMPLATES: tuple[str, ...] = tuple(sorted(set().union(*(_templates(one.steps) for one in ALL))))
