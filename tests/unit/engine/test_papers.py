"""Papers: PDF/A-3 with the data inside, the same bytes for the same data, whatever people are called."""

import re
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.commerce import Address
from app.engine.papers import approval_record, evidence, order_record
from tests.builders import PLACED, an_order

DECISION = {"value": "approved", "title": "Approved", "by": "anna@example", "at": PLACED.isoformat(), "comment": "fine",
            "trail": [{"task": "Review", "who": "anna@example", "outcome": "approved", "comment": "",
                       "started_at": None, "ended_at": PLACED.isoformat()}]}  # fmt: skip


def streams(pdf: bytes) -> bytes:
    """Every stream of a PDF, unpacked where it is packed."""
    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            found.append(packed)
    return b"\n".join(found)


def test_the_order_record_says_it_is_pdf_a_3b_and_carries_the_order_as_data():
    pdf = order_record.write(an_order(), "abc", ("Total is high",))
    inside = streams(pdf)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>3</pdfaid:part>" in inside + pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in inside + pdf
    assert b'"number": "100"' in inside
    assert b"order.json" in pdf


def test_the_same_order_gives_the_same_bytes():
    assert order_record.write(an_order(), "abc", ()) == order_record.write(an_order(), "abc", ())


@pytest.mark.parametrize(
    "name",
    [
        "王小明",
        "محمد",
        'O\'Neil "Ed" <b>',
        "#strong[x] *y* _z_ $a$ @b \\",
        "a\u202efdp.exe",
        "🎉",
        "\x00\x07",
        "é" * 500,
    ],
)
def test_any_name_can_be_filed(name):
    order = replace(an_order(), customer_name=name, billing=Address(name=name, country_code="DE"))
    assert order_record.write(order, "abc", (name,)).startswith(b"%PDF")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_the_typesetter(text):
    assert order_record.write(an_order(customer_name=text, customer_message=text), "abc", (text,)).startswith(b"%PDF")


def test_the_approval_record_names_who_decided():
    inside = streams(approval_record.write("Order 100", "abc", ("Total is high",), DECISION))
    assert b"anna@example" in inside


def test_a_decision_of_nobody_can_be_filed():
    nobody = DECISION | {"by": "", "at": None, "trail": []}
    assert approval_record.write("Order 100", "abc", (), nobody).startswith(b"%PDF")


def test_the_evidence_carries_whole_values():
    long = "x" * 5000
    fields = [{"title": "Name", "field": "name", "before": "a", "after": long, "live": long, "state": "live"}]
    inside = streams(evidence.write("Lamp", "abc", "published", PLACED, (("Document", "Sheet"),), fields))
    assert long.encode() in inside
