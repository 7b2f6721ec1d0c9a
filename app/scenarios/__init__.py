"""The catalogue: one constant per scenario, one file per family of business object."""

from app.domain.scenario import Scenario
from app.scenarios import orders, products, stores

ALL: tuple[Scenario, ...] = (*orders.SCENARIOS, *products.SCENARIOS, *stores.SCENARIOS)
BY_SLUG: dict[str, Scenario] = {scenario.slug: scenario for scenario in ALL}
