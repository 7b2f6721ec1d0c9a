"""Price agreements as people write them and as nobody should: read strictly, bounded, row by row."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.commerce import Money
from app.domain.ids import ProductId
from app.domain.trade import PriceTier, Variant
from app.engine.agreements import checking, parsing, report, table
from app.engine.agreements.checking import Rules
from app.errors import Permanent

HEADER = "SKU;Currency;Price;From quantity;Valid from;Valid to;Note\n"


def agreement(text: str, name: str = "Price agreement.csv") -> parsing.Agreement:
    return parsing.parse(table.read(name, text.encode()))


def book(*rows: tuple, name: str = "Prices") -> bytes:
    made = openpyxl.Workbook()
    made.active.title = name
    for row in rows:
        made.active.append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_a_csv_with_decimal_commas_tiers_dates_and_a_note_is_read():
    read = agreement(
        HEADER + "A-1;eur;1.234,50;;01.01.2027;2027-12-31;as agreed\nA-1;EUR;1.200,00;10;;;\nB-2;EUR;9,9;;;;\n"
    )
    assert [(r.number, r.sku, r.currency, str(r.price), r.from_quantity) for r in read.rows] == [
        (2, "A-1", "EUR", "1234.5", 1), (3, "A-1", "EUR", "1200", 10), (4, "B-2", "EUR", "9.9", 1),
    ]  # fmt: skip
    assert (read.valid_from, read.valid_to, read.rows[0].note) == (date(2027, 1, 1), date(2027, 12, 31), "as agreed")
    assert read.refused == ()


def test_headers_in_any_case_and_spelling_and_any_delimiter():
    read = agreement("\ufeffproduct sku,CURRENCY_CODE,Rebate %\nX,USD,12.5%\n")
    assert (read.rows[0].sku, read.rows[0].price, read.rows[0].discount) == ("X", None, Decimal("12.5"))


def test_a_workbook_with_numbers_and_dates_is_read_as_it_was_typed():
    rows = ((4711, "EUR", 12.1, date(2027, 3, 1)), ("B", "EUR", 0.1 + 0.2, None))
    read = parsing.parse(table.read("Price agreement.xlsx", book(("SKU", "Currency", "Price", "Valid from"), *rows)))
    assert [(r.sku, str(r.price)) for r in read.rows] == [("4711", "12.1"), ("B", "0.3")]
    assert read.valid_from == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (";EUR;1,00", "SKU is missing"), ("A;EURO;1,00", "no currency code"), ("A;;1,00", "currency is missing"),
        ("A;EUR;0,00", "not above zero"), ("A;EUR;-1,00", "not a number above zero"), ("A;EUR;x", "not a number"),
        ("A;EUR;1,23456", "more than 4 decimals"), ("A;EUR;", "either a price or a discount"),
        ("A;EUR;1,00;0", "whole number from 1"), ("A;EUR;1,00;1,5", "whole number from 1"),
        ("A;EUR;=1+1", "a formula"), ("=A1;EUR;1,00", "a formula"), ("A;EUR;1,00;1;01/02/2027", "write the day as"),
        ("A;EUR;1,00;1;31.02.2027", "there is no day"), ("A;EUR;1,2.3,4", "not a number"),
    ],
)  # fmt: skip
def test_a_row_that_is_not_understood_is_refused_with_its_number_and_the_others_stand(row, reason):
    read = agreement(HEADER + "GOOD;EUR;5,00\n" + row + "\n")
    assert [r.sku for r in read.rows] == ["GOOD"]
    assert [(r.number, reason in r.reason) for r in read.refused] == [(3, True)], read.refused


def test_repeated_rows_are_refused_and_contradictions_refuse_both():
    read = agreement(HEADER + "A;EUR;5,00\na;EUR;5,00\nB;EUR;6,00\nB;EUR;7,00\nB;EUR;5,00;10\n")
    assert [r.number for r in read.rows] == [2, 6]
    different = "Rows 4, 5 say different things about the same quantity."
    assert [(r.number, r.reason) for r in read.refused] == [(3, "The same as row 2."), (4, different), (5, different)]


def test_rows_with_other_dates_belong_into_another_agreement():
    read = agreement(HEADER + "A;EUR;5,00;;2027-01-01;;\nB;EUR;5,00;;2027-02-01;;\n")
    assert "agreement of their own" in read.refused[0].reason


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("SKU;Price\nA;1,00\n", "no column for: currency"), ("SKU;Currency;Price;Prise\nA;EUR;1;2\n", "“Prise”"),
        ("SKU;Currency;Price;price\nA;EUR;1,00;1,00\n", "stands there twice"), (HEADER, "no rows"), ("", "empty"),
        ("SKU;Currency;Price\nA;EUR;1,50\nB;EUR;1.50\n", "Rows 2 and 3 write decimals in different ways"),
        ("SKU;Currency;Price\nA;EUR;1.234\n", "read in two ways"), (HEADER + 'A;EUR;"1,00\n', "not a CSV file"),
        (HEADER + "A;EUR;1,00;;2027-05-01;2027-04-01;\n", "ends before it begins"),
        ("SKU;Currency;Price\n" + "A" * 600 + ";EUR;1,00\n", "longer than 500"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_understood_as_a_whole_says_why(text, problem):
    with pytest.raises(Permanent, match=problem) as refused:
        agreement(text)
    assert refused.value.specific_code == "agreement_unreadable"
    assert refused.value.hint


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(book(("SKU", "Currency", "Price"), ("A", "EUR", 1))))
    return packed({one: source.read(one) for one in source.namelist()} | {name: content})


def hidden_sheet() -> bytes:
    made = openpyxl.load_workbook(io.BytesIO(book(("SKU", "Currency", "Price"), ("A", "EUR", 1))))
    made.create_sheet("More")
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"not a zip", "not an XLSX file"),
        (packed({"x": b"y"}), "not an XLSX file"),
        (with_part("xl/bomb.bin", b"\0" * 40_000_000), "unpacks to far more"),
        (
            with_part("xl/styles.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'),
            "document type",
        ),
        (with_part("xl/styles.xml", "<!DOCTYPE x []><x/>".encode("utf-16")), "document type"),
        (packed({f"part{n}": b"" for n in range(300)}), "too many parts"),
        (hidden_sheet(), "2 visible sheets"),
        (b"A" * 8_000_001, "larger than 8 MB"),
    ],
    ids=["text", "empty package", "bomb", "entities", "utf-16 entities", "many parts", "two sheets", "large"],
)
def test_hostile_workbooks_are_refused_before_they_are_opened(content, problem):
    with pytest.raises(Permanent, match=problem):
        table.read("Price agreement.xlsx", content)


def test_a_formula_in_a_workbook_is_never_believed_not_even_its_kept_value():
    read = parsing.parse(
        table.read("p.xlsx", book(("SKU", "Currency", "Price"), ("A", "EUR", "=1+1"), ("B", "EUR", 2)))
    )
    assert [r.sku for r in read.rows] == ["B"]
    assert "a formula" in read.refused[0].reason


def test_more_rows_than_the_bound_are_refused():
    with pytest.raises(Permanent, match="more than 20,000 rows"):
        agreement("SKU;Currency;Price\n" + "A;EUR;1,00\n" * 20_001)


@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx"]))
def test_whatever_the_bytes_the_answer_is_an_agreement_or_a_refusal(content, name):
    code = "agreement_unreadable"
    try:
        parsing.parse(table.read(name, content))
    except Permanent as refused:
        code = refused.specific_code
    assert code == "agreement_unreadable"


@given(st.text(max_size=200))
def test_whatever_the_rows_each_is_read_or_refused_once(text):
    rows = [f"S{n};EUR;{cell}" for n, cell in enumerate(text.split("\n")) if ";" not in cell and '"' not in cell]
    try:
        read = agreement("SKU;Currency;Price\nA;EUR;5,00\n" + "\n".join(rows))
    except Permanent:
        return
    numbers = [r.number for r in read.rows] + [r.number for r in read.refused]
    assert len(numbers) == len(set(numbers))


# --- against the catalogue -------------------------------------------------------------------------------------------


def variant(sku: str = "A", price: str = "100.00", cost: str | None = "60.00") -> Variant:
    return Variant("77", ProductId("7"), sku, sku, Money(Decimal(price), "EUR"),
                   Money(Decimal(cost), "EUR") if cost else None)  # fmt: skip


RULES = Rules(frozenset({"EUR", "USD"}), "EUR", Decimal(10))


def checked(text: str, *variants: Variant, rules: Rules = RULES):
    return checking.records(agreement(text), {one.sku: one for one in variants or (variant(),)}, rules)


def test_a_discount_is_taken_off_the_catalogues_price_and_tiers_follow_their_quantity():
    good, refused = checked("SKU;Currency;Discount;From quantity\nA;EUR;12,345;\na;EUR;20;10\n")
    ((price, lines),) = good
    assert (price.sku, price.price, price.tiers, lines) == (
        "A",
        Decimal("87.66"),
        (PriceTier(10, Decimal("80.00")),),
        (2, 3),
    )
    assert refused == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Z;EUR;5,00", "no such SKU"), ("A;GBP;90,00", "Prices in GBP are not published here; allowed: EUR, USD"),
        ("A;EUR;59,99", "below the cost 60.00 EUR"), ("A;EUR;61,00", "margin 1.6 % is below 10 %"),
        ("A;USD;5,00;10", "no price from quantity 1"),
    ],
)  # fmt: skip
def test_a_row_the_catalogue_speaks_against_is_refused(row, reason):
    good, refused = checked(HEADER + row + "\n")
    assert good == []
    assert reason in refused[0].note


def test_one_bad_tier_refuses_the_rows_of_its_sku_and_no_other():
    good, refused = checked(HEADER + "A;EUR;90,00\nA;EUR;10,00;10\nB;EUR;90,00\n", variant(), variant("B"))
    assert [price.sku for price, _lines in good] == ["B"]
    assert [one.note for one in refused] == [
        "Row 3 of the same SKU is refused.",
        "The price 10 is below the cost 60.00 EUR.",
    ]


def test_without_a_known_cost_the_margin_is_not_looked_at():
    good, _refused = checked(HEADER + "A;EUR;0,01\n", variant(cost=None))
    assert len(good) == 1


def test_the_report_for_spreadsheets_computes_nothing():
    row = report.ReportedRow(2, "=cmd|' /C calc'!A0", "EUR", 1, "1", "", "", "refused", "+1")
    assert b"\r\n2,'=cmd|' /C calc'!A0,EUR,1,1,,,refused,'+1\r\n" in report.as_csv([row])
