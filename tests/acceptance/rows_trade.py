"""Rows about business customers: workspaces, prices."""

from tests.acceptance.people import CUSTOMER, OMAR, THEO, torch
from tests.acceptance.verbs import Approve, Create, Decide, File, Press, Work
from tests.acceptance.walks import Effect, Ending, Row, Shown

GROUP = Create("customer_groups", {"name": "Nordwind GmbH"}, keep="group")
BUSINESS = Create(
    "customers",
    {"first_name": "Nora", "last_name": "Wind", "email": "nora@nordwind.example", "company": "Nordwind GmbH",
     "customer_group_id": "#{group}"},
    keep="customer",
)  # fmt: skip
BUYS = Create("orders", {"total": "90", "customer_id": "#{customer}"}, keep="order")

ACCOUNT = Row(
    1,
    before=(GROUP,),
    trigger=(BUSINESS, BUYS),
    approved=Ending(
        (),
        (Effect("content_server", "'Customer {customer} (demostore1)' created"),),
        (Shown(CUSTOMER, ("Nora Wind", "Nordwind GmbH", "Open in OpenText")),),
    ),
)

PRICES = "SKU;Currency;Price\nNW-TORCH;EUR;61,50\nUNKNOWN-1;EUR;5,00\n"
AGREEMENT = File("CUSTOMER", "{customer}", "05 Pricing", "Price agreement 2027.csv", {"text": PRICES}, user=THEO)
PRICES_SET = (
    Effect("bigcommerce", "price list 1 created"),
    Effect("bigcommerce", "price list 1 1 records set"),
    Effect("bigcommerce", "1 price list assignments set"),
)
NOTHING_PUBLISHED = (Effect("bigcommerce", "price", 0),)

CONTRACT_PRICES = Row(
    4,
    before=(GROUP, torch(), BUSINESS),
    trigger=(AGREEMENT,),
    approved=Ending(
        (Approve(user=THEO, comment="As agreed"),),
        PRICES_SET,
        (Shown(CUSTOMER, ("Price agreement 2027.csv", "by theo.martin@demo", "€61.50", "Live", "Refused")),),
    ),
    rejected=Ending(
        (Approve(user=THEO, status="Rejected"),),
        NOTHING_PUBLISHED,
        (Shown(CUSTOMER, ("Filed",), ("Approved and live",)),),
    ),
)

SPECIAL_PRICE = Row(
    22,
    before=(GROUP, torch(), BUSINESS, Work(), AGREEMENT, Press(CUSTOMER + "/recheck")),
    trigger=(Press(CUSTOMER + "/ask/review_agreement", {"node_id": "{document}"}),),
    approved=Ending(
        (
            Decide("sf_special_price", "approved", THEO),
            Decide("sf_special_price", "approved", OMAR, "Margin is fine"),
        ),
        (*PRICES_SET, Effect("workflow", "process sf_special_price started")),
        (Shown(CUSTOMER, ("Price agreement 2027.csv", "€61.50", "Live", "Margin is fine")),),
    ),
    rejected=Ending(
        (Decide("sf_special_price", "rejected", THEO, "Too cheap"),),
        NOTHING_PUBLISHED,
        (Shown(CUSTOMER, ("Too cheap",), ("Approved and live",)),),
    ),
)

ROWS = (ACCOUNT, CONTRACT_PRICES, SPECIAL_PRICE)
