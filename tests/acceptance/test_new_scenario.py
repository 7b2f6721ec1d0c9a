"""A scenario more is one constant of existing steps: its page, its form, its work and its words follow from it."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import Field

from app.domain.commerce import Order
from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Mode, Preferences, Scenario, Subject
from app.domain.steps import AddNote, EnsureWorkspace, FilePaper, LinkInStore
from app.scenarios import ALL
from tests.acceptance.outside import Outside, outside
from tests.acceptance.people import ORDER, buys
from tests.house import a_house

PAGE = "/settings/scenarios/gift-orders"


class GiftPreferences(Preferences):
    """Which orders are thanked for."""

    mode: Mode = Mode.OFF
    from_amount: Decimal = Field(
        default=Decimal("200"), ge=0, max_digits=12, decimal_places=2, title="Gifts from this total",
        description="In the order's own currency.",
    )  # fmt: skip


def deserves_a_gift(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    if not isinstance(subject, Order) or not isinstance(preferences, GiftPreferences) or not subject.is_paid:
        return ()
    return (f"{subject.total} deserve a gift",) if subject.total.amount >= preferences.from_amount else ()


GIFT = Scenario(
    slug="gift-orders",
    title="Add a gift to large orders and keep their record",
    catalogue=(),
    providers=frozenset({Provider.BIGCOMMERCE}),
    subject=ObjectType.ORDER,
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=deserves_a_gift,
    applies="The order is paid and reaches the total you chose.",
    preferences=GiftPreferences,
    steps=(
        EnsureWorkspace("ORDER", parents=(ObjectType.CUSTOMER,)),
        FilePaper("order_record", folder="01 Order record", classification="Orders"),
        LinkInStore(ObjectType.ORDER),
        AddNote("order", "Add a gift: {reasons}."),
    ),
    outcome="The order asks for a gift; its record lies in OpenText.",
)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Outside]:
    """A house that runs already when the scenario joins."""
    with a_house(f"sqlite:///{tmp_path / 'gift.sqlite3'}") as house:
        house.move_in()
        ALL.add(GIFT)
        try:
            yield outside(house)
        finally:
            ALL.remove(GIFT.slug)


def test_one_constant_is_a_page_a_form_and_work(at: Outside) -> None:
    assert GIFT.title in at.words("/settings/scenarios")
    page = at.words(PAGE)
    for words in ("Gifts from this total", GIFT.applies, "An order was placed or changed", GIFT.outcome,
                  "Workspace in OpenText", "Leave a note for the staff"):  # fmt: skip
        assert words in page, (words, page)
    start = at.mark()
    buys("150.00").do(at)
    at.work()
    assert not at.effects(start).total()  # off until somebody switches it on
    refused = at.staff.post(PAGE, data={"mode": "on", "from_amount": "a lot"})
    assert refused.status_code == 422
    at.choose(GIFT.slug, {"mode": "on", "from_amount": "100"})
    start = at.mark()
    buys("150.00").do(at)
    at.work()
    made = [effect for _system, effect in at.effects(start).elements()]
    for words in ("(demostore1)' created", " record.pdf' created", "changed staff_notes"):
        assert sum(words in one for one in made) == 1, (words, made)
    shown = at.words(at.told(ORDER))
    assert "150.00 EUR deserve a gift" in shown
    assert GIFT.title in shown
    assert at.set_aside() == []


def test_a_slug_is_given_once() -> None:
    with pytest.raises(ValueError, match="already"):
        ALL.add(next(iter(ALL)))
