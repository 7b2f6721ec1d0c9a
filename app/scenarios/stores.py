"""Scenarios about the store itself."""

from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Scenario, every_event
from app.domain.steps import SetUpStore

STORE_SETUP = Scenario(
    slug="store-set-up",
    title="Register webhooks and panels in the store, workflow models in OpenText",
    catalogue=(),
    providers=frozenset(Provider),
    subject=ObjectType.STORE,
    triggers=frozenset({Topic.APP_INSTALLED}),
    requests=frozenset({"set_up_store"}),
    each=every_event,
    steps=(SetUpStore(),),
    outcome="The store sends us its events, and orders, products and customers have an ECM item in their menus.",
)

SCENARIOS = (STORE_SETUP,)
