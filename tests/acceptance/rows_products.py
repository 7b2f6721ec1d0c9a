"""Rows about products and pages: launch content, approvals, compliance, policies, recalls."""

from tests.acceptance.people import PRODUCT, torch
from tests.acceptance.verbs import Approve, File
from tests.acceptance.walks import Effect, Ending, Row, Shown

SHEET = {"name": "Head Torch Aurora", "description": "<p>Approved text</p>"}


def sheet(**more: object) -> File:
    return File("PRODUCT", "{product}", "01 Content", "Product content.json", {"json": {**SHEET, **more}})


LAUNCH = Row(
    3,
    trigger=(torch(),),
    approved=Ending(
        (sheet(), Approve(comment="Go")),
        (
            Effect("content_server", "'Product {product} (demostore1)' created"),
            Effect("bigcommerce", "product {product} changed"),
        ),
        (Shown(PRODUCT, ("Live", "Head Torch Aurora", "by tom.okafor@demo")),),
    ),
    rejected=Ending(
        (sheet(), Approve(status="Rejected", comment="Too long")),
        (Effect("bigcommerce", "product {product} changed", 0),),
        (Shown(PRODUCT, ("Ready",), ("Live",)),),
    ),
)

ROWS = (LAUNCH,)
