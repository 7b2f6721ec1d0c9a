"""What people ask for that nobody switches on or off: done as a run like any other, with its steps and its end."""

from collections.abc import Mapping

from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Scenario
from app.domain.steps import DeliverCommunication, HoldByHand, WriteRequest


def _hold(slug: str, title: str, step: HoldByHand, outcome: str) -> Scenario:
    """About whatever object the document belongs to; the subject named here is the usual one."""
    return Scenario(
        slug=slug, title=title, catalogue=(), providers=frozenset(Provider), subject=ObjectType.ORDER,
        triggers=frozenset(), steps=(step,), outcome=outcome,
    )  # fmt: skip


APPLY_HOLD = _hold("hold-by-hand", "Put on a hold by a person", HoldByHand("apply"), "It is on the hold in OpenText.")
RELEASE_HOLD = _hold(
    "release-by-hand", "Taken off a hold by a person", HoldByHand("release"), "It is off the hold in OpenText."
)
REQUEST = "request_mail"
MAIL_REQUEST = Scenario(
    slug="mail-request", title="Ask the customer by mail", catalogue=(), providers=frozenset(Provider),
    subject=ObjectType.ORDER, triggers=frozenset(),
    steps=(WriteRequest(REQUEST), DeliverCommunication(REQUEST, says="request")),
    outcome="The customer has the mail; a copy without the link is filed.",
)  # fmt: skip
BY_HAND: Mapping[str, Scenario] = {one.slug: one for one in (APPLY_HOLD, RELEASE_HOLD, MAIL_REQUEST)}
