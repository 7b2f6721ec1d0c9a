"""Scenarios about the store itself."""

from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Scenario, every_event
from app.domain.steps import ReportGaps, SetUpStore
from app.scenarios.times import each_day

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

GAP_REPORT = Scenario(
    slug="gap-report",
    title="Compare with the store every night, make up for what no message told, report it",
    catalogue=(),
    providers=frozenset(Provider),
    subject=ObjectType.STORE,
    applies="Once a day, or when somebody asks.",
    triggers=frozenset({Topic.TIME_CAME}),
    requests=frozenset({"report_gaps"}),
    each=lambda event, subject, preferences: (
        each_day(event, subject, preferences)
        if event.topic is Topic.TIME_CAME
        else every_event(event, subject, preferences)
    ),
    steps=(ReportGaps(),),
    outcome="The home page says what was compared, what had been lost and what became of it.",
)

SCENARIOS = (STORE_SETUP, GAP_REPORT)
