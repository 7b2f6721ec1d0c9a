"""Letters that ask a buyer back: after a long silence, for many orders, about a cart. Never without consent."""

from pydantic import Field, field_validator

from app.domain.commerce import Customer
from app.domain.communications import CONSENT_NAMES, MARKETING_CONSENTS
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Condition, Each, Occasion, Preferences, Scenario, Subject, Unfit
from app.domain.steps import (
    ComposeCommunication,
    ConsiderLetter,
    DeliverCommunication,
    EnsureWorkspace,
    Outcome,
    Step,
    WaitDays,
)
from app.scenarios.communications import LetterPreferences
from app.scenarios.times import each_month

CONSENT = (
    "The buyer's consent is read from the store when the letter is written and again when it is sent: the newsletter "
    "list, at Shopify the consent to marketing by that way. Who has left once is not written to again."
)


class OfferPreferences(LetterPreferences):
    """What is offered, and how often."""

    offer_title: str = Field(
        default="We would like to see you again", min_length=1, max_length=120, title="Heading of the letter",
        description="For example: A small thank you.",
    )  # fmt: skip
    offer_text: str = Field(
        default="There is something new in our store. Have a look.", max_length=2000, title="Text of the letter",
        description="What you offer, in your own words.",
    )  # fmt: skip
    offer_code: str = Field(
        default="", max_length=60, title="Voucher code",
        description="Make it in the store first. Empty: the letter has no code.",
    )  # fmt: skip
    valid_days: int = Field(
        default=30, ge=1, le=365, title="Days the offer is valid",
        description="Counted from the day the letter is written.",
    )  # fmt: skip
    quiet_days: int = Field(
        default=30, ge=0, le=365, title="Days between two letters",
        description="Who got any advertising from here within so many days gets none now. 0: no limit.",
    )  # fmt: skip


class WinBackPreferences(OfferPreferences):
    """When a silence is long."""

    after_days: int = Field(
        default=180, ge=30, le=700, title="Days without an order",
        description="In the month a silence becomes that long, the buyer gets one letter.",
    )  # fmt: skip
    own_rhythm: bool = Field(
        default=True, title="Or twice the buyer's usual time",
        description="From three orders on: a silence is long when it is twice the usual time between their orders.",
    )  # fmt: skip


class LoyaltyPreferences(OfferPreferences):
    """Which orders count."""

    milestones: str = Field(
        default="5, 10, 25, 50, 100", max_length=200, title="Numbers of orders",
        description="Whole numbers separated by commas. Coming to one of them gives one letter.",
    )  # fmt: skip

    @field_validator("milestones")
    @classmethod
    def _whole_numbers(cls, value: str) -> str:
        parts = [one.strip() for one in value.replace(";", ",").split(",") if one.strip()]
        if not parts or not all(one.isascii() and one.isdigit() and 0 < int(one) < 100_000 for one in parts):
            raise Unfit("Enter whole numbers such as 5, 10, 25.")
        return ", ".join(parts)


class CartPreferences(OfferPreferences):
    """How long a cart may lie."""

    wait_days: int = Field(
        default=1, ge=0, le=30, title="Days after the cart was left",
        description="Whoever has ordered by then gets no letter. 0: at once.",
    )  # fmt: skip


def agreed(consent: str = "") -> Condition:
    """A buyer who has agreed to such letters; everybody else is not even looked at."""
    needed = CONSENT_NAMES.get(consent, MARKETING_CONSENTS)

    def when(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
        has = isinstance(subject, Customer) and bool(needed & subject.consents)
        return ("The buyer has agreed to letters",) if has else ()

    return when


def _steps(rule: str, subject: str, text: str, consent: str = "") -> tuple[Step, ...]:
    return (
        ConsiderLetter(rule, (
            Outcome("letter", "A letter is due", (
                EnsureWorkspace("CUSTOMER", parents=(ObjectType.COMPANY,)),
                ComposeCommunication("SF_RETENTION", folder="03 Correspondence", document=rule),
                DeliverCommunication(rule, purpose="marketing", consent=consent, subject=subject, text=text),
            )),
        )),
    )  # fmt: skip


def _letter(
    slug: str, title: str, preferences: type[Preferences], steps: tuple[Step, ...], works_by: str,
    topic: Topic = Topic.TIME_CAME, each: Each = each_month, consent: str = "",
) -> Scenario:  # fmt: skip
    return Scenario(
        slug=slug,
        title=title,
        catalogue=(28,),
        providers=frozenset(Provider),
        subject=ObjectType.CUSTOMER,
        applies="The buyer has agreed to such letters, and there is a reason to write; each of them once.",
        triggers=frozenset({topic}),
        when=agreed(consent),
        each=each,
        preferences=preferences,
        steps=steps,
        outcome="The letter lies in the customer's workspace; the panel shows how it reached the buyer, or why it did "
        "not.",
        works_by=works_by,
    )


def each_cart(event: Event, _subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One letter for each cart."""
    cart = event.detail.get("cart_id", "")
    return (Occasion(f"cart:{cart}", {"cart_id": cart}, ("A cart was left behind",)),) if cart else ()


SCENARIOS = (
    _letter(
        "win-back", "Write to buyers who have not ordered for long", WinBackPreferences,
        _steps("lapsed", "{store} misses you", "We have not heard of you for long. There is a letter for you."),
        f"Looked at once a month, from the orders of the last two years. {CONSENT}",
    ),
    _letter(
        "loyalty-letter", "Thank buyers for their fifth, tenth, … order", LoyaltyPreferences,
        _steps("milestone", "Thank you from {store}", "Thank you for your orders at {store}. There is a letter for "
                                                     "you."),
        f"Looked at once a month, from the orders of the last two years. {CONSENT}",
    ),
    _letter(
        "cart-letter", "Remind buyers of a cart they left behind", CartPreferences,
        (WaitDays("wait_days"), *_steps("cart", "Your cart at {store}", "Your cart at {store} is still there.",
                                        "abandoned_cart")),
        "BigCommerce says so an hour after the last change of a cart; Shopify lists what was left behind, and we look "
        "there regularly. Written only to buyers with an account who have agreed to mails about carts (at Shopify: to "
        "marketing by mail); nobody is written to about a guest's cart.",
        Topic.CART_ABANDONED, each_cart, "abandoned_cart",
    ),
)  # fmt: skip
