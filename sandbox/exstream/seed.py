"""A fresh Exstream: a production and a test domain, the templates with their chain of assets, two named services."""

import json
from datetime import datetime

from sandbox.exstream.designs import DESIGNS, HTML_QUEUE, PDF_QUEUE, Design
from sandbox.exstream.samples import SAMPLES
from sandbox.exstream.state import (
    APPROVED,
    COMMUNICATION,
    COMMUNICATION_SET,
    DATA_SOURCE,
    DRAFT,
    OUTPUT,
    QUEUE,
    SAMPLE_FILE,
    CommunicationSet,
    Domain,
    ExstreamState,
    Link,
    QueueEntry,
    Service,
    Version,
    demo_clients,
    stable_id,
)

DOMAIN, TEST_DOMAIN = "Storefront", "StorefrontTest"
DATA_SOURCE_NAME = "Driver"
FORWARD, STATEMENTS = "sf_forward", "sf_statements"
UNFINISHED = "SF_LOYALTY"  # a communication nobody has approved yet


def communication_id(key: str) -> str:
    """The id of a template's communication, the same in every fresh world."""
    return stable_id(f"{COMMUNICATION}/{key}")


def make_state(now: datetime) -> ExstreamState:
    state = ExstreamState(clients=demo_clients())
    for domain in (Domain(DOMAIN, production=True), Domain(TEST_DOMAIN, production=False, workflow="simple")):
        state.domains[domain.id] = domain
        state.assets[domain.id], state.links[domain.id] = {}, []
    for design in DESIGNS:
        _add(state, design, now)
    draft = Version(communication_id(UNFINISHED), 1, "Loyalty letter", COMMUNICATION, DRAFT, now, now)
    state.assets[DOMAIN][draft.id] = [draft]
    state.services = {
        FORWARD: Service(FORWARD, DOMAIN, "forward"),
        STATEMENTS: Service(STATEMENTS, DOMAIN, "compose", "SF_STATEMENT"),
    }
    return state


def _add(state: ExstreamState, design: Design, now: datetime) -> None:
    """Application -> communication set -> data source -> sample file, and -> queues -> outputs."""

    def asset(type: str, name: str, content: bytes = b"", subtype: str = "") -> str:
        id = communication_id(design.key) if type == COMMUNICATION else stable_id(f"{type}/{design.key}/{name}")
        made = Version(id, 1, name, type, APPROVED, now, now, subtype=subtype, content=content)
        state.assets[DOMAIN][id] = [made]
        return id

    application = asset(COMMUNICATION, design.name)
    chosen = asset(COMMUNICATION_SET, f"{design.name} set")
    source = asset(DATA_SOURCE, DATA_SOURCE_NAME, subtype="driver")
    sample = asset(SAMPLE_FILE, f"{design.key}.json", json.dumps(SAMPLES[design.key]).encode(), "driver")
    chain = [(application, chosen), (chosen, source), (source, sample)]
    entries = []
    for name, driver in ((PDF_QUEUE, "PDF"), (HTML_QUEUE, "HTML")):
        queue, output = asset(QUEUE, name), asset(OUTPUT, f"{driver} output")
        chain += [(chosen, queue), (queue, output)]
        entries.append(QueueEntry(name, driver, f"{driver.lower()}_out"))
    state.links[DOMAIN] += [Link(subject, 1, to) for subject, to in chain]
    state.sets[chosen] = CommunicationSet(DATA_SOURCE_NAME, source, entries)
    state.designs[application] = design.key
