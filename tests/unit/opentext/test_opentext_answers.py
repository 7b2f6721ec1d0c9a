"""Tolerant reading: dates in all spellings, error texts in all shapes, categories in all forms."""

from datetime import UTC, datetime

import httpx
import pytest

from app.domain.content import Approval
from app.opentext.answers import instant, said
from app.opentext.content_server.approval import approval_of
from app.opentext.content_server.payloads import NodeList


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2018-04-17T10:17:43.902+0000", datetime(2018, 4, 17, 10, 17, 43, 902000, UTC)),
        ("2020-04-02T17:20:18.722+05:30", datetime(2020, 4, 2, 11, 50, 18, 722000, UTC)),
        ("2014-09-11T07:43:22.823Z", datetime(2014, 9, 11, 7, 43, 22, 823000, UTC)),
        ("2023-09-02T11:07:06", datetime(2023, 9, 2, 11, 7, 6, tzinfo=UTC)),
        ("2023-09-02", datetime(2023, 9, 2, tzinfo=UTC)),
        ("", None),
        ("soon", None),
        (None, None),
        (12, None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_dates_are_read_in_every_spelling(text: object, wanted: datetime | None) -> None:
    assert instant(text) == wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"error": "a"}, "a"),
        ({"error": "a", "errorDetail": "b"}, "b"),
        ({"error": "invalid_client", "error_description": "c"}, "c"),
        ({"exception": "d", "message": "Bad Request"}, "d"),
        ({"fault": {"faultstring": "e", "detail": {}}}, "e"),
        ({"message": "f"}, "f"),
        ({"fault": "odd"}, ""),
        (["g"], "['g']"),
        ({}, ""),
    ],
)
def test_error_texts_are_found_in_every_shape(body: object, wanted: str) -> None:
    assert said(httpx.Response(400, json=body)) == wanted


def test_an_error_text_that_is_no_json_is_cut_and_a_page_is_left_out() -> None:
    assert said(httpx.Response(500, text="word\n" * 200)) == ("word " * 200)[:300]
    assert said(httpx.Response(500, html="<html><body>secret</body></html>")) == ""


VALUES = {"16_2": "A", "16_3": None}
DEFINITIONS = {"16": {"name": "Order", "persona": "category"}, "16_2": {"name": "Number"}}


@pytest.mark.parametrize(
    "result",
    [
        {"data": {"categories": VALUES}, "metadata": {"categories": DEFINITIONS}},
        {"data": {"categories": [VALUES]}, "metadata": {"categories": [DEFINITIONS]}},
        {"data": {"categories": {"16": VALUES}}, "metadata": {"categories": {"16": DEFINITIONS}}},
    ],
)
def test_categories_are_read_flat_listed_or_nested(result: dict[str, object]) -> None:
    read = NodeList.model_validate({"results": [result]}).results[0]
    assert read.data.categories == VALUES
    assert {key: each.name for key, each in read.metadata.categories.items()} == {"16": "Order", "16_2": "Number"}


def test_an_approval_is_read_by_attribute_names_whatever_their_spelling() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    wanted = Approval("Approved", 3, "mia", at, "fine")
    names = ("Status", "Approved version", "Approved by", "Approved on", "Comment")
    values = ("approved", "3", "mia", "2026-01-02T03:04:05", "fine")
    assert approval_of({"Approval": dict(zip(names, values, strict=True))}) == wanted
    spelled = [name.upper().replace(" ", "_") for name in names]
    assert approval_of({"approval": dict(zip(spelled, values, strict=True))}) == wanted


def test_no_category_no_approval_and_no_version_is_not_approved() -> None:
    assert approval_of({"Order": {"Status": "Approved"}}).status == ""
    without = approval_of({"Approval": {"Status": "Approved", "Approved version": "latest"}})
    assert without.status == "Approved"
    assert not without.is_approved
