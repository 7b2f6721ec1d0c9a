"""Rows about business customers: workspaces, prices."""

from app.domain.ids import Provider
from tests.acceptance.people import CUSTOMER, GRACE, LENA, OMAR, PDF_TEXT, PRODUCT, THEO, torch
from tests.acceptance.verbs import Approve, Create, Decide, Either, File, Happens, Press, Work
from tests.acceptance.walks import Effect, Ending, Kept, Row, Shown

BIGCOMMERCE = Provider.BIGCOMMERCE
# BigCommerce: customers of a group are the business; Shopify: a company, its people and its place.
GROUP = Either(bigcommerce=(Create("customer_groups", {"name": "Nordwind GmbH"}, keep="group"),))
NORA = {
    "first_name": "Nora", "last_name": "Wind", "email": "nora@nordwind.example", "company": "Nordwind GmbH",
    "customer_group_id": "#{group}",
}  # fmt: skip
# Shopify does not tell of a customer who comes to buy for a company, but for the company itself.
BUSINESS = Either((Create("businesses", NORA),), (Create("businesses", NORA), Happens("contact_edited")))
BUYS = Either(
    bigcommerce=(Create("orders", {"total": "90", "customer_id": "#{customer}"}, keep="order"),),
    shopify=(Create("orders", {"total": "90", "company_id": "#{account}"}, keep="order"),),
)

ACCOUNT = Row(
    1,
    also=(34,),
    before=(GROUP,),
    trigger=(BUSINESS, BUYS),
    approved=Ending(
        (),
        (Effect("content_server", "'{account_workspace} ({store})' created"),),
        (Shown(CUSTOMER, ("Nora Wind", "Nordwind GmbH", "Open in OpenText"), on=BIGCOMMERCE),),
    ),
)

PRICES = "SKU;Currency;Price\nNW-TORCH;EUR;61,50\nUNKNOWN-1;EUR;5,00\n"
AGREEMENT = File("{account_type}", "{account}", "05 Pricing", "Price agreement 2027.csv", {"text": PRICES}, user=THEO)
PRICES_SET = (
    Effect("store", "{prices_listed}"),
    Effect("store", "{prices_set}"),
    Effect("store", "{prices_given}"),
)
NOTHING_PUBLISHED = (Effect("store", "{prices}", 0),)

CONTRACT_PRICES = Row(
    4,
    before=(GROUP, torch(), BUSINESS),
    trigger=(AGREEMENT,),
    approved=Ending(
        (Approve(user=THEO, comment="As agreed"),),
        PRICES_SET,
        (
            Shown(
                CUSTOMER,
                ("Price agreement 2027.csv", "by theo.martin@demo", "€61.50", "Live", "Refused"),
                on=BIGCOMMERCE,
            ),
        ),
    ),
    rejected=Ending(
        (Approve(user=THEO, status="Rejected"),),
        NOTHING_PUBLISHED,
        (Shown(CUSTOMER, ("Filed",), ("Approved and live",), on=BIGCOMMERCE),),
    ),
)

SPECIAL_PRICE = Row(
    22,
    stores=(BIGCOMMERCE,),
    before=(GROUP, torch(), BUSINESS, Work(), AGREEMENT, Press(CUSTOMER + "/recheck")),
    trigger=(Press(CUSTOMER + "/ask/review_agreement", {"node_id": "{document}"}),),
    approved=Ending(
        (
            Decide("sf_special_price", "approved", THEO),
            Decide("sf_special_price", "approved", OMAR, "Margin is fine"),
        ),
        (*PRICES_SET, Effect("workflow", "process sf_special_price started")),
        (Shown(CUSTOMER, ("Price agreement 2027.csv", "€61.50", "Live", "Margin is fine"), on=BIGCOMMERCE),),
    ),
    rejected=Ending(
        (Decide("sf_special_price", "rejected", THEO, "Too cheap"),),
        NOTHING_PUBLISHED,
        (Shown(CUSTOMER, ("Too cheap",), ("Approved and live",), on=BIGCOMMERCE),),
    ),
)

