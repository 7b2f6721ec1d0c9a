"""Rows about what accounts get: statements, thanks for many orders, catalogues."""

from datetime import UTC, datetime, timedelta

from app.domain.ids import Provider
from tests.acceptance.people import CUSTOMER, ORDER, buys_torches, torch
from tests.acceptance.rows_letters import MAIL, WHILE, letters
from tests.acceptance.verbs import Create, Either, Pass, Press
from tests.acceptance.walks import Ending, Row, Shown

ADA = {"first_name": "Ada", "last_name": "Löwe", "email": "ada@example.com", "company": "Löwe GmbH"}
firm = Create("businesses", ADA)
agreeing = Either(  # a customer who agreed to be written to
    bigcommerce=(Create("customers", ADA, keep="customer"), Create("subscribers", {"email": "ada@example.com"})),
    shopify=(Create("customers", ADA | {"agrees": True}, keep="customer"),),
)
TORCHES = [{"product_id": "#{product}", "quantity": 2}]
firm_buys = Either(
    bigcommerce=(buys_torches(status_id=7),),
    shopify=(
        Create("orders", {"items": TORCHES, "company_id": "#{account}", "payment_status": "pending"}, keep="order"),
    ),
)


def next_month() -> Pass:
    """Until the second day of the next month: exactly one month begins."""
    today = datetime.now(UTC)
    second = (today.replace(day=1) + timedelta(days=32)).replace(day=2)
    return Pass(days=(second - today).days)


STATEMENT = Row(
    25,
    choices={"statement-customer": MAIL, "statement-company": MAIL},
    before=(firm, torch()),
    trigger=(firm_buys,),
    approved=Ending(
        (next_month(), *WHILE),
        letters("SF_STATEMENT"),
        (Shown(CUSTOMER, ("Statement_", "Mailed to a***@example.com delivered"), on=Provider.BIGCOMMERCE),),
    ),
)

THANKS = Row(
    28,
    choices={"loyalty-letter": MAIL | {"milestones": "1, 5"}},
    before=(agreeing, torch()),
    trigger=(buys_torches(),),
    approved=Ending(
        (next_month(), *WHILE),
        letters("SF_RETENTION"),
        (Shown(CUSTOMER, ("Offer_", "Mailed to a***@example.com delivered")), Shown(ORDER, (), never=("Offer_",))),
    ),
)

CATALOGUE = Row(
    29,
    choices={"catalogue-request": MAIL | {"skus": "NW-TORCH"}},
    before=(agreeing, torch(), buys_torches()),
    trigger=(Press(CUSTOMER + "/ask/send_catalogue"),),
    approved=Ending(
        WHILE,
        letters("SF_CATALOG"),
        (Shown(CUSTOMER, ("Catalogue_", "Mailed to a***@example.com delivered")),),
    ),
)

ROWS = (STATEMENT, THANKS, CATALOGUE)
