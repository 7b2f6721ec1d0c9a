"""Rows about products and pages: launch content, approvals, compliance, policies, recalls."""

from app.domain.ids import Provider
from tests.acceptance.people import BUYER, ORDER, PDF_TEXT, PRODUCT, ada, buys_torches, torch
from tests.acceptance.verbs import Approve, Create, Either, File, Find, Pass, Press, Work
from tests.acceptance.walks import Effect, Ending, Kept, Row, Shown

SHEET = {"name": "Head Torch Aurora", "description": "<p>Approved text</p>"}
NEW_SHEET = File("PRODUCT", "{product}", "01 Content", "Product content.json", {"json": SHEET})
REJECTED = Approve(status="Rejected", comment="Too long")
UNTOUCHED = (Effect("store", "{product_changed}", 0),)

LAUNCH = Row(
    3,
    trigger=(torch(),),
    approved=Ending(
        (NEW_SHEET, Approve(comment="Go")),
        (
            Effect("content_server", "'Product {product} ({store})' created"),
            Effect("store", "{product_changed}"),
        ),
        (Shown(PRODUCT, ("Live", "Head Torch Aurora", "by tom.okafor@demo")),),
    ),
    rejected=Ending((NEW_SHEET, REJECTED), UNTOUCHED, (Shown(PRODUCT, ("Ready",), ("Approved and live",)),)),
)

APPROVALS = Row(
    11,
    before=(torch(),),
    trigger=(NEW_SHEET,),
    approved=Ending(
        (Approve(comment="Go"),),
        (Effect("store", "{product_changed}"),),
        (Shown(PRODUCT, ("Live", "Record · Approvals")),),
        (Kept("PRODUCT", "{product}", "04 Evidence", "Approvals", 2),),
    ),
    rejected=Ending(
        (REJECTED,), UNTOUCHED, (Shown(PRODUCT, ("Ready",), ("Approved and live",)),),
        (Kept("PRODUCT", "{product}", "04 Evidence", "Approvals", 0),),
    ),
)  # fmt: skip

SECOND_SHEET = File(
    "PRODUCT", "{product}", "01 Content", "Product content.json", {"json": SHEET | {"name": "Torch II"}}
)

CONTENT = Row(
    18,
    before=(torch(), Work(), NEW_SHEET, Approve()),
    trigger=(SECOND_SHEET,),
    approved=Ending(
        (Approve(comment="Second edition"),),
        (Effect("store", "{product_changed}"),),
        (Shown(PRODUCT, ("Live", "Torch II", "Product content.json, version 3")),),
    ),
    rejected=Ending((REJECTED,), UNTOUCHED, (Shown(PRODUCT, ("Head Torch Aurora",), ("Torch II",)),)),
)

CE = File(
    "PRODUCT", "{product}", "03 Compliance", "CE declaration.pdf", {"text": PDF_TEXT}, "Declaration of conformity"
)

COMPLIANCE = Row(
    6,
    also=(36,),
    choices={"product-compliance": {"skus": "NW-"}},
    trigger=(torch(),),
    approved=Ending(
        (CE, Approve()),
        (
            Effect("store", "{product_changed}", 2),  # hidden, then shown again
            Effect("store", "{product_marked}", on=Provider.BIGCOMMERCE),
        ),
        (Shown(PRODUCT, ("Declaration of conformity",), ("{is_hidden}",)),),
    ),
    rejected=Ending(
        (CE, REJECTED),
        (Effect("store", "{product_changed}"), Effect("store", "{product_marked}", 0)),
        (Shown(PRODUCT, ("{is_hidden}",)),),
    ),
)

TERMS = Create(
    "pages", {"name": "Terms and conditions", "type": "page", "body": "<p>Goods stay ours until paid.</p>",
              "is_visible": True}, keep="page",
)  # fmt: skip

NOTICED = Either(shopify=(Work(), Pass(days=1)))  # Shopify tells of no page: they are looked at once a day

POLICY = Row(
    12,
    before=(ada, torch()),
    trigger=(TERMS, NOTICED),
    approved=Ending(
        (Create("orders", {"total": "950", "billing": BUYER}, keep="order"),),
        (
            Effect("content_server", "'Terms and conditions version 1.pdf' created"),
            Effect("content_server", "'Terms and conditions version 1.html' created"),
        ),
        (Shown(ORDER, ("Order review",)),),
        (Kept("PAGE", "{page_object}", "02 Versions", "Policies", 2),),
    ),
)

NEW_TERMS = File(
    "PAGE",
    "{page_object}",
    "01 Text",
    "Terms and conditions.html",
    {"text": "<p>Goods stay ours until paid in full.</p>"},
    user="lena.hoff@demo",
)

POLICY_PUBLISHED = Row(
    27,
    before=(TERMS, NOTICED),
    trigger=(NEW_TERMS,),
    approved=Ending(
        (Approve(user="anna.berg@demo"),),
        (
            Effect("store", "{page_changed}"),
            Effect("content_server", "'Terms and conditions version 2.pdf' created"),
        ),
        (),
        (Kept("PAGE", "{page_object}", "02 Versions", "Policies", 4),),
        after=(NOTICED,),
    ),
    rejected=Ending(
        (REJECTED,),
        (Effect("store", "{page_changed}", 0),),
        (),
        (Kept("PAGE", "{page_object}", "02 Versions", "Policies", 2),),
    ),
)

RECALL = Row(
    14,
    before=(ada, torch(), buys_torches()),
    trigger=(Press(PRODUCT + "/ask/open_recall", {"case_text": "The battery may overheat. Stop using it."}),),
    approved=Ending(
        (
            Pass(minutes=1),
            Find(ORDER + "/ask/recall_remedy", r'<option value="([0-9a-f]{32})"', keep="recall"),
            Press(ORDER + "/ask/recall_remedy", {"case": "{recall}", "remedy": "refund"}),
        ),
        (
            Effect("store", "{product_changed}"),
            Effect("store", "{page_created}"),
            Effect("content_server", "hold 12 'Recall REC-1001' created"),
            Effect("exstream", "SF_RECALL_NOTICE v1 composed"),
            Effect("exstream", "emails"),
            Effect("store", "{held}"),  # it had not left the house
            Effect("store", "{noted}", 2),  # held, and what was done
        ),
        (
            Shown(PRODUCT, ("{is_hidden}",)),
            Shown(ORDER, ("Recall REC-1001: refunded", "Recall_REC-1001_{order}.pdf")),
        ),
        (Kept("RECALL", "", "01 Notice", "Cases", 1),),
    ),
)

ROWS = (LAUNCH, COMPLIANCE, APPROVALS, POLICY, RECALL, CONTENT, POLICY_PUBLISHED)