ASKED = {
    "purchasingEntity": {"customerId": "gid://shopify/Customer/{customer}"}, "note": "Asks for 10 % off",
    "tags": ["price-approval"],
    "lineItems": [{"variantId": "gid://shopify/ProductVariant/{variant}", "quantity": 4}],
}  # fmt: skip
SPECIAL_PRICE_OF_A_DRAFT = Row(
    22,
    about=" of a draft order",
    stores=(Provider.SHOPIFY,),
    choices={"price-request-intake": {}, "price-request": {}},
    before=(torch(), Create("customers", {**NORA}, keep="customer")),
    trigger=(Create("draft_orders", ASKED, keep="draft"),),
    approved=Ending(
        (Decide("sf_special_price", "approved", THEO, "Margin is fine"),),
        (
            Effect("workflow", "process sf_special_price started"),
            Effect("store", "draftOrderUpdate "),
            Effect("store", "draftOrderInvoiceSend "),
        ),
        (Shown(CUSTOMER, ("Price request PR-1001", "Approved", "Closed")),),
    ),
    rejected=Ending(
        (Decide("sf_special_price", "rejected", THEO, "Too cheap"),),
        (Effect("store", "draftOrderInvoiceSend ", 0),),
        (Shown(CUSTOMER, ("Price request PR-1001", "Rejected", "Closed")),),
    ),
)

GROUPS = tuple(
    Either((Create("customer_groups", {"name": name}),), (Create("catalogs", {"title": name}),))
    for name in ("Credit", "Prepay")
)
REGISTERS = Create(
    "customers",
    {"first_name": "Werner", "last_name": "Werft", "email": "werner@werft.example", "company": "Werft AG"},
    keep="customer",
)
TERMS = {"credit_limit": "5000", "payment_terms_days": "45"}

REGISTRATION = Row(
    20,
    choices={
        "customer-application": {"review_new": "on", "group": "Credit", "prepay_group": "Prepay"},
    },
    before=GROUPS,
    trigger=(REGISTERS,),
    approved=Ending(
        (
            Decide("sf_b2b_onboarding", "approved", GRACE),
            Decide("sf_b2b_onboarding", "approved", OMAR, variables=TERMS),
            Decide("sf_b2b_onboarding", "approved", LENA, "Welcome"),
        ),
        (
            Effect("workflow", "process sf_b2b_onboarding started"),
            Effect("store", "customers {customer} changed", on=BIGCOMMERCE),
            Effect("content_server", "'Werner Werft decision.pdf' created", on=Provider.SHOPIFY),
        ),
        (Shown(CUSTOMER, ("Approved by lena.hoff@demo", "limit 5000, 45 days", "Live"), on=BIGCOMMERCE),),
    ),
    rejected=Ending(
        (Decide("sf_b2b_onboarding", "rejected", GRACE, "No such company"),),
        (
            Effect("workflow", "process sf_b2b_onboarding started"),
            Effect("store", "customers {customer} changed", 0, BIGCOMMERCE),
        ),
        (Shown(CUSTOMER, ("Rejected", "No such company"), ("Approved and live",), on=BIGCOMMERCE),),
    ),
)

RULES = (
    "Name;Percent;Amount;Currency;SKUs;Code;Customer group;Starts;Ends;Most uses\n"
    "Spring;10;;;;;;2026-01-01;2030-03-31;\n"
)


def campaign_file(folder: str, name: str, text: str, user: str = THEO) -> File:
    return File("CAMPAIGN", "", folder, name, {"text": text}, user=user)


BRIEFED = (
    campaign_file("01 Brief", "Campaign brief spring.pdf", PDF_TEXT), Approve(user=THEO),
    campaign_file("02 Legal", "Legal approval spring.pdf", PDF_TEXT, LENA), Approve(user=LENA),
    campaign_file("01 Brief", "Promotions spring.csv", RULES),
)  # fmt: skip

CAMPAIGN = Row(
    15,
    before=(torch(),),
    trigger=(Press(PRODUCT + "/ask/open_campaign", {"case_text": "Spring sale, from March on"}),),
    approved=Ending(
        (*BRIEFED, Approve(user=THEO, comment="Go")),
        (
            Effect("content_server", "'Campaign CAM-1001 ({store})' created"),
            Effect("store", "{promotion}"),
        ),
        (Shown(PRODUCT, ("Open a campaign",)),),
        (Kept("CAMPAIGN", "", "02 Legal", "", 1),),
    ),
    rejected=Ending(
        (*BRIEFED, Approve(user=THEO, status="Rejected")),
        (Effect("store", "{promotions}", 0),),
        (Shown(PRODUCT, ("Open a campaign",)),),
    ),
)

ROWS = (ACCOUNT, CONTRACT_PRICES, CAMPAIGN, REGISTRATION, SPECIAL_PRICE, SPECIAL_PRICE_OF_A_DRAFT)
